"""Things that are chosen by name."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from prolific_contract.sandbox._errors import SandboxError

_T = TypeVar("_T")


def named(what: str, name: str, known: Mapping[str, _T]) -> _T:
    """The thing of that name.

    Raises:
        SandboxError: There is none; the message names those that look like it.
    """
    if name in known:
        return known[name]
    similar = get_close_matches(name, known)
    hint = f"did you mean {' or '.join(similar)}?" if similar else f"see --list-{what}s"
    raise SandboxError(f"there is no {what} {name!r}: {hint}")
