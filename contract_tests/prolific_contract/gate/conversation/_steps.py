"""The steps of a conversation, and sending one at a time without any I/O.

A step is what a driver has to do; it sends back what became of a request, or the time after
a pause. The clock, the network and the recording are the driver's.
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
"""In seconds: less is no pause."""

# Unanswered requests in a row after which there is no point in asking on.
_SILENT_OPERATION: Final = 3
_SILENT_SERVER: Final = 5
_PATIENCE: Final = 6


@frozen
class Ask:
    """A step: send a request to the API.

    Attributes:
        method: HTTP method.
        path: Path below the base URL, with query.
        credential: What it says of who sends it.
        headers: Header fields besides those that every request has.
        made: Whether a generator made it up.
    """

    method: str
    path: str
    credential: Credential = Credential.VALID
    headers: tuple[tuple[str, str], ...] = ()
    made: bool = False


@frozen
class Fetch:
    """A step: get a part of an archive from its presigned URL, without the token.

    Attributes:
        url: A URL that is safe to send to.
        span: The ``Range`` to ask for; None for no range.
    """

    url: str = field(repr=False)
    span: str | None


@frozen
class Pause:
    """A step: let time pass.

    Attributes:
        seconds: How much.
    """

    seconds: float


@frozen
class Unwanted:
    """What comes back of a step when nobody wants the rest of the conversation.

    Attributes:
        reason: Why, in half a sentence.
        at: Seconds since the beginning.
    """

    reason: str
    at: float


Step: TypeAlias = Ask | Fetch | Pause
# An exchange after Ask and Fetch, the seconds since the beginning after Pause.
Sent: TypeAlias = Exchange | float | Unwanted
_T = TypeVar("_T")
Talk: TypeAlias = Generator[Step, Sent, _T]


class OverError(Exception):
    """The conversation ends early; the message says why, in half a sentence."""


class UnwantedError(OverError):
    """Nobody wants the rest of the conversation: what was started is deleted without delay.

    Attributes:
        at: Seconds since the beginning.
    """

    def __init__(self, unwanted: Unwanted) -> None:
        """End a conversation as its driver wants."""
        super().__init__(unwanted.reason)
        self.at = unwanted.at


class Sender:
    """Sends one request at a time, at the plan's pace and with the patience that is asked for.

    Attributes:
        now: Seconds since the beginning.
        budget: Seconds after which nothing is sent any more.
    """

    def __init__(self, plan: ConversationPlan) -> None:
        self._gap = plan.pace.gap
        self.now = 0.0
        self.budget = plan.budget
        self._free_at = 0.0
        self._silence = 0
        self._silences: dict[str, int] = {}

    def ask(self, ask: Ask, *, hurry: bool = False, patient: bool = True) -> Talk[Exchange | None]:
        """Send a request to the API.

        Args:
            ask: The request.
            hurry: Whether it follows the one before at once.
            patient: Whether to repeat it when the server asks for patience.
        """
        address = address_of(ask.path.partition("?")[0])
        operation = f"{ask.method} {address.operation}" if address else ask.method
        return (yield from self.send(ask, operation, hurry=hurry, patient=patient))

    def send(
        self, step: Ask | Fetch, operation: str, *, hurry: bool = False, patient: bool = True
    ) -> Talk[Exchange | None]:
        """Send a request, again when the server asks for patience.

        Returns:
            What became of it; None when it was not sent, because the operation is silent.
        """
        repetition = 0
        while True:
            if self._silences.get(operation, 0) >= _SILENT_OPERATION:
                return None
            if self.now >= self.budget:
                raise OverError(f"the {self.budget:g} s for the whole check were used up")
            if not hurry:
                yield from self.pause(self._free_at - self.now)
            exchange = cast("Exchange", (yield from _done(step)))
            self.now = exchange.at + exchange.took
            self._free_at = self.now + self._gap
            self._listen(exchange, operation)
            wait = _patience(exchange, repetition)
            if wait is None or not patient:
                return exchange
            repetition += 1
            if repetition == _PATIENCE or self.now + wait >= self.budget:
                break
            yield from self.pause(wait)
        # It is no use to ask for this any more, and nobody's fault.
        self._silences[operation] = _SILENT_OPERATION
        return exchange

    def _listen(self, exchange: Exchange, operation: str) -> None:
        if exchange.response is not None:
            self._silence = self._silences[operation] = 0
            return
        self._silence += 1
        self._silences[operation] = self._silences.get(operation, 0) + 1
        if self._silence >= _SILENT_SERVER:
            raise OverError(f"{_SILENT_SERVER} requests in a row got no answer")

    def pause(self, seconds: float) -> Talk[None]:
        """Let time pass."""
        if seconds > 0:
            self.now = cast("float", (yield from _done(Pause(seconds))))


def _done(step: Step) -> Talk[Exchange | float]:
    sent = yield step
    if isinstance(sent, Unwanted):
        raise UnwantedError(sent)
    return sent


def _patience(exchange: Exchange, repetition: int) -> float | None:
    """Seconds after which to repeat a request, if the server asks for that."""
    response = exchange.response
    if response is None or response.status not in (429, 503):
        return None
    sent = cast("datetime", exchange.sent)
    asked = retry_after(response.header("retry-after"), response.header("date"), sent)
    if asked is None and response.status == 503:
        return None
    return max(2.0**repetition if asked is None else asked, SHORTEST_PAUSE)
