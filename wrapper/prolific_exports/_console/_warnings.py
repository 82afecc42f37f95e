"""The package's warnings as lines on stderr."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prolific_exports._console import _streams as streams
from prolific_exports._console._text import printable

_LOGGER = logging.getLogger("prolific_exports")


class _StderrHandler(logging.Handler):
    def __init__(self, command: str) -> None:
        super().__init__(logging.WARNING)
        self._command = command

    def emit(self, record: logging.LogRecord) -> None:
        streams.print_message(f"{self._command}: warning: {printable(record.getMessage())}")


@contextmanager
def warnings_on_stderr(command: str) -> Iterator[None]:
    """Print the package's warnings on stderr inside the ``with`` block.

    Args:
        command: The name that each line starts with.
    """
    handler = _StderrHandler(command)
    _LOGGER.addHandler(handler)
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
