"""``download --only responses``, and what other commands do with its archive."""

import json
import zipfile

import pytest
from helpers import api
from helpers.range_store import RangeStore, export_bytes
from helpers.three_jobs import A, B, files_in

UPLOADS = 8


@pytest.fixture
def served(store):
    """A store with a large archive for every export."""
    served = RangeStore(export_bytes(uploads=UPLOADS, upload_size=50_000))
    store.mock(side_effect=served.respond)
    return served


@pytest.fixture
def part(cli, ready, served, folder):
    """An archive with only the responses."""
    assert cli("download", "collection", A, "--only", "responses", "-o", "a.zip").code == 0
    return folder / "a.zip"


def test_only_responses_are_downloaded_and_counted(cli, ready, served, folder):
    outcome = cli("download", "collection", A, "--only", "responses", "--json")
    assert outcome.code == 0
    assert outcome.json["only"] == "responses"
    [result] = outcome.json["results"]
    assert result["path"].endswith("-responses.zip")
    assert result["size"] == (folder / result["path"]).stat().st_size
    assert result["transferred"] == served.sent < len(served.body) / 2
    assert result["records"] == 40
    with zipfile.ZipFile(folder / result["path"]) as archive:
        assert not any("/files/" in name for name in archive.namelist())


def test_only_responses_of_several_ids(cli, ready, served, folder):
    outcome = cli("download", "collection", A, B, "--only", "responses", "-o", "out/")
    assert outcome.code == 0
    names = [line.rpartition("/")[2] for line in outcome.out.splitlines()]
    assert [name.endswith("-responses.zip") for name in names] == [True, True]


def test_unknown_part_is_wrong_usage(cli, router):
    outcome = cli("download", "collection", A, "--only", "files")
    assert outcome.code == 2
    assert "responses" in outcome.err
    assert not router.calls


def test_store_without_ranges_is_reported(cli, ready, served):
    served.ranges = False
    outcome = cli("download", "collection", A, "--only", "responses", "-o", "a.zip")
    assert outcome.code == 0
    assert (
        "starting again from the first byte: the store sends no parts of it, so the whole archive "
        "is downloaded"
    ) in outcome.err


def test_resume_command_repeats_the_part(cli, ready, store):
    store.mock(return_value=api.error(503))
    outcome = cli("download", "collection", A, "--only", "responses", "--json")
    assert outcome.code == 1
    command = outcome.json["resume"]
    assert command[command.index("--only") + 1] == "responses"


def test_extracting_says_what_was_not_downloaded(cli, ready, served, folder):
    arguments = ("--only", "responses", "-o", "a.zip", "--extract", "data")
    outcome = cli("download", "collection", A, *arguments)
    assert outcome.code == 0
    note = f"{UPLOADS} uploaded files were not downloaded (--only responses)"
    assert f"collection {A}: {note}" in outcome.err
    assert files_in(folder / "data") == [
        "collection.json",
        "not-downloaded.jsonl",
        "responses.jsonl",
    ]
    extracted = cli("extract", "a.zip", "again")
    assert (extracted.code, note in extracted.err) == (0, True)


def test_show_counts_the_files_of_the_export(cli, part):
    outcome = cli("show", part)
    assert f"{UPLOADS} (400.0 kB)" in outcome.out
    assert f"{UPLOADS} uploaded files were not downloaded (--only responses)" in outcome.out
    archive = cli("show", part, "--json").json["archive"]
    assert (archive["files"], archive["files_not_downloaded"]) == (UPLOADS, UPLOADS)
    assert archive["missing_files"] == 0


def test_one_file_that_was_not_downloaded_is_counted_in_the_singular(cli, ready, store, folder):
    body = export_bytes(uploads=1, upload_size=10)
    store.mock(side_effect=RangeStore(body).respond)
    cli("download", "collection", A, "--only", "responses", "-o", "a.zip")
    assert "1 uploaded file was not downloaded" in cli("show", folder / "a.zip").out


def test_table_of_the_responses_is_that_of_the_whole_archive(cli, ready, served, part, folder):
    cli("download", "collection", A, "-o", "whole.zip")
    for name in ("a", "whole"):
        assert cli("table", folder / f"{name}.zip", folder / f"{name}.jsonl").code == 0
    rows = [(folder / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("a", "whole")]
    assert rows[0] == rows[1]
    assert json.loads(rows[0].splitlines()[0])["submission_id"] == "s1"


def test_whole_archive_replaces_the_responses_only_if_allowed(cli, ready, served, part):
    before = part.read_bytes()
    assert cli("download", "collection", A, "-o", "a.zip").code == 1
    assert part.read_bytes() == before
    assert cli("download", "collection", A, "-o", "a.zip", "--overwrite").code == 0
    assert part.read_bytes() == served.body
