"""A variant: a conforming server that looks different from the sandbox."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from prolific_contract._vocabulary import EDITIONS, KINDS, Edition
from prolific_contract.sandbox._clock import SandboxClock, SteadyClock
from prolific_contract.sandbox._editable_jobs import EditableJobs
from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._lookup import refuse_other_editions
from prolific_contract.sandbox._resources import Fate
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site import Site


@frozen
class VariantRequest:
    """A request to a variant, with access to the clean sandbox behind it.

    Attributes:
        now: The time on the variant's clock.
        clean: Answers as the clean sandbox does.
    """

    call: Call
    now: datetime
    settings: SandboxSettings
    jobs: EditableJobs = field(repr=False)
    clean: Callable[[Call], Reply] = field(repr=False)

    def answer(self, call: Call | None = None) -> Reply:
        """The clean sandbox's reply to the request, or to another one."""
        return self.clean(self.call if call is None else call)


VariantBehaviour: TypeAlias = Callable[[VariantRequest], Reply]


def plain() -> VariantBehaviour:
    """The behaviour of the clean sandbox."""
    return VariantRequest.answer


def with_settings(**settings: Any) -> Callable[[SandboxSettings], SandboxSettings]:
    """An adaptation that replaces some settings."""
    return lambda given: evolve(given, **settings)


def _unchanged(settings: SandboxSettings) -> SandboxSettings:
    return settings


@frozen
class Variant:
    """A conforming server that looks different from the sandbox.

    Attributes:
        name: The argument of ``prolific-contract sandbox --variant``.
        sentence: What the server does: one sentence without its full stop.
        begin: Creates the behaviour of one server; called again when the server is reset.
        settings: Adapts the settings to the variant.
        fate: The fate of jobs that would otherwise complete.
        editions: The editions that allow it.
        skew: How far its clock is ahead.
        additive: Whether it sends undocumented members, which ``--strict`` reports.
        on_the_wire: Whether it differs only over a socket.
        inconclusive: Whether it gives too little evidence for a verdict: nothing can be polled,
            or no export completes.
    """

    name: str
    sentence: str
    begin: Callable[[], VariantBehaviour] = field(default=plain, repr=False, eq=False)
    settings: Callable[[SandboxSettings], SandboxSettings] = field(
        default=_unchanged, repr=False, eq=False
    )
    fate: Fate = Fate.COMPLETES
    editions: tuple[Edition, ...] = EDITIONS
    skew: timedelta = timedelta(0)
    additive: bool = False
    on_the_wire: bool = False
    inconclusive: bool = False


@frozen
class _SkewedClock:
    clock: SandboxClock
    skew: timedelta

    def now(self) -> datetime:
        """The time on the skewed clock."""
        return self.clock.now() + self.skew


class VariantSite(Site):
    """A sandbox with a variant. Safe to use from several threads."""

    def __init__(
        self,
        variant: Variant,
        settings: SandboxSettings | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        """Create the sandbox.

        Args:
            variant: The variant.
            settings: None uses the defaults.
            clock: None uses the machine's clock.

        Raises:
            SandboxError: The settings' edition does not allow the variant.
        """
        self._variant = variant
        self._shown = _SkewedClock(SteadyClock() if clock is None else clock, variant.skew)
        super().__init__(
            variant.settings(SandboxSettings() if settings is None else settings),
            self._shown,
            make_jobs=self._begin,
        )

    def answer(self, call: Call) -> Reply:
        """Answer a request."""
        return self._behave(
            VariantRequest(
                call, self._shown.now(), self.settings, self._editable_jobs, super().answer
            )
        )

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Discard all jobs and archives.

        Args:
            settings: New settings; None keeps the current ones.
        """
        super().reset(None if settings is None else self._variant.settings(settings))

    def _begin(self, edition: Edition, *arguments: Any, **options: Any) -> EditableJobs:
        refuse_other_editions(f"the variant {self._variant.name}", self._variant.editions, edition)
        self._behave = self._variant.begin()
        self._editable_jobs = EditableJobs(
            edition, *arguments, fates=dict.fromkeys(KINDS, self._variant.fate), **options
        )
        return self._editable_jobs
