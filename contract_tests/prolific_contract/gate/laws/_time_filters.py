"""Laws about filters and the job limit (edition 2026-11)."""

from collections.abc import Iterator
from typing import Any, Final

from prolific_contract._vocabulary import JOB_LIMIT, UNKNOWN_STUDY_IDS, Kind, Operation
from prolific_contract.gate.laws._documented import documented
from prolific_contract.gate.laws._job_limit import may_be_full
from prolific_contract.gate.laws._jobs import (
    JobKey,
    ObservedJob,
    before,
    canonical,
    is_regular,
    is_request,
    is_unfinished,
    jobs_of,
    resource_of,
    returned_job_id,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import (
    CONDITION_NAMES,
    JobList,
    deletions_of,
    first_requests,
    lists_of,
    requested_filter,
)
from prolific_contract.gate.laws._observations import REQUEST, held, joined, quote, violated
from prolific_contract.gate.trace._exchanges import MISSING, Exchange, HttpResponse, Trace

_MADE_UP: Final = "made up"
_REFERENCE: Final = "API reference, request an export"


def _requests(trace: Trace) -> Iterator[tuple[Kind, str, Exchange]]:
    for exchange in trace.exchanges:
        if exchange.address is not None and is_request(exchange) and is_regular(exchange):
            yield *resource_of(exchange.address), exchange


def _request_filter(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named, jobs = first_requests(trace), jobs_of(trace)
    for kind, resource_id, request in _requests(trace):
        export_id = returned_job_id(request)
        if export_id is None:
            continue
        operation = Operation(kind, "request")
        key = JobKey(kind, resource_id, canonical(export_id))
        first = named[key]
        requested, asked_first = requested_filter(request), requested_filter(first)
        if requested is None or asked_first is None:
            continue
        if asked_first != requested:
            yield violated(
                operation,
                f"the request returned {quote(export_id)}, which was started for another filter",
                first,
                request,
                about=("request.filter.own-jobs",),
            )
            continue
        others = [
            earlier
            for other, earlier in named.items()
            if (other.kind, other.resource_id) == (kind, resource_id)
            and earlier.index < request.index
            and requested_filter(earlier) not in (None, requested)
            # After a job has ended, any request returns another job.
            and _generates_after(jobs[other], request)
        ]
        if others:
            yield held(operation, others[-1], request)


def _generates_after(job: ObservedJob, request: Exchange) -> bool:
    next_poll = next(job.polls_after(request), None)
    return next_poll is not None and is_unfinished(next_poll)


def _filter_accepted(trace: Trace, context: LawContext) -> Iterator[Observation]:
    accepted = _accepted_studies(trace)
    for kind, resource_id, request in _requests(trace):
        given = requested_filter(request)
        if not given or request.response is None or _is_empty_period(given):
            continue
        operation, status = Operation(kind, "request"), request.response.status
        if state(request):
            yield held(operation, request)
            continue
        study = given.get("study_id")
        # Whether a study belongs to a resource, only the server knows.
        same = [] if study is None else accepted.get((kind, resource_id, _kind_of_study(study)))
        if (
            same is not None
            and _is_refusal(request.response)
            and status != 429
            and _exported_before(trace, request)
            and not may_be_full(trace, request, context.edition)
        ):
            names = joined(name for name in CONDITION_NAMES if name in given)
            shown_by = sorted([*same, request], key=lambda one: one.index)
            yield violated(
                operation, f"a request with a valid filter ({names}) got {status}", *shown_by
            )


def _accepted_studies(trace: Trace) -> dict[tuple[Kind, str, str], list[Exchange]]:
    """The first accepted request by resource and study."""
    accepted: dict[tuple[Kind, str, str], list[Exchange]] = {}
    for kind, resource_id, request in _requests(trace):
        given = requested_filter(request) or {}
        if "study_id" in given and state(request):
            key = (kind, resource_id, _kind_of_study(given["study_id"]))
            accepted.setdefault(key, [request])
    return accepted


def _kind_of_study(study_id: str) -> str:
    """A study's id; one id for those made up: a server that looks studies up has none of them."""
    return _MADE_UP if study_id in UNKNOWN_STUDY_IDS else study_id


def _is_empty_period(given: dict[str, Any]) -> bool:
    """Whether a filter selects nothing, so that a server may refuse it."""
    return "from" in given and "to" in given and bool(given["from"] >= given["to"])


def _exported_before(trace: Trace, request: Exchange) -> bool:
    """Whether an earlier request for the resource was accepted, so that it can be exported."""
    return any(
        state(earlier) and before(earlier, request) and earlier.sender == request.sender
        for kind, resource_id, earlier in _requests(trace)
        if request.address is not None and (kind, resource_id) == resource_of(request.address)
    )


def _limit(trace: Trace, context: LawContext) -> Iterator[Observation]:
    lists = lists_of(trace)
    refused: dict[tuple[Kind, str], Exchange] = {}
    for kind, resource_id, request in _requests(trace):
        own = [
            one
            for one in lists
            if (one.kind, one.resource_id) == (kind, resource_id)
            and one.exchange.sender == request.sender
        ]
        last = [one for one in own if before(one.exchange, request)][-1:]
        if not last or request.response is None or _may_have_changed(trace, last[0], request):
            continue
        after = next((one for one in own if before(request, one.exchange)), None)
        if len(last[0].entries) >= JOB_LIMIT:
            yield from _request_at_limit(context, last[0], request, after)
            if _is_refusal(request.response):
                refused[kind, resource_id] = request
        elif (kind, resource_id) in refused:
            yield from _request_after_deletion(kind, refused[kind, resource_id], last[0], request)


def _may_have_changed(trace: Trace, since: JobList, request: Exchange) -> bool:
    """Whether another request or a deletion may have changed the number of jobs."""
    between = range(since.exchange.index + 1, request.index)
    requests = any(
        one.index in between
        for kind, resource_id, one in _requests(trace)
        if (kind, resource_id) == (since.kind, since.resource_id)
    )
    return requests or any(
        one.exchange.index in between and (one.status is None or one.done)
        for one in deletions_of(trace)
    )


def _is_refusal(response: HttpResponse) -> bool:
    return 400 <= response.status < 500


def _request_at_limit(
    context: LawContext, full: JobList, request: Exchange, after: JobList | None
) -> Iterator[Observation]:
    """A request while the resource has as many jobs as the limit allows."""
    operation, response = Operation(full.kind, "request"), request.response
    export_id = returned_job_id(request)
    # The request returned the generating job and started nothing.
    if response is None or (export_id is not None and full.find(export_id) is not None):
        return
    ids = {entry.export_id for entry in full.entries}
    more = after is not None and len(after.entries) > len(ids)
    shown_by = [full.exchange, request] + ([after.exchange] if after is not None else [])
    if more and (export_id is not None or _is_refusal(response)):
        how = "started another job" if export_id is not None else "was refused but started one"
        yield violated(
            operation,
            f"there were {len(ids)} jobs, and a request {how}",
            *shown_by,
            about=("request.limit.ten", "request.limit.all-filters"),
        )
        return
    if not _is_refusal(response):
        return
    errors = documented(context.contract).errors[operation]
    envelope = next(iter(errors.values()))
    if response.status != 429 and (response.json is MISSING or envelope.mismatches(response.json)):
        yield violated(
            operation,
            f"the request over the job limit got {response.status} and no error envelope",
            full.exchange,
            request,
            about=("api.field.error",),
        )
    elif after is not None and response.status != 429:
        # 429 may come from the rate limit.
        yield held(operation, *shown_by)


def _request_after_deletion(
    kind: Kind, refused: Exchange, listed: JobList, request: Exchange
) -> Iterator[Observation]:
    """A request after a job was deleted."""
    operation, response = Operation(kind, "request"), request.response
    requested = requested_filter(request)
    if response is None or requested is None or requested_filter(refused) != requested:
        return
    if returned_job_id(request) is not None:
        yield held(operation, refused, listed.exchange, request)
    elif refused.response is not None and response.status == refused.response.status != 429:
        yield violated(
            operation,
            f"the request is still refused as with {JOB_LIMIT} jobs, although the list has only "
            f"{len(listed.entries)}",
            refused,
            listed.exchange,
            request,
            about=("request.limit.free",),
        )


LAWS: Final = (
    Law(
        id="time.request-filter",
        statement="A request with another filter returns another job.",
        source=LawSource(
            _REFERENCE,
            "study_id, from and to select what is exported, and each filter has its own job. "
            "Two times that denote the same moment are the same condition.",
            ("D-3",),
        ),
        operations=REQUEST,
        needs=("edition 2026-11, and a request whose filter differs from that of a generating job"),
        check=_request_filter,
        mutants=(
            "filter-ignored",
            "filter-coarse",
            "filter-to-ignored",
            "filter-from-ignored",
            "filter-study-ignored",
            "filter-for-all",
            "filter-by-day",
        ),
        editions=("2026-11",),
    ),
    Law(
        id="time.filter-accepted",
        statement=(
            "A request with a valid filter is accepted while the resource has fewer than ten jobs."
        ),
        source=LawSource(
            _REFERENCE,
            "study_id, from and to are parameters of every request for an export. Only the "
            "limit of ten jobs is a reason to refuse a valid one. Not judged: a period that is "
            "empty or whose meaning depends on the server, a study for which no request was "
            "accepted, and resources for which no earlier request was accepted. The ids of "
            "studies have 24 hexadecimal digits: a server that accepts a made-up UUID accepts "
            "made-up studies.",
            ("D-3",),
        ),
        operations=REQUEST,
        needs=(
            "edition 2026-11, and a request with a filter after one that was accepted, for a "
            "resource with fewer than ten jobs"
        ),
        check=_filter_accepted,
        mutants=(
            "filter-refused",
            "filter-forbidden",
            "filter-one-time",
            "filter-study-alone",
            "filter-study-undated",
            "filter-study-uuid",
        ),
        editions=("2026-11",),
    ),
    Law(
        id="time.limit",
        statement=(
            "A resource has at most ten jobs. A further request is refused with the error "
            "envelope, and accepted again after a job is deleted."
        ),
        source=LawSource(
            _REFERENCE,
            "A batch or collection has at most ten export jobs, counting all filters, until "
            "one is deleted. The status of the refusal is not published: any 4xx is accepted.",
            ("D-3",),
        ),
        operations=REQUEST,
        needs="edition 2026-11, a list of ten jobs, then a request, then another list",
        check=_limit,
        mutants=("limit-none", "limit-flat", "limit-in-name-only", "limit-for-ever"),
        editions=("2026-11",),
        profile="full",
    ),
)
