"""What fails in a run, what the report says about it, and what the next run does."""

import os
from datetime import timedelta

import httpx
import pytest
from prolific_exports import (
    AccessDeniedError,
    ArchiveError,
    CorruptArchiveError,
    Deleted,
    ExportTimeoutError,
    FilterIgnoredError,
    NotDeleted,
    StorageError,
    Sync,
    TargetInUseError,
    TooManyExportsError,
    UsageError,
)
from prolific_exports._sync import _dataset

from sync.datasets import FIRST, answers, endings, hidden_files
from sync.lab import TOKEN, WORKSPACE, Job, moment

pytest.importorskip("deltalake", reason="the extra sync is not installed")


def refused(status):
    return httpx.Response(status, json={"error": {"title": "refused"}})


def test_failing_resource_does_not_stop_the_others(lab, sync, clock, tmp_path):
    lab.refused["c1"] = refused(400)

    report = sync()

    assert endings(report) == {"c1": "failed", "c2": "updated"}
    assert not report.is_complete
    assert answers(tmp_path) == [FIRST[2]]
    lab.refused.clear()
    clock.advance(3600)
    assert endings(sync()) == {"c1": "updated", "c2": "unchanged"}
    assert answers(tmp_path) == FIRST


def test_refused_access_stops_the_workspace(lab, sync):
    lab.add("c3", "s4", moment(3))
    lab.refused["c1"] = refused(403)

    report = sync(in_flight=1)

    # The second export begins before the first one's end is known.
    assert endings(report) == {"c1": "failed", "c2": "updated", "c3": "skipped"}
    assert isinstance(report.resources[2].error, AccessDeniedError)


def test_full_resource_is_blocked_and_reported(lab, sync):
    lab.jobs["c1"] = [
        Job(f"00000000-0000-0000-0000-1{number:011}", moment(1), {}, b"", is_ours=False)
        for number in range(10)
    ]
    lab.refused["c1"] = refused(400)

    report = sync()

    assert endings(report) == {"c1": "blocked", "c2": "updated"}
    [blocked] = [one for one in report.resources if one.ending == "blocked"]
    assert isinstance(blocked.error, TooManyExportsError)
    assert len(lab.jobs["c1"]) == 10
    assert lab.others_deleted == 0


def test_workspace_that_cannot_be_listed_is_reported(lab, sync):
    def watch(request):
        if request.url.params.get("workspace_id") == "other":
            raise AccessDeniedError("no", operation="GET", ref=None, status=403)

    lab.watch = watch

    report = sync(["other", WORKSPACE])

    assert list(report.unlisted) == ["other"]
    assert report.counts == {"updated": 2}
    assert not report.is_complete


def test_window_that_the_server_ignores_is_refused(lab, sync, clock, tmp_path):
    sync()
    clock.advance(3600)
    lab.ignores_filters = True

    report = sync(only=["c1"])

    [one] = report.resources
    assert isinstance(one.error, FilterIgnoredError)
    assert answers(tmp_path) == FIRST
    assert lab.ours() == []
    assert hidden_files(tmp_path) == ["config.json"]


def test_response_without_time_needs_a_complete_export(lab, sync, clock, tmp_path):
    lab.add("c1", "s0", None)
    sync()
    assert ("c1", "s0", "Because.") in answers(tmp_path)
    clock.advance(3600)

    report = sync(only=["c1"])

    [one] = report.resources
    assert isinstance(one.error, ArchiveError)
    assert "reconcile" in str(one.error)
    assert sync(only=["c1"], reconcile=True).counts == {"unchanged": 1}


def test_job_that_cannot_be_deleted_is_reported_and_deleted_by_the_next_run(
    lab, sync, events, tmp_path
):
    lab.undeletable = True

    report = sync(only=["c1"])

    assert [ref.resource_id for ref in report.jobs_left] == ["c1"]
    assert [type(event) for event in events][-1] is NotDeleted
    assert len(lab.ours()) == 1
    lab.undeletable = False
    report = sync(only=["c2"])
    assert report.jobs_left == ()
    assert lab.ours() == []
    assert sum(isinstance(event, Deleted) for event in events) == 2
    assert hidden_files(tmp_path) == ["config.json"]


def test_job_that_another_user_deleted_is_no_problem(lab, sync):
    lab.watch = lambda request: request.method == "DELETE" and lab.jobs.clear()

    assert sync().jobs_left == ()


def test_archive_that_cannot_be_read_deletes_its_job(lab, sync, monkeypatch, tmp_path):
    def broken(work):
        raise ArchiveError(f"damaged: {work.planned.ref.resource_id}")

    monkeypatch.setattr("prolific_exports._sync._readers.work_on", broken)

    report = sync()

    assert report.counts == {"failed": 2}
    assert lab.ours() == []
    assert hidden_files(tmp_path) == ["config.json"]


def test_second_driver_is_refused(make, lab):
    other = make()

    def watch(_request):
        lab.watch = lambda _request: None
        with pytest.raises(TargetInUseError, match=f"process {os.getpid()} on "):
            other.run()

    lab.watch = watch

    assert make().run().is_complete


