"""Requesting and polling: what is sent when, and how it ends."""

from contextlib import suppress
from random import Random

import httpx
import pytest
from helpers import api
from prolific_exports import (
    BadRequestError,
    ConflictError,
    ContractViolation,
    ExportFailedError,
    ExportRef,
    ExportTimeoutError,
    Generating,
    NoAnswerError,
    NotFoundError,
    Polled,
    RateLimitedError,
    Requested,
    Restarted,
    Retrying,
    ServerError,
    UsageError,
)

RESET = httpx.ReadError("connection reset")
REFUSED = httpx.ConnectError("connection refused")


def test_job_is_requested_polled_and_waited_for(router, resource, kind, clock, events):
    post = router.post(api.post_url(kind)).mock(side_effect=[api.generating()])
    get = router.get(api.get_url(kind)).mock(
        side_effect=[api.generating(status=200), api.generating(status=200), api.complete()]
    )
    job = resource.export(api.RESOURCE[kind])
    assert job.export_id == api.EXPORT_ID
    assert not get.called, "requesting does not poll"

    done = job.wait()

    assert done.url == api.SIGNED
    assert done.expires_at.utcoffset() is not None
    assert (post.call_count, get.call_count) == (1, 3)
    assert clock.sleeps[:2] == [1.0, 2.0]
    assert 3.0 <= clock.sleeps[2] <= 5.0
    assert [type(event) for event in events] == [Requested, Polled, Polled, Polled]
    assert events[-1].status == "complete"
    assert events[-1].elapsed == sum(clock.sleeps)
    assert job.wait() is done, "waiting for what is there sends nothing"
    assert get.call_count == 3


def test_state_is_read_from_the_body_for_any_success_status(router, resource, kind):
    """200 with generating and 202 with complete were both seen (D-1, D-2)."""
    router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(status=200), api.complete(status=202)]
    )
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
    job = resource.export(api.RESOURCE[kind])
    assert job.wait().url == api.SIGNED


def test_ready_export_without_id_is_requested_again_with_post(router, resource, kind):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[api.complete(), api.complete(f"{api.STORE}?X-Amz-Signature=fresh")]
    )
    job = resource.export(api.RESOURCE[kind])
    assert job.export_id is None
    assert job.wait().url == api.SIGNED
    assert job.status().url == f"{api.STORE}?X-Amz-Signature=fresh"
    assert post.call_count == 2


def test_job_is_rebuilt_from_its_ids_and_polled_at_once(router, resource, kind, clock):
    get = router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.complete()])
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID)
    assert not get.called
    job.wait()
    assert clock.sleeps == [1.0]
    assert job.ref.kind == kind
    assert (job.ref.resource_id, job.ref.export_id) == (api.RESOURCE[kind], api.EXPORT_ID)


def test_id_is_sent_in_the_path_unchanged(router, resource, kind):
    upper = api.EXPORT_ID.upper()
    router.post(api.post_url(kind)).mock(side_effect=[api.generating(upper)])
    get = router.get(api.get_url(kind, upper)).mock(side_effect=[api.complete()])
    job = resource.export(api.RESOURCE[kind])
    assert job.export_id == upper
    job.wait()
    assert get.call_count == 1


def test_own_failed_job_is_requested_again_once(router, resource, kind, clock, events):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)]
    )
    router.get(api.get_url(kind)).mock(side_effect=[api.failed()])
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(side_effect=[api.complete()])
    job = resource.export(api.RESOURCE[kind])
    job.wait()
    assert post.call_count == 2
    assert job.export_id == api.OTHER_EXPORT_ID
    assert clock.sleeps == [1.0, 1.0], "the new job is polled quickly at first, like the old one"
    restarted = [event for event in events if isinstance(event, Restarted)]
    assert [event.ref.export_id for event in restarted] == [api.EXPORT_ID]


