"""Request an export so that one call starts one job.

In edition 2026-11 a repeated POST may start a second job and use one more of ten places
(D-3). In edition 2026-03 a server ignores the filter of a POST. The list of jobs, which only
servers of edition 2026-11 have, shows both.
"""

from collections.abc import Sequence
from copy import copy
from datetime import UTC, timedelta
from typing import Final

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
    Caller,
    CallResult,
    OutOfTimeError,
    may_have_lost_response,
    raise_cause_on_timeout,
)
from prolific_exports._flows._effects import Flow, Sleep
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import ExportRef
from prolific_exports._model._states import UNFINISHED, Complete, ExportState, Failed, Unfinished

MOST_JOBS: Final = 10
# Characters of each text from the server in a message. A whole filter is shorter.
_WIDTH: Final = 120
# How often a request without a response is sent at most.
_MOST_SENT: Final = 2
# A server may keep a job's time to the second, like the time in a Date header.
_TICK: Final = timedelta(seconds=1)
_MAY_BE_THE_LIMIT: Final = (AccessDeniedError, BadRequestError, ConflictError, RateLimitedError)
# Responses of servers that have no list of jobs: those of edition 2026-03.
_HAS_NO_LIST: Final = (UnsupportedError, NotFoundError)


@frozen
class PostedExport:
    """An export that was requested.

    Attributes:
        result: The job's state; None if the response got lost and the job was found in the
            list.
        export_id: The job's id; None if the server did not send it.
    """

    result: CallResult[ExportState] | None
    export_id: str | None


def post_export(ref: ExportRef, caller: Caller) -> Flow[PostedExport]:
    """Request an export.

    If the response gets lost, list the jobs first: a recent one with the same filter is the
    job that was requested. Send the request again, once, if there is none, or if the server
    has no list: in edition 2026-03 POST is idempotent (documents/002, documents/004).

    Args:
        ref: What to export; the id of a job is ignored.
        caller: Makes the calls.

    Raises:
        TooManyExportsError: The collection or batch has reached the limit of jobs.
        FilterIgnoredError: The server has no filters.
        ApiError: The API answered with an error that retrying does not change.
        ContractViolation: The reply is outside the contract.
        NoAnswerError: No reply arrived, and it is unknown whether a job was started.
        OutOfTimeError: The deadline comes before the next attempt.
    """
    ref = evolve(ref, export_id=None)
    began = caller.context.clock.monotonic()
    sent = 0
    while True:
        sent += 1
        try:
            result = yield from caller.call(api.export_request(ref), api.interpret)
        except (NoAnswerError, ServerError) as error:
            if not may_have_lost_response(error):
                raise
            adopted = yield from _adopt(ref, caller, error, began)
            if adopted is not None:
                return adopted
            if sent == _MOST_SENT:
                raise
        except _MAY_BE_THE_LIMIT as error:
            explained = yield from _explain_refusal(ref, caller, error)
            raise explained from None
        else:
            return _posted(ref, result)


def _adopt(
    ref: ExportRef, caller: Caller, lost: NoAnswerError | ServerError, began: float
) -> Flow[PostedExport | None]:
    """The job that was started by a request whose response got lost; None without one."""
    context = caller.context
    try:
        delay = caller.retry_delay(lost, 1)
    except OutOfTimeError:
        # The timeout's message would say that a job keeps running, which is unknown here.
        raise lost from None
    context.notify(Retrying(ref, lost, delay))
    yield Sleep(delay)
    try:
        listed = yield from raise_cause_on_timeout(
            caller.call(api.list_request(ref), api.interpret_list)
        )
    except _HAS_NO_LIST:
        return None
    except ExportsError as failure:
        raise _unresolved(lost, failure) from failure
    elapsed = timedelta(seconds=context.clock.monotonic() - began)
    job = _recent_job(listed, ref, elapsed)
    if job is None:
        return None
    context.notify(Adopted(evolve(ref, export_id=job.export_id)))
    return PostedExport(None, job.export_id)


def _explain_refusal(ref: ExportRef, caller: Caller, error: ApiError) -> Flow[ApiError]:
    """The error to raise for a refused request: `TooManyExportsError` at the limit of jobs.

    It is not published how a server refuses the eleventh job. So the list of jobs decides
    about every refusal that does not give its own reason. A user without access to the
    collection has no access to its list either.
    """
    if isinstance(error, RateLimitedError) and error.retry_after is not None:
        return error
    conditions = ref.filter.conditions() if ref.filter is not None else {}
    if isinstance(error.detail, dict) and error.detail.keys() & conditions.keys():
        # Deleting a job does not help against a study that does not exist.
        return error
    once = evolve(caller, policy=evolve(caller.policy, max_failures=1))
    try:
        listed = yield from once.call(api.list_request(ref), api.interpret_list)
    except (ExportsError, OutOfTimeError):
        return error
    if len(listed.value) < MOST_JOBS:
        return error
    return _too_many(ref, error, listed.value, caller.context.redactor)


