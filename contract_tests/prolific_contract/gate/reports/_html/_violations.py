"""The violations, which need action."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._html._markup import Content, element

from prolific_contract.gate._verdict import Violation
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.reports._documents import citation, page
from prolific_contract.gate.reports._html._anchors import law_anchor, links, violation_anchor
from prolific_contract.gate.reports._html._exchange import both_sides, outcome
from prolific_contract.gate.reports._names import operation_name
from prolific_contract.gate.reports._summary import LawViolations, Summary, by_sentence
from prolific_contract.gate.trace._exchanges import Exchange

_SENTENCES_SHOWN: Final = 5
# If a violation may concern more statements than these, they say no more than the law does.
_STATEMENTS_SHOWN: Final = 3


def violations(summary: Summary) -> list[Content]:
    """The broken laws with their violations."""
    return [_broken(broken, summary) for broken in summary.broken]


def _broken(broken: LawViolations, summary: Summary) -> ET.Element:
    law = broken.law
    address = page(law.source, broken.violations[0].operation).address
    return element(
        "article",
        element("h3", element("a", element("code", law.id), href=f"#{law_anchor(law)}")),
        element("p", law.statement),
        element(
            "p",
            f"{law.source.says} ",
            element("a", citation(law.source), href=address, rel="noreferrer"),
            class_="source",
        ),
        *(
            _place(violation, summary, opened=violation is broken.violations[0])
            for violation in broken.violations
        ),
        class_=f"card violation {'accepted' if broken.accepted else 'violated'}",
    )


def _place(violation: Violation, summary: Summary, *, opened: bool) -> ET.Element:
    first = violation.observations[0]
    exchange = summary.last_exchange(first)
    accepted = element("span", "accepted by the baseline", class_="chip accepted")
    return element(
        "div",
        element(
            "h4",
            element("span", operation_name(violation.operation)),
            element("span", str(violation.operation), class_="mono soft"),
            accepted if violation.accepted else None,
        ),
        element(
            "dl",
            element("dt", "Observed"),
            *(element("dd", *way) for way in _seen_items(violation, summary)),
            *_statements(violation, summary),
            element("dt", "Reproduce"),
            element("dd", _command(summary.reproduction(first))),
        ),
        element(
            "details",
            element(
                "summary",
                f"Exchange #{display.number(exchange.index)}: {_title(exchange)}",
            ),
            both_sides(exchange),
            class_="fold",
            open="" if opened else None,
        ),
        class_="place",
        id=violation_anchor(violation.law, violation.operation),
    )


def _seen_items(violation: Violation, summary: Summary) -> Iterator[list[Content]]:
    """The observations, with links to their exchanges."""
    found = by_sentence(violation)
    for sentence in list(found)[:_SENTENCES_SHOWN]:
        yield [f"{sentence} ", *links(found[sentence], summary)]
    if len(found) > _SENTENCES_SHOWN:
        yield [f"and {len(found) - _SENTENCES_SHOWN} more"]


def _statements(violation: Violation, summary: Summary) -> Iterator[ET.Element]:
    """What the documents state instead."""
    statements = summary.statements(violation)
    if 0 < len(statements) <= _STATEMENTS_SHOWN:
        yield element("dt", "Stated" if len(statements) == 1 else "Stated, one of")
        for statement in statements:
            yield element("dd", f"{statement.says} ", element("code", statement.id))


def _command(command: str) -> ET.Element:
    button = element("button", "Copy", type="button", data_copy="", data_control="", hidden="")
    return element("div", element("pre", element("code", command)), button, class_="command")


def _title(exchange: Exchange) -> str:
    return f"{display.line(exchange.method)}, {outcome(exchange)}"
