"""One round of the soak; `make soak` runs many."""

import os
from random import Random

import pytest
from prolific_contract.sandbox import Sandbox, SandboxSettings

from soak import rounds
from soak.event_loops import LoopRound
from soak.rounds import Round
from soak.tables import TableRound, fetch_archive


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


def test_download_that_is_killed_or_fills_the_disk_resumes(monkeypatch):
    monkeypatch.setattr(rounds, "_FULL", 1.0 if rounds._FULL else 0.0)
    settings = SandboxSettings(generation_seconds=0.1, submissions=300, files=4)
    result = Round(Random(2), settings, rate=60_000, size=30_000).play({1: 1.0, 3: 0.7})
    assert result.resumed
    assert result.sent > result.size > 0


@pytest.mark.skipif(os.name == "nt", reason="limits the size of files by means of POSIX")
def test_output_after_kill_or_full_disk_is_complete_or_absent():
    settings = SandboxSettings(generation_seconds=0.1, submissions=300, files=4)
    with Sandbox(settings) as sandbox:
        archive = fetch_archive(sandbox)
    result = TableRound(Random(0), archive).play()
    assert result.kills >= result.left


@pytest.mark.parametrize("seed", [0, 7])
def test_downloads_of_an_event_loop_that_ends_resume(seed):
    settings = SandboxSettings(generation_seconds=0.1, submissions=100, files=2)
    assert LoopRound(Random(seed), settings, downloads=12, seconds=0.6).play()
