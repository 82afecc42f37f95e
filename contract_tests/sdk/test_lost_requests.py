"""A request whose answer got lost is looked for in the list before it is sent again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from helpers import api
from prolific_exports import (
    AccessDeniedError,
    Adopted,
    Complete,
    ContractViolation,
    ExportFilter,
    ExportsError,
    Failed,
    NoAnswerError,
    Requested,
    Retrying,
    ServerError,
)

RESET = httpx.ReadError("connection reset")
REFUSED = httpx.ConnectError("connection refused")
LOST = [RESET, httpx.ReadTimeout("slow"), api.error(502), api.error(504)]
STUDY = {"study_id": "65a1"}


@pytest.fixture
def server_now(clock):
    """The server's time: an hour ahead of ours, and then as long as ours goes on."""
    return lambda: clock.now() + timedelta(hours=1)


@pytest.fixture
def listing(router, kind, server_now):
    """The list of jobs, whose answer tells the server's time; made when it is asked for."""
    route = router.get(api.post_url(kind))

    def answer(*items, date=True):
        def respond(_):
            made: list[Any] = [item() if callable(item) else item for item in items]
            headers = {"Date": format_datetime(server_now(), usegmt=True)} if date else {}
            return api.jobs(*made, **headers)

        route.mock(side_effect=respond)
        return route

    return answer


@pytest.fixture
def at(server_now):
    """A job that was created so many seconds ago by the server's clock."""

    def at(ago, status="complete", export_id=api.EXPORT_ID, filter_=None):
        created = (server_now() - timedelta(seconds=ago)).isoformat()
        return api.listed(export_id, status, created, filter_)

    return at


@pytest.mark.parametrize("fault", LOST, ids=str)
@pytest.mark.parametrize("status", ["generating", "complete", "queued"])
def test_recent_job_is_adopted(router, resource, kind, listing, at, events, fault, status):
    post = router.post(api.post_url(kind)).mock(side_effect=[fault])
    listed = listing(at(0, status), at(7200, export_id=api.OTHER_EXPORT_ID))
    get = router.get(api.get_url(kind)).mock(return_value=api.complete())

    job = resource.export(api.RESOURCE[kind])

    assert job.export_id == api.EXPORT_ID
    assert isinstance(job.wait(), Complete)
    assert (post.call_count, listed.call_count, get.call_count) == (1, 1, 1)
    assert [type(event) for event in events] == [Retrying, Adopted, Requested]
    assert events[1].ref == events[2].ref == job.ref


def test_generating_job_is_adopted_at_any_age(router, resource, kind, listing, at):
    """The same request again would be answered with it (D-3)."""
    post = router.post(api.post_url(kind)).mock(side_effect=[RESET])
    listing(at(7200, "generating"))
    router.get(api.get_url(kind)).mock(return_value=api.generating())
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
    assert post.call_count == 1


@pytest.mark.parametrize("ago", [10, 3600, 86400])
def test_older_job_is_not_adopted(router, resource, kind, listing, at, ago):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[RESET, api.generating(api.OTHER_EXPORT_ID)]
    )
    listing(at(ago))
    assert resource.export(api.RESOURCE[kind]).export_id == api.OTHER_EXPORT_ID
    assert post.call_count == 2


def test_age_of_a_job_includes_the_time_since_the_request(
    router, resource, kind, clock, listing, server_now
):
    """The job may be as old as the answer took to get lost."""
    created = []

    def slow(_):
        created.append(server_now())
        clock.advance(25)
        raise httpx.ReadTimeout("slow")

    post = router.post(api.post_url(kind)).mock(side_effect=slow)
    listing(lambda: api.listed(created_at=created[0].isoformat(timespec="seconds")))
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
    assert post.call_count == 1


def test_only_a_generating_job_is_adopted_without_server_time(router, resource, kind, listing, at):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[RESET, api.generating(api.OTHER_EXPORT_ID), RESET]
    )
    listing(at(0), date=False)
    assert resource.export(api.RESOURCE[kind]).export_id == api.OTHER_EXPORT_ID
    listing(at(0, "generating"), date=False)
    router.get(api.get_url(kind)).mock(return_value=api.generating())
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
    assert post.call_count == 3


def test_recent_failed_job_is_requested_again(router, resource, kind, listing, at):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[RESET, api.generating(api.OTHER_EXPORT_ID)]
    )
    listing(at(0, "failed"))
    assert resource.export(api.RESOURCE[kind]).export_id == api.OTHER_EXPORT_ID
    assert post.call_count == 2


FILTERS = [
    None,
    STUDY,
    {"study_id": "65a2"},
    {**STUDY, "from": "2026-03-01T00:00:00Z"},
    {**STUDY, "deleted": False},
]


@pytest.mark.parametrize("listed", FILTERS, ids=str)
@pytest.mark.parametrize("status", ["complete", "generating"])
@pytest.mark.parametrize("asked", [{}, STUDY], ids=["all", "study"])
def test_only_a_job_with_the_same_filter_is_adopted(
    router, resource, kind, listing, at, asked, listed, status
):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[RESET, api.generating(api.OTHER_EXPORT_ID)]
    )
    listing(at(0, status, filter_=listed))
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    job = resource.export(api.RESOURCE[kind], **asked)
    same = (listed or {}) == asked
    assert post.call_count == (1 if same else 2)
    assert job.export_id == (api.EXPORT_ID if same else api.OTHER_EXPORT_ID)
    assert job.ref.filter == (ExportFilter("65a1") if asked else None)
    assert {call.request.url.query for call in post.calls} == {post.calls[0].request.url.query}


