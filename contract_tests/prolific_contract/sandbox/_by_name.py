"""Mutants and variants, chosen by name."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from prolific_contract._vocabulary import Edition
from prolific_contract.sandbox._errors import SandboxError

_T = TypeVar("_T")


def refuse_other_editions(what: str, editions: Sequence[Edition], edition: Edition) -> None:
    """Refuse to make something in an edition that does not have it.

    Raises:
        SandboxError: The edition is none of those.
    """
    if edition not in editions:
        raise SandboxError(
            f"{what} exists in edition {' and '.join(editions)} only: choose it with --edition"
        )


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
