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
from helpers.transfers import interrupted, part
from prolific_exports import ExportArchive
from prolific_exports._cli import main
from prolific_exports._console._shell import command_line

A, B, C = ("65f0c1d2e3a4b5c6d7e8f90" + letter for letter in "abc")
OUT = f"out{os.sep}"


def job_id(number):
    return api.EXPORT_ID[:-1] + str(number)


def url(resource_id, number=None, kind="collection"):
    base = f"{api.BASE}/api/v1/data-collection/{api.PLURAL[kind]}/{resource_id}/export"
    return base if number is None else f"{base}/{job_id(number)}"


@pytest.fixture
def store(router):
    return router.get(url__startswith=api.STORE).mock(return_value=api.stored())


@pytest.fixture
def ready(router, store):
    """Exports of A, B and C are generated for a moment, then complete."""
    for number, resource_id in enumerate((A, B, C), 1):
        router.post(url(resource_id)).mock(return_value=api.generating(job_id(number)))
        router.get(url(resource_id, number)).mock(return_value=api.complete())


def undated(path):
    """A path with "/" and without the time in a default name."""
    return re.sub(r"-export-[0-9]{8}-[0-9]{6}\.zip$", ".zip", path.replace(os.sep, "/"))


def left(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(undated(str(path.relative_to(folder))) for path in files)


def printed(outcome):
    """The printed paths; those of several ids are printed as the downloads finish."""
    return sorted(undated(line) for line in outcome.out.splitlines())


def test_download_saves_to_the_working_directory_and_prints_the_path(
    cli, folder, router, store, kind
):
    resource_id = api.RESOURCE[kind]
    router.post(api.post_url(kind)).mock(return_value=api.generating())
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.complete()])
    outcome = cli("download", kind, resource_id)
    assert outcome.code == 0
    assert re.fullmatch(rf"{resource_id}-export-202603(19|20|21)-\d{{6}}\.zip\n", outcome.out)
    assert [path.name for path in folder.iterdir()] == [outcome.out.rstrip()]
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
        "results": [
            {
                "kind": "collection",
                "id": A,
                "export_id": job_id(1),
                "status": "saved",
                "path": "a.zip",
                "size": len(api.ARCHIVE),
                "sha256": hashlib.sha256(api.ARCHIVE).hexdigest(),
                "records": 1,
                "seconds": {"waiting": 1.0, "transfer": 0.0, "total": 1.0},
                "resumed_from": 0,
                "extracted_to": "data",
                "renamed": [],
                "missing_files": 0,
                "deleted": None,
                "error": None,
                "resume": None,
            }
        ],
        "table": None,
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
    assert left(folder) == [f"new/deeper/{A}.zip", f"there/{A}.zip"]


def test_download_several_ids_creates_the_folder(cli, folder, ready):
    outcome = cli("download", "collection", A, B, "-o", "out", "--extract", "data")
    assert outcome.code == 0
    assert printed(outcome) == [f"out/{A}.zip", f"out/{B}.zip"]
    assert left(folder) == [
        *(f"data/{one}/{name}" for one in (A, B) for name in api.MEMBERS),
        *(f"out/{one}.zip" for one in (A, B)),
    ]
    assert f"[2/2] collection {B}: extracted to {Path('data', B)}\n" in outcome.err


def test_download_repeated_id_is_downloaded_once(cli, router, ready):
    outcome = cli("download", "collection", A, f" {A} ", "--json")
    assert [result["id"] for result in outcome.json["results"]] == [A]
    assert [call.request.method for call in router.calls].count("POST") == 1


def test_download_several_ids_failure_does_not_stop_the_others(cli, folder, router, ready):
    router.post(url(A)).mock(return_value=api.error(404))
    router.get(url(B, 2)).mock(return_value=api.generating(job_id(2)))
    outcome = cli("download", "collection", A, B, C, "--json", "--timeout", "60")
    assert outcome.code == 1
    failed, late, saved = outcome.json["results"]
    assert (failed["status"], late["status"], saved["status"]) == ("failed", "timed_out", "saved")
    assert (failed["error"]["type"], failed["resume"]) == ("NotFoundError", None)
    assert left(folder) == [f"{C}.zip"]


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
    assert left(folder) == ["a file.zip", *(f"da ta/{name}" for name in api.MEMBERS)]


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
    assert {f"out/{B}.zip", f"data/{B}/responses.jsonl"} < set(left(folder))


