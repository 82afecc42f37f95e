"""The whole page."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._console._text import duration, moment, plural

from prolific_contract.gate._verdict import Verdict
from prolific_contract.gate.reports._html._conversation import conversation, timeline
from prolific_contract.gate.reports._html._lists import (
    answers,
    comparison,
    laws,
    not_exercised,
    notes,
)
from prolific_contract.gate.reports._html._markup import Content, document, element
from prolific_contract.gate.reports._html._matrix import matrix
from prolific_contract.gate.reports._html._violations import violations
from prolific_contract.gate.reports._summary import Summary

_WORDS: Final = {0: ("Passed", "held"), 1: ("Failed", "violated"), 2: ("Inconclusive", "noted")}
_SECTIONS: Final[tuple[tuple[str, str, Callable[[Summary], Sequence[Content]]], ...]] = (
    ("violations", "Violations", violations),
    ("comparison", "Compared with the earlier report", comparison),
    ("matrix", "Laws and operations", matrix),
    ("not-exercised", "Not exercised", not_exercised),
    ("notes", "Notes", notes),
    ("timeline", "Export timeline", timeline),
    ("conversation", "Conversation", conversation),
    ("answers", "Documented responses", answers),
    ("laws", "Laws", laws),
)


def render(verdict: Verdict) -> str:
    """The report as an HTML document."""
    summary = Summary(verdict)
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    word, _ = _WORDS[verdict.exit_code]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{word}: {summary.target} · prolific-contract"),
        element("style", style),
    )
    body = element(
        "body",
        element("a", "Skip to the results", class_="skip", href="#results"),
        element(
            "div",
            _header(summary),
            element("main", *_sections(summary), id="results"),
            _footer(summary),
            class_="wrap",
        ),
        element("script", script),
    )
    return document(element("html", head, body, lang="en"))


def _asset(name: str) -> str:
    return (files("prolific_contract.gate.reports._html") / "assets" / name).read_text(
        encoding="utf-8"
    )


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _header(summary: Summary) -> ET.Element:
    verdict = summary.verdict
    word, tone = _WORDS[verdict.exit_code]
    requests = plural(len(verdict.trace.exchanges), "request")
    began = f", started {moment(verdict.started)}" if verdict.started is not None else ""
    facts = [
        ("Target", summary.target),
        ("Edition", summary.edition),
        ("Profile", f"{verdict.profile}{', strict' if verdict.strict else ''}"),
        ("Conversation", f"{requests} in {duration(verdict.took)}{began}"),
        ("Evidence", "; ".join(summary.evidence) or "none"),
    ]
    return element(
        "header",
        element(
            "div",
            element("p", "Contract check of the export API"),
            element("button", "Theme", id="theme", type="button", data_control="", hidden=""),
            class_="top",
        ),
        element(
            "div",
            element(
                "h1",
                element("span", word, class_="word"),
                element("span", summary.headline),
            ),
            element("dl", *(_fact(name, value) for name, value in facts), class_="facts"),
            class_=f"card verdict {tone}",
        ),
    )


def _fact(name: str, value: str) -> ET.Element:
    return element("div", element("dt", name), element("dd", value))


def _sections(summary: Summary) -> list[ET.Element]:
    found = [(name, title, content(summary)) for name, title, content in _SECTIONS]
    filled = [(name, title, content) for name, title, content in found if content]
    entries = [element("li", element("a", title, href=f"#{name}")) for name, title, _ in filled]
    navigation = element("nav", element("ul", *entries), aria_label="Sections")
    return [navigation, *(_section(*each) for each in filled)]


def _section(name: str, title: str, content: Sequence[Content]) -> ET.Element:
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, *content, id=name, aria_labelledby=f"{name}-title")


def _footer(summary: Summary) -> ET.Element:
    return element("footer", f"prolific-contract {summary.verdict.version}")
