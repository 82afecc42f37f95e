"""Identify processes, and find out whether a process has ended.

A process id alone is not an identity: the system reuses it, it means another process in another
container, and a zombie keeps it. So four values identify a process: the boot of its machine,
its PID namespace, its id and its start time.
"""

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from attrs import field, frozen

_PROC: Final = Path("/proc")
# Zombie and dead: the process does not run any more. A container without an init process keeps
# zombies forever.
_ENDED: Final = frozenset("ZXx")
# macOS. Other systems don't have this name, and the program prints nothing.
_BOOT_SESSION: Final = ("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid")
_STATE_AND_START: Final = ("/bin/ps", "-o", "stat=,lstart=", "-p")
_PROGRAM_TIMEOUT: Final = 5.0


@frozen
class Process:
    """The identity of a process.

    Attributes:
        host: Name of the machine, for messages.
        boot: Id of the machine's boot; the host's name where the system has none.
        namespace: The PID namespace; "" on systems without them.
        started: Start time in letters and digits; "" if unknown.
    """

    host: str = field(eq=False)
    boot: str
    namespace: str
    pid: int
    started: str

    def shares_ids_with(self, other: "Process") -> bool:
        """Whether both see the same process behind an id."""
        return (self.boot, self.namespace) == (other.boot, other.namespace)


class Processes(Protocol):
    """Access to processes, which tests and the simulation replace."""

    def current(self) -> Process:
        """This process."""
        ...

    def has_ended(self, process: Process) -> bool | None:
        """Whether a process has ended; None if that can't be determined from here."""
        ...

    @property
    def pid(self) -> int:
        """The id of this process, which differs in a fork."""
        ...

    @property
    def guards_open_files(self) -> bool:
        """Whether the system refuses to rename a file that a process has open."""
        ...


class OsProcesses:
    """The operating system's processes.

    Reads `/proc` on Linux, runs `ps` on other POSIX systems, and does neither on Windows.
    """

    def __init__(
        self,
        *,
        proc: Path = _PROC,
        windows: bool = os.name == "nt",
        run: "Callable[[Sequence[str]], str] | None" = None,
    ) -> None:
        """Use the interfaces of this system.

        Args:
            proc: The folder in which Linux describes its processes.
            windows: Whether this is Windows.
            run: Runs a program and returns its output; "" if it fails.
        """
        self._proc = proc
        self._windows = windows
        self._run = run or _output_of

    def current(self) -> Process:
        """This process."""
        host, pid = socket.gethostname(), os.getpid()
        if self._has_proc():
            try:
                boot = (self._proc / "sys/kernel/random/boot_id").read_text("ascii").strip()
                namespace = os.readlink(self._proc / "self/ns/pid")  # noqa: PTH115 - no path
            except (OSError, ValueError):
                boot, namespace = host, ""
        else:
            boot = ("" if self._windows else self._run(_BOOT_SESSION)) or host
            namespace = ""
        _, started = self._state_and_start(pid) or ("", "")
        return Process(host, boot, namespace, pid, started)

    def has_ended(self, process: Process) -> bool | None:
        """Whether a process has ended; None if that can't be determined from here."""
        if self._windows or not process.shares_ids_with(self.current()):
            return None
        found = self._state_and_start(process.pid)
        if found is None:
            return not _exists(process.pid)
        state, started = found
        # The system may have reused the id for another process.
        return state in _ENDED or (process.started not in ("", started))

    @property
    def pid(self) -> int:
        """The id of this process, which differs in a fork."""
        return os.getpid()

    @property
    def guards_open_files(self) -> bool:
        """Whether the system refuses to rename a file that a process has open."""
        return self._windows

    def _has_proc(self) -> bool:
        """Whether `/proc` exists, and belongs to the PID namespace of this process."""
        if self._windows:
            return False
        try:
            return os.readlink(self._proc / "self") == str(os.getpid())  # noqa: PTH115 - no path
        except OSError:
            return False

    def _state_and_start(self, pid: int) -> tuple[str, str] | None:
        """The state of a process (one letter) and its start time; None if unreadable."""
        if self._windows:
            return None
        if not self._has_proc():
            state, _, started = self._run((*_STATE_AND_START, str(pid))).strip().partition(" ")
            return (state[0], "".join(filter(str.isalnum, started))) if state else None
        try:
            # The second field is the command's name in parentheses, with any characters in it.
            fields = (
                (self._proc / str(pid) / "stat").read_text("latin-1").rpartition(")")[2].split()
            )
            return fields[0], str(int(fields[19]))
        except (OSError, ValueError, IndexError):
            return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        # The process exists, but belongs to another user.
        pass
    return True


def _output_of(command: Sequence[str]) -> str:
    """The output of a program of the system; "" if it can't be run or fails."""
    import subprocess  # noqa: PLC0415 - start-up time; used only without /proc

    try:
        done = subprocess.run(  # noqa: S603 - constant programs, and a number
            command,
            env={"LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PROGRAM_TIMEOUT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("ascii", "replace").strip()
