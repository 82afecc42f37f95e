"""Whether a resource has room for another export job (edition 2026-11: ten at most, D-3)."""

from itertools import islice

from prolific_contract._vocabulary import JOB_LIMIT, Edition
from prolific_contract.gate.laws._jobs import (
    LAG,
    canonical,
    is_request,
    is_unfinished,
    jobs_of,
    resource_of,
    returned_job_id,
    seconds_between,
)
from prolific_contract.gate.laws._lists import lists_of
from prolific_contract.gate.laws._observations import conditions, has_access
from prolific_contract.gate.trace._exchanges import Exchange, Trace

# The responses of a server that does not list jobs.
_NO_LIST = (404, 405)


def may_be_full(trace: Trace, request: Exchange, edition: Edition | None) -> bool:
    """Whether a refused request for an export may have been one too many.

    The last list before it shows how many jobs there were. Without a list, any number is
    possible if the resource exists, unless the server has no lists: then it follows the edition
    without a limit. In a conversation of the gate, a request that should return a running job
    exceeds no limit: without a list, the gate starts few jobs.
    """
    if edition == "2026-03" or not is_request(request) or request.address is None:
        return False
    own = [
        exchange
        for exchange in trace.exchanges
        if exchange.address is not None
        and resource_of(exchange.address) == resource_of(request.address)
        and has_access(exchange)
    ]
    shown = {one.exchange.index: one for one in lists_of(trace)}
    earlier = [exchange for exchange in own if exchange.index < request.index]
    since = next((at for at in range(len(earlier))[::-1] if earlier[at].index in shown), None)
    if since is not None:
        ids = {entry.export_id for entry in shown[earlier[since].index].entries}
        # A list may lack the newest jobs.
        newest = [one for one in earlier[:since] if seconds_between(one, earlier[since]) < LAG]
        return _at_most(ids, newest + earlier[since + 1 :]) >= JOB_LIMIT
    exists = any(one.response is not None and one.response.status < 300 for one in own)
    no_limit = (edition is None and any(map(_shows_no_list, earlier))) or (
        bool(trace.subjects) and _returns_a_running_job(trace, request)
    )
    return exists and not no_limit


def _returns_a_running_job(trace: Trace, request: Exchange) -> bool:
    """Whether a job for the same filter was generating before a request and after it."""
    return any(
        is_unfinished(around)
        for job in jobs_of(trace).values()
        if any(_is_same(named, request) for named in job.named)
        and (last := job.last_event_before(request)) is not None
        and is_unfinished(last)
        for around in islice(job.polls_after(request), 1)
    )


def _is_same(one: Exchange, other: Exchange) -> bool:
    """Whether two requests have the same resource and filter."""
    return (
        one.address is not None
        and other.address is not None
        and resource_of(one.address) == resource_of(other.address)
        and conditions(one) == conditions(other)
    )


def _at_most(ids: set[str], since: list[Exchange]) -> int:
    """How many jobs a resource has at most, given those in a list and the exchanges since."""
    unknown = 0
    for exchange in filter(is_request, since):
        export_id = returned_job_id(exchange)
        if export_id is not None:
            ids = {*ids, canonical(export_id)}
        elif exchange.response is None or not 400 <= exchange.response.status < 500:
            unknown += 1
    return len(ids) + unknown


def _shows_no_list(exchange: Exchange) -> bool:
    return (
        exchange.operation is not None
        and exchange.operation.action == "list"
        and not exchange.generated
        and exchange.response is not None
        and exchange.response.status in _NO_LIST
    )
