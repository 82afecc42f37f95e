"""What a conversation of the gate covers, and its pace."""

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import Edition
from prolific_contract.gate.trace._exchanges import CheckProfile, Subject

KNOWN_JOB: Final = "prolific-contract-known-job"
"""Placeholder in the path of a generated request for the id of a known job."""

CALL_TIMEOUT: Final = 30.0
"""Seconds that one call may take; less when ``max_wait`` is less."""

# The probes need up to two minutes at their pace, more with a server that limits the rate.
_PROBING_SECONDS: Final = 300.0


@frozen
class Pace:
    """The delays between requests, in seconds.

    Attributes:
        gap: Between two requests, unless the second has to follow immediately.
        polls: Before the first polls of a job.
        steady: Before each later poll.
    """

    gap: float
    polls: tuple[float, ...]
    steady: float

    def delays(self) -> Iterator[float]:
        """Seconds before each poll of a job."""
        return chain(self.polls, repeat(self.steady))


CAREFUL: Final = Pace(gap=0.25, polls=(1.0, 2.0), steady=4.0)
"""For shared servers: documents/003 asks for a poll every 3 to 5 seconds."""

BRISK: Final = Pace(gap=0.0, polls=(0.1, 0.2, 0.3, 0.5), steady=1.0)
"""For servers on this machine."""


@frozen
class GeneratedRequest:
    """A request that schemathesis generated.

    Attributes:
        method: HTTP method.
        path: Path below the base URL, with query.
        headers: Header fields in addition to those of every request.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()


@frozen
class ConversationPlan:
    """What a conversation covers.

    Attributes:
        subjects: Batches and collections that it may use, and forbidden ones.
        max_wait: Seconds within which an export has to be ready.
        profile: ``full`` also tries undocumented methods and generated requests.
        pace: The delays between requests.
        generated: Generated requests, sent last under the full profile.
        edition: The enforced edition. If None, jobs are listed and deleted only if the server
            supports it, and filters are not tried.
    """

    subjects: tuple[Subject, ...]
    max_wait: float = 600.0
    profile: CheckProfile = "polite"
    pace: Pace = CAREFUL
    generated: tuple[GeneratedRequest, ...] = ()
    edition: Edition | None = None

    @property
    def call_timeout(self) -> float:
        """Seconds that one call may take."""
        return min(CALL_TIMEOUT, self.max_wait)

    @property
    def budget(self) -> float:
        """Seconds after which no more requests are sent: time for the exports and the probes."""
        exports = 3 if self.profile == "full" else 2
        return exports * self.max_wait + min(_PROBING_SECONDS, 20 * self.max_wait)
