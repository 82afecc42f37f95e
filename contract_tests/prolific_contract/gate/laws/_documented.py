"""What the contract documents of the export operations, compiled to judge by."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import jsonschema_rs
from attrs import field, frozen

from prolific_contract._vocabulary import OPERATIONS, Operation
from prolific_contract.gate.laws._observations import quote

_MEMBER: Final = "application/json"


@frozen
class Fault:
    """One way in which a body is not as documented.

    Attributes:
        pointer: JSON pointer of the value, fit to be shown; empty for the body itself.
        reason: What is wrong with it, fit to be shown.
        of_format: Whether only the form of a string is wrong.
    """

    pointer: str
    reason: str
    of_format: bool = False

    def __str__(self) -> str:
        return f"at {self.pointer}: {self.reason}" if self.pointer else self.reason


@frozen
class Body:
    """A documented body: of an error, of one state of an export, or of a list of jobs.

    Attributes:
        schema: The schema with its references.
    """

    schema: Mapping[str, Any] = field(repr=False)
    _contract: Mapping[str, Any] = field(repr=False)
    _validator: Any = field(repr=False)

    def faults(self, value: Any) -> list[Fault] | None:
        """In what a body differs; None when the validator can't read it.

        (A text that escapes half a character is JSON, yet no UTF-8.)
        """
        try:
            errors = list(self._validator.iter_errors(value))
        except ValueError:
            return None
        return [
            Fault(
                quote("".join(f"/{_escape(part)}" for part in error.instance_path)),
                _reason(error),
                error.kind.name == "format",
            )
            for error in errors
        ]

    def extras(self, value: Any) -> list[str]:
        """JSON pointers of the members that are not documented, fit to be shown."""
        return list(_extras(self._contract, self.schema, value, ""))


def _reason(error: jsonschema_rs.ValidationError) -> str:
    if error.kind.name == "oneOf":
        return f"{quote(error.instance)} matches none of the documented forms"
    return quote(error.message)


def _extras(
    contract: Mapping[str, Any], schema: Mapping[str, Any], value: Any, pointer: str
) -> Iterator[str]:
    schema = _resolved(contract, schema)
    if isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value):
            yield from _extras(contract, schema["items"], item, f"{pointer}/{place}")
        return
    for branch in schema.get("oneOf", ()):
        yield from _extras(contract, branch, value, pointer)
    properties = schema.get("properties")
    if not isinstance(value, dict) or properties is None:
        return
    for name, member in value.items():
        if name in properties:
            yield from _extras(contract, properties[name], member, f"{pointer}/{name}")
        else:
            yield quote(f"{pointer}/{_escape(name)}")


def _escape(part: str | int) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


@frozen(eq=False)
class Documented:
    """The documented answers of every export operation; equal to nothing but itself.

    Attributes:
        states: By operation and HTTP status, the states that a success may tell and
            their bodies; a list of jobs has one body under the empty name, a success
            without a body none.
        errors: By operation and HTTP status, the bodies of errors.
    """

    states: Mapping[Operation, Mapping[int, Mapping[str, Body]]]
    errors: Mapping[Operation, Mapping[int, Body]]

    def has(self, operation: Operation) -> bool:
        """Whether the edition has an operation of the API."""
        return operation in self.states

    def statuses(self, operation: Operation) -> tuple[int, ...]:
        """The documented HTTP statuses of an operation, ascending."""
        return self._statuses[operation]

    def bodies(self, operation: Operation) -> Mapping[str, Body]:
        """The bodies of an operation's successes by the state they tell, whatever the status."""
        return self._bodies[operation]

    # Both are asked for every answer that is judged.
    @cached_property
    def _statuses(self) -> dict[Operation, tuple[int, ...]]:
        return {
            operation: tuple(sorted({*states, *self.errors[operation]}))
            for operation, states in self.states.items()
        }

    @cached_property
    def _bodies(self) -> dict[Operation, dict[str, Body]]:
        return {
            operation: {state: body for bodies in states.values() for state, body in bodies.items()}
            for operation, states in self.states.items()
        }


# Compiling costs more than judging. The contract is kept beside what was made of it, so that
# its identity is not given to another.
_COMPILED: dict[int, tuple[Mapping[str, Any], Documented]] = {}


def documented(contract: Mapping[str, Any]) -> Documented:
    """What a built contract documents of the export operations; compiled once and kept."""
    if id(contract) not in _COMPILED:
        _COMPILED[id(contract)] = (contract, _compile(contract))
    return _COMPILED[id(contract)][1]


def _compile(contract: Mapping[str, Any]) -> Documented:
    states: dict[Operation, dict[int, dict[str, Body]]] = {}
    errors: dict[Operation, dict[int, Body]] = {}
    for operation in OPERATIONS:
        if operation.action == "archive":
            continue
        item = contract["paths"][operation.template].get(operation.method.lower())
        if item is None:
            continue
        states[operation], errors[operation] = {}, {}
        for code, response in item["responses"].items():
            # What no document says proves nothing against a server.
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


def _body(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> Body:
    validator = jsonschema_rs.Draft202012Validator(
        {**schema, "components": contract["components"]}, validate_formats=True
    )
    return Body(schema, contract, validator)


def _state(contract: Mapping[str, Any], branch: Mapping[str, Any]) -> str:
    status = _resolved(contract, branch)["properties"]["status"]
    state = _resolved(contract, status)["enum"][0]
    return str(state)


def _resolved(contract: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
