"""One call to the API, retried where that is safe and may help."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Final, Generic, Protocol, Self, TypeVar

from attrs import define, field, frozen

from prolific_exports._errors import (
    ExportsError,
    NoAnswerError,
    RateLimitedError,
    ServerError,
    UnreachableError,
)
from prolific_exports._events import Event, Retrying
from prolific_exports._flows._effects import ApiReply, Flow, Request, Send, Sleep
from prolific_exports._flows._policy import (
    FIRST_CONTACT_TIMEOUT,
    Policy,
    backoff,
    http_date,
    retry_after,
)
from prolific_exports._model._clock import Clock
from prolific_exports._model._redactor import Redactor

# The server has not acted on a request with these statuses. A gateway's 502 or 504 does not
# show whether it has.
_NOT_PROCESSED: Final = frozenset({429, 503})
_FROM_GATEWAY: Final = frozenset({502, 504})

# Seconds that the last call gets even if the deadline passes meanwhile.
_GRACE: Final = 1.0

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@define
class Contact:
    """Whether the API has ever answered this client.

    Until it has, a failure to connect is more often a wrong address than an outage. The client
    then gives up soon, and later outages are retried for as long as the policy says.

    Attributes:
        is_made: Whether a response has arrived, of any status.
        tried_since: Monotonic time of the first request; None before it.
    """

    is_made: bool = False
    tried_since: float | None = None

    def connect_timeout(self, now: float) -> float:
        """Seconds that the next request gets to connect."""
        if self.tried_since is None:
            self.tried_since = now
        left = self.tried_since + FIRST_CONTACT_TIMEOUT - now
        return FIRST_CONTACT_TIMEOUT if self.is_made else max(left, _GRACE)

    def is_missing(self, error: ExportsError) -> bool:
        """Whether a request failed because the client has never been able to connect."""
        return not self.is_made and isinstance(error, NoAnswerError) and not error.sent

    def is_hopeless(self, error: ExportsError, next_attempt: float) -> bool:
        """Whether to give up.

        Args:
            error: The failure of a request.
            next_attempt: Monotonic time at which it would be sent again.
        """
        since = self.tried_since
        is_over = since is not None and next_attempt > since + FIRST_CONTACT_TIMEOUT
        return is_over and self.is_missing(error)


@frozen
class Context:
    """What every flow of one client uses.

    Attributes:
        clock: Tells the time and waits.
        random: Source of jitter.
        redactor: Removes known secrets from errors and events.
        notify: Receives the events.
        contact: Whether the API has answered yet.
    """

    clock: Clock
    random: Random
    redactor: Redactor = field(repr=False)
    notify: Callable[[Event], object]
    contact: Contact = field(factory=Contact)


class Interpreter(Protocol[T_co]):
    """Turns a reply into a value, or raises the error that it stands for."""

    def __call__(
        self, request: Request, reply: ApiReply, *, redactor: Redactor, retry_after: float | None
    ) -> T_co:
        """Return the reply's value."""
        ...


@frozen
class CallResult(Generic[T]):
    """The value of a reply, with what its header fields say.

    Attributes:
        value: What the interpreter read from the reply.
        wait: Seconds in ``Retry-After``; None without that field.
        date: The server's time in ``Date``, to the second; None without that field.
    """

    value: T
    wait: float | None
    date: datetime | None


class OutOfTimeError(Exception):
    """The deadline passes before the next attempt; ``__cause__`` is the last failure.

    Attributes:
        asked: Seconds that the server asks to wait, if they are the reason; else None.
    """

    def __init__(self, asked: float | None = None) -> None:
        """Report that no time is left, or less than the server asks to wait."""
        super().__init__()
        self.asked = asked


