"""Text for people: safe for a terminal, short, in familiar units."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

_DAY = 86400
# Control characters, surrogates, and characters that reorder the text around them, which can make
# one file name look like another.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def printable(text: str, width: int | None = None) -> str:
    r"""The text on one line, without characters that a terminal interprets.

    White space becomes single spaces. Control characters, lone surrogates and characters
    that change the direction of writing become escapes such as ``\x1b``.

    Args:
        text: Any text.
        width: The maximum number of characters; None for no limit.
    """
    shown = escape_controls(" ".join(text.split()))
    return shown if width is None or len(shown) <= width else shown[: width - 3].rstrip() + "..."


def escape_controls(text: str) -> str:
    r"""The text with escapes such as ``\x1b`` for characters that a terminal interprets."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of one table, with its columns aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def size(count: int) -> str:
    """A number of bytes in decimal units: ``12.3 MB``."""
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 999.95:
            return plural(count, "byte") if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def duration(seconds: float) -> str:
    """A time in its largest two units: ``42 s``, ``3 min 20 s``, ``1 h 5 min``, ``3 d 4 h``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < _DAY:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // _DAY} d {whole % _DAY // 3600} h"


def plural(count: int, noun: str) -> str:
    """A number and its noun: ``1 file``, ``2 files``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def moment(when: datetime) -> str:
    """A date and time: ``2026-03-20 10:30 UTC``."""
    try:
        return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        # In the years 1 and 9999, UTC may be outside of the calendar.
        return when.isoformat(" ", "minutes")
