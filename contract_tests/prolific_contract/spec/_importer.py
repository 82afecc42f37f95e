"""Imports the part of a published OpenAPI document on which the contract is built.

The import keeps structure only: the operations under one prefix, those listed in
`OTHER_OPERATIONS`, and the components they need, without prose and extensions. Paths, methods,
status codes, components, properties and ``required`` are sorted and other keys have a fixed
order, so that two imports differ only if the contract does. Branches and enum values keep their
order. Components are renamed according to `prolific_contract.spec._names`.
"""

import re
from typing import Any

from prolific_contract._errors import DocumentError
from prolific_contract.spec._components import Component, drop_unreachable
from prolific_contract.spec._names import PREFIX, branches, new_names
from prolific_contract.spec._structure import operations_of, outline, walk
from prolific_contract.spec._validation import check_structure
from prolific_contract.spec._versions import VERSIONS, modern, version_of
from prolific_contract.spec._yaml import load_yaml

TITLE = "Prolific Task Builder"
"""The title of the contract."""

OTHER_OPERATIONS = (("get", "/api/v1/workspaces/"),)
"""Operations outside the Task Builder's area that the contract has, too.

Lists of batches and collections need the id of a workspace, so clients have to find it.
"""

# RFC 9110 and RFC 6585. Python's own table differs between versions.
_REASON_PHRASES = {
    "200": "OK",
    "201": "Created",
    "202": "Accepted",
    "204": "No Content",
    "400": "Bad Request",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not Found",
    "405": "Method Not Allowed",
    "409": "Conflict",
    "422": "Unprocessable Content",
    "429": "Too Many Requests",
    "500": "Internal Server Error",
    "502": "Bad Gateway",
    "503": "Service Unavailable",
    "504": "Gateway Timeout",
}

_FENCED_YAML = re.compile(r"^```ya?ml[ \t]*\n(?P<yaml>.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)
# The same fence in a document whose line breaks were lost.
_COLLAPSED_YAML = re.compile(r"```ya?ml[ \t]+\S")


def import_document(text: str, *, source: str = "the document") -> dict[str, Any]:
    """Extract the structure of the Task Builder's part of a published OpenAPI document.

    Args:
        text: An OpenAPI document of version 3.0, 3.1 or 3.2 in YAML (or JSON), or a
            Markdown page that embeds one in a fenced block.
        source: Names the document in errors.

    Raises:
        DocumentError: It is not such a document, contains no operation of the Task
            Builder, or two different components would get the same name.
    """
    published = _read_openapi(text, source)
    paths = {
        path: item
        for path, item in published["paths"].items()
        if path.startswith(PREFIX) and isinstance(item, dict) and any(operations_of(item))
    }
    if not paths:
        raise DocumentError(f"{source} has no operation under {PREFIX}: nothing to import")
    for method, path in OTHER_OPERATIONS:
        item = published["paths"].get(path)
        if isinstance(item, dict) and method in item:
            others = {name for name, _ in operations_of(item)} - {method}
            paths[path] = {key: item[key] for key in item if key not in others}
    document = outline({**published, "paths": paths})
    document["info"]["title"] = TITLE
    _describe_responses(document)
    check_structure(document, source)
    try:
        drop_unreachable(document)
        _number_branches(document)
        _rename_components(document)
    except DocumentError as error:
        raise DocumentError(f"{source}: {error}") from error
    # Sort again, by the new names of the components.
    return dict(outline(document))


def _read_openapi(text: str, source: str) -> dict[str, Any]:
    embedded = _FENCED_YAML.findall(text)
    if not embedded and _COLLAPSED_YAML.search(text):
        raise DocumentError(
            f"{source} embeds an OpenAPI document that lost its line breaks, and so its "
            "structure. Import the file openapi.yaml of docs.prolific.com, or a page with intact "
            "YAML"
        )
    if len(embedded) > 1:
        raise DocumentError(
            f"{source} embeds {len(embedded)} YAML blocks: import a file with only one"
        )
    document = load_yaml(embedded[0] if embedded else text, source=source)
    version = version_of(document)
    if version is None:
        written = document.get("openapi") if isinstance(document, dict) else None
        found = "no 'openapi' key" if written is None else f"openapi: {written}"
        raise DocumentError(
            f"{source} is not an OpenAPI document of version {', '.join(VERSIONS)} ({found})"
        )
    for key in ("info", "paths"):
        if not isinstance(document.get(key), dict):
            raise DocumentError(
                f"{source} is not an OpenAPI {version} document (no '{key}' object)"
            )
    return modern(document)


def _describe_responses(document: dict[str, Any]) -> None:
    for place in walk(document):
        if place.row == "response" and "$ref" not in place.node:
            # The key is the status in an operation, and a name in the components.
            key = place.pointer.rpartition("/")[2]
            place.node["description"] = _REASON_PHRASES.get(key, f"Response {key}")


def _number_branches(document: dict[str, Any]) -> None:
    """Move inline tagged branches to components, with temporary numbered names."""
    schemas = document.get("components", {}).get("schemas", {})
    for union in list(schemas):
        tagged = branches(document, union)
        for branch in tagged:
            component = Component("schemas", f"{union}{branch.index}")
            schema = schemas[union]["oneOf"][branch.index]
            if "$ref" in schema:
                continue
            if component.name in schemas:
                raise DocumentError(
                    f"branch {branch.index} of {union} needs the temporary name "
                    f"{component.name}, which another component has"
                )
            schemas[component.name] = schema
            schemas[union]["oneOf"][branch.index] = {"$ref": component.reference}
        discriminator = schemas[union].get("discriminator", {}) if tagged else {}
        if discriminator.get("propertyName") in {branch.tag for branch in tagged}:
            # Without a mapping, the values would have to equal the components' names.
            discriminator["mapping"] = {
                branch.value: Component("schemas", f"{union}{branch.index}").reference
                for branch in tagged
            }


def _rename_components(document: dict[str, Any]) -> None:
    names = new_names(document)
    new_reference = {
        component.reference: Component(component.section, name).reference
        for component, name in names.items()
    }
    for place in walk(document):
        if place.row == "discriminator":
            mapping = place.node.get("mapping", {})
            for value, reference in mapping.items():
                mapping[value] = new_reference[reference]
        elif "$ref" in place.node:
            place.node["$ref"] = new_reference[place.node["$ref"]]
    for section, named in document.get("components", {}).items():
        renamed: dict[str, Any] = {}
        for old, node in named.items():
            new = names[Component(section, old)]
            if renamed.setdefault(new, node) != node:
                olds = [name for name in named if names[Component(section, name)] == new]
                raise DocumentError(
                    f"the components {' and '.join(sorted(olds))} differ, but would both be "
                    f"named {new}: extend the naming rules of the import"
                )
        document["components"][section] = renamed
