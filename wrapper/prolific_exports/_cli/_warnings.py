"""Shows what the package warns of while a command runs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prolific_exports._console import _streams as streams
from prolific_exports._console._text import printable
from prolific_exports._http._logging import LOGGER


class _ToStderr(logging.Handler):
    def __init__(self, command: str) -> None:
        super().__init__(logging.WARNING)
        self._command = command

    def emit(self, record: logging.LogRecord) -> None:
        streams.message(f"{self._command}: warning: {printable(record.getMessage())}")


@contextmanager
def shown(command: str) -> Iterator[None]:
    """While this lasts, warnings are lines on stderr.

    Args:
        command: What they begin with.
    """
    handler = _ToStderr(command)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
