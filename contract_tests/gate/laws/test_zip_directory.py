import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prolific_contract.gate.trace._zip_directory import (
    TAIL,
    Damaged,
    Directory,
    FilePart,
    MissingBytes,
    directory_start,
    read_directory,
)

NAMES = ("root/collection.json", "root/responses.jsonl", "root/files/bild-größe.png")


def archive(names=NAMES, *, comment=b"", prefix=b"", filler=b"x" * 50) -> bytes:
    file = io.BytesIO()
    file.write(prefix)
    with zipfile.ZipFile(file, "a") as zipped:
        for name in names:
            # Of one date, so that the ids of tests are the same in every process.
            zipped.writestr(zipfile.ZipInfo(name, (2026, 3, 19, 10, 30, 0)), filler)
        zipped.comment = comment
    return file.getvalue()


def archive64(names=NAMES, *, sector=b"") -> bytes:
    """As `archive`, with the records that archives beyond 4 GiB have."""
    data = archive(names)
    at = data.rfind(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", data, at + 10)
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44 + len(sector), 45, 45, 0, 0, count, count, size, offset
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:at] + record + sector + locator + end


def read(data: bytes, *spans: tuple[int, int]):
    return read_directory([FilePart(a, data[a:b]) for a, b in spans], len(data))


def names_in(data: bytes) -> tuple[str, ...]:
    reading = read(data, (0, len(data)))
    assert isinstance(reading, Directory)
    return reading.names


@pytest.mark.parametrize(
    "data",
    [
        archive(),
        archive(comment=b"PK\x05\x06 is how a directory ends"),
        archive(comment=b"c" * 65535),
        archive(prefix=b"#!/bin/sh\n"),
        archive64(),
        archive64(sector=b"extensible data"),
    ],
    ids=["plain", "signature in comment", "long comment", "prefix", "zip64", "zip64 sector"],
)
def test_complete_file_has_its_members(data):
    assert names_in(data) == NAMES


def test_empty_archive_has_no_members():
    assert read(archive(()), (0, 22)) == Directory(())


@given(st.data())
def test_requested_bytes_suffice_for_any_known_parts(data):
    content = data.draw(
        st.sampled_from(
            [
                archive(),
                archive64(),
                archive(comment=b"c" * 65535),
                archive64([f"a/{n}" for n in range(30)]),
            ]
        )
    )
    size = len(content)
    spans = data.draw(st.lists(st.tuples(st.integers(0, size), st.integers(0, size)), max_size=4))
    reading = None
    for _ in range(5):
        reading = read(content, *spans)
        if not isinstance(reading, MissingBytes):
            break
        assert 0 <= reading.start < reading.stop <= size
        spans.append((reading.start, reading.stop))
    assert isinstance(reading, Directory)


def test_end_record_alone_requests_the_zip64_locator_and_then_the_directory():
    content = archive()
    end, directory = len(content) - 22, content.index(b"PK\1\2")
    locator = end - 20
    assert read(content, (end, len(content))) == MissingBytes(locator, end)
    assert read(content, (locator, len(content))) == MissingBytes(directory, end)


@pytest.mark.parametrize("known", [22, 22 + 20, 22 + 20 + 56])
def test_each_end_record_of_a_zip64_archive_is_requested(known):
    content = archive64()
    reading = read(content, (len(content) - known, len(content)))
    assert isinstance(reading, MissingBytes)
    assert reading.start < len(content) - known


def test_directory_start_is_known_from_the_end_record():
    content = archive()
    at = content.index(b"PK\x01\x02")
    end = FilePart(len(content) - 42, content[-42:])
    assert directory_start([end], len(content)) == at
    assert directory_start([], len(content)) is None


def test_no_known_parts_requests_the_tail():
    assert read_directory([], 10**12) == MissingBytes(10**12 - TAIL, 10**12)
    assert read_directory([], 30) == MissingBytes(0, 30)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!doctype html><p>Sign in", "does not end with the end record of a ZIP file"),
        (b"", "does not end with the end record of a ZIP file"),
        (archive()[:-1], "does not end with the end record of a ZIP file"),
        (archive()[:-22], "does not end with the end record of a ZIP file"),
        (archive()[:-10], "does not end with the end record of a ZIP file"),
        (archive()[7:], "is 7 bytes shorter than its directory says"),
        (archive64()[7:], "is shorter than its directory says"),
        (
            archive64().replace(b"PK\x06\x06", b"PK\x06\x05"),
            "has no ZIP64 record at the stated offset",
        ),
        (archive().replace(b"PK\x01\x02", b"PK\x01\x03"), "has a directory that can't be read"),
    ],
)
def test_damaged_file_has_its_reason(data, reason):
    assert read(data, (0, len(data))) == Damaged(reason)


def test_directory_that_ends_within_an_entry_is_damaged():
    entry = b"PK\x01\x02" + b"\0" * 20
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), 0, 0)
    assert read(entry + end, (0, 46)) == Damaged("has a directory that can't be read")


@given(
    st.lists(st.tuples(st.integers(0, 90), st.binary(max_size=90)), max_size=4), st.integers(0, 99)
)
def test_arbitrary_bytes_never_raise(parts, size):
    reading = read_directory([FilePart(start, data) for start, data in parts], size)
    assert isinstance(reading, Directory | MissingBytes | Damaged)


def test_names_are_decoded_with_the_members_encoding():
    content = archive(("a",)).replace(b"a", b"\x81")
    assert names_in(content) == ("ü",)