def test_requested_job_that_was_deleted_is_requested_again_once(
    router, resource, kind, clock, events
):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)]
    )
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.error(404)])
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(side_effect=[api.complete()])
    job = resource.export(api.RESOURCE[kind])

    assert job.wait().url == api.SIGNED

    assert post.call_count == 2
    assert job.export_id == api.OTHER_EXPORT_ID
    assert clock.sleeps == [1.0, 2.0, 1.0], "the new job is polled quickly at first"
    assert [event for event in events if isinstance(event, Restarted)] == [
        Restarted(ExportRef(kind, api.RESOURCE[kind], api.EXPORT_ID), is_gone=True)
    ]


def test_requested_job_that_was_deleted_twice_is_not_found(router, resource, kind):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)]
    )
    for export_id in (api.EXPORT_ID, api.OTHER_EXPORT_ID):
        router.get(api.get_url(kind, export_id)).mock(return_value=api.error(404))
    job = resource.export(api.RESOURCE[kind])

    with pytest.raises(NotFoundError):
        job.wait()

    assert post.call_count == 2


def test_requested_job_that_was_deleted_and_then_failed_is_requested_again(router, resource, kind):
    third = "c0ffee00-e5f6-4890-abcd-ef1234567890"
    post = router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(one) for one in (api.EXPORT_ID, api.OTHER_EXPORT_ID, third)]
    )
    router.get(api.get_url(kind)).mock(return_value=api.error(404))
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.failed())
    router.get(api.get_url(kind, third)).mock(return_value=api.complete())

    assert resource.export(api.RESOURCE[kind]).wait().url == api.SIGNED

    assert post.call_count == 3


def test_named_job_that_was_deleted_is_not_found(router, resource, kind):
    post = router.post(api.post_url(kind))
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.error(404)])

    with pytest.raises(NotFoundError):
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).wait()

    assert not post.called


def test_request_that_finds_nothing_is_not_repeated(router, resource, kind):
    post = router.post(api.post_url(kind)).mock(side_effect=[api.generating(), api.error(404)])
    router.get(api.get_url(kind)).mock(return_value=api.error(404))
    router.get(api.post_url(kind)).mock(return_value=api.error(404))

    with pytest.raises(NotFoundError, match="POST"):
        resource.export(api.RESOURCE[kind]).wait()

    assert post.call_count == 2


def test_second_failure_is_final(router, resource, kind):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)]
    )
    router.get(api.get_url(kind)).mock(side_effect=[api.failed()])
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(side_effect=[api.failed()])
    with pytest.raises(ExportFailedError, match="and so did a second one") as failure:
        resource.export(api.RESOURCE[kind]).wait()
    assert failure.value.ref.export_id == api.OTHER_EXPORT_ID
    assert post.call_count == 2


def test_named_job_is_never_replaced(router, resource, kind):
    post = router.post(api.post_url(kind))
    get = router.get(api.get_url(kind)).mock(return_value=api.failed())
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID)
    with pytest.raises(ExportFailedError, match="Request a new export"):
        job.wait()
    assert not post.called
    with pytest.raises(ExportFailedError):
        job.wait()
    assert get.call_count == 2, "it is asked again, for the server may know better by now"


def test_request_answered_with_failed_is_handled_like_a_failed_job(router, resource, kind):
    router.post(api.post_url(kind)).mock(side_effect=[api.failed(), api.failed(), api.complete()])
    assert resource.export(api.RESOURCE[kind]).wait().url == api.SIGNED


def test_waiting_ends_at_the_deadline_and_can_continue(router, resource, kind, clock):
    router.post(api.post_url(kind)).mock(side_effect=[api.generating()])
    get = router.get(api.get_url(kind)).mock(return_value=api.generating())
    job = resource.export(api.RESOURCE[kind])
    with pytest.raises(ExportTimeoutError, match="keeps running on the server") as timeout:
        job.wait(timeout=60)
    assert "asks" not in str(timeout.value)
    assert sum(clock.sleeps) == pytest.approx(60), "the last poll comes at the deadline"
    assert timeout.value.waited == pytest.approx(60)
    assert timeout.value.ref == job.ref
    get.mock(return_value=api.complete())
    rebuilt = resource.job(timeout.value.ref.resource_id, timeout.value.ref.export_id)
    assert rebuilt.wait().url == api.SIGNED


