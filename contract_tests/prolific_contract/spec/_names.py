"""The names of imported components.

Upstream's documentation tool generates the names: some are invalid, some contain a whole
path, some number the branches of a union, and all of them changed with the product's
name (D-14, D-15). The rules, in this order:

1. Characters outside ``A-Za-z0-9._-`` are removed.
2. The branches of a ``oneOf`` that are inline or numbered after the union, and that
   differ in the only value of a required property, are named after the union and that
   value: ``BatchExportStatus0`` with the status *generating* becomes
   ``BatchExportGenerating``. The property's name at the end of the union's name is
   removed. Components that upstream named after the branch are renamed with it.
3. A name made of a path and a method, and the name of a whole response, become the path
   without its prefix (``batches/{batch_id}`` reads as *Batch*), the method, and *Request*
   or *Response*:
   ``BatchInstructionsPostRequestInstructionType``, ``BatchesGetResponse200``.
4. The product's name at the start is removed: ``AITaskBuilderBatch`` becomes ``Batch``.
5. ``Items`` after a plural, which marks an array's element, is removed with the plural's
   *s*: ``DatasetsItems`` becomes ``Dataset``.

Two components with the same new name must be equal; otherwise the import fails.
"""

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from prolific_contract.spec._components import Component, parse_reference
from prolific_contract.spec._structure import operations_of, references

PREFIX = "/api/v1/data-collection/"
"""The prefix of the Task Builder's paths."""

_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]")
_PRODUCT = re.compile(r"^(?:AI|Ai)TaskBuilder(?=[A-Z])")
_ELEMENT = re.compile(r"sItems(?=[A-Z]|$)")
_WHOLE_RESPONSE = re.compile(r".*_Response_(?P<status>\w+)")
_PART_OF_BODY = re.compile(
    r"(?P<direction>Request|Response)(?:Body|s)Content\w*?Schema(?P<rest>\w*)"
)


def pascal_case(text: str) -> str:
    """``upload-url`` and ``upload_url`` as ``UploadUrl``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


@frozen
class Branch:
    """A branch of a union that the only value of a property identifies."""

    index: int
    tag: str
    value: str
    tag_type: str | None  # the component that holds the one value, where it is one


def branches(document: dict[str, Any], union: str) -> list[Branch]:
    """The branches of a union that rule 2 renames: all or none."""
    schemas = document["components"]["schemas"]
    bodies = []
    for index, branch in enumerate(_keywords(schemas[union]).get("oneOf", ())):
        reference = _keywords(branch).get("$ref")
        if reference is None:
            bodies.append(_keywords(branch))
        elif parse_reference(reference).name == f"{union}{index}":
            bodies.append(_keywords(schemas[f"{union}{index}"]))
        else:
            return []
    required = [set(body.get("required", ())) for body in bodies]
    for tag in sorted(set.intersection(*required) if required else ()):
        found = [_tagged(schemas, index, body, tag) for index, body in enumerate(bodies)]
        tagged = [branch for branch in found if branch is not None]
        if len({branch.value for branch in tagged}) == len(bodies):
            return tagged
    return []


def _tagged(schemas: dict[str, Any], index: int, body: dict[str, Any], tag: str) -> Branch | None:
    tag_schema = _keywords(body.get("properties", {}).get(tag))
    tag_type = None
    if "$ref" in tag_schema:
        tag_type = parse_reference(tag_schema["$ref"]).name
        tag_schema = _keywords(schemas[tag_type])
    values = tag_schema.get("enum", ())
    if len(values) != 1 or not isinstance(values[0], str):
        return None
    return Branch(index, tag, values[0], tag_type)


def _keywords(schema: Any) -> dict[str, Any]:
    """The keywords of a schema; none for the schemas true and false."""
    return schema if isinstance(schema, dict) else {}


def new_names(document: dict[str, Any]) -> dict[Component, str]:
    """The new name of every component, by the rules above."""
    components = [
        Component(section, name)
        for section, named in document.get("components", {}).items()
        for name in named
    ]
    stems = dict(_branch_stems(document))
    places = dict(_places(document))
    responses = dict(_whole_responses(document))
    return {
        component: responses.get(component) or _new_name(component.name, stems, places)
        for component in components
    }


def _new_name(name: str, stems: dict[str, str], places: dict[str, str]) -> str:
    name = _FORBIDDEN.sub("", name)
    # The longest first: one stem or place can be a prefix of another.
    for stem in sorted(stems, key=len, reverse=True):
        rest = name.removeprefix(stem)
        if name == stem or (name.startswith(stem) and rest[0].isupper()):
            return _ELEMENT.sub("", stems[stem] + rest)
    for place in sorted(places, key=len, reverse=True):
        match = _PART_OF_BODY.fullmatch(name.removeprefix(place))
        if name.startswith(place) and match is not None:
            return places[place] + match["direction"] + _ELEMENT.sub("", match["rest"])
    return _ELEMENT.sub("", _PRODUCT.sub("", name))


def _branch_stems(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Upstream's name of each branch, and the new name."""
    for union in document.get("components", {}).get("schemas", {}):
        for branch in branches(document, union):
            tag = pascal_case(branch.tag)
            base = _PRODUCT.sub("", _FORBIDDEN.sub("", union)).removesuffix(tag)
            name = base + pascal_case(branch.value)
            yield _FORBIDDEN.sub("", f"{union}{branch.index}"), name
            # The type of the tag still contains upstream's own name of the branch.
            if branch.tag_type is not None and branch.tag_type.endswith(tag):
                yield _FORBIDDEN.sub("", branch.tag_type.removesuffix(tag)), name


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in operations_of(item):
            yield path, method, operation


def _places(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Upstream's spelling of each operation's path and method, and the new one."""
    for path, method, _ in _operations(document):
        spelt_out = "".join(pascal_case(segment) for segment in path.split("/"))
        yield spelt_out + pascal_case(method), _place(path, method)


def _place(path: str, method: str) -> str:
    words: list[str] = []
    for segment in path.removeprefix(PREFIX).split("/"):
        if not segment.startswith("{"):
            words.append(segment)
        elif segment.endswith("_id}"):
            words[-1:] = [segment.strip("{}").removesuffix("_id")]
    return "".join(pascal_case(word) for word in (*words, method))


def _whole_responses(document: dict[str, Any]) -> Iterator[tuple[Component, str]]:
    for path, method, operation in _operations(document):
        for status, response in operation.get("responses", {}).items():
            for _, reference in references(
                [media.get("schema") for media in response.get("content", {}).values()], "[schema]"
            ):
                component = parse_reference(reference)
                if _WHOLE_RESPONSE.fullmatch(component.name):
                    yield component, f"{_place(path, method)}Response{pascal_case(status)}"
