"""Extracting an archive: what is written, and into which folder."""

from pathlib import Path

import pytest
from prolific_exports import ArchiveError, TargetExistsError
from prolific_exports._files import _staging

from archive.builders import PHOTO, ROOT, collection_members
from archive.extracted import EXTRACTED, tree


@pytest.mark.parametrize("root", [ROOT, ""])
def test_members_are_written_without_the_root_folder(make, place, root):
    archive = make(collection_members(root=root))
    target = place / "data"
    assert archive.extract(str(target)) == target
    assert tree(place) == {"data": None, **{f"data/{k}": v for k, v in EXTRACTED.items()}}
    [record] = archive.responses()
    [file] = record.responses["i2"].files
    assert (target / file.path).read_bytes() == PHOTO


def test_extract_creates_empty_folders_of_the_archive(make, place):
    make({"r/": b"", "r/empty/": b"", "r/a/": b"", "r/a/b.txt": b"1", "r/empty/in/": b""}).extract(
        place / "data"
    )
    assert tree(place / "data") == {"empty": None, "empty/in": None, "a": None, "a/b.txt": b"1"}


def test_extract_creates_missing_parents(make, place):
    make(collection_members()).extract(place / "a" / "b" / "data")
    assert tree(place / "a" / "b" / "data") == EXTRACTED
    assert sorted(path.name for path in place.iterdir()) == ["a"]


def test_extract_into_empty_folder_keeps_the_folder(make, place):
    place.chmod(0o750)
    before = place.stat()
    make(collection_members()).extract(place)
    assert tree(place) == EXTRACTED
    assert (place.stat().st_ino, place.stat().st_mode) == (before.st_ino, before.st_mode)


def test_extract_into_empty_working_directory(make, place, monkeypatch):
    monkeypatch.chdir(place)
    assert make(collection_members()).extract("") == Path()
    assert tree(place) == EXTRACTED


def test_extract_through_link_to_an_empty_folder(make, place, tmp_path):
    link = tmp_path / "link"
    try:
        link.symlink_to(place, target_is_directory=True)
    except OSError:
        pytest.skip("this account may not make symbolic links (Windows)")
    make(collection_members()).extract(link)
    assert link.is_symlink()
    assert tree(place) == EXTRACTED


def test_extract_archive_of_folders_creates_the_folder(make, place):
    make({"root/": b""}).extract(place / "data")
    assert tree(place) == {"data": None}


def test_only_contents_are_restored(make, place):
    archive = make({"run.sh": b"#!/bin/sh\n"}, mode=0o106777)
    archive.extract(place / "data")
    assert not (place / "data" / "run.sh").stat().st_mode & 0o7111


def test_too_long_target_path_is_reported(make, place):
    archive = make({"/".join(["a" * 250] * 4): b""})
    with pytest.raises(ArchiveError, match="cannot be extracted"):
        archive.extract(place.joinpath(*["e" * 250] * 13, "f" * 250, "g" * 250, "h" * 250))
    assert tree(place) == {}


def test_folder_that_is_not_empty_is_refused(make, place):
    (place / "mine.txt").write_text("mine")
    with pytest.raises(TargetExistsError, match="not an empty folder") as caught:
        make(collection_members()).extract(str(place))
    assert caught.value.path == place
    assert tree(place) == {"mine.txt": b"mine"}


def test_file_as_target_is_refused(make, place):
    target = place / "data"
    target.write_text("mine")
    with pytest.raises(TargetExistsError):
        make(collection_members()).extract(target)
    assert tree(place) == {"data": b"mine"}


def test_folder_below_a_file_is_refused(make, place):
    (place / "data").write_text("mine")
    with pytest.raises(ArchiveError, match="cannot be extracted"):
        make(collection_members()).extract(place / "data" / "deeper")
    assert tree(place) == {"data": b"mine"}


def test_missing_archive_is_reported(make, place):
    archive = make(collection_members())
    archive.path.unlink()
    with pytest.raises(ArchiveError, match="cannot be opened"):
        archive.extract(place / "data")
    assert tree(place) == {}


def test_target_on_a_missing_drive_is_reported(monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert _staging._first_missing(Path("/a/b").absolute()) == Path("/").absolute()
