"""The libraries that are extras: imported when they are needed."""

from importlib import import_module
from typing import Any

from prolific_exports._errors import UsageError

_EXTRAS = {"pyarrow": "tables"}


def require(module: str) -> Any:
    """An optional library's module.

    Raises:
        UsageError: It is not installed; the message names the extra that brings it.
    """
    library = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != library:
            raise
        extra = _EXTRAS.get(library, library)
        raise UsageError(
            f"{library} is not installed, and this needs it: "
            f"pip install 'prolific-exports[{extra}]'. Tables as CSV or JSON Lines need no library."
        ) from error


def is_installed(module: str) -> bool:
    """Whether an optional library can be imported."""
    try:
        import_module(module)
    except ModuleNotFoundError:
        return False
    return True
