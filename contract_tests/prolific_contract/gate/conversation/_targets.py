"""The interface to the server under test: a function from request to response, and a clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from prolific_contract.gate.trace._exchanges import HttpResponse

BODY_LIMIT: Final = 4 * 1024 * 1024
"""The most bytes of a body that are read; longer bodies are cut.

A status is below one kilobyte; the directory of an archive with ten thousand members is about
one megabyte.
"""


class NoResponseError(Exception):
    """A request got no HTTP response; the message is the reason, as a clause."""


class TimedOutError(NoResponseError):
    """The response did not arrive completely within the call's timeout."""


class TargetUnreachableError(NoResponseError):
    """No connection to the server: unknown host, connection refused, or untrusted certificate."""


class Target(Protocol):
    """A server, and the clock that its conversation uses."""

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
    ) -> HttpResponse:
        """Send a request without a body and read the response; redirects are not followed.

        Args:
            method: HTTP method.
            url: Absolute URL with query.
            headers: Header fields, all of them.
            timeout: Seconds within which the complete response has to arrive.

        Raises:
            NoResponseError: There was no response.
        """
        ...

    def monotonic(self) -> float:
        """Seconds since a fixed moment; never decreases."""
        ...

    def now(self) -> datetime:
        """The current date and time, aware."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
