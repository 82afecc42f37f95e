"""What a conversation is held with: one function from request to answer, and a clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from prolific_contract.gate.trace._exchanges import HttpResponse

BODY_LIMIT: Final = 4 * 1024 * 1024
"""What is read of a body at most, in bytes.

A status is below a kilobyte, the directory of an archive with ten thousand members about one
megabyte. What is longer is cut.
"""


class NoResponseError(Exception):
    """A request got no HTTP answer; the message says why, in half a sentence."""


class TimedOutError(NoResponseError):
    """The answer was not there, or not complete, within the time that the call may take."""


class TargetUnreachableError(NoResponseError):
    """There is no connection to the server at all: no such name, refused, no trust in TLS."""


class Target(Protocol):
    """A server, and the time as it passes between requests to it."""

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
    ) -> HttpResponse:
        """Send a request without a body and read the answer; redirects are answers, too.

        Args:
            method: HTTP method.
            url: Absolute URL with query.
            headers: Header fields, all of them.
            timeout: Seconds until the answer has to be there as a whole.

        Raises:
            NoResponseError: There was no answer.
        """
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def now(self) -> datetime:
        """Date and time here, aware."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...
