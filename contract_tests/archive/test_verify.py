"""``verify_zip``: every byte of a ZIP was read and is what the ZIP says."""

import contextlib
import gc
import io
import lzma
import os
import struct
import sys
import threading
import tracemalloc
import zipfile
import zlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import (
    ArchiveError,
    CorruptArchiveError,
    ExportArchive,
    ExportsError,
    StorageError,
    UnreadableMemberError,
    ZipSummary,
    summarise,
    verify_zip,
)
from prolific_exports._archive._decoders import PIECE, checksum, igzip
from prolific_exports._archive._parallel import run_in_threads, thread_count

from archive.builders import (
    ROOT,
    collection_members,
    data_of,
    directory_entry,
    patch_directory,
    patch_member,
    write_zip,
)

RECORDS = f"{ROOT}responses.jsonl"
SMALL = {"r/a.txt": b"some text, some text", "r/b": b"\0"}
FILE = f"{ROOT}files/sub1_i2_0.jpg"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export.zip"


@pytest.fixture
def whole(path):
    return write_zip(path, collection_members())


@pytest.fixture(params=["isal", "zlib"], autouse=True)
def _codec(request, monkeypatch):
    """Every test, with and without what the [fast] extra brings."""
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)
    igzip.cache_clear()
    checksum.cache_clear()
    yield
    igzip.cache_clear()
    checksum.cache_clear()


def refused(path, *parts, error: type[ExportsError] = CorruptArchiveError):
    with pytest.raises(error) as caught:
        verify_zip(path)
    message = str(caught.value)
    assert str(path) in message
    for part in parts:
        assert part in message
    return message


def deflated(content, level=-1):
    compress = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return compress.compress(content) + compress.flush()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_complete_zip_has_a_report(path, method):
    members = collection_members()
    write_zip(path, members, method=method)
    with zipfile.ZipFile(path) as archive:
        compressed = sum(info.compress_size for info in archive.infolist())
    size = sum(map(len, members.values()))
    assert verify_zip(str(path)) == ZipSummary(4, size, compressed)


@pytest.mark.parametrize("read", [verify_zip, ExportArchive.open])
def test_zip_without_members_is_not_an_export(path, read):
    write_zip(path, {})
    assert path.stat().st_size == 22
    with pytest.raises(CorruptArchiveError, match="without members, not an export"):
        read(path)


def test_members_larger_than_a_chunk_are_verified(path):
    content = os.urandom(300_000) + bytes(3_000_000)
    write_zip(path, {"a": content, "empty": b"", "folder/": b""})
    assert verify_zip(path).size == len(content)


def test_bytes_before_and_after_the_zip_are_ignored(whole):
    whole.write_bytes(b"before" + whole.read_bytes() + b"after")
    assert verify_zip(whole).members == 4


def test_zip64_archive_is_verified(path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)
    write_zip(path, {"one.txt": b"1" * 100, "two.txt": b"2" * 100})
    assert b"PK\x06\x06" in path.read_bytes()
    assert verify_zip(path) == ZipSummary(2, 200, verify_zip(path).compressed_size)


def test_zip64_with_placeholder_fields_is_verified(path, monkeypatch):
    """As Go's writer does; Python's gives the number in both places."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)
    write_zip(path, {"one.txt": b"1" * 100, "two.txt": b"2" * 100})
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 20] = b"\xff" * 12
    path.write_bytes(data)
    assert verify_zip(path).members == 2


@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize("comment", [b"a comment", b"PK\x05", b"\0" * 30, b"c" * 0xFFFF])
def test_zip_with_comment_is_verified(path, comment, zip64, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10 if zip64 else 1 << 31)
    write_zip(path, collection_members())
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = comment
    assert verify_zip(path).members == 4


@pytest.mark.parametrize("zip64", [False, True])
def test_directory_with_missing_members_is_detected(path, monkeypatch, zip64):
    """One damaged length, and Python's zipfile reports fewer members without a word."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10 if zip64 else 1 << 31)
    write_zip(path, collection_members())
    patch_directory(path, RECORDS, 32, "<H", 0xFF00)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.infolist()) == 1
    refused(path, "lists 1 members instead of 4")


def test_streamed_zip_with_data_descriptors_is_verified(path):
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.file = path.open("wb")

        def writable(self):
            return True

        def write(self, data):
            return self.file.write(data)

        def close(self):
            self.file.close()
            super().close()

    with Pipe() as pipe, zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"content")
    assert verify_zip(path).size == 7


