"""``prolific-exports download``: files, exit codes and output."""

import hashlib
import json
import os
import re
from pathlib import Path

import httpx
import pytest
from archive.builders import collection_members, write_zip
from helpers import api
from helpers.command import main
from helpers.three_jobs import A, B, files_in, job_id, printed, url


def test_download_saves_to_the_working_directory_and_prints_the_path(
    cli, folder, router, store, kind
):
    resource_id = api.RESOURCE[kind]
    router.post(api.post_url(kind)).mock(return_value=api.generating())
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.complete()])
    outcome = cli("download", kind, resource_id)
    assert outcome.code == 0
    assert re.fullmatch(rf"{resource_id}-export-202603(19|20|21)-\d{{6}}\.zip\n", outcome.out)
    name = outcome.out.rstrip()
    codebook = f"{name.removesuffix('.zip')}.codebook.json"
    assert sorted(path.name for path in folder.iterdir()) == [codebook, name]
    assert (folder / outcome.out.rstrip()).read_bytes() == api.ARCHIVE
    prefix = f"{kind} {resource_id}: "
    size = f"{len(api.ARCHIVE)} bytes"
    assert outcome.err.splitlines() == [
        f"{prefix}requested: generating (export {api.EXPORT_ID})",
        f"{prefix}complete after 3 s",
        f"{prefix}downloading: {size} of {size} (100 %)",
        f"{prefix}verifying {size}",
        f"{prefix}saved {size}",
    ]


def test_download_json_is_one_object_on_stdout(cli, ready):
    outcome = cli("download", "collection", A, "--json", "-o", "a.zip", "--extract", "data")
    assert outcome.code == 0
    assert outcome.json == {
        "filter": None,
        "only": None,
        "results": [
            {
                "kind": "collection",
                "id": A,
                "export_id": job_id(1),
                "status": "saved",
                "path": "a.zip",
                "codebook": "a.codebook.json",
                "size": len(api.ARCHIVE),
                "transferred": len(api.ARCHIVE),
                "sha256": hashlib.sha256(api.ARCHIVE).hexdigest(),
                "records": 1,
                "seconds": {"waiting": 1.0, "transfer": 0.0, "total": 1.0},
                "resumed_from": 0,
                "reused": None,
                "extracted_to": "data",
                "renamed": [],
                "missing_files": 0,
                "deleted": None,
                "error": None,
                "resume": None,
            }
        ],
        "table": None,
        "table_summary": None,
        "error": None,
        "resume": None,
    }
    assert "saved" in outcome.err


def test_download_quiet_prints_only_the_path(cli, ready):
    outcome = cli("download", "collection", A, "--quiet", "-o", "a.zip", "--extract", "data")
    assert (outcome.code, outcome.out, outcome.err) == (0, "a.zip\n", "")


def test_download_quiet_prints_errors(cli, router):
    router.route(url=url(A)).mock(return_value=api.error(403))
    outcome = cli("download", "collection", A, "--quiet")
    assert outcome.code == 1
    assert outcome.err.startswith("prolific-exports: error: No access to ")
    assert outcome.err.count("\n") == 1


def test_download_output_accepts_a_folder(cli, folder, ready):
    (folder / "there").mkdir()
    assert cli("download", "collection", A, "-o", "there").code == 0
    assert cli("download", "collection", A, "-o", "new/deeper/").code == 0
    assert files_in(folder) == [f"new/deeper/{A}.zip", f"there/{A}.zip"]


def test_download_several_ids_creates_the_folder(cli, folder, ready):
    outcome = cli("download", "collection", A, B, "-o", "out", "--extract", "data")
    assert outcome.code == 0
    assert printed(outcome) == [f"out/{A}.zip", f"out/{B}.zip"]
    assert files_in(folder) == [
        *(f"data/{one}/{name}" for one in (A, B) for name in api.MEMBERS),
        *(f"out/{one}.zip" for one in (A, B)),
    ]
    assert f"[2/2] collection {B}: extracted to {Path('data', B)}\n" in outcome.err


def test_download_repeated_id_is_downloaded_once(cli, router, ready):
    outcome = cli("download", "collection", A, f" {A} ", "--json")
    assert [result["id"] for result in outcome.json["results"]] == [A]
    assert [call.request.method for call in router.calls].count("POST") == 1


def test_download_export_id_sends_no_post(cli, router, store):
    router.get(url(A, 7)).mock(return_value=api.complete())
    outcome = cli("download", "collection", A, "--export-id", job_id(7), "-o", "a.zip", "--json")
    assert outcome.code == 0
    assert outcome.json["results"][0]["export_id"] == job_id(7)
    assert {call.request.method for call in router.calls} == {"GET"}


def test_download_existing_archive_is_replaced_only_with_overwrite(cli, folder, router, ready):
    (folder / "a.zip").write_text("mine")
    outcome = cli("download", "collection", A, "-o", "a.zip", "--json")
    assert outcome.code == 1
    assert outcome.json["results"][0]["error"]["type"] == "TargetExistsError"
    assert outcome.json["results"][0]["resume"] is None
    assert outcome.err.startswith(f"prolific-exports: error: collection {A}: a.zip already exists")
    assert (folder / "a.zip").read_text() == "mine"
    assert not router.calls
    assert cli("download", "collection", A, "-o", "a.zip", "--overwrite").code == 0
    assert (folder / "a.zip").read_bytes() == api.ARCHIVE


