"""``prolific-exports download``: files, exit codes, and what is said where."""

import json
import os
import re
from pathlib import Path

import httpx
import pytest
from archive.builders import collection_members, write_zip
from helpers import api
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
    return [undated(line) for line in outcome.out.splitlines()]


def test_an_archive_is_saved_in_the_working_directory_and_its_path_printed(
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


def test_json_is_one_object_and_everything_else_is_on_stderr(cli, ready):
    outcome = cli("download", "collection", A, "--json", "-o", "a.zip", "--extract", "data")
    assert outcome.code == 0
    assert outcome.json == {
        "results": [
            {
                "kind": "collection",
                "id": A,
                "export_id": job_id(1),
                "status": "saved",
                "path": "a.zip",
                "size": len(api.ARCHIVE),
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
    }
    assert "saved" in outcome.err


def test_quiet_says_nothing_but_the_path(cli, ready):
    outcome = cli("download", "collection", A, "--quiet", "-o", "a.zip", "--extract", "data")
    assert (outcome.code, outcome.out, outcome.err) == (0, "a.zip\n", "")


def test_quiet_still_tells_errors(cli, router):
    router.route(url=url(A)).mock(return_value=api.error(403))
    outcome = cli("download", "collection", A, "--quiet")
    assert outcome.code == 1
    assert outcome.err.startswith("prolific-exports: error: POST ")
    assert outcome.err.count("\n") == 1


def test_output_may_be_a_folder(cli, folder, ready):
    (folder / "there").mkdir()
    assert cli("download", "collection", A, "-o", "there").code == 0
    assert cli("download", "collection", A, "-o", "new/deeper/").code == 0
    assert left(folder) == [f"new/deeper/{A}.zip", f"there/{A}.zip"]


def test_several_ids_go_to_a_folder_that_is_created(cli, folder, ready):
    outcome = cli("download", "collection", A, B, "-o", "out", "--extract", "data")
    assert outcome.code == 0
    assert printed(outcome) == [f"out/{A}.zip", f"out/{B}.zip"]
    assert left(folder) == [
        *(f"data/{one}/{name}" for one in (A, B) for name in api.MEMBERS),
        *(f"out/{one}.zip" for one in (A, B)),
    ]
    assert f"[2/2] collection {B}: extracted to {Path('data', B)}\n" in outcome.err


def test_an_id_given_twice_is_downloaded_once(cli, router, ready):
    outcome = cli("download", "collection", A, f" {A} ", "--json")
    assert [result["id"] for result in outcome.json["results"]] == [A]
    assert [call.request.method for call in router.calls].count("POST") == 1


def test_one_failure_does_not_stop_the_others_and_the_worst_counts(cli, folder, router, ready):
    router.post(url(A)).mock(return_value=api.error(404))
    router.get(url(B, 2)).mock(return_value=api.generating(job_id(2)))
    outcome = cli("download", "collection", A, B, C, "--json", "--timeout", "60")
    assert outcome.code == 1
    failed, late, saved = outcome.json["results"]
    assert (failed["status"], late["status"], saved["status"]) == ("failed", "timed_out", "saved")
    assert (failed["error"]["type"], failed["resume"]) == ("NotFoundError", None)
    assert left(folder) == [f"{C}.zip"]


def test_timed_out_is_3_when_nothing_failed(cli, router, ready):
    router.get(url(A, 1)).mock(return_value=api.generating(job_id(1)))
    outcome = cli("download", "collection", A, B, "--timeout", "60")
    assert outcome.code == 3
    assert printed(outcome) == [f"{B}.zip"]


def test_after_a_timeout_the_printed_command_goes_on_with_the_job(cli, folder, router, store):
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
    assert advice == f"To continue, run: {command_line(resume)}"
    status.mock(return_value=api.complete())
    router.post(url(A)).mock(return_value=api.error(500))
    outcome = cli(*resume[1:])
    assert outcome.code == 0
    assert left(folder) == ["a file.zip", *(f"da ta/{name}" for name in api.MEMBERS)]


def test_a_job_whose_id_is_not_known_yet_goes_on_with_the_same_command(cli, router):
    router.post(url(A)).mock(return_value=api.error(503, **{"Retry-After": "3600"}))
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 3
    (result,) = outcome.json["results"]
    assert result["export_id"] is None
    assert result["resume"] == ["prolific-exports", "download", "collection", A, "--json"]


def test_of_several_ids_one_goes_on_alone_with_the_same_files(cli, folder, router, ready):
    router.get(url(B, 2)).mock(return_value=api.generating(job_id(2)))
    outcome = cli("download", "collection", A, B, "-o", "out", "--extract", "data", "--json")
    resume = outcome.json["results"][1]["resume"]
    assert resume[3:] == [
        *(B, "--export-id", job_id(2), "--output", OUT, "--extract", str(Path("data", B)), "--json")
    ]
    router.get(url(B, 2)).mock(return_value=api.complete())
    assert cli(*resume[1:]).code == 0
    assert {f"out/{B}.zip", f"data/{B}/responses.jsonl"} < set(left(folder))


def test_export_id_downloads_that_very_job(cli, router, store):
    router.get(url(A, 7)).mock(return_value=api.complete())
    outcome = cli("download", "collection", A, "--export-id", job_id(7), "-o", "a.zip", "--json")
    assert outcome.code == 0
    assert outcome.json["results"][0]["export_id"] == job_id(7)
    assert {call.request.method for call in router.calls} == {"GET"}


def test_a_job_that_failed_is_no_use_to_go_on_with(cli, router):
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
def test_a_failure_that_may_pass_goes_on_with_the_same_job(cli, ready, store, answer, error):
    store.mock(return_value=answer)
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 1
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"]) == ("failed", None)
    assert result["error"]["type"] == error
    assert result["resume"][:6] == [
        *("prolific-exports", "download", "collection", A, "--export-id", job_id(1))
    ]


def test_a_download_url_that_is_not_safe_stays_so(cli, router, ready):
    router.get(url(A, 1)).mock(return_value=api.complete("http://store.example/x.zip"))
    (result,) = cli("download", "collection", A, "--json").json["results"]
    assert result["error"]["type"] == "UnsafeUrlError"
    assert result["resume"] is None


def test_an_archive_that_is_a_trap_is_kept_and_not_extracted(cli, folder, ready, store):
    trap = write_zip(folder / "trap.zip", {"../evil": b""}).read_bytes()
    store.mock(return_value=api.stored(trap))
    outcome = cli("download", "collection", A, "-o", "a.zip", "--extract", "data", "--json")
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"]) == ("failed", "a.zip")
    assert result["error"]["type"] == "UnsafeArchiveError"
    assert result["resume"] is None
    assert left(folder) == ["a.zip", "trap.zip"]


def test_a_failure_without_a_job_has_nothing_to_go_on_with(cli, router):
    router.post(url(A)).mock(side_effect=httpx.ConnectError("refused"))
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 1
    assert outcome.json["results"][0]["error"]["type"] == "NoAnswerError"
    assert outcome.json["results"][0]["resume"] is None
    assert "retrying in " in outcome.err


def test_an_existing_archive_is_kept_unless_overwriting_is_asked_for(cli, folder, router, ready):
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
def test_a_place_to_extract_to_that_is_taken_is_found_out_before_anything_is_sent(
    cli, folder, router, blocked
):
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
def test_a_pipe_is_not_replaced_and_nothing_is_sent(cli, folder, router):
    os.mkfifo(folder / "a.zip")
    outcome = cli("download", "collection", A, "-o", "a.zip", "--overwrite")
    assert outcome.code == 1
    assert "a.zip is a pipe, and only a regular file can be replaced" in outcome.err
    assert (folder / "a.zip").is_fifo()
    assert not router.calls


def test_a_name_of_another_format_is_refused_before_anything_is_sent(cli, router):
    outcome = cli("download", "collection", A, "-o", "a.csv")
    assert outcome.code == 2
    assert "a.csv would be a ZIP archive, but its name ends in .csv" in outcome.err
    assert not router.calls


def test_a_tilde_is_the_home_folder_also_where_the_shell_left_it(cli, folder, ready, monkeypatch):
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
def test_a_full_disk_has_an_exit_code_of_its_own_and_can_be_resumed(
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


def test_a_full_disk_while_a_table_is_written_has_that_exit_code(cli, ready, monkeypatch):
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


def test_extracting_into_an_empty_folder(cli, folder, ready):
    (folder / "data").mkdir()
    assert cli("download", "collection", A, "--extract", "data").code == 0
    assert (folder / "data" / "responses.jsonl").exists()


def test_when_only_extracting_fails_the_archive_is_there_and_the_command_named(
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
            "To continue, run: prolific-exports extract a.zip data",
        ]
        (result,) = cli(*arguments, "--overwrite", "--json").json["results"]
        assert result["status"] == "failed"
        assert (result["path"], result["extracted_to"]) == ("a.zip", None)
        assert result["error"] == {"type": "PermissionError", "message": "Permission denied: data"}
        assert result["resume"] == ["prolific-exports", "extract", "a.zip", "data"]
    assert cli(*result["resume"][1:]).code == 0


def test_a_saved_archive_that_cannot_be_opened_is_still_named(cli, ready, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(ExportArchive, "open", refuse)
    (result,) = cli("download", "collection", A, "-o", "a.zip", "--json").json["results"]
    assert (result["status"], result["path"], result["resume"]) == ("failed", "a.zip", None)


def test_saved_archive_that_cannot_be_opened_yields_no_table(cli, folder, ready, monkeypatch):
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
    """A user who presses Ctrl-C during the n-th wait."""

    def __init__(self, clock, monkeypatch, after=0):
        self.left = after
        self.sleep = clock.sleep
        monkeypatch.setattr(clock, "sleep", self)

    def __call__(self, seconds):
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        self.sleep(seconds)


def test_an_interrupt_names_the_command_to_go_on_with(cli, folder, clock, ready, monkeypatch):
    Interrupts(clock, monkeypatch)
    outcome = cli("download", "collection", A, "-o", "a.zip")
    command = f"prolific-exports download collection {A}"
    assert outcome.code == 130
    assert outcome.out == ""
    assert outcome.err.splitlines()[1:] == [
        "prolific-exports: error: interrupted",
        "The export continues at Prolific.",
        f"To continue, run: {command} --export-id {job_id(1)} --output a.zip",
    ]
    assert left(folder) == []


def test_an_interrupt_among_several_accounts_for_all(cli, clock, ready, monkeypatch):
    Interrupts(clock, monkeypatch, after=1)
    outcome = cli("download", "collection", A, B, C, "-o", "out", "--json")
    assert outcome.code == 130
    assert outcome.json["error"] == {"type": "KeyboardInterrupt", "message": "interrupted"}
    results = outcome.json["results"]
    assert [result["status"] for result in results] == ["saved", "interrupted", "interrupted"]
    assert [result["export_id"] for result in results] == [job_id(1), job_id(2), None]
    assert results[1]["resume"][4:6] == ["--export-id", job_id(2)]
    assert results[2]["resume"] == [
        *("prolific-exports", "download", "collection", C, "--output", OUT, "--json")
    ]
    assert outcome.err.splitlines()[-2:] == [
        f"To continue, run: {command_line(result['resume'])}" for result in results[1:]
    ]


def test_an_interrupt_before_the_job_is_known_names_all_that_is_left(
    cli, router, clock, ready, monkeypatch
):
    router.post(url(B)).mock(side_effect=interrupted)
    outcome = cli("download", "collection", A, B, C, "-o", "out", "--extract", "data")
    assert outcome.code == 130
    assert "continues at Prolific" not in outcome.err
    assert outcome.err.splitlines()[-1] == (
        f"To continue, run: prolific-exports download collection {B} {C} "
        "--output out --extract data"
    )


def test_an_interrupt_of_a_named_job_keeps_its_name(cli, router):
    router.get(url(A, 7)).mock(side_effect=interrupted)
    outcome = cli("download", "collection", A, "--export-id", job_id(7))
    assert outcome.code == 130
    assert f"--export-id {job_id(7)}" in outcome.err


def test_an_interrupt_while_extracting_keeps_the_archive(cli, folder, ready, monkeypatch):
    monkeypatch.setattr(ExportArchive, "extract", interrupted)
    outcome = cli("download", "collection", A, "-o", "a.zip", "--extract", "data", "--json")
    assert outcome.code == 130
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"]) == ("interrupted", "a.zip")
    assert result["resume"] == ["prolific-exports", "extract", "a.zip", "data"]
    assert "continues at Prolific" not in outcome.err
    assert left(folder) == ["a.zip"]


def test_an_interrupt_between_two_downloads_takes_neither_for_the_other(cli, ready, monkeypatch):
    """As when the reader of stdout does not read, and the user loses patience."""
    for count, ids in ((1, [B, C]), (3, [])):
        lines = []

        def result(text, lines=lines, count=count):
            lines.append(text)
            if len(lines) == count:
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("prolific_exports._console._streams.print_result", result)
            outcome = cli("download", "collection", A, B, C, "-o", f"out{count}")
        assert outcome.code == 130
        after = outcome.err.partition("prolific-exports: error: interrupted\n")[2]
        command = ["prolific-exports", "download", "collection", *ids, "--output", f"out{count}"]
        assert after == (f"To continue, run: {command_line(command)}\n" if ids else "")


@pytest.mark.parametrize(
    ("arguments", "says"),
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
        ([], "the following arguments are required: ID"),
    ],
)
def test_wrong_usage_is_2_and_sends_nothing(cli, folder, router, arguments, says):
    for options in ([], ["--json"]):
        outcome = cli("download", "collection", *arguments, *options)
        assert outcome.code == 2
        assert says in outcome.err
        assert outcome.err.splitlines()[-1].startswith("prolific-exports: error: ")
        assert "secret" not in outcome.err + outcome.out
        if options:
            assert outcome.json["results"] == []
            assert says in outcome.json["error"]["message"]
        else:
            assert outcome.out == ""
    assert not router.calls
    assert left(folder) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--token", "secret", "download", "collection", A], "argument COMMAND: choose from"),
        (["download", "--token", "secret", "collection", A], "argument KIND: choose from"),
    ],
)
def test_a_secret_in_the_place_of_a_word_is_not_repeated(cli, arguments, says):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert says in outcome.err
    assert "secret" not in outcome.err


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PROLIFIC_TOKEN", "", "No API token"),
        ("PROLIFIC_TOKEN", "Token abc", "white space"),
        ("PROLIFIC_URL", "http://api.example", "it is not https"),
    ],
)
def test_a_bad_environment_is_wrong_usage(cli, router, monkeypatch, variable, value, says):
    monkeypatch.setenv(variable, value)
    outcome = cli("download", "collection", A, "-o", "out/", "--json")
    assert outcome.code == 2
    assert says in outcome.json["error"]["message"]
    assert "Traceback" not in outcome.err
    assert not router.calls


