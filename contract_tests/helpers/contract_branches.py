"""What a contract documents, response by response and union branch by union branch."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
from attrs import evolve, field, frozen

_ITEMS = "*"


@frozen
class Branch:
    """One of the things that a response may be.

    Attributes:
        operation: Method and path.
        status: The HTTP status.
        steps: Where in the body the union is: names of properties, ``*`` for the items
            of an array. Empty for the body itself.
        name: What the branch is called, or its place in the union.
        schema: The branch's schema, references inlined.
    """

    operation: str
    status: int
    steps: tuple[str, ...]
    name: str
    schema: Any = field(eq=False, repr=False)

    def is_in(self, body: Any) -> bool:
        """Whether a body of the response is, or holds, this branch."""
        validator = jsonschema_rs.validator_for(self.schema, validate_formats=True)
        return any(validator.is_valid(value) for value in _values(body, self.steps))

    def __str__(self) -> str:
        return f"{self.operation} {self.status} /{'/'.join(self.steps)} {self.name}"


def documented_branches(contract: Mapping[str, Any]) -> Iterator[Branch]:
    """Every response of every operation, each union in its body taken apart."""
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                whole = Branch(f"{method.upper()} {path}", int(status), (), "no body", schema=True)
                if "content" not in response:
                    yield whole
                for media in response.get("content", {}).values():
                    body = evolve(whole, name=_name(media["schema"]))
                    yield from _taken_apart(body, media["schema"], contract)


def _taken_apart(at: Branch, schema: Any, contract: Mapping[str, Any]) -> Iterator[Branch]:
    plain = _resolved(schema, contract)
    if "oneOf" in plain:
        for number, branch in enumerate(plain["oneOf"]):
            yield from _taken_apart(evolve(at, name=_name(branch, number)), branch, contract)
        return
    if at.name:
        yield evolve(at, schema=_inlined(schema, contract))
    inner = evolve(at, name="")
    for name, value in plain.get("properties", {}).items():
        yield from _taken_apart(evolve(inner, steps=(*at.steps, name)), value, contract)
    if "items" in plain:
        yield from _taken_apart(evolve(inner, steps=(*at.steps, _ITEMS)), plain["items"], contract)


def _name(schema: Any, number: int = 0) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return f"{schema.get('type', 'schema')} (branch {number + 1})"


def _resolved(schema: Any, contract: Mapping[str, Any]) -> Any:
    while "$ref" in schema:
        target: Any = contract
        for key in schema["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        schema = target
    return schema


def _inlined(schema: Any, contract: Mapping[str, Any]) -> Any:
    match schema:
        case {"$ref": str()}:
            return _inlined(_resolved(schema, contract), contract)
        case dict():
            return {key: _inlined(value, contract) for key, value in schema.items()}
        case list():
            return [_inlined(value, contract) for value in schema]
        case _:
            return schema


def _values(body: Any, steps: tuple[str, ...]) -> list[Any]:
    values = [body]
    for step in steps:
        if step == _ITEMS:
            values = [item for value in values if isinstance(value, list) for item in value]
        else:
            values = [v[step] for v in values if isinstance(v, dict) and step in v]
    return values
