"""The documented responses of the export operations, compiled from the contract."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import jsonschema_rs
from attrs import field, frozen

from prolific_contract._vocabulary import OPERATIONS, Operation
from prolific_contract.gate.laws._observations import in_json, quote

_MEMBER: Final = "application/json"
_FORBIDDEN: Final = 403


@frozen
class Mismatch:
    """One difference between a body and its documented schema.

    Attributes:
        pointer: JSON pointer of the value, safe to print; empty for the body itself.
        reason: What is wrong with it, safe to print.
        format_only: Whether only the format of a string is wrong.
        member: The documented member that is wrong or missing, with ``[]`` for the items of a
            list: ``[].filter``; empty for the body itself.
    """

    pointer: str
    reason: str
    format_only: bool = False
    member: str = ""

    def __str__(self) -> str:
        return f"at {self.pointer}: {self.reason}" if self.pointer else self.reason


@frozen
class DocumentedBody:
    """A documented body: of an error, of one state of an export, or of a list of jobs."""

    schema: Mapping[str, Any] = field(repr=False)
    _contract: Mapping[str, Any] = field(repr=False)
    _validator: Any = field(repr=False)

    def mismatches(self, value: Any) -> list[Mismatch] | None:
        """The differences of a body; None if the validator can't read it.

        JSON can escape a lone surrogate, which the validator can't encode as UTF-8.
        """
        try:
            errors = list(self._validator.iter_errors(value))
        except ValueError:
            return None
        return [
            Mismatch(
                quote("".join(f"/{_escape(part)}" for part in error.instance_path)),
                _reason(error),
                error.kind.name == "format",
                _member(error),
            )
            for error in errors
        ]

    def extras(self, value: Any) -> list[str]:
        """JSON pointers of the undocumented members, safe to print."""
        return list(_extras(self._contract, self.schema, value, ""))


def _member(error: jsonschema_rs.ValidationError) -> str:
    path = list(error.instance_path)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        path.append(error.kind.property)
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path)


def _reason(error: jsonschema_rs.ValidationError) -> str:
    if error.kind.name == "oneOf":
        return f"{in_json(error.instance)} matches none of the documented forms"
    return quote(error.message)


def _extras(
    contract: Mapping[str, Any], schema: Mapping[str, Any], value: Any, pointer: str
) -> Iterator[str]:
    schema = _resolved(contract, schema)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _extras(contract, schema["items"], item, f"{pointer}/{index}")
        return
    for branch in schema.get("oneOf", ()):
        yield from _extras(contract, branch, value, pointer)
    properties = schema.get("properties")
    if not isinstance(value, dict) or properties is None:
        return
    for name, member in value.items():
        if name not in properties:
            yield quote(f"{pointer}/{_escape(name)}")
        elif isinstance(member, (dict, list)):
            yield from _extras(contract, properties[name], member, f"{pointer}/{name}")


def _escape(part: str | int) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


@frozen(eq=False)
class Documented:
    """The documented responses of every export operation; compared by identity.

    Attributes:
        states: By operation and HTTP status, the states of a successful response and their
            bodies. A list of jobs has one body under the empty name; a success without a body
            has none.
        errors: By operation and HTTP status, the bodies of errors.
    """

    states: Mapping[Operation, Mapping[int, Mapping[str, DocumentedBody]]]
    errors: Mapping[Operation, Mapping[int, DocumentedBody]]

    def has(self, operation: Operation) -> bool:
        """Whether the edition has an operation."""
        return operation in self.states

    def statuses(self, operation: Operation) -> tuple[int, ...]:
        """The documented HTTP statuses of an operation, ascending."""
        return self._statuses[operation]

    def bodies(self, operation: Operation) -> Mapping[str, DocumentedBody]:
        """The bodies of an operation's successful responses by state, for any status."""
        return self._bodies[operation]

    # Both are used for every judged response.
    @cached_property
    def _statuses(self) -> dict[Operation, tuple[int, ...]]:
        return {
            operation: tuple(sorted({*states, *self.errors[operation]}))
            for operation, states in self.states.items()
        }

    @cached_property
    def _bodies(self) -> dict[Operation, dict[str, DocumentedBody]]:
        return {
            operation: {state: body for bodies in states.values() for state, body in bodies.items()}
            for operation, states in self.states.items()
        }


# Compiling costs more than judging. The cache keeps the contract alive, so that its id is not
# reused.
_COMPILED: dict[int, tuple[Mapping[str, Any], Documented]] = {}


def documented(contract: Mapping[str, Any]) -> Documented:
    """The documented responses in a built contract; compiled once."""
    if id(contract) not in _COMPILED:
        _COMPILED[id(contract)] = (contract, _compile(contract))
    return _COMPILED[id(contract)][1]


def allowed_statuses(contract: Documented, operation: Operation) -> Sequence[int]:
    """The statuses that the documents allow for an operation, ascending."""
    statuses = contract.statuses(operation)
    # The page of polls omits 403; the general pages and those of other endpoints have it.
    return sorted({*statuses, _FORBIDDEN}) if operation.action == "status" else statuses


def _compile(contract: Mapping[str, Any]) -> Documented:
    states: dict[Operation, dict[int, dict[str, DocumentedBody]]] = {}
    errors: dict[Operation, dict[int, DocumentedBody]] = {}
    for operation in OPERATIONS:
        if operation.action == "archive":
            continue
        item = contract["paths"][operation.template].get(operation.method.lower())
        if item is None:
            continue
        states[operation], errors[operation] = {}, {}
        for code, response in item["responses"].items():
            # An assumption proves nothing against a server.
            if "x-assumption" in response:
                continue
            if "content" not in response:
                states[operation][int(code)] = {}
                continue
            schema = response["content"][_MEMBER]["schema"]
            if int(code) >= 400:
                errors[operation][int(code)] = _body(contract, schema)
                continue
            if operation.action == "list":
                states[operation][int(code)] = {"": _body(contract, schema)}
                continue
            branches = _resolved(contract, schema).get("oneOf", [schema])
            states[operation][int(code)] = {
                _state(contract, branch): _body(contract, branch) for branch in branches
            }
    return Documented(states, errors)


def _body(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> DocumentedBody:
    validator = jsonschema_rs.Draft202012Validator(
        {**schema, "components": contract["components"]}, validate_formats=True
    )
    return DocumentedBody(schema, contract, validator)


def _state(contract: Mapping[str, Any], branch: Mapping[str, Any]) -> str:
    status = _resolved(contract, branch)["properties"]["status"]
    state = _resolved(contract, status)["enum"][0]
    return str(state)


def _resolved(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
