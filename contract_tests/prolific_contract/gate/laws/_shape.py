"""Laws about single responses: that there is one, and its status."""

from collections.abc import Iterable, Iterator
from typing import Final

from prolific_contract._vocabulary import OPERATIONS, Action, Operation
from prolific_contract.gate.laws._documented import allowed_statuses, documented
from prolific_contract.gate.laws._job_limit import may_be_full
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import (
    API,
    held,
    is_odd,
    joined,
    query,
    quote,
    requests_with_response,
    violated,
)
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse, Trace

_NOT_MODIFIED: Final = 304
_NOT_ALLOWED: Final = 405
_UNAVAILABLE: Final = 503
# The statuses of a request that lacks a body or its type (RFC 9110, section 15.5).
_WITHOUT_BODY: Final = (400, 411, 415, 422)
# The statements about the method of each operation.
_METHODS: Final[dict[Action, str]] = {
    "request": "request.method.post",
    "status": "status.method.get",
    "list": "list.method.get",
    "delete": "delete.method.delete",
}
# Other success statuses of a deletion (RFC 9110, section 9.3.5).
_DELETED: Final = (200, 202)


def _gets_response(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for exchange in trace.exchanges:
        operation = exchange.operation or trace.archive_operation(exchange)
        if operation is None:
            continue
        if exchange.response is not None:
            yield held(operation, exchange)
        elif exchange.failure is not None:
            yield violated(operation, f"no HTTP response: {quote(exchange.failure)}", exchange)


def _status(trace: Trace, context: LawContext) -> Iterator[Observation]:
    contract = documented(context.contract)
    for exchange, operation, response in requests_with_response(trace):
        if not contract.has(operation):
            continue
        statuses = allowed_statuses(contract, operation)
        if response.status in statuses:
            states = contract.states[operation].get(response.status, {})
            if (
                response.state in contract.bodies(operation)
                and states
                and response.state not in states
            ):
                yield violated(
                    operation,
                    f"the response is {response.status} with the status {response.state!r}; "
                    f"{response.status} means {' or '.join(sorted(states))}",
                    exchange,
                    about=[f"{state}.status" for state in states],
                )
            else:
                yield held(operation, exchange)
        elif not _excused(exchange, operation, response) and not _over_limit(
            trace, context, exchange, response
        ):
            yield violated(
                operation,
                f"the response is {response.status}; documented are {joined(statuses)}",
                exchange,
                about=_about(operation, response.status, contract.states[operation]),
            )


def _about(operation: Operation, status: int, successes: Iterable[int]) -> list[str]:
    """What an undocumented status breaks: statements, or documented statuses."""
    if status < 300:
        return [str(success) for success in successes]
    if status == _NOT_ALLOWED:
        return [_METHODS[operation.action]]
    if operation.action == "request" and status in _WITHOUT_BODY:
        return ["api.status.documented", "request.method.no-body"]
    return ["api.status.documented"]


def _excused(exchange: Exchange, operation: Operation, response: HttpResponse) -> bool:
    """Whether an undocumented status proves nothing against the API.

    The request is not documented either, or the server asks to retry later, or the pages
    document no status for a successful deletion.
    """
    if operation.action == "delete" and response.status in _DELETED:
        return True
    if response.status == _UNAVAILABLE:
        return response.header("retry-after") is not None
    if response.status == _NOT_MODIFIED:
        return any(name.lower().startswith("if-") for name, _ in exchange.headers)
    if is_odd(exchange):
        # Servers that normalize paths may redirect to the normalized one.
        return 300 <= response.status < 500
    undocumented = exchange.generated or bool(query(exchange))
    return undocumented and 400 <= response.status < 500


def _over_limit(
    trace: Trace, context: LawContext, exchange: Exchange, response: HttpResponse
) -> bool:
    """Whether a request may be refused because the resource has reached the job limit."""
    return 400 <= response.status < 500 and may_be_full(trace, exchange, context.edition)


LAWS: Final = (
    Law(
        id="shape.answered",
        statement="Every request gets an HTTP response.",
        source=LawSource(
            "documents/003",
            "A request, a poll and a download each get a response at once, however long the "
            "export takes. Not judged: entries without a response for which a recording gives "
            "no reason.",
        ),
        operations=OPERATIONS,
        needs="a request for the operation, and its outcome",
        check=_gets_response,
        mutants=(
            "reset",
            "hang",
            "garbage",
            "cut",
        ),
    ),
    Law(
        id="shape.status",
        statement=(
            "Every response has a documented status. The response to an export request has "
            "status 200 if the export is complete and 202 if it is generating."
        ),
        source=LawSource(
            "documents/000, 002, 003, 004",
            "The prose documents 202 for a new job and 200 for a recent export; the schemas "
            "omit 202. The general pages document 401, 404 and 429 for every operation; 403 is "
            "also accepted for a poll. Not judged: refused requests that have a query, that "
            "were generated, or that were sent when the resource may already have ten jobs, "
            "because no page documents their status; 200 and 202 for a deletion, for which no "
            "page documents a status and the official CLI expects 204; and 503 with "
            "Retry-After.",
            ("D-1", "D-2", "D-3", "D-11", "D-12", "D-13"),
        ),
        operations=API,
        needs="a response of the operation",
        check=_status,
        mutants=(
            "status-201",
            "status-swapped",
            "status-204",
            "status-500",
            "status-redirect",
            "error-422",
            "failed-500",
            "unknown-job-500",
        ),
    ),
)