def test_download_export_id_sends_no_post(cli, router, store):
    router.get(url(A, 7)).mock(return_value=api.complete())
    outcome = cli("download", "collection", A, "--export-id", job_id(7), "-o", "a.zip", "--json")
    assert outcome.code == 0
    assert outcome.json["results"][0]["export_id"] == job_id(7)
    assert {call.request.method for call in router.calls} == {"GET"}


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
    assert left(folder) == ["a.zip", "trap.zip"]


def test_download_failure_without_a_job_suggests_no_command(cli, router):
    router.post(url(A)).mock(side_effect=httpx.ConnectError("refused"))
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 1
    assert outcome.json["results"][0]["error"]["type"] == "NoAnswerError"
    assert outcome.json["results"][0]["resume"] is None
    assert "retrying in " in outcome.err


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
    assert left(folder) == [*(f"data/{name}" for name in api.MEMBERS), f"out/{A}.zip", "t.csv"]
    (archive,) = (folder / "out").iterdir()
    assert cli("extract", f"~/out/{archive.name}", "~/again").code == 0
    assert cli("table", f"~/out/{archive.name}", "~/two.csv").out == f"{folder / 'two.csv'}\n"
    assert cli("show", f"~/out/{archive.name}").code == 0


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
    assert left(folder) == ["a.zip"]


def interrupted(*arguments, **options):
    raise KeyboardInterrupt


class Interrupts:
    """A user who presses Ctrl-C during a wait, once some archives are saved."""

    def __init__(self, clock, monkeypatch, folder, saved=0):
        self.folder = folder
        self.saved = saved
        self.sleep = clock.sleep
        monkeypatch.setattr(clock, "sleep", self)

    def __call__(self, seconds):
        if len(list(self.folder.rglob("*.zip"))) >= self.saved:
            raise KeyboardInterrupt
        self.sleep(seconds)


def test_download_interrupt_suggests_a_command(cli, folder, clock, ready, monkeypatch):
    Interrupts(clock, monkeypatch, folder)
    outcome = cli("download", "collection", A, "-o", "a.zip")
    command = f"prolific-exports download collection {A}"
    assert outcome.code == 130
    assert outcome.out == ""
    assert outcome.err.splitlines()[1:] == [
        "prolific-exports: error: interrupted",
        "The export continues at Prolific.",
        f"To resume, run: {command} --export-id {job_id(1)} --output a.zip",
    ]
    assert left(folder) == []


def test_download_interrupt_among_several_ids_prints_one_command(
    cli, folder, router, clock, ready, monkeypatch
):
    for number, resource_id in ((2, B), (3, C)):
        router.get(url(resource_id, number)).mock(return_value=api.generating(job_id(number)))
    Interrupts(clock, monkeypatch, folder, saved=1)
    outcome = cli("download", "collection", A, B, C, "-o", "out", "--json")
    assert outcome.code == 130
    assert outcome.json["error"]["type"] == "KeyboardInterrupt"
    assert outcome.json["error"]["message"] == "interrupted"
    results = outcome.json["results"]
    assert [result["status"] for result in results] == ["saved", "interrupted", "interrupted"]
    assert [result["export_id"] for result in results] == [job_id(1), job_id(2), job_id(3)]
    for number, result in enumerate(results[1:], 2):
        assert result["resume"] == [
            *("prolific-exports", "download", "collection", result["id"]),
            *("--export-id", job_id(number), "--output", OUT, "--json"),
        ]
    resume = ["prolific-exports", "download", "collection", B, C, "--output", "out", "--json"]
    assert outcome.json["resume"] == resume
    assert outcome.err.splitlines()[-3:] == [
        "prolific-exports: error: interrupted",
        "The exports continue at Prolific.",
        f"To resume, run: {command_line(resume)}",
    ]
    for number, resource_id in ((2, B), (3, C)):
        router.get(url(resource_id, number)).mock(return_value=api.complete())


