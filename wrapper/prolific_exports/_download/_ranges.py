"""The ranges of an archive that have arrived."""

from collections.abc import Iterable


class Ranges:
    """A set of byte positions, as half-open ranges that neither touch nor overlap."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        """Start with some ranges, in any order."""
        self._ranges: list[tuple[int, int]] = []
        self.size = 0
        for start, end in ranges:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """Add the positions from ``start`` up to, not including, ``end``."""
        if start >= end:
            return
        last = self._ranges[-1] if self._ranges else None
        if last is not None and last[1] == start:
            # The usual case: the next bytes of the same range.
            self._ranges[-1] = (last[0], end)
            self.size += end - start
            return
        apart = [one for one in self._ranges if one[1] < start or one[0] > end]
        touching = [one for one in self._ranges if one[1] >= start and one[0] <= end]
        merged = (
            min([start, *(one[0] for one in touching)]),
            max([end, *(one[1] for one in touching)]),
        )
        self._ranges = sorted([*apart, merged])
        self.size = sum(end - start for start, end in self._ranges)

    def cut(self, end: int) -> None:
        """Remove every position from ``end`` on."""
        kept = [(start, min(stop, end)) for start, stop in self._ranges if start < end]
        self._ranges = kept
        self.size = sum(stop - start for start, stop in kept)

    def clear(self) -> None:
        """Remove all positions."""
        self._ranges = []
        self.size = 0

    def holes(self, total: int | None) -> list[tuple[int, int | None]]:
        """The missing ranges, in order. If the size is unknown, the last one has no end."""
        holes: list[tuple[int, int | None]] = []
        position = 0
        for start, end in self._ranges:
            if start > position:
                holes.append((position, start))
            position = end
        if total is None or position < total:
            holes.append((position, total))
        return holes

    @property
    def end(self) -> int:
        """The position after the last byte that has arrived."""
        return self._ranges[-1][1] if self._ranges else 0

    def as_list(self) -> list[tuple[int, int]]:
        """The ranges in order."""
        return list(self._ranges)
