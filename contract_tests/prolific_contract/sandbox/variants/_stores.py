"""Variants of download URLs and stores."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from itertools import count
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from attrs import evolve
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract.sandbox._http import Call, Reply, StoreError, xml_reply
from prolific_contract.sandbox._replies import body_of, is_complete, with_header, with_json
from prolific_contract.sandbox._signing import cloudfront_policy
from prolific_contract.sandbox._store import STORE_PREFIX, export_id_of
from prolific_contract.sandbox._text import http_date
from prolific_contract.sandbox.variants._variant import (
    Variant,
    VariantBehaviour,
    VariantRequest,
    with_settings,
)

_PARTIAL = 206
_PIECE = 1024


def _renamed(
    make: Callable[[str, datetime, datetime], str],
    base_url: str | None = None,
    *,
    with_id: bool = False,
) -> Callable[[], VariantBehaviour]:
    """Replace the format of download URLs.

    Args:
        make: Creates path and query, given a unique name and the times of signing and expiry.
        base_url: Scheme and authority; None for the server itself.
        with_id: Whether the query contains the id of the job.
    """

    def begin() -> VariantBehaviour:
        real: dict[str, str] = {}

        def behave(request: VariantRequest) -> Reply:
            call = request.call
            if call.path in real:
                return request.answer(_to(real[call.path], call))
            reply = request.answer()
            if call.path.startswith(STORE_PREFIX) or not is_complete(reply):
                return reply
            body = body_of(reply)
            name = hashlib.sha256(body["url"].encode()).hexdigest()[:32]
            where = make(name, request.now, parse_timestamp(body["expires_at"]).moment)
            real[where.partition("?")[0]] = body["url"]
            if with_id:
                where += f"&job={export_id_of(urlsplit(body['url']).path)}"
            return with_json(reply, {**body, "url": f"{base_url or call.base_url}{where}"})

        return behave

    return begin


def _to(url: str, call: Call) -> Call:
    parts = urlsplit(url)
    return evolve(
        call,
        path=unquote(parts.path),
        query=tuple(parse_qsl(parts.query)),
        base_url=f"{parts.scheme}://{parts.netloc}",
    )


def _cloudfront(name: str, _: datetime, expires_at: datetime) -> str:
    expires = int(expires_at.timestamp())
    return f"/files/{name}.zip?Expires={expires}&Signature={name}&Key-Pair-Id=K2JCJMDEHXQW5F"


def _gcs(name: str, now: datetime, expires_at: datetime) -> str:
    seconds = round((expires_at - now).total_seconds())
    return (
        f"/exports/{name}.zip?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Date={now:%Y%m%dT%H%M%SZ}"
        f"&X-Goog-Expires={seconds}&X-Goog-SignedHeaders=host&X-Goog-Signature={name}"
    )


def _azure(name: str, _: datetime, expires_at: datetime) -> str:
    until = quote(f"{expires_at:%Y-%m-%dT%H:%M:%SZ}", safe="")
    return f"/exports/{name}.zip?sv=2022-11-02&sr=b&sp=r&se={until}&sig={name}"


def _cloudfront_policy(name: str, _: datetime, expires_at: datetime) -> str:
    return f"/files/{name}.zip?{cloudfront_policy(name, expires_at)}"


def _azure_minutes(name: str, _: datetime, expires_at: datetime) -> str:
    until = quote(f"{expires_at:%Y-%m-%dT%H:%MZ}", safe="")
    return f"/exports/{name}.zip?sv=2022-11-02&sr=b&sp=r&se={until}&sig={name}"


def _kept() -> VariantBehaviour:
    """A server that signs one URL for each job, and another one when that has expired."""
    kept: dict[str, Reply] = {}
    until: dict[str, datetime] = {}

    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        path = request.call.path.rstrip("/")
        if path.startswith(STORE_PREFIX) or not is_complete(reply):
            return reply
        if request.now >= until.get(path, request.now):
            kept[path] = with_header(reply, "Date", None)
            until[path] = parse_timestamp(body_of(reply)["expires_at"]).moment
        return with_header(kept[path], "Date", http_date(request.now))

    return behave


def _relative(name: str, now: datetime, expires_at: datetime) -> str:
    seconds = round((expires_at - now).total_seconds())
    return f"/exports/{name}.zip?expires={seconds}&sig={name}"


_URLS = (
    Variant(
        "urls-short-lived",
        "Its URLs are valid for an hour, as in edition 2026-11",
        settings=with_settings(url_lifetime_seconds=3600),
        editions=("2026-03",),
    ),
    Variant(
        "urls-opaque",
        "Its URLs show no expiry",
        _renamed(lambda name, *_: f"/d/{name}"),
    ),
    Variant("urls-cloudfront", "Its URLs are signed like CloudFront's", _renamed(_cloudfront)),
    Variant("urls-gcs", "Its URLs are signed like Google Cloud Storage's", _renamed(_gcs)),
    Variant(
        "urls-cloudfront-policy",
        "Its URLs are signed like CloudFront's with a custom policy",
        _renamed(_cloudfront_policy),
    ),
    Variant("urls-azure", "Its URLs are signed like Azure's", _renamed(_azure)),
    Variant(
        "urls-azure-minutes",
        "Its URLs are signed like Azure's, and their expiry has no seconds",
        _renamed(_azure_minutes),
    ),
    Variant(
        "urls-kept",
        "It sends the same URL for a job until that expires",
        _kept,
    ),
    Variant(
        "urls-relative",
        "Its URLs show a lifetime in seconds, but not its start",
        _renamed(_relative),
    ),
    Variant(
        "urls-with-id",
        "Its URLs have the id of the job in their query",
        _renamed(lambda name, *_: f"/d/{name}?sig={name}", with_id=True),
    ),
    Variant(
        "urls-https",
        "Its URLs use https and another host",
        _renamed(lambda name, *_: f"/d/{name}", "https://exports.example"),
    ),
)


def _from_store(change: Callable[[Call, Reply], Reply]) -> Callable[[], VariantBehaviour]:
    """Change the store's successful replies."""

    def behave(request: VariantRequest) -> Reply:
        reply = request.answer()
        if not request.call.path.startswith(STORE_PREFIX) or reply.status >= 300:
            return reply
        return change(request.call, reply)

    return lambda: behave


