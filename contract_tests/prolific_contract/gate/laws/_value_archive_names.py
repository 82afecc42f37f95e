"""The law about the names in an archive: its root folder, and its uploaded files."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from prolific_contract.gate.laws._archives import ReadArchive, archives_of, form, request_of
from prolific_contract.gate.laws._complete_exports import CompleteExport
from prolific_contract.gate.laws._jobs import canonical
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import ARCHIVE, held, quote, violated
from prolific_contract.gate.trace._exchanges import Trace

_ROOT: Final = re.compile(r"(batch|collection)-export-(.+)-([0-9]{8}T[0-9]{6})")
_ROOT_TIME: Final = "%Y%m%dT%H%M%S"
_ROOT_FORM: Final = "collection-export-{collection_id}-{YYYYMMDDTHHMMSS}"
_UPLOADS: Final = "files/"
_UPLOAD: Final = re.compile(r"files/[^/]+_[^/]+_[0-9]+(\.[^/]*)?")
# An uploaded file in any folder: an id of an instruction looks like no other part of a name.
_LIKE_UPLOAD: Final = re.compile(
    r"(.*/)?[^/]+_([0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})_[0-9]+(\.[^/]*)?",
    re.IGNORECASE,
)
# The time in a root folder's name has no offset, so it may be the time of any zone.
_WEST: Final = timedelta(hours=12)
_EAST: Final = timedelta(hours=14)
# Different machines may set it and Date.
_SKEW: Final = timedelta(minutes=5)

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
    """What is wrong with the root folder; None if nothing is."""
    root, (kind, resource_id) = archive.root, archive.export.resource
    match = _ROOT.fullmatch(root)
    if match is None:
        # The name for batches is not published, and without members there is no root folder.
        if kind == "batch" or not archive.is_documented:
            return None
        shown = f"the root folder is {quote(root)!r}, not" if root else "there is no root folder"
        return f"{shown} {_ROOT_FORM}"
    if match[1] != kind or canonical(match[2]) != resource_id:
        return (
            f"the root folder names the {match[1]} {quote(match[2])}, but the export is of the "
            f"{kind} {quote(resource_id)}"
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
    request = request_of(trace, export)
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


def _upload_flaw(archive: ReadArchive) -> str | None:
    elsewhere = [
        name
        for name in archive.file_names
        if not name.startswith(_UPLOADS) and _LIKE_UPLOAD.fullmatch(name)
    ]
    if elsewhere:
        return (
            f"uploaded files outside the folder files/ of the root folder: {len(elsewhere)}, "
            f"such as {form(elsewhere[0])!r}"
        )
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
    return f"uploaded files not named {scheme}: {len(others)}, such as {form(others[0])!r}"


LAWS: Final = (
    Law(
        id="value.archive-names",
        statement=(
            "A collection's archive has one root folder, which names the collection and the time "
            "of the export. Uploaded files are in its folder files/, named by their submission, "
            "instruction and number."
        ),
        source=LawSource(
            "documents/003",
            "A collection's root folder is collection-export-{collection_id}-{YYYYMMDDTHHMMSS}, "
            "and an uploaded file in it files/{submission_id}_{instruction_id}_{index}.{ext}. "
            "For batches no name is published: only a root folder of the same form is judged, "
            "and only files that are named like uploads but are not in files/. The time has no "
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
            "archive-no-root",
            "archive-own-names",
            "archive-nested-files",
            "archive-flat-files",
            "archive-files-elsewhere",
        ),
    ),
)
