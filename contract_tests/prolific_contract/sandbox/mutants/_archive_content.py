"""Faults of the content of archives: damaged members, and wrong responses and metadata."""

import io
import json
import struct
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

from attrs import evolve
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract.sandbox._archive_replies import repacked, rewritten
from prolific_contract.sandbox._filter import NO_FILTER, JobFilter
from prolific_contract.sandbox._store import export_id_of
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox.mutants._changed_replies import serving
from prolific_contract.sandbox.mutants._fault import ARCHIVE, Fault, MutantBehaviour, Places
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants._job_archives import spec_of, written

_FILTERED: Final[Places] = {"archive": ("2026-11",)}
_OTHER_ID: Final = "0192a3b4-c5d6-4e8f-9a0b-1c2d3e4f5a6b"
_OTHER_SUBMISSION: Final = "64d0c0de0000000000000009"
_ONE_SECOND: Final = timedelta(seconds=1)
# Of a local header without name and extra field.
_LOCAL_HEADER: Final = 30
# The last block, of a type that does not exist.
_NO_BLOCK: Final = 0b111

Behaviour = Callable[[], MutantBehaviour]


def _changed(change: Callable[[str, bytes], bytes]) -> Behaviour:
    """An archive with other contents of its members, given by name below the root folder."""
    return serving(lambda _, content: rewritten(content, change))


def _lines(change: Callable[[list[dict[str, Any]]], list[Any]], *, tasks: bool = True) -> Behaviour:
    """An archive with other lines.

    Args:
        change: The new values of all lines of a file.
        tasks: Whether the file with a line for each task of a batch changes, too.
    """

    def change_file(name: str, data: bytes) -> bytes:
        if not name.endswith(".jsonl") or (not tasks and "task" in name):
            return data
        records = [json.loads(line) for line in data.splitlines()]
        texts = (json.dumps(one, ensure_ascii=False) for one in change(records))
        return "".join(f"{text}\n" for text in texts).encode()

    return _changed(change_file)


def _each_line(change: Callable[[dict[str, Any]], Any], *, tasks: bool = True) -> Behaviour:
    return _lines(lambda records: [change(one) for one in records], tasks=tasks)


