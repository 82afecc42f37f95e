"""Files that go to stdout, once they are complete."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prolific_exports._console import _streams as streams
from prolific_exports._console._text import escape_controls
from prolific_exports._errors import DownloadError, UsageError
from prolific_exports._files._failures import failure

_BYTE_ORDER_MARK: Final = "\ufeff"


def check_stdout_takes_bytes(option: str, example: str) -> None:
    """Check that binary data can go to stdout.

    Args:
        option: What sends them there.
        example: A command line that redirects them.

    Raises:
        UsageError: There is no stdout, or it is a terminal.
    """
    if sys.stdout is None:
        raise UsageError(f"{option} writes to stdout, but there is none: give a path.")
    if sys.stdout.isatty():
        raise UsageError(
            f"{option} would print binary data on the terminal: give a path, or redirect stdout, "
            f"as in: {example}"
        )


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can read, removed with its content at the end.

    Raises:
        DownloadError, StorageError: The system refuses.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="prolific-exports-", ignore_cleanup_errors=True)
    except OSError as error:
        what = f"Cannot create a folder in {tempfile.gettempdir()}"
        raise failure(what, error, DownloadError, " TMPDIR chooses another place.") from error
    with folder as path:
        yield Path(path)


def send_file(path: Path) -> None:
    """Copy a file to stdout.

    Raises:
        OutputError: Writing failed, for another reason than a reader that left.
        OSError: Reading failed.
    """
    with path.open("rb") as source:
        streams.copy_to_stdout(source)


def send_text(path: Path) -> None:
    """Copy a text in UTF-8 to stdout; on a terminal, without characters that it interprets.

    Raises:
        OutputError: Writing failed, for another reason than a reader that left.
        OSError: Reading failed.
    """
    if sys.stdout is None or not sys.stdout.isatty():
        send_file(path)
        return
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            text = line.rstrip("\r\n").removeprefix(_BYTE_ORDER_MARK)
            streams.print_result(escape_controls(text))
