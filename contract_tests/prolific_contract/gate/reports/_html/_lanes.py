"""The course of each export job, as the conversation heard of it."""

from collections.abc import Iterable
from itertools import groupby

from attrs import frozen

from prolific_contract._vocabulary import STATES, Kind
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace


@frozen
class Moment:
    """What one exchange told of a job.

    Attributes:
        exchange: The exchange.
        state: The state; an HTTP status or ``no answer`` where it told none.
    """

    exchange: Exchange
    state: str


@frozen
class Lane:
    """A job and what was told of it, in order.

    Attributes:
        kind: What is exported.
        resource_id: Id of the batch or collection.
        export_id: Id of the job; None where a request was answered with a ready export that
            no job is known of.
        moments: At least one of them tells a state.
    """

    kind: Kind
    resource_id: str
    export_id: str | None
    moments: tuple[Moment, ...]

    @property
    def runs(self) -> list[list[Moment]]:
        """The moments, those in a row that told the same together."""
        return [list(run) for _, run in groupby(self.moments, key=lambda moment: moment.state)]


def lanes(trace: Trace) -> tuple[Lane, ...]:
    """The jobs of a conversation, in the order in which they were first heard of.

    Probes and made-up requests say nothing of the course of a job and are left out.
    """
    moments: dict[tuple[Kind, str, str | None], list[Moment]] = {}
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
            # A ready export comes without the id of its job: the last one, as far as it is known.
            export_id = _named(exchange) or latest.get(resource)
            if export_id is not None:
                latest[resource] = export_id
        key = (*resource, export_id)
        moments.setdefault(key, []).append(Moment(exchange, _state(exchange)))
    return tuple(Lane(*key, tuple(told)) for key, told in moments.items() if _tells_a_state(told))


def _named(exchange: Exchange) -> str | None:
    value = exchange.response.member("export_id") if exchange.response is not None else None
    return value if isinstance(value, str) else None


def _state(exchange: Exchange) -> str:
    if exchange.response is None:
        return "no answer"
    state = exchange.response.state
    return state if state in STATES else str(exchange.response.status)


def _tells_a_state(moments: Iterable[Moment]) -> bool:
    return any(moment.state in STATES for moment in moments)
