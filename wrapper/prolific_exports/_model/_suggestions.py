"""What a user probably meant by an unknown word."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

# As similar as "--ouput" and "--output", or "batches" and "batch".
_SIMILAR: Final = 0.72


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a text begins or resembles; None if there is none, or no single one."""
    by_lower = {one.lower(): one for one in known}
    text = word.lower()
    begun = [one for one in by_lower if one.startswith(text)] if len(text.strip("-")) > 1 else []
    found = begun or get_close_matches(text, by_lower, 1, _SIMILAR)
    return by_lower[found[0]] if len(found) == 1 else None
