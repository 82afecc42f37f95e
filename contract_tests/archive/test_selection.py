"""Which members to fetch, in which ranges, and which of them are new."""

import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import Member
from prolific_exports._archive._directory import read_members
from prolific_exports._archive._selection import (
    LARGEST_SPAN,
    coalesce,
    identified_members,
    new_members,
    spans_of,
)

from archive.builders import ROOT, collection_members, write_zip

DISJOINT = st.lists(st.integers(0, 5000), unique=True, max_size=12).map(
    lambda cuts: list(zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=False))
)


@settings(deadline=None)
@given(DISJOINT, st.integers(0, 300), st.integers(1, 400))
def test_coalesced_ranges_cover_all_and_are_not_too_large(spans, gap, most):
    merged = coalesce(spans, gap, most)
    covered = {at for first, last in merged for at in range(first, last)}
    wanted = {at for first, last in spans for at in range(first, last)}
    assert wanted <= covered
    assert sum(last - first for first, last in merged) == len(covered)
    assert all(0 < last - first <= most for first, last in merged)
    assert merged == sorted(merged)
    extra = sorted(covered - wanted)
    assert len(extra) <= gap * max(len(spans) - 1, 0)
    assert len(merged) <= sum(-(-(last - first) // most) for first, last in spans)


def test_close_ranges_are_merged_up_to_the_largest_request():
    assert coalesce([(0, 10), (20, 30), (41, 50)], gap=10, most=100) == [(0, 30), (41, 50)]
    assert coalesce([(0, 10), (10, 30)], gap=10, most=25) == [(0, 10), (10, 30)]
    assert coalesce([(0, 60)], gap=10, most=25) == [(0, 25), (25, 50), (50, 60)]
    assert LARGEST_SPAN >= 8 * 1024 * 1024


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_ranges_contain_each_member_with_its_header(tmp_path, method):
    path = write_zip(tmp_path / "a.zip", collection_members(), method=method)
    members, data = read_members(path), path.read_bytes()
    for member, (start, end) in zip(members, spans_of(members, members, len(data)), strict=True):
        assert data[start : start + 4] == b"PK\x03\x04"
        assert end <= len(data)
        assert end - start >= 30 + len(member.stored_name) + member.compressed_size


def test_range_ends_soon_after_the_member_where_nothing_follows():
    member = Member("a", 5, 5, 0, 0, 0, 0, 100, b"a")
    assert spans_of([member], [member], 10**9) == [(100, 100 + 30 + 1 + 0xFFFF + 5)]
    assert spans_of([member], [member], 1000) == [(100, 1000)]


def test_new_members_are_those_with_another_path_size_or_checksum(tmp_path):
    before = read_members(write_zip(tmp_path / "a.zip", collection_members()))
    root = ROOT.replace("103000", "235959")
    files = collection_members(root=root) | {
        f"{root}files/": b"",
        f"{root}files/sub2_i2_0.jpg": b"new",
        f"{root}README.md": b"# Changed\n",
    }
    after = read_members(write_zip(tmp_path / "b.zip", files))
    known = set(identified_members(before))
    assert [member.name for member in new_members(after, known)] == [
        f"{root}README.md",
        f"{root}files/sub2_i2_0.jpg",
    ]
    assert new_members(after, set(identified_members(after))) == []
    assert len(new_members(after, set())) == 5


def test_identity_is_the_path_below_the_root_folder():
    one = Member("root/files/a.jpg", 3, 3, 7, 0, 0, 0, 0, b"")
    two = Member("root/b", 4, 4, 8, 0, 0, 0, 0, b"")
    assert identified_members([one, two]) == {("files/a.jpg", 7, 3): one, ("b", 8, 4): two}
    flat = Member("b", 4, 4, 8, 0, 0, 0, 0, b"")
    assert list(identified_members([flat])) == [("b", 8, 4)]
