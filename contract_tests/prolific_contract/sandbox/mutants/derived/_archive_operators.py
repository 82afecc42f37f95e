"""Operators on the archive behind a presigned URL."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, cast
from zipfile import ZipFile

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import Edition, Kind
from prolific_contract.sandbox._archive import ArchiveSpec
from prolific_contract.sandbox._archive_replies import (
    archive_reply,
    repacked,
    rewritten,
    whole_archive,
)
from prolific_contract.sandbox._filter import NO_FILTER
from prolific_contract.sandbox._http import NoReplyError, Reply, StoreError, xml_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import ReplyChange, with_header
from prolific_contract.sandbox._store import export_id_of
from prolific_contract.sandbox.mutants._fault import MutantBehaviour
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants._job_archives import spec_of, written
from prolific_contract.sandbox.mutants.derived._derivation import Derivation, answering, stateful

ArchiveChange = Callable[[FaultyRequest, bytes], bytes]

_MEMBERS: Final[dict[Kind, tuple[str, ...]]] = {
    "collection": ("responses.jsonl", "collection.json"),
    "batch": ("responses-by-submission.jsonl", "responses-by-task.jsonl", "batch.json"),
}
_FREE_STORE: Final = (
    "The documents name no header of the store; any object store may serve the file."
)
_ANY_TYPE: Final = "The documents name no media type for the archive."
_NO_RANGES: Final = "A server may ignore Range (RFC 9110, section 14.2)."
_TAMPERED: Final = (
    "The documents do not say which URLs a store refuses, and a check sends only URLs that it got. "
    "They expire an hour or more after it."
)
_OPTIONAL: Final = (
    "An archive has uploaded files only if there are uploads, and how the lines of a batch name "
    "them is not published."
)
_GROWS: Final = "An archive may grow by new files, as responses grow by new members."
_PREFIXED: Final = "A ZIP file may begin with other data, which readers skip."
_FOLDER_OPEN: Final = "The name of the root folder is not published for batches."
_README_OPEN: Final[dict[Kind, str]] = {
    "collection": "",
    "batch": "What the README.md of a batch contains is not published.",
}


def _serves(request: FaultyRequest) -> bool:
    return request.reply().status < 300


def _has_file(request: FaultyRequest) -> bool:
    """Whether the reply states the size of the file; that of a refused range does, too."""
    return _serves(request) or request.reply().status == 416


def _content(request: FaultyRequest) -> bytes:
    # The situations of these faults are responses with the file.
    return cast("bytes", whole_archive(request.call, request.answer_to))


def _serving(make: ArchiveChange) -> MutantBehaviour:
    def behave(request: FaultyRequest) -> Reply:
        return archive_reply(request.call, make(request, _content(request)))

    return behave


def _renamed(change: Callable[[str], str | None]) -> ArchiveChange:
    return lambda _, content: repacked(content, change)


def _without(name: str) -> ArchiveChange:
    return _renamed(lambda member: None if member.endswith(f"/{name}") else member)


def _twice(name: str) -> ArchiveChange:
    def make(_: FaultyRequest, content: bytes) -> bytes:
        target = io.BytesIO(content)
        with ZipFile(target, "a") as archive:
            member = next(one for one in archive.namelist() if one.endswith(f"/{name}"))
            # Another name of the same length, because zipfile warns of a second member.
            archive.writestr(f"{member[:-1]}~", archive.read(member))
        return target.getvalue().replace(f"{member[:-1]}~".encode(), member.encode())

    return make


def _upper(name: str) -> ArchiveChange:
    def change(member: str) -> str:
        folder, slash, own = member.rpartition("/")
        return f"{folder}{slash}{own.upper() if own == name else own}"

    return _renamed(change)


def _flat(member: str) -> str:
    return member.partition("/")[2]


def _pulled_up(member: str) -> str:
    return member.replace("/files/", "/", 1)


def _emptied(name: str) -> ArchiveChange:
    return lambda _, content: rewritten(content, lambda own, data: b"" if own == name else data)


def _job_of(request: FaultyRequest) -> SandboxJob | None:
    return request.jobs.find(export_id_of(request.call.path))


def _written(change: Callable[[ArchiveSpec], ArchiveSpec]) -> ArchiveChange:
    """The archive of the same job with another specification."""

    def make(request: FaultyRequest, _: bytes) -> bytes:
        # A file that is served belongs to a job.
        job = cast("SandboxJob", _job_of(request))
        return written(change(spec_of(job)))

    return make


_OTHER: Final[dict[Kind, Kind]] = {"batch": "collection", "collection": "batch"}


def _filtered(request: FaultyRequest) -> bool:
    job = _job_of(request)
    return job is not None and job.filter != NO_FILTER and _serves(request)


def _contents(kind: Kind) -> Iterator[tuple[str, str, str, ArchiveChange, str]]:
    for name in _MEMBERS[kind]:
        yield "omit", name, f"omits {name}", _without(name), ""
        yield "repeat", name, f"contains {name} twice", _twice(name), ""
        yield "case", name, f"names {name} in upper case", _upper(name), ""
    yield "omit", "README.md", "omits README.md", _without("README.md"), ""
    yield (
        "omit",
        "files",
        "omits the uploaded files",
        _renamed(lambda member: None if "/files/" in member else member),
        _OPTIONAL if kind == "batch" else "",
    )
    folder = _FOLDER_OPEN if kind == "batch" else ""
    yield "omit", "folder", "has no root folder", _renamed(_flat), folder
    yield "swap", "uploads", "has uploaded files in the root folder", _renamed(_pulled_up), ""
    for name, reason in ((f"{kind}.json", ""), ("README.md", _README_OPEN[kind])):
        yield "truncate", name, f"contains an empty {name}", _emptied(name), reason
    yield "omit", "every", "has no members", _renamed(lambda _: None), ""
    yield "add", "member", "contains an undocumented file", _added, _GROWS
    yield "truncate", "byte", "lacks its last byte", lambda _, content: content[:-1], ""
    yield "truncate", "half", "lacks its second half", lambda _, c: c[: len(c) // 2], ""
    yield "truncate", "all", "is empty", lambda *_: b"", ""
    yield "off-by-one", "byte", "has one more byte at its end", lambda _, c: c + b"\0", ""
    yield "repeat", "whole", "is sent twice in a row", lambda _, c: c * 2, _PREFIXED
    yield "type", "page", "is a web page", lambda *_: b"<!doctype html>" * 50, ""
    yield "type", "json", "is JSON", lambda *_: b'{"responses": []}', ""
    for words, step in (("later", timedelta(days=1)), ("earlier", timedelta(days=-1))):
        yield (
            "off-by-one",
            f"day-{words}",
            f"names a time one day {words} in its folder",
            _written(_dated(step)),
            "",
        )
    yield (
        "swap",
        "kind",
        "is that of the other kind",
        _written(lambda spec: evolve(spec, kind=_OTHER[spec.kind])),
        "",
    )
    yield (
        "swap",
        "resource",
        "is that of another resource",
        _written(lambda spec: evolve(spec, resource_id="64d0c0de0000000000000009")),
        "",
    )


def _dated(step: timedelta) -> Callable[[ArchiveSpec], ArchiveSpec]:
    return lambda spec: evolve(spec, exported_at=spec.exported_at + step)


def _added(_: FaultyRequest, content: bytes) -> bytes:
    target = io.BytesIO(content)
    with ZipFile(target, "a") as archive:
        root = archive.namelist()[0].partition("/")[0]
        archive.writestr(f"{root}/internal.log", b"one line\n")
    return target.getvalue()


def _edited(edit: ReplyChange) -> MutantBehaviour:
    return lambda request: edit(request.reply())


def _without_header(name: str) -> ReplyChange:
    return lambda reply: with_header(reply, name, None)


def _with_status(status: int) -> ReplyChange:
    return lambda reply: evolve(reply, status=status)


def _moved_range(part: int, step: int) -> ReplyChange:
    """Content-Range with its start, end or size changed."""

    def edit(reply: Reply) -> Reply:
        given = reply.header("Content-Range")
        if given is None:
            return reply
        numbers = [*map(int, given.removeprefix("bytes ").replace("/", "-").split("-"))]
        numbers[part] = max(0, numbers[part] + step)
        start, end, size = numbers
        return with_header(reply, "Content-Range", f"bytes {start}-{end}/{size}")

    return edit


def _first_bytes(request: FaultyRequest) -> Reply:
    """The first bytes of the archive, whatever range was requested, labelled as requested."""
    content = _content(request)
    reply = archive_reply(request.call, content)
    return evolve(reply, body=content[: len(reply.body)] if isinstance(reply.body, bytes) else b"")


def _whole_as_part(request: FaultyRequest) -> Reply:
    content = _content(request)
    reply = archive_reply(request.call, content)
    headers = tuple(h for h in reply.headers if h[0] != "Content-Length")
    return evolve(reply, headers=(*headers, ("Content-Length", str(len(content)))), body=content)


@mutable
class _Expiring:
    """Refuses the URLs of a job after some downloads or seconds."""

    downloads: int | None
    seconds: float | None
    _seen: Counter[str] = field(factory=Counter)
    _since: dict[str, datetime] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if reply.status >= 300:
            return reply
        path = request.call.path
        self._seen[path] += 1
        since = self._since.setdefault(path, request.now)
        late = self.seconds is not None and request.now - since >= timedelta(seconds=self.seconds)
        if late or (self.downloads is not None and self._seen[path] > self.downloads):
            return xml_reply(StoreError(404, "NoSuchKey", "The key does not exist."))
        return reply


def _archive_of(
    choose: Callable[[FaultyRequest, SandboxJob], SandboxJob | None],
) -> MutantBehaviour:
    """Serves the archive of another job."""

    def make(request: FaultyRequest, content: bytes) -> bytes:
        job = _job_of(request)
        other = None if job is None else choose(request, job)
        if other is None:
            return content
        return written(spec_of(other))

    return _serving(make)


def _first_job(request: FaultyRequest, job: SandboxJob) -> SandboxJob | None:
    jobs = request.jobs.of(job.kind, job.resource_id)
    return jobs[0] if jobs and jobs[0].export_id != job.export_id else None


def _latest_job(request: FaultyRequest, job: SandboxJob) -> SandboxJob | None:
    jobs = request.jobs.of(job.kind, job.resource_id)
    return jobs[-1] if jobs and jobs[-1].export_id != job.export_id else None


def _job_of_other_kind(request: FaultyRequest, job: SandboxJob) -> SandboxJob | None:
    return next((one for one in request.jobs.every() if one.kind != job.kind), None)


def _asking_for_token(_: FaultyRequest) -> Reply:
    # The sandbox's store refuses requests with the token.
    return xml_reply(StoreError(401, "Unauthorized", "Credentials were not provided."))


def _expired_accepted(request: FaultyRequest) -> Reply:
    # A request for no job's file is not one for an archive.
    job = cast("SandboxJob", _job_of(request))
    return archive_reply(request.call, written(spec_of(job)))


def _hanging(_: FaultyRequest) -> Reply:
    raise NoReplyError("hang")


def _of_jobs(derived: Callable[..., Derivation]) -> Iterator[Derivation]:
    """The archives of a resource with several jobs."""
    for which, choose in (("first", _first_job), ("latest", _latest_job)):
        sentence = f"It serves the archive of the resource's {which} job"
        one = derived("swap", f"{which}-job", sentence, _archive_of(choose))
        # Without a filter, two archives differ only in a time, which laws round.
        yield evolve(one, repeats=False)
    yield Derivation(
        operator="ignore-parameter",
        target="filter",
        sentence="The archive of a job with a filter contains every response",
        action="archive",
        begin=answering(_filtered, _serving(_written(lambda spec: evolve(spec, filter=NO_FILTER)))),
    )


def on_archives(edition: Edition, kind: Kind) -> Iterator[Derivation]:
    """Every derivation from the archive of a kind."""

    def derived(
        operator: str, target: str, sentence: str, behave: MutantBehaviour, reason: str = ""
    ) -> Derivation:
        return Derivation(
            operator=operator,
            target=target,
            sentence=sentence,
            action="archive",
            begin=answering(_serves, behave),
            open_because=reason,
        )

    for operator, target, does, make, reason in _contents(kind):
        yield Derivation(
            operator=operator,
            target=f"content.{target}",
            sentence=f"The archive {does}",
            action="archive",
            begin=answering(_has_file, _serving(make)),
            # A file that changes is wrong, whatever it contains. Of a later download, a check reads
            # only the end, which a time in a name of the same length does not change.
            repeats=not reason and not target.startswith("day-"),
            open_because=reason,
        )
    for name, reason in (
        ("Content-Type", _ANY_TYPE),
        ("ETag", _FREE_STORE),
        ("Last-Modified", _FREE_STORE),
        ("Accept-Ranges", _FREE_STORE),
        ("Content-Range", ""),
    ):
        yield derived(
            "omit",
            name,
            f"It omits {name} from parts of the archive",
            _edited(_without_header(name)),
            reason,
        )
    for index, part in enumerate(("start", "end", "size")):
        for sign, step in (("plus", 1), ("minus", -1)):
            yield derived(
                "off-by-one",
                f"Content-Range.{part}-{sign}",
                f"It sends the {part} in Content-Range {sign} one",
                _edited(_moved_range(index, step)),
            )
    for status in (200, 205, 207):
        yield derived(
            "off-by-one",
            f"http-206.{status}",
            f"It sends {status} with a part of the archive",
            _edited(_with_status(status)),
        )
    yield derived("swap", "range", "It sends the first bytes for every range", _first_bytes)
    yield derived("add", "bytes", "It sends the whole archive labelled as a part", _whole_as_part)
    yield derived(
        "ignore-header",
        "Range",
        "It ignores Range",
        lambda request: request.answer_to(
            evolve(
                request.call,
                headers={k: v for k, v in request.call.headers.items() if k != "range"},
            )
        ),
        _NO_RANGES,
    )
    # In edition 2026-03 a resource has one archive, and no filter.
    if edition == "2026-11":
        yield from _of_jobs(derived)
    yield derived(
        "swap",
        "job-of-kind",
        "It serves the archive of a job of the other kind",
        _archive_of(_job_of_other_kind),
    )
    yield derived(
        "refuse", "token", "It serves the archive only with the API token", _asking_for_token
    )
    yield Derivation(
        operator="accept",
        target="expired",
        sentence="It serves a URL that has expired or was changed",
        action="archive",
        begin=answering(lambda request: request.reply().status == 403, _expired_accepted),
        open_because=_TAMPERED,
    )
    for downloads, seconds in ((1, None), (2, None), (3, None), (None, 1.0), (None, 10.0)):
        after = f"{downloads} downloads" if downloads else f"{seconds:g} seconds"
        yield Derivation(
            operator="lose",
            target=f"archive.{after.replace(' ', '-')}",
            sentence=f"It loses the archive after {after}",
            action="archive",
            begin=stateful(_Expiring, downloads, seconds),
            repeats=False,
        )
    yield derived("delay", "archive", "It never sends the archive", _hanging)
