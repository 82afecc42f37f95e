"""The package's warnings as lines on stderr."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prolific_exports._console import _streams as streams
from prolific_exports._console._text import printable
from prolific_exports._http._logging import LOGGER


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
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
