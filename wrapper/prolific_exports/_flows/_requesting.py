"""Asking for an export so that one call starts one job: the pure part of POST.

In edition 2026-11 a repeated POST may start a second job and take one more of ten
places (D-3), and in edition 2026-03 a server ignores the filter of a POST. Both are
found out by listing the jobs, which only servers of edition 2026-11 do.
"""

from collections.abc import Sequence
from copy import copy
from datetime import UTC, timedelta
from typing import Final, TypeVar

from attrs import evolve, frozen

from prolific_exports._errors import (
    AccessDeniedError,
    ApiError,
    BadRequestError,
    ConflictError,
    ExportsError,
    FilterIgnoredError,
    NoAnswerError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TooManyExportsError,
    UnsupportedError,
)
from prolific_exports._events import Adopted, Retrying
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._calls import (
    CallResult,
    Context,
    Interpreter,
    OutOfTimeError,
    may_have_lost_response,
    pause,
    perform,
    raise_cause_on_timeout,
)
from prolific_exports._flows._effects import Flow, Request, Sleep
from prolific_exports._flows._policy import Policy
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import ExportRef
from prolific_exports._model._states import Complete, ExportState, Generating

T = TypeVar("T")

MOST_JOBS: Final = 10
# Of what the server says of a job, in characters. A whole filter is shorter.
_WIDTH: Final = 120
# How often a request is sent at most whose answer does not arrive.
_MOST_SENT: Final = 2
# A job's time may be kept to the second, like that of a Date header.
_TICK: Final = timedelta(seconds=1)
_MAY_BE_THE_LIMIT: Final = (AccessDeniedError, BadRequestError, ConflictError, RateLimitedError)
# What servers say that do not list: those of edition 2026-03.
_DOES_NOT_LIST: Final = (UnsupportedError, NotFoundError)


@frozen
class Started:
    """An export that was asked for.

    Attributes:
        answer: The job's state; None where the answer got lost and the job was found.
        export_id: Its id; None where the server did not name it.
    """

    answer: CallResult[ExportState] | None
    export_id: str | None


def request(ref: ExportRef, context: Context, policy: Policy, deadline: float) -> Flow[Started]:
    """Ask for an export.

    When the answer gets lost, the jobs are listed first: one that is fresh and has the
    same filter is the one that was asked for. The request is sent again, once, where
    there is none, and where the server does not list: in edition 2026-03 it is
    idempotent (documents/002, documents/004).

    Args:
        ref: What to export; the id of a job does not matter.
        context: Clock, chance, secrets, events.
        policy: How often and how long.
        deadline: Monotonic time after which nothing is repeated.

    Raises:
        TooManyExportsError: The collection or batch has all the jobs it can have.
        FilterIgnoredError: The server is one that knows no filters.
        ApiError: The API answered with an error, for good.
        ContractViolation: It answered with something outside the contract.
        NoAnswerError: It did not answer, and what it did is not known.
        OutOfTimeError: It might yet answer, but not before the deadline.
    """
    asking = _Asking(evolve(ref, export_id=None), context, policy, deadline)
    return (yield from asking.run())


@frozen
class _Asking:
    """One export that is asked for, until it is known to be started."""

    ref: ExportRef
    context: Context
    policy: Policy
    deadline: float

    def run(self) -> Flow[Started]:
        asked = self.context.clock.monotonic()
        sent = 0
        while True:
            sent += 1
            try:
                answer = yield from self._perform(api.request_export(self.ref), api.interpret)
            except (NoAnswerError, ServerError) as error:
                if not may_have_lost_response(error):
                    raise
                adopted = yield from self._adopt(error, asked)
                if adopted is not None:
                    return adopted
                if sent == _MOST_SENT:
                    raise
            except _MAY_BE_THE_LIMIT as error:
                explained = yield from self._explained(error)
                raise explained from None
            else:
                return _started(self.ref, answer)

    @property
    def _conditions(self) -> set[str]:
        return set(self.ref.filter.conditions()) if self.ref.filter is not None else set()

    def _perform(self, call: Request, interpret: Interpreter[T]) -> Flow[CallResult[T]]:
        return (yield from perform(call, interpret, self.context, self.policy, self.deadline))

    def _adopt(self, lost: NoAnswerError | ServerError, asked: float) -> Flow[Started | None]:
        """The job that a request whose answer got lost has started; None if there is none."""
        try:
            delay = pause(lost, 1, self.context, self.deadline)
        except OutOfTimeError:
            # Nobody may say that the server goes on with a job that is perhaps none.
            raise lost from None
        self.context.notify(Retrying(self.ref, lost, delay))
        yield Sleep(delay)
        try:
            listed = yield from raise_cause_on_timeout(
                self._perform(api.list_exports(self.ref), api.interpret_list)
            )
        except _DOES_NOT_LIST:
            return None
        except ExportsError as failure:
            raise _unresolved(lost, failure) from failure
        elapsed = timedelta(seconds=self.context.clock.monotonic() - asked)
        job = _fresh(listed, self.ref, elapsed)
        if job is None:
            return None
        self.context.notify(Adopted(evolve(self.ref, export_id=job.export_id)))
        return Started(None, job.export_id)

    def _explained(self, error: ApiError) -> Flow[ApiError]:
        """The error to raise for a refused request: the limit's, if the jobs are that many.

        How a server refuses the eleventh job is not published. So any refusal counts that
        does not say itself what it is about, and one look at the jobs decides. To somebody
        without access the list is refused, too.
        """
        if isinstance(error, RateLimitedError) and error.retry_after is not None:
            return error
        if isinstance(error.detail, dict) and error.detail.keys() & self._conditions:
            # Nobody shall delete a job because of a study that does not exist.
            return error
        call, once = api.list_exports(self.ref), evolve(self.policy, max_failures=1)
        try:
            answer = yield from perform(call, api.interpret_list, self.context, once, self.deadline)
        except (ExportsError, OutOfTimeError):
            return error
        if len(answer.value) < MOST_JOBS:
            return error
        return _too_many(error, answer.value, self.context.redactor)


