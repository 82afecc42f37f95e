"""A dataset in a folder, run after run, against an API whose responses change."""

import pickle
from concurrent.futures import ProcessPoolExecutor

import polars as pl
import pytest
from prolific_exports._sync import _run

from sync.datasets import FIRST, answers, endings, hidden_files, table
from sync.lab import SIGNATURE, TOKEN, WORKSPACE, moment

pytest.importorskip("deltalake", reason="the extra sync is not installed")


def test_first_run_exports_everything(lab, sync, tmp_path):
    report = sync()

    assert answers(tmp_path) == FIRST
    assert endings(report) == {"c1": "updated", "c2": "updated"}
    assert report.counts == {"updated": 2}
    assert report.is_complete
    assert report.requests == lab.requests.total() - lab.requests["store"] == 9
    first = report.resources[0]
    assert (first.rows, first.submissions, first.files) == (3, 2, 1)
    assert lab.ours() == []
    assert lab.unfiltered == 0
    assert hidden_files(tmp_path) == ["config.json"]


def test_tables_have_the_documented_columns(sync, tmp_path):
    sync()

    own = {"workspace_id": WORKSPACE, "kind": "collection", "resource_id": "c1"}
    file = table(tmp_path, "files").row(0, named=True)
    assert own.items() <= file.items()
    assert file["key"] == "uploads/collection/c1/s2/i2_0-5bebbea5.png"
    assert (tmp_path / "data" / file["key"]).read_bytes() == b"\x89PNG"
    assert (file["name"], file["path"]) == ("cat.PNG", "files/s2/cat.PNG")
    assert (file["size"], file["crc32"]) == (4, 0x5BEBBEA5)
    submissions = table(tmp_path, "submissions").sort("submission_id")
    assert submissions["rows"].to_list() == [1, 2, 1]
    instructions = table(tmp_path, "instructions").filter(pl.col("resource_id") == "c1")
    assert instructions.select("instruction_id", "type", "description", "position").rows() == [
        ("i1", "free_text", "Why?", 0),
        ("i2", "file_upload", "A picture, please", 1),
    ]
    assert sorted(table(tmp_path)["n"]) == [0, 0, 1, 2]


def test_second_run_exports_the_latest_days_and_replaces_them(lab, sync, clock, tmp_path):
    sync()
    clock.advance(86400)
    lab.add("c1", "s2", moment(19), "Changed.", upload=b"\x89PNG")
    lab.add("c1", "s4", moment(20, 12), "New.")
    # Beyond the lag: only reconciling sees it.
    lab.add("c1", "s1", moment(1), "Too late.")

    report = sync()

    assert answers(tmp_path) == [
        ("c1", "s1", "Because."),
        ("c1", "s2", "Changed."),
        ("c1", "s4", "New."),
        ("c2", "s3", "Because."),
    ]
    assert endings(report) == {"c1": "updated", "c2": "unchanged"}
    assert report.resources[0].ref.filter.from_ == moment(18)
    assert len(table(tmp_path, "files")) == 1
    assert lab.ours() == []


def test_run_without_news_changes_no_table_of_responses(lab, sync, clock, tmp_path):
    sync()
    before = {
        name: sorted((tmp_path / "data" / name).rglob("*.parquet"))
        for name in ("answers", "submissions", "files", "instructions")
    }
    clock.advance(86400)

    report = sync()

    assert endings(report) == {"c1": "unchanged", "c2": "unchanged"}
    for name, files in before.items():
        assert sorted((tmp_path / "data" / name).rglob("*.parquet")) == files
    states = table(tmp_path, "_sync/resources")
    assert states["synced_to"].min() > moment(21, 3) > states["news_at"].max() > moment(20)


def test_deleted_responses_disappear_within_the_window(lab, sync, clock, tmp_path):
    sync()
    clock.advance(3600)
    lab.submissions["c1"].pop()
    lab.submissions["c2"].pop()

    report = sync()

    assert answers(tmp_path) == [FIRST[0], FIRST[2]]
    assert endings(report) == {"c1": "updated", "c2": "unchanged"}


def test_reconciling_replaces_everything(lab, sync, clock, tmp_path):
    sync()
    clock.advance(3600)
    lab.submissions["c2"].pop()
    lab.add("c1", "s1", moment(1), "Changed long ago.")

    report = sync(reconcile=True)

    assert answers(tmp_path) == [("c1", "s1", "Changed long ago."), FIRST[1]]
    assert report.counts == {"updated": 2}


def test_quiet_resource_is_exported_less_often(lab, sync, clock, tmp_path):
    sync()
    clock.advance(30 * 86400)
    assert sync().counts == {"unchanged": 2}
    clock.advance(86400)

    report = sync()

    assert (report.counts, report.not_due) == ({}, 2)
    assert sync(reconcile=True).counts == {"unchanged": 2}


