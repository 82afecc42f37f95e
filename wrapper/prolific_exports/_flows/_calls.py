"""One call to the API, repeated where that is safe and may help."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Final, Generic, Protocol, TypeVar

from attrs import field, frozen

from prolific_exports._errors import (
    ExportsError,
    NoAnswerError,
    RateLimitedError,
    ServerError,
    UnreachableError,
)
from prolific_exports._events import Event, Retrying
from prolific_exports._flows._effects import Flow, Reply, Request, Send, Sleep
from prolific_exports._flows._policy import Policy, backoff, http_date, retry_after
from prolific_exports._model._clock import Clock
from prolific_exports._model._redactor import Redactor

# A request answered so has not been acted on; a gateway's 502 or 504 says nothing about that.
_REFUSED_UNSEEN: Final = frozenset({429, 503})
_LOST_BEHIND_GATEWAY: Final = frozenset({502, 504})

# A last call gets so many seconds, even if the deadline passes meanwhile.
_GRACE: Final = 1.0

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@frozen
class Context:
    """What every flow needs and none decides.

    Attributes:
        clock: Where the time comes from.
        random: Where jitter comes from.
        redactor: Keeps the secrets that are known out of errors and events.
        notify: Takes the events.
    """

    clock: Clock
    random: Random
    redactor: Redactor = field(repr=False)
    notify: Callable[[Event], object]


class Interpreter(Protocol[T_co]):
    """Reads a reply, or raises what is wrong with it."""

    def __call__(
        self, request: Request, reply: Reply, *, redactor: Redactor, retry_after: float | None
    ) -> T_co:
        """What the reply says."""
        ...


@frozen
class CallResult(Generic[T]):
    """What a reply said, and when.

    Attributes:
        value: What it said.
        wait: Seconds of the answer's ``Retry-After``; None when there is none.
        date: The server's time when it answered, to the second; None when it told none.
    """

    value: T
    wait: float | None
    date: datetime | None


class OutOfTimeError(Exception):
    """The deadline passes before a call may be repeated; ``__cause__`` says what failed.

    Attributes:
        asked: Seconds that the server asks to wait and that do not fit; None where that is
            not why.
    """

    def __init__(self, asked: float | None = None) -> None:
        """Time is up, or would be after the seconds that are asked for."""
        super().__init__()
        self.asked = asked


def perform(
    request: Request,
    interpret: Interpreter[T],
    context: Context,
    policy: Policy,
    deadline: float,
) -> Flow[CallResult[T]]:
    """Make a call until it is answered, cannot be, or time is up.

    A GET or DELETE is repeated after 429, 5xx and connection failures; a POST when it
    certainly did nothing (connection refused, 429, 503).

    Args:
        request: What to ask.
        interpret: Reads the answer.
        context: Clock, chance, secrets, events.
        policy: How often and how long.
        deadline: Monotonic time after which nothing is sent, but for a second of grace.

    Raises:
        ApiError: The API answered with an error, for good.
        ContractViolation: It answered with something outside the contract.
        NoAnswerError: It did not answer, for good; at once where no try can reach it.
        OutOfTimeError: It might yet, but not before the deadline.
    """
    failures = 0
    while True:
        try:
            left = deadline - context.clock.monotonic()
            # No call ends later than the grace allows, however many follow each other.
            timeout = min(policy.call_timeout, max(left, min(_GRACE, left + _GRACE)))
            if timeout <= 0:
                raise OutOfTimeError from _unsent(request)
            reply: Reply = yield Send(request, timeout)
            date = reply.headers.get("date")
            wait = retry_after(reply.headers.get("retry-after"), date, context.clock.now())
            value = interpret(request, reply, redactor=context.redactor, retry_after=wait)
            return CallResult(value, wait, http_date(date))
        except (NoAnswerError, RateLimitedError, ServerError) as error:
            failures += 1
            if failures >= policy.max_failures or isinstance(error, UnreachableError):
                raise
            if request.method == "POST" and not was_not_processed(error):
                raise
            delay = pause(error, failures, context, deadline)
            context.notify(Retrying(request.ref, error, delay))
        yield Sleep(delay)


def _unsent(request: Request) -> NoAnswerError:
    return NoAnswerError(
        f"{request.operation} for {request.ref} was not sent, since the time was up.",
        operation=request.operation,
        ref=request.ref,
        sent=False,
    )


def pause(error: ExportsError, failures: int, context: Context, deadline: float) -> float:
    """Seconds to wait after a failure, as the server asks or by the number of failures.

    Raises:
        OutOfTimeError: They do not fit before the deadline.
    """
    asked = error.retry_after if isinstance(error, RateLimitedError | ServerError) else None
    delay = backoff(failures, context.random) if asked is None else asked
    if context.clock.monotonic() + delay > deadline:
        raise OutOfTimeError(asked) from error
    return delay


def raise_cause_on_timeout(flow: Flow[T]) -> Flow[T]:
    """A flow that nobody waits with: out of time means what made it fail."""
    try:
        return (yield from flow)
    except OutOfTimeError as error:
        raise error.__cause__ or error from None


def deadline_of(context: Context, policy: Policy) -> float:
    """The monotonic time that a policy's timeout ends at, counted from now."""
    return context.clock.monotonic() + policy.timeout


def was_not_processed(error: ExportsError) -> bool:
    """Whether the request certainly was not acted on."""
    if isinstance(error, NoAnswerError):
        return not error.sent
    return isinstance(error, RateLimitedError | ServerError) and error.status in _REFUSED_UNSEEN


def may_have_lost_response(error: ExportsError) -> bool:
    """Whether the request may have been acted on, and the answer got lost on its way."""
    if isinstance(error, NoAnswerError):
        return error.sent
    return isinstance(error, ServerError) and error.status in _LOST_BEHIND_GATEWAY
