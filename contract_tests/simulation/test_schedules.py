"""Downloads under random fault schedules, and with a crash at every step."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.disk import MemoryDisk
from simulation.download_simulation import DownloadSimulation, play
from simulation.store import OTHER_USERS_JOB

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
    DownloadSimulation(random).run()


def test_seed_reproduces_its_schedule():
    assert str(play(7).events) == str(play(7).events)


class NoRandomFaults(Random):
    """A source of randomness without faults."""

    def random(self):
        return 0.99


def simulation_without_faults():
    simulation = DownloadSimulation(NoRandomFaults(1))
    simulation.server.calm = simulation.server.etags = simulation.server.ranges = True
    simulation.server.stuck, simulation.server.restless = None, False
    return simulation


def test_crash_at_each_step_of_a_download_is_resumed():
    for links in (True, False):
        whole = simulation_without_faults()
        whole.disk.links = links
        assert whole.process(None)
        for step in range(whole.disk.taken):
            for power in (False, True):
                simulation = simulation_without_faults()
                simulation.disk.links = links
                simulation.process(step)
                if power:
                    MemoryDisk.power_cut(simulation.disk)
                if "data.zip" not in simulation.disk.files:
                    assert simulation.process(None), (step, power)


def stopped():
    """A simulation in which half of the archive has arrived."""
    simulation = simulation_without_faults()
    simulation.server.calm = False
    simulation.server.cut_after = 30
    assert not simulation.process(None)
    simulation.server.calm, simulation.server.cut_after = True, None
    assert len(simulation.disk.files) == 2
    return simulation


@pytest.mark.parametrize("job", [None, OTHER_USERS_JOB], ids=["the same job", "another job"])
def test_crash_at_each_step_of_a_resumption_is_resumed(job):
    whole = stopped()
    before = whole.disk.taken
    assert whole.process(None, job)
    for step in range(whole.disk.taken - before):
        simulation = stopped()
        simulation.process(step, job)
        if "data.zip" not in simulation.disk.files:
            assert simulation.process(None), step