def test_export_that_takes_too_long_is_taken_up_by_the_next_run(
    lab, sync, monkeypatch, clock, tmp_path
):
    lab.generating = True
    monkeypatch.setattr("prolific_exports._sync._sync._TIMEOUT", 60.0)

    report = sync(only=["c1"])

    [one] = report.resources
    assert isinstance(one.error, ExportTimeoutError)
    assert len(lab.ours()) == 1
    lab.generating = False
    # The job that is there is used; a failed one with our filter is removed.
    [job] = lab.jobs["c1"]
    lab.jobs["c1"] += [
        Job("00000000-0000-0000-0000-200000000000", moment(1), job.filter, b"", status="failed"),
        Job("00000000-0000-0000-0000-100000000000", moment(1), {}, b"", is_ours=False),
    ]
    report = sync(only=["c2"])
    assert endings(report) == {"c1": "updated", "c2": "updated"}
    assert answers(tmp_path) == FIRST
    assert lab.requests["POST"] == 2
    assert lab.ours() == []
    assert len(lab.jobs["c1"]) == 1
    assert hidden_files(tmp_path) == ["config.json"]


@pytest.mark.parametrize(("failing", "ending"), [(1, "updated"), (2, "failed")])
def test_failed_jobs_are_deleted(lab, sync, failing, ending):
    lab.failing = failing

    assert sync(only=["c1"]).counts == {ending: 1}
    assert lab.ours() == []


def test_failed_job_of_a_server_that_keeps_them_is_left(lab, sync):
    lab.has_filters = False
    lab.failing = 1

    assert sync(only=["c1"]).counts == {"updated": 1}
    assert lab.requests["DELETE"] == 0


def test_corrupt_archive_deletes_its_job(lab, sync, events):
    lab.damaged = True

    report = sync(only=["c1"])

    assert isinstance(report.resources[0].error, CorruptArchiveError)
    assert lab.ours() == []


def test_unread_archive_whose_job_remains_is_exported_again(lab, sync, monkeypatch, tmp_path):
    def broken(work):
        raise ArchiveError("damaged")

    with monkeypatch.context() as patch:
        patch.setattr("prolific_exports._sync._readers.work_on", broken)
        lab.undeletable = True
        assert sync(only=["c1"]).counts == {"failed": 1}
    lab.undeletable = False

    report = sync(only=["c2"])

    assert endings(report) == {"c1": "updated", "c2": "updated"}
    assert lab.ours() == []


def test_failures_delete_no_job_of_a_server_that_keeps_them(lab, sync, monkeypatch, tmp_path):
    def broken(work):
        raise ArchiveError("damaged")

    lab.has_filters = False
    lab.refused["c1"] = refused(400)
    monkeypatch.setattr("prolific_exports._sync._readers.work_on", broken)

    assert sync().counts == {"failed": 2}
    assert lab.requests["DELETE"] == 0
    assert hidden_files(tmp_path) == ["config.json"]


def test_server_that_lost_its_filters_finishes_what_was_begun(lab, sync, tmp_path):
    lab.has_filters = False
    with pytest.raises(KeyboardInterrupt):
        interrupted(lab, sync)

    report = sync()

    assert endings(report) == {"c1": "updated", "c2": "updated"}
    assert answers(tmp_path) == FIRST


def interrupted(lab, sync):
    """A run that is interrupted at its first download."""

    def watch(request):
        if request.url.host == "store.example":
            lab.watch = lambda _request: None
            raise KeyboardInterrupt

    lab.watch = watch
    sync(only=["c1"])


def test_damaged_table_is_reported(sync, tmp_path):
    sync()
    for path in (tmp_path / "data" / "answers" / "_delta_log").iterdir():
        path.write_text("{}")

    with pytest.raises(StorageError, match="The table answers of the dataset"):
        sync()


def test_later_layout_is_refused(sync, tmp_path):
    folder = tmp_path / "data" / "_sync"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"layout": 2}')

    with pytest.raises(UsageError, match="has layout 2, and this version"):
        sync()


def test_missing_library_is_reported(sync, monkeypatch):
    def missing(_name):
        raise ModuleNotFoundError

    monkeypatch.setattr(_dataset, "import_module", missing)

    with pytest.raises(UsageError, match=r"prolific-exports\[sync\]"):
        sync()


def test_no_access_to_any_resource_is_an_error(lab, sync):
    lab.gone = {"c1": 404, "c2": 403}

    with pytest.raises(AccessDeniedError):
        sync()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 0}, "rate is 0"),
        ({"rate": 101}, "rate is 101"),
        ({"in_flight": 0}, "in_flight is 0"),
        ({"lag": timedelta(-1)}, "lag is"),
        ({"kind": "study"}, "Unknown kind 'study'"),
        ({"jobs": 33}, "jobs is 33"),
        ({"workers": 0}, "workers is 0"),
    ],
)
def test_invalid_arguments_are_refused(make, options, message):
    with pytest.raises(UsageError, match=message):
        make(**options)


def test_object_store_is_refused():
    with pytest.raises(UsageError, match="address of an object store"):
        Sync("s3://bucket/data", token=TOKEN)
