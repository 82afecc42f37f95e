"""Filtered exports: what is asked for, that it is in effect, and where the data goes."""

import json
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import httpx
import pytest
from helpers import api
from helpers.transfers import SIZE, interrupted, names_in, part
from prolific_exports import (
    AccessDeniedError,
    Complete,
    ExportFilter,
    ExportTimeoutError,
    FilterIgnoredError,
    NotFoundError,
    Requested,
    Resuming,
    Saved,
    ServerError,
    UsageError,
    download,
)

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
STUDY = "65a1b2c3d4e5f6a7b8c9d0e1"
ASKED = {"study_id": STUDY, "from_": MARCH, "to": APRIL}
LISTED = {"study_id": STUDY, "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
FILTER = ExportFilter(STUDY, MARCH, APRIL)


@pytest.fixture
def listing(router, kind):
    return router.get(api.post_url(kind)).mock(
        return_value=api.jobs(api.listed(status="generating", filter_=LISTED))
    )


def test_conditions_are_sent_in_the_query(resource, kind, post, listing):
    job = resource.export(api.RESOURCE[kind], **ASKED)
    query = post.calls.last.request.url.params
    assert dict(query) == {
        "study_id": STUDY,
        "from": "2026-03-01T00:00:00+00:00",
        "to": "2026-04-01T00:00:00+00:00",
    }
    assert "+" not in str(post.calls.last.request.url), "a plus sign would be read as a space"
    assert not post.calls.last.request.content
    assert job.ref.filter == FILTER
    assert job.export_id == api.EXPORT_ID
    assert STUDY in repr(job)


@pytest.mark.parametrize("name", ["study_id", "from_", "to"])
def test_single_condition_is_sent(router, resource, kind, post, name):
    listed = {name.rstrip("_"): LISTED[name.rstrip("_")]}
    router.get(api.post_url(kind)).mock(return_value=api.jobs(api.listed(filter_=listed)))
    resource.export(api.RESOURCE[kind], **{name: ASKED[name]})
    assert list(post.calls.last.request.url.params) == list(listed)


def test_request_without_filter_sends_no_query_and_lists_no_jobs(resource, kind, post, listing):
    job = resource.export(api.RESOURCE[kind])
    assert not post.calls.last.request.url.query
    assert not listing.called
    assert job.ref.filter is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"from_": datetime(2026, 3, 1)}, "has no time zone"),  # noqa: DTZ001 - that is the mistake
        ({"to": datetime(2026, 3, 1)}, "has no time zone"),  # noqa: DTZ001
        ({"from_": APRIL, "to": MARCH}, "must be later"),
        ({"from_": MARCH, "to": MARCH}, "must be later"),
        ({"study_id": "../x"}, "is not the id of a study"),
    ],
)
def test_invalid_filter_is_refused_before_any_request(router, resource, tmp_path, wrong, says):
    for ask in (
        lambda: resource.export("1", **wrong),
        lambda: resource.download("1", tmp_path, **wrong),
        lambda: resource.job("1", "2", **wrong),
    ):
        with pytest.raises(UsageError, match=says):
            ask()
    assert not router.calls


def test_filter_is_confirmed_once_by_the_list(resource, kind, post, listing, get, events):
    job = resource.export(api.RESOURCE[kind], **ASKED)
    job.wait()
    job.status()
    assert listing.call_count == 1
    assert events[0] == Requested(job.ref, "generating")


def test_listed_id_is_matched_without_case(router, resource, kind, post):
    router.get(api.post_url(kind)).mock(
        return_value=api.jobs(api.listed(api.EXPORT_ID.upper(), filter_={"study_id": "another"}))
    )
    with pytest.raises(FilterIgnoredError, match="study another"):
        resource.export(api.RESOURCE[kind], **ASKED)


def test_unlisted_job_is_accepted(router, resource, kind, post, get):
    router.get(api.post_url(kind)).mock(
        return_value=api.jobs(api.listed(api.OTHER_EXPORT_ID, filter_=None))
    )
    assert resource.export(api.RESOURCE[kind], **ASKED).wait().url == api.SIGNED


@pytest.mark.parametrize("status", [404, 405, 501])
def test_server_without_lists_cannot_filter(router, resource, kind, post, store, tmp_path, status):
    """Edition 2026-03 ignores a query that it does not know, and its 202 looks the same."""
    router.get(api.post_url(kind)).mock(return_value=api.error(status))
    with pytest.raises(FilterIgnoredError, match="edition 2026-03 have no filters") as caught:
        resource.download(api.RESOURCE[kind], tmp_path, **ASKED)
    assert caught.value.ref.export_id == api.EXPORT_ID
    assert caught.value.ref.filter == FILTER
    assert post.call_count == 1
    assert not store.called
    assert names_in(tmp_path) == []


