"""The rate budget that many exports share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports._flows._rate_budget import RateBudget


def sent_within(budget, seconds, start=0.0):
    """How many requests the budget lets through in some time, sent as soon as allowed."""
    now, sent = start, 0
    while (wait := budget.wait(now)) + now <= start + seconds:
        now += wait
        budget.take()
        sent += 1
    return sent


def test_burst_may_be_sent_at_once():
    budget = RateBudget(rate=2, burst=5)

    assert sent_within(budget, 0) == 5
    assert budget.wait(0) == pytest.approx(0.5)


@settings(deadline=None)
@given(st.floats(0.2, 50), st.integers(1, 100), st.floats(0, 200))
def test_rate_is_never_exceeded(rate, burst, seconds):
    assert sent_within(RateBudget(rate, burst), seconds) <= burst + rate * seconds + 1


def test_pause_fills_the_burst_again_and_not_more():
    budget = RateBudget(rate=2, burst=5)
    sent_within(budget, 0)

    assert sent_within(budget, 0, start=100) == 5


def test_rejection_halves_the_rate_and_empties_the_burst():
    budget = RateBudget(rate=8, burst=5)

    budget.record_rejection(None, 0)

    assert budget.rejected == 1
    assert budget.current == 4
    assert budget.wait(0) == pytest.approx(0.25)


def test_retry_after_pauses_all_requests():
    budget = RateBudget(rate=8, burst=5)

    budget.record_rejection(30, 0)
    budget.record_rejection(10, 1)

    assert budget.wait(1) == 29
    assert budget.wait(30) == 0


def test_rate_grows_by_a_tenth_each_quiet_minute_up_to_the_original():
    budget = RateBudget(rate=8, burst=5)
    budget.record_rejection(None, 0)

    rates = []
    for minute in range(9):
        budget.wait(60.0 * minute)
        rates.append(budget.current)

    assert rates[:3] == pytest.approx([4, 4.4, 4.84])
    assert rates[-1] == 8


def test_rate_after_many_rejections_is_still_above_zero():
    budget = RateBudget(rate=8)
    for _ in range(100):
        budget.record_rejection(None, 0)

    assert budget.current == pytest.approx(0.1)


def test_slow_rate_is_not_raised_by_a_rejection():
    budget = RateBudget(rate=0.05, burst=1)

    budget.record_rejection(None, 0)

    assert budget.current == pytest.approx(0.05)