def test_selection_of_kind_and_ids(lab, sync, tmp_path):
    assert sync(kind="batch").resources == ()
    assert endings(sync(only=["c2"])) == {"c2": "updated"}
    # Without workspaces: all of the account.
    assert endings(sync([])) == {"c1": "updated", "c2": "unchanged"}


def test_uploads_are_not_copied_if_not_wanted(sync, tmp_path):
    sync(files=False)

    assert table(tmp_path, "files")["key"].to_list() == [None]
    assert not (tmp_path / "data" / "uploads").exists()


def test_equal_upload_is_copied_once(lab, sync, clock, tmp_path):
    sync()
    path = tmp_path / "data" / table(tmp_path, "files")["key"][0]
    before = path.stat().st_mtime_ns
    clock.advance(3600)
    lab.add("c1", "s2", moment(19), "Changed.", upload=b"\x89PNG")

    sync()

    assert path.stat().st_mtime_ns == before
    clock.advance(3600)
    path.write_bytes(b"damaged")
    lab.add("c1", "s2", moment(19), "Changed again.", upload=b"\x89PNG")
    sync()
    assert path.read_bytes() == b"\x89PNG"


def test_unusual_ids_become_hashes_in_keys(lab, sync, tmp_path):
    lab.add("c1", "../../up", moment(19), upload=b"1")
    sync()

    keys = table(tmp_path, "files")["key"].to_list()
    assert sum("/~" in key for key in keys) == 1
    assert not any(".." in key for key in keys)


@pytest.mark.parametrize("status", [404, 405])
def test_server_without_filters_is_exported_completely(lab, sync, clock, tmp_path, status):
    lab.has_filters = False
    lab.without_lists = status
    sync()
    clock.advance(3600)
    lab.add("c1", "s1", moment(1), "Changed long ago.")

    report = sync()

    assert answers(tmp_path)[0] == ("c1", "s1", "Changed long ago.")
    assert endings(report) == {"c1": "updated", "c2": "unchanged"}
    assert lab.requests["DELETE"] == 0
    assert hidden_files(tmp_path) == ["config.json"]


@pytest.mark.parametrize("status", [404, 403])
def test_resource_that_is_gone_hides_no_filters(lab, sync, status):
    lab.gone["c1"] = status

    assert sync().counts == {"updated": 2}
    assert lab.unfiltered == 0


def test_progress_is_reported(lab, sync):
    reported = []

    sync(on_progress=reported.append)

    assert {one.limited_by for one in reported} <= {"generation", "rate", "transfers"}
    assert reported


def test_small_waves_and_plans_give_the_same_dataset(lab, sync, monkeypatch, tmp_path):
    for number in range(7):
        lab.add(f"d{number}", "s9", moment(3))
    monkeypatch.setattr(_run, "WAVE_SIZE", 2)
    monkeypatch.setattr(_run, "_PLAN_SIZE", 3)

    report = sync(in_flight=2)

    assert report.counts == {"updated": 9}
    assert len(answers(tmp_path)) == 10
    assert lab.ours() == []
    assert hidden_files(tmp_path) == ["config.json"]


def test_processes_give_the_same_tables_and_get_no_secret(lab, sync, tmp_path, monkeypatch):
    sent = []
    submit = ProcessPoolExecutor.submit

    def spy(pool, function, work):
        sent.append(pickle.dumps(work) + repr(work).encode())
        return submit(pool, function, work)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", spy)

    sync(executor=None, workers=1)

    assert answers(tmp_path) == FIRST
    assert len(sent) == 2
    written = [path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()]
    for content in (*sent, *written):
        assert TOKEN.encode() not in content
        assert SIGNATURE.encode() not in content


def test_submission_without_answers_has_a_row(lab, sync, tmp_path):
    lab.add("c2", "s5", moment(19), None)
    sync()

    rows = table(tmp_path).filter(pl.col("submission_id") == "s5")
    assert rows["instruction_id"].to_list() == [None]


def test_preview_lists_what_is_due_and_writes_nothing(lab, make, clock, tmp_path):
    report = make().preview()

    assert endings(report) == {"c1": "due", "c2": "due"}
    assert report.requests == 6
    assert (report.ended_at - report.began_at).total_seconds() == 6 / 100
    assert lab.requests["POST"] == 0
    assert not (tmp_path / "data").exists()

    make().run()
    clock.advance(30 * 86400)
    make().run()
    report = make().preview()
    assert (report.resources, report.not_due, report.requests) == ((), 2, 0)


def test_preview_of_a_server_without_filters_counts_no_deletions(lab, make):
    lab.has_filters = False

    assert make().preview().requests == 4
