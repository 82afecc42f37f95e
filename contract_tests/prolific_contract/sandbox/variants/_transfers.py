"""Variants of HTTP: headers, encodings, connections and temporary refusals."""

import gzip
import posixpath
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import quote

from attrs import evolve

from prolific_contract._vocabulary import address_of
from prolific_contract.sandbox._http import Headers, Reply, error_reply
from prolific_contract.sandbox._replies import NO_CONTENT, text_of, with_body, with_header
from prolific_contract.sandbox._store import STORE_PREFIX
from prolific_contract.sandbox._text import http_date
from prolific_contract.sandbox.variants._variant import Variant, VariantBehaviour, VariantRequest

_PERIOD = 3
_PAUSE_SECONDS = 2
_START = timedelta(seconds=50)


def _headed(change: Callable[[Reply], Reply]) -> Callable[[], VariantBehaviour]:
    """Change the API's replies."""

    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        return reply if request.call.path.startswith(STORE_PREFIX) else change(reply)

    return lambda: behave


def _everywhere(change: Callable[[Reply], Reply]) -> Callable[[], VariantBehaviour]:
    """Change all replies, including the store's."""
    return lambda: lambda request: change(request.answer())


def _labelled(label: str) -> Callable[[], VariantBehaviour]:
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


def _options(request: VariantRequest) -> Reply:
    if request.call.method == "OPTIONS" and address_of(request.call.path) is not None:
        return Reply(NO_CONTENT, (("Allow", "OPTIONS"), ("Date", http_date(request.now))), b"")
    reply = request.answer()
    if reply.header("Allow") is None:
        return reply
    return evolve(reply, headers=(("Allow", "OPTIONS"), *reply.headers))


def _cleaning(request: VariantRequest) -> Reply:
    path = request.call.path
    clean = f"/{posixpath.normpath(path).lstrip('/')}"
    if clean in (path, path.removesuffix("/")):
        return request.answer()
    headers = (
        ("Location", quote(clean)),
        ("Content-Length", "0"),
        ("Date", http_date(request.now)),
    )
    return Reply(301, headers, b"")


def _any_scheme_case(request: VariantRequest) -> Reply:
    given = request.call.headers.get("authorization", "")
    scheme, space, token = given.partition(" ")
    if scheme.lower() != "token":
        return request.answer()
    headers = {**request.call.headers, "authorization": f"Token{space}{token}"}
    return request.answer(evolve(request.call, headers=headers))


def _slash(reply: Callable[[VariantRequest], Reply]) -> Callable[[], VariantBehaviour]:
    """A server whose paths have no final slash."""

    def behave(request: VariantRequest) -> Reply:
        path = request.call.path
        if path.endswith("/") and address_of(path) is not None:
            return with_header(reply(request), "Date", http_date(request.now))
        return request.answer()

    return lambda: behave


def _without_slash(request: VariantRequest) -> Reply:
    path = quote(request.call.path.rstrip("/"))
    return Reply(308, (("Location", path), ("Content-Length", "0")), b"")


_NO_PAGE = Reply(404, (("Content-Type", "text/html"), ("Content-Length", "9")), b"Not found")

_HEADERS = (
    Variant(
        "charset",
        "It sends the charset in the content type",
        _labelled("application/json; charset=utf-8"),
    ),
    Variant(
        "content-type-capitals",
        "It sends the content type in mixed case",
        _labelled('Application/JSON;Charset="UTF-8"'),
    ),
    Variant(
        "headers-small",
        "It sends header names in lower case",
        _everywhere(_small),
    ),
    Variant(
        "headers-many",
        "It sends cookies and additional headers",
        _headed(_chatty),
    ),
    Variant(
        "retry-after-hint",
        "It sends Retry-After with every new export",
        _headed(_hinting),
    ),
    Variant(
        "no-date",
        "It sends no Date",
        _everywhere(lambda reply: with_header(reply, "Date", None)),
    ),
    Variant(
        "no-challenge",
        "It refuses requests without WWW-Authenticate",
        _headed(lambda reply: with_header(reply, "WWW-Authenticate", None)),
    ),
    Variant(
        "allow-twice",
        "It supports OPTIONS, and lists it in a second Allow header",
        lambda: _options,
    ),
    Variant(
        "scheme-any-case",
        "It accepts the scheme Token in any letter case",
        lambda: _any_scheme_case,
    ),
    Variant(
        "slash-unknown",
        "It answers 404 with a page of HTML if the path ends with a slash",
        _slash(lambda _: _NO_PAGE),
    ),
    Variant(
        "slash-redirected",
        "It redirects a path with a final slash to the one without",
        _slash(_without_slash),
    ),
    Variant(
        "paths-cleaned",
        "It redirects paths with dots or empty segments to the normalized path",
        lambda: _cleaning,
    ),
)


