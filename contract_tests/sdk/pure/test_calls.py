"""How long one call may take that is one of several under one deadline."""

from random import Random

import pytest
from helpers import api
from prolific_exports import (
    BadRequestError,
    ExportRef,
    NoAnswerError,
    RateLimitedError,
    ServerError,
)
from prolific_exports._flows._boundary import export_request, interpret, status_request
from prolific_exports._flows._calls import Caller, Context, OutOfTimeError, raise_cause_on_timeout
from prolific_exports._flows._effects import ApiReply, Send, Sleep
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._requesting import post_export
from prolific_exports._model._redactor import Redactor

REF = ExportRef("collection", api.COLLECTION)
CALL = status_request(REF, api.EXPORT_ID)
DEADLINE = 5.0


@pytest.fixture
def context(clock):
    return Context(clock, Random(7), Redactor("t0ken"), lambda event: None)


@pytest.mark.parametrize(
    ("now", "seconds"), [(0, 5), (3, 2), (4, 1), (4.5, 1), (5, 1), (5.25, 0.75), (5.75, 0.25)]
)
def test_call_ends_at_the_deadline_plus_one_second_of_grace(clock, context, now, seconds):
    clock.advance(now)
    assert next(Caller(context, Policy(), DEADLINE).call(CALL, interpret)) == Send(CALL, seconds)


def test_call_is_limited_by_the_single_call_timeout(context):
    flow = Caller(context, Policy(call_timeout=0.5), DEADLINE).call(CALL, interpret)
    assert next(flow) == Send(CALL, 0.5)


def test_call_is_not_sent_after_the_grace(clock, context):
    clock.advance(6)
    with pytest.raises(OutOfTimeError) as caught:
        next(Caller(context, Policy(), DEADLINE).call(CALL, interpret))
    assert "was not sent: the deadline had passed" in str(caught.value.__cause__)


def test_call_without_deadline_has_no_grace(clock, context):
    clock.advance(6)
    with pytest.raises(NoAnswerError, match="was not sent") as caught:
        next(raise_cause_on_timeout(Caller(context, Policy(), DEADLINE).call(CALL, interpret)))
    assert not caught.value.sent


def test_refusal_too_late_to_be_explained_is_raised_unchanged(clock, context):
    flow = post_export(REF, Caller(context, Policy(), DEADLINE))
    next(flow)
    clock.advance(6)
    with pytest.raises(BadRequestError, match="400 Bad Request"):
        flow.send(ApiReply(400, {}, b"{}"))


def rejected(flow, headers):
    """How often a call that always gets a 429 is sent, 50 times at most."""
    for sent in range(50):
        next(flow)
        try:
            assert isinstance(flow.send(ApiReply(429, headers, b"{}")), Sleep)
        except RateLimitedError:
            return sent + 1
    return 50


@pytest.mark.parametrize(
    ("request_", "headers", "counts", "sent"),
    [
        (CALL, {}, True, 8),
        (CALL, {}, False, 50),
        (CALL, {"retry-after": "1"}, False, 50),
        # Without a pause, a 429 to a request for an export may be the limit of jobs.
        (export_request(REF), {}, False, 8),
        (export_request(REF), {"retry-after": "1"}, False, 50),
    ],
)
def test_rejected_call_is_repeated_without_end_if_rejections_do_not_count(
    context, request_, headers, counts, sent
):
    context.contact.is_made = True
    caller = Caller.start(context, Policy(counts_rejections=counts))

    assert rejected(caller.call(request_, interpret), headers) == sent


def test_other_failures_count_beside_rejections(context):
    context.contact.is_made = True
    policy = Policy(counts_rejections=False, max_failures=2)
    flow = Caller.start(context, policy).call(CALL, interpret)
    for status in (503, 429, 429):
        next(flow)
        flow.send(ApiReply(status, {}, b"{}"))
    next(flow)
    with pytest.raises(ServerError):
        flow.send(ApiReply(503, {}, b"{}"))
