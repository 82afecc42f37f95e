"""What a variant is: a server that keeps the contract and looks different."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from attrs import field, frozen

from prolific_contract._vocabulary import EDITIONS, KINDS, Edition
from prolific_contract.sandbox._by_name import refuse_other_editions
from prolific_contract.sandbox._clock import Clock, SystemClock
from prolific_contract.sandbox._editable_jobs import OpenBook
from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._resources import Fate
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site import Site


@frozen
class Visit:
    """A request to a variant.

    Attributes:
        call: The request.
        now: The moment.
        settings: The sandbox's settings.
        book: The sandbox's jobs.
        clean: The plain sandbox.
    """

    call: Call
    now: datetime
    settings: SandboxSettings
    book: OpenBook = field(repr=False)
    clean: Callable[[Call], Reply] = field(repr=False)

    def answer(self, call: Call | None = None) -> Reply:
        """What the plain sandbox answers to the request, or to another one."""
        return self.clean(self.call if call is None else call)


Look: TypeAlias = Callable[[Visit], Reply]


def plain() -> Look:
    """The look of the plain sandbox."""
    return Visit.answer


def _as_they_are(settings: SandboxSettings) -> SandboxSettings:
    return settings


@frozen
class Variant:
    """A way to keep the contract.

    Attributes:
        name: What ``prolific-contract sandbox --variant`` takes.
        sentence: What the server does, one sentence without its full stop.
        begin: Makes the look of one server; called again when the server is reset.
        settings: Gives the settings that it needs, from those that were asked for.
        fate: What becomes of jobs that would have completed.
        editions: The editions that allow it.
        skew: How far its clock is ahead.
        additive: Whether it sends members that are not documented, so that somebody who
            does not want additive drift may complain.
        on_the_wire: Whether it shows only over a socket.
    """

    name: str
    sentence: str
    begin: Callable[[], Look] = field(default=plain, repr=False, eq=False)
    settings: Callable[[SandboxSettings], SandboxSettings] = field(
        default=_as_they_are, repr=False, eq=False
    )
    fate: Fate = Fate.COMPLETES
    editions: tuple[Edition, ...] = EDITIONS
    skew: timedelta = timedelta(0)
    additive: bool = False
    on_the_wire: bool = False


@frozen
class _SkewedClock:
    clock: Clock
    skew: timedelta

    def now(self) -> datetime:
        """The moment that the clock shows."""
        return self.clock.now() + self.skew


class VariantSite(Site):
    """A sandbox that looks different. Safe to use from several threads."""

    def __init__(
        self, variant: Variant, settings: SandboxSettings | None = None, clock: Clock | None = None
    ) -> None:
        """Create it.

        Args:
            variant: What it looks like.
            settings: How it behaves otherwise; None for the defaults.
            clock: Where it takes the time from; None for the machine's.

        Raises:
            SandboxError: The settings' edition does not allow to look like that.
        """
        self._variant = variant
        self._shown = _SkewedClock(SystemClock() if clock is None else clock, variant.skew)
        super().__init__(
            variant.settings(SandboxSettings() if settings is None else settings),
            self._shown,
            open_book=self._begin,
        )

    def answer(self, call: Call) -> Reply:
        """Answer a request."""
        return self._look(Visit(call, self._shown.now(), self.settings, self._book, super().answer))

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Forget every job and archive.

        Args:
            settings: New settings; None keeps those in force.
        """
        super().reset(None if settings is None else self._variant.settings(settings))

    def _begin(self, edition: Edition, *order: Any) -> OpenBook:
        refuse_other_editions(f"the variant {self._variant.name}", self._variant.editions, edition)
        self._look = self._variant.begin()
        self._book = OpenBook(edition, *order, fates=dict.fromkeys(KINDS, self._variant.fate))
        return self._book
