"""Where tables are written: whichever path that is, whole or not at all."""

import errno
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from shutil import copy2

import pytest
from archive.builders import ROOT, collection_members, write_zip
from prolific_exports import (
    ArchiveError,
    CorruptArchiveError,
    ExportArchive,
    ResponseTable,
    StorageError,
    TargetExistsError,
    UnsafeArchiveError,
    UsageError,
)
from prolific_exports._archive import ArchiveReader
from prolific_exports._files import _staging

from tables.hostile import write

SUFFIXES = ["parquet", "arrow", "csv", "jsonl"]


@pytest.fixture(params=SUFFIXES)
def suffix(request):
    return request.param


@pytest.fixture
def archive(tmp_path):
    return ExportArchive.open(write_zip(tmp_path / "x.zip", collection_members()))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def tree(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def not_utf8(name):
    """A name that is no UTF-8, where the system has such names."""
    with suppress(OSError, UnicodeError):
        path = os.fsdecode(name)
        Path(path).mkdir()
        Path(path).rmdir()
        return path
    pytest.skip("names are UTF-8 here")


# Where to


@pytest.mark.skipif(os.name == "nt", reason="has no colons in names")
@pytest.mark.parametrize("place", ["run:3", "file:", "s3:"])
def test_path_is_never_a_uri(archive, folder, suffix, place):
    Path(place).mkdir()
    assert archive.table().write(f"{place}/out.{suffix}").rows == 2
    assert tree(folder) == [place, f"{place}/out.{suffix}"]


def test_table_folder_may_have_any_name(archive, folder, suffix):
    place = not_utf8(b"t\xe9")
    Path(place).mkdir()
    assert archive.table().write(Path(place, f"out.{suffix}")).rows == 2
    assert os.listdir(place) == [f"out.{suffix}"]  # noqa: PTH208 - as texts


def test_archive_may_have_any_name(archive, folder, suffix):
    names = [not_utf8(b"t\xe9.zip"), not_utf8(b"t\xe8.zip")]
    table = ResponseTable(
        [ExportArchive.open(archive.path.rename(names[0])), ExportArchive.open(copy2(*names))]
    )
    assert table.write(f"out.{suffix}").rows == 4
    assert [row[0] for row in table.rows()] == [*[r"t\udce9.zip"] * 2, *[r"t\udce8.zip"] * 2]
    assert table.to_arrow()["source"].to_pylist() == [row[0] for row in table.rows()]


def test_paths_of_files_must_be_texts(archive, folder):
    with pytest.raises(UsageError, match=r"up\\udce9 is not UTF-8"):
        archive.table(files="up\udce9")


def test_files_are_closed_before_removal(tmp_path, folder, suffix, monkeypatch):
    # Windows removes no file that is open.
    broken = ExportArchive.open(write(tmp_path / "broken.zip", {}, b'{"responses": {}}\n{'))
    unlink = Path.unlink
    removed = []

    def closed_unlink(path, missing_ok=False):
        removed.append(path.suffix)
        assert not is_open(path)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", closed_unlink)
    with pytest.raises(CorruptArchiveError):
        broken.table().write(f"out.{suffix}")
    assert removed == [".partial"]
    assert tree(folder) == []


def is_open(path):
    wanted = path.stat()
    for number in range(256):
        with suppress(OSError):
            if os.path.samestat(wanted, os.fstat(number)):
                return True
    return False


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("file/out", "Not a directory|No such file"),
        ("none/out", "No such file"),
        ("x" * 300, "too long|incorrect|No such file"),
        ("a\0b", "null"),
        ("a\0b/out", "null"),
    ],
)
def test_path_refused_by_the_system_raises_exports_error(archive, folder, suffix, path, message):
    Path("file").touch()
    with pytest.raises(ArchiveError, match=f"(?s)cannot be written to .*({message})"):
        archive.table().write(f"{path}.{suffix}")
    assert tree(folder) == ["file"]


def test_write_reports_first_cause_when_cleanup_fails_too(archive, folder, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EIO, "No luck")

    monkeypatch.setattr(os, "fsync", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StorageError, match=r"cannot be written to out\.csv: No luck"):
        archive.to_csv("out.csv")


# What is there already


@pytest.fixture(params=["links", "no links"])
def meanwhile(request, monkeypatch):
    """What happens at the end of writing, on file systems of both kinds."""
    happening = []
    fsync = os.fsync

    def after(number):
        fsync(number)
        for happens in happening:
            happens()

    def refuse(*_):
        raise OSError(errno.EPERM, "no links")

    monkeypatch.setattr(os, "fsync", after)
    if request.param == "no links":
        monkeypatch.setattr(os, "link", refuse)
    return happening.append


def test_file_created_during_writing_is_kept(archive, folder, suffix, meanwhile):
    meanwhile(lambda: Path(f"out.{suffix}").write_text("theirs"))
    with pytest.raises(TargetExistsError):
        archive.table().write(f"out.{suffix}")
    assert Path(f"out.{suffix}").read_text() == "theirs"
    assert archive.table().write(f"out.{suffix}", overwrite=True).rows == 2
    assert tree(folder) == [f"out.{suffix}"]


def test_writing_leaves_only_the_table(archive, folder, suffix, meanwhile):
    assert archive.table().write(f"out.{suffix}").rows == 2
    assert tree(folder) == [f"out.{suffix}"]
    assert Path(f"out.{suffix}").stat().st_nlink == 1


