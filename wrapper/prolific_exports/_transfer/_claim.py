"""The claim of one process to one download.

A file that is created exclusively, which works on network file systems too, where
advisory locks may succeed for everybody. It survives a crash of its holder and is
then taken over.
"""

import json
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from attrs import define, frozen

from prolific_exports._errors import TargetInUseError
from prolific_exports._transfer._disk import Disk, Handle
from prolific_exports._transfer._process import Process, Processes

# A holder on another machine cannot be asked whether it lives. It touches its claim
# every few seconds while something happens; the longest it may be silent is a wait
# that a server asked for.
FOREIGN_SILENCE: Final = 3600.0
# Between creating the file and writing who made it there is a moment.
_UNSIGNED_SILENCE: Final = 10.0
_TRIES: Final = 10


@frozen
class Holder:
    """Who holds a claim.

    Attributes:
        process: The process.
        since: When it claimed, in words.
        key: What tells this claim from every other.
    """

    process: Process
    since: str
    key: str

    def dump(self) -> bytes:
        """The file's content."""
        record = {
            "host": self.process.host,
            "pid": self.process.pid,
            "born": self.process.born,
            "since": self.since,
            "key": self.key,
        }
        return json.dumps(record).encode()

    @classmethod
    def load(cls, content: bytes) -> "Holder | None":
        """Who signed; None if nobody did, yet."""
        try:
            record: Any = json.loads(content)
            process = Process(str(record["host"]), int(record["pid"]), str(record["born"]))
            return cls(process, str(record["since"]), str(record["key"]))
        except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
            return None


@define
class Claim:
    """A claim that is held, until `release`.

    Attributes:
        path: Its file.
        target: What it is for, for messages.
        disk: Where the file is.
        holder: This process.
        handle: The open file, which Windows lets nobody rename.
    """

    path: Path
    target: Path
    disk: Disk
    holder: Holder
    handle: Handle

    @classmethod
    def take(
        cls, path: Path, target: Path, disk: Disk, processes: Processes, now: datetime
    ) -> "Claim":
        """Claim, taking over from a process that is no more.

        Raises:
            TargetInUseError: Another process, or another part of this one, holds it.
            OSError: The system refuses.
        """
        since = now.astimezone().isoformat(" ", "seconds")
        holder = Holder(processes.current(), since, secrets.token_hex(8))
        for _ in range(_TRIES):
            try:
                disk.create(path, holder.dump())
            except FileExistsError:
                _take_away(path, target, disk, processes)
            else:
                return cls(path, target, disk, holder, disk.open(path))
        raise _in_use(target, None)

    def check(self) -> None:
        """Make sure that the claim is still held.

        Raises:
            TargetInUseError: Somebody took it over, having taken this process for dead.
        """
        found = self._found()
        if found is None or found.key != self.holder.key:
            raise _in_use(self.target, found)

    @property
    def is_held(self) -> bool:
        """Whether nobody has taken it over."""
        found = self._found()
        return found is not None and found.key == self.holder.key

    def touch(self) -> None:
        """Show that the holder lives."""
        self.disk.touch(self.path)

    def release(self) -> None:
        """Give it up."""
        try:
            held = self.is_held
        finally:
            # Left open, it would keep everybody out on Windows: this process too.
            self.handle.close()
        if held:
            self.disk.remove(self.path)

    def _found(self) -> Holder | None:
        return Holder.load(self.disk.read(self.path) or b"")


def _take_away(path: Path, target: Path, disk: Disk, processes: Processes) -> None:
    """Remove a claim whose holder is gone.

    It is moved aside and looked at again: two processes may find the same claim
    abandoned, and the slower one would otherwise remove the faster one's.
    """
    content = disk.read(path)
    if content is None:
        return
    found = Holder.load(content)
    if not _is_abandoned(path, found, disk, processes):
        raise _in_use(target, found, own=processes.current())
    aside = aside_path(path)
    try:
        disk.rename(path, aside)
    except FileNotFoundError:
        return
    except PermissionError:
        # Windows: the holder has it open.
        raise _in_use(target, found) from None
    if disk.read(aside) != content:
        # Without hard links, or when a third was faster, its owner will notice.
        with suppress(OSError):
            disk.link(aside, path)
    disk.remove(aside)


def aside_path(path: Path) -> Path:
    """Where an abandoned claim is moved: one name, so that a crash leaves one file at most."""
    return path.with_name(f"{path.name}.old")


def _is_abandoned(path: Path, found: Holder | None, disk: Disk, processes: Processes) -> bool:
    gone = None if found is None else processes.is_gone(found.process)
    if gone is not None:
        return gone
    try:
        return disk.age(path) > (_UNSIGNED_SILENCE if found is None else FOREIGN_SILENCE)
    except FileNotFoundError:
        return True


def _in_use(target: Path, found: Holder | None, own: Process | None = None) -> TargetInUseError:
    advice = "wait for it, or stop it first"
    if found is None:
        who = "another process"
    elif found.process == own:
        # A thread or task: nobody shall stop the process that this is said in.
        who, advice = f"this same process (since {found.since})", "wait for it"
    else:
        who = f"process {found.process.pid} on {found.process.host} (since {found.since})"
    return TargetInUseError(
        f"{target} is being downloaded already, by {who}: {advice}.",
        path=target,
        host=found.process.host if found else None,
        pid=found.process.pid if found else None,
    )
