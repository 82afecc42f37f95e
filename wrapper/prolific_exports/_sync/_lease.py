"""One driver at a time: the lease of a dataset.

Each heartbeat writes a file with the next number, which only one driver can do. The driver with
the highest number holds the lease. So its number is also the fence: a driver that was paused
beyond the lifetime finds a higher number and gives up.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from attrs import asdict, define, field

from prolific_exports._errors import StorageError, TargetInUseError
from prolific_exports._files._process import Process, Processes
from prolific_exports._model._clock import Clock
from prolific_exports._model._timestamps import parse_timestamp
from prolific_exports._sync._receipts import to_json
from prolific_exports._sync._storage import Storage

FOLDER: Final = "_sync/lease"
HEARTBEAT: Final = 60.0
LIFETIME: Final = timedelta(minutes=10)
_DIGITS: Final = 12


@define
class Lease:
    """The right to change a dataset.

    Attributes:
        storage: The dataset's files.
        root: The dataset's folder, for messages.
        clock: Tells the time.
        processes: Tells whether the holder's process has ended, on this machine.
    """

    storage: Storage
    root: Path
    clock: Clock
    processes: Processes
    _number: int = field(default=0, init=False)
    _beaten_at: float = field(default=0.0, init=False)

    def take(self) -> None:
        """Take the lease.

        Raises:
            TargetInUseError: Another driver holds it; the message says which and until when.
            StorageError: The system refuses.
        """
        held = self._latest()
        if held is not None:
            number, holder = held
            self._check_is_over(holder)
            self._number = number
        if not self._beat():
            # Another driver was faster. Its file exists by now.
            self.take()

    def keep(self) -> None:
        """Renew the lease if it is time.

        Raises:
            StorageError: Another driver has taken it.
        """
        if self.clock.monotonic() - self._beaten_at >= HEARTBEAT:
            self.confirm()

    def confirm(self) -> None:
        """Renew the lease now: before every change.

        Raises:
            StorageError: Another driver has taken it.
        """
        if not self._beat():
            raise StorageError(
                f"Another sync has taken over {self.root}: this one was paused for longer than "
                f"{LIFETIME.seconds // 60} minutes. It stops here; the other one finishes its work."
            )

    def give_up(self) -> None:
        """Let the next driver begin at once. Does nothing if another one has begun."""
        self.storage.delete(_key(self._number))

    def _beat(self) -> bool:
        """Write the next number; return whether it is the highest then."""
        expires = self.clock.now() + LIFETIME
        record = {**asdict(self.processes.current()), "expires_at": expires.isoformat()}
        own = self._number + 1
        if not self.storage.put_if_absent(_key(own), to_json(record)):
            return False
        *lower, latest = self._numbers()
        if latest != own:
            # A driver that began later has removed lower numbers.
            self.storage.delete(_key(own))
            return False
        self._number, self._beaten_at = own, self.clock.monotonic()
        for number in lower:
            self.storage.delete(_key(number))
        return True

    def _numbers(self) -> list[int]:
        names = [key.rpartition("/")[2] for key in self.storage.list(FOLDER)]
        return [int(name.partition(".")[0]) for name in names]

    def _latest(self) -> tuple[int, dict[str, Any]] | None:
        number = max(self._numbers(), default=0)
        content = self.storage.get(_key(number))
        return None if content is None else (number, json.loads(content))

    def _check_is_over(self, holder: dict[str, Any]) -> None:
        names = ("host", "boot", "namespace", "pid", "started")
        process = Process(*(holder[name] for name in names))
        expires = parse_timestamp(holder["expires_at"]).moment
        if expires > self.clock.now() and not self.processes.has_ended(process):
            raise TargetInUseError(
                f"Another sync of {self.root} is running: {_describe(holder)}. Wait for its end.",
                path=self.root,
                host=holder["host"],
                pid=holder["pid"],
            )


def _key(number: int) -> str:
    return f"{FOLDER}/{number:0{_DIGITS}}.json"


def _describe(holder: dict[str, Any]) -> str:
    until = parse_timestamp(holder["expires_at"]).moment
    return (
        f"process {holder['pid']} on {holder['host']}, which holds the lease until "
        f"{until:%Y-%m-%d %H:%M:%S} UTC"
    )
