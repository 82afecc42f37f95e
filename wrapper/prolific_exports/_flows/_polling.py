"""From an export request to a finished archive: request, poll, replace a failed job once."""

from collections.abc import Iterator
from typing import assert_never

from attrs import define, field

from prolific_exports._errors import ExportFailedError, ExportTimeoutError, NotFoundError
from prolific_exports._events import Polled, Requested, Restarted, Reused
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._calls import (
    Caller,
    CallResult,
    Context,
    OutOfTimeError,
    raise_cause_on_timeout,
)
from prolific_exports._flows._effects import Flow, Sleep
from prolific_exports._flows._policy import Policy, poll_delays
from prolific_exports._flows._requesting import check_filter_applied, post_export
from prolific_exports._flows._reusable_jobs import find_complete_job
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._html import facts_table
from prolific_exports._model._references import ExportRef, Kind
from prolific_exports._model._reuse import Reuse
from prolific_exports._model._states import Complete, ExportState, Failed, Generating


@define
class PendingExport:
    """An export that was or will be requested, and what the client knows of its job.

    Attributes:
        kind: ``"collection"`` or ``"batch"``.
        resource_id: Id of the collection or batch.
        export_id: Id of the job; None before the request, and if the server answered that
            an export is ready without naming its job.
        named: Whether the caller named this job. If so, no other job replaces it.
        state: The latest state; None before the first response.
        wait: Seconds in ``Retry-After`` of the latest response; None without that field.
        filter: Which responses to export; None for all, or if the caller named the job
            without its filter.
        confirmed: Id of the job that is known to have this filter on the server.
        checks_responses: Whether the caller compares the times of the responses with the filter,
            so that the jobs need not be listed.
        reuse: How old a file or a complete job may be that is used in place of a new job; None if
            none is.
    """

    kind: Kind
    resource_id: str
    export_id: str | None = None
    named: bool = False
    state: ExportState | None = None
    wait: float | None = None
    filter: ExportFilter | None = None
    confirmed: str | None = None
    checks_responses: bool = False
    reuse: Reuse | None = None

    @property
    def ref(self) -> ExportRef:
        """The job's identity, as far as it is known."""
        return ExportRef(self.kind, self.resource_id, self.export_id, self.filter)

    @property
    def may_reuse(self) -> Reuse | None:
        """How old an export may be that is used in place of a new one, if none was requested."""
        return self.reuse if self.export_id is None and self.state is None else None

    @property
    def is_under_way(self) -> bool:
        """Whether the server may be working on the job."""
        was_requested = self.export_id is not None or self.state is not None
        return self.named or (was_requested and not isinstance(self.state, Failed))

    @property
    def state_text(self) -> str:
        """The latest known state."""
        return self.state.status if self.state else "not requested yet"

    def continuation(self) -> str:
        """What an interrupted user should know: which job it was, and how to continue."""
        again = "Call the same method again to continue"
        if self.export_id is None:
            return f"The export of {self.ref} was interrupted. {again}."
        call = f"exports.{self.ref.plural}.job({self.resource_id!r}, {self.export_id!r})"
        return (
            f"The export of {self.ref} was interrupted. A job that was started keeps running on "
            f"the server. {again}, or, for this job only: {call}.download()"
        )

    def as_html(self) -> str:
        """Return a table for notebooks."""
        return facts_table(
            "Export job",
            (
                (self.kind.capitalize(), self.resource_id),
                ("Job", self.export_id),
                ("Status", self.state_text),
                ("Filter", str(self.filter or "none")),
            ),
        )

    def note_deletion(self) -> None:
        """Forget the cached state; from now on, no other job replaces this one."""
        self.state, self.named = None, True


def request_export(job: PendingExport, context: Context, policy: Policy) -> Flow[ExportState]:
    """Request an export.

    Raises:
        ApiError, ContractViolation, NoAnswerError: The call failed.
    """
    return (yield from raise_cause_on_timeout(_post(job, Caller.start(context, policy))))


def read_or_request_status(
    job: PendingExport, context: Context, policy: Policy
) -> Flow[ExportState]:
    """The job's state now.

    Requests a job without an id again: while an export is ready, the response to POST has a
    fresh URL for it (documents/003).

    Raises:
        ApiError, ContractViolation, NoAnswerError: The call failed.
    """
    return (yield from raise_cause_on_timeout(_get_or_post(job, Caller.start(context, policy))))


def request_and_wait(job: PendingExport, context: Context, policy: Policy) -> Flow[Complete]:
    """Request the export unless that was done, and poll until the archive is ready.

    Replaces a failed job with a new one, once, as the documents advise (documents/000),
    unless the caller named it. Does the same for a job that no longer exists: in edition
    2026-11 a request joins a running job with the same filter, and the user who started
    that job may delete it.

    Raises:
        ExportFailedError: The job failed, and so did its replacement if there was one.
        NotFoundError: The job does not exist, nor its replacement if there was one.
        ExportTimeoutError: The deadline passed; the job keeps running.
        ApiError, ContractViolation, NoAnswerError: A call failed.
    """
    poller = _Poller(job, Caller.start(context, policy), context.clock.monotonic())
    try:
        return (yield from poller.run())
    except OutOfTimeError as error:
        waited = context.clock.monotonic() - poller.began
        describe = _not_ready if job.is_under_way else _not_requested
        raise ExportTimeoutError(
            describe(job, error, waited, policy.timeout), ref=job.ref, waited=waited
        ) from error.__cause__


