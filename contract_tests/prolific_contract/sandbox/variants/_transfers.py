"""Variants of HTTP: headers, encodings, connections and refusals for a while."""

import gzip
import posixpath
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from urllib.parse import quote

from attrs import evolve

from prolific_contract._vocabulary import address_of
from prolific_contract.sandbox._http import Headers, Reply, error_reply
from prolific_contract.sandbox._replies import NO_CONTENT, text_of, with_body, with_header
from prolific_contract.sandbox._store import STORE_PREFIX
from prolific_contract.sandbox._text import http_date
from prolific_contract.sandbox.variants._variant import Look, Variant, Visit

_PERIOD = 3
_PAUSE_SECONDS = 2


def _headed(change: Callable[[Reply], Reply]) -> Callable[[], Look]:
    """API answers with other headers."""

    def look(visit: Visit) -> Reply:
        reply = visit.answer()
        return reply if visit.call.path.startswith(STORE_PREFIX) else change(reply)

    return lambda: look


def _everywhere(change: Callable[[Reply], Reply]) -> Callable[[], Look]:
    """Answers, the store's too, that are sent otherwise."""
    return lambda: lambda visit: change(visit.answer())


def _labelled(label: str) -> Callable[[], Look]:
    return _headed(lambda reply: with_header(reply, "Content-Type", label))


def _small(reply: Reply) -> Reply:
    return evolve(reply, headers=tuple((name.lower(), value) for name, value in reply.headers))


_CHATTER: Headers = (
    ("Server", "gunicorn"),
    ("Vary", "Accept, Origin"),
    ("Set-Cookie", "AWSALB=5f2b9c1e; Path=/"),
    ("Set-Cookie", "session=; Max-Age=0"),
    ("Cache-Control", "no-store"),
    ("ETag", 'W/"5f2b9c1e"'),
)


def _chatty(reply: Reply) -> Reply:
    return evolve(reply, headers=(*reply.headers, *_CHATTER))


def _hinting(reply: Reply) -> Reply:
    return with_header(reply, "Retry-After", "3") if reply.status == 202 else reply


def _options(visit: Visit) -> Reply:
    if visit.call.method == "OPTIONS" and address_of(visit.call.path) is not None:
        return Reply(NO_CONTENT, (("Allow", "OPTIONS"), ("Date", http_date(visit.now))), b"")
    reply = visit.answer()
    if reply.header("Allow") is None:
        return reply
    return evolve(reply, headers=(("Allow", "OPTIONS"), *reply.headers))


def _cleaning(visit: Visit) -> Reply:
    path = visit.call.path
    clean = f"/{posixpath.normpath(path).lstrip('/')}"
    if clean in (path, path.removesuffix("/")):
        return visit.answer()
    headers = (("Location", quote(clean)), ("Content-Length", "0"), ("Date", http_date(visit.now)))
    return Reply(301, headers, b"")


_HEADERS = (
    Variant(
        "charset",
        "It names the charset in the content type",
        _labelled("application/json; charset=utf-8"),
    ),
    Variant(
        "content-type-capitals",
        "It writes the content type in capitals",
        _labelled('Application/JSON;Charset="UTF-8"'),
    ),
    Variant(
        "headers-small",
        "It writes the names of headers in small letters",
        _everywhere(_small),
    ),
    Variant(
        "headers-many",
        "It sends cookies and further headers",
        _headed(_chatty),
    ),
    Variant(
        "retry-after-hint",
        "It says in Retry-After when to ask again for a new export",
        _headed(_hinting),
    ),
    Variant(
        "no-date",
        "It sends no Date",
        _everywhere(lambda reply: with_header(reply, "Date", None)),
    ),
    Variant(
        "no-challenge",
        "It refuses without WWW-Authenticate",
        _headed(lambda reply: with_header(reply, "WWW-Authenticate", None)),
    ),
    Variant(
        "allow-twice",
        "It has OPTIONS too, and names it in an Allow field of its own",
        lambda: _options,
    ),
    Variant(
        "paths-cleaned",
        "It redirects paths with dots or nothing between slashes to those without",
        lambda: _cleaning,
    ),
)


def _compressed(reply: Reply) -> Reply:
    if not reply.body:
        return reply
    body = with_body(reply, gzip.compress(text_of(reply), mtime=0))
    return with_header(body, "Content-Encoding", "gzip")


def _in_chunks(reply: Reply) -> Reply:
    if not reply.body:
        return reply
    return with_header(with_header(reply, "Content-Length", None), "Transfer-Encoding", "chunked")


_CONNECTIONS = (
    Variant("gzip", "It compresses bodies", _headed(_compressed)),
    Variant("chunked", "It sends bodies in chunks", _everywhere(_in_chunks), on_the_wire=True),
    Variant(
        "keep-alive-off",
        "It closes the connection after every answer",
        _everywhere(lambda reply: with_header(reply, "Connection", "close")),
        on_the_wire=True,
    ),
    Variant(
        "http-1.0",
        "It speaks HTTP/1.0",
        _everywhere(lambda reply: evolve(reply, http="1.0")),
        on_the_wire=True,
    ),
)


def _limited(retry_after: Callable[[Visit], str | None]) -> Callable[[], Look]:
    """A server that refuses every third request to the API for a while."""

    def begin() -> Look:
        numbers = count(1)

        def look(visit: Visit) -> Reply:
            if address_of(visit.call.path) is None or next(numbers) % _PERIOD:
                return visit.answer()
            refusal = error_reply(429, 1, "Too many requests.", (("Date", http_date(visit.now)),))
            return with_header(refusal, "Retry-After", retry_after(visit))

        return look

    return begin


_LIMITS = (
    Variant(
        "rate-limited",
        "It answers every third request with 429 and Retry-After in seconds",
        _limited(lambda _: str(_PAUSE_SECONDS)),
    ),
    Variant(
        "rate-limited-until",
        "It answers every third request with 429 and Retry-After as a date",
        _limited(lambda visit: http_date(visit.now + timedelta(seconds=_PAUSE_SECONDS))),
    ),
    Variant(
        "rate-limited-silently",
        "It answers every third request with 429 and does not say for how long",
        _limited(lambda _: None),
    ),
)

TRANSFERS = (*_HEADERS, *_CONNECTIONS, *_LIMITS)
