"""The claim of one process to one download.

A claim is a file that is created exclusively. Unlike advisory locks, that works on every
network file system. The claim of a killed process stays behind, and the next process takes it
over.
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

# A holder touches its claim every `TOUCH_INTERVAL` seconds, whatever it is doing. A process on
# another machine or in another container can't be checked; it counts as gone once it has missed
# twelve touches.
TOUCH_INTERVAL: Final = 5.0
FOREIGN_SILENCE: Final = 60.0
# A claim is empty for a moment between its creation and its first write.
_UNSIGNED_SILENCE: Final = 10.0
_TRIES: Final = 10


@frozen
class Holder:
    """The holder of a claim.

    Attributes:
        process: The process.
        output: Name of the file that it downloads, in the claim's folder.
        since: When it took the claim, as text for messages.
        key: A random value that identifies this claim.
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
        """Read a claim. None if its holder is not written yet, or the file is damaged."""
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
    """A claim that this process holds until `release`.

    Attributes:
        path: The claim's file.
        target: The destination, for messages.
        handle: The open file. While it is open, Windows refuses to rename it.
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
        """Take the claim, also from a process that has ended.

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
                _remove_abandoned(path, target, disk, processes)
            else:
                return cls(path, target, disk, processes, holder, disk.open(path))
        raise _in_use(path, target, None)

    def check(self) -> None:
        """Check that this process still holds the claim.

        Raises:
            TargetInUseError: Another process took it over, or this one is a fork of the holder.
        """
        if not self.is_held:
            raise _in_use(self.path, self.target, self._found())

    @property
    def is_held(self) -> bool:
        """Whether this process holds the claim; false after a takeover, and in a fork."""
        found = self._found()
        return self.is_of_this_process and found is not None and found.key == self.holder.key

    @property
    def is_of_this_process(self) -> bool:
        """Whether this process took the claim; false in a fork of it."""
        return self.processes.pid == self.holder.process.pid

    def touch(self) -> None:
        """Show that the holder is alive. Never touches the claim of a process that took over."""
        self.handle.touch()

    def release(self) -> None:
        """Give up the claim."""
        try:
            held = self.is_held
        finally:
            # On Windows, a claim that stays open would lock out every process, this one included.
            self.handle.close()
        if held:
            self.disk.remove(self.path)

    def _found(self) -> Holder | None:
        try:
            return Holder.load(self.disk.read(self.path) or b"")
        except DownloadError:
            # Not a file of this user, so not this claim.
            return None


def _remove_abandoned(path: Path, target: Path, disk: Disk, processes: Processes) -> None:
    """Remove a claim whose holder has ended.

    The claim is moved aside and read again. Two processes may find the same abandoned claim, and
    the slower one could otherwise remove the new claim of the faster one.
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
        # On Windows, the holder has the file open.
        raise _in_use(path, target, found) from None
    if disk.read(aside) != content:
        # Put the new claim back. If that fails (no hard links, or a third process was
        # faster), its holder will notice.
        with suppress(OSError):
            disk.link(aside, path)
    disk.remove(aside)


def aside_path(path: Path) -> Path:
    """Where an abandoned claim is moved. Always one name, so a crash leaves at most one file."""
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
        # Another thread or task. Don't suggest stopping the process that reads this.
        who, advice = f"this process (since {found.since})", "Wait for it."
    else:
        who = "another process"
        if found is not None:
            who = f"process {found.process.pid} on {found.process.host} (since {found.since})"
        advice = (
            "Wait for it, or stop it. If that process was killed, try again in a minute or "
            f"delete its claim, {path}."
        )
    output = target if found is None else target.with_name(found.output or target.name)
    return TargetInUseError(
        f"{output} is already being downloaded by {who}. {advice}",
        path=target,
        host=found.process.host if found else None,
        pid=found.process.pid if found else None,
    )
