"""One call to the API, repeated where that is safe and may help."""

from collections.abc import Callable
from random import Random
from typing import Final

from attrs import frozen

from prolific_exports import _api as api
from prolific_exports._clock import Clock
from prolific_exports._effects import Flow, Reply, Request, Send, Sleep
from prolific_exports._errors import (
    ExportsError,
    NoAnswerError,
    RateLimitedError,
    ServerError,
)
from prolific_exports._events import Event, Retrying
from prolific_exports._policy import Policy, backoff, retry_after
from prolific_exports._states import ExportState

# A POST answered so has not been acted on; a gateway's 502 or 504 says nothing about that.
_REFUSED_UNSEEN: Final = frozenset({429, 503})
_LOST_BEHIND_GATEWAY: Final = frozenset({502, 504})


@frozen
class Context:
    """What every flow needs and none decides.

    Attributes:
        clock: Where the time comes from.
        random: Where jitter comes from.
        token: The API token, to keep it out of errors.
        notify: Takes the events.
    """

    clock: Clock
    random: Random
    token: str
    notify: Callable[[Event], object]


@frozen
class Answer:
    """A state and how long the server asks to leave it alone.

    Attributes:
        state: The export's state.
        wait: Seconds of the answer's ``Retry-After``; None when there is none.
    """

    state: ExportState
    wait: float | None


class OutOfTimeError(Exception):
    """The deadline passes before a call may be repeated; ``__cause__`` says what failed."""


def perform(request: Request, context: Context, policy: Policy, deadline: float) -> Flow[Answer]:
    """Make a call until it is answered, cannot be, or time is up.

    A GET is repeated after 429, 5xx and connection failures. A POST is repeated when
    it certainly did nothing (connection refused, 429, 503), and once when nobody
    knows: in edition 2026-03 it is idempotent (documents/002, documents/004), in
    edition 2026-11 the second one may start a second job and take one of ten slots
    (D-3) unless the first is still generating.

    Args:
        request: What to ask.
        context: Clock, chance, token, events.
        policy: How often and how long.
        deadline: Monotonic time after which nothing is repeated.

    Raises:
        ApiError: The API answered with an error, for good.
        ContractViolation: It answered with something outside the contract.
        NoAnswerError: It did not answer, for good.
        OutOfTimeError: It might yet, but not before the deadline.
    """
    failures = 0
    may_be_lost = True
    while True:
        try:
            timeout = max(min(policy.call_timeout, deadline - context.clock.monotonic()), 1.0)
            reply: Reply = yield Send(request, timeout)
            wait = retry_after(
                reply.headers.get("retry-after"), reply.headers.get("date"), context.clock.now()
            )
            return Answer(
                api.interpret(request, reply, token=context.token, retry_after=wait), wait
            )
        except (NoAnswerError, RateLimitedError, ServerError) as error:
            failures += 1
            if failures >= policy.max_failures:
                raise
            if request.method == "POST" and not _did_nothing(error):
                if not (may_be_lost and _may_be_lost(error)):
                    raise
                may_be_lost = False
            asked = None if isinstance(error, NoAnswerError) else error.retry_after
            delay = backoff(failures, context.random) if asked is None else asked
            if context.clock.monotonic() + delay > deadline:
                raise OutOfTimeError from error
            context.notify(Retrying(request.ref, error, delay))
        yield Sleep(delay)


def _did_nothing(error: ExportsError) -> bool:
    if isinstance(error, NoAnswerError):
        return not error.sent
    return isinstance(error, RateLimitedError | ServerError) and error.status in _REFUSED_UNSEEN


def _may_be_lost(error: ExportsError) -> bool:
    return isinstance(error, NoAnswerError) or (
        isinstance(error, ServerError) and error.status in _LOST_BEHIND_GATEWAY
    )
