"""A file of which only some ranges are known."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports._archive._sparse_file import MissingBytesError, SparseFile, without

DATA = bytes(range(200))
SPANS = st.lists(
    st.tuples(st.integers(0, len(DATA) - 1), st.integers(1, 40)).map(
        lambda span: (span[0], min(span[0] + span[1], len(DATA)))
    ),
    max_size=6,
)


def test_known_bytes_are_read_across_ranges():
    file = SparseFile(len(DATA))
    file.add(50, DATA[50:60])
    file.add_range(60, 70, lambda at, size: DATA[60 + at : 60 + at + size])
    assert file.seek(52) == 52
    assert file.read(10) == DATA[52:62]
    assert file.tell() == 62
    assert file.read(8) == DATA[62:70]


def test_missing_bytes_are_named():
    file = SparseFile(len(DATA))
    file.add(50, DATA[50:60])
    file.seek(40)
    with pytest.raises(MissingBytesError, match="bytes 40 to 50") as missing:
        file.read(30)
    assert (missing.value.start, missing.value.end) == (40, 50)
    file.seek(55)
    with pytest.raises(MissingBytesError) as missing:
        file.read()
    assert (missing.value.start, missing.value.end) == (60, len(DATA))


def test_final_file_ends_at_a_gap():
    file = SparseFile(len(DATA), is_final=True)
    file.add(50, DATA[50:60])
    file.seek(55)
    assert file.read(30) == DATA[55:60]
    assert file.read(30) == b""


def test_positions_are_those_of_a_file():
    file = SparseFile(10)
    assert file.seek(-3, os.SEEK_END) == 7
    assert file.seek(2, os.SEEK_CUR) == 9
    assert file.seek(99) == 99
    assert file.read(5) == b""
    with pytest.raises(OSError, match="negative position"):
        file.seek(-11, os.SEEK_END)


@settings(deadline=None)
@given(SPANS, st.integers(0, len(DATA)), st.integers(-1, 60))
def test_reading_never_invents_bytes(spans, start, size):
    file = SparseFile(len(DATA))
    for first, last in spans:
        file.add(first, DATA[first:last])
    known = {at for first, last in spans for at in range(first, last)}
    assert {at for first, last in file.known() for at in range(first, last)} == known
    end = len(DATA) if size < 0 else min(start + size, len(DATA))
    file.seek(start)
    if known.issuperset(range(start, end)):
        assert file.read(size) == DATA[start:end]
    else:
        with pytest.raises(MissingBytesError) as missing:
            file.read(size)
        asked = range(missing.value.start, missing.value.end)
        assert asked
        assert known.isdisjoint(asked)
        assert start <= asked.start < asked.stop <= end


@settings(deadline=None)
@given(SPANS, SPANS)
def test_known_ranges_are_removed_from_others(spans, known):
    left = without(spans, known)
    assert all(first < last for first, last in left)
    taken = {at for first, last in known for at in range(first, last)}
    for at in range(len(DATA)):
        wanted = sum(first <= at < last for first, last in spans)
        assert sum(first <= at < last for first, last in left) == (0 if at in taken else wanted)