@pytest.mark.parametrize("blocked", ["folder", "file"])
def test_download_occupied_extract_folder_sends_nothing(cli, folder, router, blocked):
    place = folder / "data"
    if blocked == "folder":
        place.mkdir()
        (place / "mine").touch()
    else:
        place.touch()
    outcome = cli("download", "collection", A, "--extract", "data")
    assert outcome.code == 1
    assert "data exists and is not an empty folder" in outcome.err
    assert not router.calls


@pytest.mark.skipif(os.name == "nt", reason="makes a pipe")
def test_download_to_a_pipe_sends_nothing(cli, folder, router):
    os.mkfifo(folder / "a.zip")
    outcome = cli("download", "collection", A, "-o", "a.zip", "--overwrite")
    assert outcome.code == 1
    assert "a.zip is a pipe, and only a regular file can be replaced" in outcome.err
    assert (folder / "a.zip").is_fifo()
    assert not router.calls


def test_download_to_a_name_of_another_format_sends_nothing(cli, router):
    outcome = cli("download", "collection", A, "-o", "a.csv")
    assert outcome.code == 2
    assert "a.csv would be a ZIP archive, but its name ends in .csv" in outcome.err
    assert not router.calls


def test_tilde_in_options_is_the_home_folder(cli, folder, ready, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    outcome = cli(
        "download", "collection", A, "--output=~/out/", "--extract=~/data", "--table=~/t.csv"
    )
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == str(folder / "t.csv")
    assert files_in(folder) == [*(f"data/{name}" for name in api.MEMBERS), f"out/{A}.zip", "t.csv"]
    (archive,) = (folder / "out").glob("*.zip")
    assert cli("extract", f"~/out/{archive.name}", "~/again").code == 0
    assert cli("table", f"~/out/{archive.name}", "~/two.csv").out == f"{folder / 'two.csv'}\n"
    assert cli("show", f"~/out/{archive.name}").code == 0


def test_download_and_extract_reports_renamed_and_missing_files(cli, folder, ready, store):
    members = collection_members(root="")
    members["files/a."] = members.pop("files/sub1_i2_0.jpg")
    write_zip(folder / "made", members)
    content = (folder / "made").read_bytes()
    store.mock(return_value=api.stored(content))
    arguments = ("download", "collection", A, "-o", "a.zip", "--overwrite", "--json")
    outcome = cli(*arguments, "--extract", "data")
    (result,) = outcome.json["results"]
    assert result["renamed"] == [{"from": "files/a.", "to": "files/a_"}]
    assert result["missing_files"] == 1
    assert outcome.err.splitlines()[-2:] == [
        (
            f"collection {A}: 1 file renamed because some systems cannot store the original name: "
            "files/a. is now files/a_"
        ),
        f"collection {A}: 1 file that answers refer to is not in the archive",
    ]
    outcome = cli(*arguments, "--extract", "other", "--names", "strict")
    assert outcome.code == 1
    assert outcome.json["results"][0]["error"]["type"] == "UnsafeArchiveError"


def test_download_extracts_to_an_empty_folder(cli, folder, ready):
    (folder / "data").mkdir()
    assert cli("download", "collection", A, "--extract", "data").code == 0
    assert (folder / "data" / "responses.jsonl").exists()


def test_download_folder_that_cannot_be_created_sends_nothing(cli, folder, router):
    (folder / "file").touch()
    outcome = cli("download", "collection", A, B, "-o", "file/out", "--json")
    assert outcome.code == 1
    assert outcome.json["results"] == []
    assert outcome.json["error"]["type"] == "DownloadError"
    assert "Cannot create the folder file/out: " in outcome.err
    assert not router.calls


def test_main_without_a_clock_uses_the_system_clock(cli, ready, capsys):
    assert (
        main(["download", "collection", A, "-o", "a.zip", "--json", "--poll-interval", "0.01"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["results"][0]["status"] == "saved"


def test_download_no_verify_and_stall_timeout_take_effect(cli, folder, ready, store):
    store.mock(return_value=api.stored(b"not a zip"))
    options = ("--no-verify", "--stall-timeout", "7", "-o", "a.zip", "--json")
    outcome = cli("download", "collection", A, *options)
    assert (folder / "a.zip").read_bytes() == b"not a zip"
    assert "verifying" not in outcome.err
    assert store.calls.last.request.extensions["timeout"]["read"] == 7
    store.mock(return_value=httpx.Response(500))
    options = (*options[:3], "--connections", "3", "--json")
    (result,) = cli("download", "collection", B, *options).json["results"]
    assert store.calls.last.request.headers["Range"] == "bytes=0-1048575"
    assert result["resume"][-6:] == [
        *("--connections", "3", "--stall-timeout", "7", "--no-verify", "--json")
    ]
