"""Damage that verifying detects."""

import contextlib
import os
import struct
import zipfile
import zlib

import pytest
from helpers.damaged_archives import PACKED_OTHERWISE, RECORDS, SMALL, refused, unreadable
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import ArchiveError, CorruptArchiveError, ExportArchive, summarise, verify_zip
from prolific_exports._archive._decoders import PIECE

from archive.builders import (
    ROOT,
    collection_members,
    data_of,
    directory_entry,
    patch_directory,
    patch_member,
    write_zip,
)

FILE = f"{ROOT}files/sub1_i2_0.jpg"


pytestmark = pytest.mark.usefixtures("codec")


def deflated(content, level=-1):
    compress = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return compress.compress(content) + compress.flush()


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
