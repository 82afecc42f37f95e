"""Distributions of answers, counted in memory that does not grow with their number."""

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Final

from attrs import Factory, define, frozen

_DIFFERENT: Final = 1000
"""The most options that are counted separately: the first ones."""
_SHOWN: Final = 200
"""The first characters of options and units, which distinguish them."""
# A comma is a decimal comma only where it cannot separate thousands.
_NUMBER: Final = re.compile(r"\s*[+-]?[0-9]{1,15}(?:\.[0-9]{1,15}|,[0-9]{1,2})?\s*", re.ASCII)


@frozen
class ChoiceCount:
    """How often an option was chosen.

    Attributes:
        option: The option, cut to 200 characters.
        count: Number of answers that contain it.
    """

    option: str
    count: int


@frozen
class Spread:
    """The range, quartiles and median of numbers.

    The quartiles and the median are those of the numbers rounded to three digits.

    Attributes:
        count: Number of numbers.
        lower_quartile: The smallest number that is at least as large as a quarter of them.
        median: The middle number, or the mean of the middle two.
        upper_quartile: The smallest number that is at least as large as three quarters of them.
        unit: Their unit; ``"characters"`` for the lengths of texts.
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
    """Counts numbers by their first three digits."""

    count: int = 0
    lowest: float = 0
    highest: float = 0
    counts: dict[float, int] = Factory(dict)

    def add(self, number: float) -> None:
        """Count one."""
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
        """Return the spread of the numbers; None if there are none."""
        if not self.count:
            return None
        ranked = sorted(self.counts)
        sums = list(accumulate(self.counts[number] for number in ranked))
        # The lowest number that at least a quarter, half and three quarters do not exceed.
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
    """Counts options. Only hostile archives contain many different ones."""

    counts: dict[str, int] = Factory(dict)
    others: int = 0

    def add(self, option: str) -> None:
        """Count one."""
        key = option[:_SHOWN]
        if key in self.counts:
            self.counts[key] += 1
        elif len(self.counts) < _DIFFERENT:
            self.counts[key] = 1
        else:
            self.others += 1

    def choices(self) -> tuple[ChoiceCount, ...]:
        """Return each option, the most frequent first."""
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1])
        return tuple(ChoiceCount(option, count) for option, count in ranked)


@define
class NumberCounter:
    """Counts texts that are numbers, by unit."""

    units: dict[str, SpreadCounter] = Factory(dict)
    others: int = 0

    def add(self, value: str, unit: str) -> None:
        """Count one; a text that is not a plain number counts as another."""
        key = unit[:_SHOWN]
        if not _NUMBER.fullmatch(value) or (key not in self.units and len(self.units) >= 20):
            self.others += 1
            return
        self.units.setdefault(key, SpreadCounter()).add(float(value.replace(",", ".")))

    def spreads(self) -> tuple[Spread, ...]:
        """Return the spread for each unit, the most frequent unit first."""
        ranked = sorted(self.units.items(), key=lambda pair: -pair[1].count)
        return tuple(filter(None, (counter.spread(unit) for unit, counter in ranked)))
