"""Logging: what is said under the name ``prolific_exports``, and what httpx may say of us."""

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
    """Takes the secrets out of what the HTTP libraries log while we send.

    httpx logs the whole URL of every request at level INFO: for a presigned URL that
    is the key to the data. At level DEBUG, what the server sent and (by hpack, for HTTP/2)
    the Authorization header follow. Requests that are not ours are logged as ever.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        redactor = _active_redactor.get()
        if redactor is not None:
            # Put together here: a secret may be anywhere in any argument.
            record.msg, record.args = redactor.text(record.getMessage()), None
        return True


_HIDE_SECRETS: Final = _HideSecrets()


def guard(*names: str) -> None:
    """Have loggers of other libraries leave out secrets `without_secrets`."""
    for name in names:
        # Python keeps one copy of equal filters: doing it again adds nothing.
        logging.getLogger(name).addFilter(_HIDE_SECRETS)


guard(*_HTTP_LOGGERS)


@contextmanager
def without_secrets(redactor: Redactor) -> Iterator[None]:
    """While this lasts, in this thread or task, HTTP libraries log what a redactor leaves."""
    before = _active_redactor.set(redactor)
    try:
        yield
    finally:
        _active_redactor.reset(before)
