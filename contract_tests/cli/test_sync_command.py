"""``prolific-exports sync``: its arguments, what it prints, its exit codes."""

import httpx
import pytest
from prolific_exports import DownloadProgress
from prolific_exports._cli._sync import _Lines
from prolific_exports.testing import FakeClock
from sync.lab import WORKSPACE, HereExecutor, Lab, moment

pytest.importorskip("deltalake", reason="the extra sync is not installed")


@pytest.fixture
def lab(router, monkeypatch):
    lab = Lab(FakeClock(moment(20, 3)))
    lab.add("c1", "s1", moment(1))
    lab.add("c2", "s2", moment(2))
    router.route().mock(side_effect=lab.answer)
    monkeypatch.setattr(
        "prolific_exports._sync._sync._start_processes", lambda _workers: HereExecutor()
    )
    return lab


def test_report_counts_the_results(cli, lab, folder):
    outcome = cli("sync", "data", "--rate", "100", on=lab.clock)

    assert (outcome.code, outcome.out, outcome.err) == (0, "updated  2\n", "")
    assert (folder / "data" / "answers" / "_delta_log").is_dir()


def test_json_has_the_report(cli, lab):
    arguments = ("--workspace", WORKSPACE, "--only", "c1", "--kind", "collection", "--lag", "1d")
    document = cli("sync", "data", *arguments, "--rate", "100", "--json", on=lab.clock).json

    [one] = document["resources"]
    assert (one["id"], one["ending"], one["rows"]) == ("c1", "updated", 1)
    assert document["target"] == "data"
    assert (document["requests"], document["rejected"], document["error"]) == (5, 0, None)


def test_dry_run_says_what_a_run_needs(cli, lab, folder):
    outcome = cli("sync", "data", "--dry-run", on=lab.clock)

    assert outcome.code == 0
    assert outcome.out == "due    2\nneeds  6 requests, 3 s or more\n"
    assert cli("sync", "data", "--dry-run", "--json", on=lab.clock).json["dry_run"]
    assert not (folder / "data").exists()


def test_compaction_follows_the_run(cli, lab, folder):
    outcome = cli("sync", "data", "--rate", "100", "--compact", on=lab.clock)

    assert (outcome.code, outcome.out) == (0, "updated  2\n")
    assert list((folder / "data" / "answers" / "_delta_log").glob("*.checkpoint.parquet"))


def test_nothing_that_is_due_is_a_success(cli, lab):
    lab.submissions.clear()

    assert cli("sync", "data", on=lab.clock).out == "updated  0\n"


def test_quiet_resources_are_counted(cli, lab):
    for days in (0, 30, 1):
        lab.clock.advance(days * 86400)
        outcome = cli("sync", "data", "--rate", "100", on=lab.clock)

    assert outcome.out == "not due  2\n"


def test_failures_are_errors_of_their_resource(cli, lab):
    lab.refused["c1"] = httpx.Response(400, json={})
    lab.undeletable = True
    other = "64d0c0de00000000000000bb"

    def watch(request):
        if request.url.params.get("workspace_id") == other:
            raise httpx.ReadError("reset")

    lab.watch = watch

    arguments = ("--workspace", other, "--workspace", WORKSPACE, "--rate", "100")
    outcome = cli("sync", "data", *arguments, "--json", on=lab.clock)

    document = outcome.json
    assert outcome.code == 1
    assert [one["ending"] for one in document["resources"]] == ["failed", "updated"]
    assert [one["workspace_id"] for one in document["unlisted"]] == [other]
    assert [one["id"] for one in document["jobs_left"]] == ["c2"]
    assert f"workspace {other}" in outcome.err
    assert "collection c1" in outcome.err
    assert "of collection c2 was not deleted at Prolific. The next sync tries again." in outcome.err


def test_interrupt_says_how_to_go_on(cli, lab):
    def watch(request):
        if request.method == "POST":
            raise KeyboardInterrupt

    lab.watch = watch

    outcome = cli("sync", "data", on=lab.clock)

    assert outcome.code == 130
    assert "Run the same command again" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-",), "TARGET cannot write to stdout"),
        (("data", "--lag", "yesterday"), "--lag 'yesterday' is not an age"),
        (("data", "--workers", "0"), "workers is 0"),
        (("data", "--compact", "--dry-run"), "leave out one"),
        (("s3://bucket/data",), "address of an object store"),
    ],
)
def test_invalid_arguments_are_wrong_usage(cli, arguments, message):
    outcome = cli("sync", *arguments)

    assert outcome.code == 2
    assert message in outcome.err


def test_workspace_of_the_profile_is_used(cli, lab, config):
    config.write_text(f'[profiles.lab]\nworkspace = "{WORKSPACE}"\n')

    assert cli("sync", "data", "--profile", "lab", "--quiet", on=lab.clock).code == 0
    assert lab.requests["GET"] == 5


def test_progress_is_a_line_every_nine_seconds(clock, capsys):
    lines = _Lines(clock)
    for seconds in (5, 5, 5, 5):
        clock.advance(seconds)
        lines.progress(DownloadProgress(3, 2, "rate"))

    assert capsys.readouterr().err == 2 * (
        "5 exports left, 2 in flight, limited by the rate of requests\n"
    )
