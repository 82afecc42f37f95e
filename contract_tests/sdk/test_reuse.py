"""``reuse``: an earlier archive or job in place of a new export."""

import io
import json
import os
import zipfile
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from helpers import api
from prolific_exports import (
    ExportFilter,
    Exports,
    Requested,
    Restarted,
    Reused,
    Saved,
    TargetExistsError,
    UsageError,
    download,
)

STUDY = "65a1b2c3d4e5f6a7b8c9d0e1"
# The clock of the tests begins at 10:00.
TWO_HOURS_AGO = "2026-03-20T08:00:00Z"
HOUR = timedelta(hours=1)
DEFAULT_NAME = "{}-export-20260320-070000.zip"


def archive_of(kind, resource_id=None, exported_at=TWO_HOURS_AGO, value="Because"):
    about = {f"{kind}_id": resource_id or api.RESOURCE[kind], "name": "Reasons"}
    if exported_at is not None:
        about["exported_at"] = exported_at
    records = "responses.jsonl" if kind == "collection" else "responses-by-submission.jsonl"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"root/{records}", json.dumps({"submission_id": value}) + "\n")
        archive.writestr(f"root/{kind}.json", json.dumps(about))
    return buffer.getvalue()


@pytest.fixture
def there(tmp_path, kind):
    """An archive at the destination."""
    path = tmp_path / "data.zip"
    path.write_bytes(archive_of(kind))
    return path


@pytest.fixture
def fetched(router, kind, store):
    """The archive that the store has."""
    content = archive_of(kind, value="new")
    store.mock(return_value=api.stored(content))
    return content


@pytest.fixture
def jobs(router, kind):
    """The list of jobs; empty."""
    return router.get(api.post_url(kind)).mock(return_value=api.jobs())


@pytest.fixture
def status(get):
    """The job's status: complete."""
    return get


def download_to(resource, kind, path, **options):
    return resource.download(api.RESOURCE[kind], path, **options)


def kinds(events):
    return [type(event).__name__ for event in events]


# A file at the destination


@pytest.mark.parametrize("reuse", [True, timedelta(hours=2), timedelta(days=9)])
def test_file_at_the_destination_is_returned_without_a_request(
    router, resource, kind, there, events, reuse
):
    content = there.read_bytes()

    archive = download_to(resource, kind, there, reuse=reuse)

    assert archive.path == there
    assert there.read_bytes() == content
    assert len(router.calls) == 0
    (event,) = events
    assert (event.ref.resource_id, event.path, event.size) == (
        api.RESOURCE[kind],
        there,
        len(content),
    )


def test_newest_file_with_a_default_name_is_found_in_a_folder(router, resource, kind, tmp_path):
    resource_id = api.RESOURCE[kind]
    names = [f"{resource_id}-export-2026031{day}-070000.zip" for day in (7, 9, 8)]
    others = [
        f"{resource_id}-export-20260320-070000-study-{STUDY}.zip",
        f"{resource_id}-export-20260320-070000 (1).zip",
        f"x{resource_id}-export-20260320-070000.zip",
        "z.zip",
    ]
    for name in (*names, *others):
        (tmp_path / name).write_bytes(archive_of(kind))

    assert download_to(resource, kind, tmp_path, reuse=True).path == tmp_path / names[1]
    filtered = download_to(resource, kind, tmp_path, study_id=STUDY, reuse=True)
    assert filtered.path == tmp_path / others[0]
    assert len(router.calls) == 0


