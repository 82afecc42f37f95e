"""Downloads under random fault schedules, and with a crash at every step."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.disk import MemoryDisk
from simulation.store import OTHER_USERS_JOB
from simulation.world import World, play

pytestmark = pytest.mark.unmeasured

SEEDS = 2000


@pytest.mark.sampled
def test_random_schedules_hold():
    """`make simulate` runs 100,000 with new seeds."""
    for seed in range(SEEDS):
        try:
            play(seed)
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.randoms(use_true_random=False))
def test_schedules_of_hypothesis_hold(random):
    World(random).run()


def test_seed_reproduces_its_schedule():
    assert str(play(7).events) == str(play(7).events)


class Tame(Random):
    """A source of randomness without faults."""

    def random(self):
        return 0.99


def calm_world():
    world = World(Tame(1))
    world.server.calm = world.server.etags = world.server.ranges = True
    world.server.stuck, world.server.restless = None, False
    return world


def test_crash_at_each_step_of_a_download_is_resumed():
    for links in (True, False):
        whole = calm_world()
        whole.disk.links = links
        assert whole.process(None)
        for step in range(whole.disk.taken):
            for power in (False, True):
                world = calm_world()
                world.disk.links = links
                world.process(step)
                if power:
                    MemoryDisk.power_cut(world.disk)
                if "data.zip" not in world.disk.files:
                    assert world.process(None), (step, power)


def stopped():
    """A world in which half of the archive has arrived."""
    world = calm_world()
    world.server.calm = False
    world.server.cut_after = 30
    assert not world.process(None)
    world.server.calm, world.server.cut_after = True, None
    assert len(world.disk.files) == 2
    return world


@pytest.mark.parametrize("job", [None, OTHER_USERS_JOB], ids=["the same job", "another job"])
def test_crash_at_each_step_of_a_resumption_is_resumed(job):
    whole = stopped()
    before = whole.disk.taken
    assert whole.process(None, job)
    for step in range(whole.disk.taken - before):
        world = stopped()
        world.process(step, job)
        if "data.zip" not in world.disk.files:
            assert world.process(None), step
