"""Whether a contract allows a response, and if not, why."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import httpx
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup, MalformedJson
from schemathesis.openapi.checks import (
    ContentDeserializationError,
    DiscriminatorMismatch,
    JsonSchemaError,
    MalformedMediaType,
    MissingContentType,
    UndefinedContentType,
    UndefinedStatusCode,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

_PARAMETER: Final = re.compile(r"{(\w+)}")
_REASONS: Final[Mapping[type[Failure], str]] = {
    UndefinedStatusCode: "status",
    UndefinedContentType: "content type",
    MissingContentType: "content type",
    MalformedMediaType: "content type",
    ContentDeserializationError: "encoding",
    MalformedJson: "json",
    JsonSchemaError: "schema",
    DiscriminatorMismatch: "discriminator",
}
# The checks of a response by itself. The others send requests of their own.
_CHECKS: Final = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class ContractJudge:
    """Judges single responses by a contract."""

    def __init__(self, contract: dict[str, Any]) -> None:
        self._schema = schemathesis.openapi.from_dict(contract)
        self._operations = {
            f"{method.upper()} {path}"
            for path, item in contract["paths"].items()
            for method in item
        }

    def refusals(self, operation: str, response: httpx.Response) -> set[str]:
        """Why the contract refuses a response: empty when it allows it.

        Args:
            operation: Method and path as in the contract.
            response: The response.
        """
        if operation not in self._operations:
            return {"operation"}
        method, _, path = operation.partition(" ")
        ids = dict.fromkeys(_PARAMETER.findall(path), "an-id")
        case = self._schema[path][method].Case(path_parameters=ids)
        response.request = httpx.Request(method, f"https://api.example{path.format(**ids)}")
        response.elapsed = timedelta(0)
        try:
            # Not `operation.validate_response`: that one overlooks statuses and content types.
            case.validate_response(response, checks=_CHECKS)
        except FailureGroup as failures:
            reasons = {_REASONS[type(failure)] for failure in failures.exceptions}
            # A value that the discriminator does not know fits no branch either: that says less.
            return reasons - {"schema"} if "discriminator" in reasons else reasons
        return set()
