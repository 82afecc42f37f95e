"""Logging: what is said under the name ``prolific_exports``, and what httpx may say of us."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from prolific_exports._redact import redact

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
_ours: ContextVar[bool] = ContextVar("prolific_exports_request", default=False)


class _HideQueries(logging.Filter):
    """Takes the secrets out of what the HTTP libraries log while we send.

    httpx logs the whole URL of every request at level INFO: for a presigned URL that
    is the key to the data. At level DEBUG, redirects and (by hpack, for HTTP/2) the
    Authorization header follow. Requests that are not ours are logged as ever.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if _ours.get():
            # Put together here: a secret may be anywhere in any argument.
            record.msg, record.args = redact(record.getMessage()), None
        return True


_HIDE_QUERIES: Final = _HideQueries()
for _name in _HTTP_LOGGERS:
    # Python keeps one copy of equal filters, so a repeated import adds nothing.
    logging.getLogger(_name).addFilter(_HIDE_QUERIES)


@contextmanager
def without_queries() -> Iterator[None]:
    """While this lasts, in this thread or task, HTTP libraries log URLs without queries."""
    before = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(before)
