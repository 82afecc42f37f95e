"""Ranges of received bytes, and the transfer rate."""

from hypothesis import given
from hypothesis import strategies as st
from prolific_exports._download._ranges import Ranges
from prolific_exports._download._rate import Rate

pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def positions(ranges):
    return {position for start, end in ranges for position in range(start, end)}


@given(pairs, st.none() | st.integers(0, 50), st.integers(0, 45))
def test_ranges_are_sets_of_positions(added, total, cut):
    ranges = Ranges(added)
    there = positions(added)
    assert positions(ranges.as_list()) == there
    assert ranges.size == len(there)
    assert ranges.end == max(there, default=-1) + 1
    ends = [position for pair in ranges.as_list() for position in pair]
    assert ends == sorted(set(ends)), "they neither touch nor overlap"
    holes = ranges.holes(total)
    if total is None:
        assert holes[-1] == (ranges.end, None)
        holes = [*holes[:-1], (ranges.end, 60)]
    assert positions(holes) == set(range(60 if total is None else max(total, ranges.end))) - there
    ranges.cut(cut)
    assert positions(ranges.as_list()) == {position for position in there if position < cut}
    assert ranges.size == len(positions(ranges.as_list()))
    ranges.clear()
    assert (ranges.as_list(), ranges.size, ranges.end) == ([], 0, 0)


def test_rate_is_computed_from_recent_bytes():
    rate = Rate()
    rate.measure(10.0, 0)
    assert rate.value is None
    rate.measure(10.0, 50)
    assert rate.value is None, "no time has passed"
    rate.measure(11.0, 100)
    assert rate.value == 100
    rate.measure(12.0, 1100)
    assert 300 < rate.value < 500
    for second in range(13, 60):
        rate.measure(float(second), 1100 + 1000 * (second - 12))
    assert 999 < rate.value < 1001
    rate.measure(60.0, 5)
    assert rate.value is None, "the download restarted"
