"""How long the phases of a download took."""

from collections.abc import Callable

from attrs import define, field

from prolific_exports import Downloading, Event, Saved


@define
class Stopwatch:
    """Measures a download from the moment it is created.

    Attributes:
        now: Returns the monotonic time in seconds.
    """

    now: Callable[[], float]
    _began: float = field(init=False)
    _transfer_at: float | None = field(default=None, init=False)
    _saved_at: float | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._began = self.now()

    def event(self, event: Event) -> None:
        """Note when a phase begins or ends."""
        match event:
            case Downloading() if self._transfer_at is None:
                self._transfer_at = self.now()
            case Saved():
                self._saved_at = self.now()

    def seconds(self) -> dict[str, float | None]:
        """Seconds until the transfer began, from then until the file was saved, and in total."""
        transfer, saved = self._transfer_at, self._saved_at
        end = self.now() if saved is None else saved
        return {
            "waiting": None if transfer is None else round(transfer - self._began, 3),
            "transfer": None if transfer is None or saved is None else round(saved - transfer, 3),
            "total": round(end - self._began, 3),
        }
