"""Faults of well-formed values: the expiry, the URL and what the URL serves."""

import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve, field, mutable
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox._archive import ArchiveSpec, write_archive
from prolific_contract.sandbox._archive_replies import archive_reply, repacked
from prolific_contract.sandbox._http import Reply, StoreError, xml_reply
from prolific_contract.sandbox._replies import body_of, is_complete, with_json
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox.mutants._changed_replies import changing_json, serving
from prolific_contract.sandbox.mutants._fault import (
    ARCHIVE,
    FINISHED,
    Fault,
    MutantBehaviour,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants._signed_queries import SignedQueries


def _expiring(moment: Callable[[datetime, datetime], datetime]) -> Callable[[], MutantBehaviour]:
    """A wrong ``expires_at``, computed from the current time and the right value."""

    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not is_complete(reply):
            return reply
        body = body_of(reply)
        right = parse_timestamp(body["expires_at"]).moment
        return with_json(reply, {**body, "expires_at": utc_timestamp(moment(request.now, right))})

    return always(behave)


@mutable
class _OpaquelyExpired:
    """A past ``expires_at`` with URLs that do not show their expiry."""

    _queries: SignedQueries = field(factory=lambda: SignedQueries("key"))

    def __call__(self, request: FaultyRequest) -> Reply:
        if request.action == "archive":
            return self._queries.fetch(request)
        reply = request.reply()
        if not is_complete(reply):
            return reply
        body = body_of(reply)
        plain, key = self._queries.replace(body["url"])
        expired = utc_timestamp(request.now - timedelta(hours=1))
        return with_json(reply, {**body, "url": f"{plain}?key={key}", "expires_at": expired})


_EXPIRY = (
    Fault(
        "expired",
        "It sends an expires_at one hour in the past",
        FINISHED,
        _expiring(lambda now, _: now - timedelta(hours=1)),
        # Not at random: a conversation meets too few complete jobs to be sure to meet it.
        also={"status": ("late", "second")},
    ),
    Fault(
        "expired-opaque",
        "It sends an expires_at one hour in the past, with a URL that shows no expiry",
        FINISHED,
        _OpaquelyExpired,
        watches=("archive",),
    ),
    Fault(
        "expired-local",
        "It sends expires_at in a time zone eleven hours behind and labels it UTC",
        FINISHED,
        _expiring(lambda now, _: now - timedelta(hours=10)),
    ),
    Fault(
        "url-expiry-differs",
        "It sends an expires_at two hours after the expiry in the URL",
        FINISHED,
        _expiring(lambda _, right: right + timedelta(hours=2)),
        also={"status": ("second",)},
    ),
    Fault(
        "url-expires-before",
        "It sends an expires_at half an hour before the expiry in the URL",
        FINISHED,
        _expiring(lambda _, right: right - timedelta(minutes=30)),
    ),
)


def _with_url(change: Callable[[str], str]) -> Callable[[], MutantBehaviour]:
    def changed(body: dict[str, Any]) -> object:
        return {**body, "url": change(body["url"])}

    return changing_json(is_complete, changed)


def _path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


_URL = (
    Fault(
        "url-http",
        "It sends an unencrypted URL of another host",
        FINISHED,
        _with_url(lambda url: f"http://exports.example{_path_of(url)}"),
        also={"status": ("sometimes",)},
    ),
    Fault(
        "url-userinfo",
        "It sends a URL with a user name and a password",
        FINISHED,
        _with_url(lambda url: url.replace("://", "://reader:sesame@", 1)),
    ),
    Fault(
        "url-relative",
        "It sends a URL without scheme and host",
        FINISHED,
        _with_url(_path_of),
    ),
    Fault(
        "url-no-scheme",
        "It sends a URL that starts with two slashes",
        FINISHED,
        _with_url(lambda url: url.split(":", 1)[1]),
    ),
    Fault(
        "url-s3",
        "It sends the archive's location in the store instead of a download URL",
        FINISHED,
        _with_url(lambda url: f"s3://exports{_path_of(url).partition('?')[0]}"),
    ),
)


def _without_members(*endings: str) -> Callable[[FaultyRequest, bytes], bytes]:
    def make(_: FaultyRequest, content: bytes) -> bytes:
        return repacked(content, lambda name: None if name.endswith(endings) else name)

    return make


_OTHER_KIND: Final[dict[Kind, Kind]] = {"batch": "collection", "collection": "batch"}


def _other_kind(request: FaultyRequest, _: bytes) -> bytes:
    target = io.BytesIO()
    spec = ArchiveSpec(
        kind=_OTHER_KIND[request.kind],
        resource_id=request.resource_id,
        exported_at=request.now,
        submissions=2,
        files=0,
        seed=1,
    )
    write_archive(spec, target)
    return target.getvalue()


def _page(request: FaultyRequest) -> Reply:
    if request.reply().status >= 300:
        return request.reply()
    return archive_reply(request.call, b"<!doctype html><title>Sign in</title>" * 20, "text/html")


def _refusing(error: StoreError) -> Callable[[], MutantBehaviour]:
    def behave(request: FaultyRequest) -> Reply:
        return xml_reply(error) if request.reply().status < 300 else request.reply()

    return always(behave)


def _asking_for_token(request: FaultyRequest) -> Reply:
    if request.authorized:
        headers: Mapping[str, str] = request.call.headers
        return request.answer_to(
            evolve(request.call, headers={k: v for k, v in headers.items() if k != "authorization"})
        )
    return xml_reply(StoreError(401, "Unauthorized", "Credentials were not provided."))


_ARCHIVES = (
    Fault(
        "archive-html",
        "It serves an HTML page instead of the archive",
        ARCHIVE,
        always(_page),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-truncated",
        "It serves an archive without its last quarter",
        ARCHIVE,
        serving(lambda _, content: content[: len(content) * 3 // 4]),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-empty",
        "It serves a ZIP without members",
        ARCHIVE,
        serving(_without_members("")),
    ),
    Fault(
        "archive-nothing",
        "It serves an archive of zero bytes",
        ARCHIVE,
        serving(lambda *_: b""),
    ),
    Fault(
        "archive-no-members",
        "It serves a ZIP whose members have undocumented names",
        ARCHIVE,
        serving(lambda _, content: repacked(content, lambda name: f"{name}.bak")),
    ),
    Fault(
        "archive-no-responses",
        "It serves a ZIP without the responses",
        ARCHIVE,
        serving(_without_members(".jsonl")),
    ),
    Fault(
        "archive-no-metadata",
        "It serves a ZIP without the file that describes the collection or batch",
        ARCHIVE,
        serving(_without_members("/collection.json", "/batch.json")),
    ),
    Fault(
        "archive-no-readme",
        "It serves a ZIP without the README",
        ARCHIVE,
        serving(_without_members("/README.md")),
    ),
    Fault(
        "archive-other-kind",
        "It serves a batch's archive for a collection and a collection's for a batch",
        ARCHIVE,
        serving(_other_kind),
    ),
    Fault(
        "archive-needs-token",
        "It serves the archive only to requests with the API token",
        ARCHIVE,
        always(_asking_for_token),
    ),
    Fault(
        "archive-missing",
        "It answers 404 for the archive's URL",
        ARCHIVE,
        _refusing(StoreError(404, "NoSuchKey", "The key does not exist.")),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-refused",
        "It refuses a valid URL as expired",
        ARCHIVE,
        _refusing(StoreError(403, "AccessDenied", "Request has expired")),
    ),
)

VALUES = (*_EXPIRY, *_URL, *_ARCHIVES)
