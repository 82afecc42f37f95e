"""The smaller archive of responses only: how it is written and read."""

import io
import json
import struct
import tracemalloc
import zipfile
import zlib
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import (
    ArchiveError,
    CorruptArchiveError,
    ExportArchive,
    Member,
    UnreadableMemberError,
    UnsafeArchiveError,
    summarise,
    verify_zip,
)
from prolific_exports._archive import _not_downloaded, _selected_archive
from prolific_exports._archive._directory import members_of, read_members
from prolific_exports._archive._reader import inspect_export
from prolific_exports._archive._selected_archive import (
    MemberSelection,
    check_members,
    select_responses,
    write_selection,
)
from prolific_exports._archive._sparse_file import SparseFile
from prolific_exports._page._page_files import PageFiles

from archive.builders import PHOTO, ROOT, collection_members, patch_member, write_zip

LIST = f"{ROOT}not-downloaded.jsonl"
FILE = "files/sub1_i2_0.jpg"


def selected(path, target):
    """Write the responses of an archive to another file."""
    output = io.BytesIO()
    with path.open("rb") as stream:
        selection = select_responses(path, read_members(path))
        size = write_selection(path, stream, selection, output.write)
    assert size == len(output.getvalue())
    target.write_bytes(output.getvalue())
    return target


@pytest.fixture
def whole(tmp_path):
    return write_zip(tmp_path / "whole.zip", collection_members())


@pytest.fixture
def archive(whole, tmp_path):
    return ExportArchive.open(selected(whole, tmp_path / "responses.zip"))


def test_selected_archive_has_the_same_responses_and_metadata(whole, archive):
    original = ExportArchive.open(whole)
    assert verify_zip(archive.path).members == 4
    assert (archive.kind, archive.root) == (original.kind, original.root)
    assert list(archive.responses()) == list(original.responses())
    assert archive.metadata == original.metadata
    assert list(archive.table().rows()) == list(original.table().rows())


def test_members_keep_their_compressed_data(whole, archive):
    before = {member.name: member for member in read_members(whole)}
    data, copied = whole.read_bytes(), archive.path.read_bytes()
    for member in archive.members[:-1]:
        old = before[member.name]
        assert (member.crc, member.size, member.mode) == (old.crc, old.size, old.mode)
        start = old.offset + 30 + len(old.stored_name)
        place = member.offset + 30 + len(member.stored_name)
        size = member.compressed_size
        assert copied[place : place + size] == data[start : start + size]


def test_uploaded_files_are_listed_as_not_downloaded(archive):
    [file] = archive.files
    assert (file.path, file.size, file.is_downloaded) == (FILE, len(PHOTO), False)
    assert file.extracted_path == FILE
    assert archive.find(FILE) == file
    assert list(archive.missing_files()) == []
    assert archive.renamed == {}


def test_uploaded_file_of_a_whole_archive_is_downloaded(whole):
    assert [file.is_downloaded for file in ExportArchive.open(whole).files] == [True]


@pytest.mark.parametrize("path", [FILE, FILE.upper().replace("FILES", "files")])
def test_opening_a_file_that_was_not_downloaded_names_the_next_step(archive, path):
    with pytest.raises(ArchiveError, match=r"with --only responses .*Download the whole archive"):
        archive.open_file(path)


def test_extracting_writes_everything_that_is_there(archive, tmp_path):
    folder = archive.extract(tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "collection.json",
        "not-downloaded.jsonl",
        "responses.jsonl",
    ]


def test_table_with_files_counts_those_that_were_not_downloaded(archive, tmp_path):
    table = archive.table(files=tmp_path / "files")
    summary = table.write(tmp_path / "t.csv")
    assert summary.missing_files == 1
    assert FILE in (tmp_path / "t.csv").read_text(encoding="utf-8")


def test_summary_has_the_files_of_the_export(archive, whole):
    summary = summarise(archive)
    assert (summary.files, summary.files_size, summary.missing_files) == (1, len(PHOTO), 0)
    assert summary.files_not_downloaded == 1
    assert summarise(ExportArchive.open(whole)).files_not_downloaded == 0


def test_other_programs_read_it_and_see_the_mark(archive):
    with zipfile.ZipFile(archive.path) as file:
        assert file.testzip() is None
        assert b"not-downloaded.jsonl" in file.comment
        [line] = file.read(LIST).splitlines()
        assert json.loads(line) == {
            "path": FILE,
            "size": len(PHOTO),
            "crc32": zlib.crc32(PHOTO),
        }


