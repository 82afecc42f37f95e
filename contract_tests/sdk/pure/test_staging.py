"""Leftovers of killed processes are removed, and no other files."""

import os
import re
import subprocess
import sys
import time

import pytest
from prolific_exports._files import _staging
from prolific_exports._files._process import OsProcesses, Process
from prolific_exports._files._staging import new_path, remove_leftovers, staged_folder


class FakeProcesses:
    """Processes whose state the test sets."""

    pid = 7
    guards_open_files = False

    def __init__(self, ended, namespace=""):
        self.ended, self.namespace = ended, namespace
        self.checked = []

    def current(self):
        return Process("here", "boot", self.namespace, self.pid, "22")

    def has_ended(self, process):
        self.checked.append(process)
        return self.ended


@pytest.fixture
def left(tmp_path):
    """The unfinished file and folder of a process."""
    file, folder = (new_path(tmp_path, FakeProcesses(None)) for _ in range(2))
    file.write_text("half")
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "x").write_text("half")
    return {file.name, folder.name}


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_name_identifies_the_writing_process(tmp_path, left):
    assert all(
        re.fullmatch(r"\.prolific-exports-[0-9a-f]{12}-7-22-[0-9a-f]{16}\.partial", name)
        for name in left
    )
    processes = FakeProcesses(ended=False)
    remove_leftovers(tmp_path, processes)
    assert processes.checked == [processes.current()] * 2


@pytest.mark.parametrize("ended", [True, False])
def test_leftovers_are_removed_once_their_process_has_ended(tmp_path, left, ended):
    remove_leftovers(tmp_path, FakeProcesses(ended))
    assert names(tmp_path) == (set() if ended else left)


@pytest.mark.parametrize("hours", [1, 25])
@pytest.mark.parametrize(
    "processes", [FakeProcesses(None), FakeProcesses(ended=True, namespace="another")]
)
def test_leftovers_of_unknown_processes_are_removed_after_a_day(tmp_path, left, processes, hours):
    then = time.time() - hours * 3600
    for name in left:
        os.utime(tmp_path / name, (then, then))
    remove_leftovers(tmp_path, processes)
    assert names(tmp_path) == (set() if hours > 24 else left)


@pytest.mark.skipif(os.name == "nt", reason="files have no owner's number")
def test_leftovers_of_another_user_are_kept(tmp_path, left, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    remove_leftovers(tmp_path, FakeProcesses(ended=True))
    assert names(tmp_path) == left


def test_files_with_similar_names_are_kept(tmp_path):
    for name in (".x.partial", ".prolific-exports-x-7-22-y.partial", "x"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path, FakeProcesses(ended=True))
    assert len(names(tmp_path)) == 3


def test_folder_that_cannot_be_listed_is_ignored(tmp_path):
    remove_leftovers(tmp_path / "nowhere", FakeProcesses(ended=True))
    assert list(tmp_path.iterdir()) == []


def test_leftovers_of_an_extraction_do_not_count_as_content(tmp_path):
    script = (
        "import os, sys; from pathlib import Path\n"
        "from prolific_exports._files._staging import staged_folder\n"
        "with staged_folder(sys.argv[1]) as folder:\n"
        "    (folder / 'x').touch()\n"
        "    os._exit(9)"
    )
    for _ in range(2):
        killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
        assert killed.returncode == 9
        assert len(names(tmp_path)) == 1
    with staged_folder(tmp_path) as folder:
        (folder / "y").touch()
    assert names(tmp_path) == {"y"}


def test_output_of_this_process_is_kept(tmp_path):
    path = new_path(tmp_path)
    path.touch()
    remove_leftovers(tmp_path, OsProcesses())
    assert names(tmp_path) == {path.name}


def test_link_is_removed_without_its_target(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "x").touch()
    link = new_path(tmp_path, FakeProcesses(None))
    try:
        link.symlink_to("precious")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    _staging.remove(link)
    assert names(tmp_path) == {"precious"}
    assert names(tmp_path / "precious") == {"x"}