def test_download_interrupt_with_one_left_suggests_its_job(
    cli, folder, router, clock, ready, monkeypatch
):
    router.get(url(B, 2)).mock(return_value=api.generating(job_id(2)))
    Interrupts(clock, monkeypatch, folder, saved=1)
    outcome = cli("download", "collection", A, B, "-o", "out", "--json")
    assert outcome.json["resume"] == outcome.json["results"][1]["resume"]
    assert outcome.json["resume"][4:6] == ["--export-id", job_id(2)]
    assert outcome.err.splitlines()[-2:] == [
        "The export continues at Prolific.",
        f"To resume, run: {command_line(outcome.json['resume'])}",
    ]


def test_download_interrupt_before_any_job_is_known_suggests_all_ids(cli, router, ready):
    for resource_id in (A, B, C):
        router.post(url(resource_id)).mock(side_effect=interrupted)
    outcome = cli("download", "collection", A, B, C, "-o", "out", "--extract", "data")
    assert outcome.code == 130
    assert "at Prolific" not in outcome.err
    assert outcome.err.splitlines()[-1] == (
        f"To resume, run: prolific-exports download collection {A} {B} {C} --output out "
        "--extract data"
    )


def test_download_interrupt_with_export_id_suggests_the_same_job(cli, router):
    router.get(url(A, 7)).mock(side_effect=interrupted)
    outcome = cli("download", "collection", A, "--export-id", job_id(7))
    assert outcome.code == 130
    assert f"--export-id {job_id(7)}" in outcome.err


def test_download_interrupt_while_extracting_keeps_the_archive(cli, folder, ready, monkeypatch):
    monkeypatch.setattr(ExportArchive, "extract", interrupted)
    outcome = cli("download", "collection", A, "-o", "a.zip", "--extract", "data", "--json")
    assert outcome.code == 130
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"]) == ("interrupted", "a.zip")
    assert result["resume"] == ["prolific-exports", "extract", "a.zip", "data"]
    assert "continues at Prolific" not in outcome.err
    assert left(folder) == ["a.zip"]


