"""The components of a document, and the references to them."""

import re
from typing import Any

from attrs import frozen

from prolific_contract._errors import DocumentError
from prolific_contract.spec._structure import references

_REFERENCE = re.compile(r"#/components/(?P<section>[^/]+)/(?P<name>[^/]+)")
_ROW_OF_SECTION = {
    "schemas": "schema",
    "responses": "response",
    "parameters": "parameter",
    "requestBodies": "request body",
    "headers": "parameter",
    "mediaTypes": "media type",
    "pathItems": "path item",
}


@frozen
class Component:
    """The location of a component: its section and its key in the section."""

    section: str
    name: str

    @property
    def reference(self) -> str:
        """The value of a ``$ref`` to it."""
        name = self.name.replace("~", "~0").replace("/", "~1")
        return f"#/components/{self.section}/{name}"


def parse_reference(reference: str) -> Component:
    """Parse a ``$ref``.

    Raises:
        DocumentError: It is not a reference to a component of the same document.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None or match["section"] not in _ROW_OF_SECTION:
        raise DocumentError(
            f"unsupported reference {reference!r}: it does not name a component of the same "
            "document"
        )
    return Component(match["section"], match["name"].replace("~1", "/").replace("~0", "~"))


def reachable(document: dict[str, Any]) -> set[Component]:
    """The components that the paths of a document need, directly or through others.

    Raises:
        DocumentError: A reference names a missing component.
    """
    components = document.get("components", {})
    found: set[Component] = set()
    pending = list(references(document.get("paths", {}), "{path item}"))
    while pending:
        row, reference = pending.pop()
        component = parse_reference(reference)
        if _ROW_OF_SECTION[component.section] != row:
            raise DocumentError(f"a reference to {component.reference} must name a {row}")
        if component in found:
            continue
        try:
            node = components[component.section][component.name]
        except KeyError:
            raise DocumentError(
                f"the document refers to {component.reference}, which it does not define"
            ) from None
        found.add(component)
        pending.extend(references(node, row))
    return found


def drop_unreachable(document: dict[str, Any]) -> list[Component]:
    """Remove the components that no path needs from a document, in place.

    Security schemes are kept: documents name them without references.

    Returns:
        The removed components, in the document's order.
    """
    keep = reachable(document)
    components = document.get("components", {})
    dropped = [
        Component(section, name)
        for section, named in components.items()
        if section != "securitySchemes"
        for name in named
        if Component(section, name) not in keep
    ]
    for component in dropped:
        del components[component.section][component.name]
    for section in [section for section, named in components.items() if not named]:
        del components[section]
    return dropped
