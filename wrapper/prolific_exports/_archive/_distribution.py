"""How answers are distributed: counted one by one, in memory that does not grow with them."""

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Final

from attrs import Factory, define, frozen

_DIFFERENT: Final = 1000
"""Options, units or kinds of files that are told apart; the first ones."""
_SHOWN: Final = 200
"""Characters by which long options and units are told apart."""
# A decimal comma is one where it cannot be meant to group thousands.
_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]{1,15}(?:\.[0-9]{1,15}|,[0-9]{1,2})?\s*", re.ASCII)


@frozen
class ChoiceCount:
    """How often an option was chosen.

    Attributes:
        option: The option; of a longer one the first 200 characters.
        count: Number of answers that have it.
    """

    option: str
    count: int


@frozen
class Spread:
    """Where numbers lie. The three in the middle are of numbers rounded to three digits.

    Attributes:
        count: How many numbers there are.
        lowest: The lowest.
        lower_quartile: A quarter of them are not above it.
        median: The middle one, or halfway between the middle two.
        upper_quartile: Three quarters of them are not above it.
        highest: The highest.
        unit: What they count; ``"characters"`` for the lengths of texts.
    """

    count: int
    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float
    unit: str


@define
class SpreadCounter:
    """Numbers, counted by their first three digits."""

    count: int = 0
    lowest: float = 0
    highest: float = 0
    counts: dict[float, int] = Factory(dict)

    def add(self, number: float) -> None:
        """Count one more."""
        if not self.count:
            self.lowest = self.highest = number
        elif number < self.lowest:
            self.lowest = number
        elif number > self.highest:
            self.highest = number
        self.count += 1
        key = number if type(number) is int and number < 1000 else float(f"{number:.3g}")
        self.counts[key] = self.counts.get(key, 0) + 1

    def spread(self, unit: str) -> Spread | None:
        """What was counted; None when nothing was."""
        if not self.count:
            return None
        ranked = sorted(self.counts)
        sums = list(accumulate(self.counts[number] for number in ranked))
        # The lowest number that at least a quarter, a half, three quarters are not above.
        lower, middle, upper = (
            ranked[bisect_left(sums, part * self.count)] for part in (0.25, 0.5, 0.75)
        )
        after = ranked[bisect_right(sums, 0.5 * self.count)]
        median = middle if middle == after else (middle + after) / 2
        lower, median, upper = (
            min(max(at, self.lowest), self.highest) for at in (lower, median, upper)
        )
        return Spread(self.count, self.lowest, lower, median, upper, self.highest, unit)


@define
class ChoiceCounter:
    """Options, counted; there are few different ones in all but hostile archives."""

    counts: dict[str, int] = Factory(dict)
    others: int = 0

    def add(self, option: str) -> None:
        """Count one more."""
        key = option[:_SHOWN]
        if key in self.counts:
            self.counts[key] += 1
        elif len(self.counts) < _DIFFERENT:
            self.counts[key] = 1
        else:
            self.others += 1

    def choices(self) -> tuple[ChoiceCount, ...]:
        """Each option, the most chosen first."""
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1])
        return tuple(ChoiceCount(option, count) for option, count in ranked)


@define
class NumberCounter:
    """Texts that are numbers, by their units."""

    units: dict[str, SpreadCounter] = Factory(dict)
    others: int = 0

    def add(self, value: str, unit: str) -> None:
        """Count one more; what is not plainly a number is one of the others."""
        key = unit[:_SHOWN]
        if not _NUMBER.fullmatch(value) or (key not in self.units and len(self.units) >= 20):
            self.others += 1
            return
        self.units.setdefault(key, SpreadCounter()).add(float(value.replace(",", ".")))

    def spreads(self) -> tuple[Spread, ...]:
        """The numbers of each unit, the most frequent unit first."""
        ranked = sorted(self.units.items(), key=lambda pair: -pair[1].count)
        return tuple(filter(None, (counter.spread(unit) for unit, counter in ranked)))
