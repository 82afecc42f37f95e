"""Listing and deleting jobs, and what happens when there are too many."""

import json

import httpx
import pytest
from helpers import api
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import (
    AccessDeniedError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ContractViolation,
    ExportFilter,
    ExportRef,
    ExportsError,
    ListedJob,
    NoAnswerError,
    NotFoundError,
    RateLimitedError,
    Retrying,
    ServerError,
    TooManyExportsError,
    UnsupportedError,
    UsageError,
)
from prolific_exports._flows import _boundary as boundary
from prolific_exports._flows._effects import ApiReply
from prolific_exports._model._redactor import Redactor

RESET = httpx.ReadError("connection reset")
REFUSED = httpx.ConnectError("connection refused")
TOKEN = "t0ken-of-a-test"


def listing(body, status=200):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    request = boundary.list_request(ExportRef("batch", api.BATCH))
    return boundary.interpret_list(
        request, ApiReply(status, {}, body), redactor=Redactor(TOKEN), retry_after=None
    )


def gone():
    return httpx.Response(204)


# Listing


def test_jobs_are_listed_in_the_servers_order(router, resource, kind, events):
    route = router.get(api.post_url(kind)).mock(
        return_value=api.jobs(
            api.listed(api.OTHER_EXPORT_ID, "generating", "2026-03-20T10:00:00.5+01:00"),
            api.listed(
                created_at="2026-03-20t08:00:00z",
                filter_={"study_id": "65a1", "from": "2026-03-01t00:00:00z"},
                size=7,
            ),
        )
    )
    first, second = resource.list(f" {api.RESOURCE[kind]} ")
    assert (first.export_id, first.status, first.filter) == (
        api.OTHER_EXPORT_ID,
        "generating",
        None,
    )
    assert first.created_at.isoformat() == "2026-03-20T10:00:00.500000+01:00"
    assert second.filter == ExportFilter(
        "65a1", first.created_at.replace(day=1, hour=1, microsecond=0)
    )
    assert second.extra == {"size": 7}
    assert not route.calls.last.request.url.query
    assert events == []


def test_empty_list_has_no_jobs(router, resource, kind):
    router.get(api.post_url(kind)).mock(return_value=api.jobs())
    assert resource.list(api.RESOURCE[kind]) == ()


def test_filter_of_a_listed_job_is_optional():
    job = api.listed()
    del job["filter"]
    assert listing([job])[0].filter is None


def test_null_condition_is_accepted():
    conditions = {"study_id": "65a1", "from": None, "to": None, "site": None}

    (job,) = listing([api.listed(filter=conditions)])
    (of_all,) = listing([api.listed(filter=dict.fromkeys(["study_id", "from", "to"]))])

    assert job.filter == ExportFilter("65a1", extra={"site": None})
    assert of_all.filter is None


def test_unknown_listed_status_is_kept():
    assert [job.status for job in listing([api.listed(status=one) for one in ("", "queued")])] == [
        "",
        "queued",
    ]


