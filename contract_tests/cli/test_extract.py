"""``prolific-exports extract``, and what all commands do with files that they rename."""

import json
from pathlib import Path

import pytest
from archive.builders import (
    PHOTO,
    SUBMISSION,
    collection_members,
    write_zip,
)


def test_extract_prints_the_folder(cli, folder, export):
    outcome = cli("extract", "export.zip", "data")
    assert (outcome.code, outcome.out, outcome.err) == (0, "data\n", "")
    assert (folder / "data/files/sub1_i2_0.jpg").read_bytes() == PHOTO


def test_extract_archive_that_writes_elsewhere_is_refused(cli, folder):
    write_zip(folder / "evil.zip", {"../\x1b[31mevil": b""})
    outcome = cli("extract", "evil.zip", "data")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("prolific-exports: error: evil.zip: ")
    assert "\x1b" not in outcome.err
    assert [path.name for path in folder.iterdir()] == ["evil.zip"]


@pytest.mark.parametrize("command", [["extract", "x.zip", "data"], ["show", "x.zip"]])
def test_file_that_is_not_an_archive_prints_one_line(cli, folder, command):
    for content in (None, b"", b"PK\x03\x04 cut"):
        if content is not None:
            (folder / "x.zip").write_bytes(content)
        outcome = cli(*command)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith("prolific-exports: error: x.zip ")
        assert outcome.err.count("\n") == 1


ODD = [("files/sub1_i2_0.", b"1"), ("files/Photo.jpg", b"2"), ("files/photo.JPG", b"3")]
RENAMED = [
    {"from": "files/sub1_i2_0.", "to": "files/sub1_i2_0_"},
    {"from": "files/photo.JPG", "to": "files/photo_2.JPG"},
]


@pytest.fixture
def odd(folder):
    """An archive with files that not every system can hold, and answers that name others."""
    paths = ["files/sub1_i2_0.", "files/photo.JPG", "files/none.jpg", "files/pi\u00e8ce"]
    named = [{"name": "a", "path": path} for path in paths]
    answer = {"type": "file_upload", "description": "Show it", "files": named}
    record = SUBMISSION | {"responses": {"i2": answer}}
    members = collection_members(record, root="")
    del members["files/sub1_i2_0.jpg"]
    # As macOS writes it.
    members |= dict(ODD) | {"files/pie\u0300ce": b"4"}
    return write_zip(folder / "odd.zip", members)


def test_extract_reports_renamed_and_missing_files(cli, folder, odd):
    outcome = cli("extract", "odd.zip", "data")
    assert (outcome.code, outcome.out) == (0, "data\n")
    assert outcome.err.splitlines() == [
        (
            "2 files renamed because some systems cannot store the original name: "
            "files/sub1_i2_0. is now files/sub1_i2_0_; files/photo.JPG is now files/photo_2.JPG"
        ),
        "1 file that answers refer to is not in the archive",
    ]
    assert (folder / "data/files/photo_2.JPG").read_bytes() == b"3"


def test_extract_shows_few_of_many_renamed_files(cli, folder):
    write_zip(folder / "x.zip", {f"files/{number}.": b"" for number in range(5)})
    outcome = cli("extract", "x.zip", "data")
    assert outcome.err.splitlines() == [
        (
            "5 files renamed because some systems cannot store the original name: "
            "files/0. is now files/0_; files/1. is now files/1_; files/2. is now files/2_; "
            "and 2 more"
        )
    ]


def test_extract_as_json(cli, odd, export):
    assert cli("extract", "odd.zip", "data", "--json").json == {
        "extracted_to": "data",
        "renamed": RENAMED,
        "missing_files": 1,
        "seconds": 0.0,
        "error": None,
    }
    outcome = cli("extract", "export.zip", "data", "--json")
    assert outcome.code == 1
    assert outcome.json["error"].pop("message").startswith("data exists")
    assert outcome.json | {"error": 0} == {
        "extracted_to": None,
        "renamed": None,
        "missing_files": None,
        "seconds": None,
        "error": 0,
    }


def test_extract_without_readable_records_does_not_count_missing_files(cli, folder):
    for number, records in enumerate([b"{", None]):
        members = {"files/a": b"1"} | ({"responses.jsonl": records} if records else {})
        write_zip(folder / "x.zip", members)
        outcome = cli("extract", "x.zip", f"data{number}", "--json")
        assert (outcome.code, outcome.err) == (0, "")
        assert (outcome.json["renamed"], outcome.json["missing_files"]) == (
            [],
            None if records is None else 0,
        )


def test_extract_with_strict_names_refuses(cli, folder, odd):
    outcome = cli("extract", "odd.zip", "data", "--names", "strict")
    assert (outcome.code, outcome.out) == (1, "")
    assert "has a name that some systems cannot store" in outcome.err
    assert not (folder / "data").exists()


def test_show_reports_renamed_and_missing_files(cli, odd):
    lines = [line.strip() for line in cli("show", "odd.zip").out.splitlines()]
    assert "extract renames 2 files: some systems cannot store their names" in lines
    assert "1 file that answers refer to is not in the archive" in lines
    archive = cli("show", "odd.zip", "--json").json["archive"]
    assert (archive["missing_files"], archive["renamed_files"]) == (1, 2)


@pytest.mark.parametrize("shape", ["long", "wide"])
def test_table_with_files_points_to_renamed_files_and_counts_missing_ones(cli, odd, shape):
    outcome = cli("table", "odd.zip", "o.jsonl", "--files", "up", "--shape", shape)
    assert outcome.code == 0
    assert outcome.err.endswith(
        "; 2 files renamed because some systems cannot store the original name; "
        "1 file that answers refer to is not in the archive\n"
    )
    rows = [json.loads(line) for line in Path("o.jsonl").read_text("utf-8").splitlines()]
    paths = (
        [row["file_path"] for row in rows]
        if shape == "long"
        else [file["path"] for file in rows[0]["Show it"]]
    )
    *found, missing, composed = paths
    assert [Path(path).read_bytes() for path in (*found, composed)] == [b"1", b"3", b"4"]
    assert missing == "files/none.jpg"


def test_table_with_strict_names_refuses(cli, folder, odd):
    outcome = cli("table", "odd.zip", "o.csv", "--files", "up", "--names", "strict")
    assert outcome.code == 1
    assert [path.name for path in folder.iterdir()] == ["odd.zip"]