def _in_pieces(request: VariantRequest) -> Reply:
    reply = request.answer()
    if not request.call.path.startswith(STORE_PREFIX) or reply.status != _PARTIAL:
        return reply
    span = str(reply.header("Content-Range")).removeprefix("bytes ").partition("/")[0]
    start, last = map(int, span.split("-"))
    if last - start < _PIECE:
        return reply
    headers = {**request.call.headers, "range": f"bytes={start}-{start + _PIECE - 1}"}
    return request.answer(evolve(request.call, headers=headers))


def _whole(request: VariantRequest) -> Reply:
    if not request.call.path.startswith(STORE_PREFIX):
        return request.answer()
    headers = {name: text for name, text in request.call.headers.items() if name != "range"}
    reply = request.answer(evolve(request.call, headers=headers))
    return with_header(reply, "Accept-Ranges", None)


def _without_suffix_ranges(request: VariantRequest) -> Reply:
    wanted = request.call.headers.get("range", "")
    if request.call.path.startswith(STORE_PREFIX) and wanted.startswith("bytes=-"):
        error = StoreError(400, "InvalidHeaderValue", "The range has no start.")
        return xml_reply(error)
    return request.answer()


def _weakly_tagged() -> VariantBehaviour:
    numbers = count()

    def tagged(_: Call, reply: Reply) -> Reply:
        return with_header(reply, "ETag", f'W/"{next(numbers)}"')

    return _from_store(tagged)()


_STORES = (
    Variant("store-whole", "Its store ignores range requests", lambda: _whole),
    Variant(
        "store-no-suffix",
        "Its store refuses ranges that count from the end of the file",
        lambda: _without_suffix_ranges,
    ),
    Variant(
        "store-binary",
        "Its store labels archives as application/octet-stream",
        _from_store(
            lambda _, reply: with_header(reply, "Content-Type", "application/octet-stream")
        ),
    ),
    Variant(
        "store-pieces",
        "Its store sends at most a kilobyte of a requested range",
        lambda: _in_pieces,
    ),
    Variant(
        "store-weak-etags",
        "Its store sends another weak ETag with every response",
        _weakly_tagged,
    ),
    Variant(
        "store-no-etag",
        "Its store sends no ETag",
        _from_store(lambda _, reply: with_header(reply, "ETag", None)),
    ),
)

STORES = (*_URLS, *_STORES)
