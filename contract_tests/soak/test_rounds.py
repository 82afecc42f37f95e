"""A round of the soak: `make soak` plays them for minutes."""

from random import Random

import pytest
from prolific_contract.sandbox import SandboxSettings

from soak.rounds import Round


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


def test_a_download_survives_what_kills_it():
    settings = SandboxSettings(generation_seconds=0.1, submissions=300, files=4)
    tally = Round(Random(2), settings, rate=60_000, size=30_000).play({1: 1.0, 3: 0.7})
    assert tally.sent > tally.size > 0
