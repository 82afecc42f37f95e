"""JSON whose values can be written again as they came."""

import json
import re
from typing import Any, Final

from prolific_exports._archive._json import RawJSON, unrepeated

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Number(str):
    """A number by its digits: as an int or a float, it would not come out as it went in."""

    __slots__ = ()


_decode = json.JSONDecoder(
    object_pairs_hook=unrepeated, parse_float=Number, parse_int=Number, parse_constant=Number
).decode


def loads(text: str) -> Any:
    """The value of a JSON text; numbers are ``Number``.

    Raises:
        RepeatedNameError: An object repeats a name.
    """
    return _decode(text)


def dumps(value: Any) -> str:
    """The JSON of a value that ``loads`` gave, without optional white space."""
    match value:
        case Number():
            return str(value)
        case RawJSON():
            return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
        case str():
            # Readable where it can be: what UTF-8 does not have stays an escape.
            return json.dumps(value, ensure_ascii=bool(_SURROGATE.search(value)))
        case dict():
            return f"{{{','.join(f'{dumps(key)}:{dumps(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{','.join(map(dumps, value))}]"
        case _:
            return json.dumps(value)


def is_text(value: Any) -> bool:
    """Whether a value that ``loads`` gave was a text."""
    return type(value) is str


def encodable(text: str) -> str:
    """The text with U+FFFD for surrogates that stand alone, which no table's text can hold."""
    return _SURROGATE.sub("\ufffd", text)


def path_text(path: str) -> str:
    r"""Return a path as text; bytes that are not text, which Linux allows, become ``\udce9``."""
    return path.encode("utf-8", "backslashreplace").decode()
