"""Which process this is, and whether another still runs."""

import os
import socket
from pathlib import Path
from typing import Protocol

from attrs import frozen

_PROC = Path("/proc")


@frozen
class Process:
    """A process, told from a later one with the same number where the system allows.

    Attributes:
        host: Name of its machine.
        pid: Its number there.
        born: When it began, in the system's own terms; "" where that is not known.
    """

    host: str
    pid: int
    born: str


class Processes(Protocol):
    """The processes that can be asked about."""

    def current(self) -> Process:
        """This process."""
        ...

    def is_gone(self, process: Process) -> bool | None:
        """Whether a process has ended; None when it cannot be known from here."""
        ...


class OsProcesses:
    """The operating system's processes."""

    def __init__(self, *, windows: bool = os.name == "nt") -> None:
        """Ask as this system has to be asked."""
        self._windows = windows

    def current(self) -> Process:
        """This process."""
        return Process(socket.gethostname(), os.getpid(), _born(os.getpid()))

    def is_gone(self, process: Process) -> bool | None:
        """Whether a process has ended; None when it cannot be known from here."""
        if process.host != socket.gethostname():
            return None
        if self._windows:
            # There a file that is open cannot be renamed: trying tells who is alive.
            return True
        try:
            os.kill(process.pid, 0)
        except (ProcessLookupError, OverflowError):
            return True
        except OSError:
            # It is somebody else's, so it is there.
            pass
        return bool(process.born) and _born(process.pid) not in ("", process.born)


def _born(pid: int) -> str:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        # The command's name comes second, in parentheses, and may hold anything.
        fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
        return f"{boot}:{int(fields[19])}"
    except (OSError, ValueError, IndexError):
        return ""
