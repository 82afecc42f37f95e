"""Ids of test parameters that a person can read, and that are the same in every process."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from inspect import ismodule, isroutine
from typing import Any, Final

LONGEST: Final = 60
"""Characters of one parameter's id."""


def parameter_id(value: Any, name: str) -> str | None:
    """Describe a parameter's value; None leaves it to pytest.

    pytest numbers the values that it can't describe, as in ``response7``.
    """
    if value is None or isinstance(value, bool | int | float):
        return f"{name}={value}"
    if isinstance(value, str | bytes) and len(value) <= LONGEST:
        return None  # as it is, escaped
    if isroutine(value) or ismodule(value):
        return None
    text = _text(value)
    # The address of an object differs in each process.
    return None if " at 0x" in text or not text else _short(text)


def _short(text: str) -> str:
    # pytest does not escape these ids; pytest-xdist can't send surrogates to another process.
    escaped = text[: LONGEST + 1].encode("unicode_escape").decode("ascii")
    return escaped if len(escaped) <= LONGEST else f"{escaped[: LONGEST - 3]}..."


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bytes() | bytearray():
            # Archives and compressed bodies contain the time at which they were made.
            return value.decode("ascii") if _is_text(value) else "binary"
        case type():
            return value.__name__
        case BaseException():
            return f"{type(value).__name__}: {value}"
        case date():
            return value.isoformat()
        case timedelta():
            return str(value)
        case Mapping():
            return ", ".join(f"{_text(key)}={_text(one)}" for key, one in value.items()) or "{}"
        case AbstractSet():
            return ", ".join(sorted(map(_text, value))) or "{}"
        case list() | tuple():
            return ", ".join(map(_text, value)) or "[]"
    return _response(value) or repr(value)


def _is_text(value: bytes | bytearray) -> bool:
    return value.isascii() and not any(byte < 32 and byte not in b"\t\n\r" for byte in value)


def _response(value: Any) -> str | None:
    """A response of any library: its status, and how its body begins."""
    status = getattr(value, "status_code", None) or getattr(value, "status", None)
    if not isinstance(status, int):
        return None
    body = getattr(value, "body", None) or getattr(value, "_content", None) or b""
    return f"{status} {_text(body)}".strip() if isinstance(body, bytes) else str(status)
