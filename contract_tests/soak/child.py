"""The process that is killed: the command, with checkpoints much more often than usual.

python -m soak.child ARGUMENTS-OF-PROLIFIC-EXPORTS
"""

import os
import sys

from prolific_exports._cli import main
from prolific_exports._download import _parts, _receiver
from prolific_exports._http import _store_client as _store

# Archives of the sandbox are small, so seconds become moments here.
_receiver.CHECKPOINT_INTERVAL = 0.02
_parts.SMALLEST_PART = 4096
_store._GATHERING_SECONDS = 0.01


def limit_files(size: int) -> None:
    """Limit the size of files that this process may write."""
    import resource  # noqa: PLC0415 - POSIX only

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


if __name__ == "__main__":
    if size := os.environ.get("SOAK_LARGEST_FILE"):
        limit_files(int(size))
    sys.stderr.write("begun\n")
    sys.stderr.flush()
    sys.exit(main(sys.argv[1:]))
