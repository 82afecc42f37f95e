"""The claim of one process to one download.

A claim is a file that is created exclusively. Unlike advisory locks, that works on every
network file system. A claim outlives a holder that is killed, and is then taken over.
"""

import json
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from attrs import asdict, define, frozen

from prolific_exports._errors import DownloadError, TargetInUseError
from prolific_exports._files._disk import Disk, Handle
from prolific_exports._files._process import Process, Processes
from prolific_exports._model._json import parse

# A holder touches its claim every `TOUCH_INTERVAL` seconds, whatever it is doing. One on
# another machine or in another container can't be asked whether it lives, and counts as gone
# after a silence of twelve touches.
TOUCH_INTERVAL: Final = 5.0
FOREIGN_SILENCE: Final = 60.0
# Between creating the file and writing who made it there is a moment.
_UNSIGNED_SILENCE: Final = 10.0
_TRIES: Final = 10


@frozen
class Holder:
    """Who holds a claim.

    Attributes:
        process: The process.
        output: Name of the file that it downloads, in the claim's folder.
        since: When it claimed, in words.
        key: What tells this claim from every other.
    """

    process: Process
    output: str
    since: str
    key: str

    def dump(self) -> bytes:
        """The file's content."""
        return json.dumps({**asdict(self.process), **asdict(self, filter=_is_text)}).encode()

    @classmethod
    def load(cls, content: bytes) -> "Holder | None":
        """Who signed; None if nobody did, yet."""
        try:
            record: Any = parse(content)
            host, boot, namespace, started, output, since, key = (
                str(record[name])
                for name in ("host", "boot", "namespace", "started", "output", "since", "key")
            )
            process = Process(host, boot, namespace, int(record["pid"]), started)
        except (ValueError, TypeError, LookupError, OverflowError):
            return None
        return cls(process, Path(output).name, since, key) if process.pid > 0 else None


def _is_text(_attribute: object, value: object) -> bool:
    return isinstance(value, str)


@define
class Claim:
    """A claim that is held, until `release`.

    Attributes:
        path: Its file.
        target: What it is for, for messages.
        disk: Where the file is.
        processes: Who can be asked about processes.
        holder: The process that took it.
        handle: The open file. Windows refuses to rename it meanwhile.
    """

    path: Path
    target: Path
    disk: Disk
    processes: Processes
    holder: Holder
    handle: Handle

    @classmethod
    def take(
        cls, path: Path, target: Path, disk: Disk, processes: Processes, now: datetime
    ) -> "Claim":
        """Claim, taking over from a process that has ended.

        Raises:
            TargetInUseError: Another process, or another part of this one, holds it.
            OSError: The system refuses.
        """
        since = now.astimezone().isoformat(" ", "seconds")
        holder = Holder(processes.current(), target.name, since, secrets.token_hex(8))
        for _ in range(_TRIES):
            try:
                disk.create(path, holder.dump())
            except FileExistsError:
                _take_away(path, target, disk, processes)
            else:
                return cls(path, target, disk, processes, holder, disk.open(path))
        raise _in_use(path, target, None)

    def check(self) -> None:
        """Make sure that the claim is still held.

        Raises:
            TargetInUseError: Another process took it over, or this one is a fork of the holder.
        """
        if not self.is_held:
            raise _in_use(self.path, self.target, self._found())

    @property
    def is_held(self) -> bool:
        """Whether this process holds it: not one that took it over, nor the parent of a fork."""
        found = self._found()
        return self.is_of_this_process and found is not None and found.key == self.holder.key

    @property
    def is_of_this_process(self) -> bool:
        """Whether this process took it, and isn't a fork of the one that did."""
        return self.processes.pid == self.holder.process.pid

    def touch(self) -> None:
        """Show that the holder lives. Never touches the claim of one that took over."""
        self.handle.touch()

    def release(self) -> None:
        """Give it up."""
        try:
            held = self.is_held
        finally:
            # Left open, it would keep everyone out on Windows, this process too.
            self.handle.close()
        if held:
            self.disk.remove(self.path)

    def _found(self) -> Holder | None:
        try:
            return Holder.load(self.disk.read(self.path) or b"")
        except DownloadError:
            # Not a file of this user, so not the claim either.
            return None


def _take_away(path: Path, target: Path, disk: Disk, processes: Processes) -> None:
    """Remove a claim whose holder has ended.

    It is moved aside and read again: two processes may find the same claim abandoned, and the
    slower one would otherwise remove the faster one's.
    """
    content = disk.read(path)
    if content is None:
        return
    found = Holder.load(content)
    if not _is_abandoned(path, found, disk, processes):
        raise _in_use(path, target, found, own=processes.current())
    aside = aside_path(path)
    try:
        disk.rename(path, aside)
    except FileNotFoundError:
        return
    except PermissionError:
        # Windows: the holder has it open.
        raise _in_use(path, target, found) from None
    if disk.read(aside) != content:
        # Without hard links, or when a third was faster, its owner will notice.
        with suppress(OSError):
            disk.link(aside, path)
    disk.remove(aside)


def aside_path(path: Path) -> Path:
    """Where an abandoned claim is moved: one name, so that a crash leaves one file at most."""
    return path.with_name(f"{path.name}.old")


def _is_abandoned(path: Path, found: Holder | None, disk: Disk, processes: Processes) -> bool:
    if found is not None:
        ended = processes.has_ended(found.process)
        if ended is not None:
            return ended
        if processes.guards_open_files and found.process.shares_ids_with(processes.current()):
            return True
    try:
        return disk.age(path) > (_UNSIGNED_SILENCE if found is None else FOREIGN_SILENCE)
    except FileNotFoundError:
        return True


def _in_use(
    path: Path, target: Path, found: Holder | None, own: Process | None = None
) -> TargetInUseError:
    if found is not None and found.process == own:
        # A thread or task. Don't advise to stop the process that reads this.
        who, advice = f"this same process (since {found.since})", "Wait for it."
    else:
        who = "another process"
        if found is not None:
            who = f"process {found.process.pid} on {found.process.host} (since {found.since})"
        advice = (
            "Wait for it, or stop it. If it was killed, try again in a minute, or delete its "
            f"claim, {path}."
        )
    output = target if found is None else target.with_name(found.output or target.name)
    return TargetInUseError(
        f"{output} is being downloaded already, by {who}. {advice}",
        path=target,
        host=found.process.host if found else None,
        pid=found.process.pid if found else None,
    )