def test_a_folder_that_cannot_be_created(cli, folder, router):
    (folder / "file").touch()
    outcome = cli("download", "collection", A, B, "-o", "file/out", "--json")
    assert outcome.code == 1
    assert outcome.json["results"] == []
    assert outcome.json["error"]["type"] == "DownloadError"
    assert "Cannot create the folder file/out: " in outcome.err
    assert not router.calls


def test_what_the_server_says_cannot_steer_the_terminal(cli, router):
    evil = "\x1b[2J\x9b31m\r\nprolific-exports: all fine \u202e"
    router.route(url=url(A)).mock(return_value=api.error(403, evil))
    outcome = cli("download", "collection", A)
    assert outcome.err.count("\n") == 1
    assert "\x1b" not in outcome.err
    assert "\x9b" not in outcome.err
    assert "\u202e" not in outcome.err
    assert "prolific-exports: all fine" in outcome.err


def test_no_secret_is_shown(cli, router, ready, store):
    store.mock(return_value=httpx.Response(403, text=f"no: {api.SIGNED}"))
    outcome = cli("download", "collection", A, "--json")
    assert outcome.code == 1
    for text in (outcome.out, outcome.err):
        assert "5ecret5ignature" not in text
        assert "t0ken" not in text


def test_without_a_clock_it_is_the_systems(cli, ready, capsys):
    assert (
        main(["download", "collection", A, "-o", "a.zip", "--json", "--poll-interval", "0.01"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["results"][0]["status"] == "saved"


class Cut(httpx.SyncByteStream):
    """A body that breaks off in the middle."""

    def __iter__(self):
        yield api.ARCHIVE[:100]
        raise KeyboardInterrupt


def cut():
    headers = {"ETag": api.ETAG, "Content-Length": str(len(api.ARCHIVE))}
    return httpx.Response(200, stream=Cut(), headers=headers)


def rest():
    size = len(api.ARCHIVE)
    headers = {"Content-Range": f"bytes 100-{size - 1}/{size}", "ETag": api.ETAG}
    return httpx.Response(206, content=api.ARCHIVE[100:], headers=headers)


def test_the_same_command_goes_on_behind_what_has_arrived(cli, folder, ready, store):
    command = ("download", "collection", A, B, "--json")
    store.mock(side_effect=[cut()])
    outcome = cli(*command)
    assert outcome.code == 130
    assert left(folder) == [f".prolific-collection-{A}.json", f".prolific-collection-{A}.part"]
    store.mock(side_effect=[rest(), api.stored()])
    outcome = cli(*command)
    assert [result["resumed_from"] for result in outcome.json["results"]] == [100, 0]
    assert f"collection {A}: resuming after 100 bytes of an earlier run\n" in outcome.err
    assert left(folder) == [f"{A}.zip", f"{B}.zip"]


def test_starting_over_is_said_in_one_line(cli, folder, ready, store):
    store.mock(side_effect=[cut()])
    cli("download", "collection", A)
    broken = httpx.Response(503)
    store.mock(side_effect=[broken, httpx.Response(412), api.stored()])
    outcome = cli("download", "collection", A, "--json")
    assert outcome.json["results"][0]["resumed_from"] == 0
    reason = "the archive changed during the download"
    assert f"starting again from the first byte: {reason}\n" in outcome.err


def test_verification_can_be_left_out_and_stalls_be_given_up_sooner(cli, folder, ready, store):
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
