"""The conversation: its exports as a timeline, and every exchange."""

from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._console._text import plural

from prolific_contract.gate.reports import _shown as shown
from prolific_contract.gate.reports._html._anchors import broken, exchange_anchor, listed
from prolific_contract.gate.reports._html._exchange import both_sides, told_state
from prolific_contract.gate.reports._html._markup import Content, element
from prolific_contract.gate.reports._html._timeline import drawn
from prolific_contract.gate.reports._summary import Summary, operation_id, operation_name
from prolific_contract.gate.trace._exchanges import Credential, Exchange

# What every path of the API begins with says nothing in a list of them.
_PREFIX: Final = "/api/v1/data-collection"
_ORDINARY: Final = (Credential.VALID, Credential.UNKNOWN)


def timeline(summary: Summary) -> list[Content]:
    """The course of each export job."""
    lanes = drawn(summary)
    if lanes is None:
        return []
    text = (
        "Each mark is an answer about a job: a ring is generating, a disc complete, a square "
        "failed, a cross no state. Exchanges stand at equal distances; a dashed circle "
        "means that the answer breaks a law."
    )
    return [element("p", text), lanes]


def conversation(summary: Summary) -> list[Content]:
    """Every exchange that is listed, folded."""
    exchanges = listed(summary)
    if not exchanges:
        return []
    breaking = broken(summary)
    more = len(summary.verdict.trace.exchanges) - len(exchanges)
    left_out = f" {plural(more, 'further exchange')} not listed." if more else ""
    choices = [("", "All exchanges"), ("broken", "Those that break a law")]
    choices += [(operation_id(op), operation_name(op)) for op in summary.operations]
    return [
        element("p", f"Secrets and participants' data are left out.{left_out}"),
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
                _entry(exchange, summary, breaks=exchange.index in breaking)
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
                element("span", f"#{shown.number(exchange.index)}", class_="soft"),
                element("b", shown.line(exchange.method)),
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
    return str(exchange.response.status) if exchange.response is not None else "none"


def _where(exchange: Exchange, *, breaks: bool) -> list[Content]:
    state = told_state(exchange)
    path = shown.url(exchange).removeprefix(shown.line(exchange.base_url)).removeprefix(_PREFIX)
    return [
        element("span", path, class_="mono"),
        element("span", f" {exchange.credential.value}", class_="soft small")
        if exchange.credential not in _ORDINARY and exchange.address is not None
        else None,
        element("span", f" → {state}", class_="soft small") if state is not None else None,
        " " if breaks else None,
        element("span", "breaks a law", class_="chip violated") if breaks else None,
    ]
