"""The states of each export job, in the order in which the responses reported them."""

from collections.abc import Iterable
from itertools import groupby

from attrs import frozen

from prolific_contract._vocabulary import STATES, Kind
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace


@frozen
class JobResponse:
    """What one response reports about a job.

    Attributes:
        state: The state; if the response reports none, its HTTP status or ``no response``.
    """

    exchange: Exchange
    state: str


@frozen
class Lane:
    """A job with the responses about it.

    Attributes:
        resource_id: Id of the batch or collection.
        export_id: Id of the job; None if a request returned a finished export before any
            response named a job.
        responses: In order; at least one reports a state.
    """

    kind: Kind
    resource_id: str
    export_id: str | None
    responses: tuple[JobResponse, ...]

    @property
    def runs(self) -> list[list[JobResponse]]:
        """The responses, grouped where consecutive ones report the same state."""
        return [
            list(run) for _, run in groupby(self.responses, key=lambda response: response.state)
        ]


def lanes(trace: Trace) -> tuple[Lane, ...]:
    """The jobs of a conversation, in the order of their first responses.

    Leaves out probes and generated requests, which report no states.
    """
    responses: dict[tuple[Kind, str, str | None], list[JobResponse]] = {}
    latest: dict[tuple[Kind, str], str] = {}
    for exchange in trace.exchanges:
        operation, address = exchange.operation, exchange.address
        if (
            operation is None
            or address is None
            or exchange.generated
            or exchange.credential not in (Credential.VALID, Credential.UNKNOWN)
        ):
            continue
        resource = (address.kind, address.resource_id)
        export_id = address.export_id
        if operation.action == "request":
            # A finished export has no export id, so assume the latest job of the resource.
            export_id = _export_id(exchange) or latest.get(resource)
            if export_id is not None:
                latest[resource] = export_id
        key = (*resource, export_id)
        responses.setdefault(key, []).append(JobResponse(exchange, _state(exchange)))
    return tuple(
        Lane(*key, tuple(found)) for key, found in responses.items() if _reports_a_state(found)
    )


def _export_id(exchange: Exchange) -> str | None:
    value = exchange.response.member("export_id") if exchange.response is not None else None
    return value if isinstance(value, str) else None


def _state(exchange: Exchange) -> str:
    if exchange.response is None:
        return "no response"
    state = exchange.response.state
    return state if state in STATES else str(exchange.response.status)


def _reports_a_state(responses: Iterable[JobResponse]) -> bool:
    return any(response.state in STATES for response in responses)
