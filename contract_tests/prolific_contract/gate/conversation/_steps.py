"""The steps of a conversation, and a sender that yields one step at a time without any I/O.

The driver carries out each step. It sends back the exchange after a request, or the time
after a pause. The driver owns the clock, the network and the recording.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from attrs import field, frozen
from prolific_exports._flows._policy import retry_after

from prolific_contract._vocabulary import address_of
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.trace._exchanges import Credential, Exchange

if TYPE_CHECKING:
    from datetime import datetime

SHORTEST_PAUSE: Final = 0.05
"""In seconds."""

# Requests in a row without a response after which the operation, or the server, is given up.
_MOST_UNANSWERED_BY_OPERATION: Final = 3
_MOST_UNANSWERED: Final = 5
# How often, and for how many seconds, a request is repeated after 429 or 503 before its operation
# is given up.
_LEAST_REPETITIONS: Final = 3
_PATIENCE: Final = 60.0
# Methods with which a request to a resource may start an export, documented or not.
_MAY_START: Final = ("POST", "PUT", "PATCH")


@frozen
class ApiRequest:
    """A step: send a request to the API.

    Attributes:
        method: HTTP method.
        path: Path below the base URL, with query.
        credential: Which Authorization header it has.
        headers: Header fields in addition to those of every request.
        generated: Whether schemathesis generated it.
    """

    method: str
    path: str
    credential: Credential = Credential.VALID
    headers: tuple[tuple[str, str], ...] = ()
    generated: bool = False


@frozen
class ArchiveRequest:
    """A step: fetch a part of an archive from its presigned URL, without the token.

    Attributes:
        url: A URL that is safe to send to.
        span: The ``Range`` to ask for; None for no range.
    """

    url: str = field(repr=False)
    span: str | None


@frozen
class Pause:
    """A step: wait for some seconds."""

    seconds: float


@frozen
class Interruption:
    """The result of a step that the user interrupted.

    Attributes:
        reason: Why the conversation ends, as a clause.
        at: Seconds since the start of the conversation.
    """

    reason: str
    at: float


Step: TypeAlias = ApiRequest | ArchiveRequest | Pause
# An exchange after Ask and Fetch, the seconds since the start after Pause.
StepResult: TypeAlias = Exchange | float | Interruption
_T = TypeVar("_T")
Steps: TypeAlias = Generator[Step, StepResult, _T]


class ConversationEndedError(Exception):
    """The conversation ends early; the message is the reason, as a clause."""


class ConversationInterruptedError(ConversationEndedError):
    """The user interrupted the conversation: delete the jobs that it started, nothing else.

    Attributes:
        at: Seconds since the start of the conversation.
    """

    def __init__(self, unwanted: Interruption) -> None:
        """Take reason and time from the interruption."""
        super().__init__(unwanted.reason)
        self.at = unwanted.at


class Sender:
    """Sends one request at a time, at the plan's pace, and backs off when the server asks for it.

    Attributes:
        now: Seconds since the start of the conversation.
        budget: Seconds after which no more requests are sent.
        may_start: The requests that may start an export, with any credential.
    """

    def __init__(self, plan: ConversationPlan) -> None:
        self._gap = plan.pace.gap
        self.now = 0.0
        self.budget = plan.budget
        self.may_start: list[Exchange] = []
        self._next_request_at = 0.0
        self._unanswered = 0
        self._unanswered_by_operation: dict[str, int] = {}

    def request(
        self, request: ApiRequest, *, immediately: bool = False, retry: bool = True
    ) -> Steps[Exchange | None]:
        """Send a request to the API.

        Args:
            request: The request.
            immediately: Whether to send it without the pace's gap.
            retry: Whether to repeat it after 429, or 503 with Retry-After.
        """
        address = address_of(request.path.partition("?")[0])
        operation = f"{request.method} {address.operation}" if address else request.method
        return (yield from self.send(request, operation, immediately=immediately, retry=retry))

    def send(
        self,
        step: ApiRequest | ArchiveRequest,
        operation: str,
        *,
        immediately: bool = False,
        retry: bool = True,
    ) -> Steps[Exchange | None]:
        """Send a request, and repeat it when the server asks for that.

        Returns:
            The exchange; None if the request was not sent, because the operation was given up.
        """
        repetition = 0
        refused_at: float | None = None
        while True:
            if self._unanswered_by_operation.get(operation, 0) >= _MOST_UNANSWERED_BY_OPERATION:
                return None
            if self.now >= self.budget:
                raise ConversationEndedError(
                    f"the time budget of {self.budget:g} s for the whole check is used up"
                )
            if not immediately:
                yield from self.pause(self._next_request_at - self.now)
            try:
                exchange = cast("Exchange", (yield from _carry_out(step)))
            except ConversationInterruptedError:
                if isinstance(step, ApiRequest):
                    # The server may have got the request.
                    self._note(Exchange(-1, step.method, step.path, "", step.credential))
                raise
            self.now = exchange.at + exchange.took
            self._next_request_at = self.now + self._gap
            self._note(exchange)
            self._count_failure(exchange, operation)
            wait = _retry_delay(exchange, repetition)
            if wait is None or not retry:
                return exchange
            refused_at = exchange.at if refused_at is None else refused_at
            patient = repetition >= _LEAST_REPETITIONS and exchange.at - refused_at >= _PATIENCE
            if patient or self.now + wait >= self.budget:
                break
            repetition += 1
            yield from self.pause(wait)
        # The server keeps refusing this operation because of its rate limit: give it up.
        self._unanswered_by_operation[operation] = _MOST_UNANSWERED_BY_OPERATION
        return exchange

    def _note(self, exchange: Exchange) -> None:
        if exchange.method in _MAY_START and exchange.address is not None:
            self.may_start.append(exchange)

    def _count_failure(self, exchange: Exchange, operation: str) -> None:
        if exchange.response is not None:
            self._unanswered = self._unanswered_by_operation[operation] = 0
            return
        self._unanswered += 1
        self._unanswered_by_operation[operation] = (
            self._unanswered_by_operation.get(operation, 0) + 1
        )
        if self._unanswered >= _MOST_UNANSWERED:
            raise ConversationEndedError(f"{_MOST_UNANSWERED} requests in a row got no response")

    def pause(self, seconds: float) -> Steps[None]:
        """Wait."""
        if seconds > 0:
            self.now = cast("float", (yield from _carry_out(Pause(seconds))))


def _carry_out(step: Step) -> Steps[Exchange | float]:
    sent = yield step
    if isinstance(sent, Interruption):
        raise ConversationInterruptedError(sent)
    return sent


def _retry_delay(exchange: Exchange, repetition: int) -> float | None:
    """Seconds after which to repeat a request; None if the server does not ask for that."""
    response = exchange.response
    if response is None or response.status not in (429, 503):
        return None
    sent = cast("datetime", exchange.sent)
    delay = retry_after(response.header("retry-after"), response.header("date"), sent)
    # Stores send 503 without Retry-After when they are busy.
    if delay is None and response.status == 503 and exchange.address is not None:
        return None
    if delay is None or repetition:
        delay = max(delay or 0.0, 2.0**repetition)
    return max(delay, SHORTEST_PAUSE)