def _started(ref: ExportRef, answer: CallResult[ExportState]) -> Started:
    state = answer.value
    if ref.filter and isinstance(state, Complete):
        raise FilterIgnoredError(
            f"The export of {ref} was answered with one that was ready before: the server "
            f"{_IGNORES}",
            ref=ref,
        )
    return Started(answer, state.export_id if isinstance(state, Generating) else None)


_IGNORES: Final = (
    "is of edition 2026-03, which knows no filters, and exports all responses. Nothing was "
    "downloaded. Export without a filter, and choose among the responses."
)


def confirm(ref: ExportRef, context: Context, policy: Policy, deadline: float) -> Flow[None]:
    """Make sure that a job has the filter that was asked for, by the list of jobs.

    A server of edition 2026-03 ignores the query of a POST, and its answer looks the
    same. A job that is not in the list is taken for what it should be: a server that
    lists knows filters.

    Args:
        ref: The job, with its id and filter.
        context: Clock, chance, secrets, events.
        policy: How often and how long.
        deadline: Monotonic time after which nothing is repeated.

    Raises:
        FilterIgnoredError: It has another filter, or the server does not list.
        ExportsError: The jobs could not be listed.
        OutOfTimeError: They might yet be, but not before the deadline.
    """
    call = api.list_exports(ref)
    try:
        answer = yield from perform(call, api.interpret_list, context, policy, deadline)
    except _DOES_NOT_LIST as error:
        raise FilterIgnoredError(
            f"The filter of {ref} has no effect: the server lists no export jobs. It {_IGNORES}",
            ref=ref,
        ) from error
    wanted = (ref.export_id or "").lower()
    for job in answer.value:
        if job.export_id.lower() == wanted and not (
            ref.filter is None or ref.filter.is_applied_by(job.filter)
        ):
            found = _short(str(job.filter or "none"), context.redactor)
            raise FilterIgnoredError(
                f"The export of {ref} has another filter on the server: {found}. Nothing was "
                "downloaded, and the job keeps its place there. Request one with the filter that "
                "you want.",
                ref=ref,
            )


def _fresh(
    listed: CallResult[tuple[ListedJob, ...]], ref: ExportRef, elapsed: timedelta
) -> ListedJob | None:
    """The newest job that a repeated request would be answered with, or that this one started.

    The first is a job with the same filter that is still generating, whatever its age
    (D-3). The second was created since, by the server's clock: its Date less the time
    that has passed here. So this machine's date does not matter; without a Date, no job
    that is past generating is taken for a fresh one, since it could hold old data.
    """
    same = [job for job in listed.value if _is_same(job.filter, ref.filter)]
    generating = next((job for job in same if job.status == Generating.status), None)
    if generating is not None or listed.date is None:
        return generating
    since = listed.date - elapsed - _TICK
    return next((job for job in same if job.created_at >= since and job.status != "failed"), None)


def _is_same(listed: ExportFilter | None, asked: ExportFilter | None) -> bool:
    if listed is None or asked is None:
        return listed is asked
    return asked.is_applied_by(listed) and not listed.extra


def _unresolved(lost: NoAnswerError | ServerError, failure: ExportsError) -> ExportsError:
    error = copy(lost)
    message = (
        f"{lost} Whether an export was started could not be found out, so it was not asked for "
        f"again: {failure}"
    )
    error.args = (message,)
    return error


def _too_many(
    error: ApiError, jobs: tuple[ListedJob, ...], redactor: Redactor
) -> TooManyExportsError:
    ref = error.ref
    said = error.detail or error.title
    answered = (
        f"{error.status}: {_short(str(said), redactor).rstrip('.')}" if said else f"{error.status}"
    )
    return TooManyExportsError(
        f"No export was started: {ref.kind} {ref.resource_id} has {len(jobs)} export jobs, and "
        f"{MOST_JOBS} is the most that it can have ({error.operation} answered {answered}). Delete "
        f"one that is not needed: prolific-exports delete {ref.kind} {ref.resource_id} EXPORT_ID, "
        f"or in Python exports.{ref.plural}.delete({ref.resource_id!r}, export_id). "
        "Downloads with --delete-after (delete_after=True) leave none behind. "
        f"The jobs, newest first:{_told(jobs, redactor)}",
        operation=error.operation,
        ref=ref,
        status=error.status,
        title=error.title,
        code=error.code,
        detail=error.detail,
        retry_after=error.retry_after,
        jobs=jobs,
    )


def _told(jobs: Sequence[ListedJob], redactor: Redactor) -> str:
    return "".join(
        f"\n  {job.export_id}  {_short(job.status, redactor)}, "
        f"{job.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        + (f", {_short(str(job.filter), redactor)}" if job.filter else "")
        for job in jobs
    )


def _short(text: str, redactor: Redactor) -> str:
    return redactor.excerpt(text, _WIDTH)
