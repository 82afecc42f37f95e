"""Verifying in several threads."""

import os
import threading
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from helpers.damaged_archives import refused
from prolific_exports import ArchiveError, verify_zip
from prolific_exports._archive._parallel import run_in_threads, thread_count

from archive.builders import patch_directory, write_zip

pytestmark = pytest.mark.usefixtures("codec")


@pytest.fixture
def large(path, monkeypatch):
    """Enough content for every thread that can be of use, and enough processors."""
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    random = Random(1)
    return write_zip(path, {f"{i:02}": random.randbytes(1 << 18) for i in range(40)})


@pytest.mark.parametrize(
    ("items", "size", "threads"),
    [(0, 0, 1), (1, 1 << 30, 1), (2, 1 << 20, 1), (2, 1 << 30, 2), (2000, 1 << 30, 4)],
)
def test_number_of_threads_follows_the_work(items, size, threads, large):
    assert thread_count(items, size) == threads


def test_small_members_use_one_thread(large):
    assert thread_count(1000, 1000 << 16) == 4
    assert thread_count(1000, 1000 << 12) == 1


def test_several_threads_read_every_member(large):
    assert verify_zip(large).size == 40 << 18


def test_several_threads_name_the_first_bad_member(large):
    for name in ("07", "08", "09", "39"):
        patch_directory(large, name, 16, "<I", 1)
    for _ in range(5):
        refused(large, "'07'", "checksum")


def test_several_threads_use_bounded_memory(large):
    tracemalloc.start()
    try:
        verify_zip(large)
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()


def test_each_thread_has_its_own_file_handle(path):
    path.write_bytes(b"")
    both = threading.Barrier(2, timeout=30)
    handles = set()

    def work(stream, item):
        both.wait()
        handles.add((id(stream), stream.fileno()))
        both.wait()
        yield

    run_in_threads(path, "ab", work, threads=2)
    assert len(handles) == 2


def test_file_that_cannot_be_reopened_is_reported(path, monkeypatch):
    """As when the file is removed, or the process may open no more."""
    path.write_bytes(b"")
    opened = Path.open
    main = threading.current_thread()
    failed = threading.Event()

    def once(self, *args, **kwargs):
        if threading.current_thread() is main:
            return opened(self, *args, **kwargs)
        failed.set()
        raise OSError(24, "Too many open files")

    def work(stream, item):
        failed.wait(30)
        yield
        yield

    monkeypatch.setattr(Path, "open", once)
    with pytest.raises(ArchiveError, match="cannot be opened: Too many open files"):
        run_in_threads(path, "abc", work, threads=2)


def test_unexpected_error_stops_every_thread(path):
    path.write_bytes(b"")
    main = threading.current_thread()
    begun = threading.Event()

    def work(stream, item):
        if threading.current_thread() is main:
            begun.wait(30)
            raise ZeroDivisionError
        begun.set()
        while True:
            yield

    with pytest.raises(ZeroDivisionError):
        run_in_threads(path, "ab", work, threads=2)
