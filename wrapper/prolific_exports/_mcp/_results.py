"""The results of tools: plain JSON values without the token."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import asdict


def as_json(value: Any, redact: Callable[[str], str]) -> Any:
    """Return a result as a JSON value.

    Args:
        value: Texts, numbers, times, value objects, and collections of these.
        redact: Hides the token in a text: answers and the server may repeat it.
    """
    match value:
        case str():
            return redact(value)
        case None | bool() | int() | float():
            return value
        case datetime():
            return value.isoformat()
        case Mapping():
            return {redact(str(name)): as_json(one, redact) for name, one in value.items()}
        case list() | tuple():
            return [as_json(one, redact) for one in value]
        case _:
            return as_json(asdict(value, recurse=False), redact)
