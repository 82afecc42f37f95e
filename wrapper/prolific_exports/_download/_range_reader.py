"""Reads ranges of an archive in the store, without the rest of it."""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from attrs import define, field

from prolific_exports._download._range_request import Follow, NextStep, Refuse, Take
from prolific_exports._download._span_request import SpanRequest, Unusable
from prolific_exports._errors import ExportsError
from prolific_exports._flows._effects import Fetch, Fetched, Flow
from prolific_exports._model._urls import resolve_redirect

MAX_REDIRECTS: Final = 5

WriteAt: TypeAlias = Callable[[int, bytes | memoryview], object]
"""Takes bytes: the position of the first one in the archive, and the bytes."""


class RangesUnusableError(Exception):
    """The store does not send ranges in a way that can be relied on; the message is a clause."""


class ArchiveChangedError(Exception):
    """The store has another archive than when reading began."""


class RangeSource(Protocol):
    """The download URL of an archive, and what to do about failures."""

    @property
    def url(self) -> str:
        """The presigned URL."""
        ...

    @property
    def stall_timeout(self) -> float:
        """Seconds without progress after which a connection is given up."""
        ...

    def check(self, url: str) -> None:
        """Check that a URL may be requested, and keep it out of messages.

        Raises:
            ExportsError: It may not.
        """
        ...

    def refresh(self, fetched: Fetched) -> Flow[object]:
        """Replace the URL, which the store refused."""
        ...

    def pause(self, reason: str, fetched: Fetched | None) -> Flow[None]:
        """Wait before the next attempt, or raise the error that ends the download."""
        ...

    def note_bytes(self, gained: int) -> None:
        """Take note of the bytes that the request under way has brought."""
        ...

    def error(
        self, reason: str, fetched: Fetched | None, *, retryable: bool = False
    ) -> ExportsError:
        """The error that ends the download."""
        ...


@define
class RangeReader:
    """Reads ranges of one archive.

    Its methods are flows. They raise `RangesUnusableError` if the store does not support ranges
    with a strong entity tag, `ArchiveChangedError` if another archive has replaced this one, and
    the errors of the source.

    Attributes:
        source: The archive's URL.
        total: Bytes of the archive; None before `open`.
        etag: Strong entity tag of the archive; None before `open`.
        requests: Requests that were sent to the store.
        transferred: Bytes that were received.
    """

    source: RangeSource
    total: int | None = field(default=None, init=False)
    etag: str | None = field(default=None, init=False)
    requests: int = field(default=0, init=False)
    transferred: int = field(default=0, init=False)

    def open(self, tail: int) -> Flow[tuple[int, bytes]]:
        """Learn the archive's size and tag, and read its end.

        Args:
            tail: Bytes to read at the end.

        Returns:
            The position of the first byte that was read, and the bytes.
        """
        data = bytearray()
        counts_from_end = True
        while self.etag is None:
            data.clear()
            # Some stores, such as Azure's, have no ranges that count from the end. There, the
            # response to a request for the first byte has the size.
            request = SpanRequest(suffix=tail) if counts_from_end else SpanRequest(end=1)
            fetched = yield from self._send(request, lambda _, piece: data.extend(piece))
            match request.decision:
                case Take(total=total, etag=etag):
                    self.total, self.etag = total, etag
                    if request.overflowed:
                        raise _overflow()
                case Unusable() if counts_from_end:
                    counts_from_end = False
                case NextStep.REFRESH if counts_from_end and _is_bad_request(fetched):
                    counts_from_end = False
                case _:
                    yield from self._act(request, fetched)
        size = self.total or 0
        start = max(size - tail, 0)
        if not counts_from_end:
            data.clear()
        data += yield from self.read(start + len(data), size)
        return start, bytes(data)

    def read(self, start: int, end: int) -> Flow[bytes]:
        """Return a range, which must fit into memory."""
        data = bytearray()
        yield from self.copy(start, end, lambda _, piece: data.extend(piece))
        return bytes(data)

    def copy(self, start: int, end: int, write: WriteAt) -> Flow[None]:
        """Write a range piece by piece, in order.

        Args:
            start: Position of the first byte.
            end: Position after the last byte.
            write: Called with each piece, perhaps in another thread.
        """
        while start < end:
            request = SpanRequest(start, end, total=self.total, etag=self.etag)
            fetched = yield from self._send(request, write)
            match request.decision:
                case Take():
                    if request.overflowed:
                        raise _overflow()
                    start = request.position
                    if start < request.part_end:
                        arrived = f"the response ends {request.part_end - start} bytes too soon"
                        yield from self.source.pause(fetched.failure or arrived, None)
                case _:
                    yield from self._act(request, fetched)

    def _send(self, request: SpanRequest, write: WriteAt) -> Flow[Fetched]:
        """Send one request, and follow its redirects."""
        source, gained = self.source, 0

        def take(data: bytes | memoryview) -> None:
            nonlocal gained
            gained += len(data)
            self.transferred += len(data)
            position, piece = request.take(data)
            if piece:
                write(position, piece)
                source.note_bytes(gained)

        url = source.url
        for _ in range(MAX_REDIRECTS + 1):
            source.check(url)
            self.requests += 1
            request.decision = None
            fetched: Fetched = yield Fetch(
                url, request.headers(), source.stall_timeout, request.accept, take
            )
            if not isinstance(request.decision, Follow):
                return fetched
            url = resolve_redirect(url, request.decision.location)
        raise source.error(f"its URL redirects more than {MAX_REDIRECTS} times", None)

    def _act(self, request: SpanRequest, fetched: Fetched) -> Flow[None]:
        """Act on a response without usable bytes."""
        match request.decision:
            case Unusable(reason=reason):
                raise RangesUnusableError(reason)
            case NextStep.RESTART:
                raise ArchiveChangedError
            case Refuse(reason=reason):
                raise self.source.error(reason, fetched)
            case NextStep.REFRESH:
                yield from self.source.refresh(fetched)
            case _:
                if fetched.permanent:
                    raise self.source.error(fetched.failure or "", fetched)
                status = fetched.head.status if fetched.head else None
                reason = fetched.failure or f"the store answered {status}"
                yield from self.source.pause(reason, fetched)


def _is_bad_request(fetched: Fetched) -> bool:
    """Whether the store may refuse the range, not the URL."""
    return fetched.head is not None and fetched.head.status == 400


def _overflow() -> RangesUnusableError:
    return RangesUnusableError("the store sends more bytes than it announces")
