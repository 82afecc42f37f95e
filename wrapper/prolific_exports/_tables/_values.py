"""Reads JSON so that it can be written again without changes."""

import json
import re
from typing import Any, Final

from prolific_exports._archive._json import RawJSON, unrepeated

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Number(str):
    """A number as its digits: an int or float would not reproduce them."""

    __slots__ = ()


_decode = json.JSONDecoder(
    object_pairs_hook=unrepeated, parse_float=Number, parse_int=Number, parse_constant=Number
).decode


def loads(text: str) -> Any:
    """Return the value of a JSON text; numbers are ``Number``.

    Raises:
        RepeatedNameError: An object repeats a name.
    """
    return _decode(text)


def dumps(value: Any) -> str:
    """Return the JSON of a value from ``loads``, without optional white space."""
    match value:
        case Number():
            return str(value)
        case RawJSON():
            return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
        case str():
            # Escape only texts that UTF-8 cannot encode.
            return json.dumps(value, ensure_ascii=bool(_SURROGATE.search(value)))
        case dict():
            return f"{{{','.join(f'{dumps(key)}:{dumps(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{','.join(map(dumps, value))}]"
        case _:
            return json.dumps(value)


def is_text(value: Any) -> bool:
    """Return whether a value from ``loads`` is a text."""
    return type(value) is str


def encodable(text: str) -> str:
    """Return the text with U+FFFD for lone surrogates, which UTF-8 cannot encode."""
    # Python knows whether a text is ASCII without looking at it, and most are.
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def path_text(path: str) -> str:
    r"""Return a path as text; bytes that are not text, which Linux allows, become ``\udce9``."""
    return path.encode("utf-8", "backslashreplace").decode()
