"""Parses untrusted JSON within limits that are the same on every interpreter.

Python's own limit on nesting depends on the stack and differs between versions. This module
checks a text before parsing it, so that no text reaches that limit.
"""

import json
from itertools import accumulate
from typing import Any, Final

MAX_DEPTH: Final = 100
"""Maximum nesting of lists and objects. Responses in the contract have 4 levels."""

# Bytes to check in one step, which needs a few times as much memory.
_STEP: Final = 1 << 16
_OPENINGS: Final = b"[{"
_BETWEEN: Final = b",:"
_OTHERS: Final = bytes(set(range(256)) - set(b'"[]{},:'))
_UP_OR_DOWN: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")


class JSONLimitError(ValueError):
    """A JSON text exceeds a limit; the message names the limit and has no subject."""


def parse(text: bytes | str) -> Any:
    """Return the value of a JSON text; bytes may be UTF-8, UTF-16 or UTF-32.

    Raises:
        JSONLimitError: The text is nested deeper than ``MAX_DEPTH``; a ValueError.
        ValueError: The text is not JSON.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    check_limits(text.encode("utf-8", "surrogatepass"))
    return json.loads(text)


def check_limits(text: bytes | bytearray, values: int | None = None) -> None:
    """Check the nesting and the number of values of a text that may be JSON in UTF-8.

    The time is proportional to the size of the text; the memory is at most three times its size.

    Args:
        text: The text.
        values: Maximum number of values and member names, counted by ``[ { , :``; None for no
            limit.

    Raises:
        JSONLimitError: The text has more values, or is nested deeper than ``MAX_DEPTH``.
    """
    few = values is None or len(text) <= values
    if few and text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return
    # After removing escapes, each quote begins or ends a string.
    bare = text.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _OTHERS)
    in_string = depth = count = 0
    for start in range(0, len(bare), _STEP):
        parts = bare[start : start + _STEP].split(b'"')
        outside = b"".join(parts[in_string::2])
        in_string ^= len(parts) % 2 == 0
        steps = memoryview(outside.translate(_UP_OR_DOWN, _BETWEEN)).cast("b")
        if max(accumulate(steps, initial=depth)) > MAX_DEPTH:
            raise JSONLimitError(f"is nested deeper than {MAX_DEPTH} levels")
        depth += sum(steps)
        count += sum(map(outside.count, (*_OPENINGS, *_BETWEEN)))
        if values is not None and count > values:
            raise JSONLimitError(f"has more than {values:,} values")