def test_non_ascii_names_in_both_encodings_are_read(path):
    write_zip(path, {"süß/日本.txt": b"x"})
    assert verify_zip(path).members == 1
    data = bytearray(path.read_bytes()).replace("süß/日本.txt".encode(), b"\x81\xe1/" + b"n" * 13)
    local = data.index(b"PK\x03\x04")
    data[local + 7] = data[data.index(b"PK\x01\x02") + 9] = 0
    path.write_bytes(data)
    assert ExportArchive.open(path).members[0].name == "üß/nnnnnnnnnnnnn"
    assert verify_zip(path).members == 1


def test_memory_does_not_grow_with_a_member(path):
    write_zip(path, {"zeros": bytes(1 << 25)})
    tracemalloc.start()
    try:
        verify_zip(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()


def test_missing_file_raises(path):
    with pytest.raises(ArchiveError, match=r"export\.zip cannot be opened: No such file"):
        verify_zip(path)


def test_invalid_path_raises():
    with pytest.raises(ArchiveError, match=r"cannot be opened: .*null"):
        verify_zip("a\0b")


def test_empty_file_is_not_a_zip(path):
    path.write_bytes(b"")
    refused(path, "is empty")


def test_other_file_is_not_a_zip(path):
    path.write_bytes(b"<Error><Code>AccessDenied</Code></Error>")
    refused(path, "is not a ZIP archive")


def test_every_truncation_is_detected(path):
    data = write_zip(path, SMALL).read_bytes()
    for size in range(4, len(data)):
        path.write_bytes(data[:size])
        refused(path, "is incomplete or damaged")


def test_changed_byte_is_harmless_or_detected(path):
    data = write_zip(path, SMALL).read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            verify_zip(path)
        except CorruptArchiveError:
            continue
        # Dates, versions, attributes: fields that say nothing of the content.
        with zipfile.ZipFile(path) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == SMALL


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_any_damage_verifies_or_raises_typed_error(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "x.zip"
    write_zip(path, collection_members())
    content = bytearray(path.read_bytes())
    places = st.integers(0, len(content) - 1)
    # The directory is where most of what can be misread is.
    places |= st.integers(content.index(b"PK\x01\x02"), len(content) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        content[place] = value
    start, stop = data.draw(st.tuples(places, places))
    if data.draw(st.booleans()):
        del content[start:stop]
    path.write_bytes(content)
    for use in (
        verify_zip,
        lambda path: summarise(ExportArchive.open(path)),
        lambda path: ExportArchive.open(path).extract(path.parent / "data"),
    ):
        with contextlib.suppress(ArchiveError):
            use(path)


def test_member_with_changed_content_is_named(whole):
    data = bytearray(whole.read_bytes())
    data[data_of(data, FILE) + 5] ^= 0xFF
    whole.write_bytes(data)
    refused(whole, repr(FILE))


def test_wrong_checksum_is_detected(whole):
    patch_directory(whole, FILE, 16, "<I", 1)
    refused(whole, repr(FILE), "checksum")


def test_first_bad_member_is_named(whole):
    patch_directory(whole, FILE, 16, "<I", 1)
    patch_directory(whole, RECORDS, 16, "<I", 1)
    refused(whole, repr(RECORDS))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(("declared", "what"), [(3, "more than the 3 bytes"), (9, "declares 9")])
def test_wrong_size_is_detected(path, method, declared, what):
    write_zip(path, {"a.txt": b"12345"}, method=method)
    patch_directory(path, "a.txt", 24, "<I", declared)
    refused(path, "'a.txt'", what)


def test_size_shorter_than_the_content_is_detected(path):
    """The checksum is that of the beginning, so only counting finds it."""
    write_zip(path, {"a.txt": b"12345"})
    patch_directory(path, "a.txt", 24, "<I", 3)
    patch_directory(path, "a.txt", 16, "<I", zlib.crc32(b"123"))
    refused(path, "'a.txt'", "more than the 3 bytes")


def test_unterminated_compressed_data_are_detected(path):
    write_zip(path, {"a.txt": os.urandom(5000)})
    patch_directory(path, "a.txt", 20, "<I", 1000)
    refused(path, "'a.txt'", "incomplete")


def test_compressed_data_that_end_early_are_detected(path):
    write_zip(path, {"a.txt": deflated(b"12345") + b"more"}, method=zipfile.ZIP_STORED)
    patch_directory(path, "a.txt", 10, "<H", 8)
    patch_directory(path, "a.txt", 24, "<I", 5)
    patch_directory(path, "a.txt", 16, "<I", zlib.crc32(b"12345"))
    refused(path, "'a.txt'", "after the end")


def test_compressed_data_that_end_at_a_chunk_boundary_are_detected(path):
    piece = PIECE
    ends = (deflated(bytes(size), level=0) for size in range(piece - 5, 0, -1))
    content = next(end for end in ends if len(end) == piece)
    write_zip(path, {"a.txt": content + b"more"}, method=zipfile.ZIP_STORED)
    patch_directory(path, "a.txt", 10, "<H", 8)
    refused(path, "'a.txt'", "after the end")


def test_damaged_compressed_data_are_detected(path):
    write_zip(path, {"a.txt": b"12345" * 100})
    data = bytearray(path.read_bytes())
    data[data_of(data, "a.txt")] = 0xFF
    path.write_bytes(data)
    refused(path, "'a.txt'", "is damaged")


@pytest.mark.parametrize(("offset", "value"), [(8, 0x1), (8, 0x20), (10, 9)])
def test_member_unreadable_by_the_directory_alone_is_damaged(whole, offset, value):
    patch_directory(whole, FILE, offset, "<H", value)
    refused(whole, repr(FILE), "in the archive's directory, but not in its own header", "again")


def unreadable(path, *parts):
    message = refused(path, *parts, "may be intact", error=UnreadableMemberError)
    assert "again" not in message


@pytest.mark.parametrize(
    ("flag", "what"),
    [(0x1, "encrypted"), (0x20, "a patch"), (0x40, "encrypted"), (0x2000, "encrypted")],
)
def test_encrypted_or_patched_member_is_not_called_damaged(whole, flag, what):
    patch_member(whole, FILE, 8, "<H", flag)
    unreadable(whole, repr(FILE), f"is {what}")


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (9, "Deflate64 (method 9)"),
        (93, "Zstandard (method 93)"),
        (65535, "an unknown method (method 65535)"),
    ],
)
def test_member_of_another_method_is_not_called_damaged(whole, method, name):
    patch_member(whole, FILE, 10, "<H", method)
    unreadable(whole, repr(FILE), name, "7-Zip")


@pytest.mark.parametrize(
    ("method", "module"), [(zipfile.ZIP_BZIP2, "bz2"), (zipfile.ZIP_LZMA, "lzma")]
)
def test_compression_method_missing_in_this_python_is_reported(path, method, module, monkeypatch):
    write_zip(path, SMALL, method=method)
    monkeypatch.setitem(sys.modules, module, None)
    unreadable(path, f"method {method}")


PACKED_OTHERWISE = [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", PACKED_OTHERWISE)
def test_other_compression_methods_are_verified(path, method):
    members = {"a": os.urandom(70_000) + bytes(1_000_000), "b": b"", "c": b"1", "d/": b""}
    write_zip(path, members, method=method)
    assert verify_zip(path).size == 1_070_001
    archive = ExportArchive.open(path)
    for name in ("a", "b", "c"):
        with archive.open_file(name) as file:
            assert file.read() == members[name]


@pytest.mark.parametrize("method", PACKED_OTHERWISE)
def test_damage_with_other_compression_methods_is_detected(path, method):
    data = write_zip(path, {"a": b"12345" * 1000}, method=method).read_bytes()
    start, end = data_of(data, "a"), data.index(b"PK\x01\x02")
    for place in range(start, end):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        with contextlib.suppress(CorruptArchiveError):  # the packer's version says nothing
            assert verify_zip(path).size == 5000
    path.write_bytes(data)
    for size in range(1, end - start):
        patch_directory(path, "a", 20, "<I", size)
        refused(path, "'a'", "is incomplete")


def test_lzma_member_without_end_marker_is_verified(path):
    content = b"12345" * 1000
    alone = lzma.compress(content, format=lzma.FORMAT_ALONE)
    member = b"\x09\x04\x05\x00" + alone[:5] + alone[13:]
    write_zip(path, {"a": member}, method=zipfile.ZIP_STORED)
    patch_directory(path, "a", 10, "<H", zipfile.ZIP_LZMA)
    patch_directory(path, "a", 16, "<I", zlib.crc32(content))
    patch_directory(path, "a", 24, "<I", len(content))
    with contextlib.suppress(CorruptArchiveError):  # older libraries take no mark beside a size
        assert verify_zip(path).size == 5000
    patch_directory(path, "a", 8, "<H", 2)
    assert verify_zip(path).size == 5000


@pytest.mark.parametrize(
    ("place", "value", "what"),
    [(2, b"\x06", "LZMA header"), (5, b"\xff\xff\xff\xff", "damaged")],
)
def test_lzma_member_with_excessive_memory_is_refused(path, place, value, what):
    data = bytearray(write_zip(path, {"a": b"12345"}, method=zipfile.ZIP_LZMA).read_bytes())
    start = data_of(data, "a") + place
    data[start : start + len(value)] = value
    path.write_bytes(data)
    refused(path, "'a'", what)


def test_directory_entry_of_another_member_is_detected(whole):
    patch_directory(whole, FILE, 42, "<I", 3)
    patch_directory(whole, FILE, 20, "<I", 0)
    refused(whole, "same bytes")


def test_directory_entry_without_member_is_detected(path):
    write_zip(path, {"a.txt": b"12345"})
    patch_directory(path, "a.txt", 42, "<I", 1)
    refused(path, "'a.txt'", "not where")


def test_directory_entry_with_another_name_is_detected(path):
    write_zip(path, {"a.txt": b"12345"})
    data = path.read_bytes()
    place = directory_entry(data, "a.txt") + 46
    path.write_bytes(data[:place] + b"b" + data[place + 1 :])
    refused(path, "'b.txt'", "different name")


@pytest.mark.parametrize(("offset", "value"), [(20, 10**6), (42, 10**6)])
def test_member_beyond_the_end_of_the_file_is_detected(path, offset, value):
    write_zip(path, {"a.txt": b"12345"})
    patch_directory(path, "a.txt", offset, "<I", value)
    refused(path, "'a.txt'", "outside the file")


def test_member_before_the_start_of_the_file_is_detected(path):
    """The directory's own place in the file, said too large, moves all others down."""
    write_zip(path, {"a.txt": b"12345"})
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    (place,) = struct.unpack_from("<I", data, end + 16)
    struct.pack_into("<I", data, end + 16, place + 10)
    path.write_bytes(data)
    refused(path, "'a.txt'", "outside the file")


def test_overlapping_members_are_detected(path):
    """A ZIP of this kind unfolds a kernel of a few MB thousands of times."""
    write_zip(path, {"a.txt": bytes(10_000), "b.txt": bytes(10_000)})
    data = path.read_bytes()
    (place,) = struct.unpack_from("<I", data, directory_entry(data, "b.txt") + 42)
    patch_directory(path, "a.txt", 20, "<I", place - 30 - len("a.txt") + 1)
    refused(path, "gives 'a.txt' and 'b.txt' the same bytes")


def test_file_truncated_while_open_is_detected(whole):
    archive = ExportArchive.open(whole)
    data = whole.read_bytes()
    whole.write_bytes(data[: data_of(data, FILE) + 3])
    with (
        archive.open_file("files/sub1_i2_0.jpg") as file,
        pytest.raises(CorruptArchiveError, match="the file ends within it"),
    ):
        file.read()
    for size in (20, 0):
        whole.write_bytes(data[:size])
        with pytest.raises(CorruptArchiveError, match="is not where"):
            list(archive.responses())


@pytest.mark.parametrize("call", ["read", "seek"])
def test_unreadable_disk_raises(whole, monkeypatch, call):
    archive = ExportArchive.open(whole)

    class Broken(io.BytesIO):
        def refuse(self, *_):
            raise OSError(5, "Input/output error")

    setattr(Broken, call, Broken.refuse)
    monkeypatch.setattr(type(whole), "open", lambda *args, **kwargs: Broken())
    with pytest.raises(StorageError, match=r"export\.zip cannot be read: Input/output error"):
        list(archive.responses())


def test_disk_error_is_not_reported_as_damage(whole, monkeypatch):
    read = zipfile.ZipFile

    def failing(stream):
        read(stream)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(zipfile, "ZipFile", failing)
    with pytest.raises(StorageError, match=r"export\.zip cannot be read: .* Check the disk"):
        ExportArchive.open(whole)


def test_files_are_closed(whole):
    archive = ExportArchive.open(whole)
    verify_zip(whole)
    list(archive.responses())
    next(archive.responses())
    archive.metadata  # noqa: B018 - reads
    with archive.open_file("README.md") as file:
        file.read(1)
    gc.collect()
    held = [thing for thing in gc.get_objects() if isinstance(thing, io.FileIO)]
    assert not [thing for thing in held if not thing.closed and thing.name == str(whole)]


# In several threads


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
