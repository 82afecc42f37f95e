"""From a request to an archive that is ready: the pure part of polling."""

from collections.abc import Iterator

from attrs import define, field

from prolific_exports._errors import ExportFailedError, ExportTimeoutError, NotFoundError
from prolific_exports._events import Polled, Requested, Restarted
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._calls import (
    CallResult,
    Context,
    OutOfTimeError,
    deadline_of,
    perform,
    raise_cause_on_timeout,
)
from prolific_exports._flows._effects import Flow, Sleep
from prolific_exports._flows._policy import Policy, poll_delays
from prolific_exports._flows._requesting import confirm, request
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._references import ExportRef, Kind
from prolific_exports._model._states import Complete, ExportState, Failed, Generating


@define
class PendingExport:
    """An export job as far as it is known here.

    Attributes:
        kind: What it exports.
        resource_id: Id of the collection or batch.
        export_id: Id of the job; None when the server only said that one is ready.
        named: Whether the caller chose this very job. Then no other takes its place.
        state: The latest state, None before the first answer.
        wait: Seconds that the latest answer asks to wait, None when it does not.
        filter: Which responses it is of; None for all, or where the caller named the job
            without it.
        confirmed: Id of the job that the server is known to filter so.
    """

    kind: Kind
    resource_id: str
    export_id: str | None = None
    named: bool = False
    state: ExportState | None = None
    wait: float | None = None
    filter: ExportFilter | None = None
    confirmed: str | None = None

    @property
    def ref(self) -> ExportRef:
        """The job's identity, as far as it is known."""
        return ExportRef(self.kind, self.resource_id, self.export_id, self.filter)

    @property
    def is_under_way(self) -> bool:
        """Whether the server may be at work on it: of nothing else may be said that it goes on."""
        asked_for = self.export_id is not None or self.state is not None
        return self.named or (asked_for and not isinstance(self.state, Failed))

    def note_deletion(self) -> None:
        """Nothing that was known of it holds any longer, and no other takes its place."""
        self.state, self.named = None, True


def start(job: PendingExport, context: Context, policy: Policy) -> Flow[ExportState]:
    """Ask for an export.

    Raises:
        ApiError, ContractViolation, NoAnswerError: As the call ends.
    """
    return (
        yield from raise_cause_on_timeout(_post(job, context, policy, deadline_of(context, policy)))
    )


def read_status(job: PendingExport, context: Context, policy: Policy) -> Flow[ExportState]:
    """The job's state now.

    A job without an id is asked for again: while an export is ready, the POST
    answers with a fresh URL for it (documents/003).

    Raises:
        ApiError, ContractViolation, NoAnswerError: As the call ends.
    """
    return (
        yield from raise_cause_on_timeout(_read(job, context, policy, deadline_of(context, policy)))
    )


def wait(job: PendingExport, context: Context, policy: Policy) -> Flow[Complete]:
    """Poll until the archive is ready.

    A job that failed is replaced by a new one, once, as the documents advise
    (documents/000), unless the caller named it. So is one that is gone: in edition 2026-11
    a request joins a running job with the same filter, which whoever else requested it
    may delete.

    Raises:
        ExportFailedError: The job failed, and so did its replacement if it got one.
        NotFoundError: The job is gone, and so is its replacement if it got one.
        ExportTimeoutError: The deadline passed; the job goes on.
        ApiError, ContractViolation, NoAnswerError: As a call ends.
    """
    began = context.clock.monotonic()
    deadline = began + policy.timeout
    restarted = False
    poll = _Poll(job, context, policy, began)
    try:
        # A job that had failed may be asked about again: only news counts.
        known = job.state if isinstance(job.state, Generating | Complete) else None
        state = known or (yield from poll.once())
        while not isinstance(state, Complete):
            if isinstance(state, Generating):
                remaining = deadline - context.clock.monotonic()
                if remaining <= 0:
                    raise OutOfTimeError
                if (job.wait or 0) > remaining:
                    raise OutOfTimeError(job.wait)
                yield Sleep(min(max(next(poll.delays), job.wait or 0), remaining))
                state = yield from poll.once()
            elif job.named or restarted:
                raise ExportFailedError(_failure(job, restarted=restarted), ref=job.ref)
            else:
                restarted = True
                context.notify(Restarted(job.ref))
                state = yield from poll.replacement()
    except OutOfTimeError as error:
        waited = context.clock.monotonic() - began
        told = _timeout if job.is_under_way else _unrequested
        raise ExportTimeoutError(
            told(job, error, waited, policy.timeout), ref=job.ref, waited=waited
        ) from error.__cause__
    return state


