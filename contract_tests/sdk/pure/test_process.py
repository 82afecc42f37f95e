"""A process is distinguished from others that have, or had, its id."""

import os
import socket
import subprocess
import sys

import pytest
from attrs import evolve
from prolific_exports._files import _process
from prolific_exports._files._process import OsProcesses

BOOT = "b00t"


@pytest.fixture
def proc(tmp_path):
    """The description of this process, as on Linux."""
    (tmp_path / "sys/kernel/random").mkdir(parents=True)
    (tmp_path / "sys/kernel/random/boot_id").write_text(f"{BOOT}\n")
    (tmp_path / "self").symlink_to(str(os.getpid()))
    (tmp_path / str(os.getpid()) / "ns").mkdir(parents=True)
    (tmp_path / str(os.getpid()) / "ns" / "pid").symlink_to("pid:[77]")
    describe(tmp_path, os.getpid())
    return tmp_path


pytestmark = pytest.mark.skipif(os.name == "nt", reason="makes links as /proc has them")


def describe(proc, pid, state="S", started=22):
    (proc / str(pid)).mkdir(exist_ok=True)
    numbers = " ".join(str(started if number == 22 else number) for number in range(4, 40))
    (proc / str(pid) / "stat").write_text(f"{pid} (a) b) {state} {numbers}")


@pytest.fixture
def processes(proc):
    return OsProcesses(proc=proc, windows=False)


def test_linux_identifies_a_process_by_boot_namespace_id_and_start(processes):
    found = processes.current()
    assert (found.boot, found.namespace, found.pid, found.started) == (
        BOOT,
        "pid:[77]",
        os.getpid(),
        "22",
    )
    assert found.host == socket.gethostname()


def test_host_name_is_not_part_of_the_identity(processes):
    found = processes.current()
    assert evolve(found, host="renamed") == found
    assert processes.has_ended(evolve(found, host="renamed")) is False


@pytest.mark.parametrize(
    ("change", "ended"),
    [
        ({}, False),
        ({"started": "21"}, True),
        ({"started": ""}, False),
        ({"boot": "another"}, None),
        ({"namespace": "pid:[78]"}, None),
    ],
)
def test_whether_a_process_has_ended_is_known_in_its_own_namespace(processes, change, ended):
    assert processes.has_ended(evolve(processes.current(), **change)) is ended


@pytest.mark.parametrize(("state", "ended"), [("S", False), ("Z", True), ("X", True)])
def test_zombies_and_the_dead_have_ended(processes, proc, state, ended):
    describe(proc, os.getpid(), state)
    assert processes.has_ended(processes.current()) is ended


@pytest.mark.parametrize("content", ["", "7 (a) S", "7 (a) S " + "x " * 40])
def test_unreadable_process_entry_falls_back_to_signals(processes, proc, content):
    found = processes.current()
    (proc / str(os.getpid()) / "stat").write_text(content)
    assert processes.has_ended(found) is False
    assert processes.current().started == ""


def test_missing_process_has_ended(processes):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    for pid in (process.pid, 2**62):
        assert processes.has_ended(evolve(processes.current(), pid=pid)) is True


def test_process_of_another_user_is_running(processes, monkeypatch):
    def kill(pid, number):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "kill", kill)
    assert processes.has_ended(evolve(processes.current(), pid=2**22 + 1)) is False


def test_proc_of_another_namespace_is_ignored(proc):
    (proc / "self").unlink()
    (proc / "self").symlink_to("1")
    processes = OsProcesses(proc=proc, windows=False, run=lambda command: "")
    assert processes.current().boot == socket.gethostname()


def test_proc_without_boot_id_falls_back_to_the_host_name(processes, proc):
    (proc / "sys/kernel/random/boot_id").unlink()
    assert (processes.current().boot, processes.current().namespace) == (socket.gethostname(), "")


class FakePrograms:
    """The output of `sysctl` and `ps`."""

    def __init__(self, boot="UUID", state="S+   Mon Nov 30 07:14:35 2026"):
        self.boot, self.state = boot, state

    def __call__(self, command):
        return self.state if "ps" in command[0] else self.boot


def test_other_systems_use_their_programs(tmp_path):
    programs = FakePrograms()
    processes = OsProcesses(proc=tmp_path / "none", windows=False, run=programs)
    found = processes.current()
    assert (found.boot, found.namespace, found.started) == ("UUID", "", "MonNov300714352026")
    assert processes.has_ended(found) is False
    assert processes.has_ended(evolve(found, started="MonNov300714362026")) is True
    programs.state = "Z    Mon Nov 30 07:14:35 2026"
    assert processes.has_ended(found) is True
    programs.state = ""
    assert processes.has_ended(found) is False, "the system still knows the id"


def test_system_programs_are_run_and_may_be_missing(tmp_path):
    processes = OsProcesses(proc=tmp_path / "none", windows=False)
    assert processes.has_ended(processes.current()) is False
    assert _process._output_of([sys.executable, "-c", "print(' 7 ')"]) == "7"
    assert _process._output_of([sys.executable, "-c", "raise SystemExit(1)"]) == ""
    assert _process._output_of([str(tmp_path / "nothing")]) == ""


def test_windows_runs_no_programs():
    processes = OsProcesses(windows=True)
    found = processes.current()
    assert (found.boot, found.started) == (socket.gethostname(), "")
    assert processes.has_ended(found) is None
    assert processes.guards_open_files