JOB = api.listed()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"[{", ""),
        ({}, ""),
        ({"results": [JOB]}, ""),
        (None, ""),
        ([JOB, None], "/1"),
        ([[]], "/0"),
        ([{**JOB, "export_id": None}], "/0/export_id"),
        ([{**JOB, "export_id": "../x"}], "/0/export_id"),
        ([JOB, {**JOB, "status": None}], "/1/status"),
        ([{**JOB, "created_at": "2026-03-20T10:00:00"}], "/0/created_at"),
        ([{**JOB, "created_at": 5}], "/0/created_at"),
        ([{**JOB, "filter": "all"}], "/0/filter"),
        ([{**JOB, "filter": []}], "/0/filter"),
        ([{**JOB, "filter": {"study_id": 7}}], "/0/filter/study_id"),
        ([{**JOB, "filter": {"from": "2026-03-01"}}], "/0/filter/from"),
        ([{**JOB, "filter": {"to": False}}], "/0/filter/to"),
        ([{**JOB, "filter": {"to": "0001-01-01T00:00:00+10:00"}}], "/0/filter/to"),
        *(
            [
                ([{k: v for k, v in JOB.items() if k != name}], f"/0/{name}")
                for name in JOB
                if name != "filter"
            ]
        ),
    ],
)
def test_list_outside_the_contract_raises_a_violation_with_its_place(body, pointer):
    with pytest.raises(ContractViolation) as violation:
        listing(body)
    assert violation.value.pointer == pointer
    assert violation.value.operation == "GET /api/v1/data-collection/batches/{batch_id}/export"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*JOB, "study_id", "from", "to"]) | st.text(max_size=3), inner
            )
            | st.fixed_dictionaries(
                {
                    "export_id": st.just(api.EXPORT_ID),
                    "status": st.text(),
                    "created_at": st.just("2026-03-20T10:00:00Z"),
                },
                optional={"filter": inner, "more": inner},
            )
        ),
        max_leaves=10,
    ),
    st.sampled_from([200, 204, 302, 400, 401, 403, 404, 405, 409, 429, 500, 501, 520]),
)
def test_any_json_becomes_jobs_or_a_typed_error(body, status):
    try:
        jobs = listing([body], status)
    except ExportsError as error:
        assert str(error)
    else:
        assert all(isinstance(job, ListedJob) for job in jobs)
        assert status < 300


def test_secrets_in_a_list_are_redacted():
    secret = f"see {api.SIGNED} {TOKEN}"
    (job,) = listing(
        [
            api.listed(
                status=secret,
                filter_={"study_id": secret, secret: {"deep": [secret]}},
                more=secret,
            )
        ]
    )
    shown = f"{job!r} {job} {job.status} {job.filter} {job.extra}"
    shown += f" {job.filter and job.filter.extra}"
    assert TOKEN not in shown
    assert "5ecret" not in shown


@pytest.mark.parametrize("status", [405, 501])
@pytest.mark.parametrize("method", ["list", "delete"])
def test_server_without_lists_is_of_edition_2026_03(router, resource, kind, clock, status, method):
    url = api.post_url(kind) if method == "list" else api.get_url(kind)
    route = router.route(url=url).mock(return_value=api.error(status))
    ids = [api.RESOURCE[kind], api.EXPORT_ID][: 1 if method == "list" else 2]
    with pytest.raises(UnsupportedError, match="edition 2026-03 neither list") as caught:
        getattr(resource, method)(*ids)
    assert caught.value.status == status
    assert route.call_count == 1
    assert clock.sleeps == []


def test_server_of_edition_2026_03_may_answer_not_found(router, resource, kind):
    router.get(api.post_url(kind)).mock(return_value=api.error(404))
    with pytest.raises(NotFoundError, match="edition 2026-03 do not list export jobs"):
        resource.list(api.RESOURCE[kind])


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthenticationError), (403, AccessDeniedError), (400, BadRequestError)],
)
def test_list_errors_are_typed(router, resource, kind, status, error):
    router.get(api.post_url(kind)).mock(return_value=api.error(status))
    with pytest.raises(error):
        resource.list(api.RESOURCE[kind])


def test_list_retries_transient_failures(router, resource, kind, events):
    router.get(api.post_url(kind)).mock(side_effect=[RESET, api.error(503), api.jobs(JOB)])
    assert len(resource.list(api.RESOURCE[kind])) == 1
    assert [type(event) for event in events] == [Retrying, Retrying]


def test_list_raises_its_own_timeout_error(router, resource, kind):
    router.get(api.post_url(kind)).mock(return_value=api.error(429, **{"Retry-After": "7200"}))
    with pytest.raises(RateLimitedError):
        resource.list(api.RESOURCE[kind])


def test_invalid_id_is_refused_before_any_request(router, resource):
    with pytest.raises(UsageError, match="is not the id of a"):
        resource.list("a/b")
    with pytest.raises(UsageError, match="is not the id of an export.* list prints the ids"):
        resource.delete("a", "../b")
    assert not router.calls


# Deleting


def test_job_is_deleted_by_its_id(router, resource, kind, events):
    route = router.delete(api.get_url(kind)).mock(return_value=gone())
    assert resource.delete(api.RESOURCE[kind], api.EXPORT_ID) is None
    assert route.call_count == 1
    assert not route.calls.last.request.content
    assert events == []


