"""``ExportArchive``: what is in the ZIP, read when it is asked for."""

import json
import math
import os
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import (
    ArchiveError,
    ArchiveFile,
    CorruptArchiveError,
    ExportArchive,
    FileUpload,
    Metadata,
    Submission,
    UnknownRecord,
    UnsafeArchiveError,
    UsageError,
)
from prolific_exports._archive import _json, _lines

from archive.builders import (
    METADATA,
    PHOTO,
    ROOT,
    SUBMISSION,
    collection_members,
    json_lines,
    patch_directory,
    write_zip,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export.zip"


@pytest.fixture
def collection(path):
    return ExportArchive.open(write_zip(path, collection_members()))


def with_lines(path, content):
    return ExportArchive.open(write_zip(path, {f"{ROOT}responses.jsonl": content}))


# What it is


def test_collection_has_its_metadata_records_and_files(collection, path):
    assert collection.kind == "collection"
    assert collection.root == ROOT[:-1]
    assert collection.path == path
    assert [member.name for member in collection.members] == list(collection_members())
    assert collection.files == (ArchiveFile("files/sub1_i2_0.jpg", len(PHOTO)),)
    assert collection.files[0].name == "sub1_i2_0.jpg"
    assert collection.metadata.id == "col1"
    assert collection.metadata.raw == METADATA


def test_archive_is_path_like(collection, path):
    assert os.fspath(collection) == str(path)
    assert Path(collection) == path
    with zipfile.ZipFile(Path(collection)) as archive:
        assert archive.testzip() is None


def test_archive_repr_shows_its_path(collection, path):
    assert repr(collection) == (
        f"<ExportArchive {str(path)!r}: collection, 4 members, 1 uploaded files>"
    )
    other = ExportArchive.open(write_zip(path, {"a": b""}))
    assert "unknown layout, 1 members" in repr(other)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["responses.jsonl"], "collection"),
        (["collection.json"], "collection"),
        (["batch.json"], "batch"),
        (["responses-by-submission.jsonl"], "batch"),
        (["responses-by-task.jsonl"], "batch"),
        (["collection.json", "batch.json"], None),
        (["README.md"], None),
        (["deeper/collection.json"], None),
        ([], None),
    ],
)
@pytest.mark.parametrize("root", ["", "some-root/"])
def test_kind_follows_from_members(path, names, kind, root):
    members = {f"{root}{name}": b"" for name in ["other", "files/x", *names]}
    archive = ExportArchive.open(write_zip(path, members))
    assert (archive.kind, archive.root) == (kind, root.removesuffix("/"))


@pytest.mark.parametrize(
    ("names", "root"),
    [
        (["a/b", "a/c/d"], "a"),
        (["a/", "a/b"], "a"),
        (["a/"], "a"),
        (["a/b", "c/d"], ""),
        (["a/b", "a.txt"], ""),
        (["a"], ""),
        (["a", "a/b"], ""),
        (["files/a", "files/b"], ""),
        (["/a", "/b"], ""),
        (["a/b", "__MACOSX/._a", "__MACOSX/a/._b"], "a"),
        (["files/b", "__MACOSX/files/._b"], ""),
        (["a", "__MACOSX/._a"], ""),
        (["__MACOSX/._a"], ""),
    ],
)
def test_root_is_the_common_folder_of_all_members(path, names, root):
    assert ExportArchive.open(write_zip(path, dict.fromkeys(names, b""))).root == root


def test_archive_repacked_by_macos_is_read(path):
    about = {f"__MACOSX/{ROOT}{name}": b"?" for name in ("._responses.jsonl", "files/._x.jpg")}
    again = ExportArchive.open(write_zip(path, collection_members() | about))
    assert (again.kind, again.metadata.id) == ("collection", "col1")
    assert again.files == (ArchiveFile("files/sub1_i2_0.jpg", len(PHOTO)),)
    assert len(list(again.responses())) == 1


def test_files_are_the_members_of_the_files_folder(path):
    members = {"r/files/": b"", "r/files/a.jpg": b"12", "r/files/b/c.jpg": b"3", "r/a.md": b"4"}
    assert ExportArchive.open(write_zip(path, members)).files == (
        ArchiveFile("files/a.jpg", 2),
        ArchiveFile("files/b/c.jpg", 1),
    )


# Metadata


def test_metadata_of_a_batch(path):
    members = {"r/batch.json": b'{"batch_id": "b1", "name": "A batch", "tasks": 3}'}
    metadata = ExportArchive.open(write_zip(path, members)).metadata
    assert (metadata.id, metadata.name, metadata.extra) == ("b1", "A batch", {"tasks": 3})


