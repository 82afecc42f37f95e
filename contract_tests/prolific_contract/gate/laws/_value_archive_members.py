"""Laws about the members of an archive: whether they can be extracted, and what they show."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prolific_contract._vocabulary import Kind
from prolific_contract.gate.laws._archives import ReadArchive, archives_of
from prolific_contract.gate.laws._complete_exports import CompleteExport
from prolific_contract.gate.laws._jobs import JobKey, canonical
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import first_requests, requested_filter
from prolific_contract.gate.laws._observations import ARCHIVE, held, quote, violated
from prolific_contract.gate.trace._exchanges import Exchange, Trace
from prolific_contract.gate.trace._zip_directory import DirectoryEntry

_ROOT: Final = re.compile(r"(batch|collection)-export-(.+)-([0-9]{8}T[0-9]{6})")
_ROOT_TIME: Final = "%Y%m%dT%H%M%S"
_UPLOAD: Final = re.compile(r"files/[^/]+_[^/]+_[0-9]+(\.[^/]*)?")
_UPLOADS: Final = "files/"
# One line for each response; a batch's other file may have a line for a task without responses.
_RESPONSES: Final[dict[Kind, str]] = {
    "batch": "responses-by-submission.jsonl",
    "collection": "responses.jsonl",
}
# A file without responses may contain a byte order mark or a line break.
_BLANK: Final = 5
_DRIVE: Final = re.compile(r"[A-Za-z]:")
# The time in a root folder's name has no offset, so it may be the time of any zone.
_WEST: Final = timedelta(hours=12)
_EAST: Final = timedelta(hours=14)
# Different machines may set it and Date.
_SKEW: Final = timedelta(minutes=5)
# Before the first Task Builder; a period that ends here contains no response.
_NO_RESPONSES_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)


def _extractable(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive in archives_of(trace):
        reason = _flaw(archive.directory.members)
        if reason is None:
            yield held(archive.operation, *archive.exchanges)
        else:
            yield violated(archive.operation, reason, *archive.exchanges)


def _flaw(members: tuple[DirectoryEntry, ...]) -> str | None:
    """Why an archive's members can't be extracted by their names; None if they can."""
    encrypted = sum(member.encrypted for member in members)
    if encrypted:
        return f"{encrypted} of {len(members)} members are encrypted; no password is documented"
    seen: set[str] = set()
    for member in members:
        reason = _unsafe(member.name)
        if reason is not None:
            return f"the name of a member {reason}: {_form(member.name)!r}"
        if member.name in seen and not member.is_folder:
            return f"two members have the same name: {_form(member.name)!r}"
        seen.add(member.name)
    return None


def _unsafe(name: str) -> str | None:
    """Why a name is not a relative path inside the archive; None if it is."""
    if not name:
        return "is empty"
    if "\0" in name:
        return "contains a null character"
    if "\\" in name:
        return "contains a backslash instead of a slash"
    if name.startswith("/"):
        return "is absolute"
    if _DRIVE.match(name):
        return "begins with a drive letter"
    if ".." in name.split("/"):
        return "leads out of the archive"
    return None


def _form(name: str) -> str:
    """The form of a member's name for reports: participants may have chosen parts of it."""
    return quote(re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", name)))


_ABOUT_ROOT: Final = (
    "archive.field.root-folder",
    "archive.relation.root-folder",
    "archive.identity.resource",
)


def _names(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive in archives_of(trace):
        root = _root_flaw(trace, archive)
        reason = root or _upload_flaw(archive)
        if reason is not None:
            yield violated(
                archive.operation,
                reason,
                archive.export.exchange,
                *archive.exchanges,
                about=("archive.field.uploads",) if root is None else _ABOUT_ROOT,
            )
        elif archive.operation.kind == "collection" or _ROOT.fullmatch(archive.root):
            yield held(archive.operation, archive.export.exchange, *archive.exchanges)


def _root_flaw(trace: Trace, archive: ReadArchive) -> str | None:
    """What is wrong with the name of the root folder; None for an archive without one."""
    kind, address = archive.operation.kind, archive.export.exchange.address
    root = archive.root
    match = _ROOT.fullmatch(root)
    if not root or address is None:
        return None
    if match is None:
        # The name for batches is not published.
        expected = "collection-export-{collection_id}-{YYYYMMDDTHHMMSS}"
        return (
            f"the root folder is {quote(root)!r}, not {expected}" if kind == "collection" else None
        )
    if match[1] != kind or canonical(match[2]) != canonical(address.resource_id):
        return (
            f"the root folder names the {match[1]} {quote(match[2])}, but the export is of the "
            f"{kind} {quote(address.resource_id)}"
        )
    return _root_time_flaw(trace, archive.export, match[3])


def _root_time_flaw(trace: Trace, export: CompleteExport, text: str) -> str | None:
    try:
        # Any offset, as far as the bounds are concerned.
        shown = datetime.strptime(text, _ROOT_TIME).replace(tzinfo=UTC)
    except ValueError:
        return f"the root folder has the time {text}, which does not exist"
    latest = export.response.date or export.exchange.sent
    if latest is not None and shown > latest + _EAST + _SKEW:
        return (
            f"the root folder has the time {text}, in every time zone later than "
            f"{latest.isoformat()}, when the export was reported complete"
        )
    request = _request_of(trace, export)
    if request is None:
        return None
    requested = (request.response.date if request.response else None) or request.sent
    # The request may have returned a job that was already generating.
    begun = timedelta(seconds=trace.max_wait)
    if requested is not None and shown < requested - begun - _WEST - _SKEW:
        return (
            f"the root folder has the time {text}, in every time zone before the export was "
            f"requested at {requested.isoformat()}"
        )
    return None


def _request_of(trace: Trace, export: CompleteExport) -> Exchange | None:
    """The request that returned the job of an export while it was generating."""
    address = export.exchange.address
    if address is None or address.export_id is None:
        return None
    return first_requests(trace).get(JobKey.of(address))


def _upload_flaw(archive: ReadArchive) -> str | None:
    if archive.operation.kind != "collection":
        # The names for batches are not published.
        return None
    others = [
        name
        for name, _ in archive.names
        if name.startswith(_UPLOADS) and not _UPLOAD.fullmatch(name)
    ]
    if not others:
        return None
    scheme = "files/{submission_id}_{instruction_id}_{index}.{ext}"
    return f"{len(others)} uploaded files are not named {scheme}, such as {_form(others[0])!r}"


def _filtered(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive in archives_of(trace):
        request = _request_of(trace, archive.export)
        requested = requested_filter(request) if request is not None else None
        if request is None or requested is None or not _selects_nothing(requested):
            continue
        uploads = [name for name, _ in archive.names if name.startswith(_UPLOADS)]
        responses = _RESPONSES[archive.operation.kind]
        size = next((size for name, size in archive.names if name == responses), 0)
        if uploads or size > _BLANK:
            shown = f"{len(uploads)} uploaded files" if uploads else f"{size} bytes of {responses}"
            yield violated(
                archive.operation,
                f"the filter ends at {requested['to'].isoformat()}, before the first response "
                f"of any export, but the archive contains {shown}",
                request,
                *archive.exchanges,
            )
        else:
            yield held(archive.operation, request, *archive.exchanges)


def _selects_nothing(requested: dict[str, Any]) -> bool:
    """Whether no response can meet a filter."""
    until = requested.get("to")
    return isinstance(until, datetime) and until <= _NO_RESPONSES_BEFORE


LAWS: Final = (
    Law(
        id="value.archive-members",
        statement=(
            "Every member of an archive can be extracted without a password, under a relative "
            "name that no other file has."
        ),
        source=LawSource(
            "documents/003",
            "The guide extracts the archive without a password and then uses the paths in the "
            "responses. The ZIP format (APPNOTE, 4.4.17) requires relative names with slashes "
            "and without a drive letter. Not judged: what else an extraction program may refuse.",
        ),
        operations=ARCHIVE,
        needs="an archive whose directory the conversation contains",
        check=_extractable,
        mutants=(
            "archive-encrypted",
            "archive-encrypted-aes",
            "archive-absolute",
            "archive-climbing",
            "archive-backslash",
            "archive-drive",
            "archive-null",
            "archive-nameless",
            "archive-name-twice",
        ),
    ),
    Law(
        id="value.archive-names",
        statement=(
            "The root folder of an archive names the exported resource and the time of the "
            "export. Uploaded files are named by their submission, instruction and number."
        ),
        source=LawSource(
            "documents/003",
            "A collection's root folder is collection-export-{collection_id}-{YYYYMMDDTHHMMSS}, "
            "and an uploaded file in it files/{submission_id}_{instruction_id}_{index}.{ext}. "
            "For batches no name is published: only a root folder of the same form is judged. "
            "The guide's examples have no root folder, so none is accepted. The time has no "
            "offset, so it may be the time of any zone: it is not later than the response with "
            "the URL, and not earlier than --max-wait before the request.",
        ),
        operations=ARCHIVE,
        needs=(
            "an archive whose directory the conversation contains; for a batch, one whose root "
            "folder is named as for collections"
        ),
        check=_names,
        mutants=(
            "archive-other-resource",
            "archive-stale",
            "archive-from-future",
            "archive-no-time",
            "archive-other-root",
            "archive-own-names",
            "archive-nested-files",
        ),
    ),
    Law(
        id="value.archive-filter",
        statement="An archive contains nothing from outside the period of its filter.",
        source=LawSource(
            "API reference, request an export",
            "A filter's from and to limit the time of the responses. The directory shows it for "
            "a period before 2020, when there were no responses: the archive has no uploaded "
            "files, and its file with a line for each response is empty.",
            ("D-3",),
        ),
        operations=ARCHIVE,
        needs="edition 2026-11, and the archive of a job whose filter ends before 2020",
        check=_filtered,
        mutants=("archive-unfiltered", "archive-unfiltered-files"),
        editions=("2026-11",),
    ),
)
