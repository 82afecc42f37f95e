"""What the documents state about filters (edition 2026-11)."""

from typing import Final

from prolific_contract._vocabulary import Edition
from prolific_contract.gate.laws._observations import ARCHIVE, LIST, REQUEST
from prolific_contract.gate.statements._statement import Statement

_REFERENCE: Final = "API reference, request an export"
_LIST: Final = "API reference, list export jobs"
_EDITIONS: Final[tuple[Edition, ...]] = ("2026-11",)
_NO_STUDIES: Final = (
    "An archive does not show under which study a response was submitted, and neither does the API."
)

STATEMENTS: Final = (
    Statement(
        id="request.filter.study-id",
        says="A request may have the condition study_id, a string.",
        source=_REFERENCE,
        operations=REQUEST,
        laws=("shape.status", "time.request-filter", "time.filter-accepted"),
        discrepancies=("D-3",),
        editions=_EDITIONS,
        contract=("query study_id optional", "query study_id string"),
    ),
    Statement(
        id="request.filter.from",
        says="A request may have the condition from, a date-time.",
        source=_REFERENCE,
        operations=REQUEST,
        laws=("shape.status", "time.request-filter", "time.filter-accepted"),
        discrepancies=("D-3",),
        editions=_EDITIONS,
        contract=("query from optional", "query from string date-time"),
    ),
    Statement(
        id="request.filter.to",
        says="A request may have the condition to, a date-time.",
        source=_REFERENCE,
        operations=REQUEST,
        laws=("shape.status", "time.request-filter", "time.filter-accepted"),
        discrepancies=("D-3",),
        editions=_EDITIONS,
        contract=("query to optional", "query to string date-time"),
    ),
    Statement(
        id="request.filter.own-jobs",
        says="Requests with different filters are separate jobs, which can run side by side.",
        source=_REFERENCE,
        operations=REQUEST,
        laws=("time.request-filter", "time.request-others"),
        discrepancies=("D-3",),
        editions=_EDITIONS,
    ),
    Statement(
        id="request.filter.kept",
        says="A job keeps the filter of its request.",
        source=f"{_REFERENCE}; {_LIST}",
        operations=LIST,
        laws=("value.list-filter",),
        discrepancies=("D-3",),
        editions=_EDITIONS,
    ),
    Statement(
        id="archive.filter.study-id",
        says="With study_id, the archive has the responses that were submitted under the study.",
        source=_REFERENCE,
        operations=ARCHIVE,
        unchecked=_NO_STUDIES,
        editions=_EDITIONS,
    ),
    Statement(
        id="archive.filter.from",
        says="With from, the archive has the responses created at that time or later.",
        source=_REFERENCE,
        operations=ARCHIVE,
        laws=("value.archive-filter",),
        editions=_EDITIONS,
    ),
    Statement(
        id="archive.filter.to",
        says="With to, the archive has the responses created before that time.",
        source=_REFERENCE,
        operations=ARCHIVE,
        laws=("value.archive-filter",),
        editions=_EDITIONS,
    ),
    Statement(
        id="archive.filter.all-conditions",
        says="With several conditions, the archive has the responses that meet them all.",
        source=_REFERENCE,
        operations=ARCHIVE,
        laws=("value.archive-filter",),
        editions=_EDITIONS,
    ),
)
