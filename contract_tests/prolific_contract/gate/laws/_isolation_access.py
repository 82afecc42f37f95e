"""The law about access that is refused after it was given."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from prolific_contract._vocabulary import Action, Kind, Operation
from prolific_contract.gate.laws._job_limit import may_be_full
from prolific_contract.gate.laws._jobs import (
    JobKey,
    before,
    canonical,
    is_request,
    jobs_of,
    resource_of,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import lists_of, may_have_been_deleted
from prolific_contract.gate.laws._observations import (
    LIST,
    REQUEST,
    STATUS,
    has_access,
    held,
    query,
    requests_with_response,
    violated,
)
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace

_Account: TypeAlias = tuple[int | None, Kind, str]
_Use: TypeAlias = tuple[_Account, Exchange, Operation, HttpResponse]

# Seconds after a success during which access certainly lasts.
_JUDGED_SECONDS: Final = 3600.0
# Seconds before a success within which access did not begin.
_GIVEN_SECONDS: Final = 60.0
# Other laws judge 404 to a poll, and refused deletions.
_REFUSALS: Final[dict[Action, tuple[int, ...]]] = {
    "request": (401, 403, 404),
    "list": (401, 403, 404),
    "status": (401, 403),
}


def _access_stays(trace: Trace, context: LawContext) -> Iterator[Observation]:
    used = list(_used(trace))
    last = {account: exchange for account, exchange, _, response in used if response.status < 300}
    yield from _lists_before_exports(trace, context, used)
    latest: dict[_Account, Exchange] = {}
    for account, exchange, operation, response in used:
        earlier = latest.get(account)
        if response.status < 300:
            latest[account] = exchange
            if earlier is not None:
                yield held(operation, earlier, exchange)
        elif (
            earlier is not None
            and before(earlier, exchange)
            and exchange.at - earlier.at <= _JUDGED_SECONDS
            and response.status in _REFUSALS[operation.action]
            and not _is_excused(trace, context, exchange, response)
            # In a recording of others, access may have been withdrawn.
            and (trace.subjects or last[account].index > exchange.index)
        ):
            yield violated(
                operation,
                f"the token had access to the {account[1]}, then a request got {response.status}",
                earlier,
                exchange,
                about=[_broken_by(response)],
            )


def _lists_before_exports(
    trace: Trace, context: LawContext, used: list[_Use]
) -> Iterator[Observation]:
    """Refused lists of a resource with which the next request succeeded."""
    first: dict[_Account, Exchange] = {}
    for account, exchange, _, response in used:
        if response.status < 300:
            first.setdefault(account, exchange)
    for account, exchange, operation, response in used:
        success = first.get(account)
        if (
            operation.action == "list"
            and response.status in _REFUSALS["list"]
            and success is not None
            and before(exchange, success)
            and success.at - exchange.at <= _GIVEN_SECONDS
            # In a recording of others, access may have been given between two requests.
            and trace.subjects
            and _lists(trace, context, exchange)
        ):
            yield violated(
                operation,
                f"the list of the {account[1]} got {response.status}, but the token has access: a "
                "later request succeeded",
                exchange,
                success,
                about=[_broken_by(response)],
            )


def _broken_by(response: HttpResponse) -> str:
    """The statement that a refusal breaks."""
    return "api.access.token-lasts" if response.status == 401 else "api.access.granted"


def _used(trace: Trace) -> Iterator[_Use]:
    """The requests with the token for resources that the conversation may use."""
    own = {
        (subject.kind, canonical(subject.id)) for subject in trace.subjects if not subject.forbidden
    }
    for exchange, operation, response in requests_with_response(trace, generated=False):
        if exchange.address is None or not has_access(exchange):
            continue
        resource = resource_of(exchange.address)
        if operation.action in _REFUSALS and (not trace.subjects or resource in own):
            yield (exchange.sender, *resource), exchange, operation, response


def _is_excused(
    trace: Trace, context: LawContext, exchange: Exchange, response: HttpResponse
) -> bool:
    """Whether a refusal may have another reason than missing access."""
    if query(exchange):
        # `time.filter-accepted` judges filters.
        return True
    if response.status == 401:
        # The recording may not show the token.
        return exchange.credential is not Credential.VALID or _is_unknown_job(trace, exchange)
    if is_request(exchange):
        return may_be_full(trace, exchange, context.edition)
    return _is_unknown_job(trace, exchange) or not _lists(trace, context, exchange)


def _is_unknown_job(trace: Trace, exchange: Exchange) -> bool:
    """Whether a poll is of a job that the account need not see, or that may be deleted."""
    address = exchange.address
    if address is None or address.export_id is None:
        return False
    job = jobs_of(trace).get(JobKey.of(address))
    last = job.last_event_before(exchange) if job is not None else None
    return (
        job is None
        or last is None
        or last.sender != exchange.sender
        or may_have_been_deleted(trace, job.key, last, exchange)
    )


def _lists(trace: Trace, context: LawContext, exchange: Exchange) -> bool:
    """Whether a server lists the jobs of a kind, if the exchange requests a list."""
    operation = exchange.operation
    if operation is None or operation.action != "list" or context.edition == "2026-11":
        return True
    return any(
        one.operation == operation and one.exchange.index < exchange.index
        for one in lists_of(trace)
    )


LAWS: Final = (
    Law(
        id="isolation.access-stays",
        statement=(
            "A token that was accepted stays accepted, and a resource that it can export can "
            "be exported again, polled and listed."
        ),
        source=LawSource(
            "documents/001, 002, 004; API reference, list export jobs",
            "Tokens do not expire, 403 means missing access to the workspace of the resource, "
            "and 404 that there is no such resource. Each operation needs the same access. The "
            "law judges one hour; in recordings of others, only refusals between two "
            "successes. A list refused in the minute before the first success is judged, too: a "
            "resource without jobs has an empty list. Not judged: requests that may exceed the "
            "job limit, whose refusal has no documented status.",
            ("D-3", "D-12", "D-13"),
        ),
        operations=(*REQUEST, *STATUS, *LIST),
        needs=(
            "a success with the token, and another request of it for the same resource: a later "
            "one, or an earlier list"
        ),
        check=_access_stays,
        mutants=(
            "access-lost-401",
            "access-lost-403",
            "access-lost-404",
            "list-refused-403",
            "list-refused-404",
            "list-empty-404",
        ),
    ),
)
