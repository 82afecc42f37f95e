"""Imports libraries of extras when they are needed."""

from importlib import import_module
from typing import Any

from prolific_exports._errors import UsageError

_EXTRAS = {"pyarrow": "tables", "xlsxwriter": "excel", "pyreadstat": "stats"}


def require(module: str) -> Any:
    """Import a module of an optional library.

    Raises:
        UsageError: It is not installed; the message names its extra.
    """
    library = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != library:
            raise
        extra = _EXTRAS.get(library, library)
        raise UsageError(
            f"{library} is not installed, and this output needs it: "
            f"pip install 'prolific-exports[{extra}]'. CSV and JSON Lines need no library."
        ) from error


def is_installed(module: str) -> bool:
    """Return whether an optional library can be imported."""
    try:
        import_module(module)
    except ModuleNotFoundError:
        return False
    return True
