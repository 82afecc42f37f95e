"""A round of the soak: `make soak` plays them for minutes."""

import os
from random import Random

import pytest
from prolific_contract.sandbox import Sandbox, SandboxSettings

from soak.rounds import Round
from soak.tables import TableRound, fetch_archive


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


def test_a_download_survives_what_kills_it():
    settings = SandboxSettings(generation_seconds=0.1, submissions=300, files=4)
    tally = Round(Random(2), settings, rate=60_000, size=30_000).play({1: 1.0, 3: 0.7})
    assert tally.sent > tally.size > 0


@pytest.mark.skipif(os.name == "nt", reason="limits the size of files by means of POSIX")
def test_what_is_written_from_an_archive_survives_kills_and_a_full_disk():
    settings = SandboxSettings(generation_seconds=0.1, submissions=300, files=4)
    with Sandbox(settings) as sandbox:
        archive = fetch_archive(sandbox)
    tally = TableRound(Random(0), archive).play()
    assert tally.kills >= tally.left
