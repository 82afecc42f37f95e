"""Laws about the content of an archive's members, as far as the recorder read it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from prolific_exports._model._timestamps import utc_moment

from prolific_contract.gate.laws._archives import ReadArchive, archives_of, request_of
from prolific_contract.gate.laws._jobs import canonical
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import ARCHIVE, held, quote, violated
from prolific_contract.gate.trace._archive_content import ArchiveContent
from prolific_contract.gate.trace._exchanges import Trace

# The clocks of two machines, and the seconds that a request takes.
_SKEW: Final = timedelta(minutes=5)
_READ: Final = (
    "an archive of at most 1 MiB, or a larger one whose responses and metadata are within 1 MiB; "
    "in a recording, one of the gate's own"
)


def _read(trace: Trace) -> Iterator[tuple[ReadArchive, ArchiveContent]]:
    for archive in archives_of(trace):
        if archive.content is not None and archive.content.read:
            yield archive, archive.content


def _intact(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive in archives_of(trace):
        content = archive.content
        if content is None or not (content.read or content.damaged):
            continue
        for flaw in content.damaged:
            yield violated(
                archive.operation, quote(flaw.says), *archive.exchanges, about=(flaw.about,)
            )
        if not content.damaged:
            yield held(archive.operation, *archive.exchanges)


def _documented(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive, content in _read(trace):
        for flaw in content.flaws:
            yield violated(
                archive.operation, quote(flaw.says), *archive.exchanges, about=(flaw.about,)
            )
        if not content.flaws:
            yield held(archive.operation, *archive.exchanges)


def _own(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive, content in _read(trace):
        flaw = _other_resource(archive, content) or _other_time(trace, archive, content)
        if flaw is not None:
            export = archive.export.exchange
            yield violated(archive.operation, flaw, export, *archive.exchanges)
        elif content.resource_ids or content.exported_at:
            yield held(archive.operation, archive.export.exchange, *archive.exchanges)


def _other_resource(archive: ReadArchive, content: ArchiveContent) -> str | None:
    kind, resource_id = archive.export.resource
    for named in content.resource_ids:
        other_kind, _, other_id = named.partition(" ")
        if (other_kind, canonical(other_id)) != (kind, resource_id):
            return (
                f"the archive has the {other_kind}_id {quote(other_id)!r}, but the export is of "
                f"the {kind} {quote(resource_id)}"
            )
    return None


def _other_time(trace: Trace, archive: ReadArchive, content: ArchiveContent) -> str | None:
    """Why the times in an archive do not fit the conversation; None if they do."""
    export = archive.export
    exported_at = utc_moment(content.exported_at)
    latest_start = utc_moment(content.latest_start)
    now = export.response.date or export.exchange.sent
    for name, moment in (("exported_at", exported_at), ("created_at", latest_start)):
        if moment is not None and now is not None and moment > now + _SKEW:
            return (
                f"the archive has the {name} {moment.isoformat()}, later than {now.isoformat()}, "
                "when the export was reported complete"
            )
    requested = _requested_at(trace, archive)
    # The request may have returned a job that was already generating.
    begun = timedelta(seconds=trace.max_wait) + _SKEW
    if exported_at is not None and requested is not None and exported_at < requested - begun:
        return (
            f"the archive has the exported_at {exported_at.isoformat()}, but the export was "
            f"requested at {requested.isoformat()}"
        )
    return None


def _requested_at(trace: Trace, archive: ReadArchive) -> datetime | None:
    request = request_of(trace, archive.export)
    if request is None:
        return None
    return (request.response.date if request.response else None) or request.sent


LAWS: Final = (
    Law(
        id="value.archive-intact",
        statement=(
            "The members of an archive can be decompressed, and have the length and the checksum "
            "in its directory."
        ),
        source=LawSource(
            "documents/003; APPNOTE, sections 4.4.7 to 4.4.9",
            "The guide extracts the archive with a usual ZIP library, which refuses damaged "
            "members. Encrypted members and unusual compressions are not judged.",
        ),
        operations=ARCHIVE,
        needs=_READ,
        check=_intact,
        mutants=("archive-crc", "archive-deflated-wrongly", "archive-length"),
    ),
    Law(
        id="value.archive-content",
        statement=(
            "The responses and the metadata in an archive have the documented form, and refer to "
            "each other and to the uploaded files."
        ),
        source=LawSource(
            "documents/003; the guide to exporting batch data",
            "Each line of responses.jsonl is an object about one submission with the documented "
            "members; unknown members and types of responses are accepted. collection.json lists "
            "the instructions that are answered. Each uploaded file is named by an answer, and "
            "the reverse. For batches, the members of lines are not published: only JSON is "
            "judged. Accepted: a byte order mark, CRLF, empty lines, and no lines.",
        ),
        operations=ARCHIVE,
        needs=_READ,
        check=_documented,
        mutants=(
            "lines-not-json",
            "lines-not-objects",
            "lines-twice",
            "lines-without-participant",
            "lines-with-numbers",
            "lines-of-tasks-lost",
            "metadata-not-json",
            "metadata-without-instructions",
            "instructions-not-listed",
            "upload-missing",
            "upload-unnamed",
            "upload-of-another",
        ),
    ),
    Law(
        id="value.archive-own",
        statement=(
            "The responses and the metadata in an archive name the exported resource, and times "
            "between the request and the response."
        ),
        source=LawSource(
            "documents/003",
            "Lines and collection.json have the collection_id. A batch_id in the archive of a "
            "batch is compared if there is one. exported_at is the time of the export: not "
            "earlier than --max-wait before the request, and no response is later than the "
            "reported end. Tolerance for clocks: five minutes.",
        ),
        operations=ARCHIVE,
        needs=f"{_READ}; with the id of a resource or a time in it",
        check=_own,
        mutants=("lines-of-another", "metadata-of-another", "metadata-stale", "lines-from-future"),
    ),
)
