"""Strict JSON: finds what lenient parsers accept."""

import json
from typing import Any

from prolific_exports._model._json import check_limits


class _DuplicateError(ValueError):
    """An object has two members with the same name."""


def json_flaw(body: bytes) -> str | None:
    """Why a body is not strictly JSON text in UTF-8 (RFC 8259); None if it is.

    The rules make all parsers read the same value: one value, no byte order mark, unique names,
    only numbers that JSON has.
    """
    if body.startswith(b"\xef\xbb\xbf"):
        return "begins with a byte order mark"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"is not UTF-8 at byte {error.start}"
    if not text.strip():
        return "is empty"
    try:
        check_limits(body)
        json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return f"continues after its value, at character {error.pos}"
        return f"is not JSON: {error.msg} at character {error.pos}"
    except ValueError as error:
        return str(error)
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _DuplicateError(f"has two members named {json.dumps(twice)} in one object")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"contains {name}, which is not a JSON number")
