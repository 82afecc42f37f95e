"""How long is waited: numbers within stated bounds, whatever a server says."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import accumulate, islice
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import UsageError
from prolific_exports._flows._policy import Policy, backoff, poll_delays, retry_after

NOW = datetime(2026, 3, 20, 10, 0, 0, tzinfo=UTC)
YEAR = 365 * 86400.0
randoms = st.integers().map(Random)


def test_defaults_equal_the_documented_values():
    policy = Policy()
    assert (policy.timeout, policy.poll_interval, policy.call_timeout) == (1800, 4, 30)
    assert policy.max_failures == 8


@pytest.mark.parametrize("name", ["timeout", "poll_interval", "call_timeout"])
@pytest.mark.parametrize("value", [0, -1, -0.001, math.nan, -math.inf, "5", None, timedelta(1)])
def test_invalid_duration_is_refused(name, value):
    with pytest.raises(UsageError, match=f"^{name} is .*: give a number of seconds above 0"):
        Policy(**{name: value})


@pytest.mark.parametrize("name", ["poll_interval", "call_timeout"])
@pytest.mark.parametrize("value", [math.inf, 1e300, 86400.1])
def test_duration_too_long_for_sockets_is_refused(name, value):
    with pytest.raises(UsageError, match=rf"^{name} is .*: give 86400 seconds \(a day\) at most"):
        Policy(**{name: value})


def test_infinite_timeout_and_short_intervals_are_allowed():
    assert Policy(timeout=math.inf).timeout == math.inf
    assert Policy(0.001, 0.001, 0.001).poll_interval == 0.001
    assert Policy(1, 86400, 86400).call_timeout == 86400


def test_polls_come_after_1_s_then_2_s_then_every_3_to_5_s():
    delays = list(islice(poll_delays(Policy(), Random(1)), 1002))
    assert delays[:2] == [1, 2]
    assert all(3 <= delay <= 5 for delay in delays[2:])
    assert min(delays[2:]) < 3.1
    assert max(delays[2:]) > 4.9


def test_poll_interval_grows_for_long_exports():
    delays = list(islice(poll_delays(Policy(), Random(1)), 200))
    until = dict(zip(accumulate(delays), delays, strict=True))
    assert all(3 <= delay <= 3.1 for at, delay in until.items() if 3 < at <= 60)
    assert all(3.8 <= delay <= 4.1 for at, delay in until.items() if 320 <= at <= 340)
    assert all(4.9 <= delay <= 5 for at, delay in until.items() if at - delay >= 600)
    assert len(set(delays)) > 190, "clients that began together do not stay together"


@settings(deadline=None)
@given(st.floats(0.001, 86400), randoms)
def test_poll_delay_is_bounded_by_interval_and_jitter(interval, random):
    first, second, *steady = islice(poll_delays(Policy(poll_interval=interval), random), 20)
    assert (first, second) == (min(1, interval), min(2, interval))
    assert all(0.75 * interval <= delay <= 1.25 * interval for delay in steady)


def test_backoff_doubles_to_half_a_minute():
    class Never(Random):
        def uniform(self, a: float, b: float) -> float:
            return b

    assert [backoff(n, Never()) for n in range(1, 10)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert backoff(10**6, Never()) == 30


@settings(deadline=None)
@given(st.integers(1, 100), randoms)
def test_backoff_is_jittered_downwards_by_half_at_most(failures, random):
    longest = min(0.5 * 2 ** (failures - 1), 30)
    assert longest / 2 <= backoff(failures, random) <= longest


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("3.", 3),
        ("9" * 30, YEAR),
        ("9" * 5000, YEAR),
        ("Fri, 20 Mar 2026 10:00:30 GMT", 30),
        ("Fri, 20 Mar 2026 10:00:30 -0000", 30),
        ("Fri, 20 Mar 2026 11:00:30 +0100", 30),
        ("Friday, 20-Mar-26 10:00:30 GMT", 30),
        ("Fri Mar 20 10:00:30 2026", 30),
        ("Fri, 20 Mar 2026 09:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", YEAR),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after(value, None, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        " ",
        "soon",
        "-5",
        "+5",
        "1e3",
        "1_0",
        "٣",
        "nan",
        "inf",
        "5, 5",
        "5 s",
        "Fri, 32 Mar 2026 10:00:30 GMT",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999999999",
    ],
)
def test_invalid_retry_after_is_ignored(value):
    assert retry_after(value, None, NOW) is None


def test_retry_after_date_is_relative_to_the_servers_clock():
    until = "Fri, 20 Mar 2026 10:00:30 GMT"
    assert retry_after(until, "Fri, 20 Mar 2026 10:00:10 GMT", NOW + timedelta(days=9)) == 20
    assert retry_after(until, "not a date", NOW) == 30
    assert retry_after("120", "Fri, 20 Mar 2026 10:00:10 GMT", NOW) == 120


dates = st.datetimes(timezones=st.timezones()).map(format_datetime)
headers = st.one_of(
    st.none(),
    st.text(),
    dates,
    st.integers().map(str),
    st.floats().map(str),
    st.from_regex(r"\A[A-Z][a-z]{2}, \d{1,30} [A-Z][a-z]{2} \d{1,30} \d\d:\d\d:\d\d [+-]?\w+\Z"),
)


@settings(deadline=None)
@given(headers, headers, st.datetimes(timezones=st.just(UTC)))
def test_retry_after_is_none_or_a_valid_sleep(value, date, now):
    seconds = retry_after(value, date, now)
    assert seconds is None or 0 <= seconds <= YEAR
