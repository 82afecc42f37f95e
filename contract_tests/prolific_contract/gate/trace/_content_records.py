"""Compares the documented members of an archive with what the documents say about them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import evolve, field, mutable
from prolific_exports._model._json import parse
from prolific_exports._model._timestamps import utc_moment

from prolific_contract.gate.trace._archive_content import (
    ArchiveContent,
    ContentFlaw,
    masked,
    shortened,
)

_RESPONSES: Final = "responses.jsonl"
_BY_SUBMISSION: Final = "responses-by-submission.jsonl"
_BY_TASK: Final = "responses-by-task.jsonl"
_LINES: Final = {
    _RESPONSES: "archive.field.lines",
    _BY_SUBMISSION: "archive.relation.batch-records",
    _BY_TASK: "archive.relation.batch-records",
}
_METADATA: Final = {
    "collection.json": "archive.field.metadata",
    "batch.json": "archive.field.batch-metadata",
}
DOCUMENTED: Final = frozenset({*_LINES, *_METADATA})
"""The names of the members whose content is documented."""

_UPLOADS: Final = "files/"
_MOST_IDS: Final = 4

MemberCheck: TypeAlias = Callable[[Any], bool]
# Of an object: the name, the check, what the value has to be, and the statement.
_Members: TypeAlias = tuple[tuple[str, MemberCheck, str, str], ...]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_time(value: Any) -> bool:
    return utc_moment(value) is not None


def _list_of(check: MemberCheck) -> MemberCheck:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _object_with(*names: str) -> MemberCheck:
    return lambda value: isinstance(value, dict) and all(_is_text(value.get(n)) for n in names)


_TEXTS: Final = "a list of strings"
_RECORD: Final[_Members] = (
    ("submission_id", _is_text, "a string", "archive.field.submission-id"),
    ("participant_id", _is_text, "a string", "archive.field.participant-id"),
    ("collection_id", _is_text, "a string", "archive.field.collection-id"),
    ("created_at", _is_time, "a date-time with an offset", "archive.field.created-at"),
    ("responses", lambda value: isinstance(value, dict), "an object", "archive.field.responses"),
)
_RESPONSE: Final[_Members] = (
    ("type", _is_text, "a string", "archive.field.type"),
    ("description", _is_text, "a string", "archive.field.description"),
)
_ANSWERS: Final[Mapping[str, _Members]] = {
    "free_text": (("value", _is_text, "a string", "archive.field.free-text"),),
    "free_text_with_unit": (
        ("value", _is_text, "a string", "archive.field.unit"),
        ("unit", _is_text, "a string", "archive.field.unit"),
    ),
    "multiple_choice": (("values", _list_of(_is_text), _TEXTS, "archive.field.choice"),),
    "multiple_choice_with_free_text": (
        (
            "values",
            _list_of(_object_with("option", "explanation")),
            "a list of objects with the strings option and explanation",
            "archive.field.choice-with-text",
        ),
    ),
    "file_upload": (
        (
            "files",
            _list_of(_object_with("name", "path")),
            "a list of objects with the strings name and path",
            "archive.field.file-upload",
        ),
    ),
}
_COLLECTION: Final[_Members] = (
    ("collection_id", _is_text, "a string", "archive.field.metadata"),
    ("name", _is_text, "a string", "archive.field.metadata"),
    ("exported_at", _is_time, "a date-time with an offset", "archive.field.metadata"),
    (
        "instructions",
        _list_of(_object_with("id", "type", "description")),
        "a list of objects with the strings id, type and description",
        "archive.field.metadata",
    ),
)


def describe(
    names: Sequence[str],
    texts: Mapping[str, bytes],
    content: ArchiveContent,
    *,
    unread: set[str],
) -> ArchiveContent:
    """Add to the content of an archive what its documented members show.

    Args:
        names: The complete names of all files in the archive.
        texts: The documented members that were extracted, by complete name.
        content: What is known so far.
        unread: The complete names of documented members that were not extracted.
    """
    reading = _ContentReading()
    for name, text in texts.items():
        own = name.rpartition("/")[2]
        if own in _LINES:
            reading.read_lines(own, text)
        else:
            reading.read_metadata(own, text)
    if not unread:
        folder = next((name.rpartition("/")[0] for name in texts if _RESPONSES in name), None)
        if folder is not None:
            reading.compare_uploads(names, f"{folder}/" if folder else "")
        reading.compare_members()
    return evolve(
        content,
        flaws=tuple(reading.flaws()),
        resource_ids=tuple(sorted(reading.resource_ids))[:_MOST_IDS],
        records=reading.records.get(_RESPONSES, reading.records.get(_BY_SUBMISSION)),
        times=tuple(map(datetime.isoformat, _first_middle_last(reading.times()))),
        earliest_end=_text(min(reading.ends, default=None)),
        latest_start=_text(max(reading.starts, default=None)),
        exported_at=_text(reading.exported_at),
    )


def _first_middle_last(moments: list[datetime]) -> list[datetime]:
    return sorted({moments[0], moments[len(moments) // 2], moments[-1]}) if moments else []


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


@mutable
class _Upload:
    """An uploaded file that an answer names."""

    path: str
    submission_id: str
    instruction_id: str
    line: int


@mutable
class _ContentReading:
    """What the members show, and what is wrong with them."""

    records: Counter[str] = field(factory=Counter)
    resource_ids: set[str] = field(factory=set)
    starts: list[datetime] = field(factory=list)
    ends: list[datetime] = field(factory=list)
    exported_at: datetime | None = None
    _uploads: list[_Upload] = field(factory=list)
    _types: dict[str, str] | None = None
    _answered: dict[tuple[str, str], int] = field(factory=dict)
    # First place and number of places, by statement and problem.
    _problems: dict[tuple[str, str], tuple[str, int]] = field(factory=dict)

    def flaws(self) -> Iterator[ContentFlaw]:
        """Everything that is wrong, each problem once with its first place."""
        for (about, problem), (where, count) in self._problems.items():
            others = f" (and {count - 1} more)" if count > 1 else ""
            yield ContentFlaw(about, f"{where}: {problem}{others}")

    def times(self) -> list[datetime]:
        """The different times of the records that have one, in order."""
        return sorted(
            {start for start, end in zip(self.starts, self.ends, strict=True) if start == end}
        )

    def _add(self, about: str, where: str, problem: str) -> None:
        first, count = self._problems.get((about, problem), (where, 0))
        self._problems[about, problem] = (first, count + 1)

    def _check(
        self,
        members: _Members,
        value: Any,
        where: str,
        what: str,
    ) -> None:
        for name, check, kind, about in members:
            if name not in value:
                self._add(about, where, f"{what} has no {name}")
            elif not check(value[name]):
                self._add(about, where, f"{what} has a {name} that is not {kind}")

    # Lines.

    def read_lines(self, name: str, text: bytes) -> None:
        """Read a file with one JSON object in each line."""
        self.records[name] = 0
        seen: set[str] = set()
        for number, line in enumerate(text.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
            if not line.strip():
                continue
            where = f"{name}, line {number}"
            record = _parsed(line)
            if not isinstance(record, dict):
                self._add(_LINES[name], where, "the line is not a JSON object")
                continue
            self.records[name] += 1
            self._note_resource(record)
            if name == _RESPONSES:
                self._read_record(record, where, number)
            if name != _BY_TASK:
                self._note_times(name, record)
                submission_id = record.get("submission_id")
                if isinstance(submission_id, str):
                    if submission_id in seen:
                        self._add(_LINES[name], where, "a second line has the same submission_id")
                    seen.add(submission_id)

    def _note_resource(self, value: dict[str, Any]) -> None:
        for kind in ("batch", "collection"):
            some_id = value.get(f"{kind}_id")
            if isinstance(some_id, str):
                self.resource_ids.add(f"{kind} {shortened(some_id)}")

    def _note_times(self, name: str, record: dict[str, Any]) -> None:
        # How the records of batches are nested is not published.
        given = [record.get("created_at")] if name == _RESPONSES else list(_times_in(record))
        moments = [moment for moment in map(utc_moment, given) if moment is not None]
        if moments:
            self.starts.append(min(moments))
            self.ends.append(max(moments))

    def _read_record(self, record: dict[str, Any], where: str, number: int) -> None:
        self._check(_RECORD, record, where, "the submission")
        responses = record.get("responses")
        for instruction_id, response in responses.items() if isinstance(responses, dict) else ():
            if not isinstance(response, dict):
                self._add("archive.field.responses", where, "a response is not an object")
                continue
            self._check(_RESPONSE, response, where, "a response")
            kind = response.get("type")
            if not isinstance(kind, str):
                continue
            self._answered.setdefault((instruction_id, kind), number)
            self._check(_ANSWERS.get(kind, ()), response, where, f"a response of type {kind}")
            files = response.get("files") if kind == "file_upload" else None
            for one in files if isinstance(files, list) else ():
                if _object_with("path")(one):
                    submission_id = str(record.get("submission_id"))
                    self._uploads.append(
                        _Upload(one["path"], submission_id, instruction_id, number)
                    )

    # Metadata.

    def read_metadata(self, name: str, text: bytes) -> None:
        """Read the description of the batch or collection."""
        about = _METADATA[name]
        value = _parsed(text.removeprefix(b"\xef\xbb\xbf"))
        if not isinstance(value, dict):
            # An empty one is the matter of the directory.
            if text:
                self._add(about, name, "the file is not a JSON object")
            return
        self._note_resource(value)
        if name == "collection.json":
            self.exported_at = utc_moment(value.get("exported_at"))
            self._check(_COLLECTION, value, name, "the collection")
            listed: Any = value.get("instructions")
            if _list_of(_object_with("id", "type"))(listed):
                self._types = {one["id"]: one["type"] for one in listed}

    # Relations.

    def compare_uploads(self, names: Sequence[str], root: str) -> None:
        """Compare the uploaded files of a collection with the paths in the answers."""
        known = set(names)
        named = set()
        for upload in self._uploads:
            where = f"{_RESPONSES}, line {upload.line}"
            # "Relative to the root" may mean the root folder or the archive.
            own = next((at for at in (f"{root}{upload.path}", upload.path) if at in known), None)
            if own is None:
                self._add(
                    "archive.relation.upload-path",
                    where,
                    "the path of an uploaded file leads to no file in the archive",
                )
                continue
            named.add(own)
            base = own.rpartition("/")[2]
            if not base.startswith(f"{upload.submission_id}_"):
                self._add(
                    "archive.relation.upload-submission",
                    where,
                    "the name of an uploaded file does not begin with the submission_id",
                )
            elif not base.startswith(f"{upload.submission_id}_{upload.instruction_id}_"):
                self._add(
                    "archive.field.uploads",
                    where,
                    "the name of an uploaded file does not have the id of its instruction",
                )
        for name in names:
            if name.startswith(f"{root}{_UPLOADS}") and name not in named:
                shown = masked(name.removeprefix(root).removeprefix(_UPLOADS))
                self._add(
                    "archive.relation.upload-path", f"{_UPLOADS}{shown}", "no answer names the file"
                )

    def compare_members(self) -> None:
        """Compare the metadata with the answers, and the two files of a batch."""
        if self.records[_BY_SUBMISSION] and not self.records.get(_BY_TASK, 1):
            self._add(
                "archive.relation.batch-records",
                _BY_TASK,
                f"the file has no lines, but {_BY_SUBMISSION} has",
            )
        if self._types is None:
            return
        for (instruction_id, kind), line in self._answered.items():
            where = f"{_RESPONSES}, line {line}"
            if instruction_id not in self._types:
                self._add(
                    "archive.relation.instructions",
                    where,
                    "a response answers an instruction that collection.json does not list",
                )
            elif self._types[instruction_id] != kind:
                self._add(
                    "archive.field.type",
                    where,
                    "a response has another type than its instruction in collection.json",
                )


def _parsed(text: bytes) -> Any:
    """The value of a JSON text in UTF-8; None if it is not one."""
    try:
        return parse(text.decode())
    except ValueError:
        return None


def _times_in(value: Any) -> Iterator[Any]:
    """Every created_at in a record, however deeply nested."""
    if isinstance(value, dict):
        yield value.get("created_at")
        for each in value.values():
            yield from _times_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _times_in(each)
