"""Workers that end while they read an archive."""

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from prolific_exports import ArchiveError, ExportRef
from prolific_exports._sync import _readers
from prolific_exports._sync._export_queue import PlannedExport
from prolific_exports._sync._parts import Work
from prolific_exports._sync._readers import Readers

from sync.lab import HereExecutor

NOW = datetime(2026, 3, 20, tzinfo=UTC)


def work(name, folder=Path()):
    planned = PlannedExport(ExportRef("batch", name), "w", NOW)
    return Work(folder, folder / name, planned, None, files=True)


def end_or_fail(work):
    """End the process like a kill, the first time or always; or fail; or succeed."""
    name, marker = work.archive.name, work.archive
    if name == "killer" or (name == "once" and not marker.exists()):
        marker.touch()
        os._exit(9)
    if name == "damaged":
        raise ArchiveError("damaged")
    return name


def results(readers):
    return {
        work.archive.name: result if isinstance(result, str) else str(result)
        for work, result in readers.results(wait_for_all=True)
    }


@pytest.mark.parametrize(
    ("names", "killed"),
    [(["once", "damaged"], []), (["good", "killer"], ["killer"])],
    ids=["once", "always"],
)
def test_only_an_archive_that_always_kills_its_worker_fails(monkeypatch, tmp_path, names, killed):
    monkeypatch.setattr(_readers, "work_on", end_or_fail)
    readers = Readers(lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn")), owned=True)
    for name in names:
        readers.submit(work(name, tmp_path))

    found = results(readers)
    readers.close()

    assert [name for name in names if "was killed twice" in found[name]] == killed
    assert [found[name] for name in names if name not in killed] == [
        name for name in names if name not in killed
    ]


class Broken(HereExecutor):
    """An executor whose workers are gone."""

    def submit(self, *_):
        raise BrokenProcessPool


def test_broken_executor_of_the_caller_fails_its_archives():
    readers = Readers(Broken, owned=False)
    readers.submit(work("a"))

    assert "its worker was killed twice" in results(readers)["a"]
    readers.close()


def test_running_work_is_not_waited_for():
    readers = Readers(HereExecutor, owned=False)
    assert list(readers.results(wait_for_all=False)) == []
    running = HereExecutor().submit(int)
    running._state = "RUNNING"
    readers._running[running] = work("a")

    assert list(readers.results(wait_for_all=False)) == []
