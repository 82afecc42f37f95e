"""What the documents state about the status of an export."""

from typing import Final

from prolific_contract.gate.laws._observations import REQUEST, STATUS
from prolific_contract.gate.statements._statement import Statement

_PAGES: Final = "documents/000, 001, 003"
_COMPLETE: Final = "documents/000, 002, 003, 004"
# The operations whose responses have the state of an export.
_BODIES: Final = (*REQUEST, *STATUS)

STATEMENTS: Final = (
    Statement(
        id="status.method.get",
        says="GET of the job's path reports its state.",
        source=_PAGES,
        operations=STATUS,
        laws=("shape.status",),
    ),
    Statement(
        id="status.method.safe",
        says="GET only reports: POST alone starts a job.",
        source=_PAGES,
        operations=STATUS,
        laws=("time.get-is-safe",),
    ),
    Statement(
        id="status.status.200",
        says="The state of a job is reported with 200.",
        source="documents/000, 001",
        operations=STATUS,
        laws=("shape.status",),
        contract=("200",),
    ),
    Statement(
        id="status.field.states",
        says="A job is generating, complete or failed.",
        source=_PAGES,
        operations=STATUS,
        laws=("shape.body",),
        discrepancies=("D-8", "D-31"),
        contract=(
            "generating object",
            "generating.status required",
            "generating.status generating",
            "complete object",
            "complete.status required",
            "complete.status complete",
            "failed object",
            "failed.status required",
            "failed.status failed",
        ),
    ),
    Statement(
        id="generating.field.export-id",
        says="A generating export has the export_id of its job, a UUID.",
        source="documents/000, 001, 002, 003, 004",
        operations=_BODIES,
        laws=("shape.body",),
        discrepancies=("D-1", "D-6", "D-7"),
        contract=("generating.export_id required", "generating.export_id string uuid"),
    ),
    Statement(
        id="status.identity.export-id",
        says="The export_id in the response is the one in the path.",
        source="documents/000, 002",
        operations=STATUS,
        laws=("time.same-id",),
        discrepancies=("D-6", "D-7"),
    ),
    Statement(
        id="status.identity.own-file",
        says="Each job has an archive of its own, because a complete export is never reused.",
        source="API reference, request an export",
        operations=STATUS,
        laws=("value.url-own",),
        discrepancies=("D-3",),
        editions=("2026-11",),
    ),
    Statement(
        id="status.identity.resource",
        says="A job is found only under the kind and the resource that it exports.",
        source="documents/000, 001",
        operations=STATUS,
        laws=("isolation.job-scope",),
    ),
    Statement(
        id="complete.field.url",
        says="A complete export has a url, a URI.",
        source=_COMPLETE,
        operations=_BODIES,
        laws=("shape.body", "value.url"),
        contract=("complete.url required", "complete.url string uri"),
    ),
    Statement(
        id="complete.field.https",
        says="The URL uses HTTPS.",
        source=_COMPLETE,
        operations=_BODIES,
        laws=("value.url",),
    ),
    Statement(
        id="complete.field.expires-at",
        says="A complete export has expires_at, a date-time.",
        source=_COMPLETE,
        operations=_BODIES,
        laws=("shape.body",),
        contract=("complete.expires_at required", "complete.expires_at string date-time"),
    ),
    Statement(
        id="complete.relation.expiry",
        says="expires_at is the time at which the URL expires.",
        source="documents/000, 002, 004",
        operations=_BODIES,
        laws=("value.url-expiry",),
    ),
    Statement(
        id="complete.time.fresh",
        says="A poll after the URL has expired returns a new URL: every returned URL is valid.",
        source=_PAGES,
        operations=_BODIES,
        laws=("value.expiry-future",),
    ),
    Statement(
        id="complete.time.lifetime",
        says="A URL is valid for one hour, or for 24 hours.",
        source="documents/000, 001, 002, 003, 004",
        operations=_BODIES,
        laws=("value.url-lifetime",),
        discrepancies=("D-4",),
    ),
    Statement(
        id="complete.time.hour",
        says="A URL is valid for one hour.",
        source="API reference, export status",
        operations=STATUS,
        laws=("value.url-hour",),
        discrepancies=("D-4",),
        editions=("2026-11",),
    ),
    Statement(
        id="complete.time.stays",
        says="Complete ends the polling: the job never generates again.",
        source=_PAGES,
        operations=STATUS,
        laws=("time.complete-stays",),
    ),
    Statement(
        id="failed.time.stays",
        says="Failed ends the polling: the job never generates again, nor completes.",
        source=_PAGES,
        operations=STATUS,
        laws=("time.failed-stays",),
    ),
    Statement(
        id="failed.time.archive-gone",
        says="A job whose archive is gone is failed, not unknown.",
        source=_PAGES,
        operations=STATUS,
        laws=("time.job-stays",),
    ),
    Statement(
        id="generating.time.ends",
        says="Polling ends: a job that generates becomes complete or failed.",
        source="documents/003",
        operations=STATUS,
        laws=("time.completes",),
    ),
    Statement(
        id="generating.time.interval",
        says="A client polls every three to five seconds.",
        source="documents/003",
        operations=STATUS,
        unchecked="This is a rule for clients; the check polls no faster.",
        discrepancies=("D-24",),
    ),
)
