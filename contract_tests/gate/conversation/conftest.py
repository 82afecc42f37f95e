import pytest
from helpers.checks import SETTINGS, opened
from prolific_contract.gate import _check
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.sandbox import ManualClock, Site
from prolific_contract.sandbox.mutants import MutatedSite, mutant


@pytest.fixture
def against(monkeypatch):
    """Has the command talk to what it is given instead of the network."""
    sites = []

    def use(target):
        clock = ManualClock()
        if isinstance(target, str):
            target = MutatedSite(mutant(target), SETTINGS, clock)
        elif target is None:
            target = Site(SETTINGS, clock)
        if isinstance(target, Site):
            sites.append(target)
            target = InProcessTarget(target, clock)
        monkeypatch.setattr(_check, "LiveTarget", lambda _token: opened(target))
        return target

    yield use
    for site in sites:
        site.close()


@pytest.fixture(autouse=True)
def _no_token(monkeypatch):
    monkeypatch.delenv("PROLIFIC_TOKEN", raising=False)