@define
class _Poller:
    """Polls a job until its archive is ready; replaces the job once if it failed or is gone.

    Attributes:
        job: The job.
        caller: Makes the calls.
        began: Monotonic time at which polling began.
        delays: Seconds to wait before each of the next polls.
        replaced: Whether a job that no longer exists was replaced.
    """

    job: PendingExport
    caller: Caller
    began: float
    delays: Iterator[float] = field(init=False)
    replaced: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.delays = self._new_delays()

    def run(self) -> Flow[Complete]:
        job, restarted = self.job, False
        # A job that failed earlier is read again: it may have been replaced since.
        known = None if isinstance(job.state, Failed) else job.state
        state = known or (yield from self.get_or_post())
        while True:
            match state:
                case Complete():
                    return state
                case Generating():
                    yield Sleep(self._pause())
                    state = yield from self.get_or_post()
                case Failed() if job.named or restarted:
                    raise ExportFailedError(_failure(job, restarted=restarted), ref=job.ref)
                case Failed():
                    restarted = True
                    self.caller.context.notify(Restarted(job.ref))
                    state = yield from self.post_again()
                case _:
                    assert_never(state)

    def _pause(self) -> float:
        """Seconds until the next poll.

        Raises:
            OutOfTimeError: The deadline has passed, or the server asks to wait for longer.
        """
        remaining, asked = self.caller.remaining, self.job.wait or 0
        if remaining <= 0:
            raise OutOfTimeError
        if asked > remaining:
            raise OutOfTimeError(asked)
        return min(max(next(self.delays), asked), remaining)

    def get_or_post(self) -> Flow[ExportState]:
        """The job's state, or that of a new job if it no longer exists."""
        job, context = self.job, self.caller.context
        try:
            state = yield from _get_or_post(job, self.caller)
        except NotFoundError:
            if job.named or job.export_id is None or self.replaced:
                raise
            self.replaced = True
            context.notify(Restarted(job.ref, is_gone=True))
            job.export_id = job.state = None
            return (yield from self.post_again())
        context.notify(Polled(job.ref, state.status, context.clock.monotonic() - self.began))
        return state

    def post_again(self) -> Flow[ExportState]:
        """The state of a new job. Its first polls come at short intervals again."""
        self.delays = self._new_delays()
        return (yield from _post(self.job, self.caller))

    def _new_delays(self) -> Iterator[float]:
        return poll_delays(self.caller.policy, self.caller.context.random)


def _get_or_post(job: PendingExport, caller: Caller) -> Flow[ExportState]:
    if job.may_reuse is not None:
        found = yield from find_complete_job(job.ref, job.may_reuse, caller)
        job.reuse = None
        if found is not None:
            job.export_id = job.confirmed = found.export_id
            caller.context.notify(Reused(job.ref))
    if job.export_id is None:
        return (yield from _post(job, caller))
    result = yield from caller.call(api.status_request(job.ref, job.export_id), api.interpret)
    return (yield from _accept(job, result, caller))


def _post(job: PendingExport, caller: Caller) -> Flow[ExportState]:
    posted = yield from post_export(job.ref, caller)
    job.export_id = posted.export_id
    if posted.result is None:
        state = yield from _get_or_post(job, caller)
    else:
        state = yield from _accept(job, posted.result, caller)
    caller.context.notify(Requested(job.ref, state.status))
    return state


def _accept(
    job: PendingExport, result: CallResult[ExportState], caller: Caller
) -> Flow[ExportState]:
    """Record a state, once the job is known to have the filter of the request."""
    must_check = job.filter is not None and not job.checks_responses
    if must_check and job.export_id is not None and job.export_id != job.confirmed:
        yield from check_filter_applied(job.ref, caller)
        job.confirmed = job.export_id
    job.state, job.wait = result.value, result.wait
    return result.value


def _failure(job: PendingExport, *, restarted: bool) -> str:
    if restarted:
        return (
            f"The export of {job.ref} failed, and so did a second one. Try again later; if the "
            "problem persists, contact Prolific support."
        )
    return (
        f"The export of {job.ref} failed: it could not be generated, or its archive was "
        f"deleted. Request a new export of the {job.kind}."
    )


def _not_requested(job: PendingExport, error: OutOfTimeError, waited: float, limit: float) -> str:
    return (
        f"The export of {job.kind} {job.resource_id} could not be requested within "
        f"{waited:.0f} s (timeout {limit:g} s). Request it again later, or with a longer "
        f"timeout. Last failure: {error.__cause__}"
    )


def _not_ready(job: PendingExport, error: OutOfTimeError, waited: float, limit: float) -> str:
    known = f"job {job.export_id}" if job.export_id else "it"
    reason = ""
    if error.asked:
        reason = f" The server asks to wait {error.asked:g} s before the next poll."
    elif error.__cause__ is not None:
        reason = f" Last failure: {error.__cause__}"
    return (
        f"The export of {job.kind} {job.resource_id} was not ready after {waited:.0f} s "
        f"(timeout {limit:g} s). It keeps running on the server: wait for {known} again later, "
        f"or with a longer timeout.{reason}"
    )