def test_retry_after_of_a_generating_response_is_respected(router, resource, kind, clock):
    router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(headers={"Retry-After": "17"})]
    )
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.complete()])
    resource.export(api.RESOURCE[kind]).wait()
    assert clock.sleeps == [17.0, 2.0]


def test_wait_beyond_the_deadline_ends_at_once(router, resource, kind, clock):
    router.post(api.post_url(kind)).mock(
        side_effect=[api.generating(headers={"Retry-After": "61"})]
    )
    job = resource.export(api.RESOURCE[kind])
    with pytest.raises(ExportTimeoutError):
        job.wait(timeout=60)
    assert clock.sleeps == []


@pytest.mark.parametrize(
    "fault",
    [RESET, REFUSED, httpx.ReadTimeout("slow"), api.error(500), api.error(502), api.error(429)],
    ids=str,
)
def test_polling_retries_transient_failures(router, resource, kind, clock, events, fault):
    get = router.get(api.get_url(kind)).mock(side_effect=[fault, fault, api.complete()])
    resource.job(api.RESOURCE[kind], api.EXPORT_ID).wait()
    assert get.call_count == 3
    retries = [event for event in events if isinstance(event, Retrying)]
    assert [event.delay for event in retries] == clock.sleeps
    assert clock.sleeps[0] <= 0.5 < clock.sleeps[1] + 0.5


def test_retry_after_date_uses_the_servers_clock(router, resource, kind, clock):
    limited = api.error(
        429,
        **{"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"},
    )
    router.get(api.get_url(kind)).mock(side_effect=[limited, api.complete()])
    resource.job(api.RESOURCE[kind], api.EXPORT_ID).wait()
    assert clock.sleeps == [30.0]


def test_persistent_failure_ends_the_wait(router, resource, kind):
    get = router.get(api.get_url(kind)).mock(return_value=api.error(503))
    with pytest.raises(ServerError) as failure:
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).wait()
    assert failure.value.status == 503
    assert get.call_count == 8


def test_rate_limit_longer_than_the_deadline_is_a_timeout_that_names_it(router, resource, kind):
    limited = api.error(429, **{"Retry-After": "3600"})
    router.get(api.get_url(kind)).mock(return_value=limited)
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID)
    with pytest.raises(ExportTimeoutError) as timeout:
        job.wait(timeout=60)
    assert isinstance(timeout.value.__cause__, RateLimitedError)
    assert timeout.value.__cause__.retry_after == 3600
    assert "asks to wait 3600 s before the next poll" in str(timeout.value)


def test_pause_longer_than_the_deadline_is_a_timeout_that_names_it(router, resource, kind, clock):
    router.post(api.post_url(kind)).mock(
        return_value=api.generating(headers={"Retry-After": "3600"})
    )
    with pytest.raises(ExportTimeoutError, match="asks to wait 3600 s before the next poll"):
        resource.export(api.RESOURCE[kind]).wait(timeout=1800)
    assert clock.sleeps == []


@pytest.mark.parametrize("fault", [REFUSED, api.error(429, **{"Retry-After": "3600"})], ids=str)
def test_deadline_before_any_job_is_explained(router, resource, kind, fault):
    router.post(api.post_url(kind)).mock(side_effect=[fault] * 8)
    with pytest.raises(ExportTimeoutError, match="could not be requested within") as timeout:
        resource.download(api.RESOURCE[kind], timeout=1)
    assert str(timeout.value.__cause__) in str(timeout.value)
    assert "keeps running" not in str(timeout.value)
    assert timeout.value.ref.export_id is None


def test_deadline_before_a_failed_job_was_replaced_does_not_promise_a_running_job(
    router, resource, kind
):
    limited = api.error(429, **{"Retry-After": "3600"})
    router.post(api.post_url(kind)).mock(side_effect=[api.generating(), limited])
    router.get(api.get_url(kind)).mock(return_value=api.failed())
    with pytest.raises(ExportTimeoutError, match="could not be requested within"):
        resource.export(api.RESOURCE[kind]).wait(timeout=60)


