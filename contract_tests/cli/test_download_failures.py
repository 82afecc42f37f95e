"""``prolific-exports download`` that fails or times out: exit codes and suggested commands."""

import os
from pathlib import Path

import httpx
import pytest
from archive.builders import write_zip
from helpers import api
from helpers.three_jobs import OUT, A, B, C, files_in, job_id, printed, url
from prolific_exports import ExportArchive
from prolific_exports._console._shell import command_line


def test_download_several_ids_failure_does_not_stop_the_others(cli, folder, router, ready):
    router.post(url(A)).mock(return_value=api.error(404))
    router.get(url(B, 2)).mock(return_value=api.generating(job_id(2)))
    outcome = cli("download", "collection", A, B, C, "--json", "--timeout", "60")
    assert outcome.code == 1
    failed, late, saved = outcome.json["results"]
    assert (failed["status"], late["status"], saved["status"]) == ("failed", "timed_out", "saved")
    assert (failed["error"]["type"], failed["resume"]) == ("NotFoundError", None)
    assert files_in(folder) == [f"{C}.zip"]


def test_download_timeout_exits_with_3_if_nothing_failed(cli, router, ready):
    router.get(url(A, 1)).mock(return_value=api.generating(job_id(1)))
    outcome = cli("download", "collection", A, B, "--timeout", "60")
    assert outcome.code == 3
    assert printed(outcome) == [f"{B}.zip"]


def test_download_timeout_prints_a_command_that_continues_the_job(cli, folder, router, store):
    router.post(url(A)).mock(return_value=api.generating(job_id(1)))
    status = router.get(url(A, 1)).mock(return_value=api.generating(job_id(1)))
    outcome = cli(
        *("download", "collection", A, "-o", "a file.zip", "--extract", "da ta"),
        *("--timeout", "60", "--poll-interval", "1.5", "--overwrite", "--json", "--quiet"),
    )
    assert outcome.code == 3
    resume = outcome.json["results"][0]["resume"]
    assert resume == [
        *("prolific-exports", "download", "collection", A, "--export-id", job_id(1)),
        *("--output", "a file.zip", "--extract", "da ta", "--timeout", "60"),
        *("--poll-interval", "1.5", "--overwrite", "--json", "--quiet"),
    ]
    error, advice = outcome.err.splitlines()
    assert error.startswith(f"prolific-exports: error: The export of collection {A} was not ready")
    assert advice == f"To resume, run: {command_line(resume)}"
    status.mock(return_value=api.complete())
    router.post(url(A)).mock(return_value=api.error(500))
    outcome = cli(*resume[1:])
    assert outcome.code == 0
    assert files_in(folder) == ["a file.zip", *(f"da ta/{name}" for name in api.MEMBERS)]


def test_download_timeout_without_job_id_suggests_the_same_command(cli, router):
    router.post(url(A)).mock(return_value=api.error(503, **{"Retry-After": "3600"}))
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 3
    (result,) = outcome.json["results"]
    assert result["export_id"] is None
    assert result["resume"] == ["prolific-exports", "download", "collection", A, "--json"]


def test_download_timeout_of_one_id_suggests_the_same_files(cli, folder, router, ready):
    router.get(url(B, 2)).mock(return_value=api.generating(job_id(2)))
    outcome = cli("download", "collection", A, B, "-o", "out", "--extract", "data", "--json")
    resume = outcome.json["results"][1]["resume"]
    assert resume[3:] == [
        *(B, "--export-id", job_id(2), "--output", OUT, "--extract", str(Path("data", B)), "--json")
    ]
    router.get(url(B, 2)).mock(return_value=api.complete())
    assert cli(*resume[1:]).code == 0
    assert {f"out/{B}.zip", f"data/{B}/responses.jsonl"} < set(files_in(folder))


def test_download_failed_job_suggests_no_command(cli, router):
    router.get(url(A, 7)).mock(return_value=api.failed())
    outcome = cli("download", "collection", A, "--export-id", job_id(7), "--json")
    assert outcome.code == 1
    assert outcome.json["results"][0]["error"]["type"] == "ExportFailedError"
    assert outcome.json["results"][0]["resume"] is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(503), "DownloadError"),
        (api.stored(api.ARCHIVE[:-30]), "CorruptArchiveError"),
    ],
)
def test_download_transient_failure_suggests_the_same_job(cli, ready, store, answer, error):
    store.mock(return_value=answer)
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 1
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"]) == ("failed", None)
    assert result["error"]["type"] == error
    assert result["resume"][:6] == [
        *("prolific-exports", "download", "collection", A, "--export-id", job_id(1))
    ]


def test_download_unsafe_url_suggests_no_command(cli, router, ready):
    router.get(url(A, 1)).mock(return_value=api.complete("http://store.example/x.zip"))
    (result,) = cli("download", "collection", A, "--json").json["results"]
    assert result["error"]["type"] == "UnsafeUrlError"
    assert result["resume"] is None


def test_download_unsafe_archive_is_kept_but_not_extracted(cli, folder, ready, store):
    trap = write_zip(folder / "trap.zip", {"../evil": b""}).read_bytes()
    store.mock(return_value=api.stored(trap))
    outcome = cli("download", "collection", A, "-o", "a.zip", "--extract", "data", "--json")
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"]) == ("failed", "a.zip")
    assert result["error"]["type"] == "UnsafeArchiveError"
    assert result["resume"] is None
    assert files_in(folder) == ["a.zip", "trap.zip"]