def test_file_in_the_working_directory_is_found_without_a_path(
    router, resource, kind, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    name = DEFAULT_NAME.format(api.RESOURCE[kind])
    (tmp_path / name).write_bytes(archive_of(kind))

    assert str(download_to(resource, kind, None, reuse=True).path) == name
    assert len(router.calls) == 0


def test_names_do_not_tell_fractions_of_a_second(
    router, resource, kind, tmp_path, post, status, fetched, jobs
):
    moment = datetime(2026, 3, 1, 9, 0, 0, 5, tzinfo=UTC)
    label = ExportFilter(from_=moment).label
    name = f"{api.RESOURCE[kind]}-export-20260320-070000-{label}.zip"
    (tmp_path / name).write_bytes(archive_of(kind))
    jobs.mock(return_value=api.jobs(api.listed(filter_={"from": "2026-03-01T09:00:00.000005Z"})))

    found = resource.download(api.RESOURCE[kind], tmp_path, from_=moment, reuse=True)

    assert found.path.name != name


def refusal(resource, kind, there, **options):
    with pytest.raises(TargetExistsError) as raised:
        download_to(resource, kind, there, **options)
    message = str(raised.value)
    assert str(there) in message
    return message.partition(" The existing file was not used: ")[2]


def test_old_file_is_not_used(router, resource, kind, there):
    assert refusal(resource, kind, there, reuse=HOUR) == "It is older than 1:00:00."
    assert len(router.calls) == 0


def test_damaged_file_is_not_used(resource, kind, there):
    content = bytearray(there.read_bytes())
    at = content.index(b"Because")
    content[at] ^= 1
    there.write_bytes(content)

    assert "checksum" in refusal(resource, kind, there, reuse=True)
    # Without verification, checksums of members that are not read do not count.
    assert download_to(resource, kind, there, reuse=True, verify=False).path == there


def test_file_that_is_no_archive_is_not_used(resource, kind, there):
    there.write_bytes(b"no ZIP")

    assert "ZIP" in refusal(resource, kind, there, reuse=True)


def test_archive_of_another_resource_is_not_used(resource, kind, there):
    there.write_bytes(archive_of(kind, "another"))

    assert refusal(resource, kind, there, reuse=True) == (
        f"{there} is the archive of {kind} another, not of {kind} {api.RESOURCE[kind]}."
    )


def test_archive_of_the_other_kind_is_not_used(resource, kind, there):
    there.write_bytes(archive_of("batch" if kind == "collection" else "collection"))

    assert "not of" in refusal(resource, kind, there, reuse=True)


def test_archive_of_unknown_kind_is_not_used(resource, kind, there):
    there.write_bytes(api.ARCHIVE)

    assert "the archive of another export" in refusal(resource, kind, there, reuse=True)


def test_file_without_a_time_is_as_old_as_it_was_modified(resource, kind, there):
    there.write_bytes(archive_of(kind, exported_at=None))
    moment = datetime(2026, 3, 20, 8, 0, tzinfo=UTC).timestamp()
    os.utime(there, (moment, moment))

    assert "older" in refusal(resource, kind, there, reuse=HOUR)
    assert download_to(resource, kind, there, reuse=2 * HOUR).path == there


def test_without_reuse_an_existing_file_is_an_error(resource, kind, there):
    assert refusal(resource, kind, there) == ""


def test_old_file_is_replaced_with_overwrite(
    resource, kind, there, post, status, fetched, jobs, events
):
    resource.download(api.RESOURCE[kind], there, reuse=HOUR, overwrite=True)

    assert there.read_bytes() == fetched
    assert "Saved" in kinds(events)


def test_recent_file_is_not_replaced_with_overwrite(router, resource, kind, there):
    assert download_to(resource, kind, there, reuse=True, overwrite=True).path == there
    assert len(router.calls) == 0


def test_missing_file_is_no_refusal(resource, kind, tmp_path, post, status, fetched, jobs):
    found = resource.download(api.RESOURCE[kind], tmp_path / "data.zip", reuse=True)

    assert found.path.read_bytes() == fetched


# The filter of a file


def test_file_with_another_filter_is_not_used(
    resource, kind, tmp_path, post, status, fetched, jobs, router
):
    path = tmp_path / "data.zip"
    jobs.mock(return_value=api.jobs(api.listed(filter_={"study_id": STUDY})))
    resource.download(api.RESOURCE[kind], path, study_id=STUDY)
    sent = len(router.calls)

    assert download_to(resource, kind, path, study_id=STUDY, reuse=True).path == path
    for other in ({}, {"study_id": "another"}):
        assert refusal(resource, kind, path, reuse=True, **other) == (
            "It was exported with another filter."
        )
    assert len(router.calls) == sent


def test_file_without_a_filter_is_not_used_for_one(resource, kind, there):
    assert "another filter" in refusal(resource, kind, there, study_id=STUDY, reuse=True)


def test_record_of_the_filter_goes_with_the_file(
    resource, kind, tmp_path, post, status, fetched, jobs
):
    path = tmp_path / "data.zip"
    jobs.mock(return_value=api.jobs(api.listed(filter_={"study_id": STUDY})))
    resource.download(api.RESOURCE[kind], path, study_id=STUDY)
    assert {one.name for one in tmp_path.iterdir()} == {
        "data.zip",
        ".prolific-data.zip.filter.json",
    }
    resource.download(api.RESOURCE[kind], path, overwrite=True)

    assert {one.name for one in tmp_path.iterdir()} == {"data.zip"}
    assert download_to(resource, kind, path, reuse=True).path == path


def test_default_names_need_no_record_of_the_filter(
    resource, kind, tmp_path, post, status, fetched, jobs
):
    jobs.mock(return_value=api.jobs(api.listed(filter_={"study_id": STUDY})))
    path = resource.download(api.RESOURCE[kind], tmp_path, study_id=STUDY).path

    assert list(tmp_path.iterdir()) == [path]


def test_record_that_cannot_be_written_does_not_matter(
    resource, kind, tmp_path, post, status, fetched, jobs
):
    path = tmp_path / "data.zip"
    (tmp_path / ".prolific-data.zip.filter.json").mkdir()

    assert resource.download(api.RESOURCE[kind], path).path == path
    # What the folder says of the filter is not known.
    assert refusal(resource, kind, path, reuse=True) != ""


# A complete job


def test_recent_complete_job_is_downloaded_without_a_new_one(
    router, resource, kind, tmp_path, post, fetched, jobs, events
):
    other_ids = api.job_ids(3)
    jobs.mock(
        return_value=api.jobs(
            api.listed(other_ids[0], "generating"),
            api.listed(other_ids[1], "failed"),
            api.listed(other_ids[2], filter_={"study_id": STUDY}),
            api.listed(api.OTHER_EXPORT_ID, created_at="2026-03-20T09:30:00Z"),
            api.listed(created_at="2026-03-20T09:00:00Z"),
        )
    )
    polled = router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.complete())

    found = download_to(resource, kind, tmp_path / "data.zip", reuse=HOUR)

    assert found.path.read_bytes() == fetched
    assert (polled.call_count, post.call_count, jobs.call_count) == (1, 0, 1)
    assert kinds(events)[0] == "Reused"
    assert events[0] == Reused(events[0].ref, None, None)
    assert events[0].ref.export_id == api.OTHER_EXPORT_ID
    assert any(isinstance(event, Saved) for event in events)


