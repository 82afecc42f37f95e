"""Makes content from servers safe to display: no secrets, bounded length, no control characters.

Every report displays requests and responses through this module. The recorder removes the API
token, but it keeps the queries of presigned URLs because laws read them.
"""

from collections.abc import Iterable
from typing import Final

from attrs import frozen
from prolific_exports._console._text import printable
from prolific_exports._model._redaction import MARK, redact

from prolific_contract.gate.trace._body_parts import is_data
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse
from prolific_contract.gate.trace._redaction import is_secret_field

MAX_BODY_CHARACTERS: Final = 2000
"""The most characters of a body that a report shows."""

_READ: Final = 65536
_MAX_VALUE_CHARACTERS: Final = 300


@frozen
class DisplayedBody:
    """A response body, safe to display.

    Attributes:
        text: The displayed part; empty for archives and binary data.
        size: Bytes that were recorded.
        note: Why the text is incomplete or missing; empty if it is complete.
    """

    text: str
    size: int
    note: str = ""


def number(index: int) -> int:
    """The number of an exchange in reports, which count from 1."""
    return index + 1


def line(text: str) -> str:
    """A text on one line, without secrets and control characters."""
    return printable(redact(text))


def headers(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Header fields without secrets, with values of bounded length."""
    return tuple(
        (printable(name, _MAX_VALUE_CHARACTERS), MARK if is_secret_field(name) else _value(value))
        for name, value in fields
    )


def _value(value: str) -> str:
    return printable(redact(value), _MAX_VALUE_CHARACTERS)


def url(exchange: Exchange) -> str:
    """The URL of a request; generated requests keep their query, which has no secret."""
    return printable(exchange.url) if exchange.generated else line(exchange.url)


def body(exchange: Exchange, answer: HttpResponse) -> DisplayedBody:
    """The body of a response, without the data of archives."""
    size = len(answer.body)
    if not size:
        return DisplayedBody("", 0, "empty")
    if exchange.address is None and is_data(answer):
        return DisplayedBody("", size, "archive data, not shown")
    if b"\0" in answer.body[:_READ]:
        return DisplayedBody("", size, "binary data, not shown")
    text = answer.body[:_READ].decode("utf-8", "replace")
    cut = answer.cut or size > _READ
    if cut:
        # Redaction does not recognise half a secret, so drop the word that was cut.
        text = text[: max(text.rfind(character) for character in ' \n\t"<>') + 1]
    text = redact(text).replace("\r\n", "\n").replace("\t", "    ")
    note = "truncated" if cut or len(text) > MAX_BODY_CHARACTERS else ""
    return DisplayedBody(
        "\n".join(map(_without_control_characters, text[:MAX_BODY_CHARACTERS].split("\n"))),
        size,
        note,
    )


def _without_control_characters(text: str) -> str:
    """A line without control and formatting characters."""
    return text if text.isprintable() else "".join(map(_replaced, text))


def _replaced(character: str) -> str:
    if character.isspace():
        return " "
    return character if printable(character) == character else "\N{REPLACEMENT CHARACTER}"
