"""The command's exit codes."""

from prolific_exports._errors import StorageError, UsageError

DONE = 0
FAILED = 1
USAGE = 2
TIMED_OUT = 3
STORAGE = 4
INTERRUPTED = 130


def of_error(error: BaseException) -> int:
    """The exit code of a command that ends with this error."""
    match error:
        case UsageError():
            return USAGE
        case StorageError():
            return STORAGE
        case KeyboardInterrupt():
            return INTERRUPTED
    return FAILED