@define
class _Poll:
    """Reads a job's state again and again, and replaces a job that is gone, once."""

    job: PendingExport
    context: Context
    policy: Policy
    began: float
    delays: Iterator[float] = field(init=False)
    replaced: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.delays = poll_delays(self.policy, self.context.random)

    @property
    def deadline(self) -> float:
        return self.began + self.policy.timeout

    def once(self) -> Flow[ExportState]:
        job = self.job
        try:
            state = yield from _read(job, self.context, self.policy, self.deadline)
        except NotFoundError:
            if job.named or job.export_id is None or self.replaced:
                raise
            self.replaced = True
            self.context.notify(Restarted(job.ref, is_gone=True))
            job.export_id = job.state = None
            return (yield from self.replacement())
        waited = self.context.clock.monotonic() - self.began
        self.context.notify(Polled(job.ref, state.status, waited))
        return state

    def replacement(self) -> Flow[ExportState]:
        """The state of a new job, which is polled at short intervals first, like any."""
        self.delays = poll_delays(self.policy, self.context.random)
        return (yield from _post(self.job, self.context, self.policy, self.deadline))


def _read(
    job: PendingExport, context: Context, policy: Policy, deadline: float
) -> Flow[ExportState]:
    if job.export_id is None:
        return (yield from _post(job, context, policy, deadline))
    call = api.get_status(job.ref, job.export_id)
    answer = yield from perform(call, api.interpret, context, policy, deadline)
    return (yield from _take(job, answer, context, policy, deadline))


def _post(
    job: PendingExport, context: Context, policy: Policy, deadline: float
) -> Flow[ExportState]:
    started = yield from request(job.ref, context, policy, deadline)
    job.export_id = started.export_id
    if started.answer is None:
        state = yield from _read(job, context, policy, deadline)
    else:
        state = yield from _take(job, started.answer, context, policy, deadline)
    context.notify(Requested(job.ref, state.status))
    return state


def _take(
    job: PendingExport,
    answer: CallResult[ExportState],
    context: Context,
    policy: Policy,
    deadline: float,
) -> Flow[ExportState]:
    """Believe an answer, once it is known to be of the job that was asked for."""
    if job.filter is not None and job.export_id is not None and job.export_id != job.confirmed:
        yield from confirm(job.ref, context, policy, deadline)
        job.confirmed = job.export_id
    job.state, job.wait = answer.value, answer.wait
    return answer.value


def _failure(job: PendingExport, *, restarted: bool) -> str:
    what = f"The export of {job.ref} failed"
    if restarted:
        return (
            f"{what}, and so did the one requested in its place. "
            "Try again later; if it stays so, tell Prolific's support."
        )
    return (
        f"{what}: it could not be generated, or its archive was deleted. "
        f"Request a new export of the {job.kind}."
    )


def _unrequested(job: PendingExport, error: OutOfTimeError, waited: float, limit: float) -> str:
    return (
        f"The export of {job.kind} {job.resource_id} could not be requested in {waited:.0f} s "
        f"(limit {limit:g} s): {error.__cause__} Ask for it again later, or with a longer timeout."
    )


def _timeout(job: PendingExport, error: OutOfTimeError, waited: float, limit: float) -> str:
    known = f"job {job.export_id}" if job.export_id else "it"
    why = ""
    if error.asked:
        why = f" The server asks to wait {error.asked:g} s before the next question."
    elif error.__cause__ is not None:
        why = f" The last call failed: {error.__cause__}"
    return (
        f"The export of {job.kind} {job.resource_id} was not ready after {waited:.0f} s "
        f"(limit {limit:g} s).{why} The server goes on with it: wait for {known} again later, "
        "or with a longer timeout."
    )
