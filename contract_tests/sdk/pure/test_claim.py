"""One process at a time works on a download, and a dead process blocks no other."""

import json
import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from helpers.processes import fork
from prolific_exports import DownloadError, TargetInUseError
from prolific_exports._download import _claim
from prolific_exports._download._claim import Claim, Holder
from prolific_exports._files._disk import OsDisk
from prolific_exports._files._process import OsProcesses

NOW = datetime(2026, 3, 20, 10, 0, 0, tzinfo=UTC)
HERE = socket.gethostname()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.lock"


@pytest.fixture
def take():
    taken = []

    def take(path, disk=None, processes=None):
        target = path.with_name("x.zip")
        taken.append(Claim.take(path, target, disk or OsDisk(), processes or OsProcesses(), NOW))
        return taken[-1]

    yield take
    for claim in taken:
        claim.release()


def files(path):
    return sorted(one.name for one in path.parent.iterdir())


def sign(path, pid=None, **identity):
    """Leave a claim of another process."""
    process = evolve(OsProcesses().current(), pid=ended() if pid is None else pid, started="")
    process = evolve(process, **identity)
    path.write_bytes(Holder(process, "theirs.zip", "2026-03-20", "k").dump())


ELSEWHERE = {"host": "elsewhere", "boot": "another", "pid": 7}


def ended():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def aged(path, seconds):
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_held_claim_is_refused_with_its_holder(take, path):
    claim = take(path)
    with pytest.raises(TargetInUseError) as refused:
        take(path)
    assert (refused.value.host, refused.value.pid) == (HERE, os.getpid())
    assert refused.value.path == path.with_name("x.zip")
    assert "by this process (since 2026-03-20" in str(refused.value)
    assert str(refused.value).endswith("). Wait for it."), "don't advise to stop the reader"
    claim.check()
    claim.release()
    assert files(path) == []
    take(path).release()


def test_claim_of_another_process_names_its_output_and_file(take, path):
    sign(path, **ELSEWHERE)
    with pytest.raises(TargetInUseError) as refused:
        take(path)
    assert str(refused.value) == (
        f"{path.with_name('theirs.zip')} is already being downloaded by process 7 on elsewhere "
        "(since 2026-03-20). Wait for it, or stop it. If that process was killed, try again in a "
        f"minute or delete its claim, {path}."
    )


def test_claim_of_an_ended_process_is_taken_over(take, path):
    sign(path)
    claim = take(path)
    assert claim.is_held
    assert files(path) == ["x.lock"]


@pytest.mark.parametrize("pid", [2**62, 2**31])
def test_claim_with_an_impossible_process_id_is_taken_over(take, path, pid):
    sign(path, pid=pid)
    take(path)


def test_open_claim_on_windows_is_held(take, path, monkeypatch):
    windows = OsProcesses(windows=True)
    disk = OsDisk()

    def in_use(path, name):
        raise PermissionError(13, "in use")

    path.write_bytes(Holder(windows.current(), "x.zip", "2026-03-20", "k").dump())
    with monkeypatch.context() as patch:
        patch.setattr(disk, "rename", in_use)
        with pytest.raises(TargetInUseError):
            take(path, disk, windows)
    assert take(path, disk, windows).is_held


def test_claim_of_another_machine_is_taken_over_after_a_minute_of_silence(take, path):
    sign(path, **ELSEWHERE)
    aged(path, 30)
    with pytest.raises(TargetInUseError, match="process 7 on elsewhere"):
        take(path)
    aged(path, 90)
    take(path)
    assert files(path) == ["x.lock"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b'{"host": "a"}', b'{"host": "a", "pid": "x"}']
)
def test_claim_without_a_holder_is_respected_for_a_moment(take, path, content):
    path.write_bytes(content)
    with pytest.raises(TargetInUseError, match="by another process") as refused:
        take(path)
    assert (refused.value.host, refused.value.pid) == (None, None)
    aged(path, 60)
    take(path)


def test_touch_resets_the_age_of_a_claim(take, path):
    claim = take(path)
    aged(path, 1000)
    claim.touch()
    assert OsDisk().age(path) < 100


