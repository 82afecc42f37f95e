"""Faults of values that look right: the expiry, the URL and what the URL serves."""

import hashlib
import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from attrs import evolve, field, mutable
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox._archive import ArchiveOrder, write_archive
from prolific_contract.sandbox._http import Reply, StoreError, xml_reply
from prolific_contract.sandbox._replies import body_of, is_complete, with_json
from prolific_contract.sandbox._serving import archive_of, repacked, served
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox.mutants._changing import changing_json
from prolific_contract.sandbox.mutants._fault import (
    ARCHIVE,
    FINISHED,
    Behaviour,
    Fault,
    always,
)
from prolific_contract.sandbox.mutants._faulty_request import Turn


def _expiring(moment: Callable[[datetime, datetime], datetime]) -> Callable[[], Behaviour]:
    """Another ``expires_at``, from the present moment and the right one."""

    def behave(turn: Turn) -> Reply:
        reply = turn.reply()
        if not is_complete(reply):
            return reply
        body = body_of(reply)
        right = parse_timestamp(body["expires_at"]).moment
        return with_json(reply, {**body, "expires_at": utc_timestamp(moment(turn.now, right))})

    return always(behave)


@mutable
class _OpaquelyExpired:
    """The same with URLs in which nothing can be read."""

    _queries: dict[str, tuple[tuple[str, str], ...]] = field(factory=dict)

    def __call__(self, turn: Turn) -> Reply:
        if turn.action == "archive":
            query = self._queries.get(dict(turn.call.query).get("key", ""), turn.call.query)
            return turn.answer_to(evolve(turn.call, query=query))
        reply = turn.reply()
        if not is_complete(reply):
            return reply
        body = body_of(reply)
        plain, _, query = body["url"].partition("?")
        key = hashlib.sha256(query.encode()).hexdigest()
        self._queries[key] = tuple(parse_qsl(query))
        expired = utc_timestamp(turn.now - timedelta(hours=1))
        return with_json(reply, {**body, "url": f"{plain}?key={key}", "expires_at": expired})


_EXPIRY = (
    Fault(
        "expired",
        "It says an expires_at that is an hour ago",
        FINISHED,
        _expiring(lambda now, _: now - timedelta(hours=1)),
        also={"status": ("late", "second", "sometimes")},
    ),
    Fault(
        "expired-opaque",
        "It says an expires_at that is an hour ago, and nothing can be read in its URL",
        FINISHED,
        _OpaquelyExpired,
        watches=("archive",),
    ),
    Fault(
        "expired-local",
        "It writes expires_at in a zone eleven hours behind and calls it UTC",
        FINISHED,
        _expiring(lambda now, _: now - timedelta(hours=10)),
    ),
    Fault(
        "url-expiry-differs",
        "It says an expires_at two hours after the one that can be read in the URL",
        FINISHED,
        _expiring(lambda _, right: right + timedelta(hours=2)),
        also={"status": ("second",)},
    ),
    Fault(
        "url-expires-before",
        "It says an expires_at half an hour before the one that can be read in the URL",
        FINISHED,
        _expiring(lambda _, right: right - timedelta(minutes=30)),
    ),
)


def _with_url(change: Callable[[str], str]) -> Callable[[], Behaviour]:
    def changed(body: dict[str, Any]) -> object:
        return {**body, "url": change(body["url"])}

    return changing_json(is_complete, changed)


def _path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


_URL = (
    Fault(
        "url-http",
        "It gives a URL of another host that is not encrypted",
        FINISHED,
        _with_url(lambda url: f"http://exports.example{_path_of(url)}"),
        also={"status": ("sometimes",)},
    ),
    Fault(
        "url-userinfo",
        "It gives a URL with a name and a password in it",
        FINISHED,
        _with_url(lambda url: url.replace("://", "://reader:sesame@", 1)),
    ),
    Fault(
        "url-relative",
        "It gives a URL without scheme and host",
        FINISHED,
        _with_url(_path_of),
    ),
    Fault(
        "url-no-scheme",
        "It gives a URL that begins with two slashes",
        FINISHED,
        _with_url(lambda url: url.split(":", 1)[1]),
    ),
    Fault(
        "url-s3",
        "It gives the archive's place in the store instead of a URL to fetch",
        FINISHED,
        _with_url(lambda url: f"s3://exports{_path_of(url).partition('?')[0]}"),
    ),
)


