"""An exchange in the HTML page: request and response."""

from xml.etree import ElementTree as ET

from prolific_exports._console._text import size
from prolific_exports._html._markup import Content, element

from prolific_contract._vocabulary import STATES
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.trace._exchanges import Credential, Exchange


def both_sides(exchange: Exchange) -> ET.Element:
    """Request and response, side by side on wide screens."""
    title = f"Response after {exchange.took:.2f} s" if exchange.response else "No response"
    return element(
        "div",
        element("div", element("p", "Request", class_="label"), _pre(*_request(exchange))),
        element("div", element("p", title, class_="label"), _pre(*_response(exchange))),
        class_="exchange",
    )


def documented_state(exchange: Exchange) -> str | None:
    """The state of an export in a response, if it is a documented one."""
    state = exchange.response.state if exchange.response is not None else None
    return state if state in STATES else None


def outcome(exchange: Exchange) -> str:
    """Status and state in short: ``200 complete``."""
    if exchange.response is None:
        return "no response"
    return f"{exchange.response.status} {documented_state(exchange) or ''}".rstrip()


def _pre(*content: Content) -> ET.Element:
    return element("pre", element("code", *content))


def _request(exchange: Exchange) -> list[Content]:
    method = display.line(exchange.method)
    content: list[Content] = [element("b", f"{method} {display.url(exchange)}"), "\n"]
    if exchange.credential is not Credential.VALID:
        content.append(element("span", f"({exchange.credential.value})\n", class_="dim"))
    return [*content, _fields(exchange.headers)]


def _response(exchange: Exchange) -> list[Content]:
    answer = exchange.response
    if answer is None:
        return [display.line(exchange.failure or "not recorded")]
    body = display.body(exchange, answer)
    note = f"({size(body.size)}: {body.note})" if body.note and body.size else ""
    note = note or (f"({body.note})" if body.note else "")
    return [
        element("b", f"{answer.status}"),
        "\n",
        _fields(answer.headers),
        f"\n{body.text}" if body.text else None,
        element("span", f"\n{note}", class_="dim") if note else None,
    ]


def _fields(fields: tuple[tuple[str, str], ...]) -> ET.Element:
    lines = "".join(f"{name}: {value}\n" for name, value in display.headers(fields))
    return element("span", lines, class_="dim")