@frozen
class Caller:
    """Makes calls to the API until a deadline.

    Attributes:
        context: Clock, randomness, redaction and events.
        policy: Timeouts, and the number of attempts.
        deadline: Monotonic time after which nothing is sent, except within a second of grace.
    """

    context: Context
    policy: Policy
    deadline: float

    @classmethod
    def start(cls, context: Context, policy: Policy) -> Self:
        """Count the policy's timeout from now."""
        return cls(context, policy, context.clock.monotonic() + policy.timeout)

    @property
    def remaining(self) -> float:
        """Seconds until the deadline, negative after it."""
        return self.deadline - self.context.clock.monotonic()

    def call(self, request: Request, interpret: Interpreter[T]) -> Flow[CallResult[T]]:
        """Send a request, and retry it until it succeeds, fails for good or time is up.

        Retries a GET or DELETE after 429, 5xx and connection failures. Retries a POST only
        if the server cannot have acted on it: connection refused, 429, 503. Before the API has
        answered this client for the first time, retries a failure to connect for ten seconds only.

        Args:
            request: What to send.
            interpret: Reads the reply.

        Raises:
            ApiError: The API answered with an error that retrying does not change.
            ContractViolation: The reply is outside the contract.
            NoAnswerError: No reply arrived after all attempts, or the server is unreachable.
            OutOfTimeError: The deadline comes before the next attempt.
        """
        attempts = failures = 0
        while True:
            try:
                return (yield from self._attempt(request, interpret))
            except (NoAnswerError, RateLimitedError, ServerError) as error:
                attempts += 1
                failures += self.policy.counts_rejections or not _is_too_fast(request, error)
                if failures >= self.policy.max_failures or isinstance(error, UnreachableError):
                    raise
                if request.method == "POST" and not was_not_processed(error):
                    raise
                delay = self.retry_delay(error, attempts)
                if self.context.contact.is_hopeless(error, self.context.clock.monotonic() + delay):
                    raise
                is_missing = self.context.contact.is_missing(error)
                self.context.notify(Retrying(request.ref, error, delay, is_connecting=is_missing))
            yield Sleep(delay)

    def _attempt(self, request: Request, interpret: Interpreter[T]) -> Flow[CallResult[T]]:
        context, left = self.context, self.remaining
        # No call ends later than the grace allows, however many follow each other.
        timeout = min(self.policy.call_timeout, max(left, min(_GRACE, left + _GRACE)))
        if timeout <= 0:
            raise OutOfTimeError from _unsent(request)
        connect_timeout = context.contact.connect_timeout(context.clock.monotonic())
        reply: ApiReply = yield Send(request, timeout, connect_timeout)
        context.contact.is_made = True
        date = reply.headers.get("date")
        wait = retry_after(reply.headers.get("retry-after"), date, context.clock.now())
        value = interpret(request, reply, redactor=context.redactor, retry_after=wait)
        return CallResult(value, wait, http_date(date))

    def retry_delay(self, error: ExportsError, failures: int) -> float:
        """Seconds to wait after a failure: what the server asks, else exponential backoff.

        Raises:
            OutOfTimeError: The wait ends after the deadline.
        """
        asked = error.retry_after if isinstance(error, RateLimitedError | ServerError) else None
        delay = backoff(failures, self.context.random) if asked is None else asked
        if self.context.clock.monotonic() + delay > self.deadline:
            raise OutOfTimeError(asked) from error
        return delay


def _unsent(request: Request) -> NoAnswerError:
    return NoAnswerError(
        f"The request for {request.ref} was not sent: the deadline had passed. "
        f"({request.operation})",
        operation=request.operation,
        ref=request.ref,
        sent=False,
    )


def _is_too_fast(request: Request, error: ExportsError) -> bool:
    """Whether the server rejected a request for its rate.

    A 429 to a POST without ``Retry-After`` may be the limit of ten jobs.
    """
    return isinstance(error, RateLimitedError) and (
        request.method != "POST" or error.retry_after is not None
    )


def raise_cause_on_timeout(flow: Flow[T]) -> Flow[T]:
    """Run a flow; when it is out of time, raise the failure that it could not retry."""
    try:
        return (yield from flow)
    except OutOfTimeError as error:
        raise error.__cause__ or error from None


def was_not_processed(error: ExportsError) -> bool:
    """Whether the server certainly did not act on the request."""
    if isinstance(error, NoAnswerError):
        return not error.sent
    return isinstance(error, RateLimitedError | ServerError) and error.status in _NOT_PROCESSED


def may_have_lost_response(error: ExportsError) -> bool:
    """Whether the server may have acted on the request while its response got lost."""
    if isinstance(error, NoAnswerError):
        return error.sent
    return isinstance(error, ServerError) and error.status in _FROM_GATEWAY