@pytest.mark.skipif(os.name == "nt", reason="makes a pipe")
def test_pipe_instead_of_a_claim_is_named_without_blocking(take, path):
    os.mkfifo(path)
    with pytest.raises(DownloadError, match=r"x\.lock is a pipe.* Delete it"):
        take(path)
    path.unlink()
    claim = take(path)
    path.unlink()
    os.mkfifo(path)
    assert not claim.is_held
    claim.release()
    assert path.is_fifo()


def test_lost_claim_is_detected_and_the_new_one_is_kept(take, path):
    claim = take(path)
    sign(path, **ELSEWHERE)
    with pytest.raises(TargetInUseError, match="elsewhere"):
        claim.check()
    claim.release()
    assert path.exists()
    path.unlink()
    with pytest.raises(TargetInUseError):
        claim.check()
    assert not claim.is_held


class DiskWithOtherProcess(OsDisk):
    """Another process acts just before an operation."""

    def __init__(self, method, act):
        self.acts = {method: act}

    def _interfere(self, method):
        act = self.acts.pop(method, None)
        if act is not None:
            act()

    def read(self, path):
        self._interfere("read")
        return super().read(path)

    def rename(self, path, name):
        self._interfere("rename")
        super().rename(path, name)

    def age(self, path):
        self._interfere("age")
        return super().age(path)


def test_claim_released_during_a_takeover_is_free(take, path):
    for method in ("read", "rename"):
        sign(path)
        take(path, DiskWithOtherProcess(method, path.unlink)).release()
    sign(path, **ELSEWHERE)
    take(path, DiskWithOtherProcess("age", path.unlink)).release()
    assert files(path) == []


@pytest.mark.parametrize("linking", [True, False], ids=["hard links", "no hard links"])
def test_claim_of_a_faster_process_is_restored(take, path, linking, monkeypatch):
    sign(path)
    # Not one of this process, which Windows takes for gone unless its claim is open.
    disk = DiskWithOtherProcess("rename", lambda: sign(path, **ELSEWHERE))
    if not linking:

        def no_links(path, name):
            raise PermissionError(1, "no links here")

        monkeypatch.setattr(disk, "link", no_links)
        assert take(path, disk).is_held
    else:
        with pytest.raises(TargetInUseError):
            take(path, disk)
        assert json.loads(path.read_bytes())["host"] == "elsewhere"
    assert files(path) == ["x.lock"]


def test_unreadable_claim_is_closed(take, path, monkeypatch):
    claim = take(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", fail)
        with pytest.raises(OSError, match="No luck"):
            claim.release()
    with pytest.raises(ValueError, match="closed"):
        claim.handle.size()


def fail(*arguments):
    raise OSError(5, "No luck")


def test_claim_that_always_exists_is_refused(take, path):
    class Busy(OsDisk):
        def create(self, path, content):
            raise FileExistsError

    with pytest.raises(TargetInUseError):
        take(path, Busy())
    assert _claim.Holder.load(b"") is None


@pytest.mark.parametrize("pid", ["1e999", "0", "-1"])
def test_claim_with_an_invalid_process_id_has_no_holder(pid):
    holder = Holder(evolve(OsProcesses().current(), pid=77), "x.zip", "2026-03-20", "k")
    assert Holder.load(holder.dump()) == holder
    assert Holder.load(holder.dump().replace(b'"pid": 77', b'"pid": ' + pid.encode())) is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no fork")
def test_fork_neither_holds_nor_releases_the_claim(take, path):
    claim = take(path)

    def act():
        with pytest.raises(TargetInUseError):
            claim.check()
        claim.release()

    assert fork(act) == 0
    assert claim.is_held
    assert files(path) == ["x.lock"]


@pytest.mark.skipif(sys.platform != "linux", reason="zombies are made as on Linux")
def test_claim_of_a_zombie_is_taken_over(take, path):
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()
    processes: Any = OsProcesses()
    while processes._state_and_start(process.pid)[0] != "Z":
        time.sleep(0.01)
    try:
        sign(path, pid=process.pid)
        assert take(path).is_held
    finally:
        process.communicate()


def test_claim_of_a_container_with_the_same_host_name_is_refused(take, path):
    sign(path, namespace="pid:[1]")
    with pytest.raises(TargetInUseError):
        take(path)


def test_touch_after_a_takeover_keeps_the_new_claim(take, path):
    claim = take(path)
    path.rename(path.with_name("aside"))
    sign(path, **ELSEWHERE)
    aged(path, 1000)
    claim.touch()
    assert OsDisk().age(path) > 900
