"""A codebook as an HTML page to read and print."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports import Codebook, Question
from prolific_exports._console._text import plural
from prolific_exports._html._document import page, theme_button
from prolific_exports._html._markup import element

DERIVED: Final = (
    "derived from the answers in the archive: options that were never chosen are missing"
)
_STYLE: Final = """\
main > section { margin-top: 1rem; break-inside: avoid; }
section > h2 { font-size: 1.05rem; }
.options { list-style: decimal; margin-top: .8rem; padding-left: 2rem; }
header h1 { font-size: 1.6rem; }
"""


def render(codebook: Codebook) -> str:
    """The codebook as an HTML document."""
    name = codebook.name or codebook.resource_id or "Codebook"
    return page(
        f"{name} · codebook",
        element(
            "div",
            element(
                "header",
                element("div", element("p", "Codebook"), theme_button(), class_="top"),
                element("h1", name, dir="auto"),
                element("p", _origin(codebook), class_="soft"),
            ),
            element(
                "main",
                *(_question(number, one) for number, one in enumerate(codebook.questions, 1)),
            ),
            class_="wrap",
        ),
        style=_STYLE,
    )


def _origin(codebook: Codebook) -> str:
    parts = [plural(len(codebook.questions), "question")]
    if codebook.resource_id is not None:
        parts.append(f"{codebook.kind or 'resource'} {codebook.resource_id}")
    parts.append(DERIVED if codebook.is_derived else "as Prolific describes them")
    return "; ".join(parts)


def _question(number: int, question: Question) -> ET.Element:
    options = [element("li", option, dir="auto") for option in question.options]
    return element(
        "section",
        element(
            "h2",
            f"q{number} ",
            element("span", question.wording or "(no wording)", dir="auto"),
        ),
        element(
            "dl",
            *(
                element("div", element("dt", name), element("dd", value, dir="auto"))
                for name, value in _facts(question)
            ),
            class_="facts",
        ),
        element("ol", *options, class_="options") if options else None,
        class_="card",
    )


def _facts(question: Question) -> Iterator[tuple[str, str]]:
    yield "Type", question.type or "unknown"
    if question.answer_limit is not None and question.options:
        limit = question.answer_limit
        yield "Choices", f"at most {limit}" if limit > 0 else "any number"
    if question.units:
        yield "Units", ", ".join(question.units)
    if question.required is not None:
        yield "Required", "yes" if question.required else "no"
    yield "Id", question.id
