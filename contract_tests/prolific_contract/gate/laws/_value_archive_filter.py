"""The law about what the filter of an export selects."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prolific_exports._model._timestamps import utc_moment

from prolific_contract._vocabulary import Kind
from prolific_contract.gate.laws._archives import ReadArchive, archives_of, request_of
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import requested_filter
from prolific_contract.gate.laws._observations import ARCHIVE, held, violated
from prolific_contract.gate.trace._archive_content import ArchiveContent
from prolific_contract.gate.trace._exchanges import Exchange, Trace

_UPLOADS: Final = "files/"
# One line for each response; a batch's other file may have a line for a task without responses.
_RESPONSES: Final[dict[Kind, str]] = {
    "batch": "responses-by-submission.jsonl",
    "collection": "responses.jsonl",
}
# A file without responses may contain a byte order mark or a line break.
_BLANK: Final = 5
# Between the times of a submission to a batch and of its responses.
_SESSION: Final = timedelta(days=1)
# Before the first Task Builder; a period that ends here contains no response.
_NO_RESPONSES_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)


def _filtered(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    unfiltered: dict[tuple[Kind, str], ReadArchive] = {}
    for archive in archives_of(trace):
        request = request_of(trace, archive.export)
        if request is not None and requested_filter(request) == {}:
            unfiltered.setdefault(archive.export.resource, archive)
        requested = requested_filter(request) if request is not None else None
        if request is None or not requested:
            continue
        if not _selects_nothing(requested):
            yield from _period(archive, request, requested, unfiltered)
            continue
        uploads = [name for name, _ in archive.names if name.startswith(_UPLOADS)]
        responses = _RESPONSES[archive.operation.kind]
        size = next((size for name, size in archive.names if name == responses), 0)
        if uploads or size > _BLANK:
            shown = "uploaded files" if uploads else f"{size} bytes of {responses}"
            yield violated(
                archive.operation,
                f"the filter ends at {requested['to'].isoformat()}, before the first response "
                f"of any export, but the archive contains {shown}",
                request,
                *archive.exchanges,
            )
        else:
            yield held(archive.operation, request, *archive.exchanges)


def _period(
    archive: ReadArchive,
    request: Exchange,
    requested: dict[str, Any],
    unfiltered: dict[tuple[Kind, str], ReadArchive],
) -> Iterator[Observation]:
    """Compare the times of the responses with a period."""
    content = archive.content
    if content is None or content.records is None:
        return
    start, stop = requested.get("from"), requested.get("to")
    flaw = _outside(archive.operation.kind, content, start, stop)
    if flaw is not None:
        yield violated(archive.operation, flaw, request, *archive.exchanges)
        return
    whole = unfiltered.get(archive.export.resource)
    lost = None if whole is None or "study_id" in requested else _lost(whole, content, start, stop)
    if whole is not None and lost is not None:
        yield violated(archive.operation, lost, *whole.exchanges, request, *archive.exchanges)
    elif start or stop:
        yield held(archive.operation, request, *archive.exchanges)


def _outside(
    kind: Kind, content: ArchiveContent, start: datetime | None, stop: datetime | None
) -> str | None:
    """The response that is outside a period; None if there is none."""
    tolerance = _SESSION if kind == "batch" else timedelta(0)
    earliest, latest = utc_moment(content.earliest_end), utc_moment(content.latest_start)
    if start and earliest and earliest < start - tolerance:
        return (
            f"the filter begins at {start.isoformat()}, but the archive has a response of "
            f"{earliest.isoformat()}"
        )
    if stop and latest and latest >= stop + tolerance:
        return (
            f"the filter ends before {stop.isoformat()}, but the archive has a response of "
            f"{latest.isoformat()}"
        )
    return None


def _lost(
    whole: ReadArchive, content: ArchiveContent, start: datetime | None, stop: datetime | None
) -> str | None:
    """The response in a period that the archive without a filter has, and this one has not."""
    # How a batch's submissions and the times of their responses relate is not published.
    if whole.content is None or whole.operation.kind == "batch":
        return None
    first, last = (content.times[0], content.times[-1]) if content.times else (None, None)
    earliest, latest = utc_moment(first), utc_moment(last)
    for moment in filter(None, map(utc_moment, whole.content.times)):
        if (start and moment < start) or (stop and moment >= stop):
            continue
        if earliest is None or latest is None or not earliest <= moment <= latest:
            return (
                f"the archive lacks the response of {moment.isoformat()}, which is within the "
                "period of the filter and in the archive without a filter"
            )
    return None


def _selects_nothing(requested: dict[str, Any]) -> bool:
    """Whether no response can meet a filter."""
    until = requested.get("to")
    return isinstance(until, datetime) and until <= _NO_RESPONSES_BEFORE


LAWS: Final = (
    Law(
        id="value.archive-filter",
        statement=(
            "An archive contains nothing from outside the period of its filter, and a collection's "
            "archive everything within it."
        ),
        source=LawSource(
            "API reference, request an export",
            "A filter's from and to limit created_at: from is inclusive, to is exclusive. An "
            "archive for a period before 2020, when there were no responses, has no uploaded "
            "files, and its file with a line for each response is empty. For other periods, the "
            "created_at of the lines is compared. For batches its place is not published: a line "
            "is judged by all its times, with a tolerance of a day.",
            ("D-3",),
        ),
        operations=ARCHIVE,
        needs=(
            "edition 2026-11, and the archive of a job whose filter ends before 2020, or of one "
            "with a period whose content was read (see value.archive-content)"
        ),
        check=_filtered,
        mutants=(
            "archive-unfiltered",
            "archive-unfiltered-files",
            "period-from-ignored",
            "filter-from-exclusive",
            "filter-to-inclusive",
        ),
        editions=("2026-11",),
    ),
)
