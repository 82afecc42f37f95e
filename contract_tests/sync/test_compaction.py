"""Merging the files of many runs, and removing those that nothing needs."""

import os
import shutil

import pytest
from prolific_exports._sync._dataset import Dataset

from sync.datasets import answers, hidden_files, table
from sync.lab import moment

deltalake = pytest.importorskip("deltalake", reason="the extra sync is not installed")


@pytest.fixture
def runs(lab, sync, clock):
    """Makes three runs with news."""

    def run():
        for number in range(3):
            clock.advance(3600)
            lab.add("c1", "s2", moment(19), f"Answer {number}.", upload=b"%d" % number)
            sync()

    return run


def made_before(folder, when):
    """Let all files be as old as this."""
    for path in folder.rglob("*"):
        os.utime(path, (when.timestamp(), when.timestamp()))


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_files_of_a_table_are_merged_and_the_rows_stay(runs, make, sync, clock, lab, tmp_path):
    runs()
    lab.add("x1", "s9", moment(19))
    sync(only=["x1"])
    before = answers(tmp_path)
    folder = tmp_path / "data" / "answers"
    assert len(deltalake.DeltaTable(str(folder)).file_uris()) > 1

    make().compact()

    assert len(deltalake.DeltaTable(str(folder)).file_uris()) == 1
    assert answers(tmp_path) == before
    assert hidden_files(tmp_path) == ["config.json"]
    # The number of the last wave is still known.
    assert Dataset(tmp_path / "data").wave("answers") == 4
    clock.advance(3600)
    lab.add("c1", "s2", moment(19), "Changed.")
    assert sync().counts == {"updated": 1, "unchanged": 2}
    assert ("c1", "s2", "Changed.") in answers(tmp_path)


def test_uploads_that_no_answer_names_are_removed_after_a_week(runs, make, clock, tmp_path):
    runs()
    uploads = tmp_path / "data" / "uploads"
    assert len(files_of(uploads)) == 3
    made_before(uploads, clock.now())
    make().compact()
    assert len(files_of(uploads)) == 3

    clock.advance(8 * 86400)
    make().compact()

    [left] = files_of(uploads)
    assert left.relative_to(tmp_path / "data").as_posix() == table(tmp_path, "files")["key"][0]


def test_folder_of_a_submission_without_uploads_is_removed(runs, lab, make, sync, clock, tmp_path):
    runs()
    clock.advance(3600)
    lab.add("c1", "s2", moment(19), "No picture.")
    sync()
    uploads = tmp_path / "data" / "uploads"
    made_before(uploads, moment(1))

    make().compact()

    assert files_of(uploads) == []
    assert not (uploads / "collection" / "c1" / "s2").exists()


def test_new_dataset_has_nothing_to_merge(make, tmp_path):
    make().compact()

    assert hidden_files(tmp_path) == ["config.json"]
    shutil.rmtree(tmp_path / "data")
