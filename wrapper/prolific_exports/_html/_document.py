"""A page as one file: with its styles and scripts, and without anything from elsewhere."""

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._html._markup import Content, document, element

_OWN: Final = "prolific_exports._html"


def asset(package: str, name: str) -> str:
    """The text of a file in the folder ``assets`` of a package."""
    return (files(package) / "assets" / name).read_text(encoding="utf-8")


def theme_button() -> ET.Element:
    """The button that changes between light and dark; every page needs it."""
    return element("button", "Theme", id="theme", type="button", data_control="", hidden="")


def page(
    title: str,
    *body: Content,
    style: str = "",
    script: str = "",
    sources: Sequence[str] = (),
) -> str:
    """A page.

    Args:
        title: Its title.
        body: The content of its body, with ``theme_button``.
        style: Its own style sheet, which follows the shared one.
        script: Its own script, which follows the shared one.
        sources: More directives of its Content-Security-Policy, such as ``img-src data:``.
    """
    styles = f"{asset(_OWN, 'base.css')}\n{style}"
    scripts = f"{asset(_OWN, 'theme.js')}\n{script}"
    policy = (
        "default-src 'none'",
        f"style-src {_digest(styles)}",
        f"script-src {_digest(scripts)}",
        *sources,
        "base-uri 'none'",
        "form-action 'none'",
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content="; ".join(policy)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", styles),
    )
    return document(
        element("html", head, element("body", *body, element("script", scripts)), lang="en")
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