def test_selection_of_a_selected_archive_is_refused(archive):
    with pytest.raises(ArchiveError, match="a name that is reserved"):
        select_responses(archive.path, archive.members)


def test_archive_without_uploads_has_an_empty_list(tmp_path):
    files = {name: data for name, data in collection_members().items() if "/files/" not in name}
    whole = write_zip(tmp_path / "whole.zip", files)
    archive = ExportArchive.open(selected(whole, tmp_path / "responses.zip"))
    assert archive.files == ()
    assert LIST in {member.name for member in archive.members}


def test_folder_of_the_uploads_is_left_out(tmp_path):
    files = {ROOT: b"", f"{ROOT}files/": b"", **collection_members()}
    whole = write_zip(tmp_path / "whole.zip", files)
    archive = ExportArchive.open(selected(whole, tmp_path / "responses.zip"))
    assert [member.name for member in archive.members] == [
        ROOT,
        f"{ROOT}responses.jsonl",
        f"{ROOT}collection.json",
        f"{ROOT}README.md",
        LIST,
    ]
    assert len(archive.files) == 1


def test_root_folder_with_other_letters_keeps_its_name(tmp_path):
    root = "é/"
    whole = write_zip(tmp_path / "whole.zip", collection_members(root=root))
    archive = ExportArchive.open(selected(whole, tmp_path / "responses.zip"))
    assert (archive.root, len(archive.files)) == ("é", 1)


DAMAGED = [
    b"[]\n",
    b"nonsense\n",
    b'{"path": "files/a", "size": 1}\n',
    b'{"path": "files/a", "size": -1, "crc32": 1}\n',
    b'{"path": "files/a", "size": true, "crc32": 1}\n',
    b'{"path": "files/a", "size": 1, "crc32": 4294967296}\n',
    b'{"path": "other/a", "size": 1, "crc32": 1}\n',
    b'{"path": 1, "size": 1, "crc32": 1}\n',
]


@pytest.mark.parametrize("content", DAMAGED, ids=str)
def test_damaged_list_is_refused_when_the_archive_is_opened(tmp_path, content):
    path = write_zip(tmp_path / "a.zip", {**collection_members(), LIST: content})
    with pytest.raises(CorruptArchiveError, match=r"not-downloaded\.jsonl"):
        ExportArchive.open(path)


def test_list_with_too_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_not_downloaded, "_MOST_FILES", 2)
    line = b'{"path": "files/a", "size": 1, "crc32": 1}\n'
    for count in (2, 3):
        path = write_zip(tmp_path / f"{count}.zip", {**collection_members(), LIST: line * count})
        if count == 2:
            assert len(ExportArchive.open(path).files) == 3
        else:
            with pytest.raises(UnsafeArchiveError, match="lists more than 2 files"):
                ExportArchive.open(path)


def test_encrypted_member_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", collection_members())
    patch_member(path, f"{ROOT}responses.jsonl", 8, "<H", 1)
    with pytest.raises(UnreadableMemberError, match="is encrypted"):
        selected(path, tmp_path / "b.zip")


def test_checksums_are_compared(whole):
    members = read_members(whole)
    with whole.open("rb") as stream:
        check_members(whole, stream, members)
    data = bytearray(whole.read_bytes())
    data[members[0].offset + 60] ^= 1
    whole.write_bytes(data)
    with whole.open("rb") as stream, pytest.raises(CorruptArchiveError):
        check_members(whole, stream, members)


def test_descriptor_is_not_copied(tmp_path):
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in collection_members().items():
            file.writestr(name, content)
    whole = tmp_path / "whole.zip"
    whole.write_bytes(stream.getvalue())
    assert read_members(whole)[0].flags & 8
    archive = ExportArchive.open(selected(whole, tmp_path / "responses.zip"))
    assert not any(member.flags & 8 for member in archive.members)
    verify_zip(archive.path)