def test_deadline_during_status_failures_names_the_reason(router, resource, kind):
    router.post(api.post_url(kind)).mock(side_effect=[api.generating()])
    router.get(api.get_url(kind)).mock(side_effect=REFUSED)
    with pytest.raises(
        ExportTimeoutError, match=r"keeps running.* Last failure: No response .*\(GET "
    ) as timeout:
        resource.export(api.RESOURCE[kind]).wait(timeout=5)
    assert str(timeout.value.__cause__) in str(timeout.value)


def test_single_call_raises_its_own_timeout_error(router, resource, kind):
    router.post(api.post_url(kind)).mock(return_value=api.error(429, **{"Retry-After": "7200"}))
    router.get(api.get_url(kind)).mock(return_value=api.error(503, **{"Retry-After": "7200"}))
    with pytest.raises(RateLimitedError) as limited:
        resource.export(api.RESOURCE[kind])
    assert limited.value.__cause__ is None
    with pytest.raises(ServerError):
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).status()


@pytest.mark.parametrize("fault", [REFUSED, api.error(429), api.error(503)], ids=str)
def test_request_that_was_never_sent_is_repeated(router, resource, kind, fault):
    post = router.post(api.post_url(kind)).mock(side_effect=[fault] * 4 + [api.generating()])
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
    assert post.call_count == 5


def test_api_that_never_answered_is_given_up_within_ten_seconds(router, resource, kind, clock):
    post = router.post(api.post_url(kind)).mock(side_effect=REFUSED)
    with pytest.raises(NoAnswerError, match="Check the network and the base URL") as failure:
        resource.export(api.RESOURCE[kind])
    assert post.call_count > 3
    assert clock.monotonic() <= 10
    assert failure.value.retryable
    assert failure.value.hint == "Check the network and the base URL (PROLIFIC_URL)."


def test_retries_are_marked_as_connecting_until_the_api_has_been_reached(
    router, resource, kind, events
):
    router.post(api.post_url(kind)).mock(
        side_effect=[REFUSED, api.error(429), REFUSED, api.generating()]
    )
    resource.export(api.RESOURCE[kind])
    retries = [event.is_connecting for event in events if isinstance(event, Retrying)]
    assert retries == [True, False, False]


def test_connecting_takes_less_time_as_the_ten_seconds_pass(router, resource, kind, clock):
    granted = []

    def times_out(request):
        granted.append(request.extensions["timeout"]["connect"])
        clock.advance(3)
        raise httpx.ConnectTimeout("timed out")

    router.post(api.post_url(kind)).mock(side_effect=times_out)
    with pytest.raises(NoAnswerError):
        resource.export(api.RESOURCE[kind])
    assert granted[0] == 10
    assert 3 < granted[-1] < granted[1] < 7
    assert clock.monotonic() <= 12


@pytest.mark.parametrize("answer", [api.error(404), api.generating()], ids=str)
def test_api_that_has_answered_is_retried_through_a_later_outage(
    router, exports, resource, kind, clock, answer
):
    router.get(api.post_url(kind)).mock(return_value=answer)
    with suppress(NotFoundError, ContractViolation):
        resource.list(api.RESOURCE[kind])
    post = router.post(api.post_url(kind)).mock(side_effect=REFUSED)
    with pytest.raises(NoAnswerError):
        resource.export(api.RESOURCE[kind])
    assert post.call_count == 8
    assert clock.monotonic() > 20


def test_server_that_accepts_and_stays_silent_is_retried(router, resource, kind, clock):
    """It was found, so it is the right one, or busy."""
    get = router.get(api.get_url(kind)).mock(side_effect=RESET)
    with pytest.raises(NoAnswerError):
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).status()
    assert get.call_count == 8


@pytest.mark.parametrize("fault", [RESET, api.error(502), api.error(504)], ids=str)
@pytest.mark.parametrize("unlisted", [404, 405, 501])
def test_lost_request_without_job_list_is_repeated_once(router, resource, kind, fault, unlisted):
    """Edition 2026-03: the request is idempotent."""
    router.get(api.post_url(kind)).mock(return_value=api.error(unlisted))
    post = router.post(api.post_url(kind)).mock(side_effect=[fault, api.generating()])
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
    assert post.call_count == 2

    post = router.post(api.post_url(kind)).mock(side_effect=[fault, fault, api.generating()])
    with pytest.raises((NoAnswerError, ServerError)):
        resource.export(api.RESOURCE[kind])
    assert post.call_count == 2 + 2