def _serving(make: Callable[[Turn, bytes], bytes]) -> Callable[[], Behaviour]:
    """A store that serves something else, made of the archive, in parts as before."""

    def behave(turn: Turn) -> Reply:
        content = archive_of(turn.call, turn.answer_to)
        return turn.reply() if content is None else served(turn.call, make(turn, content))

    return always(behave)


def _without_members(*endings: str) -> Callable[[Turn, bytes], bytes]:
    def make(_: Turn, content: bytes) -> bytes:
        return repacked(content, lambda name: None if name.endswith(endings) else name)

    return make


_OTHER_KIND: Final[dict[Kind, Kind]] = {"batch": "collection", "collection": "batch"}


def _other_kind(turn: Turn, _: bytes) -> bytes:
    target = io.BytesIO()
    order = ArchiveOrder(
        kind=_OTHER_KIND[turn.kind],
        resource_id=turn.resource_id,
        exported_at=turn.now,
        submissions=2,
        files=0,
        seed=1,
    )
    write_archive(order, target)
    return target.getvalue()


def _page(turn: Turn) -> Reply:
    if turn.reply().status >= 300:
        return turn.reply()
    return served(turn.call, b"<!doctype html><title>Sign in</title>" * 20, "text/html")


def _refusing(error: StoreError) -> Callable[[], Behaviour]:
    def behave(turn: Turn) -> Reply:
        return xml_reply(error) if turn.reply().status < 300 else turn.reply()

    return always(behave)


def _asking_for_token(turn: Turn) -> Reply:
    if turn.authorized:
        headers: Mapping[str, str] = turn.call.headers
        return turn.answer_to(
            evolve(turn.call, headers={k: v for k, v in headers.items() if k != "authorization"})
        )
    return xml_reply(StoreError(401, "Unauthorized", "Credentials were not provided."))


_ARCHIVES = (
    Fault(
        "archive-html",
        "It serves a page in place of the archive",
        ARCHIVE,
        always(_page),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-truncated",
        "It serves an archive without its last quarter",
        ARCHIVE,
        _serving(lambda _, content: content[: len(content) * 3 // 4]),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-empty",
        "It serves a ZIP without members",
        ARCHIVE,
        _serving(_without_members("")),
    ),
    Fault(
        "archive-nothing",
        "It serves an archive of no bytes",
        ARCHIVE,
        _serving(lambda *_: b""),
    ),
    Fault(
        "archive-no-members",
        "It serves a ZIP whose files have other names than the documented ones",
        ARCHIVE,
        _serving(lambda _, content: repacked(content, lambda name: f"{name}.bak")),
    ),
    Fault(
        "archive-no-responses",
        "It serves a ZIP without the responses",
        ARCHIVE,
        _serving(_without_members(".jsonl")),
    ),
    Fault(
        "archive-no-metadata",
        "It serves a ZIP without the file that describes the collection or batch",
        ARCHIVE,
        _serving(_without_members("/collection.json", "/batch.json")),
    ),
    Fault(
        "archive-other-kind",
        "It serves a batch's archive for a collection and a collection's for a batch",
        ARCHIVE,
        _serving(_other_kind),
    ),
    Fault(
        "archive-needs-token",
        "It serves the archive only to requests with the API token",
        ARCHIVE,
        always(_asking_for_token),
    ),
    Fault(
        "archive-missing",
        "It says that there is no archive at the URL",
        ARCHIVE,
        _refusing(StoreError(404, "NoSuchKey", "The key does not exist.")),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-refused",
        "It refuses the URL as expired while it should be valid",
        ARCHIVE,
        _refusing(StoreError(403, "AccessDenied", "Request has expired")),
    ),
)

VALUES = (*_EXPIRY, *_URL, *_ARCHIVES)