@pytest.mark.parametrize("names", [["responses.jsonl"], ["collection.json", "batch.json"], ["x"]])
def test_missing_metadata_are_empty(path, names):
    assert ExportArchive.open(write_zip(path, dict.fromkeys(names, b"{}"))).metadata == Metadata()


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf{}", b" \r\n{}\n"])
def test_metadata_with_bom_or_blanks_are_read(path, text):
    archive = ExportArchive.open(write_zip(path, {"collection.json": text}))
    assert archive.metadata == Metadata()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"[]", "is not a JSON object"),
        (b"", "is incomplete"),
        (b'{"name": "a', "is incomplete"),
        (b"{name: 1}", "is not JSON"),
        (b'{"name": "\xff"}', "is not UTF-8"),
    ],
)
def test_records_are_read_despite_unreadable_metadata(path, text, what):
    members = {**collection_members(), f"{ROOT}collection.json": text}
    archive = ExportArchive.open(write_zip(path, members))
    with pytest.raises(CorruptArchiveError, match=f"{ROOT}collection.json {what}"):
        archive.metadata  # noqa: B018 - reads
    assert len(list(archive.responses())) == 1


def test_oversized_metadata_are_refused(path, monkeypatch):
    monkeypatch.setattr(_json, "MAX_TEXT_SIZE", 1 << 20)
    archive = ExportArchive.open(write_zip(path, {"collection.json": bytes(2 << 20)}))
    with pytest.raises(UnsafeArchiveError, match=r"collection\.json has more than 1 MiB"):
        archive.metadata  # noqa: B018 - reads


# Records


def test_records_are_typed(collection):
    [record] = collection.responses()
    assert isinstance(record, Submission)
    upload = record.responses["i2"]
    assert isinstance(upload, FileUpload)
    with collection.open_file(upload.files[0].path) as file:
        assert file.read() == PHOTO


def test_records_are_read_one_at_a_time(path):
    lines = json_lines(SUBMISSION) * 10_000 + b"not JSON"
    records = with_lines(path, lines).responses()
    for _ in range(10_000):
        assert isinstance(next(records), Submission)
    with pytest.raises(CorruptArchiveError, match="line 10001"):
        next(records)


def test_batch_has_records_by_task_and_by_participant(path):
    task = {"task_id": "t1", "answers": [1, 2]}
    members = {
        "r/responses-by-submission.jsonl": json_lines(SUBMISSION, {"other": 1}),
        "r/responses-by-task.jsonl": json_lines(task),
    }
    archive = ExportArchive.open(write_zip(path, members))
    submission, unknown = archive.responses()
    assert isinstance(submission, Submission)
    assert unknown == UnknownRecord({"other": 1})
    assert list(archive.responses(by="submission")) == [submission, unknown]
    assert list(archive.responses(by="task")) == [UnknownRecord(task)]


def test_collection_has_no_records_by_task(collection):
    with pytest.raises(ArchiveError, match=r"no responses-by-task\.jsonl.*'collection\.json'"):
        collection.responses(by="task")


def test_unknown_records_by_value_is_refused(collection):
    with pytest.raises(UsageError, match="by='participant'"):
        collection.responses(by="participant")


def test_archive_without_records_is_an_error(path):
    archive = ExportArchive.open(write_zip(path, {f"{n}.txt": b"" for n in range(9)}))
    with pytest.raises(ArchiveError, match=r"'7\.txt', \.\.\.\.$") as caught:
        archive.responses()
    assert "no responses.jsonl and no responses-by-submission.jsonl" in str(caught.value)
    assert "8.txt" not in str(caught.value)
    eight = ExportArchive.open(write_zip(path, {f"{n}.txt": b"" for n in range(8)}))
    with pytest.raises(ArchiveError, match=r"'7\.txt'\.$"):
        eight.responses()
    with pytest.raises(ArchiveError, match="It has no files"):
        ExportArchive.open(write_zip(path, {"a/": b""})).responses()


def test_raw_records_are_dictionaries(collection):
    assert list(collection.records("responses.jsonl")) == [SUBMISSION]
    with pytest.raises(ArchiveError, match=r"no file 'responses\.json'"):
        collection.records("responses.json")


@pytest.mark.parametrize(
    "text",
    [
        b'\xef\xbb\xbf{"a": 1}\n{"a": 2}\n',
        b'{"a": 1}\r\n{"a": 2}\r\n',
        b'\n\n{"a": 1}\n \t\r\n{"a": 2}\n\n\n',
        b'{"a": 1}\n{"a": 2}',
        b'  {"a": 1}\n\t{"a": 2} ',
    ],
)
def test_json_lines_are_returned_unchanged(path, text):
    assert list(with_lines(path, text).records("responses.jsonl")) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("text", [b"", b"\n", b"\xef\xbb\xbf", b" \r\n\r\n"])
def test_empty_file_has_no_records(path, text):
    assert list(with_lines(path, text).responses()) == []


