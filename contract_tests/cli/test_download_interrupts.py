"""``prolific-exports download`` that Ctrl-C ends, and the run that resumes."""

import httpx
import pytest
from helpers import api
from helpers.command import interrupt
from helpers.three_jobs import OUT, A, B, C, files_in, job_id, undated, url
from helpers.transfers import interrupted, part
from prolific_exports import ExportArchive
from prolific_exports._console._shell import command_line


class InterruptDuringWait:
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


def test_download_interrupt_among_several_ids_prints_one_command(
    cli, folder, router, clock, ready, monkeypatch
):
    for number, resource_id in ((2, B), (3, C)):
        router.get(url(resource_id, number)).mock(return_value=api.generating(job_id(number)))
    InterruptDuringWait(clock, monkeypatch, folder, saved=1)
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


def test_download_interrupt_while_extracting_keeps_the_archive(cli, folder, ready, monkeypatch):
    monkeypatch.setattr(ExportArchive, "extract", interrupt)
    outcome = cli("download", "collection", A, "-o", "a.zip", "--extract", "data", "--json")
    assert outcome.code == 130
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"]) == ("interrupted", "a.zip")
    assert result["resume"] == ["prolific-exports", "extract", "a.zip", "data"]
    assert "continues at Prolific" not in outcome.err
    assert files_in(folder) == ["a.zip"]


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


def test_download_same_command_resumes_after_an_interrupt(cli, folder, ready, store):
    command = ("download", "collection", A, B, "--json")
    store.mock(side_effect=[interrupted(api.ARCHIVE[:100])])
    assert cli("download", "collection", A).code == 130
    assert files_in(folder) == [f".prolific-collection-{A}.json", f".prolific-collection-{A}.part"]
    store.mock(
        side_effect=lambda request: part(100) if "Range" in request.headers else api.stored()
    )
    outcome = cli(*command)
    assert [result["resumed_from"] for result in outcome.json["results"]] == [100, 0]
    assert f"collection {A}: resuming after 100 bytes of an earlier run\n" in outcome.err
    assert files_in(folder) == [f"{A}.zip", f"{B}.zip"]


def test_download_start_from_scratch_prints_the_reason(cli, folder, ready, store):
    store.mock(side_effect=[interrupted(api.ARCHIVE[:100])])
    cli("download", "collection", A)
    broken = httpx.Response(503)
    store.mock(side_effect=[broken, httpx.Response(412), api.stored()])
    outcome = cli("download", "collection", A, "--json")
    assert outcome.json["results"][0]["resumed_from"] == 0
    reason = "the archive changed during the download"
    assert f"starting again from the first byte: {reason}\n" in outcome.err


def test_download_interrupt_suggests_a_command(cli, folder, clock, ready, monkeypatch):
    InterruptDuringWait(clock, monkeypatch, folder)
    outcome = cli("download", "collection", A, "-o", "a.zip")
    command = f"prolific-exports download collection {A}"
    assert outcome.code == 130
    assert outcome.out == ""
    assert outcome.err.splitlines()[1:] == [
        "prolific-exports: error: interrupted",
        "The export continues at Prolific.",
        f"To resume, run: {command} --export-id {job_id(1)} --output a.zip",
    ]
    assert files_in(folder) == []


def test_download_interrupt_with_one_left_suggests_its_job(
    cli, folder, router, clock, ready, monkeypatch
):
    router.get(url(B, 2)).mock(return_value=api.generating(job_id(2)))
    InterruptDuringWait(clock, monkeypatch, folder, saved=1)
    outcome = cli("download", "collection", A, B, "-o", "out", "--json")
    assert outcome.json["resume"] == outcome.json["results"][1]["resume"]
    assert outcome.json["resume"][4:6] == ["--export-id", job_id(2)]
    assert outcome.err.splitlines()[-2:] == [
        "The export continues at Prolific.",
        f"To resume, run: {command_line(outcome.json['resume'])}",
    ]


def test_download_interrupt_before_any_job_is_known_suggests_all_ids(cli, router, ready):
    for resource_id in (A, B, C):
        router.post(url(resource_id)).mock(side_effect=interrupt)
    outcome = cli("download", "collection", A, B, C, "-o", "out", "--extract", "data")
    assert outcome.code == 130
    assert "at Prolific" not in outcome.err
    assert outcome.err.splitlines()[-1] == (
        f"To resume, run: prolific-exports download collection {A} {B} {C} --output out "
        "--extract data"
    )


def test_download_interrupt_with_export_id_suggests_the_same_job(cli, router):
    router.get(url(A, 7)).mock(side_effect=interrupt)
    outcome = cli("download", "collection", A, "--export-id", job_id(7))
    assert outcome.code == 130
    assert f"--export-id {job_id(7)}" in outcome.err
