"""HTML as a tree of elements, so that no text can become markup."""

import re
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

Content: TypeAlias = "ET.Element | str | None"

_DOCTYPE: Final = "<!DOCTYPE html>\n"
# XML 1.0 cannot contain these characters, not even as references; HTML should not.
_UNWRITABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010fffd]"
)


def writable(text: str) -> str:
    """A text without the characters that XML and HTML can't contain."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def element(tag: str, *content: Content, **attributes: str | None) -> ET.Element:
    """An element.

    Args:
        tag: Name of the element.
        content: Elements and texts; None is skipped.
        attributes: Underscores become hyphens, a trailing one is dropped (``class_``); None
            omits the attribute.
    """
    made = ET.Element(
        tag,
        {
            name.removesuffix("_").replace("_", "-"): writable(value)
            for name, value in attributes.items()
            if value is not None
        },
    )
    for part in content:
        append(made, part)
    return made


def append(parent: ET.Element, content: Content) -> None:
    """Append a text or an element to an element."""
    if isinstance(content, ET.Element):
        parent.append(content)
    elif content is not None:
        text = writable(content)
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text


def document(root: ET.Element) -> str:
    """The document with an ``html`` element as its root."""
    # ET does not escape script and style elements; they contain only files of this package.
    return f"{_DOCTYPE}{ET.tostring(root, encoding='unicode', method='html')}\n"
