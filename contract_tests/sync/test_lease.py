"""The lease of a dataset: one driver at a time, even if one was paused."""

import json
from datetime import timedelta

import pytest
from prolific_exports import StorageError, TargetInUseError
from prolific_exports._files._process import Process
from prolific_exports._sync._lease import FOLDER, HEARTBEAT, LIFETIME, Lease
from prolific_exports._sync._storage import LocalFolder
from prolific_exports.testing import FakeClock


class Machine:
    """The processes of a machine."""

    def __init__(self, pid):
        self.pid = pid
        self.ended = False

    def current(self):
        return Process("host", "boot", "space", self.pid, "start")

    def has_ended(self, process):
        assert process.host == "host"
        return self.ended


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def storage(tmp_path):
    return LocalFolder(tmp_path)


@pytest.fixture
def make(clock, storage, tmp_path):
    return lambda pid=1: Lease(storage, tmp_path, clock, Machine(pid))


def numbers(storage):
    return [
        int(key.removeprefix(f"{FOLDER}/").removesuffix(".json")) for key in storage.list(FOLDER)
    ]


def test_second_driver_is_told_who_holds_the_lease(make, tmp_path):
    make().take()

    with pytest.raises(TargetInUseError, match="process 1 on host, which holds") as caught:
        make(2).take()

    assert (caught.value.path, caught.value.host, caught.value.pid) == (tmp_path, "host", 1)


def test_lease_can_be_taken_after_it_was_given_up(make, storage):
    first = make()
    first.take()
    first.give_up()

    make(2).take()

    assert numbers(storage) == [1]


def test_lease_of_an_ended_process_can_be_taken_at_once(make, storage):
    make().take()
    second = make(2)
    second.processes.ended = True

    second.take()

    assert numbers(storage) == [2]


def test_lease_is_renewed_every_minute(make, clock, storage):
    lease = make()
    lease.take()
    lease.keep()
    assert numbers(storage) == [1]

    clock.advance(HEARTBEAT)
    lease.keep()

    assert numbers(storage) == [2]
    content = json.loads(storage.get(storage.list(FOLDER)[0]))
    assert content["expires_at"] == (clock.now() + LIFETIME).isoformat()


@pytest.mark.parametrize("renewals", [0, 1, 3])
def test_driver_that_was_paused_loses_its_lease(make, clock, storage, renewals):
    first, second = make(), make(2)
    first.take()
    clock.advance(LIFETIME / timedelta(seconds=1))
    second.take()
    for _ in range(renewals):
        second.confirm()

    with pytest.raises(StorageError, match="Another sync has taken over"):
        first.confirm()

    second.confirm()
    first.give_up()
    second.confirm()


def test_driver_that_is_a_moment_later_is_refused(make, storage, monkeypatch):
    first, second = make(), make(2)
    put = LocalFolder.put_if_absent

    def slow(*args):
        monkeypatch.setattr(LocalFolder, "put_if_absent", put)
        first.take()
        return put(*args)

    monkeypatch.setattr(LocalFolder, "put_if_absent", slow)

    with pytest.raises(TargetInUseError, match="process 1"):
        second.take()
