"""An exchange in the HTML page: what was sent and what came back."""

from xml.etree import ElementTree as ET

from prolific_exports._console._text import size

from prolific_contract._vocabulary import STATES
from prolific_contract.gate.reports import _shown as shown
from prolific_contract.gate.reports._html._markup import Content, element
from prolific_contract.gate.trace._exchanges import Credential, Exchange


def both_sides(exchange: Exchange) -> ET.Element:
    """Request and response, side by side where there is room."""
    title = f"Response after {exchange.took:.2f} s" if exchange.response else "No response"
    return element(
        "div",
        element("div", element("p", "Request", class_="label"), _pre(*_request(exchange))),
        element("div", element("p", title, class_="label"), _pre(*_response(exchange))),
        class_="exchange",
    )


def told_state(exchange: Exchange) -> str | None:
    """The documented state that an answer tells."""
    state = exchange.response.state if exchange.response is not None else None
    return state if state in STATES else None


def outcome(exchange: Exchange) -> str:
    """Status and state in short: ``200 complete``."""
    if exchange.response is None:
        return "no answer"
    return f"{exchange.response.status} {told_state(exchange) or ''}".rstrip()


def _pre(*content: Content) -> ET.Element:
    return element("pre", element("code", *content))


def _request(exchange: Exchange) -> list[Content]:
    method = shown.line(exchange.method)
    content: list[Content] = [element("b", f"{method} {shown.url(exchange)}"), "\n"]
    if exchange.credential is not Credential.VALID:
        content.append(element("span", f"({exchange.credential.value})\n", class_="dim"))
    return [*content, _fields(exchange.headers)]


def _response(exchange: Exchange) -> list[Content]:
    answer = exchange.response
    if answer is None:
        return [shown.line(exchange.failure or "not recorded")]
    body = shown.body(exchange, answer)
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
    lines = "".join(f"{name}: {value}\n" for name, value in shown.headers(fields))
    return element("span", lines, class_="dim")
