"""Verifying an archive: which ones pass, whatever their form, and what can't be read."""

import contextlib
import gc
import io
import lzma
import os
import sys
import tracemalloc
import zipfile
import zlib

import pytest
from helpers.damaged_archives import PACKED_OTHERWISE, RECORDS, SMALL, refused, unreadable
from prolific_exports import (
    ArchiveError,
    CorruptArchiveError,
    ExportArchive,
    StorageError,
    ZipSummary,
    verify_zip,
)

from archive.builders import collection_members, data_of, patch_directory, write_zip

pytestmark = pytest.mark.usefixtures("codec")


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


@pytest.mark.parametrize(
    ("method", "module"), [(zipfile.ZIP_BZIP2, "bz2"), (zipfile.ZIP_LZMA, "lzma")]
)
def test_compression_method_missing_in_this_python_is_reported(path, method, module, monkeypatch):
    write_zip(path, SMALL, method=method)
    monkeypatch.setitem(sys.modules, module, None)
    unreadable(path, f"method {method}")


@pytest.mark.parametrize("method", PACKED_OTHERWISE)
def test_other_compression_methods_are_verified(path, method):
    members = {"a": os.urandom(70_000) + bytes(1_000_000), "b": b"", "c": b"1", "d/": b""}
    write_zip(path, members, method=method)
    assert verify_zip(path).size == 1_070_001
    archive = ExportArchive.open(path)
    for name in ("a", "b", "c"):
        with archive.open_file(name) as file:
            assert file.read() == members[name]


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
