"""Extracting that is refused or fails leaves nothing, and names the cause."""

import os
import threading
from pathlib import Path

import pytest
from prolific_exports import (
    CorruptArchiveError,
    ExportArchive,
    ExtractLimits,
    StorageError,
    UnsafeArchiveError,
)

from archive.builders import ROOT, collection_members, patch_directory
from archive.extracted import EXTRACTED, tree


def test_too_many_members_are_refused(make, place):
    archive = make({"a": b"", "b": b""})
    with pytest.raises(UnsafeArchiveError, match="has 2 members, more than 1"):
        archive.extract(place / "data", limits=ExtractLimits(members=1))
    archive.extract(place / "data", limits=ExtractLimits(members=2))


def test_too_many_bytes_are_refused(make, place):
    archive = make({"a": b"12345", "b": b"12345"})
    with pytest.raises(UnsafeArchiveError, match="expands to 10 bytes, more than 9") as caught:
        archive.extract(place / "data", limits=ExtractLimits(size=9))
    assert "ExtractLimits" in str(caught.value)
    archive.extract(place / "data", limits=ExtractLimits(size=10))


def test_implausible_compression_ratio_is_refused(make, place):
    archive = make({"a": bytes(100_000)})
    [member] = archive.members
    limits = ExtractLimits(ratio=100, ratio_free=99_999)
    with pytest.raises(UnsafeArchiveError, match="more than 100 times its compressed size"):
        archive.extract(place / "data", limits=limits)
    assert tree(place) == {}
    exact = ExtractLimits(ratio=100_000 / member.compressed_size, ratio_free=0)
    archive.extract(place / "exact", limits=exact)
    archive.extract(place / "free", limits=ExtractLimits(ratio=1, ratio_free=100_000))


def test_extract_limits_have_safe_defaults(make, place):
    limits = ExtractLimits()
    assert (limits.members, limits.size, limits.ratio) == (1_000_000, 2**40, 200)
    trap = make({"a": b"1"})
    patch_directory(trap.path, "a", 24, "<I", (100 << 20) + 1)
    with pytest.raises(UnsafeArchiveError, match="more than 200 times"):
        ExportArchive.open(trap).extract(place / "data")


def test_member_never_yields_more_than_its_declared_size(make, place):
    archive = make({"a": bytes(10_000_000)})
    patch_directory(archive.path, "a", 24, "<I", 10)
    with pytest.raises(CorruptArchiveError, match="more than the 10 bytes"):
        ExportArchive.open(archive).extract(place / "data")
    assert tree(place) == {}


@pytest.mark.parametrize("target", ["data", "a/b/data", "."])
def test_damaged_archive_leaves_no_files(make, place, target):
    archive = make(collection_members())
    patch_directory(archive.path, f"{ROOT}files/sub1_i2_0.jpg", 16, "<I", 1)
    with pytest.raises(CorruptArchiveError, match="checksum"):
        ExportArchive.open(archive).extract(place / target)
    assert place.is_dir()
    assert tree(place) == {}


@pytest.mark.parametrize("target", ["data", "a/b/data", "."])
def test_interrupt_leaves_no_files(make, place, target, monkeypatch):
    archive = make(collection_members())

    def interrupted(self, *args):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        archive.extract(place / target)
    assert place.is_dir()
    assert tree(place) == {}


def test_interrupt_leaves_an_existing_folder_empty(make, place, monkeypatch):
    archive = make(collection_members())
    rename = Path.rename
    moved = []

    def interrupted(self, target):
        if len(moved) == 3:
            raise KeyboardInterrupt
        moved.append(target)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        archive.extract(place)
    assert len(moved) == 3
    assert tree(place) == {}


def test_target_appears_only_when_complete(make, place, monkeypatch):
    archive = make(collection_members())
    seen = []
    rename = Path.rename

    def watched(self, target):
        seen.append((tree(self), Path(target).exists()))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    archive.extract(place / "data")
    assert seen == [(EXTRACTED, False)]


@pytest.mark.parametrize("taken", [0, 3])
def test_full_disk_is_reported(make, place, monkeypatch, taken):
    """The last write before a disk is full takes a part."""
    archive = make(collection_members())
    write = os.write
    left = [taken]

    def full(target, content):
        if not left:
            raise OSError(28, "No space left on device")
        return write(target, content[: left.pop()])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(
        StorageError, match=r"No space left on device\. Free some space.*No partial files remain"
    ):
        archive.extract(place / "data")
    assert tree(place) == {}


def test_short_writes_are_continued(make, place, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda target, content: write(target, content[:7]))
    make(collection_members()).extract(place / "data")
    assert tree(place / "data") == EXTRACTED


@pytest.fixture
def many(monkeypatch):
    """Enough processors for every thread that can be of use."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)


def test_several_threads_write_all_members(make, place, many):
    members = {f"r/{i % 7}/{i}": bytes([i]) * (i * 1500) for i in range(80)}
    make(members).extract(place / "data")
    assert {f"r/{k}": v for k, v in tree(place / "data").items() if v is not None} == members


def test_interrupt_with_several_threads_leaves_no_files(make, place, many, monkeypatch):
    write = os.write
    main = threading.current_thread()
    came = threading.Event()

    def interrupted(target, content):
        if threading.current_thread() is main:
            came.set()
            raise KeyboardInterrupt
        came.wait(30)
        return write(target, content)

    monkeypatch.setattr(os, "write", interrupted)
    archive = make({f"r/{i}": os.urandom(1 << 20) for i in range(4)})
    with pytest.raises(KeyboardInterrupt):
        archive.extract(place / "data")
    assert tree(place) == {}
