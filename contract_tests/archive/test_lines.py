"""The blocks of lines that records are read from."""

import pytest
from prolific_exports import UnsafeArchiveError
from prolific_exports._archive._lines import Block, blocks


@pytest.mark.parametrize(
    ("pieces", "number"),
    [
        ([b"1\n", b"2" * 6, b"3" * 6], 2),
        ([b"1\n", b"2" * 6, b"3" * 5 + b"\n"], 2),
        ([b"1\n22\n3", b"3" * 9, b"3"], 3),
        ([b"\n" * 9 + b"2" * 10, b"2\n"], 10),
        ([b"1\n" + b"2" * 11 + b"\n3\n"], 2),
    ],
)
@pytest.mark.parametrize("size", [2, 20])
def test_too_long_lines_are_refused(monkeypatch, pieces, number, size):
    monkeypatch.setattr("prolific_exports._archive._lines.MAX_TEXT_SIZE", 10)
    with pytest.raises(UnsafeArchiveError, match=f"x, line {number}, is longer than"):
        list(blocks(pieces, "x", size))


@pytest.mark.parametrize("size", [1, 8, 100])
def test_line_limit_equals_other_readers(monkeypatch, size):
    monkeypatch.setattr("prolific_exports._archive._lines.MAX_TEXT_SIZE", 10)
    longest = [b"1\n" * 4, b"2" * 5, b"2" * 5 + b"\n3\n", b"4" * 10, b"\n", b"5" * 10]
    found = list(blocks(longest, "x", size))
    assert b"".join(block.text for block in found) == b"".join(longest)
    assert all(block.text.endswith(b"\n") for block in found[:-1])


def test_blocks_are_halved_between_lines():
    assert Block(b"long line\n1\n", 5).halves() == (Block(b"long line\n", 5), Block(b"1\n", 6))
    assert Block(b"1\nlong line\n", 5).halves() == (Block(b"1\n", 5), Block(b"long line\n", 6))
    assert Block(b"one line\n", 0).halves() is None