@pytest.mark.skipif(os.name == "nt", reason="makes pipes, sockets and links")
class TestWhatIsThere:
    """Only a regular file is replaced, and a link to one is followed."""

    def test_folder_is_not_replaced(self, archive, folder):
        Path("place").mkdir()
        for overwrite in (False, True):
            with pytest.raises(TargetExistsError, match="place is a folder, and only a regular"):
                archive.to_csv("place", overwrite=overwrite)
        assert tree(folder) == ["place"]

    def test_pipe_is_not_replaced(self, archive, folder, suffix):
        os.mkfifo(f"out.{suffix}")
        for overwrite in (False, True):
            with pytest.raises(TargetExistsError, match="is a pipe, and only a regular"):
                archive.table().write(f"out.{suffix}", overwrite=overwrite)
        assert Path(f"out.{suffix}").is_fifo()
        assert tree(folder) == [f"out.{suffix}"]

    def test_link_to_a_pipe_is_not_replaced(self, archive, folder):
        os.mkfifo("pipe")
        Path("out.csv").symlink_to("pipe")
        with pytest.raises(TargetExistsError, match=r"out\.csv is a pipe"):
            archive.to_csv("out.csv", overwrite=True)
        assert tree(folder) == ["out.csv", "pipe"]

    @pytest.mark.parametrize("there", [True, False])
    def test_link_is_kept_and_its_target_written(self, archive, folder, there):
        Path("data").mkdir()
        if there:
            Path("data/real.csv").write_text("old")
        Path("out.csv").symlink_to("data/real.csv")
        with pytest.raises(TargetExistsError, match="already exists"):
            archive.to_csv("out.csv")
        archive.to_csv("out.csv", overwrite=True)
        assert tree(folder) == ["data", "data/real.csv", "out.csv"]
        assert Path("out.csv").is_symlink()
        assert Path("data/real.csv").read_text("utf-8-sig").startswith('"')

    def test_file_has_the_mode_of_a_new_file(self, archive, folder):
        Path("out.csv").touch(0o600)
        before = os.umask(0o027)
        try:
            archive.to_csv("out.csv", overwrite=True)
        finally:
            os.umask(before)
        assert Path("out.csv").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["out.xlsx", "out.XLS", "out.parquet", "out.json", "out.csv.gz"])
def test_name_of_another_format_is_refused(archive, folder, name):
    with pytest.raises(UsageError, match="would be CSV, but its name ends in .*Nothing was"):
        archive.to_csv(name)
    assert tree(folder) == []
    assert archive.to_csv("out.txt").rows == 2


def test_tilde_is_the_home_folder(archive, folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    archive.to_csv("~/out.csv")
    archive.to_csv(Path("~/two.csv"))
    assert tree(folder) == ["out.csv", "two.csv"]


# What a killed process leaves


def test_leftovers_of_a_killed_process_are_removed(archive, folder, suffix):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    own = _staging.new_path(folder)
    left = own.with_name(own.name.replace(f"-{os.getpid()}-", f"-{process.pid}-"))
    left.write_text("half")
    left.with_name(f"{left.name}.mine").touch()
    own.touch()
    archive.table().write(f"out.{suffix}")
    assert tree(folder) == sorted([own.name, f"{left.name}.mine", f"out.{suffix}"])


# Beside uploaded files


@pytest.fixture
def broken(tmp_path):
    """An archive whose uploaded file cannot be extracted."""
    members = collection_members() | {f"{ROOT}files/../x": b""}
    return ExportArchive.open(write_zip(tmp_path / "broken.zip", members))


@pytest.fixture
def unread(monkeypatch):
    """Reading records is a failure."""
    monkeypatch.delattr(ArchiveReader, "record_file")


def test_uploads_are_removed_if_the_table_cannot_be_published(archive, folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "in use")

    table = archive.table(files="new/up")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(ArchiveError, match="in use"):
            table.write("out.csv", overwrite=True)
    assert tree(folder) == []
    assert table.write("out.csv").rows == 2
    assert tree(folder / "new/up") == ["files", "files/sub1_i2_0.jpg"]


@pytest.mark.parametrize("there", [[], ["up"], ["up/1"], ["up/1", "up/2"]])
def test_existing_folders_are_kept(archive, broken, folder, there):
    for path in there:
        Path(path).mkdir(parents=True)
    before = tree(folder)
    identities = [Path(path).stat().st_ino for path in before]
    with pytest.raises(UnsafeArchiveError):
        ResponseTable([archive, broken], files="up").write("out.csv")
    assert tree(folder) == before
    assert [Path(path).stat().st_ino for path in before] == identities


@pytest.mark.parametrize(
    ("files", "out"), [("up", "up/out"), (".", "out"), ("new", "new/x/out"), ("out.csv/up", "out")]
)
def test_table_among_its_uploads_is_refused_at_once(archive, folder, unread, files, out):
    if files == "up":
        Path("up").mkdir()
    before = tree(folder)
    with pytest.raises(UsageError, match="choose another path"):
        archive.table(files=files).write(f"{out}.csv")
    assert tree(folder) == before


def test_upload_folders_are_checked_first(archive, folder, unread):
    Path("up/2").mkdir(parents=True)
    Path("up/2/mine").touch()
    with pytest.raises(TargetExistsError, match="2 exists and is not an empty folder"):
        ResponseTable([archive, archive], files="up").write("out.csv")
    with pytest.raises(ArchiveError, match="uploaded files cannot be extracted to"):
        archive.table(files="a\0b").write("out.csv")
    assert tree(folder) == ["up", "up/2", "up/2/mine"]


def test_table_may_be_beside_the_folders_of_several_archives(archive, folder):
    Path("up").mkdir()
    assert ResponseTable([archive, archive], files="up").write("up/out.csv").rows == 4
    assert sorted(path.name for path in Path("up").iterdir()) == ["1", "2", "out.csv"]
