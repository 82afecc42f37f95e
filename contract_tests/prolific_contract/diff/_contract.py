"""A contract as a set of operations, with all references resolved.

Method and path identify an operation, ignoring the names of path parameters. The required
credentials identify a security scheme. OperationIds, tags and the names of components change
upstream (D-14, D-15).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from prolific_contract.diff._directions import Direction
from prolific_contract.diff._forms import Schema
from prolific_contract.spec._components import parse_reference
from prolific_contract.spec._structure import operations_of

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
# OpenAPI 3.1.0, section 4.8.12.2.1: parameters of these names are to be ignored.
_NOT_PARAMETERS = {"accept", "content-type", "authorization"}
_TEMPLATE = re.compile(r"\{([^{}]*)\}")


@frozen
class OperationKey:
    """Identifies an operation in both contracts."""

    method: str
    path: str
    """The path with each parameter written as ``{}``, without a trailing slash (D-21)."""


@frozen
class RequiredCredential:
    """A credential that a request must carry."""

    scheme: tuple[str, ...]
    scopes: frozenset[str]

    @property
    def title(self) -> str:
        """The credential in words."""
        return " ".join(part for part in self.scheme if part)


Credentials = frozenset[RequiredCredential]


@frozen
class Parameter:
    """A parameter of a request, or a header of a response."""

    name: str
    place: str
    required: bool
    schema: Schema
    writing: tuple[str, bool]
    """How arrays and objects are serialized: ``style`` and ``explode``."""

    @property
    def title(self) -> str:
        """The parameter in words."""
        return f"{self.place} parameter {self.name}"


@frozen
class Body:
    """The body of a request."""

    required: bool
    content: Mapping[str, Schema]


@frozen
class Answer:
    """The content of a response."""

    content: Mapping[str, Schema]
    headers: Mapping[str, Parameter]


ParameterKey = tuple[str, str]


@frozen
class ContractOperation:
    """One operation of a contract."""

    key: OperationKey
    path: str
    parameters: Mapping[ParameterKey, Parameter]
    body: Body | None
    answers: Mapping[str, Answer]
    """By documented status: ``200``, ``4XX`` or ``default``."""
    security: tuple[Credentials, ...]
    """The alternatives; an empty one means no authentication."""

    @property
    def title(self) -> str:
        """Method and path."""
        return f"{self.key.method} {self.path}"

    def documented(self, status: int) -> str | None:
        """The key of the response that describes a status: exact, by class, or default.

        If the operation documents a success, default covers errors only, as documents intend.
        """
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers and (key != "default" or status >= 400 or not self._succeeds):
                return key
        return None

    @property
    def _succeeds(self) -> bool:
        return any(key.startswith("2") for key in self.answers)


def operations(document: dict[str, Any]) -> dict[OperationKey, ContractOperation]:
    """The operations of a valid OpenAPI 3.1 or 3.2 document."""
    found: dict[OperationKey, ContractOperation] = {}
    for path, written in document["paths"].items():
        item = _resolved(document, written)
        shared = item.get("parameters", ())
        for method, node in operations_of(item):
            operation = _operation(document, path, method, shared, node)
            # A path with and without a trailing slash counts as one.
            found.setdefault(operation.key, operation)
    return found


def _operation(
    document: dict[str, Any], path: str, method: str, shared: Any, written: dict[str, Any]
) -> ContractOperation:
    parameters: dict[ParameterKey, Parameter] = {}
    in_path: dict[str, Parameter] = {}
    alternatives = _security(document, written.get("security", document.get("security", ())))
    for node in (*shared, *written.get("parameters", ())):
        parameter = _parameter(document, _resolved(document, node))
        if parameter.place == "header" and parameter.name.lower() == "authorization":
            # The published document also declares the header as a parameter.
            token = RequiredCredential(("apiKey", "header", "authorization"), frozenset())
            if parameter.required and not any(alternatives):
                alternatives = (frozenset({token}),)
        if parameter.place == "header" and parameter.name.lower() in _NOT_PARAMETERS:
            continue
        if parameter.place == "path":
            in_path[parameter.name] = parameter
        else:
            parameters[_parameter_key(parameter)] = parameter
    parameters |= _placed(path, in_path)
    return ContractOperation(
        OperationKey(method.upper(), _TEMPLATE.sub("{}", path).rstrip("/")),
        path,
        parameters,
        _body(document, written.get("requestBody")),
        {
            status.upper() if status != "default" else status: _answer(
                document, _resolved(document, node)
            )
            for status, node in written.get("responses", {}).items()
        },
        alternatives,
    )


def _resolved(document: dict[str, Any], node: Any) -> dict[str, Any]:
    seen = set()
    while "$ref" in node and node["$ref"] not in seen:
        seen.add(node["$ref"])
        component = parse_reference(node["$ref"])
        node = document["components"][component.section][component.name]
    return dict(node)


def _placed(path: str, described: dict[str, Parameter]) -> dict[ParameterKey, Parameter]:
    """The parameters of a path by position, ignoring their names.

    If the names in the path and in the parameters differ, the remaining parameters are assigned in
    order. Parameters without a position in the path can't be sent, so they are dropped.
    """
    names = _TEMPLATE.findall(path)
    left_over = iter([one for name, one in described.items() if name not in names])
    placed = (
        (place, described.get(name) or next(left_over, None)) for place, name in enumerate(names)
    )
    return {("path", str(place)): one for place, one in placed if one is not None}


def _parameter_key(parameter: Parameter) -> ParameterKey:
    name = parameter.name.lower() if parameter.place == "header" else parameter.name
    return parameter.place, name


def _parameter(document: dict[str, Any], node: dict[str, Any]) -> Parameter:
    place = node.get("in", "header")
    style = node.get("style", _STYLES.get(place, "form"))
    return Parameter(
        name=node.get("name", ""),
        place=place,
        required=node.get("required", False),
        schema=Schema(document, _schema(document, node)),
        writing=(style, node.get("explode", style == "form")),
    )


def _schema(document: dict[str, Any], node: dict[str, Any]) -> Any:
    if "schema" in node:
        return node["schema"]
    for media in node.get("content", {}).values():
        return _schema_of_media(_resolved(document, media))
    return True


def _content(
    document: dict[str, Any], node: dict[str, Any], direction: Direction
) -> dict[str, Schema]:
    return {
        name.partition(";")[0].strip().lower(): Schema(
            document, _schema_of_media(_resolved(document, media)), direction
        )
        for name, media in node.get("content", {}).items()
    }


def _schema_of_media(media: dict[str, Any]) -> Any:
    # OpenAPI 3.2 may describe the items of a sequence instead.
    if "schema" not in media and "itemSchema" in media:
        return {"type": "array", "items": media["itemSchema"]}
    return media.get("schema", True)


def _body(document: dict[str, Any], node: Any) -> Body | None:
    if node is None:
        return None
    node = _resolved(document, node)
    return Body(node.get("required", False), _content(document, node, "request"))


def _answer(document: dict[str, Any], node: dict[str, Any]) -> Answer:
    headers = {}
    for name, header in node.get("headers", {}).items():
        # OpenAPI 3.1.0, section 4.8.17.1: Content-Type is not described as a header.
        if name.lower() != "content-type":
            written = {**_resolved(document, header), "name": name, "in": "header"}
            headers[name.lower()] = _parameter(document, written)
    return Answer(_content(document, node, "response"), headers)


def _security(document: dict[str, Any], written: Any) -> tuple[Credentials, ...]:
    alternatives = tuple(frozenset(_credentials(document, requirement)) for requirement in written)
    return alternatives or (frozenset(),)


def _credentials(
    document: dict[str, Any], requirement: Mapping[str, list[str]]
) -> Iterator[RequiredCredential]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scopes in requirement.items():
        scheme = _resolved_scheme(schemes, name)
        yield RequiredCredential(scheme, frozenset(scopes))


def _resolved_scheme(schemes: Mapping[str, Any], name: str) -> tuple[str, ...]:
    scheme = schemes.get(name)
    if not isinstance(scheme, dict) or "type" not in scheme:
        return ("undefined", name)
    kind = scheme["type"]
    if kind == "apiKey":
        key_name = scheme.get("name", "")
        place = scheme.get("in", "")
        return kind, place, key_name.lower() if place == "header" else key_name
    if kind == "http":
        return kind, scheme.get("scheme", "").lower()
    return kind, scheme.get("openIdConnectUrl", "")
