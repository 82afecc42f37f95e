"""Where tables are written: whichever path that is, whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from shutil import copy2

import pytest
from archive.builders import collection_members, write_zip
from prolific_exports import (
    CorruptArchiveError,
    ExportArchive,
    ResponseTable,
    UsageError,
)

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
    path = os.fsdecode(name)
    with suppress(OSError):
        Path(path).mkdir()
        Path(path).rmdir()
        return path
    pytest.skip("names are UTF-8 here")


# Where to


@pytest.mark.skipif(os.name == "nt", reason="has no colons in names")
@pytest.mark.parametrize("place", ["run:3", "file:", "s3:"])
def test_a_path_is_never_a_uri(archive, folder, suffix, place):
    Path(place).mkdir()
    assert archive.table().write(f"{place}/out.{suffix}").rows == 2
    assert tree(folder) == [place, f"{place}/out.{suffix}"]


def test_the_folder_of_a_table_may_have_any_name(archive, folder, suffix):
    place = not_utf8(b"t\xe9")
    Path(place).mkdir()
    assert archive.table().write(Path(place, f"out.{suffix}")).rows == 2
    assert os.listdir(place) == [f"out.{suffix}"]  # noqa: PTH208 - as texts


def test_an_archive_may_have_any_name(archive, folder, suffix):
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


def test_what_is_removed_is_not_open(tmp_path, folder, suffix, monkeypatch):
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
