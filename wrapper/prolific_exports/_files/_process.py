"""Which process this is, and whether another one has ended.

A process id alone identifies nothing: it is used again, it means something else in another
container, and a process that has ended keeps it until its parent asks how. So a process is
known by four things: the boot of its machine, its PID namespace, its id and its start time.
"""

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from attrs import field, frozen

_PROC: Final = Path("/proc")
# Zombie, dead: nothing of the process runs any more. Without an init process, a container
# keeps zombies forever.
_ENDED: Final = frozenset("ZXx")
# macOS. Elsewhere there is no such name, and nothing is printed.
_BOOT_SESSION: Final = ("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid")
_STATE_AND_START: Final = ("/bin/ps", "-o", "stat=,lstart=", "-p")
_ASKING_TIMEOUT: Final = 5.0


@frozen
class Process:
    """A process.

    Attributes:
        host: Name of its machine, for messages.
        boot: The start of its machine's system; on systems that don't tell, the host's name.
        namespace: What its id is valid in; "" where there is only one such space.
        pid: Its id.
        started: When it started, in letters and digits; "" where that is unknown.
    """

    host: str = field(eq=False)
    boot: str
    namespace: str
    pid: int
    started: str

    def shares_ids_with(self, other: "Process") -> bool:
        """Whether an id means the same process to both."""
        return (self.boot, self.namespace) == (other.boot, other.namespace)


class Processes(Protocol):
    """The processes that can be asked about."""

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
        """Whether no file can be renamed that a process has open, so that trying tells."""
        ...


class OsProcesses:
    """The operating system's processes.

    Linux is asked through `/proc`, other POSIX systems through `ps`. Windows isn't asked.
    """

    def __init__(
        self,
        *,
        proc: Path = _PROC,
        windows: bool = os.name == "nt",
        ask: "Callable[[Sequence[str]], str] | None" = None,
    ) -> None:
        """Use the means of this system.

        Args:
            proc: Where Linux describes its processes.
            windows: Whether this is Windows.
            ask: Runs a program and returns its output, "" if there is none.
        """
        self._proc = proc
        self._windows = windows
        self._ask = ask or _output_of

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
            boot = ("" if self._windows else self._ask(_BOOT_SESSION)) or host
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
        # Another process may have been given the id since.
        return state in _ENDED or (process.started not in ("", started))

    @property
    def pid(self) -> int:
        """The id of this process, which differs in a fork."""
        return os.getpid()

    @property
    def guards_open_files(self) -> bool:
        """Whether no file can be renamed that a process has open, so that trying tells."""
        return self._windows

    def _has_proc(self) -> bool:
        """Whether `/proc` is there, and is that of our own PID namespace."""
        if self._windows:
            return False
        try:
            return os.readlink(self._proc / "self") == str(os.getpid())  # noqa: PTH115 - no path
        except OSError:
            return False

    def _state_and_start(self, pid: int) -> tuple[str, str] | None:
        """A process's state, a letter, and when it started; None if that can't be read."""
        if self._windows:
            return None
        if not self._has_proc():
            state, _, started = self._ask((*_STATE_AND_START, str(pid))).strip().partition(" ")
            return (state[0], "".join(filter(str.isalnum, started))) if state else None
        try:
            # The command's name comes second, in parentheses, and may hold anything.
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
        # It belongs to someone else, so it is there.
        pass
    return True


def _output_of(command: Sequence[str]) -> str:
    """What a program of the system prints; "" if it can't be run or fails."""
    import subprocess  # noqa: PLC0415 - start-up time, and only where there is no /proc

    try:
        ran = subprocess.run(  # noqa: S603 - constant programs, and a number
            command,
            env={"LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_ASKING_TIMEOUT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return ran.stdout.decode("ascii", "replace").strip()
