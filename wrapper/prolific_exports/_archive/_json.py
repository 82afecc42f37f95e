"""JSON and JSON Lines out of an archive, with errors that say where."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prolific_exports._errors import CorruptArchiveError

MAX_TEXT_SIZE = 1 << 26
"""Bytes that one JSON text may have (64 MiB): more is a trap, not somebody's answers."""

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


def read_json(pieces: Iterable[bytes], where: str) -> Any:
    """The value of a whole JSON file.

    Raises:
        CorruptArchiveError: It is no JSON, or larger than ``MAX_TEXT_SIZE``.
    """
    text = bytearray()
    for piece in pieces:
        text += piece
        _check_size(text, where)
    return parse_json(text.removeprefix(_BOM), where)


def read_json_lines(pieces: Iterable[bytes], where: str) -> Iterator[Any]:
    """The values of a JSON Lines file; blank lines are passed over.

    Raises:
        CorruptArchiveError: A line is no JSON, or longer than ``MAX_TEXT_SIZE``. The
            message has its number, counted from 1 with the blank lines.
    """
    for number, line in enumerate(_lines(pieces, where), start=1):
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip(_BLANK):
            yield parse_json(text, f"{where}, line {number}")


def _lines(pieces: Iterable[bytes], where: str) -> Iterator[bytearray]:
    line = bytearray()
    number = 1
    for piece in pieces:
        # Only this byte ends a line: JSON strings may hold U+2028 and its like.
        beginning, *others = piece.split(b"\n")
        line += beginning
        _check_size(line, f"{where}, line {number}")
        for other in others:
            yield line
            line = bytearray(other)
            number += 1
    yield line


def _check_size(text: bytearray, where: str) -> None:
    if len(text) > MAX_TEXT_SIZE:
        raise CorruptArchiveError(
            f"{where} has more than {MAX_TEXT_SIZE >> 20} MiB in one piece of JSON: this is not "
            "what an export holds. Request a new export."
        )


def parse_json(
    text: bytes | bytearray, where: str, loads: Callable[[str], Any] = json.loads
) -> Any:
    """The value of a JSON text.

    Raises:
        CorruptArchiveError: It is no JSON; the message begins with ``where``.
    """
    try:
        # Surrogates that stand alone come through however they were written.
        return loads(text.decode("utf-8", "surrogatepass"))
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        what = "is cut off" if cut_off else f"is not JSON ({error.msg}, column {error.colno})"
    except UnicodeDecodeError:
        what = "is not UTF-8 text"
    except (ValueError, RecursionError) as error:
        what = f"is beyond what Python reads as JSON ({error})"
    raise CorruptArchiveError(
        f"{where} {what}. Download the archive again; "
        "if that changes nothing, request a new export."
    )
