"""Downloads of the responses only, under random fault schedules and with a crash at every step."""

import zipfile
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prolific_exports._download import _selected_download
from prolific_exports._download._workspace import DownloadWorkspace

from simulation.disk import MemoryDisk
from simulation.responses import STEM, TARGET, ResponsesWorld, play_responses

pytestmark = pytest.mark.unmeasured

SEEDS = 300


@pytest.mark.sampled
def test_random_schedules_hold():
    for seed in range(SEEDS):
        try:
            play_responses(seed)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.randoms(use_true_random=False))
def test_schedules_of_hypothesis_hold(random):
    ResponsesWorld(random).run()


class Tame(Random):
    """A source of randomness without faults."""

    def random(self):
        return 0.5


def calm_world():
    world = ResponsesWorld(Tame(1))
    world.calm = True
    return world


def test_crash_at_each_step_is_resumed():
    whole = calm_world()
    assert whole.process(None)
    for step in range(whole.disk.taken):
        for power in (False, True):
            world = calm_world()
            world.process(step)
            if power:
                MemoryDisk.power_cut(world.disk)
            if TARGET.name not in world.disk.files:
                assert world.process(None), (step, power)
                assert f"{STEM}.part" not in world.disk.files


def checksums_are_not_compared(patch):
    """Members are saved without reading them."""
    patch.setattr(_selected_download, "check_members", lambda *_: None)


def fresh_file_is_left(patch):
    """The file that replaces the partial file is left after a failure."""
    tidy = DownloadWorkspace.tidy

    def careless(self):
        kept = dict(self.disk.files)
        tidy(self)
        if f"{STEM}.part.new" in kept:
            self.disk.files[f"{STEM}.part.new"] = kept[f"{STEM}.part.new"]

    patch.setattr(DownloadWorkspace, "tidy", careless)


BROKEN = [
    checksums_are_not_compared,
    fresh_file_is_left,
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_simulation_detects_broken_flow(broken, monkeypatch):
    broken(monkeypatch)
    assert any(is_detected(seed) for seed in range(SEEDS))


def is_detected(seed):
    try:
        play_responses(seed)
    except (AssertionError, zipfile.BadZipFile, ValueError):
        return True
    return False