def _posted(ref: ExportRef, result: CallResult[ExportState]) -> PostedExport:
    state = result.value
    if ref.filter and isinstance(state, Complete):
        raise FilterIgnoredError(
            f"The server ignored the filter of {ref} and returned an earlier export. {_NO_FILTERS}",
            ref=ref,
        )
    return PostedExport(result, state.export_id if isinstance(state, Unfinished) else None)


_NO_FILTERS: Final = (
    "Servers of edition 2026-03 have no filters and export all responses. Nothing was "
    "downloaded. Export without a filter, and select the responses afterwards."
)


def check_filter_applied(ref: ExportRef, caller: Caller) -> Flow[None]:
    """Check in the list of jobs that a job has the requested filter.

    A server of edition 2026-03 ignores the query of a POST, and its response does not show
    it. A job that is missing from the list passes: a server that lists jobs has filters.

    Args:
        ref: The job, with its id and filter.
        caller: Makes the calls.

    Raises:
        FilterIgnoredError: The job has another filter, or the server has no list.
        ExportsError: The jobs could not be listed.
        OutOfTimeError: The deadline comes before the next attempt.
    """
    try:
        listed = yield from caller.call(api.list_request(ref), api.interpret_list)
    except _HAS_NO_LIST as error:
        raise FilterIgnoredError(
            f"The filter of {ref} has no effect: the server does not list export jobs. "
            f"{_NO_FILTERS}",
            ref=ref,
        ) from error
    wanted = (ref.export_id or "").lower()
    for job in listed.value:
        if job.export_id.lower() == wanted and not (
            ref.filter is None or ref.filter.is_applied_by(job.filter)
        ):
            found = _excerpt(str(job.filter or "none"), caller.context.redactor)
            raise FilterIgnoredError(
                f"The export of {ref} has another filter on the server: {found}. Nothing was "
                "downloaded, and the job still counts towards the limit. Request an export "
                "with the filter that you want.",
                ref=ref,
            )


def _recent_job(
    listed: CallResult[tuple[ListedJob, ...]], ref: ExportRef, elapsed: timedelta
) -> ListedJob | None:
    """The newest job that the lost request started or joined; None without one.

    A request joins a job with the same filter that is unfinished, whatever its age (D-3). A job
    that the request started was created since, by the server's clock: its Date minus the time
    that has passed here. So this machine's date does not matter. Without a Date, no job that
    has ended counts as recent, since it could hold old data.
    """
    same = [job for job in listed.value if has_filter(job, ref.filter)]
    unfinished = next((job for job in same if job.status in UNFINISHED), None)
    if unfinished is not None or listed.date is None:
        return unfinished
    since = listed.date - elapsed - _TICK
    return next(
        (job for job in same if job.created_at >= since and job.status != Failed.status), None
    )


def has_filter(job: ListedJob, wanted: ExportFilter | None) -> bool:
    """Whether a listed job has exactly a filter; None is no filter."""
    if job.filter is None or wanted is None:
        return job.filter is wanted
    return wanted.is_applied_by(job.filter) and not job.filter.extra


def _unresolved(lost: NoAnswerError | ServerError, failure: ExportsError) -> ExportsError:
    error = copy(lost)
    message = (
        f"{lost} It is unknown whether an export was started, so the request was not repeated: "
        f"the jobs could not be listed. {failure}"
    )
    error.args = (message,)
    return error


def _too_many(
    ref: ExportRef, error: ApiError, jobs: tuple[ListedJob, ...], redactor: Redactor
) -> TooManyExportsError:
    reason = error.detail or error.title
    response = f"{error.operation}: {error.status}"
    if reason:
        response += f", {_excerpt(str(reason), redactor).rstrip('.')}"
    return TooManyExportsError(
        f"No export was started: {ref.kind} {ref.resource_id} has {len(jobs)} export jobs, and "
        f"{MOST_JOBS} is the limit. Delete a job that you no longer need: "
        f"prolific-exports delete {ref.kind} {ref.resource_id} EXPORT_ID, "
        f"or in Python exports.{ref.plural}.delete({ref.resource_id!r}, export_id). "
        "Downloads with --delete-after (delete_after=True) delete their own job. "
        f"({response})\nThe jobs, newest first:{_job_lines(jobs, redactor)}",
        operation=error.operation,
        ref=ref,
        status=error.status,
        title=error.title,
        code=error.code,
        detail=error.detail,
        retry_after=error.retry_after,
        jobs=jobs,
    )


def _job_lines(jobs: Sequence[ListedJob], redactor: Redactor) -> str:
    return "".join(
        f"\n  {job.export_id}  {_excerpt(job.status, redactor)}, "
        f"{job.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        + (f", {_excerpt(str(job.filter), redactor)}" if job.filter else "")
        for job in jobs
    )


def _excerpt(text: str, redactor: Redactor) -> str:
    return redactor.excerpt(text, _WIDTH)