def test_export_ready_at_once_does_not_match_a_filter(
    resource, kind, post, store, listing, tmp_path
):
    """Edition 2026-11 never uses a complete job again: so this one is not filtered."""
    post.mock(return_value=api.complete())
    with pytest.raises(
        FilterIgnoredError, match="returned an earlier export. Servers of edition 2026-03"
    ):
        resource.download(api.RESOURCE[kind], tmp_path, **ASKED)
    with pytest.raises(FilterIgnoredError):
        resource.export(api.RESOURCE[kind], **ASKED)
    assert not store.called
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, "none"),
        ({"study_id": "65a2"}, "study 65a2"),
        ({**LISTED, "to": "2026-05-01T00:00:00Z"}, "to 2026-05-01T00:00:00Z"),
    ],
)
def test_job_with_another_filter_is_refused(
    router, resource, kind, post, get, store, tmp_path, found, shown
):
    router.get(api.post_url(kind)).mock(return_value=api.jobs(api.listed(filter_=found)))
    with pytest.raises(FilterIgnoredError, match=f"another filter on the server: .*{shown}"):
        resource.download(api.RESOURCE[kind], tmp_path, **ASKED)
    assert not store.called
    named = resource.job(api.RESOURCE[kind], api.EXPORT_ID, **ASKED)
    for ask in (named.status, named.wait, named.wait):
        with pytest.raises(FilterIgnoredError):
            ask()


def test_server_message_about_a_filter_is_shown_without_secrets(router, resource, kind, post):
    listed = api.listed(filter_={"study_id": "t0ken-of-a-test", "link": f"see {api.SIGNED}"})
    router.get(api.post_url(kind)).mock(return_value=api.jobs(listed))
    with pytest.raises(FilterIgnoredError) as caught:
        resource.export(api.RESOURCE[kind], **ASKED)
    assert "t0ken-of-a-test" not in str(caught.value)
    assert "5ecret" not in str(caught.value)


def test_unconfirmed_filter_error_names_the_job(router, resource, kind, post):
    listing = router.get(api.post_url(kind)).mock(return_value=api.error(403))
    with pytest.raises(AccessDeniedError) as refused:
        resource.export(api.RESOURCE[kind], **ASKED)
    assert refused.value.ref.export_id == api.EXPORT_ID
    listing.mock(return_value=api.error(500))
    with pytest.raises(ServerError):
        resource.export(api.RESOURCE[kind], **ASKED)
    listing.mock(side_effect=[api.error(503), api.jobs(api.listed(filter_=LISTED))])
    assert resource.export(api.RESOURCE[kind], **ASKED).export_id == api.EXPORT_ID


def test_confirmation_ends_at_the_deadline(router, resource, kind, post):
    router.get(api.post_url(kind)).mock(return_value=api.error(429, **{"Retry-After": "3600"}))
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID, **ASKED)
    router.get(api.get_url(kind)).mock(return_value=api.generating())
    with pytest.raises(ExportTimeoutError):
        job.wait(timeout=60)


def test_missing_named_job_is_not_attributed_to_the_filter(router, resource, kind):
    router.get(api.get_url(kind)).mock(return_value=api.error(404))
    with pytest.raises(NotFoundError):
        resource.job(api.RESOURCE[kind], api.EXPORT_ID, **ASKED).wait()


def test_replacement_is_requested_with_the_filter_and_confirmed(
    router, resource, kind, post, listing
):
    post.mock(side_effect=[api.generating(), api.generating(api.OTHER_EXPORT_ID)])
    router.get(api.get_url(kind)).mock(return_value=api.failed())
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())
    listing.mock(
        return_value=api.jobs(
            api.listed(api.OTHER_EXPORT_ID, filter_=LISTED),
            api.listed(status="failed", filter_=LISTED),
        )
    )
    assert isinstance(resource.export(api.RESOURCE[kind], **ASKED).wait(), Complete)
    assert [dict(call.request.url.params)["study_id"] for call in post.calls] == [STUDY] * 2
    assert listing.call_count == 2


