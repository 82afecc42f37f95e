"""Edits of an operation, and which of them break its clients."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from helpers.field_edits import NARROWER, Document

JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


@frozen
class OperationEdit:
    """An edit of an operation, its document at hand, and its opposite.

    Attributes:
        kind: What it does.
        opposite: What the opposite does; empty where that is left out.
        breaks: Whether it breaks, and whether the opposite does.
        why: Why it breaks, or does not.
        edit: Changes the document of one operation; False if that has nothing to change.
    """

    kind: str
    opposite: str
    breaks: tuple[bool, bool]
    why: str
    edit: Callable[[Document], bool]


def operation_of(document: Document) -> Document:
    """The one operation of a document."""
    ((_, item),) = document["paths"].items()
    ((_, operation),) = item.items()
    found: Document = operation
    return found


def _parameter(document: Document, *, required: bool = False) -> Document | None:
    for parameter in operation_of(document).get("parameters", ()):
        if parameter["in"] == "query" and parameter.get("required", False) is required:
            found: Document = parameter
            return found
    return None


def _on_parameter(change: Callable[[Document, Document], object]) -> Callable[[Document], bool]:
    def edit(document: Document) -> bool:
        parameter = _parameter(document)
        if parameter is not None:
            change(operation_of(document), parameter)
        return parameter is not None

    return edit


def _adding_parameter(**written: Any) -> Callable[[Document], bool]:
    def edit(document: Document) -> bool:
        operation = operation_of(document)
        parameter = {"name": "novelty", "in": "query", "schema": {"type": "string"}, **written}
        operation["parameters"] = [*operation.get("parameters", ()), parameter]
        return True

    return edit


def _on_operation(change: Callable[[Document], object]) -> Callable[[Document], bool]:
    def edit(document: Document) -> bool:
        return change(operation_of(document)) is not False

    return edit


def _success(operation: Document) -> tuple[str, Document]:
    status = min(operation["responses"])
    return status, operation["responses"][status]


def _rename_status(operation: Document) -> bool:
    status, answer = _success(operation)
    if "203" in operation["responses"]:
        return False
    del operation["responses"][status]
    operation["responses"]["203"] = answer
    return True


def _retype(holder: Document, content_type: str) -> bool:
    if JSON not in holder.get("content", {}):
        return False
    holder["content"][content_type] = holder["content"].pop(JSON)
    return True


def _rename_path(document: Document) -> bool:
    ((path, item),) = document["paths"].items()
    parameters = operation_of(document).get("parameters", ())
    named = next((one for one in parameters if one["in"] == "path"), None)
    if named is None or operation_of(document)["responses"].get("202", {}).get("links"):
        return False
    document["paths"] = {path.replace(f"{{{named['name']}}}", "{other_name}"): item}
    named["name"] = "other_name"
    return True


def _slash(document: Document) -> bool:
    ((path, item),) = document["paths"].items()
    document["paths"] = {path.removesuffix("/") if path.endswith("/") else f"{path}/": item}
    return True


def _bearer(document: Document) -> bool:
    document["components"]["securitySchemes"]["bearer"] = {"type": "http", "scheme": "bearer"}
    return True


def _secured(*requirements: Document) -> Callable[[Document], bool]:
    def edit(document: Document) -> bool:
        operation_of(document)["security"] = list(requirements)
        return _bearer(document)

    return edit


def _rename_component(document: Document) -> bool:
    text = repr(document)
    names = [n for n in document["components"].get("schemas", {}) if n != "ErrorEnvelope"]
    if not names or f"schemas/{names[0]}'" not in text:
        return False

    def renamed(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: renamed(value) for key, value in node.items()}
        if isinstance(node, list):
            return [renamed(item) for item in node]
        reference = f"#/components/schemas/{names[0]}"
        return f"{reference}Renamed" if node == reference else node

    document["paths"] = renamed(document["paths"])
    schemas = renamed(document["components"]["schemas"])
    schemas[f"{names[0]}Renamed"] = schemas.pop(names[0])
    document["components"]["schemas"] = schemas
    return True


def _take_form(operation: Document) -> bool:
    content = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        content[_FORM] = content[JSON]
    return JSON in content


def _rename_operation(operation: Document) -> None:
    operation.update(operationId="another", tags=["another"], summary="Something else.")


def _add_success(operation: Document) -> None:
    operation["responses"]["206"] = _success(operation)[1]


def _add_error(operation: Document) -> None:
    operation["responses"]["418"] = operation["responses"]["404"]


def _promise_header(operation: Document) -> None:
    operation["responses"]["429"]["headers"]["Retry-After"]["required"] = True


def _add_header(operation: Document) -> None:
    headers = _success(operation)[1].setdefault("headers", {})
    headers["X-Novelty"] = {"schema": {"type": "string"}}


def _remove_parameter(operation: Document, parameter: Document) -> None:
    operation["parameters"].remove(parameter)


def _limit_parameter(_: Document, parameter: Document) -> None:
    parameter["schema"] = {**parameter["schema"], "enum": ["a"]}


_IGNORED = "the server ignores what clients send, and answers as without it"
_UNKNOWN = "clients do not know it"
OPERATION_EDITS = [
    OperationEdit(
        "operation removed",
        "operation added",
        (True, False),
        "clients call it",
        lambda document: document.update(paths={}) is None,
    ),
    OperationEdit(
        "operation renamed",
        "",
        (False, False),
        "messages have method and path only",
        _on_operation(_rename_operation),
    ),
    OperationEdit(
        "path parameter renamed", "", (False, False), "no message has its name", _rename_path
    ),
    OperationEdit(
        "slash at the end of the path",
        "slash at the end removed",
        (False, False),
        "the API serves both (D-21)",
        _slash,
    ),
    OperationEdit(
        "component renamed", "", (False, False), "no message has its name", _rename_component
    ),
    OperationEdit(
        "query parameter removed",
        "optional query parameter added",
        (True, False),
        _IGNORED,
        _on_parameter(_remove_parameter),
    ),
    OperationEdit(
        "query parameter renamed",
        "",
        (True, True),
        _IGNORED,
        _on_parameter(lambda _, parameter: parameter.update(name="another")),
    ),
    OperationEdit(
        "query parameter becomes a header",
        "",
        (True, True),
        _IGNORED,
        _on_parameter(lambda _, parameter: parameter.update({"in": "header"})),
    ),
    OperationEdit(
        "query parameter required",
        "query parameter optional",
        (True, False),
        "a request without it is refused",
        _on_parameter(lambda _, parameter: parameter.update(required=True)),
    ),
    OperationEdit(
        "required query parameter added",
        "",
        (True, True),
        _UNKNOWN,
        _adding_parameter(required=True),
    ),
    OperationEdit(
        "required header added",
        "",
        (True, True),
        _UNKNOWN,
        _adding_parameter(required=True, **{"in": "header"}),
    ),
    OperationEdit(
        "query parameter limited",
        "query parameter unlimited",
        (True, False),
        NARROWER,
        _on_parameter(_limit_parameter),
    ),
    OperationEdit(
        "success has another status", "", (True, True), _UNKNOWN, _on_operation(_rename_status)
    ),
    OperationEdit(
        "success added",
        "success removed",
        (True, False),
        "clients have no reading for it",
        _on_operation(_add_success),
    ),
    OperationEdit(
        "error added",
        "error removed",
        (False, False),
        "an error is read by its class (RFC 9110, section 15)",
        _on_operation(_add_error),
    ),
    OperationEdit(
        "response is XML",
        "",
        (True, True),
        "clients read JSON",
        _on_operation(lambda operation: _retype(_success(operation)[1], "application/xml")),
    ),
    OperationEdit(
        "response without a body",
        "response with a body",
        (True, False),
        "clients rely on it",
        _on_operation(lambda operation: bool(_success(operation)[1].pop("content", False))),
    ),
    OperationEdit(
        "request is a form",
        "",
        (True, True),
        "clients send JSON",
        _on_operation(lambda operation: _retype(operation.get("requestBody", {}), _FORM)),
    ),
    OperationEdit(
        "request may be a form",
        "request may no longer be a form",
        (False, True),
        "clients send what they did",
        _on_operation(_take_form),
    ),
    OperationEdit(
        "request body optional",
        "request body required",
        (False, True),
        "a request without it is refused",
        _on_operation(lambda operation: operation.get("requestBody", {}).pop("required", False)),
    ),
    OperationEdit(
        "another credential",
        "",
        (True, True),
        "the one that clients have is not taken",
        _secured({"bearer": []}),
    ),
    OperationEdit(
        "another credential too",
        "",
        (False, False),
        "the one that clients have is enough",
        _secured({"token": []}, {"bearer": []}),
    ),
    OperationEdit(
        "both credentials",
        "",
        (True, True),
        "the one that clients have is not enough",
        _secured({"token": [], "bearer": []}),
    ),
    OperationEdit(
        "no credentials",
        "credentials",
        (False, True),
        "a request without them is refused",
        _secured(),
    ),
    OperationEdit(
        "header promised",
        "header no longer promised",
        (False, True),
        "clients rely on it",
        _on_operation(_promise_header),
    ),
    OperationEdit(
        "optional header added",
        "optional header removed",
        (False, False),
        "clients don't rely on it",
        _on_operation(_add_header),
    ),
]
