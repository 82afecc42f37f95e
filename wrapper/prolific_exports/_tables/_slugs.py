"""Names of columns in the tidy shape: short, ASCII, and the same in every program.

A name is ``q``, the number of the question, and a slug of its wording or of an option: words of
ASCII letters and digits in lower case, joined by ``_``. Accents are removed, and other characters
separate words. A name has at most 31 characters, so that Stata takes it, and is cut at the end of a
word if possible. If a name exists already, ``_2``, ``_3`` … follow.
"""

import re
import unicodedata
from typing import Final

from attrs import define, field

LONGEST: Final = 31
"""Characters: Stata has room for 32, but ReadStat's writer only for 31 with value labels."""

_OTHERS: Final = re.compile(r"[^a-z0-9]+")
# A word is kept whole if that costs no more than this.
_LONGEST_LOSS: Final = 12


def slug(text: str, size: int) -> str:
    """Return the words of a text, joined by ``_``; empty if it has no ASCII letters or digits."""
    plain = unicodedata.normalize("NFKD", text[: 8 * size + 64]).encode("ascii", "ignore").decode()
    words = _OTHERS.sub("_", plain.lower()).strip("_")
    if len(words) <= size:
        return words
    cut = words[:size]
    whole = cut if words[size] == "_" else cut.rpartition("_")[0]
    return (whole if len(whole) >= size - _LONGEST_LOSS else cut).strip("_")


@define
class ColumnNames:
    """Gives each column a name of its own."""

    _taken: set[str] = field(factory=set, init=False)

    def take(self, number: int, text: str, ending: str = "") -> str:
        """Return a new name.

        Args:
            number: Number of the question, from 1.
            text: What the column is about.
            ending: What the name ends with, such as ``_text``.
        """
        front = f"q{number}"
        room = LONGEST - len(front) - 1
        words = slug(text, room - len(ending))
        name = (f"{front}_{words}" if words else front) + ending
        again = 1
        while name in self._taken:
            again += 1
            ending_again = f"{ending}_{again}"
            words = slug(text, room - len(ending_again))
            name = (f"{front}_{words}" if words else front) + ending_again
        self._taken.add(name)
        return name