def test_failed_request_confirms_nothing(resource, kind, post, listing):
    post.mock(return_value=api.failed())
    job = resource.export(api.RESOURCE[kind], **ASKED)
    assert job.export_id is None
    assert not listing.called


def test_default_name_contains_the_filter(resource, kind, post, listing, get, store, tmp_path):
    archive = resource.download(api.RESOURCE[kind], tmp_path, **ASKED)
    assert names_in(tmp_path) == [archive.path.name]
    label = f"-study-{STUDY}-from-20260301T000000Z-to-20260401T000000Z.zip"
    assert archive.path.name.startswith(f"{api.RESOURCE[kind]}-export-202603")
    assert archive.path.name.endswith(label)


def test_too_long_default_name_has_a_key_instead(router, resource, kind, tmp_path, store):
    study = "s" * 200
    router.post(api.post_url(kind)).mock(return_value=api.generating())
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    router.get(api.post_url(kind)).mock(
        return_value=api.jobs(api.listed(filter_={"study_id": study}))
    )
    archive = resource.download(api.RESOURCE[kind], tmp_path, study_id=study)
    assert archive.path.name.endswith(f"-filter-{ExportFilter(study).key}.zip")


@pytest.fixture
def run(clients, kind, clock, events):
    """Downloads with a client of its own, as another process would."""

    def run(path, export_id=None, **asked):
        exports = clients.make(
            base_url=api.BASE, clock=clock, random=Random(7), on_event=events.append
        )
        resource = getattr(exports, api.PLURAL[kind])
        if export_id is not None:
            return resource.job(api.RESOURCE[kind], export_id, **asked).download(path)
        return resource.download(api.RESOURCE[kind], path, **asked)

    return run


def test_downloads_with_different_filters_use_separate_files(
    router, run, kind, post, listing, get, store, tmp_path, events
):
    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, **ASKED)
    stem = f".prolific-{kind}-{api.RESOURCE[kind]}+{FILTER.key}"
    assert names_in(tmp_path) == [f"{stem}.json", f"{stem}.part"]
    record = json.loads((tmp_path / f"{stem}.json").read_bytes())
    assert (record["filter"], record["export_id"]) == (LISTED, api.EXPORT_ID)

    other = f"b{api.EXPORT_ID[1:]}"
    post.mock(return_value=api.generating(other))
    router.get(api.get_url(kind, other)).mock(return_value=api.complete())
    store.mock(return_value=api.stored())
    run(tmp_path / "all.zip")
    listing.mock(
        return_value=api.jobs(
            api.listed(other, filter_={"study_id": STUDY}), api.listed(filter_=LISTED)
        )
    )
    run(tmp_path / "study.zip", study_id=STUDY)
    assert not [event for event in events if isinstance(event, Resuming)]

    post.mock(side_effect=AssertionError("the job is known"))
    store.mock(side_effect=[part()])
    berlin = timezone(timedelta(hours=1))
    archive = run(tmp_path, **{**ASKED, "from_": MARCH.astimezone(berlin)})
    assert archive.path.read_bytes() == api.ARCHIVE
    assert [event.received for event in events if isinstance(event, Resuming)] == [SIZE // 2]
    record = ".prolific-study.zip.filter.json"
    assert names_in(tmp_path) == sorted([record, "all.zip", "study.zip", archive.path.name])


def test_named_job_with_its_filter_resumes(run, post, listing, get, store, tmp_path, events):
    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, **ASKED)
    store.mock(side_effect=[part()])
    archive = run(tmp_path, api.EXPORT_ID, **ASKED)
    assert archive.path.read_bytes() == api.ARCHIVE
    assert post.call_count == 1
    assert isinstance(events[-1], Saved)
    assert [event.received for event in events if isinstance(event, Resuming)] == [SIZE // 2]


def test_download_function_accepts_a_filter(router, monkeypatch, tmp_path):
    monkeypatch.setenv("PROLIFIC_URL", api.BASE)
    post = router.post(api.post_url("batch")).mock(return_value=api.generating())
    router.get(api.post_url("batch")).mock(return_value=api.jobs(api.listed(filter_=LISTED)))
    router.get(api.get_url("batch")).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    delete = router.delete(api.get_url("batch")).mock(return_value=httpx.Response(204))
    monkeypatch.setattr("prolific_exports._model._clock.time.sleep", lambda _: None)
    download("batch", api.BATCH, tmp_path / "x.zip", token="t", delete_after=True, **ASKED)
    assert post.calls.last.request.url.params["study_id"] == STUDY
    assert delete.call_count == 1
