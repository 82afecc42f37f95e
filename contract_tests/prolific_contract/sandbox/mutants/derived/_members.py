"""The documented members of each response, read from the built contract."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from attrs import frozen

from prolific_contract._vocabulary import Action, Edition, Kind, Operation
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import (
    is_complete,
    is_error,
    is_failed,
    is_generating,
    is_list,
    jobs_of,
)

ITEM: Final = "[]"
"""A step of a path into each item of an array."""

BodySchema: TypeAlias = Mapping[str, Any]

FORMS: Final[Mapping[str, Callable[[Reply], bool]]] = {
    "generating": is_generating,
    "complete": is_complete,
    "failed": is_failed,
    "list": lambda reply: is_list(reply) and bool(jobs_of(reply)),
    "error": is_error,
}
"""The forms of a documented body, and how to recognize each."""


@frozen
class BodyMember:
    """A documented member of a body.

    Attributes:
        form: A key of `FORMS`.
        path: Names from the body to the member; `ITEM` stands for each item of an array.
        types: The JSON types that it may have.
        format: The format of a string; None if it has none.
        values: The documented values of a string; empty if it may have any.
        required: Whether every body of the form has it.
    """

    form: str
    path: tuple[str, ...]
    types: frozenset[str]
    format: str | None
    values: tuple[str, ...]
    required: bool

    @property
    def name(self) -> str:
        """Form and path, as a part of a fault's name."""
        return ".".join([self.form, *(step for step in self.path if step != ITEM)])


def contract_of(edition: Edition) -> BodySchema:
    """The built contract of an edition."""
    # Reading it needs packages of the [contract] extra.
    from prolific_contract.spec import shipped_contract  # noqa: PLC0415

    return shipped_contract(edition)


def responses_of(edition: Edition, kind: Kind, action: Action) -> BodySchema:
    """The documented responses of an operation by status; assumptions are left out."""
    operation = Operation(kind, action)
    documented = contract_of(edition)["paths"][operation.template][operation.method.lower()]
    return {
        status: response
        for status, response in documented["responses"].items()
        if "x-assumption" not in response
    }


def parameters_of(edition: Edition, kind: Kind, action: Action) -> list[str]:
    """The documented parameters of the query of an operation."""
    operation = Operation(kind, action)
    documented = contract_of(edition)["paths"][operation.template][operation.method.lower()]
    return [one["name"] for one in documented["parameters"] if one["in"] == "query"]


def statuses_of(edition: Edition, kind: Kind, action: Action) -> list[int]:
    """The documented statuses of an operation, ascending."""
    return sorted(map(int, responses_of(edition, kind, action)))


def members_of(edition: Edition, kind: Kind, action: Action) -> tuple[BodyMember, ...]:
    """The documented members of all responses of an operation, each once for each form."""
    found: dict[tuple[str, tuple[str, ...]], BodyMember] = {}
    for status, response in responses_of(edition, kind, action).items():
        if "content" not in response:
            continue
        schema = _resolved(edition, response["content"]["application/json"]["schema"])
        for given in schema.get("oneOf", [schema]):
            branch = _resolved(edition, given)
            form = _form(edition, int(status), branch)
            for member in _members(edition, form, branch, ()):
                found.setdefault((member.form, member.path), member)
    return tuple(found.values())


def _form(edition: Edition, status: int, schema: BodySchema) -> str:
    if status >= 400:
        return "error"
    if schema.get("type") == "array":
        return "list"
    state: str = _resolved(edition, schema["properties"]["status"])["enum"][0]
    return state


def _members(
    edition: Edition, form: str, schema: BodySchema, path: tuple[str, ...]
) -> Iterator[BodyMember]:
    if "items" in schema and "properties" not in schema:
        yield from _members(edition, form, _resolved(edition, schema["items"]), (*path, ITEM))
        return
    for name, given in schema.get("properties", {}).items():
        own = _resolved(edition, given)
        yield BodyMember(
            form,
            (*path, name),
            frozenset(_types(edition, own)),
            own.get("format"),
            tuple(own.get("enum", ())),
            name in schema.get("required", ()),
        )
        for branch in own.get("oneOf", [own]):
            if "properties" in _resolved(edition, branch):
                yield from _members(edition, form, _resolved(edition, branch), (*path, name))


def _types(edition: Edition, schema: BodySchema) -> Iterator[str]:
    for branch in schema.get("oneOf", ()):
        yield from _types(edition, _resolved(edition, branch))
    own = schema.get("type", ())
    yield from [own] if isinstance(own, str) else own


def _resolved(edition: Edition, schema: BodySchema) -> BodySchema:
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = contract_of(edition)["components"]["schemas"][name]
    return schema