@pytest.mark.parametrize("printed", [1, 3])
def test_download_interrupt_between_two_ids_does_not_mix_them_up(cli, ready, monkeypatch, printed):
    """As when the reader of stdout does not read, and the user loses patience."""
    lines = []

    def result(text):
        lines.append(undated(text))
        if len(lines) == printed:
            raise KeyboardInterrupt

    monkeypatch.setattr("prolific_exports._console._streams.print_result", result)
    outcome = cli("download", "collection", A, B, C, "-o", "out", "--jobs", "1")
    assert outcome.code == 130
    # Archives that were saved meanwhile are printed, too.
    left = [one for one in (A, B, C) if f"out/{one}.zip" not in lines]
    assert len(set(lines)) == len(lines) >= printed
    after = outcome.err.partition("prolific-exports: error: interrupted\n")[2]
    if left:
        assert " ".join(left) in after.splitlines()[-1]
    else:
        assert after == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["not/an/id"], "is not the id of a collection"),
        ([A, "https://app.prolific.com/x"], "is not the id of a collection"),
        ([A, B, "--export-id", api.EXPORT_ID], "--export-id names the export of one collection"),
        ([A, "--export-id", "a b"], "is not the id of an export"),
        ([A, A.upper()], "differ only in upper and lower case"),
        ([A, "--timeout", "0"], "timeout is 0.0: give a number of seconds above 0"),
        ([A, "--timeout", "nan"], "timeout is nan"),
        ([A, "--poll-interval", "-1"], "poll_interval is -1.0"),
        ([A, "--connections", "0"], "connections is 0: give a number from 1 to 32"),
        ([A, "--output", ""], "--output is empty"),
        ([A, "--extract", ""], "--extract is empty"),
        ([A, "--extract", "."], "needs a folder of its own"),
        ([A, "--extract", ".."], "needs a folder of its own"),
        ([A, "-o", "x", "--extract", "y/../x"], "needs a folder of its own"),
        ([A, "-o", "x/a.zip", "--extract", "x"], "needs a folder of its own"),
        ([A, "--timeout", "soon"], "invalid float value"),
        ([A, "--token", "secret"], "unrecognized arguments: --token. See"),
        ([A, "--token=secret"], "unrecognized arguments: --token. See"),
        ([A, "--over"], "unrecognized arguments: --over. See: prolific-exports download --help"),
        ([A, "--quiet", B, ""], f"unrecognized arguments: {B} . See"),
        (["--jobs", "2"], "No id: give the id of a collection, or --workspace for all of a"),
        ([A, "--jobs", "0"], "jobs is 0: give a number from 1 to 32"),
        ([A, "--jobs", "33"], "jobs is 33: give a number from 1 to 32"),
    ],
)
def test_wrong_usage_exits_with_2_and_sends_nothing(cli, folder, router, arguments, message):
    for options in ([], ["--json"]):
        outcome = cli("download", "collection", *arguments, *options)
        assert outcome.code == 2
        assert message in outcome.err
        assert outcome.err.splitlines()[-1].startswith("prolific-exports: error: ")
        assert "secret" not in outcome.err + outcome.out
        if options:
            assert outcome.json["results"] == []
            assert message in outcome.json["error"]["message"]
        else:
            assert outcome.out == ""
    assert not router.calls
    assert left(folder) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--token", "secret", "download", "collection", A], "argument COMMAND: choose from"),
        (["download", "--token", "secret", "collection", A], "argument KIND: choose from"),
    ],
)
def test_invalid_choice_is_not_repeated_in_the_error(cli, arguments, message):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert "secret" not in outcome.err


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PROLIFIC_TOKEN", "", "No API token"),
        ("PROLIFIC_TOKEN", "abc def", "white space"),
        ("PROLIFIC_URL", "http://api.example", "it is not https"),
    ],
)
def test_invalid_environment_exits_with_2(cli, router, monkeypatch, variable, value, message):
    monkeypatch.setenv(variable, value)
    outcome = cli("download", "collection", A, "-o", "out/", "--json")
    assert outcome.code == 2
    assert message in outcome.json["error"]["message"]
    assert "Traceback" not in outcome.err
    assert not router.calls


def test_download_folder_that_cannot_be_created_sends_nothing(cli, folder, router):
    (folder / "file").touch()
    outcome = cli("download", "collection", A, B, "-o", "file/out", "--json")
    assert outcome.code == 1
    assert outcome.json["results"] == []
    assert outcome.json["error"]["type"] == "DownloadError"
    assert "Cannot create the folder file/out: " in outcome.err
    assert not router.calls


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


def test_main_without_a_clock_uses_the_system_clock(cli, ready, capsys):
    assert (
        main(["download", "collection", A, "-o", "a.zip", "--json", "--poll-interval", "0.01"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["results"][0]["status"] == "saved"


def test_download_same_command_resumes_after_an_interrupt(cli, folder, ready, store):
    command = ("download", "collection", A, B, "--json")
    store.mock(side_effect=[interrupted(api.ARCHIVE[:100])])
    assert cli("download", "collection", A).code == 130
    assert left(folder) == [f".prolific-collection-{A}.json", f".prolific-collection-{A}.part"]
    store.mock(
        side_effect=lambda request: part(100) if "Range" in request.headers else api.stored()
    )
    outcome = cli(*command)
    assert [result["resumed_from"] for result in outcome.json["results"]] == [100, 0]
    assert f"collection {A}: resuming after 100 bytes of an earlier run\n" in outcome.err
    assert left(folder) == [f"{A}.zip", f"{B}.zip"]


def test_download_start_from_scratch_prints_the_reason(cli, folder, ready, store):
    store.mock(side_effect=[interrupted(api.ARCHIVE[:100])])
    cli("download", "collection", A)
    broken = httpx.Response(503)
    store.mock(side_effect=[broken, httpx.Response(412), api.stored()])
    outcome = cli("download", "collection", A, "--json")
    assert outcome.json["results"][0]["resumed_from"] == 0
    reason = "the archive changed during the download"
    assert f"starting again from the first byte: {reason}\n" in outcome.err


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
