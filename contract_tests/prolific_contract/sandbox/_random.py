"""Random choices that are the same on every machine."""

import random
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

_T = TypeVar("_T")


class SeededChoices:
    """Random choices that depend only on a name.

    Uses ``Random.random`` only: Python guarantees its sequence for a given seed across
    versions, but not those of ``choice``, ``sample`` and the others.
    """

    def __init__(self, *name: object) -> None:
        self._random = random.Random("/".join(map(str, name))).random  # noqa: S311 - not a secret

    def below(self, limit: int) -> int:
        """An integer from 0 to ``limit - 1``."""
        return int(self._random() * limit)

    def happens(self, chance: float) -> bool:
        """True with the given probability, 0 to 1."""
        return self._random() < chance

    def one(self, options: Sequence[_T]) -> _T:
        """One of the options."""
        return options[int(self._random() * len(options))]

    def some(self, options: Sequence[_T], most: int) -> list[_T]:
        """One to ``most`` distinct options, in their order."""
        if most == 1:
            return [self.one(options)]
        wanted = 1 + self.below(most)
        chosen: list[_T] = []
        for position, option in enumerate(options):
            # Selection sampling: all subsets of that size are equally likely.
            if self._random() * (len(options) - position) < wanted - len(chosen):
                chosen.append(option)
        return chosen

    def object_id(self) -> str:
        """24 hexadecimal digits, the form of Prolific's participant and submission ids."""
        return f"{self.below(1 << 48):012x}{self.below(1 << 48):012x}"

    def uuid(self) -> str:
        """A version 4 UUID."""
        number = 0
        for _ in range(4):
            number = number << 32 | self.below(1 << 32)
        return str(UUID(int=number, version=4))
