"""How far many downloads are, in lines of text."""

from collections.abc import Callable
from typing import Final

from attrs import define, field

from prolific_exports._console._text import aligned, duration, printable, size
from prolific_exports._events import (
    Bottleneck,
    Downloading,
    DownloadProgress,
    Event,
    Polled,
    Requested,
    Restarted,
    Retrying,
    Reused,
    Saved,
    Verifying,
)

_LIMITS: Final[dict[Bottleneck, str]] = {
    "generation": "waiting for Prolific to generate exports",
    "rate": "waiting for the rate limit",
    "transfers": "waiting for transfers",
}
_TRANSFERRING: Final = ("downloading", "verifying", "saved")


@define
class _Download:
    state: str = "requesting"
    received: int = 0
    total: int | None = None
    rate: float | None = None


@define
class Overview:
    """The downloads of one command or client: how many have ended, and what the others do.

    Attributes:
        now: Returns the monotonic time in seconds.
        count: How many downloads there are.
        done: What the end of a download means.
    """

    now: Callable[[], float]
    count: int
    done: str = "saved"
    _began: float = field(init=False)
    _running: dict[str, _Download] = field(factory=dict, init=False)
    _saved: int = field(default=0, init=False)
    _failed: int = field(default=0, init=False)
    _interrupted: int = field(default=0, init=False)
    _received: int = field(default=0, init=False)
    _limited_by: Bottleneck = field(default="generation", init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self.now()

    def event(self, title: str, event: Event) -> None:
        """Take note of an event of a download."""
        one = self._running.setdefault(title, _Download())
        match event:
            case Requested(status=status) | Polled(status=status):
                one.state = "waiting for its transfer" if status == "complete" else status
            case Retrying():
                one.state = "retrying"
            case Restarted():
                one.state = "requesting"
            case Downloading():
                one.state, one.received, one.total = event.state, event.received, event.total
                one.rate = event.rate
            case Reused(size=int(received)):
                one.state, one.received, one.total = "saved", received, received
            case Verifying(size=received) | Saved(size=received):
                one.state, one.received, one.total = event.state, received, received

    def progress(self, progress: DownloadProgress) -> None:
        """Take note of what the downloads wait for."""
        self._limited_by = progress.limited_by

    def ended(self, title: str, *, failed: bool) -> None:
        """Take note of the end of a download."""
        one = self._running.pop(title, _Download())
        self._received += one.received
        self._failed += failed
        self._saved += not failed

    def interrupted(self) -> None:
        """Take note that one of the downloads that ended without success was interrupted."""
        self._interrupted += 1

    @property
    def left(self) -> int:
        """How many downloads have not ended."""
        return self.count - self._saved - self._failed

    def rows(self, most: int) -> list[str]:
        """A line for each running download, transfers first.

        Args:
            most: The most lines; if there are more downloads, another line has their number.
        """
        running = sorted(self._running.items(), key=lambda item: item[1].state not in _TRANSFERRING)
        shown = [_row(title, one) for title, one in running[:most]]
        lines = aligned(shown).split("\n") if shown else []
        more = len(running) - len(shown)
        return lines + ([f"and {more} more"] if more else [])

    def summary(self) -> str:
        """How many downloads have ended, the bytes, the time, and what the others wait for."""
        received = self._received + sum(one.received for one in self._running.values())
        failed = self._failed - self._interrupted
        parts = [f"{self._saved} of {self.count} {self.done}"]
        parts += [f"{failed} failed"] if failed else []
        parts += [f"{self._interrupted} interrupted"] if self._interrupted else []
        parts += [f"{self.left} left"] if self.left else []
        parts += [size(received)] if self.done == "saved" else []
        parts += [duration(self.now() - self._began)]
        text = ", ".join(parts)
        return f"{text}; {_LIMITS[self._limited_by]}" if self.left else text

    def transfer(self) -> tuple[int, int]:
        """The bytes that running transfers have received, and all their bytes.

        The second is 0 if no transfer runs, or the size of an archive is unknown.
        """
        running = [one for one in self._running.values() if one.state in _TRANSFERRING]
        totals = [one.total or 0 for one in running]
        return sum(one.received for one in running), sum(totals) if all(totals) else 0


def _row(title: str, one: _Download) -> tuple[str, str, str, str]:
    received = ""
    if one.received or one.state == "downloading":
        received = size(one.received) + (f" of {size(one.total)}" if one.total else "")
    rate = f"{size(round(one.rate))}/s" if one.rate and one.state == "downloading" else ""
    return title, printable(one.state, 24), received, rate