class Unseekable(io.BytesIO):
    """Makes zipfile write sizes behind the data."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation


def large_member(name, size, offset):
    return Member(name, size, size, 7, 0, 0, 0o100644, offset, name.encode())


def test_sizes_beyond_32_bits_are_written_as_zip64(tmp_path):
    """The bytes themselves would take too long to write."""
    member = large_member("a", 5 << 30, 0)
    header = _selected_archive._local_header(member)
    assert struct.unpack_from("<LL", header, 18) == (0xFFFFFFFF, 0xFFFFFFFF)
    assert header.endswith(struct.pack("<HHQQ", 1, 16, 5 << 30, 5 << 30))
    entry = _selected_archive._directory_entry(member)
    start = len(header) + (5 << 30)
    end = entry + _selected_archive._end(1, start, len(entry))
    stream = SparseFile(start + len(end))
    stream.add(0, header)
    stream.add_range(len(header), start, lambda _, size: bytes(size))
    stream.add(start, end)
    assert members_of(tmp_path / "a.zip", stream) == (member,)


@pytest.mark.parametrize("count", [2, 0xFFFF, 0x10003])
def test_many_members_are_written_as_zip64(tmp_path, count):
    output = io.BytesIO()
    writer = _selected_archive._ZipWriter(output.write)
    for number in range(count):
        writer.add(large_member(f"files/{number}", 0, 0), [])
    writer.finish()
    path = tmp_path / "a.zip"
    path.write_bytes(output.getvalue())
    assert len(read_members(path)) == count
    assert (b"PK\x06\x06" in output.getvalue()) == (count >= 0xFFFF)


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"),
            min_size=1,
            max_size=8,
        ),
        st.binary(max_size=300),
        max_size=6,
    ),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    st.sampled_from(["", "root/", "Über uns/"]),
)
def test_any_archive_is_split_into_what_is_there_and_what_is_listed(files, method, root):
    members = {
        f"{root}responses.jsonl": b"{}\n",
        **{f"{root}files/{name}": content for name, content in files.items()},
        **{f"{root}x{name}": content for name, content in files.items()},
    }
    source = io.BytesIO()
    with zipfile.ZipFile(source, "w", method) as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(name), content, method)
    path = Path("a.zip")
    selection = select_responses(path, members_of(path, source))
    output = io.BytesIO()
    write_selection(path, source, selection, output.write)
    with zipfile.ZipFile(output) as file:
        there = {name: file.read(name) for name in file.namelist()}
    listed = [json.loads(line) for line in there.pop(f"{root}not-downloaded.jsonl").splitlines()]
    assert there == {n: c for n, c in members.items() if not n.startswith(f"{root}files/")}
    assert {one["path"]: one["size"] for one in listed} == {
        f"files/{name}": len(content) for name, content in files.items()
    }
    assert isinstance(selection, MemberSelection)


def test_page_counts_files_that_were_not_downloaded_as_missing(archive):
    files = PageFiles([archive])
    assert files.number(0, FILE) is None
    assert (files.missing, files.files) == (1, [])


def test_archive_says_which_part_it_is(archive, whole):
    assert (archive.only, ExportArchive.open(whole).only) == ("responses", None)


def test_part_is_used_again_only_where_a_part_is_wanted(archive, whole):
    inspect = partial(inspect_export, kind="collection", resource_id="col1", verify=True)
    assert inspect(archive.path, only="responses") == inspect(whole)
    assert inspect(whole, only="responses") == inspect(whole)
    with pytest.raises(ArchiveError, match="has only the responses, not the uploaded files"):
        inspect(archive.path)


def test_large_member_is_copied_in_pieces(tmp_path):
    size = 64 << 20
    header = _selected_archive._local_header(large_member("responses.jsonl", size, 0))
    stream = SparseFile(len(header) + size)
    stream.add(0, header)
    stream.add_range(len(header), stream.size, lambda _, size: bytes(size))
    selection = MemberSelection((large_member("responses.jsonl", size, 0),), (), "")
    written = []
    tracemalloc.start()
    try:
        write_selection(
            tmp_path / "a.zip", stream, selection, lambda data: written.append(len(data))
        )
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert sum(written) > size


def test_files_that_were_not_downloaded_are_not_renamed_and_not_missed(tmp_path, recwarn):
    name = f"{ROOT}files/CON"
    whole = write_zip(tmp_path / "whole.zip", {**collection_members(), name: b"x"})
    archive = ExportArchive.open(selected(whole, tmp_path / "responses.zip"))
    assert archive.files[1].extracted_path != "files/CON"
    assert archive.downloaded_files == ()
    assert len(ExportArchive.open(whole).downloaded_files) == 2
    table = archive.table(files=tmp_path / "files")
    assert table.write(tmp_path / "t.csv").renamed_files == 0
    assert table.to_arrow().num_rows == 2
    assert not recwarn.list


def test_notebook_shows_that_only_the_responses_are_there(archive, whole):
    assert "responses only" in archive._repr_html_()
    assert "responses only" not in ExportArchive.open(whole)._repr_html_()
