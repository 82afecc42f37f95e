import pytest
from prolific_exports import Sync
from prolific_exports.testing import FakeClock

from sync.lab import BASE, TOKEN, WORKSPACE, HereExecutor, Lab, moment


@pytest.fixture
def clock():
    return FakeClock(moment(20, 3))


@pytest.fixture
def lab(clock):
    lab = Lab(clock)
    lab.add("c1", "s1", moment(1))
    lab.add("c1", "s2", moment(19), upload=b"\x89PNG")
    lab.add("c2", "s3", moment(2))
    return lab


@pytest.fixture
def events():
    return []


@pytest.fixture
def make(lab, clock, tmp_path, events):
    def make(workspaces=(WORKSPACE,), **options):
        return Sync(
            tmp_path / "data",
            workspaces,
            **{"executor": HereExecutor(), "rate": 100.0, **options},
            token=TOKEN,
            base_url=BASE,
            http_client=lab.client(),
            clock=clock,
            on_event=events.append,
        )

    return make


@pytest.fixture
def sync(make):
    return lambda *arguments, **options: make(*arguments, **options).run()