def _each_response(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Behaviour:
    """An archive of a collection with other responses."""

    def change_line(record: dict[str, Any]) -> dict[str, Any]:
        responses = {key: change(one) for key, one in record["responses"].items()}
        return {**record, "responses": responses}

    return _each_line(change_line)


def _metadata(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Behaviour:
    def change_file(name: str, data: bytes) -> bytes:
        return json.dumps(change(json.loads(data))).encode() if name.endswith(".json") else data

    return _changed(change_file)


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda value: {key: each for key, each in value.items() if key != name}


def _of_another(value: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _OTHER_ID if key in ("batch_id", "collection_id") else each
        for key, each in value.items()
    }


def _moved(name: str, **by: float) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An object with another time, if it has that time."""

    def change(value: dict[str, Any]) -> dict[str, Any]:
        return {
            key: utc_timestamp(parse_timestamp(each).moment + timedelta(**by))
            if key == name
            else each
            for key, each in value.items()
        }

    return change


def _first_member(make: Callable[[ZipInfo, bytes], bytes]) -> Behaviour:
    """An archive with another header or other data of its first member."""

    def change(_: FaultyRequest, content: bytes) -> bytes:
        with ZipFile(io.BytesIO(content)) as archive:
            return make(archive.infolist()[0], content)

    return serving(change)


def _sums(crc: int, packed: int, length: int) -> bytes:
    """The sums of a member, as both of its headers have them."""
    return struct.pack("<3L", crc, packed, length)


def _with_sums(crc: int, length: int) -> Callable[[ZipInfo, bytes], bytes]:
    """A changed checksum and length of a member, in both of its headers."""

    def make(member: ZipInfo, content: bytes) -> bytes:
        right = _sums(member.CRC, member.compress_size, member.file_size)
        wrong = _sums(member.CRC ^ crc, member.compress_size, member.file_size + length)
        return content.replace(right, wrong)

    return make


def _with_wrong_block(member: ZipInfo, content: bytes) -> bytes:
    start = member.header_offset + _LOCAL_HEADER + len(member.filename.encode())
    return content[:start] + bytes([content[start] | _NO_BLOCK]) + content[start + 1 :]


def _refiltered(change: Callable[[JobFilter], JobFilter]) -> Behaviour:
    """The archive of a job with another filter than the requested one."""

    def make(request: FaultyRequest, content: bytes) -> bytes:
        job = request.jobs.find(export_id_of(request.call.path))
        if job is None or job.filter == NO_FILTER:
            return content
        return written(evolve(spec_of(job), filter=change(job.filter)))

    return serving(make)


def _later_start(given: JobFilter) -> JobFilter:
    return evolve(given, from_=given.from_ and given.from_ + _ONE_SECOND)


def _later_end(given: JobFilter) -> JobFilter:
    return evolve(given, to=given.to and given.to + _ONE_SECOND)


def _renamed_uploads(_: FaultyRequest, content: bytes) -> bytes:
    """Uploaded files that are named after another submission, in the responses as well."""

    def rename(name: str) -> str:
        folder, slash, own = name.rpartition("/")
        return f"{folder}{slash}{_OTHER_SUBMISSION}_{own.partition('_')[2]}"

    def change_line(name: str, data: bytes) -> bytes:
        if not name.endswith(".jsonl"):
            return data
        records = [json.loads(line) for line in data.splitlines()]
        for record in records:
            for response in record["responses"].values():
                for file in response.get("files", ()):
                    file["path"] = rename(file["path"])
        return "".join(f"{json.dumps(one)}\n" for one in records).encode()

    moved = repacked(content, lambda name: rename(name) if "/files/" in name else name)
    return rewritten(moved, change_line)


_DAMAGE = (
    Fault(
        "archive-crc",
        "It serves an archive whose first member has another checksum",
        ARCHIVE,
        _first_member(_with_sums(1, 0)),
    ),
    Fault(
        "archive-length",
        "It serves an archive whose first member is a byte shorter than its headers say",
        ARCHIVE,
        _first_member(_with_sums(0, 1)),
    ),
    Fault(
        "archive-deflated-wrongly",
        "It serves an archive whose first member can't be decompressed",
        ARCHIVE,
        _first_member(_with_wrong_block),
    ),
)

_LINES = (
    Fault(
        "lines-not-json",
        "It serves an archive with Python literals as lines",
        ARCHIVE,
        _changed(
            lambda name, data: (
                "".join(f"{json.loads(line)}\n" for line in data.splitlines()).encode()
                if name.endswith(".jsonl")
                else data
            )
        ),
    ),
    Fault(
        "lines-not-objects",
        "It serves an archive whose lines are lists",
        ARCHIVE,
        _each_line(lambda record: [record]),
    ),
    Fault(
        "lines-twice",
        "It serves an archive with two lines for the first submission",
        ARCHIVE,
        _lines(lambda records: [*records[:1], *records], tasks=False),
    ),
    Fault(
        "lines-without-participant",
        "It serves an archive whose lines have no participant_id",
        ARCHIVE,
        _each_line(_without("participant_id")),
        kinds=("collection",),
    ),
    Fault(
        "lines-with-numbers",
        "It serves an archive with values that are numbers",
        ARCHIVE,
        _each_response(lambda one: {**one, "value": 7} if "value" in one else one),
        kinds=("collection",),
    ),
    Fault(
        "lines-of-tasks-lost",
        "It serves an archive without lines for tasks",
        ARCHIVE,
        _changed(lambda name, data: b"" if name == "responses-by-task.jsonl" else data),
        kinds=("batch",),
    ),
    Fault(
        "lines-of-another",
        "It serves an archive whose lines have the id of another batch or collection",
        ARCHIVE,
        _each_line(_of_another),
    ),
    Fault(
        "lines-from-future",
        "It serves an archive with responses of the next month",
        ARCHIVE,
        _each_line(_moved("created_at", days=30), tasks=False),
    ),
)

_DESCRIPTION = (
    Fault(
        "metadata-not-json",
        "It serves an archive whose metadata is a Python literal",
        ARCHIVE,
        _changed(
            lambda name, data: str(json.loads(data)).encode() if name.endswith(".json") else data
        ),
    ),
    Fault(
        "metadata-without-instructions",
        "It serves an archive whose metadata has no instructions",
        ARCHIVE,
        _metadata(_without("instructions")),
        kinds=("collection",),
    ),
    Fault(
        "metadata-of-another",
        "It serves an archive whose metadata has the id of another batch or collection",
        ARCHIVE,
        _metadata(_of_another),
    ),
    Fault(
        "metadata-stale",
        "It serves an archive whose metadata has a time two days before the request",
        ARCHIVE,
        _metadata(_moved("exported_at", days=-2)),
        kinds=("collection",),
    ),
    Fault(
        "instructions-not-listed",
        "It serves an archive whose metadata lacks the first instruction",
        ARCHIVE,
        _metadata(lambda value: {**value, "instructions": value["instructions"][1:]}),
        kinds=("collection",),
    ),
)

_UPLOADS = (
    Fault(
        "upload-missing",
        "It serves an archive without the uploaded files",
        ARCHIVE,
        serving(
            lambda _, content: repacked(content, lambda name: None if "/files/" in name else name)
        ),
        kinds=("collection",),
    ),
    Fault(
        "upload-unnamed",
        "It serves an archive with uploaded files that no response names",
        ARCHIVE,
        _each_response(lambda one: {**one, "files": []} if "files" in one else one),
        kinds=("collection",),
    ),
    Fault(
        "upload-of-another",
        "It serves an archive with uploaded files that are named after another submission",
        ARCHIVE,
        serving(_renamed_uploads),
        kinds=("collection",),
    ),
)

_PERIODS = (
    Fault(
        "period-from-ignored",
        "It serves an archive with the responses before the filter's from",
        _FILTERED,
        _refiltered(lambda given: evolve(given, from_=None)),
    ),
    Fault(
        "filter-from-exclusive",
        "It serves an archive without the responses of the filter's from",
        _FILTERED,
        _refiltered(_later_start),
        kinds=("collection",),
    ),
    Fault(
        "filter-to-inclusive",
        "It serves an archive with the responses of the filter's to",
        _FILTERED,
        _refiltered(_later_end),
        kinds=("collection",),
    ),
)

ARCHIVE_CONTENT = (*_DAMAGE, *_LINES, *_DESCRIPTION, *_UPLOADS, *_PERIODS)
