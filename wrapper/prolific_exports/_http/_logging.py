"""The logger ``prolific_exports``, and a filter that keeps secrets out of httpx's logs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from prolific_exports._model._redactor import Redactor

LOGGER: Final = logging.getLogger("prolific_exports")
LOGGER.addHandler(logging.NullHandler())

_HTTP_LOGGERS: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "hpack.hpack",
    "hpack.table",
)
_active_redactor: ContextVar[Redactor | None] = ContextVar(
    "prolific_exports_redactor", default=None
)


class _HideSecrets(logging.Filter):
    """Removes secrets from the records that the HTTP libraries log for our requests.

    httpx logs the complete URL of every request at level INFO, and a presigned URL grants access
    to the data. At level DEBUG, the libraries also log the server's response and (hpack, for
    HTTP/2) the Authorization header. Other requests of the process are not affected.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        redactor = _active_redactor.get()
        if redactor is not None:
            # Format the message first: any argument can contain a secret.
            record.msg, record.args = redactor.text(record.getMessage()), None
        return True


_HIDE_SECRETS: Final = _HideSecrets()


def guard(*names: str) -> None:
    """Filter the records of other libraries' loggers within `without_secrets`."""
    for name in names:
        # Python ignores a filter that the logger already has, so repeated calls are harmless.
        logging.getLogger(name).addFilter(_HIDE_SECRETS)


guard(*_HTTP_LOGGERS)


@contextmanager
def without_secrets(redactor: Redactor) -> Iterator[None]:
    """Redact what HTTP libraries log in this thread or task, within the ``with`` block."""
    before = _active_redactor.set(redactor)
    try:
        yield
    finally:
        _active_redactor.reset(before)
