"""Which bytes of an archive are read, what counts as damage, and how content is recorded."""

import io
import json
import struct
import zipfile

import pytest
from helpers.archive_contents import (
    PATH,
    ROOT,
    batch,
    members,
    packed,
    read,
)
from prolific_contract.gate.trace._archive_content import ArchiveContent, ContentFlaw
from prolific_contract.gate.trace._content_reader import (
    CONTENT_LIMIT,
    missing_content,
    read_content,
)
from prolific_contract.gate.trace._zip_directory import TAIL, FilePart, MissingBytes

# Damage.


def sums(member):
    return struct.pack("<3L", member.CRC, member.compress_size, member.file_size)


def damaged(name, **changed):
    data = packed(members())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = archive.getinfo(f"{ROOT}{name}")
    right = sums(member)
    for attribute, value in changed.items():
        setattr(member, attribute, getattr(member, attribute) + value)
    return data.replace(right, sums(member)), member


@pytest.mark.parametrize(
    ("name", "changed", "says"),
    [
        ("responses.jsonl", {"CRC": 1}, "responses.jsonl fails its CRC-32 check"),
        (PATH, {"CRC": 1}, "x9_xxxx_9.xxx fails its CRC-32 check"),
        ("README.md", {"CRC": 1}, "README.md fails its CRC-32 check"),
        ("collection.json", {"file_size": 1}, "collection.json has "),
    ],
)
def test_wrong_checksum_or_length_is_damage(name, changed, says):
    data, _ = damaged(name, **changed)
    found = read(data)
    (flaw,) = found.damaged
    assert flaw.about == "archive.field.zip"
    assert flaw.says.startswith(says)
    assert (found.read, found.flaws) == (3, ())


def test_length_is_stated_as_it_is_and_as_it_should_be():
    data, member = damaged("collection.json", file_size=1)
    (flaw,) = read(data).damaged
    length = member.file_size - 1
    assert flaw.says == f"collection.json has {length} bytes, and {length + 1} in the directory"


def test_data_that_cannot_be_decompressed_is_damage():
    data, member = damaged("responses.jsonl")
    start = member.header_offset + 30 + len(member.filename)
    wrong = data[:start] + b"\xff" * 4 + data[start + 4 :]
    (flaw,) = read(wrong).damaged
    assert flaw.says == "responses.jsonl can't be decompressed"


def test_local_header_that_is_not_one_is_damage():
    data, member = damaged("responses.jsonl")
    start = member.header_offset
    (flaw,) = read(data[:start] + b"XX" + data[start + 2 :]).damaged
    assert flaw.says == "responses.jsonl has a damaged header"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_compression_of_the_standard_library_is_read(method):
    found = read(packed(members(), method))
    assert (found.read, found.damaged, found.flaws) == (4, (), ())


@pytest.mark.parametrize("mark", [{"flag_bits": 1}, {"compress_type": 99}])
def test_encrypted_members_are_not_read(mark):
    target = io.BytesIO(packed({**members(), f"{ROOT}folder/": b""}))
    with zipfile.ZipFile(target, "a") as archive:
        for member in archive.infolist():
            for name, value in mark.items():
                setattr(member, name, value)
        archive.comment = b"sealed"
    assert read(target.getvalue()) == ArchiveContent()


def test_bomb_is_not_extracted():
    bomb = {f"{ROOT}{number}": bytes(9 * 1024 * 1024) for number in range(4)}
    found = read(packed({**bomb, **members()}))
    assert (found.read, found.damaged, found.flaws) == (3, (), ())
    assert found.records is None


def test_member_without_a_name_is_read():
    target = io.BytesIO(packed(members()))
    with zipfile.ZipFile(target, "a") as archive:
        member = zipfile.ZipInfo("x")
        member.filename = ""
        archive.writestr(member, b"content")
    assert read(target.getvalue()).read == 5


def test_file_without_a_directory_is_not_read():
    assert read(b"PK\3\4 and so on") is None
    assert read(b"") is None


# Which bytes are read.


def test_small_archive_is_read_whole():
    data = packed(members())
    size = len(data)
    assert missing_content([FilePart(size - 22, data[-22:])], size) == MissingBytes(0, size - 22)
    middle = FilePart(10, data[10:])
    assert missing_content([middle, FilePart(size - 9, data[-9:])], size) == MissingBytes(0, 10)
    assert missing_content([FilePart(0, data)], size) is None


def large(**changed):
    filler = {"a/first.bin": bytes(CONTENT_LIMIT), "z/last.bin": bytes(CONTENT_LIMIT)}
    first, last = filler.items()
    return packed(dict([first, *members(**changed).items(), last]), zipfile.ZIP_STORED)


def tail_of(data):
    start = len(data) - 2048
    return FilePart(start, data[start:])


def test_documented_members_of_a_large_archive_are_read():
    data = large(PATH=b"x")
    tail = tail_of(data)
    assert read_content([tail], len(data)) == ArchiveContent()

    wanted = missing_content([tail], len(data))
    assert 0 < wanted.start < wanted.stop < tail.start
    part = FilePart(wanted.start, data[wanted.start : wanted.stop])
    assert missing_content([tail, part], len(data)) is None
    found = read_content([tail, part], len(data))
    assert (found.read, found.records, found.damaged, found.flaws) == (2, 1, (), ())


def test_responses_that_are_too_long_are_not_requested():
    data = large(**{"responses.jsonl": bytes(CONTENT_LIMIT), "zzz": b""})
    assert missing_content([tail_of(data)], len(data)) is None


def test_large_file_without_documented_members_is_not_requested():
    data = packed({"a.bin": bytes(2 * CONTENT_LIMIT)}, zipfile.ZIP_STORED)
    assert missing_content([tail_of(data)], len(data)) is None
    assert missing_content([FilePart(0, b"PK")], 2 * CONTENT_LIMIT) is None


def test_documented_members_may_be_the_last():
    data = packed(
        {"a/first.bin": bytes(2 * CONTENT_LIMIT), **members(**{"README.md": None, PATH: None})},
        zipfile.ZIP_STORED,
    )
    assert len(data) > TAIL
    end = len(data) - 400
    tail = FilePart(end, data[end:])
    wanted = missing_content([tail], len(data))
    part = FilePart(wanted.start, data[wanted.start : wanted.stop])
    assert read_content([tail, part], len(data)).records == 1


# In a recording.


def test_content_survives_a_recording():
    for content in (ArchiveContent(), read(packed(members())), read(batch(b"[]\n"))):
        given = json.loads(json.dumps(content.as_json()))
        assert ArchiveContent.from_json(given) == content
    damage = ArchiveContent(damaged=(ContentFlaw("archive.field.zip", "x"),))
    assert ArchiveContent.from_json(damage.as_json()) == damage


@pytest.mark.parametrize("changed", [{"flaws": 7}, {"read": None}, {"times": None}])
def test_malformed_content_of_a_recording_is_an_error(changed):
    given = {**ArchiveContent().as_json(), **changed}
    with pytest.raises(ValueError, match="the content of an archive is malformed"):
        ArchiveContent.from_json(given)
    with pytest.raises(ValueError, match="malformed"):
        ArchiveContent.from_json({})
