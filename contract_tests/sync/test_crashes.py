"""A driver that ends at each step of a run: the next run makes the same dataset."""

import polars as pl
import pyarrow.parquet as pq
import pytest
from prolific_exports import Sync
from prolific_exports._files._process import OsProcesses
from prolific_exports._sync import _sync
from prolific_exports._sync._dataset import Dataset
from prolific_exports._sync._parts import part_path
from prolific_exports._sync._schemas import RESOURCES, TABLES
from prolific_exports._sync._storage import LocalFolder
from prolific_exports.testing import FakeClock

from sync.lab import BASE, TOKEN, WORKSPACE, HereExecutor, Lab, moment


class Killed(BaseException):
    """The end of a process."""


class Steps:
    """Counts what a driver does, and ends it at one of the steps.

    Attributes:
        left: Steps until the end; None if it does not end.
    """

    def __init__(self):
        self.taken = 0
        self.left = None

    def step(self, *_):
        self.taken += 1
        if self.left is not None:
            self.left = max(self.left - 1, 0)
            if self.left == 0:
                raise Killed

    def around(self, function):
        """The function as one step, after which the process can end."""

        def stepped(*args, **kwargs):
            result = function(*args, **kwargs)
            self.step()
            return result

        return stepped


class MemoryTables:
    """The tables of a dataset in memory, with the interface of `Dataset`."""

    def __init__(self, root):
        self.root = root
        self.rows = {table: [] for table in TABLES}
        self.waves = dict.fromkeys((*TABLES, RESOURCES), 0)
        self.known = {}

    def wave(self, table):
        return self.waves[table]

    def commit(self, table, wave, receipts):
        assert self.waves[table] < wave
        for receipt in receipts:
            ref = receipt.planned.ref
            begin = ref.filter.from_
            kept = [
                row
                for row in self.rows[table]
                if row["resource_id"] != ref.resource_id
                or (table != "instructions" and begin and row["created_at"] < begin)
            ]
            new = pq.read_table(part_path(self.root, receipt, table)).to_pylist()
            self.rows[table] = kept + new
        self.waves[table] = wave

    def commit_states(self, wave, states, _receipts):
        assert self.waves[RESOURCES] < wave
        self.known.update(states)
        self.waves[RESOURCES] = wave

    def states(self):
        return dict(self.known)

    def with_news(self, receipts):
        return [True] * len(receipts)

    def content(self):
        """The rows, without what depends on how many exports there were."""
        return {
            table: sorted(
                str({key: row[key] for key in row if key not in {"export_id", "n"}}) for row in rows
            )
            for table, rows in self.rows.items()
        }


@pytest.fixture
def steps():
    return Steps()


@pytest.fixture(autouse=True)
def _ended_processes(monkeypatch):
    monkeypatch.setattr(OsProcesses, "has_ended", lambda *_: True)
    # Takes most of the time; a process that ends loses no writes.
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


@pytest.fixture
def in_memory(monkeypatch, steps):
    """Replace the tables; all operations on them and on the storage are steps."""
    found = {}

    def tables(root):
        return found.setdefault(root, MemoryTables(root))

    monkeypatch.setattr(_sync, "Dataset", tables)
    for name in ("commit", "commit_states"):
        monkeypatch.setattr(MemoryTables, name, steps.around(getattr(MemoryTables, name)))
    for name in ("put_if_absent", "delete"):
        monkeypatch.setattr(LocalFolder, name, steps.around(getattr(LocalFolder, name)))
    return tables


class Driver:
    """Runs a sync of one folder, again and again."""

    def __init__(self, root, steps):
        self.root = root
        self.steps = steps
        self.clock = FakeClock(moment(20, 3))
        self.lab = Lab(self.clock)
        self.lab.watch = steps.step
        self.lab.add("c1", "s1", moment(1))
        self.lab.add("c1", "s2", moment(19), upload=b"1")
        self.lab.add("c2", "s3", moment(2))

    def run(self, left=None):
        """Run once; return whether it reached its end."""
        self.steps.left = left
        sync = Sync(
            self.root,
            [WORKSPACE],
            executor=HereExecutor(),
            rate=100.0,
            kind="collection",
            in_flight=1,
            token=TOKEN,
            base_url=BASE,
            http_client=self.lab.client(),
            clock=self.clock,
        )
        try:
            sync.run()
        except Killed:
            return False
        finally:
            self.steps.left = None
            self.clock.advance(60)
        return True

    def changed(self):
        self.clock.advance(86400)
        self.lab.add("c1", "s2", moment(19), "Changed.", upload=b"2")
        self.lab.add("c2", "s4", moment(20, 12))

    def left(self):
        """Files that no finished run leaves, and jobs."""
        folder = self.root / "_sync"
        found = (path for path in folder.rglob("*") if path.is_file())
        names = (path.relative_to(folder).as_posix() for path in found)
        more = [name for name in names if not name.startswith(("resources/", "config.json"))]
        return more + [job.export_id for job in self.lab.ours()]


def test_end_at_each_step_gives_the_same_dataset(in_memory, steps, tmp_path):
    whole = Driver(tmp_path / "whole", steps)
    assert whole.run()
    whole.changed()
    before = steps.taken
    assert whole.run()
    expected = in_memory(whole.root).content()
    number = steps.taken - before
    assert number > 40

    for step in range(1, number + 1):
        driver = Driver(tmp_path / str(step), steps)
        assert driver.run()
        driver.changed()
        assert not driver.run(step)
        # What the killed driver would have made.
        assert driver.run()
        assert in_memory(driver.root).content() == expected, step
        assert driver.left() == [], step
        assert len(driver.lab.ours()) == 0


def test_end_at_each_step_of_the_first_run_and_of_its_recovery(in_memory, steps, tmp_path):
    whole = Driver(tmp_path / "whole", steps)
    assert whole.run()
    expected = in_memory(whole.root).content()
    number = steps.taken

    for step in range(1, number + 1, 3):
        driver = Driver(tmp_path / str(step), steps)
        assert not driver.run(step)
        for again in (2, 9, 17, 31):
            driver.run(again)
        assert driver.run()
        assert in_memory(driver.root).content() == expected, step
        assert driver.left() == [], step


COMMITS = ["answers", "submissions", "files", "instructions", RESOURCES]


@pytest.mark.parametrize("table", COMMITS)
def test_end_before_the_commit_of_a_table_gives_the_same_tables(
    monkeypatch, steps, tmp_path, table
):
    pytest.importorskip("deltalake", reason="the extra sync is not installed")
    driver = Driver(tmp_path / "data", steps)
    driver.lab.watch = lambda _request: None
    assert driver.run()
    driver.changed()
    write = Dataset._write

    def killed(self, name, *args):
        if name == table:
            steps.left = 1
            steps.step()
        write(self, name, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Dataset, "_write", killed)
        assert not driver.run()

    assert driver.run()

    rows = {name: pl.read_delta(str(driver.root / name)) for name in TABLES}
    found = rows["answers"].filter(pl.col("type") == "free_text")
    assert sorted(found.select("submission_id", "value").rows()) == [
        ("s1", "Because."),
        ("s2", "Changed."),
        ("s3", "Because."),
        ("s4", "Because."),
    ]
    assert [len(rows[name]) for name in TABLES] == [5, 4, 1, 4]
    assert driver.left() == []
