"""A folder as a storage, and what the dataset leaves in it."""

from datetime import UTC, datetime

import pytest
from prolific_exports import ExportRef, StorageError
from prolific_exports._sync._export_queue import PlannedExport
from prolific_exports._sync._parts import RECEIPTS
from prolific_exports._sync._receipts import (
    Receipt,
    plan_content,
    read_plan,
    read_receipt,
    receipt_record,
    to_json,
    window,
)
from prolific_exports._sync._storage import LocalFolder
from prolific_exports._sync._waves import LeftWork, Waves

FROM, TO = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 20, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def storage(tmp_path):
    return LocalFolder(tmp_path / "data")


def test_key_is_written_once(storage):
    assert storage.get("a/b") is None
    assert storage.put_if_absent("a/b", b"1")
    assert not storage.put_if_absent("a/b", b"2")

    assert storage.get("a/b") == b"1"
    storage.delete("a/b")
    storage.delete("a/b")
    assert storage.get("a/b") is None


def test_list_has_the_files_of_a_folder(storage):
    assert storage.list("a") == []
    for key in ("a/2", "a/1", "a/.hidden", "a/b/3"):
        storage.put_if_absent(key, b"")

    assert storage.list("a") == ["a/1", "a/2"]


def test_failures_name_the_file(storage):
    storage.put_if_absent("a", b"")

    for act in (storage.get, storage.list, lambda key: storage.put_if_absent(key, b"")):
        with pytest.raises(StorageError, match="of the dataset is not accessible"):
            act("a/b")


@pytest.mark.parametrize("filter_", [None, window(None, TO), window(FROM, TO)])
def test_plans_and_receipts_are_read_as_written(filter_):
    planned = PlannedExport(ExportRef("batch", "b1", filter=filter_), "w1", TO)
    receipt = Receipt(planned, "id", "_sync/parts/x", 3, 2, 1, 99)

    assert read_plan(plan_content([planned])) == [planned]
    assert read_receipt(receipt_record(receipt)) == receipt


class NoTables:
    """The tables of a new dataset."""

    def states(self):
        return {}


def test_receipt_without_a_plan_is_removed(storage):
    planned = PlannedExport(ExportRef("batch", "b1"), "w1", TO)
    receipt = Receipt(planned, None, "_sync/parts/x", 3, 2, 1, 99)
    storage.put_if_absent(f"{RECEIPTS}/x.json", to_json(receipt_record(receipt)))
    storage.put_if_absent("_sync/parts/x.answers.parquet", b"")

    found = Waves(storage, NoTables(), None).unfinished()

    assert found == LeftWork((), (), (), ())
    assert storage.list(RECEIPTS) == storage.list("_sync/parts") == []
