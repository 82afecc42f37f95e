"""The effects that flows yield and drivers carry out.

A *flow* is a generator that yields effects and receives their results. It decides everything
and performs nothing itself. A driver carries the effects out, blocking or in asyncio. So both
clients behave alike, and a test can run a flow through any schedule of faults without a
socket or a sleep.
"""

from collections.abc import Callable, Generator, Mapping
from typing import Any, Protocol, TypeAlias, TypeVar

from attrs import field, frozen

from prolific_exports._errors import ExportsError
from prolific_exports._flows._policy import FIRST_CONTACT_TIMEOUT
from prolific_exports._model._listed_resources import RequestRef

T = TypeVar("T")

FlowOutcome: TypeAlias = T | ExportsError
"""The result of one of many flows, or why it failed."""


@frozen
class Request:
    """A call to the API, ready to be sent.

    Attributes:
        operation: Method and path template.
        ref: The export or list that it is about.
        method: HTTP method.
        path: Path with the ids filled in, quoted.
        params: Query parameters.
        since_2026_11: Whether edition 2026-03 lacks the operation.
    """

    operation: str
    ref: RequestRef
    method: str
    path: str
    params: Mapping[str, Any] = field(factory=dict)
    since_2026_11: bool = False


@frozen
class ApiReply:
    """A complete response of the API.

    Attributes:
        status: HTTP status, any number.
        headers: Header fields, names in lower case.
        body: The body, decoded from its content encoding.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@frozen
class Send:
    """Send a request to the API; the result is an `ApiReply`.

    The driver raises `NoAnswerError` into the flow if no reply arrives in time.

    Attributes:
        request: What to send.
        timeout: Seconds for the whole exchange.
        connect_timeout: Seconds until a connection is made; the driver may allow fewer.
    """

    request: Request
    timeout: float
    connect_timeout: float = FIRST_CONTACT_TIMEOUT


@frozen
class Head:
    """Status and header fields of the store's response.

    Attributes:
        status: HTTP status.
        headers: Header fields, names in lower case.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)


@frozen
class Fetch:
    """Get bytes from the store; the result is a `Fetched`. Never raises for the network.

    Attributes:
        url: Presigned URL, or where it redirects to.
        headers: Header fields. Never a token.
        timeout: Seconds without progress after which the connection is given up.
        accept: Decides by the head whether to read the body.
        write: Receives the accepted body, piece by piece.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str]
    timeout: float
    accept: Callable[[Head], bool] = field(repr=False)
    write: Callable[[bytes | memoryview], object] = field(repr=False)


@frozen
class Fetched:
    """How a `Fetch` ended.

    Attributes:
        head: Status and header fields; None without a response.
        evidence: The beginning of a body that was not accepted.
        failure: Why the body is incomplete or missing, as a clause; None if it is complete.
        permanent: Whether another attempt would fail in the same way.
    """

    head: Head | None
    evidence: bytes = field(default=b"", repr=False)
    failure: str | None = None
    permanent: bool = False


@frozen
class FetchAll:
    """Fetch several parts at once; the result is a list with a `Fetched` for each, in order.

    Attributes:
        fetches: The parts. Their callbacks may be called from several threads at once.
        deliver: Delivers the events that callbacks queued in other threads. The driver calls it
            in the flow's thread, regularly and after the parts have ended.
    """

    fetches: tuple[Fetch, ...]
    deliver: Callable[[], object]


@frozen
class Sleep:
    """Wait.

    Attributes:
        seconds: How long.
    """

    seconds: float


@frozen
class Run:
    """Do blocking work on files; the result is what the function returns.

    Attributes:
        work: The work. An async driver runs it in a thread.
        reads_only: Whether the work changes nothing. A cancellation then need not wait for it.
    """

    work: Callable[[], Any]
    reads_only: bool = False


Effect: TypeAlias = Send | Fetch | FetchAll | Sleep | Run
Flow: TypeAlias = Generator[Effect, Any, T]
"""A generator that yields effects, is sent their results and returns a ``T``."""


class EventQueue(Protocol):
    """Events that a flow has queued in other threads."""

    def deliver(self) -> object:
        """Deliver the events in the current thread."""
        ...


Start: TypeAlias = Callable[[], tuple[Flow[T], EventQueue]]
"""Begins a flow whose events are delivered one by one."""


class Admission(Protocol):
    """Decides when the effects of one of many flows are carried out."""

    async def admit(self, effect: Effect) -> None:
        """Wait until the effect may be carried out. A `Sleep` is over then."""
        ...

    def record(self, effect: Effect, result: object) -> None:
        """Take note of the result of an effect."""
        ...
