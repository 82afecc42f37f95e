"""Answers and the files that they name."""

import pytest
from prolific_exports import ArchiveError, ExportArchive, summarise

from archive.builders import SUBMISSION, json_lines, write_zip


def uploaded(*paths, **more):
    files = [{"name": "n", "path": path, **more} for path in paths]
    return SUBMISSION | {"responses": {"i2": {"type": "file_upload", "files": files}}}


@pytest.fixture
def archive_of(tmp_path):
    def build(files, *records):
        members = {"responses.jsonl": json_lines(*records)} | dict.fromkeys(files, b"1")
        return ExportArchive.open(write_zip(tmp_path / "x.zip", members))

    return build


@pytest.mark.parametrize(
    ("files", "path", "found"),
    [
        (["files/a.jpg"], "files/a.jpg", "files/a.jpg"),
        (["files/a.jpg"], "files/A.JPG", "files/a.jpg"),
        (["files/pi\u00e8ce"], "files/pie\u0300ce", "files/pi\u00e8ce"),
        (["files/pie\u0300ce"], "FILES/PI\u00c8CE", "files/pie\u0300ce"),
        (["files/a", "files/A"], "files/A", "files/A"),
        (["files/a.", "files/a_"], "files/a.", "files/a."),
        # Either could be meant.
        (["files/ab", "files/AB"], "files/Ab", None),
        (["files/ab", "files/AB", "files/aB"], "files/Ab", None),
        (["files/a"], "files/b", None),
        (["files/a"], "../files/a", None),
        (["files/a"], "", None),
        (["files/a"], "files/\ud800", None),
        (["files/a/"], "files/a", None),
        (["a"], "a", None),
    ],
)
def test_find_path_of_an_answer_returns_the_file(archive_of, files, path, found):
    archive = archive_of(files, uploaded(path))
    file = archive.find(path)
    assert (file and file.path) == found
    missing = [] if found else [path]
    assert list(archive.missing_files()) == missing
    assert summarise(archive).missing_files == len(missing)


def test_open_file_opens_a_variant(archive_of):
    archive = archive_of(["files/Photo.jpg"])
    with archive.open_file("files/photo.JPG") as file:
        assert file.read() == b"1"
    with pytest.raises(ArchiveError, match="has no file"):
        archive.open_file("files/photo.png")


def test_missing_files_of_odd_answers_have_text_paths(archive_of):
    odd = {
        "a": 5,
        "b": {"type": "file_upload"},
        "c": {"type": "file_upload", "files": [5, {"path": 5}, {}, {"path": "files/x", "new": 1}]},
        "d": {"type": "free_text", "files": [{"path": "files/y"}]},
    }
    batch = {"submission_id": "s", "tasks": [{"responses": odd}, {"responses": odd}]}
    archive = archive_of([], SUBMISSION | {"responses": odd}, batch, {"files": []}, 5)
    assert list(archive.missing_files()) == ["files/x"] * 3


def test_missing_files_reads_names_written_as_escapes(tmp_path):
    line = b'{"submission_id":"s","responses":{"i":{"type":"file_upload",'
    line += rb'"\u0066iles":[{"path":"files/x"}]}}}'
    archive = ExportArchive.open(write_zip(tmp_path / "x.zip", {"responses.jsonl": line}))
    assert list(archive.missing_files()) == ["files/x"]
