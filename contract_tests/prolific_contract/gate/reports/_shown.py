"""What of a conversation may be shown: without secrets, of bounded length, inert.

Every report takes what a server sent from here. The recorder has taken the API token out;
the queries of presigned URLs it has to leave in, because laws read them.
"""

import re
from collections.abc import Iterable
from typing import Final

from attrs import frozen
from prolific_exports._console._text import printable
from prolific_exports._model._redaction import MARK, redact

from prolific_contract.gate.trace._body_parts import is_data
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse
from prolific_contract.gate.trace._redaction import is_secret_field

BODY_SHOWN: Final = 2000
"""Characters of a body that are shown at most."""

# XML 1.0 has no way to write these, not even by their number, and HTML should not.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010fffd]")
_READ: Final = 65536
_VALUE_SHOWN: Final = 300


@frozen
class Body:
    """A response body, fit to be shown.

    Attributes:
        text: As much of it as is shown; empty if it is data.
        size: Bytes that were recorded.
        note: What to know about the text, in half a sentence: that there is more, or none.
    """

    text: str
    size: int
    note: str = ""


def number(index: int) -> int:
    """The number of an exchange for people, who count from one."""
    return index + 1


def line(text: str) -> str:
    """A text on one line, without secrets and without what a terminal would act upon."""
    return printable(redact(text))


def writable(text: str) -> str:
    """A text without the characters that XML and HTML can't hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def headers(fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Header fields without secrets, with values of bounded length."""
    return tuple(
        (printable(name, _VALUE_SHOWN), MARK if is_secret_field(name) else _value(value))
        for name, value in fields
    )


def _value(value: str) -> str:
    return printable(redact(value), _VALUE_SHOWN)


def url(exchange: Exchange) -> str:
    """Where a request went; a made-up request with its query, which holds no secret."""
    return printable(exchange.url) if exchange.generated else line(exchange.url)


def body(exchange: Exchange, answer: HttpResponse) -> Body:
    """The body of an answer; none of an archive's data."""
    size = len(answer.body)
    if not size:
        return Body("", 0, "empty")
    if exchange.address is None and is_data(answer):
        return Body("", size, "an archive's data is not shown")
    if b"\0" in answer.body[:_READ]:
        return Body("", size, "binary data is not shown")
    text = answer.body[:_READ].decode("utf-8", "replace")
    cut = answer.cut or size > _READ
    if cut:
        # Half a password is not recognised as one: the word that was cut goes.
        text = text[: max(text.rfind(character) for character in ' \n\t"<>') + 1]
    text = redact(text).replace("\r\n", "\n").replace("\t", "    ")
    note = "only its beginning is shown" if cut or len(text) > BODY_SHOWN else ""
    return Body("\n".join(map(_inert, text[:BODY_SHOWN].split("\n"))), size, note)


def _inert(text: str) -> str:
    """A line without the characters that act on what shows it."""
    return text if text.isprintable() else "".join(map(_still, text))


def _still(character: str) -> str:
    if character.isspace():
        return " "
    return character if printable(character) == character else "\N{REPLACEMENT CHARACTER}"