@pytest.mark.parametrize(
    ("listed", "same"),
    [
        ("2026-03-01T12:00:00.123456Z", True),
        ("2026-03-01T12:00:00.123Z", True),
        ("2026-03-01T13:00:00+01:00", True),
        ("2026-03-01T12:00:01.123456Z", False),
    ],
)
def test_filter_time_may_be_listed_with_less_precision(
    router, resource, kind, listing, at, server_now, listed, same
):
    moment = datetime(2026, 3, 1, 12, 0, 0, 123456, UTC)
    router.post(api.post_url(kind)).mock(side_effect=[RESET, api.generating(api.OTHER_EXPORT_ID)])
    other = at(9, export_id=api.OTHER_EXPORT_ID, filter_={"from": moment.isoformat()})
    listing(at(0, "generating", filter_={"from": listed}), other)
    router.get(api.get_url(kind)).mock(return_value=api.generating())
    job = resource.export(api.RESOURCE[kind], from_=moment)
    assert job.export_id == (api.EXPORT_ID if same else api.OTHER_EXPORT_ID)


def test_newest_of_several_is_adopted(router, resource, kind, listing, at):
    router.post(api.post_url(kind)).mock(side_effect=[RESET])
    listing(at(0), at(1, export_id=api.OTHER_EXPORT_ID))
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID


def test_request_that_did_not_arrive_is_repeated_once(router, resource, kind, listing):
    post = router.post(api.post_url(kind)).mock(side_effect=RESET)
    listed = listing()
    with pytest.raises(NoAnswerError, match="The server may have received the request"):
        resource.export(api.RESOURCE[kind])
    assert (post.call_count, listed.call_count) == (2, 2)


def test_lost_second_request_is_recovered(router, resource, kind, at, server_now):
    router.post(api.post_url(kind)).mock(side_effect=[RESET, RESET])
    date = {"Date": format_datetime(server_now(), usegmt=True)}
    router.get(api.post_url(kind)).mock(side_effect=[api.jobs(**date), api.jobs(at(0), **date)])
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID


@pytest.mark.parametrize("unlisted", [404, 405, 501])
@pytest.mark.parametrize(
    "second", [api.generating(), api.complete()], ids=["generating", "complete"]
)
def test_edition_2026_03_request_is_repeated_safely(router, resource, kind, unlisted, second):
    post = router.post(api.post_url(kind)).mock(side_effect=[RESET, second])
    router.get(api.post_url(kind)).mock(return_value=api.error(unlisted))
    resource.export(api.RESOURCE[kind])
    assert post.call_count == 2


@pytest.mark.parametrize("lost", [RESET, api.error(502)], ids=str)
@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (RESET, NoAnswerError),
        (api.error(403), AccessDeniedError),
        (api.error(500), ServerError),
        (api.error(429, **{"Retry-After": "7200"}), ExportsError),
        (httpx.Response(200, json={"results": []}), ContractViolation),
        (httpx.Response(200, json=[{}]), ContractViolation),
    ],
    ids=str,
)
def test_request_is_not_repeated_if_the_list_fails(router, resource, kind, lost, failure, cause):
    post = router.post(api.post_url(kind)).mock(side_effect=[lost])
    router.get(api.post_url(kind)).mock(side_effect=[failure] * 8)
    with pytest.raises(
        (NoAnswerError, ServerError), match="It is unknown whether an export was started"
    ) as unknown:
        resource.export(api.RESOURCE[kind])
    assert isinstance(unknown.value.__cause__, cause)
    assert unknown.value.operation.startswith("POST ")
    assert str(unknown.value.__cause__) in str(unknown.value)
    assert post.call_count == 1


def test_transient_list_failure_is_retried(router, resource, kind, at, server_now):
    post = router.post(api.post_url(kind)).mock(side_effect=[RESET])
    date = {"Date": format_datetime(server_now(), usegmt=True)}
    router.get(api.post_url(kind)).mock(
        side_effect=[api.error(503), RESET, api.jobs(at(0), **date)]
    )
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
    assert post.call_count == 1


@pytest.mark.parametrize("fault", [REFUSED, api.error(429), api.error(503)], ids=str)
def test_request_that_was_never_sent_is_repeated_without_listing(
    router, resource, kind, listing, fault
):
    listed = listing()
    router.post(api.post_url(kind)).mock(side_effect=[fault, fault, api.generating()])
    resource.export(api.RESOURCE[kind])
    assert not listed.called


def test_server_error_is_neither_repeated_nor_looked_up(router, resource, kind, listing):
    listed = listing()
    post = router.post(api.post_url(kind)).mock(return_value=api.error(500))
    with pytest.raises(ServerError):
        resource.export(api.RESOURCE[kind])
    assert (post.call_count, listed.call_count) == (1, 0)


def test_lost_request_at_the_deadline_is_reported(router, resource, kind, tmp_path):
    """It is unknown whether the server continues the job."""
    post = router.post(api.post_url(kind)).mock(
        return_value=api.error(502, **{"Retry-After": "3600"})
    )
    with pytest.raises(ServerError) as lost:
        resource.download(api.RESOURCE[kind], tmp_path, timeout=60)
    assert lost.value.status == 502
    assert post.call_count == 1


def test_adopted_job_that_fails_is_replaced_once(router, resource, kind, listing, at):
    post = router.post(api.post_url(kind)).mock(
        side_effect=[RESET, api.generating(api.OTHER_EXPORT_ID)]
    )
    listing(at(0, "generating"))
    router.get(api.get_url(kind)).mock(return_value=api.failed())
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    job = resource.export(api.RESOURCE[kind])
    assert job.status() == Failed()
    assert isinstance(job.wait(), Complete)
    assert post.call_count == 2
