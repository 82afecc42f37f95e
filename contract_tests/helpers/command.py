"""The command ``prolific-exports`` in this process, with a clock; subprocesses have none."""

from typing import NoReturn

from prolific_exports._cli import main

__all__ = ["interrupt", "main"]


def interrupt(*_arguments: object, **_options: object) -> NoReturn:
    """Press Ctrl-C when the command calls this instead of a function."""
    raise KeyboardInterrupt