def test_request_is_not_repeated_after_a_server_error(router, resource, kind):
    """The effect of a 500 is unknown, and the response was not lost."""
    post = router.post(api.post_url(kind)).mock(return_value=api.error(500))
    with pytest.raises(ServerError):
        resource.export(api.RESOURCE[kind])
    assert post.call_count == 1


def test_lost_response_error_says_that_the_request_may_have_arrived(router, resource, kind):
    router.get(api.post_url(kind)).mock(return_value=api.error(405))
    router.post(api.post_url(kind)).mock(side_effect=RESET)
    with pytest.raises(NoAnswerError, match="may have received the request") as lost:
        resource.export(api.RESOURCE[kind])
    assert lost.value.sent
    router.post(api.post_url(kind)).mock(side_effect=REFUSED)
    with pytest.raises(NoAnswerError, match="Check the network") as refused:
        resource.export(api.RESOURCE[kind])
    assert not refused.value.sent


@pytest.mark.parametrize(
    ("status", "error"), [(409, ConflictError), (422, BadRequestError), (405, BadRequestError)]
)
def test_permanent_errors_are_raised_at_once(router, resource, kind, status, error):
    get = router.get(api.get_url(kind)).mock(return_value=api.error(status))
    with pytest.raises(error) as failure:
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).wait()
    assert failure.value.status == status
    assert failure.value.ref.export_id == api.EXPORT_ID
    assert get.call_count == 1


def test_redirect_of_the_api_is_not_followed(router, resource, kind):
    router.post(api.post_url(kind)).mock(
        return_value=httpx.Response(307, headers={"Location": "https://elsewhere.example/"})
    )
    elsewhere = router.post("https://elsewhere.example/")
    with pytest.raises(ContractViolation, match="Check the base URL"):
        resource.export(api.RESOURCE[kind])
    assert not elsewhere.called


@pytest.mark.parametrize("location", ["localhost:8443/login", "mailto:a@b.example", "urn:x"])
def test_invalid_redirect_of_the_api_is_a_typed_error(router, resource, kind, location):
    """httpx reads it though it is not to follow it, and lets its own error out."""
    answer = httpx.Response(301, headers={"Location": location})
    router.get(api.get_url(kind)).mock(return_value=answer)
    with pytest.raises(NoAnswerError, match="invalid redirect URL.*the base URL"):
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).status()


def test_generating_state_is_reported_with_its_id(router, resource, kind):
    router.get(api.get_url(kind)).mock(return_value=api.generating())
    state = resource.job(api.RESOURCE[kind], api.EXPORT_ID).status()
    assert state == Generating(api.EXPORT_ID)


@pytest.mark.parametrize("bad", ["", " ", "..", "a/b", "https://app.prolific.com/x", None, "a b"])
def test_invalid_id_is_refused_before_any_request(router, resource, bad):
    with pytest.raises(UsageError, match="is not the id of a"):
        resource.export(bad)
    with pytest.raises(UsageError, match="is not the id of an export"):
        resource.job(api.COLLECTION, bad)
    assert not router.calls


@pytest.mark.parametrize("option", ["timeout", "poll_interval", "call_timeout"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_durations_must_be_positive(clients, option, value):
    with pytest.raises(UsageError, match=option):
        clients.make(**{option: value})


def test_given_poll_interval_is_used(router, clients, kind, clock):
    exports = clients.make(base_url=api.BASE, clock=clock, random=Random(1), poll_interval=0.5)
    router.get(api.get_url(kind)).mock(side_effect=[api.generating()] * 4 + [api.complete()])
    getattr(exports, api.PLURAL[kind]).job(api.RESOURCE[kind], api.EXPORT_ID).wait()
    assert clock.sleeps[:2] == [0.5, 0.5]
    assert all(0.375 <= sleep <= 0.625 for sleep in clock.sleeps)
