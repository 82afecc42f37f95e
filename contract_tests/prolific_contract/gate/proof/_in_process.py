"""A target that calls the sandbox directly, without HTTP and without waiting."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from prolific_exports._model._content_coding import BodyExcerpt, CodingError

from prolific_contract.gate.conversation._targets import BODY_LIMIT, NoResponseError, TimedOutError
from prolific_contract.gate.trace._exchanges import HttpResponse
from prolific_contract.sandbox._clock import ManualClock
from prolific_contract.sandbox._http import Call, ConnectionFailure, FileSlice, NoReplyError, Reply

_FAILURES: Final[Mapping[ConnectionFailure, str]] = {
    "reset": "the connection broke",
    "garbage": "the response was not HTTP",
    "cut": "the response was not HTTP (its body ends too soon)",
}


class Answering(Protocol):
    """A sandbox's `Site`, or a replacement for it."""

    def answer(self, call: Call) -> Reply:
        """Answer a request.

        Raises:
            NoReplyError: The site simulates a fault of the connection.
        """
        ...


class InProcessTarget:
    """A site on a clock that advances only when the gate sleeps or waits for a response."""

    def __init__(self, site: Answering, clock: ManualClock) -> None:
        """Wrap a site.

        Args:
            site: Answers the requests.
            clock: The clock of the site.
        """
        self._site = site
        self._clock = clock
        self._start = clock.now()

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
    ) -> HttpResponse:
        """Send a request to the site.

        Raises:
            NoResponseError: The site did not answer; a hang takes the whole timeout.
        """
        parts = urlsplit(url)
        call = Call(
            method=method,
            path=unquote(parts.path),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers=MappingProxyType({name.lower(): value for name, value in headers.items()}),
            base_url=f"{parts.scheme}://{parts.netloc}",
        )
        began = self.monotonic()
        reply: Reply | None = None
        try:
            reply = self._site.answer(call)
        except NoReplyError as error:
            if error.how != "hang":
                raise NoResponseError(_FAILURES[error.how]) from error
            self.sleep(timeout)
        # A slow site advances the clock itself.
        if reply is None or self.monotonic() - began > timeout:
            raise TimedOutError(f"no complete response within {timeout:g} s")
        body = BodyExcerpt.of("", BODY_LIMIT) if method == "HEAD" else _content(reply)
        return HttpResponse(
            status=reply.status, headers=reply.headers, body=bytes(body.data), cut=body.is_cut
        )

    def monotonic(self) -> float:
        """Seconds since the target was made."""
        return (self._clock.now() - self._start).total_seconds()

    def now(self) -> datetime:
        """The clock's date and time."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self._clock.advance(seconds)


def _content(reply: Reply) -> BodyExcerpt:
    content = reply.body
    if isinstance(content, FileSlice):
        with content.path.open("rb") as file:
            file.seek(content.start)
            content = file.read(min(content.length, BODY_LIMIT + 1))
    body = BodyExcerpt.of(reply.header("content-encoding") or "", BODY_LIMIT)
    try:
        body.is_enough(content)
        body.check_end()
    except CodingError as error:
        raise NoResponseError(f"its content encoding can't be decoded ({error})") from error
    return body
