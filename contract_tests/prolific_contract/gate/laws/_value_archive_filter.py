"""The law about what the filter of an export selects."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from prolific_contract._vocabulary import Kind
from prolific_contract.gate.laws._archives import archives_of, request_of
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import requested_filter
from prolific_contract.gate.laws._observations import ARCHIVE, held, violated
from prolific_contract.gate.trace._exchanges import Trace

_UPLOADS: Final = "files/"
# One line for each response; a batch's other file may have a line for a task without responses.
_RESPONSES: Final[dict[Kind, str]] = {
    "batch": "responses-by-submission.jsonl",
    "collection": "responses.jsonl",
}
# A file without responses may contain a byte order mark or a line break.
_BLANK: Final = 5
# Before the first Task Builder; a period that ends here contains no response.
_NO_RESPONSES_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)


def _filtered(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive in archives_of(trace):
        request = request_of(trace, archive.export)
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