def test_strings_with_all_json_escapes_are_read(path):
    strings = ["\0", "\u2028\u2029\x85", "\ud800", "\ufeff", "😀", "a\nb\r"]
    archive = with_lines(path, json_lines(strings))
    assert list(archive.records("responses.jsonl")) == [strings]
    raw = json.dumps(strings, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert list(with_lines(path, raw).records("responses.jsonl")) == [strings]


def test_python_json_extensions_are_read(path):
    [record] = with_lines(path, b'{"a": 2, "b": NaN, "c": -Infinity}').records("responses.jsonl")
    assert record["a"] == 2
    assert math.isnan(record["b"])
    assert record["c"] == -math.inf


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"a": 1', "is incomplete"),
        (b'{"a": "text', "is incomplete"),
        (b'{"a":', "is incomplete"),
        (b"{'a': 1}", "is not JSON .*column 2"),
        (b'{"a": 1} {"b": 2}', "is not JSON .*Extra data"),
        (b'{"a": "\0"}', "is not JSON .*control character"),
        (b'{"a": "\xff"}', "is not UTF-8 text"),
        (b"1" * 5_000, "is beyond what Python reads"),
        (b"\xef\xbb\xbf{}", "is not JSON"),
    ],
)
def test_invalid_json_line_is_named_in_the_error(path, line, what):
    records = with_lines(path, json_lines(SUBMISSION) + b"\n" + line).responses()
    assert isinstance(next(records), Submission)
    with pytest.raises(CorruptArchiveError, match=f"{ROOT}responses.jsonl, line 3 {what}"):
        next(records)


@pytest.mark.parametrize("before", [b"", b"{}\n{}\n"])
@pytest.mark.parametrize("after", [b"", b"\n{}"])
def test_endless_line_is_refused(path, monkeypatch, before, after):
    monkeypatch.setattr(_lines, "MAX_TEXT_SIZE", 1 << 20)
    number = before.count(b"\n") + 1
    records = with_lines(path, before + b" " * (2 << 20) + after).records("responses.jsonl")
    with pytest.raises(UnsafeArchiveError, match=f"line {number}, is longer than 1 MiB"):
        list(records)


def test_line_of_the_largest_size_is_read(monkeypatch):
    monkeypatch.setattr(_json, "MAX_TEXT_SIZE", 4)
    monkeypatch.setattr(_lines, "MAX_TEXT_SIZE", 4)
    assert list(_json.read_json_lines([b"1234\n[1]\n"], "x")) == [1234, [1]]
    assert _json.read_json([b"12", b"34"], "x") == 1234


LINES = st.lists(
    st.sampled_from([b"{}", b"", b" ", b"[1]", b'"\\u2028"', '"\u2028"'.encode()]), max_size=9
)


@given(lines=LINES, cuts=st.lists(st.integers(0, 60)), end=st.sampled_from([b"\n", b"\r\n"]))
@settings(deadline=None)
def test_lines_are_independent_of_chunk_boundaries(lines, cuts, end):
    text = end.join(lines)
    places = [0, *sorted(cuts), len(text)]
    pieces = [text[a:b] for a, b in pairwise(places)]
    expected = [json.loads(line) for line in lines if line.strip()]
    assert list(_json.read_json_lines(pieces, "x")) == expected


# Files


def test_uploaded_files_are_opened_as_they_are_listed(collection):
    for listed in collection.files:
        with collection.open_file(listed) as file:
            assert file.read() == PHOTO
    assert collection.files


def test_file_is_read_in_chunks_of_any_size(collection):
    with collection.open_file("files/sub1_i2_0.jpg") as file:
        assert file.readable()
        assert not file.seekable()
        assert file.read(3) == PHOTO[:3]
        assert file.read1(5) == PHOTO[3:8]
        assert file.read() == PHOTO[8:]
        assert file.read() == b""
    assert file.closed


def test_large_file_is_read_in_bounded_memory(path):
    content = os.urandom(1_000_000)
    archive = ExportArchive.open(write_zip(path, {"files/large": content}))
    with archive.open_file("files/large") as file:
        assert b"".join(iter(lambda: file.read(99_999), b"")) == content


def test_text_file_is_read_line_by_line(collection):
    with collection.open_file("README.md") as file:
        assert list(file) == [b"# Read me\n"]


@pytest.mark.parametrize("name", ["nothing", "files", "files/", "", "../x", f"{ROOT}README.md"])
def test_missing_file_raises(collection, path, name):
    with pytest.raises(ArchiveError, match="has no file") as caught:
        collection.open_file(name)
    assert str(path) in str(caught.value)


def test_damaged_file_raises(collection):
    patch_directory(collection.path, f"{ROOT}README.md", 16, "<I", 1)
    with (
        ExportArchive.open(collection).open_file("README.md") as file,
        pytest.raises(CorruptArchiveError, match=r"README\.md.*checksum"),
    ):
        file.read()


def test_repeated_file_name_is_refused(path):
    write_zip(path, [("r/responses.jsonl", b""), ("r/a", b"1"), ("r/a", b"2")])
    archive = ExportArchive.open(path)
    assert list(archive.responses()) == []
    with pytest.raises(CorruptArchiveError, match="r/a occurs 2 times"):
        archive.open_file("a")