def test_job_with_the_same_filter_is_downloaded_and_not_checked_again(
    router, resource, kind, tmp_path, post, status, fetched, jobs
):
    jobs.mock(
        return_value=api.jobs(
            api.listed(api.OTHER_EXPORT_ID), api.listed(filter_={"study_id": STUDY})
        )
    )

    download_to(resource, kind, tmp_path / "data.zip", study_id=STUDY, reuse=True)

    assert (post.call_count, jobs.call_count) == (0, 1)


@pytest.mark.parametrize(
    ("created_at", "date", "is_used"),
    [
        ("2026-03-20T09:00:00Z", None, True),
        ("2026-03-20T08:59:59Z", None, False),
        # The server's clock counts: here it is an hour ahead.
        ("2026-03-20T09:30:00Z", "Fri, 20 Mar 2026 11:00:00 GMT", False),
        ("2026-03-20T10:00:00Z", "Fri, 20 Mar 2026 11:00:00 GMT", True),
    ],
)
def test_age_of_a_job_is_by_the_servers_clock(
    resource, kind, tmp_path, post, status, fetched, jobs, created_at, date, is_used
):
    headers = {} if date is None else {"Date": date}
    jobs.mock(return_value=api.jobs(api.listed(created_at=created_at), **headers))

    download_to(resource, kind, tmp_path / "data.zip", reuse=HOUR)

    assert post.call_count == (0 if is_used else 1)


@pytest.mark.parametrize("code", [404, 405])
def test_servers_without_a_list_are_asked_for_an_export(
    resource, kind, tmp_path, post, status, fetched, jobs, code
):
    """In edition 2026-03, the response to POST has a recent export."""
    jobs.mock(return_value=httpx.Response(code))

    download_to(resource, kind, tmp_path / "data.zip", reuse=True)

    assert post.call_count == 1


def test_without_reuse_no_job_is_looked_for(resource, kind, tmp_path, post, status, fetched, jobs):
    download_to(resource, kind, tmp_path / "data.zip")

    assert (post.call_count, jobs.call_count) == (1, 0)


def test_job_that_was_deleted_meanwhile_is_replaced(
    router, resource, kind, tmp_path, post, status, fetched, jobs, events
):
    jobs.mock(return_value=api.jobs(api.listed(api.OTHER_EXPORT_ID)))
    router.get(api.get_url(kind, api.OTHER_EXPORT_ID)).mock(return_value=api.error(404))

    download_to(resource, kind, tmp_path / "data.zip", reuse=True)

    assert (post.call_count, jobs.call_count) == (1, 1)
    assert {type(event) for event in events} >= {Reused, Restarted, Requested}


# Many, and the arguments


def test_many_downloads_use_files_and_jobs(router, resource, kind, there, exports, tmp_path):
    name = DEFAULT_NAME.format(api.RESOURCE[kind])
    there.rename(tmp_path / name)

    (one,) = resource.download_many([api.RESOURCE[kind]], tmp_path, reuse=True)
    (other,) = exports.download_many([one.ref], tmp_path, reuse=True)

    assert one.archive.path == other.archive.path == tmp_path / name
    assert len(router.calls) == 0


def test_function_download_takes_it(router, there, kind, monkeypatch):
    monkeypatch.setenv("PROLIFIC_URL", api.BASE)

    assert download(kind, api.RESOURCE[kind], there, token="t0ken", reuse=True).path == there
    assert len(router.calls) == 0


@pytest.mark.parametrize("reuse", [timedelta(0), timedelta(-1), 6, "6h", None])
def test_other_values_are_refused(resource, kind, reuse):
    with pytest.raises(UsageError, match="timedelta"):
        resource.download(api.RESOURCE[kind], reuse=reuse)


def test_running_all_cells_twice_costs_one_export(
    kind, tmp_path, post, status, fetched, jobs, clock
):
    for _ in range(2):
        with Exports("t0ken", base_url=api.BASE, clock=clock, save_codebooks=False) as exports:
            resource = getattr(exports, api.PLURAL[kind])
            found = resource.download(api.RESOURCE[kind], tmp_path / "data.zip", reuse=True)
            assert found.path.read_bytes() == fetched
        post.mock(side_effect=AssertionError)
        status.mock(side_effect=AssertionError)
        jobs.mock(side_effect=AssertionError)
