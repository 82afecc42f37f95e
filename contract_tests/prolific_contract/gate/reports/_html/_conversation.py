"""The conversation: a timeline of the exports, and a list of the exchanges."""

from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._console._text import plural
from prolific_exports._html._markup import Content, element

from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.reports._html._anchors import (
    exchange_anchor,
    listed,
    violating_exchanges,
)
from prolific_contract.gate.reports._html._exchange import both_sides, documented_state
from prolific_contract.gate.reports._html._timeline import drawn
from prolific_contract.gate.reports._names import operation_id, operation_name
from prolific_contract.gate.reports._summary import Summary
from prolific_contract.gate.trace._exchanges import Credential, Exchange

# Common to all paths, so left out of the list.
_PREFIX: Final = "/api/v1/data-collection"
LEGEND: Final = (
    "Each mark is a response about a job: a ring means generating, a disc complete, a square "
    "failed, a cross no state. A dashed circle marks a response that breaks a law. Exchanges "
    "are evenly spaced, not to scale."
)
_ORDINARY: Final = (Credential.VALID, Credential.UNKNOWN)


def timeline(summary: Summary) -> list[Content]:
    """The states of each export job over time."""
    lanes = drawn(summary)
    if lanes is None:
        return []
    return [element("p", LEGEND), lanes]


def conversation(summary: Summary) -> list[Content]:
    """The listed exchanges, collapsed."""
    exchanges = listed(summary)
    if not exchanges:
        return []
    violating = violating_exchanges(summary)
    more = len(summary.verdict.trace.exchanges) - len(exchanges)
    left_out = f" {plural(more, 'more exchange')} not listed." if more else ""
    choices = [("", "All exchanges"), ("broken", "Exchanges that break a law")]
    choices += [(operation_id(op), operation_name(op)) for op in summary.operations]
    return [
        element("p", f"Without secrets and without the data of participants.{left_out}"),
        element(
            "div",
            element(
                "label",
                "Show ",
                element(
                    "select",
                    *(element("option", name, value=value) for value, name in choices),
                    id="exchange-filter",
                ),
            ),
            element("span", id="exchanges-shown", role="status", class_="small soft"),
            class_="filters",
            data_control="",
            hidden="",
        ),
        element(
            "ol",
            *(
                _entry(exchange, summary, breaks=exchange.index in violating)
                for exchange in exchanges
            ),
            class_="card exchanges",
        ),
    ]


def _entry(exchange: Exchange, summary: Summary, *, breaks: bool) -> ET.Element:
    operation = exchange.operation or summary.verdict.trace.archive_operation(exchange)
    tags = [operation_id(operation)] if operation is not None else []
    tags += ["broken"] if breaks else []
    return element(
        "li",
        element(
            "details",
            element(
                "summary",
                element("span", f"#{display.number(exchange.index)}", class_="soft"),
                element("b", display.line(exchange.method)),
                element("span", _short_outcome(exchange)),
                element("span", *_where(exchange, breaks=breaks), class_="where"),
                element("span", f"{exchange.at:.1f} s", class_="when soft"),
            ),
            element("div", both_sides(exchange), class_="inside"),
        ),
        id=exchange_anchor(exchange),
        data_tags=" ".join(tags),
    )


def _short_outcome(exchange: Exchange) -> str:
    return str(exchange.response.status) if exchange.response is not None else "no response"


def _where(exchange: Exchange, *, breaks: bool) -> list[Content]:
    state = documented_state(exchange)
    path = display.url(exchange).removeprefix(display.line(exchange.base_url)).removeprefix(_PREFIX)
    return [
        element("span", path, class_="mono"),
        element("span", f" {exchange.credential.value}", class_="soft small")
        if exchange.credential not in _ORDINARY and exchange.address is not None
        else None,
        element("span", f" → {state}", class_="soft small") if state is not None else None,
        " " if breaks else None,
        element("span", "breaks a law", class_="chip violated") if breaks else None,
    ]
