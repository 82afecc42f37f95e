"""What the documents state about deleting export jobs (edition 2026-11)."""

from typing import Final

from prolific_contract._vocabulary import Edition
from prolific_contract.gate.laws._observations import ARCHIVE, DELETE
from prolific_contract.gate.statements._statement import Statement

_REFERENCE: Final = "API reference, delete an export"
_EDITIONS: Final[tuple[Edition, ...]] = ("2026-11",)

STATEMENTS: Final = (
    Statement(
        id="delete.method.delete",
        says="DELETE of the job's path deletes the job.",
        source=_REFERENCE,
        operations=DELETE,
        laws=("shape.status", "time.deleted", "time.delete-ended", "time.delete-others"),
        discrepancies=("D-3",),
        editions=_EDITIONS,
    ),
    Statement(
        id="delete.status.204",
        says="A deletion gets 204.",
        source=f"{_REFERENCE}; the source of the official CLI",
        operations=DELETE,
        laws=("shape.status",),
        discrepancies=("D-3",),
        editions=_EDITIONS,
        contract=("204",),
    ),
    Statement(
        id="delete.status.409",
        says="The deletion of a job that is generating gets 409.",
        source=_REFERENCE,
        operations=DELETE,
        laws=("time.delete-generating",),
        discrepancies=("D-3",),
        editions=_EDITIONS,
        contract=("409",),
    ),
    Statement(
        id="delete.time.generating",
        says="A job cannot be deleted while it is generating.",
        source=_REFERENCE,
        operations=DELETE,
        laws=("time.delete-generating",),
        discrepancies=("D-3",),
        editions=_EDITIONS,
    ),
    Statement(
        id="delete.time.at-once",
        says="A deletion takes effect at once.",
        source=_REFERENCE,
        operations=DELETE,
        laws=("time.deleted",),
        editions=_EDITIONS,
    ),
    Statement(
        id="delete.time.final",
        says="A deletion cannot be undone: a deleted job never returns.",
        source=_REFERENCE,
        operations=DELETE,
        laws=("time.deleted", "time.delete-again"),
        editions=_EDITIONS,
    ),
    Statement(
        id="delete.relation.not-listed",
        says="A deleted job is not listed.",
        source=f"{_REFERENCE} and list export jobs",
        operations=DELETE,
        laws=("time.deleted",),
        editions=_EDITIONS,
    ),
    Statement(
        id="delete.relation.refused",
        says="A refused deletion deletes nothing.",
        source=f"{_REFERENCE} and errors",
        operations=DELETE,
        laws=("time.delete-refused",),
        editions=_EDITIONS,
    ),
    Statement(
        id="delete.identity.resource",
        says="A job can be deleted only under the kind and the resource that it exports.",
        source=_REFERENCE,
        operations=DELETE,
        laws=("isolation.job-scope",),
        editions=_EDITIONS,
    ),
    Statement(
        id="delete.time.archive",
        says="Deleting a job deletes its archive.",
        source=_REFERENCE,
        operations=ARCHIVE,
        unchecked=(
            "No document says what becomes of a URL that was returned before, and there is no "
            "other way to the archive of a deleted job."
        ),
        editions=_EDITIONS,
    ),
)
