"""One process at a time works on a download, and a dead one is in nobody's way."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prolific_exports import TargetInUseError
from prolific_exports._transfer import _claim, _process
from prolific_exports._transfer._claim import FOREIGN_SILENCE, Claim, Holder
from prolific_exports._transfer._disk import OsDisk
from prolific_exports._transfer._process import OsProcesses, Process

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


def sign(path, host=HERE, pid=None, born=""):
    """Leave a claim of another process."""
    pid = ended() if pid is None else pid
    path.write_bytes(Holder(Process(host, pid, born), "2026-03-20", "k").dump())


def ended():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def aged(path, seconds):
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_a_claim_that_is_held_keeps_others_out_and_says_who_holds_it(take, path):
    claim = take(path)
    with pytest.raises(TargetInUseError) as refused:
        take(path)
    assert (refused.value.host, refused.value.pid) == (HERE, os.getpid())
    assert refused.value.path == path.with_name("x.zip")
    assert "by this same process (since 2026-03-20" in str(refused.value)
    assert str(refused.value).endswith("): wait for it."), "nobody shall stop it"
    claim.check()
    claim.release()
    assert files(path) == []
    take(path).release()


def test_a_claim_of_another_process_says_which_to_wait_for_or_to_stop(take, path):
    sign(path, host="elsewhere", pid=7)
    with pytest.raises(TargetInUseError) as refused:
        take(path)
    said = "by process 7 on elsewhere (since 2026-03-20): wait for it, or stop it first."
    assert str(refused.value).endswith(said)


def test_a_claim_of_a_process_that_ended_is_taken_over(take, path):
    sign(path)
    claim = take(path)
    assert claim.is_held
    assert files(path) == ["x.lock"]


@pytest.mark.parametrize("pid", [2**62, 2**31])
def test_a_process_that_cannot_be_is_no_more(take, path, pid):
    sign(path, pid=pid)
    take(path)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="births are read in /proc")
def test_a_process_that_got_the_number_of_another_is_not_it(take, path):
    born = OsProcesses().current().born
    assert born
    sign(path, pid=os.getpid(), born=born)
    with pytest.raises(TargetInUseError):
        take(path)
    sign(path, pid=os.getpid(), born=f"{born}0")
    take(path)


# Windows has a function of this name, which ends the process.
POSIX = OsProcesses(windows=False)


def answering(monkeypatch, error=None):
    """Have the system answer every question about a process."""

    def kill(pid, number):
        if error is not None:
            raise error

    monkeypatch.setattr(os, "kill", kill)


def test_a_birth_is_that_of_the_process_since_the_machine_was_started(
    take, path, monkeypatch, tmp_path
):
    (tmp_path / "proc/sys/kernel/random").mkdir(parents=True)
    (tmp_path / "proc/sys/kernel/random/boot_id").write_bytes(b"b00t\n")
    (tmp_path / "proc" / str(os.getpid())).mkdir()
    stat = b"7 (a) b) S " + b" ".join(b"%d" % number for number in range(4, 40))
    (tmp_path / "proc" / str(os.getpid()) / "stat").write_bytes(stat)
    monkeypatch.setattr(_process, "_PROC", tmp_path / "proc")
    answering(monkeypatch)
    assert POSIX.current().born == "b00t:22"
    sign(path, pid=os.getpid(), born="b00t:22")
    with pytest.raises(TargetInUseError):
        take(path, processes=POSIX)
    sign(path, pid=os.getpid(), born="b00t:21")
    take(path, processes=POSIX)


def test_where_births_are_not_known_numbers_decide(take, path, monkeypatch, tmp_path):
    monkeypatch.setattr(_process, "_PROC", tmp_path / "nowhere")
    assert POSIX.current().born == ""
    sign(path, pid=os.getpid(), born="1")
    answering(monkeypatch)
    with pytest.raises(TargetInUseError):
        take(path, processes=POSIX)
    answering(monkeypatch, ProcessLookupError(3, "No such process"))
    take(path, processes=POSIX)


def test_somebody_elses_process_is_there(take, path, monkeypatch):
    answering(monkeypatch, PermissionError(1, "Operation not permitted"))
    sign(path, pid=1)
    with pytest.raises(TargetInUseError):
        take(path, processes=POSIX)


def test_on_windows_a_file_that_is_open_cannot_be_renamed_and_so_is_held(take, path, monkeypatch):
    windows = OsProcesses(windows=True)
    disk = OsDisk()

    def in_use(path, name):
        raise PermissionError(13, "in use")

    sign(path, pid=1)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "rename", in_use)
        with pytest.raises(TargetInUseError):
            take(path, disk, windows)
    assert take(path, disk, windows).is_held


def test_a_claim_of_another_machine_is_taken_over_after_a_long_silence(take, path):
    sign(path, host="elsewhere", pid=1)
    aged(path, FOREIGN_SILENCE - 60)
    with pytest.raises(TargetInUseError, match="process 1 on elsewhere"):
        take(path)
    aged(path, FOREIGN_SILENCE + 60)
    take(path)
    assert files(path) == ["x.lock"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b'{"host": "a"}', b'{"host": "a", "pid": "x"}']
)
def test_a_claim_without_a_name_is_respected_for_a_moment(take, path, content):
    path.write_bytes(content)
    with pytest.raises(TargetInUseError, match="by another process") as refused:
        take(path)
    assert (refused.value.host, refused.value.pid) == (None, None)
    aged(path, 60)
    take(path)


def test_a_holder_shows_that_it_lives(take, path):
    claim = take(path)
    aged(path, 1000)
    claim.touch()
    assert OsDisk().age(path) < 100


def test_who_has_lost_a_claim_notices_and_leaves_the_new_one_alone(take, path):
    claim = take(path)
    sign(path, host="elsewhere", pid=1)
    with pytest.raises(TargetInUseError, match="elsewhere"):
        claim.check()
    claim.release()
    assert path.exists()
    path.unlink()
    with pytest.raises(TargetInUseError):
        claim.check()
    assert not claim.is_held


class Meddling(OsDisk):
    """Somebody else acts just before something is done."""

    def __init__(self, method, act):
        self.acts = {method: act}

    def _meddle(self, method):
        act = self.acts.pop(method, None)
        if act is not None:
            act()

    def read(self, path):
        self._meddle("read")
        return super().read(path)

    def rename(self, path, name):
        self._meddle("rename")
        super().rename(path, name)

    def age(self, path):
        self._meddle("age")
        return super().age(path)


def test_a_claim_that_was_given_up_meanwhile_is_free(take, path):
    for method in ("read", "rename"):
        sign(path)
        take(path, Meddling(method, path.unlink)).release()
    sign(path, host="elsewhere")
    take(path, Meddling("age", path.unlink)).release()
    assert files(path) == []


@pytest.mark.parametrize("linking", [True, False], ids=["hard links", "no hard links"])
def test_a_faster_one_is_given_its_claim_back(take, path, linking, monkeypatch):
    sign(path)
    # Not one of this process, which Windows takes for gone unless its claim is open.
    disk = Meddling("rename", lambda: sign(path, host="elsewhere", pid=1))
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


def test_a_claim_that_cannot_be_read_is_not_kept_open(take, path, monkeypatch):
    claim = take(path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", fail)
        with pytest.raises(OSError, match="No luck"):
            claim.release()
    with pytest.raises(ValueError, match="closed"):
        claim.handle.size()


def fail(*arguments):
    raise OSError(5, "No luck")


def test_who_always_comes_too_late_gives_up(take, path):
    class Busy(OsDisk):
        def create(self, path, content):
            raise FileExistsError

    with pytest.raises(TargetInUseError):
        take(path, Busy())
    assert _claim.Holder.load(b"") is None


def test_a_number_that_is_no_process_is_nobodys_signature():
    signed = Holder(Process(HERE, 1, ""), "2026-03-20", "k").dump()
    assert Holder.load(signed.replace(b'"pid": 1', b'"pid": 1e999')) is None