def test_deleted_job_is_not_replaced(router, resource, kind, tmp_path):
    post = router.post(api.post_url(kind)).mock(side_effect=[api.generating()])
    get = router.get(api.get_url(kind)).mock(side_effect=[api.complete(), api.error(404)])
    router.delete(api.get_url(kind)).mock(return_value=gone())
    job = resource.export(api.RESOURCE[kind])
    job.wait()
    job.delete()
    with pytest.raises(NotFoundError):
        job.download(tmp_path)
    assert (post.call_count, get.call_count) == (1, 2)


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (401, AuthenticationError, "PROLIFIC_TOKEN"),
        (403, AccessDeniedError, "access"),
        (404, NotFoundError, "may be deleted already"),
        (409, ConflictError, "while it is being generated.*Wait for it, then delete it"),
        (400, BadRequestError, "The API rejected the request"),
    ],
)
def test_failed_deletion_gives_its_reason(router, resource, kind, status, error, says):
    route = router.delete(api.get_url(kind)).mock(return_value=api.error(status))
    with pytest.raises(error, match=says) as caught:
        resource.job(api.RESOURCE[kind], api.EXPORT_ID).delete()
    assert caught.value.ref.export_id == api.EXPORT_ID
    assert route.call_count == 1


@pytest.mark.parametrize("status", [200, 202])
@pytest.mark.parametrize("body", [b"", b"{}", b"Export deleted"])
def test_every_success_status_is_a_deletion(router, resource, kind, status, body):
    route = router.delete(api.get_url(kind)).mock(return_value=httpx.Response(status, content=body))
    resource.delete(api.RESOURCE[kind], api.EXPORT_ID)
    assert route.call_count == 1


@pytest.mark.parametrize("lost", [RESET, api.error(502), api.error(500)], ids=str)
def test_job_missing_after_a_lost_response_counts_as_deleted(router, resource, kind, lost):
    route = router.delete(api.get_url(kind)).mock(side_effect=[lost, api.error(404)])
    resource.delete(api.RESOURCE[kind], api.EXPORT_ID)
    assert route.call_count == 2


@pytest.mark.parametrize("fault", [REFUSED, api.error(429), api.error(503)], ids=str)
def test_unknown_job_is_not_found_after_a_retry(router, resource, kind, fault):
    router.delete(api.get_url(kind)).mock(side_effect=[fault, api.error(404)])
    with pytest.raises(NotFoundError):
        resource.delete(api.RESOURCE[kind], api.EXPORT_ID)


def test_deletion_gives_up_at_its_deadline(router, resource, kind):
    route = router.delete(api.get_url(kind)).mock(side_effect=RESET)
    with pytest.raises(NoAnswerError, match="may have received the request"):
        resource.delete(api.RESOURCE[kind], api.EXPORT_ID)
    assert route.call_count == 8


def test_job_without_id_cannot_be_deleted(router, resource, kind):
    router.post(api.post_url(kind)).mock(return_value=api.complete())
    job = resource.export(api.RESOURCE[kind])
    with pytest.raises(UsageError, match="its id is unknown"):
        job.delete()


# Too many


def ten(**more):
    return [api.listed(export_id, **more) for export_id in api.job_ids(10)]


@pytest.mark.parametrize("status", [400, 402, 403, 409, 422, 423, 429])
def test_refusal_at_the_limit_names_the_ten_jobs(router, resource, kind, status, clock):
    post = router.post(api.post_url(kind)).mock(return_value=api.error(status, "Too many jobs."))
    jobs = ten()
    jobs[3] |= {"filter": {"study_id": "65a1"}, "status": f"see {api.SIGNED}"}
    listed = router.get(api.post_url(kind)).mock(return_value=api.jobs(*jobs))
    with pytest.raises(TooManyExportsError) as caught:
        resource.export(api.RESOURCE[kind])
    error = caught.value
    assert [job.export_id for job in error.jobs] == api.job_ids(10)
    assert (error.status, error.detail, error.title) == (status, "Too many jobs.", "A title")
    assert error.operation.startswith("POST ")
    message = str(error)
    assert all(export_id in message for export_id in api.job_ids(10))
    assert f"/export: {status}, Too many jobs)\nThe jobs, newest first:" in message
    assert "--delete-after (delete_after=True)" in message
    assert "study 65a1" in message
    assert f"\n  {api.job_ids(1)[0]}  complete, 2026-03-20 09:00 UTC\n" in message
    assert f"prolific-exports delete {kind} {api.RESOURCE[kind]} EXPORT_ID" in message
    assert f"exports.{api.PLURAL[kind]}.delete('{api.RESOURCE[kind]}', export_id)" in message
    assert "5ecret" not in message
    assert isinstance(error, ApiError)
    assert error.__cause__ is None
    assert listed.call_count == 1
    assert post.call_count == (8 if status == 429 else 1)


