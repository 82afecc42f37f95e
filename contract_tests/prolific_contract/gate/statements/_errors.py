"""What the documents state about errors."""

from typing import Final

from prolific_contract.gate.laws._observations import API, DELETE, LIST, REQUEST, STATUS
from prolific_contract.gate.statements._statement import Statement

_ENVELOPE: Final = "documents/000, 002, 004"
_FUNDAMENTALS: Final = "API reference, authentication and errors"

STATEMENTS: Final = (
    Statement(
        id="api.status.401",
        says="A request without a valid token gets 401.",
        source=_FUNDAMENTALS,
        operations=API,
        laws=("isolation.credentials",),
        discrepancies=("D-12", "D-13"),
        contract=("401",),
    ),
    Statement(
        id="api.status.403",
        says="A request for a resource of another workspace gets 403, or else 401 or 404.",
        source="documents/002, 004; API reference, list export jobs and delete an export",
        operations=(*REQUEST, *LIST, *DELETE),
        laws=("isolation.forbidden",),
        discrepancies=("D-12", "D-13"),
        contract=("403",),
    ),
    Statement(
        id="api.status.404-job",
        says="A poll or deletion of a job that does not exist gets 404.",
        source="documents/000, 001; API reference, delete an export",
        operations=(*STATUS, *DELETE),
        laws=("isolation.unknown-job", "isolation.unknown-resource"),
        contract=("404",),
    ),
    Statement(
        id="api.status.404-resource",
        says="A request for a batch or collection that does not exist gets 404.",
        source=_FUNDAMENTALS,
        operations=(*REQUEST, *LIST),
        laws=("isolation.unknown-resource",),
        discrepancies=("D-12", "D-13"),
        contract=("404",),
    ),
    Statement(
        id="api.status.400",
        says="A request that the server cannot read gets 400.",
        source=_FUNDAMENTALS,
        operations=API,
        unchecked=(
            "The requests of the API have no body, and no document says which values of a "
            "filter cannot be used, so no request of the gate has to get 400."
        ),
    ),
    Statement(
        id="api.status.422",
        says="A readable request with invalid values gets 422.",
        source=_FUNDAMENTALS,
        operations=API,
        unchecked=(
            "No page of an export operation has it, and none says which values are invalid, so "
            "no request of the gate has to get 422."
        ),
    ),
    Statement(
        id="api.field.error",
        says="An error is an object with the member error, which is an object.",
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error", "time.limit"),
        discrepancies=("D-10",),
        contract=("error object", "error.error required", "error.error object"),
    ),
    Statement(
        id="api.relation.error-status",
        says="The status in an error is the HTTP status.",
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error",),
        contract=("error.error.status required", "error.error.status integer"),
    ),
    Statement(
        id="api.field.error-code",
        says="An error has an error_code, an integer.",
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error",),
        discrepancies=("D-10",),
        contract=("error.error.error_code required", "error.error.error_code integer"),
    ),
    Statement(
        id="api.field.error-title",
        says="An error has a title, a string.",
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error",),
        contract=("error.error.title required", "error.error.title string"),
    ),
    Statement(
        id="api.field.error-detail",
        says=(
            "An error has a detail: a string, a list of strings, or lists of strings by the "
            "name of the field in error."
        ),
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error",),
        discrepancies=("D-9",),
        contract=(
            "error.error.detail required",
            "error.error.detail string or array of string or map of array of string",
        ),
    ),
    Statement(
        id="api.field.error-information",
        says="An error may have additional_information, a string.",
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error",),
        contract=(
            "error.error.additional_information optional",
            "error.error.additional_information string",
        ),
    ),
    Statement(
        id="api.field.error-traceback",
        says="An error may have a traceback, a string.",
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error",),
        contract=("error.error.traceback optional", "error.error.traceback string"),
    ),
    Statement(
        id="api.field.error-interactive",
        says="An error may be marked as interactive, a boolean.",
        source=_ENVELOPE,
        operations=API,
        laws=("shape.error",),
        contract=("error.error.interactive optional", "error.error.interactive boolean"),
    ),
)
