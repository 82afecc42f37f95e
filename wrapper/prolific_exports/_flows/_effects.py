"""What the pure core asks its driver to do.

A *flow* is a generator that yields effects and is sent their results; it decides
everything and does nothing. A driver does what it is asked, with blocking calls
or with async ones (`_sync`, `_async`). So both have the same behaviour, and a
test can drive a flow through any schedule of faults without a socket or a sleep.
"""

from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeAlias, TypeVar

from attrs import field, frozen

from prolific_exports._model._references import ExportRef

T = TypeVar("T")


@frozen
class Request:
    """A call to the API, ready to be sent.

    Attributes:
        operation: Method and path template.
        ref: The export that is asked for.
        method: HTTP method.
        path: Path with the ids filled in, quoted.
        params: Query parameters.
        since_2026_11: Whether edition 2026-03 has no such operation.
    """

    operation: str
    ref: ExportRef
    method: str
    path: str
    params: Mapping[str, Any] = field(factory=dict)
    since_2026_11: bool = False


@frozen
class Reply:
    """An answer of the API, read to its end.

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
    """Send a request to the API; the result is a `Reply`.

    The driver raises `NoAnswerError` into the flow when none arrives in time.

    Attributes:
        request: What to send.
        timeout: Seconds until the answer must be there.
    """

    request: Request
    timeout: float


@frozen
class Head:
    """The beginning of the store's answer.

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
        timeout: Seconds without a byte after which the connection counts as dead.
        accept: Decides by the head whether the body is wanted.
        write: Takes the body, piece by piece, if it is.
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
        head: The answer's beginning; None when there was no answer.
        evidence: The beginning of a body that was not wanted.
        failure: Why the body is not whole (or not there), in half a sentence; None
            when it came to its end.
        permanent: Whether another try would fail in the same way.
    """

    head: Head | None
    evidence: bytes = field(default=b"", repr=False)
    failure: str | None = None
    permanent: bool = False


@frozen
class FetchAll:
    """Get several parts at once; the result is a list with a `Fetched` for each, in order.

    Attributes:
        fetches: The parts. Their callbacks may be called from several threads at once.
        deliver: Hands on the events of callbacks in other threads than the one that runs the
            flow: to be called there now and then, and once the parts have ended.
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
        reads_only: Whether nothing changes by it, so that nobody has to wait for its end
            who does not want its result any more.
    """

    work: Callable[[], Any]
    reads_only: bool = False


Effect: TypeAlias = Send | Fetch | FetchAll | Sleep | Run
Flow: TypeAlias = Generator[Effect, Any, T]
"""A generator that yields effects, is sent their results and returns a ``T``."""
