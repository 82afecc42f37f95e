"""When to poll, when to retry, how long to wait: numbers only."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import Final

from attrs import Attribute, field, frozen

from prolific_exports._errors import UsageError

DEFAULT_TIMEOUT: Final = 1800.0
DEFAULT_POLL_INTERVAL: Final = 4.0
CALL_TIMEOUT: Final = 30.0
# How long a client tries to connect to an API that has never answered it: the address is probably
# wrong. The next step is then shown before anyone loses patience.
FIRST_CONTACT_TIMEOUT: Final = 10.0
STALL_TIMEOUT: Final = 30.0
MAX_FAILURES: Final = 8
# Archives that are downloaded at a time. Browsers open six connections to a host; two are left for
# requests to the API, which may be behind the same host.
DEFAULT_JOBS: Final = 4
# Bytes per second below which a connection to the store is replaced.
SLOWEST: Final = 1024
_MOST_CONNECTIONS: Final = 32
# Seconds until polls become rarer, and until they are as rare as they become. No source says how
# long exports take; docs/benchmarks.md shows the effect.
_SOON: Final = 60.0
_LATE: Final = 600.0

# Beyond these, sockets and `time.sleep` raise OverflowError.
_LONGEST_INTERVAL: Final = 86400.0
_LONGEST_WAIT: Final = 365 * 86400.0

_SECONDS = re.compile(r"\d+(?:\.\d*)?", re.ASCII)


def _is_positive(_: object, attribute: "Attribute[float]", value: object) -> None:
    # Written so that NaN is refused too.
    if not (isinstance(value, int | float) and value > 0):
        raise UsageError(f"{attribute.name} is {value!r}: give a number of seconds above 0.")


def _is_interval(instance: object, attribute: "Attribute[float]", value: float) -> None:
    _is_positive(instance, attribute, value)
    if value > _LONGEST_INTERVAL:
        raise UsageError(f"{attribute.name} is {value!r}: give 86400 seconds (a day) at most.")


@frozen
class Policy:
    """Timeouts, intervals and the number of attempts.

    Attributes:
        timeout: Seconds from the moment waiting starts until the archive is ready, all
            calls, polls and pauses included. The transfer that follows has no deadline of
            its own: `stall_timeout` limits it. The documents' sample gives up after 600 s;
            large exports take longer, and a job keeps running whether or not anyone waits.
            Infinity waits for as long as it takes.
        poll_interval: Seconds between polls once an export has not been ready at once.
            A quarter less in the first minute, growing to a quarter more after ten, so the
            default of 4 s polls every 3 to 5 s, as documents/003 asks. A day at most.
        call_timeout: Seconds that one call to the API may take: connecting, TLS, interim
            responses, header, body and trailers together. A day at most.
        stall_timeout: Seconds until the store has begun to answer, and then over which a
            connection has to bring 1 KiB/s on average; a slower one is replaced. A day at
            most.
        max_failures: Consecutive failures of one call (429, 5xx, no connection) or of a
            download after which the error is raised.
        counts_rejections: Whether a 429 is one of these failures. If not, a call is repeated
            until the deadline, which suits flows that share a rate budget: a 429 slows it down.
    """

    timeout: float = field(default=DEFAULT_TIMEOUT, validator=_is_positive)
    poll_interval: float = field(default=DEFAULT_POLL_INTERVAL, validator=_is_interval)
    call_timeout: float = field(default=CALL_TIMEOUT, validator=_is_interval)
    stall_timeout: float = field(default=STALL_TIMEOUT, validator=_is_interval)
    max_failures: int = MAX_FAILURES
    counts_rejections: bool = True


def check_connections(number: object) -> int:
    """How many connections a download may use.

    Raises:
        UsageError: Not a whole number from 1 to 32.
    """
    return _check_number("connections", number)


def check_jobs(number: object) -> int:
    """How many archives may be downloaded at a time.

    Raises:
        UsageError: Not a whole number from 1 to 32.
    """
    return _check_number("jobs", number)


def _check_number(name: str, number: object) -> int:
    if not (isinstance(number, int) and 1 <= number <= _MOST_CONNECTIONS):
        raise UsageError(f"{name} is {number!r}: give a number from 1 to {_MOST_CONNECTIONS}.")
    return number


def poll_delays(policy: Policy, random: Random) -> Iterator[float]:
    """Seconds to wait before each poll: quick at first, then the steady interval.

    Small exports are ready within seconds, so the first polls come after 1 s and 2 s
    (never later than the steady interval). The next ones are as close as documents/003
    allows. An export that takes long will probably take longer, so from the first minute to
    the tenth, the interval grows to the longest that documents/003 allows.
    """
    steady = policy.poll_interval
    waited = 0.0
    for quick in (1.0, 2.0):
        waited += min(quick, steady)
        yield min(quick, steady)
    while True:
        late = min(max((waited - _SOON) / (_LATE - _SOON), 0.0), 1.0)
        delay = steady * (random.uniform(0.75, 0.775) + 0.475 * late)
        waited += delay
        yield delay


def backoff(failures: int, random: Random) -> float:
    """Seconds to wait after the n-th failure in a row: 0.5 s doubling to 30 s, jittered."""
    return min(0.5 * 2.0 ** min(failures - 1, 6), 30.0) * random.uniform(0.5, 1.0)


def retry_after(value: str | None, date: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks to wait; None if it is missing or invalid.

    Never negative, and a year at most.

    Args:
        value: The header: a number of seconds or an HTTP date.
        date: The answer's ``Date`` header. A wait until a date is counted from it,
            so that a wrong clock on either side does not matter.
        now: The time here, used when there is no ``Date``.
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        seconds = float(value)
    else:
        until = http_date(value)
        if until is None:
            return None
        seconds = (until - (http_date(date) or now)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def http_date(value: str | None) -> datetime | None:
    """The moment of an HTTP date; None if it is invalid."""
    if value is None:
        return None
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    # The oldest of the three forms (RFC 9110, 5.6.7) names no zone; all are in GMT.
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
