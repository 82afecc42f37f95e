"""Strict JSON: finds what lenient parsers accept."""

import json
from typing import Any, Final

from prolific_exports._model._content_coding import can_be_undone, codings_of
from prolific_exports._model._json import check_limits

from prolific_contract.gate.laws._observations import quote

_COMPRESSIONS: Final = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_BEGINNING: Final = 40


class _DuplicateError(ValueError):
    """An object has two members with the same name."""


def json_flaw(body: bytes, content_encoding: str | None = None) -> str | None:
    """Why a body is not strictly JSON text in UTF-8 (RFC 8259); None if it is.

    The rules make all parsers read the same value: one value, no byte order mark, unique names,
    only numbers that JSON has, and no deeper nesting than common parsers support.

    Args:
        body: The body, decoded from the codings that the recorder supports.
        content_encoding: The Content-Encoding field of the response; None if it has none.
    """
    if body.startswith(b"\xef\xbb\xbf"):
        return "begins with a byte order mark"
    encoding = json.detect_encoding(body)
    if not encoding.startswith("utf-8"):
        return f"is encoded in {encoding.upper()}, not in UTF-8"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return _coding_flaw(body, content_encoding) or f"is not UTF-8 at byte {error.start}"
    if not text.strip():
        return "is empty"
    try:
        check_limits(body)
        json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return f"continues after its value, at character {error.pos}"
        if not error.pos:
            return f"is not JSON: it begins with {quote(text[:_BEGINNING])!r}"
        return f"is not JSON: {error.msg} at character {error.pos}"
    except ValueError as error:
        return str(error)
    return None


def _coding_flaw(body: bytes, content_encoding: str | None) -> str | None:
    """Why a body is still compressed; None if it does not look compressed."""
    stated = codings_of(content_encoding or "")
    if not can_be_undone(stated):
        return f"has the Content-Encoding {', '.join(stated)}, which the request did not accept"
    found = next((name for start, name in _COMPRESSIONS if body.startswith(start)), None)
    if found is None and len(body) > 1 and body[0] == 0x78 and not int.from_bytes(body[:2]) % 31:
        found = "deflate"
    if found is None:
        return None
    if stated:
        return f"is compressed with {found} once more than its Content-Encoding states"
    return f"is compressed with {found}, but the response has no Content-Encoding"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _DuplicateError(f"has two members named {json.dumps(twice)} in one object")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"contains {name}, which is not a JSON number")
