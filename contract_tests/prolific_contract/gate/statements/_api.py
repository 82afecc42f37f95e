"""What the documents state about every operation of the API: calls, formats, access."""

from typing import Final

from prolific_contract.gate.laws._observations import API, DELETE, LIST, REQUEST, STATUS
from prolific_contract.gate.statements._statement import Statement

_FUNDAMENTALS: Final = "API reference, authentication and errors"

STATEMENTS: Final = (
    Statement(
        id="api.method.host",
        says="The operations are at https://api.prolific.com.",
        source="documents/000 to 004",
        operations=API,
        unchecked=(
            "The user chooses the server to judge. Another host may serve the same API, as "
            "the sandbox does."
        ),
    ),
    Statement(
        id="api.method.undocumented",
        says="A method that a path does not have gets 405.",
        source=_FUNDAMENTALS,
        operations=(*REQUEST, *STATUS),
        laws=("isolation.methods",),
    ),
    Statement(
        id="api.method.referer",
        says="A library names itself and its version in the header Referer.",
        source="API reference, introduction",
        operations=API,
        unchecked="This is a rule for clients: a request without the header is not refused.",
    ),
    Statement(
        id="api.method.path",
        says="The path has the id of a batch or collection, a string.",
        source="documents/000, 001, 002, 004",
        operations=API,
        laws=("shape.status",),
        discrepancies=("D-6",),
        contract=("path resource_id required", "path resource_id string"),
    ),
    Statement(
        id="api.method.job-path",
        says="The path of polls and deletions has the export_id of a job, a string.",
        source="documents/000, 001; API reference, delete an export",
        operations=(*STATUS, *DELETE),
        laws=("isolation.unknown-job",),
        discrepancies=("D-6",),
        contract=("path export_id required", "path export_id string"),
    ),
    Statement(
        id="api.time.answered",
        says="A response does not wait for the archive, which is made afterwards.",
        source="documents/002, 003, 004",
        operations=API,
        laws=("shape.answered",),
    ),
    Statement(
        id="api.status.documented",
        says="An operation answers with the statuses that the documents have for it.",
        source="documents/000 to 004; API reference, errors",
        operations=API,
        laws=("shape.status",),
        discrepancies=("D-1", "D-11", "D-12"),
    ),
    Statement(
        id="api.field.media-type",
        says="The media type of every response with a body is application/json.",
        source="documents/000, 002, 004",
        operations=API,
        laws=("shape.content-type",),
        contract=("media application/json",),
    ),
    Statement(
        id="api.field.json",
        says="The body of a response is one JSON text.",
        source="documents/000, 002, 004",
        operations=API,
        laws=("shape.json",),
    ),
    Statement(
        id="api.field.additive",
        says="Documented endpoints stay compatible: they grow by additions that are documented.",
        source="API reference, versioning and stability",
        operations=API,
        laws=("shape.additive",),
    ),
    Statement(
        id="api.access.token",
        says="Every operation needs a valid token in the header Authorization.",
        source=f"documents/000 to 004; {_FUNDAMENTALS}",
        operations=API,
        laws=("isolation.credentials",),
        discrepancies=("D-5",),
        contract=("security token",),
    ),
    Statement(
        id="api.access.scheme",
        says="The header's value is the word Token, one space and the token.",
        source="documents/001, 003, 004",
        operations=API,
        laws=("isolation.credentials",),
        discrepancies=("D-29",),
    ),
    Statement(
        id="api.access.secret",
        says="A token carries full permission, so it has to be kept secret.",
        source="documents/001",
        operations=API,
        laws=("isolation.token-echo",),
    ),
    Statement(
        id="api.access.token-lasts",
        says="A token does not expire: one that was accepted is accepted again.",
        source="documents/001",
        operations=API,
        laws=("isolation.access-stays", "time.delete-ended"),
    ),
    Statement(
        id="api.access.revoked",
        says="A token that its owner deleted is no longer valid.",
        source="documents/001",
        operations=API,
        unchecked="Tokens are created and deleted in the web application only.",
    ),
    Statement(
        id="api.access.workspace",
        says="Only researchers with access to the workspace can export its resources.",
        source="documents/002, 004; API reference, list export jobs and delete an export",
        operations=API,
        laws=("isolation.forbidden",),
        discrepancies=("D-13",),
    ),
    Statement(
        id="api.access.granted",
        says="A researcher with access to the workspace can export its resources.",
        source="documents/002, 003, 004",
        operations=(*REQUEST, *STATUS, *LIST, *DELETE),
        laws=("isolation.access-stays", "time.delete-ended"),
    ),
    Statement(
        id="api.access.early",
        says="Collections may have to be enabled for a workspace before it can use them.",
        source="documents/003",
        operations=tuple(operation for operation in API if operation.kind == "collection"),
        unchecked=(
            "No document says what the API answers before, and enabling them needs Prolific's "
            "support."
        ),
    ),
    Statement(
        id="api.limit.rate",
        says="The API limits requests as the web application does, by the workspace's activity.",
        source="API reference, rate limits",
        operations=API,
        unchecked=(
            "No document has a number: any request may be refused with 429, and none must be."
        ),
        contract=("429",),
    ),
    Statement(
        id="api.limit.temporary",
        says="A client that gets 429 waits, longer each time, and is answered then.",
        source="Managing high loads",
        operations=API,
        laws=("time.retry",),
        contract=("429 Retry-After optional", "429 Retry-After string"),
    ),
)
