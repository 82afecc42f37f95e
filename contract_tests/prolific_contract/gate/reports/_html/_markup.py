"""HTML made of elements, so that no text can become markup."""

from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

from prolific_contract.gate.reports import _shown as shown

Content: TypeAlias = "ET.Element | str | None"

_DOCTYPE: Final = "<!DOCTYPE html>\n"


def element(tag: str, *content: Content, **attributes: str | None) -> ET.Element:
    """An element.

    Args:
        tag: Its name.
        content: Elements and texts; None is nothing.
        attributes: An underscore stands for a hyphen, one at the end for nothing (``class_``);
            None leaves the attribute out.
    """
    made = ET.Element(
        tag,
        {
            name.removesuffix("_").replace("_", "-"): shown.writable(value)
            for name, value in attributes.items()
            if value is not None
        },
    )
    for part in content:
        append(made, part)
    return made


def append(parent: ET.Element, content: Content) -> None:
    """Add a text or an element to an element's end."""
    if isinstance(content, ET.Element):
        parent.append(content)
    elif content is not None:
        text = shown.writable(content)
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text


def document(root: ET.Element) -> str:
    """The document that an ``html`` element makes."""
    # ET leaves what is in script and style as it is: only the package's own files are.
    return f"{_DOCTYPE}{ET.tostring(root, encoding='unicode', method='html')}\n"