def _compressed(reply: Reply) -> Reply:
    if not reply.body:
        return reply
    body = with_body(reply, gzip.compress(text_of(reply), mtime=0))
    return with_header(body, "Content-Encoding", "gzip")


def _in_members(reply: Reply) -> Reply:
    if not reply.body:
        return reply
    text = text_of(reply)
    half = len(text) // 2
    # RFC 1952 allows several members, as some proxies send them.
    members = gzip.compress(text[:half], mtime=0) + gzip.compress(text[half:], mtime=0)
    return with_header(with_body(reply, members), "Content-Encoding", "gzip")


def _in_chunks(reply: Reply) -> Reply:
    if not reply.body:
        return reply
    return with_header(with_header(reply, "Content-Length", None), "Transfer-Encoding", "chunked")


_CONNECTIONS = (
    Variant("gzip", "It compresses bodies", _headed(_compressed)),
    Variant("gzip-members", "It compresses bodies as two members", _headed(_in_members)),
    Variant("chunked", "It sends bodies in chunks", _everywhere(_in_chunks), on_the_wire=True),
    Variant(
        "keep-alive-off",
        "It closes the connection after every response",
        _everywhere(lambda reply: with_header(reply, "Connection", "close")),
        on_the_wire=True,
    ),
    Variant(
        "http-1.0",
        "It answers in HTTP/1.0",
        _everywhere(lambda reply: evolve(reply, http="1.0")),
        on_the_wire=True,
    ),
)


def _limited(retry_after: Callable[[VariantRequest], str | None]) -> Callable[[], VariantBehaviour]:
    """A server that refuses every third API request with 429."""

    def begin() -> VariantBehaviour:
        numbers = count(1)

        def behave(request: VariantRequest) -> Reply:
            if address_of(request.call.path) is None or next(numbers) % _PERIOD:
                return request.answer()
            refusal = error_reply(429, 1, "Too many requests.", (("Date", http_date(request.now)),))
            return with_header(refusal, "Retry-After", retry_after(request))

        return behave

    return begin


def _unavailable_at_first(status: int, retry_after: str | None) -> Callable[[], VariantBehaviour]:
    """A server that asks to repeat requests for its first 50 seconds."""

    def begin() -> VariantBehaviour:
        until: list[datetime] = []

        def behave(request: VariantRequest) -> Reply:
            until.append(request.now + _START)
            if address_of(request.call.path) is None or request.now >= until[0]:
                return request.answer()
            refusal = error_reply(status, 1, "Try later.", (("Date", http_date(request.now)),))
            return with_header(refusal, "Retry-After", retry_after)

        return behave

    return begin


_LIMITS = (
    Variant(
        "limited-at-first",
        "It answers all requests with 429 for 50 seconds",
        _unavailable_at_first(429, None),
    ),
    Variant(
        "unavailable-at-first",
        "It answers all requests with 503 and a short Retry-After for 50 seconds",
        _unavailable_at_first(503, "1"),
    ),
    Variant(
        "rate-limited",
        "It answers every third request with 429 and Retry-After in seconds",
        _limited(lambda _: str(_PAUSE_SECONDS)),
    ),
    Variant(
        "rate-limited-until",
        "It answers every third request with 429 and Retry-After as a date",
        _limited(lambda request: http_date(request.now + timedelta(seconds=_PAUSE_SECONDS))),
    ),
    Variant(
        "rate-limited-silently",
        "It answers every third request with 429 without Retry-After",
        _limited(lambda _: None),
    ),
)

TRANSFERS = (*_HEADERS, *_CONNECTIONS, *_LIMITS)
