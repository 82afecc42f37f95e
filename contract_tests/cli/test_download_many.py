"""``download`` with several ids: progress, order, limits and Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from attrs import evolve
from helpers import api
from prolific_contract.sandbox import Sandbox, SandboxResource, SandboxSettings
from prolific_exports._cli._parser import build_parser
from prolific_exports._flows._policy import DEFAULT_JOBS

IDS = [f"65f0c1d2e3a4b5c6d7e8f9{number:02}" for number in range(12)]
ROOT = f"{api.BASE}/api/v1/data-collection/collections"
# A second is promised; the rest is for a machine that is busy with other tests.
SOON = 5.0


def job_of(resource_id):
    return f"{api.EXPORT_ID[:-2]}{resource_id[-2:]}"


@pytest.fixture
def served(router):
    """Serves exports that are complete after a number of polls."""

    def served(ids, polls=0):
        for one in ids:
            job = job_of(one)
            router.post(f"{ROOT}/{one}/export").mock(return_value=api.generating(job))
            answers = [*([api.generating(job, 200)] * polls), api.complete()]
            router.get(f"{ROOT}/{one}/export/{job}").mock(side_effect=answers)
        router.get(url__startswith=api.STORE).mock(return_value=api.stored())

    return served


def test_results_are_in_the_order_of_the_ids_and_paths_as_they_finish(cli, served):
    served(IDS[:1], polls=3)
    served(IDS[1:3])
    outcome = cli("download", "collection", *IDS[:3], "-o", "out")
    assert outcome.code == 0
    assert IDS[0] in outcome.out.splitlines()[-1]
    served(IDS[:1], polls=3)
    served(IDS[1:3])
    results = cli("download", "collection", *IDS[:3], "-o", "json", "--json").json["results"]
    assert [result["id"] for result in results] == IDS[:3]
    assert [result["export_id"] for result in results] == list(map(job_of, IDS[:3]))


def test_events_reach_the_download_that_they_are_about(cli, served):
    served(IDS[:3], polls=1)
    lines = cli("download", "collection", *IDS[:3]).err.splitlines()
    for number, one in enumerate(IDS[:3], 1):
        title = f"[{number}/3] collection {one}: "
        own = [line.removeprefix(title) for line in lines if line.startswith(title)]
        assert own[0] == f"requested: generating (export {job_of(one)})"
        assert own[-1] == f"saved {len(api.ARCHIVE)} bytes"


def test_log_is_never_silent_for_more_than_ten_seconds(cli, served, clock, monkeypatch):
    served(IDS[:3], polls=20)
    moments = [0.0]
    print_message = "prolific_exports._console._streams.print_message"
    lines = []

    def printed(text):
        moments.append(clock.monotonic())
        lines.append(text)

    monkeypatch.setattr(print_message, printed)
    cli("download", "collection", *IDS[:3])
    assert moments[-1] > 60
    assert max(after - before for before, after in pairwise(moments)) <= 10
    summaries = [line for line in lines if line.startswith("0 of 3 saved, 3 left, 0 bytes, ")]
    assert len(summaries) > 5
    assert all(line.endswith("; waiting for Prolific to generate exports") for line in summaries)
    assert not any("still generating" in line for line in lines)


def test_log_names_the_rate_limit_while_it_waits(cli, router, served):
    served(IDS[:3])
    slow = api.error(429, **{"Retry-After": "50"})
    good = api.generating(job_of(IDS[0]))
    router.post(f"{ROOT}/{IDS[0]}/export").mock(side_effect=[slow, good])
    outcome = cli("download", "collection", *IDS[:3])
    assert outcome.code == 0
    assert "waiting for the rate limit" in outcome.err


def test_occupied_extract_folder_of_one_does_not_stop_the_others(cli, folder, router, served):
    served(IDS[:3])
    (folder / "data" / IDS[0]).mkdir(parents=True)
    (folder / "data" / IDS[0] / "mine").touch()
    outcome = cli("download", "collection", *IDS[:3], "--extract", "data", "--json")
    assert outcome.code == 1
    statuses = [result["status"] for result in outcome.json["results"]]
    assert statuses == ["failed", "saved", "saved"]
    assert outcome.json["resume"] is None
    posts = [str(call.request.url) for call in router.calls if call.request.method == "POST"]
    assert not any(IDS[0] in url for url in posts)


def test_failures_that_can_be_resumed_share_one_command(cli, router, served):
    served(IDS[:3])
    for one in IDS[:2]:
        job = job_of(one)
        router.get(f"{ROOT}/{one}/export/{job}").mock(return_value=api.generating(job, 200))
    arguments = ("--timeout", "60", "--jobs", "2", "--json")
    outcome = cli("download", "collection", *IDS[:3], *arguments)
    assert outcome.code == 3
    assert outcome.json["resume"] == [
        *("prolific-exports", "download", "collection", *IDS[:2], *arguments)
    ]
    assert outcome.err.count("To resume") == 1


def test_deletion_that_fails_is_reported_with_its_command(cli, router, served):
    served(IDS[:2])
    router.delete(url__startswith=ROOT).mock(return_value=api.error(409))
    outcome = cli("download", "collection", *IDS[:2], "--delete-after", "--json")
    assert outcome.code == 0
    assert [result["deleted"] for result in outcome.json["results"]] == [False, False]
    for one in IDS[:2]:
        assert f"prolific-exports delete collection {one} {job_of(one)}\n" in outcome.err


def test_quiet_prints_only_paths(cli, served):
    served(IDS[:3], polls=20)
    outcome = cli("download", "collection", *IDS[:3], "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    assert len(outcome.out.splitlines()) == 3


def test_help_has_the_real_number_of_jobs():
    assert build_parser().parse_args(["download", "batch", "a"]).jobs == DEFAULT_JOBS


@pytest.mark.skipif(os.name == "nt", reason="a process cannot send Ctrl-C to one other process")
@pytest.mark.parametrize(
    ("settings", "fault", "word", "lines", "left"),
    [
        (SandboxSettings(generation_seconds=600), None, "requested", 50, 50),
        # One of the archives stops halfway.
        (SandboxSettings(generation_seconds=0), "stall", "saved", 49, 1),
    ],
    ids=["generating", "downloading"],
)
def test_ctrl_c_ends_all_downloads_within_a_second(folder, settings, fault, word, lines, left):
    """In a process of its own, against a server on a socket."""
    ids = [f"{number:024x}" for number in range(1, 51)]
    settings = evolve(settings, resources=[SandboxResource("collection", one) for one in ids])
    command = [sys.executable, "-m", "prolific_exports", "download", "collection", *ids, "--json"]
    with Sandbox(settings, fault=fault) as sandbox:
        tokens = {"PROLIFIC_TOKEN": sandbox.token, "PROLIFIC_URL": sandbox.url}
        with subprocess.Popen(
            command,
            env=os.environ | tokens,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            seen: list[str] = []
            while sum(f": {word}" in line for line in seen) < lines:
                seen.append(process.stderr.readline())
                assert seen[-1], seen
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            seconds = time.monotonic() - began
    assert process.returncode == 130, err
    assert seconds < SOON
    result = json.loads(out)
    # The last one may have been saved, and its path not yet printed.
    rest = [one["id"] for one in result["results"] if one["path"] is None]
    assert len(rest) == left
    assert {one["status"] for one in result["results"]} <= {"saved", "interrupted"}
    assert result["resume"][:4] == ["prolific-exports", "download", "collection", rest[0]]
    assert result["resume"][3 : 3 + left] == rest
    assert err.count("To resume, run: ") == 1
