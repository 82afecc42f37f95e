from typing import Any

import pytest
from attrs import evolve
from helpers.checks import SETTINGS, opened
from prolific_contract.gate import _check
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.sandbox import ManualClock, Site
from prolific_contract.sandbox.mutants import MutatedSite, mutant


@pytest.fixture
def conversations() -> list[Any]:
    """The target of each conversation of the test so far."""
    return []


@pytest.fixture
def against(monkeypatch, conversations):
    """Has the command talk to what it is given instead of the network."""
    sites = []

    def use(target=None):
        clock = ManualClock()
        if isinstance(target, str):
            target = MutatedSite(mutant(target), SETTINGS, clock)
        elif target is None:
            target = Site(SETTINGS, clock)
        if isinstance(target, Site):
            sites.append(target)
            target = InProcessTarget(target, clock)

        def open_target(_token):
            conversations.append(target)
            return opened(target)

        monkeypatch.setattr(_check, "LiveTarget", open_target)
        return target

    yield use
    for site in sites:
        site.close()


@pytest.fixture
def keeping():
    """A server of edition 2026-11, whose jobs must be deleted."""
    clock = ManualClock()
    site = Site(evolve(SETTINGS, edition="2026-11"), clock)
    yield InProcessTarget(site, clock)
    site.close()


@pytest.fixture(autouse=True)
def _no_token(monkeypatch):
    monkeypatch.delenv("PROLIFIC_TOKEN", raising=False)
