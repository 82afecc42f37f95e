"""The law about requests that the server asks to repeat later."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, TypeAlias

from attrs import define
from prolific_exports._flows._policy import retry_after

from prolific_contract._vocabulary import OPERATIONS, Operation
from prolific_contract.gate.laws._job_limit import may_be_full
from prolific_contract.gate.laws._jobs import before
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import held, violated
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace

_RATE_LIMITED: Final = 429
_UNAVAILABLE: Final = 503
# How often and how long a request is repeated as asked before the server counts as refusing it.
_REPETITIONS: Final = 3
_SECONDS: Final = 60.0
# Recordings round times to milliseconds.
_ROUNDED: Final = 0.002

_Repeated: TypeAlias = tuple[Operation, Credential, int | None]


@define(eq=False)
class _Refusals:
    """Requests in a row that the server asked to repeat later, each sent when it asked for that.

    Attributes:
        first: The first one.
        last: The last one.
        response: The response to the last one.
        repetitions: How often the first one was repeated.
    """

    first: Exchange
    last: Exchange
    response: HttpResponse
    repetitions: int = 0

    @property
    def seconds(self) -> float:
        """The time from the first to the last."""
        return self.last.at - self.first.at

    def allows(self, exchange: Exchange) -> bool:
        """Whether a request was sent as late as the server asked for."""
        return before(self.last, exchange) and (
            exchange.at - (self.last.at + self.last.took)
            >= _delay(self.last, self.response, self.repetitions) - _ROUNDED
        )


def _later(trace: Trace, context: LawContext) -> Iterator[Observation]:
    running: dict[_Repeated, _Refusals] = {}
    for exchange in trace.exchanges:
        operation = exchange.operation or trace.archive_operation(exchange)
        response = exchange.response
        if operation is None or response is None:
            continue
        key = (operation, exchange.credential, exchange.sender)
        refusals = running.get(key)
        if not _is_asked_later(exchange, response):
            if refusals is not None:
                del running[key]
                yield held(operation, refusals.first, exchange)
            continue
        if refusals is None or not refusals.allows(exchange):
            running[key] = _Refusals(exchange, exchange, response)
            continue
        refusals.last, refusals.response = exchange, response
        refusals.repetitions += 1
    for (operation, _, _), refusals in running.items():
        patient = refusals.repetitions >= _REPETITIONS and refusals.seconds >= _SECONDS
        # 429 may also be the response to an eleventh job.
        if patient and not may_be_full(trace, refusals.last, context.edition):
            yield violated(
                operation,
                f"the response is still {refusals.response.status} after "
                f"{refusals.repetitions} repetitions in {refusals.seconds:.0f} s, each as late as "
                "the server asked",
                refusals.first,
                refusals.last,
            )


def _is_asked_later(exchange: Exchange, response: HttpResponse) -> bool:
    if response.status not in (_RATE_LIMITED, _UNAVAILABLE):
        return False
    # A store may send 503 without Retry-After; for the API, that violates `shape.status`.
    asked = response.status == _RATE_LIMITED or exchange.address is None
    return asked or _stated_delay(exchange, response) is not None


def _delay(exchange: Exchange, response: HttpResponse, repetitions: int) -> float:
    """Seconds until a request may be repeated; they double if the response states none."""
    stated = _stated_delay(exchange, response)
    return 2.0**repetitions if stated is None else stated


def _stated_delay(exchange: Exchange, response: HttpResponse) -> float | None:
    # Without any clock, a date is never reached.
    sent = exchange.sent or datetime.min.replace(tzinfo=UTC)
    return retry_after(response.header("retry-after"), response.header("date"), sent)


LAWS: Final = (
    Law(
        id="time.retry",
        statement=(
            "A request that gets 429, or 503 with Retry-After, is answered when it is repeated "
            "as late as the server asks."
        ),
        source=LawSource(
            "documents/001; API reference, rate limits; RFC 9110, section 10.2.3",
            "Both statuses are temporary. A client waits as long as Retry-After says, or twice "
            "as long each time if there is none. The law judges requests that were repeated "
            "like this for a minute, three times at least, and never got another response, but not "
            "requests that may exceed the job limit.",
        ),
        operations=OPERATIONS,
        needs="429, or 503 with Retry-After, and a later request for the operation",
        check=_later,
        mutants=("limited-for-ever", "unavailable-for-ever", "store-unavailable"),
    ),
)
