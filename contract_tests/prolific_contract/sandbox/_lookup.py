"""Looks up mutants, variants and faults by name."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeVar

from prolific_contract._vocabulary import Edition
from prolific_contract.sandbox._errors import SandboxError

_T = TypeVar("_T")


def refuse_other_editions(what: str, editions: Sequence[Edition], edition: Edition) -> None:
    """Check that a mutant or variant exists in an edition.

    Raises:
        SandboxError: It does not.
    """
    if edition not in editions:
        raise SandboxError(
            f"{what} exists in edition {' and '.join(editions)} only: choose it with --edition"
        )


def look_up(what: str, name: str, known: Mapping[str, _T]) -> _T:
    """Look up a name.

    Raises:
        SandboxError: The name is unknown. The message suggests similar names.
    """
    if name in known:
        return known[name]
    similar = _similar(name, known)
    hint = f"did you mean {' or '.join(similar)}?" if similar else f"see --list-{what}s"
    raise SandboxError(f"unknown {what} {name!r}: {hint}", unknown=name, meant=similar)


def _similar(name: str, known: Iterable[str]) -> list[str]:
    """The names that the user may have meant, at most three."""
    name = name.lower().replace("_", "-").replace(" ", "-")
    names = list(known)
    similar = get_close_matches(name, names)
    if similar:
        return similar
    # A mutant's name is a fault and its operation; the user may have given the fault alone.
    fault = name.partition("@")[0]
    faults = {one.partition("@")[0] for one in names}
    meant = [fault] if fault in faults else get_close_matches(fault, sorted(faults), n=1)
    found = [one for one in names if one.partition("@")[0] in meant]
    return (found or [one for one in names if len(fault) > 2 and fault in one])[:3]