def test_download_failure_without_a_job_suggests_no_command(cli, router):
    router.post(url(A)).mock(side_effect=httpx.ConnectError("refused"))
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 1
    assert outcome.json["results"][0]["error"]["type"] == "NoAnswerError"
    assert outcome.json["results"][0]["resume"] is None


def test_download_from_an_api_that_nothing_serves_prints_the_error_but_no_retry(cli, router):
    post = router.post(url(A)).mock(side_effect=httpx.ConnectError("refused"))
    outcome = cli("download", "collection", A)
    assert post.call_count > 3
    *others, line = outcome.err.splitlines()
    assert line.startswith("prolific-exports: error: No response from https://api.example for ")
    # After nine seconds without a line, one says what is going on.
    assert all(": still waiting to retry after " in other for other in others)


def test_download_from_an_api_that_was_reached_before_prints_its_retries(cli, router):
    refused = httpx.ConnectError("refused")
    router.post(url(A)).mock(side_effect=[api.error(503), refused, refused, api.error(404)])
    outcome = cli("download", "collection", A)
    lines = [line.partition(": retrying in ") for line in outcome.err.splitlines()]
    assert ["no connection" in after for _, found, after in lines if found] == [False, True]


@pytest.mark.parametrize(("ids", "code"), [([A], 4), ([A, B], 4), ([A, "missing"], 1)])
def test_download_full_disk_exits_with_4_and_suggests_a_command(
    cli, ready, router, monkeypatch, ids, code
):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    router.post(url("missing")).mock(return_value=httpx.Response(404, json={}))
    monkeypatch.setattr(os, "fsync", full)
    outcome = cli("download", "collection", *ids, "-o", "out/", "--json")
    assert outcome.code == code
    result = outcome.json["results"][0]
    assert result["error"]["type"] == "StorageError"
    assert "Free some space, or choose another path." in result["error"]["message"]
    assert result["resume"][:4] == ["prolific-exports", "download", "collection", A]


def test_table_full_disk_exits_with_4(cli, ready, monkeypatch):
    assert cli("download", "collection", A, "-o", "a.zip").code == 0

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = cli("table", "a.zip", "t.csv")
    assert outcome.code == 4
    assert "t.csv: No space left on device. Free some space" in outcome.err


def test_download_failed_extraction_keeps_the_archive_and_suggests_extract(
    cli, folder, ready, monkeypatch
):
    def refuse(self, directory, **options):
        raise PermissionError(13, "Permission denied", "data")

    with monkeypatch.context() as patched:
        patched.setattr(ExportArchive, "extract", refuse)
        arguments = ("download", "collection", A, "-o", "a.zip", "--extract", "data")
        outcome = cli(*arguments)
        assert outcome.code == 1
        assert outcome.out == "a.zip\n"
        assert outcome.err.splitlines()[-2:] == [
            f"prolific-exports: error: collection {A}: Permission denied: data",
            "To extract it, run: prolific-exports extract a.zip data",
        ]
        (result,) = cli(*arguments, "--overwrite", "--json").json["results"]
        assert result["status"] == "failed"
        assert (result["path"], result["extracted_to"]) == ("a.zip", None)
        assert result["error"]["type"] == "PermissionError"
        assert result["error"]["message"] == "Permission denied: data"
        assert result["error"]["retryable"] is False
        assert result["resume"] == ["prolific-exports", "extract", "a.zip", "data"]
    assert cli(*result["resume"][1:]).code == 0


def test_download_saved_archive_that_cannot_be_opened_has_a_path(cli, ready, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(ExportArchive, "open", refuse)
    (result,) = cli("download", "collection", A, "-o", "a.zip", "--json").json["results"]
    assert (result["status"], result["path"], result["resume"]) == ("failed", "a.zip", None)


def test_download_saved_archive_that_cannot_be_opened_writes_no_table(
    cli, folder, ready, monkeypatch
):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(ExportArchive, "open", refuse)
    outcome = cli("download", "collection", A, "-o", "a.zip", "--table", "t.csv", "--json")
    assert (outcome.code, outcome.json["table"]) == (1, None)
    assert outcome.json["error"]["message"] == "Permission denied: a.zip"
    assert outcome.err.endswith("To write it, run: prolific-exports table a.zip t.csv\n")
    assert files_in(folder) == ["a.zip"]


def test_download_error_escapes_control_characters_of_the_server(cli, router):
    evil = "\x1b[2J\x9b31m\r\nprolific-exports: all fine \u202e"
    router.route(url=url(A)).mock(return_value=api.error(403, evil))
    outcome = cli("download", "collection", A)
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err
    assert "\x9b" not in outcome.err
    assert "\u202e" not in outcome.err
    assert "prolific-exports: all fine" in outcome.err


def test_download_error_contains_no_secret(cli, router, ready, store):
    store.mock(return_value=httpx.Response(403, text=f"no: {api.SIGNED}"))
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 1
    for text in (outcome.out, outcome.err):
        assert "5ecret5ignature" not in text
        assert "t0ken" not in text
