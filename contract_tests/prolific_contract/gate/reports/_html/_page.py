"""The whole page."""

from collections.abc import Callable, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._console._text import duration, moment, plural
from prolific_exports._html._document import asset, page, theme_button
from prolific_exports._html._markup import Content, element

from prolific_contract.gate._verdict import Verdict
from prolific_contract.gate.reports._html._conversation import conversation, timeline
from prolific_contract.gate.reports._html._lists import (
    answers,
    comparison,
    laws,
    not_exercised,
    notes,
)
from prolific_contract.gate.reports._html._matrix import matrix
from prolific_contract.gate.reports._html._violations import violations
from prolific_contract.gate.reports._summary import Summary

_PACKAGE: Final = "prolific_contract.gate.reports._html"
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
    word, _ = _WORDS[verdict.exit_code]
    return page(
        f"{word}: {summary.target} · prolific-contract",
        element("a", "Skip to the results", class_="skip", href="#results"),
        element(
            "div",
            _header(summary),
            element("main", *_sections(summary), id="results"),
            _footer(summary),
            class_="wrap",
        ),
        style=asset(_PACKAGE, "report.css"),
        script=asset(_PACKAGE, "report.js"),
    )


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
            theme_button(),
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