def test_unexplained_refusal_names_the_ten_jobs(router, resource, kind):
    router.post(api.post_url(kind)).mock(return_value=httpx.Response(409))
    router.get(api.post_url(kind)).mock(return_value=api.jobs(*ten()))

    with pytest.raises(TooManyExportsError) as caught:
        resource.export(api.RESOURCE[kind])

    assert "/export: 409)\nThe jobs, newest first:" in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (api.error(400), BadRequestError),
        (api.error(403), AccessDeniedError),
        (api.error(409), ConflictError),
        (api.error(422), BadRequestError),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "listed",
    [
        api.jobs(*ten()[:9]),
        api.jobs(),
        api.error(403),
        api.error(405),
        api.error(500),
        RESET,
        httpx.Response(200, json={}),
    ],
    ids=str,
)
def test_refusal_for_another_reason_is_unchanged(router, resource, kind, answer, error, listed):
    router.post(api.post_url(kind)).mock(return_value=answer)
    route = router.get(api.post_url(kind)).mock(side_effect=[listed])
    with pytest.raises(error) as refused:
        resource.export(api.RESOURCE[kind])
    assert type(refused.value) is error
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (api.error(401), AuthenticationError),
        (api.error(404), NotFoundError),
        (api.error(429, **{"Retry-After": "1"}), RateLimitedError),
        (api.error(500), ServerError),
    ],
    ids=str,
)
def test_refusal_with_explanation_is_unchanged(router, resource, kind, answer, error):
    router.post(api.post_url(kind)).mock(return_value=answer)
    route = router.get(api.post_url(kind)).mock(return_value=api.jobs(*ten()))
    with pytest.raises(error):
        resource.export(api.RESOURCE[kind])
    assert not route.called


def test_refused_filter_keeps_the_servers_explanation(router, resource, kind):
    """Otherwise the user would delete a job and be refused again."""
    refusal = api.error(422, {"study_id": ["There is no such study."]})
    router.post(api.post_url(kind)).mock(return_value=refusal)
    route = router.get(api.post_url(kind)).mock(return_value=api.jobs(*ten()))
    with pytest.raises(BadRequestError, match="There is no such study"):
        resource.export(api.RESOURCE[kind], study_id="65a1")
    assert not route.called


@pytest.mark.parametrize("detail", [{"export": ["Ten is the most."]}, ["study_id"], "study_id"])
def test_other_refusal_lists_jobs(router, resource, kind, detail):
    router.post(api.post_url(kind)).mock(return_value=api.error(422, detail))
    router.get(api.post_url(kind)).mock(return_value=api.jobs(*ten()))
    for condition in ({}, {"study_id": "65a1"}):
        with pytest.raises(TooManyExportsError):
            resource.export(api.RESOURCE[kind], **condition)


def test_request_succeeds_after_a_job_is_deleted(router, resource, kind):
    router.post(api.post_url(kind)).mock(side_effect=[api.error(409), api.generating()])
    router.get(api.post_url(kind)).mock(return_value=api.jobs(*ten()))
    router.delete(api.get_url(kind, api.job_ids(1)[0])).mock(return_value=gone())
    with pytest.raises(TooManyExportsError) as caught:
        resource.export(api.RESOURCE[kind])
    resource.delete(api.RESOURCE[kind], caught.value.jobs[0].export_id)
    assert resource.export(api.RESOURCE[kind]).export_id == api.EXPORT_ID
