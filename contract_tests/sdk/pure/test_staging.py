"""What a process that was killed leaves is known as such, and nothing else is."""

import os
import re
import subprocess
import sys
import time

import pytest
from prolific_exports._files import _staging
from prolific_exports._files._process import OsProcesses, Process
from prolific_exports._files._staging import new_path, remove_leftovers, staged_folder


class Told:
    """Processes of which everything is told."""

    pid = 7
    guards_open_files = False

    def __init__(self, ended, namespace=""):
        self.ended, self.namespace = ended, namespace
        self.asked = []

    def current(self):
        return Process("here", "boot", self.namespace, self.pid, "22")

    def has_ended(self, process):
        self.asked.append(process)
        return self.ended


@pytest.fixture
def left(tmp_path):
    """A file and a folder that a process was writing."""
    file, folder = (new_path(tmp_path, Told(None)) for _ in range(2))
    file.write_text("half")
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "x").write_text("half")
    return {file.name, folder.name}


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_name_says_which_process_writes(tmp_path, left):
    assert all(
        re.fullmatch(r"\.prolific-exports-[0-9a-f]{12}-7-22-[0-9a-f]{16}\.partial", name)
        for name in left
    )
    told = Told(ended=False)
    remove_leftovers(tmp_path, told)
    assert told.asked == [told.current()] * 2


@pytest.mark.parametrize("ended", [True, False])
def test_what_a_process_left_is_removed_once_it_has_ended(tmp_path, left, ended):
    remove_leftovers(tmp_path, Told(ended))
    assert names(tmp_path) == (set() if ended else left)


@pytest.mark.parametrize("hours", [1, 25])
@pytest.mark.parametrize("told", [Told(None), Told(ended=True, namespace="another")])
def test_what_cannot_be_asked_about_is_removed_after_a_day(tmp_path, left, told, hours):
    then = time.time() - hours * 3600
    for name in left:
        os.utime(tmp_path / name, (then, then))
    remove_leftovers(tmp_path, told)
    assert names(tmp_path) == (set() if hours > 24 else left)


@pytest.mark.skipif(os.name == "nt", reason="files have no owner's number")
def test_what_belongs_to_another_user_stays(tmp_path, left, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    remove_leftovers(tmp_path, Told(ended=True))
    assert names(tmp_path) == left


def test_names_that_are_only_alike_stay(tmp_path):
    for name in (".x.partial", ".prolific-exports-x-7-22-y.partial", "x"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path, Told(ended=True))
    assert len(names(tmp_path)) == 3


def test_a_folder_that_cannot_be_listed_is_none_to_tidy(tmp_path):
    remove_leftovers(tmp_path / "nowhere", Told(ended=True))


def test_what_a_killed_process_was_extracting_is_no_content(tmp_path):
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


def test_this_process_is_writing(tmp_path):
    path = new_path(tmp_path)
    path.touch()
    remove_leftovers(tmp_path, OsProcesses())
    assert names(tmp_path) == {path.name}


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "x").touch()
    link = new_path(tmp_path, Told(None))
    try:
        link.symlink_to("precious")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    _staging.remove(link)
    assert names(tmp_path) == {"precious"}
    assert names(tmp_path / "precious") == {"x"}
