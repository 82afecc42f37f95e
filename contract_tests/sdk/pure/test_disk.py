"""File operations on a real file system."""

import io
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from prolific_exports import DownloadError
from prolific_exports._files._disk import LARGEST_HIDDEN_FILE, OsDisk

disk = OsDisk()


def test_replaced_content_leaves_no_other_file(tmp_path):
    path = tmp_path / "x.json"
    disk.replace_content(path, b"one")
    (tmp_path / "x.json.new").write_bytes(b"left by a crash")
    disk.replace_content(path, b"two")
    assert disk.read(path) == b"two"
    assert [one.name for one in tmp_path.iterdir()] == ["x.json"]


def test_missing_file_is_none(tmp_path):
    assert disk.read(tmp_path / "x") is None
    assert not disk.is_same(tmp_path / "x", tmp_path / "x")


def test_bytes_are_written_at_their_offset(tmp_path):
    handle = disk.open(tmp_path / "x")
    handle.write(5, memoryview(b"fgh"))
    handle.write(0, b"abcde")
    assert handle.size() == disk.size(tmp_path / "x") == 8
    handle.truncate(6)
    handle.sync()
    handle.close()
    again = disk.open(tmp_path / "x")
    again.write(6, b"!")
    again.close()
    assert disk.read(tmp_path / "x") == b"abcdef!"


def test_short_write_is_continued(tmp_path, monkeypatch):
    handle: Any = disk.open(tmp_path / "x")
    file = handle._file

    class Slow:
        def __getattr__(self, name):
            return getattr(file, name)

        def write(self, data):
            return file.write(data[:2])

    monkeypatch.setattr(handle, "_file", Slow())
    handle.write(0, b"abcde")
    handle.close()
    assert disk.read(tmp_path / "x") == b"abcde"


def test_published_file_is_not_opened(tmp_path):
    (tmp_path / "archive.zip").write_bytes(b"precious")
    os.link(tmp_path / "archive.zip", tmp_path / "x")
    handle = disk.open(tmp_path / "x")
    assert handle.size() == 0
    handle.close()
    assert (tmp_path / "archive.zip").read_bytes() == b"precious"


def test_planted_link_is_not_followed(tmp_path):
    (tmp_path / "precious").write_bytes(b"precious")
    try:
        (tmp_path / "x").symlink_to("precious")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    for use in (disk.open, disk.read):
        with pytest.raises(DownloadError, match=r"x is a link, but a download .*Delete it, or"):
            use(tmp_path / "x")
    assert (tmp_path / "precious").read_bytes() == b"precious"


posix = pytest.mark.skipif(os.name == "nt", reason="makes pipes and sockets, and has owners")


@posix
def test_planted_pipe_or_socket_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
    Path("folder").mkdir()
    for name in ("pipe", "socket", "folder"):
        for use in (disk.open, disk.read, lambda path: disk.create(path, b"")):
            with pytest.raises(DownloadError, match=f"^{name} is a {name}, but a download"):
                use(Path(name))


@posix
def test_pipe_created_before_opening_is_not_read(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "x")
    (tmp_path / "file").touch()
    lstat = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path: lstat(tmp_path / "file"))
    before = open_files()
    with pytest.raises(DownloadError, match="is a pipe"):
        disk.read(tmp_path / "x")
    assert open_files() == before


@posix
def test_link_created_before_opening_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "x").symlink_to("precious")
    lstat = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path: lstat(tmp_path / "precious"))
    for use in (disk.open, disk.read):
        with pytest.raises(OSError, match="symbolic links"):
            use(tmp_path / "x")


def open_files():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@posix
def test_file_of_another_user_is_not_trusted(tmp_path, monkeypatch):
    (tmp_path / "x").write_bytes(b"theirs")
    us = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: us + 1)
    # New files of this process have its real user id, as on a share where all files have one owner.
    assert disk.read(tmp_path / "x") == b"theirs"
    if us == 0:
        os.chown(tmp_path / "x", 4242, -1)
    else:
        made_by_another(monkeypatch, tmp_path / "x")
    for use in (disk.open, disk.read, lambda path: disk.create(path, b"")):
        with pytest.raises(DownloadError, match=r"x belongs to another user \(uid 4242\)"):
            use(tmp_path / "x")


def made_by_another(monkeypatch, path):
    """Let the system report another owner, if this process may not change owners."""
    lstat = os.lstat

    def lstat_of_another_user(one):
        found = lstat(one)
        return os.stat_result((*found[:4], 4242, *found[5:10])) if one == path else found

    monkeypatch.setattr(os, "lstat", lstat_of_another_user)


def test_hidden_file_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "x").open("wb") as file:
        file.truncate(LARGEST_HIDDEN_FILE + 1)
    with pytest.raises(DownloadError, match="x was not written by a download: it is larger"):
        disk.read(tmp_path / "x")
    with (tmp_path / "x").open("wb") as file:
        file.truncate(LARGEST_HIDDEN_FILE)
    assert len(disk.read(tmp_path / "x") or b"") == LARGEST_HIDDEN_FILE


def test_age_names_the_file_that_prevents_its_measurement(tmp_path):
    (tmp_path / "x").touch()
    (tmp_path / "x.new").mkdir()
    with pytest.raises(DownloadError, match=r"x\.new is a folder"):
        disk.age(tmp_path / "x")


def test_failed_write_leaves_no_file(tmp_path, monkeypatch):
    class Full(io.FileIO):
        def write(self, content):
            raise OSError(28, "No space left on device")

    # Closed at the end: Windows removes no file that is open.
    monkeypatch.setattr(os, "fdopen", Full)
    with pytest.raises(OSError, match="No space"):
        disk.create(tmp_path / "x", b"abc")
    assert list(tmp_path.iterdir()) == []


def test_folders_are_synced_where_the_system_can_open_them(tmp_path, monkeypatch):
    (tmp_path / "x").touch()
    opened, synced = os.open, []
    monkeypatch.setattr(os, "O_DIRECTORY", 0, raising=False)
    # A file in its stead, for systems that open no folder.
    monkeypatch.setattr(os, "open", lambda folder, flags: opened(folder / "x", flags))
    monkeypatch.setattr(os, "fsync", synced.append)
    disk.sync_folder(tmp_path)
    (descriptor,) = synced
    with pytest.raises(OSError, match="descriptor"):
        os.close(descriptor)


def test_folders_are_not_synced_where_the_system_cannot_open_them(tmp_path, monkeypatch):
    disk.sync_folder(tmp_path)
    disk.sync_folder(tmp_path / "nowhere")

    def never(*arguments):
        raise AssertionError

    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    monkeypatch.setattr(os, "open", never)
    disk.sync_folder(tmp_path)


def test_files_without_inode_numbers_are_not_the_same(tmp_path, monkeypatch):
    (tmp_path / "x").touch()
    assert disk.is_same(tmp_path / "x", tmp_path / "x")
    unknown = os.stat_result((0o100666, *[0] * 9))
    monkeypatch.setattr(os, "lstat", lambda path: unknown)
    assert not disk.is_same(tmp_path / "x", tmp_path / "y")


def test_free_space_is_positive(tmp_path):
    assert disk.free(tmp_path) > 0
