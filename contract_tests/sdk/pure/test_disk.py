"""What is done with files holds on a real file system."""

import io
import os

import pytest
from prolific_exports._files._disk import OsDisk

disk = OsDisk()


def test_content_is_replaced_in_one_step_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "x.json"
    disk.replace_content(path, b"one")
    (tmp_path / "x.json.new").write_bytes(b"left by a crash")
    disk.replace_content(path, b"two")
    assert disk.read(path) == b"two"
    assert [one.name for one in tmp_path.iterdir()] == ["x.json"]


def test_a_file_that_is_not_there_is_none(tmp_path):
    assert disk.read(tmp_path / "x") is None
    assert not disk.is_same(tmp_path / "x", tmp_path / "x")


def test_bytes_are_written_where_they_belong(tmp_path):
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


def test_writing_goes_on_where_the_system_stopped(tmp_path, monkeypatch):
    handle = disk.open(tmp_path / "x")
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


def test_a_file_that_has_another_name_is_not_opened(tmp_path):
    (tmp_path / "archive.zip").write_bytes(b"precious")
    os.link(tmp_path / "archive.zip", tmp_path / "x")
    handle = disk.open(tmp_path / "x")
    assert handle.size() == 0
    handle.close()
    assert (tmp_path / "archive.zip").read_bytes() == b"precious"


def test_a_link_that_was_put_there_is_not_followed(tmp_path):
    (tmp_path / "precious").write_bytes(b"precious")
    try:
        (tmp_path / "x").symlink_to("precious")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    handle = disk.open(tmp_path / "x")
    handle.write(0, b"junk")
    handle.close()
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_a_file_that_could_not_be_written_is_not_left(tmp_path, monkeypatch):
    class Full(io.FileIO):
        def write(self, content):
            raise OSError(28, "No space left on device")

    # Closed at the end: Windows removes no file that is open.
    monkeypatch.setattr(os, "fdopen", Full)
    with pytest.raises(OSError, match="No space"):
        disk.create(tmp_path / "x", b"abc")
    assert list(tmp_path.iterdir()) == []


def test_where_folders_can_be_opened_they_are_synced(tmp_path, monkeypatch):
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


def test_where_folders_cannot_be_opened_they_are_not_synced(tmp_path, monkeypatch):
    disk.sync_folder(tmp_path)
    disk.sync_folder(tmp_path / "nowhere")

    def never(*arguments):
        raise AssertionError

    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    monkeypatch.setattr(os, "open", never)
    disk.sync_folder(tmp_path)


def test_files_whose_numbers_are_not_known_are_not_the_same(tmp_path, monkeypatch):
    (tmp_path / "x").touch()
    assert disk.is_same(tmp_path / "x", tmp_path / "x")
    unknown = os.stat_result((0o100666, *[0] * 9))
    monkeypatch.setattr(os, "lstat", lambda path: unknown)
    assert not disk.is_same(tmp_path / "x", tmp_path / "y")


def test_there_is_room(tmp_path):
    assert disk.free(tmp_path) > 0
