"""Execute a notebook in a kernel of this Python, and print its cells with their outputs as JSON.

A process of its own keeps the event loop and the warnings of the kernel's client out of the tests.
"""

import json
import sys

import nbformat
from nbclient import NotebookClient


def main(path: str, times: str, errors: str) -> None:
    """Execute all cells several times, in one kernel and the working directory.

    Args:
        path: The notebook.
        times: How often.
        errors: ``allow`` to continue after a cell that fails.
    """
    notebook = nbformat.read(path, as_version=4)
    cells = [cell.copy() for _ in range(int(times)) for cell in notebook.cells]
    notebook.cells = cells
    client = NotebookClient(
        notebook, timeout=90, kernel_name="python3", allow_errors=errors == "allow"
    )
    client.execute()
    sys.stdout.write(json.dumps([cell for cell in cells if cell.cell_type == "code"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
