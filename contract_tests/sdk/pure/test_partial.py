"""In the end there is the whole file under its name, or what was there before: nothing else."""

import errno
import io
import os
import secrets
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import DownloadError, TargetExistsError
from prolific_exports._partial import PartialFile, check_target

NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextmanager
def partial_file(target):
    partial = PartialFile(target)
    try:
        yield partial
    finally:
        partial.discard()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "x.zip"


def fail(error=NO_SPACE, times=None, then=None):
    """A function that raises, always or a number of times, and then does what another does."""
    calls = []

    def failing(*args, **keywords):
        calls.append(1)
        if times is None or len(calls) <= times:
            raise error
        return then(*args, **keywords)

    return failing


def test_a_file_that_is_not_published_leaves_nothing(target):
    with partial_file(target) as partial:
        partial.write(b"abc")
        partial.finish()
        assert list(files(target.parent)) == [partial.path.name]
    assert files(target.parent) == {}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_published_file_is_whole_and_alone(target, overwrite):
    with partial_file(target) as partial:
        partial.write(b"ab")
        partial.write(b"c")
        assert partial.size == 3
        partial.finish()
        assert not target.exists()
        partial.publish(overwrite=overwrite)
        assert files(target.parent) == {"x.zip": b"abc"}
    assert files(target.parent) == {"x.zip": b"abc"}


def test_starting_over_forgets_every_byte(target):
    with partial_file(target) as partial:
        partial.write(b"long before")
        partial.restart()
        assert partial.size == 0
        partial.write(b"abc")
        partial.finish()
        partial.publish(overwrite=False)
    assert files(target.parent) == {"x.zip": b"abc"}


def test_all_bytes_are_on_the_disk_before_the_name_is(target, monkeypatch):
    synced = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(target.exists()) or sync(fd))
    with partial_file(target) as partial:
        partial.write(b"abc")
        partial.finish()
        assert synced == [False]
        assert partial.path.read_bytes() == b"abc"
        partial.publish(overwrite=False)
    if hasattr(os, "O_DIRECTORY"):
        assert synced == [False, True]


@pytest.mark.parametrize("linking", [True, False], ids=["hard links", "no hard links"])
def test_a_target_that_appears_meanwhile_is_left_as_it_is(target, monkeypatch, linking):
    if not linking:
        monkeypatch.setattr(os, "link", fail(OSError(errno.EPERM, "no links here")))
    with partial_file(target) as partial:
        partial.write(b"abc")
        partial.finish()
        target.write_bytes(b"theirs")
        with pytest.raises(TargetExistsError, match="exists already and was left") as caught:
            partial.publish(overwrite=False)
    assert caught.value.path == target
    assert files(target.parent) == {"x.zip": b"theirs"}


def test_a_target_that_may_be_overwritten_is_replaced(target):
    target.write_bytes(b"theirs")
    with partial_file(target) as partial:
        partial.write(b"abc")
        partial.finish()
        assert target.read_bytes() == b"theirs"
        partial.publish(overwrite=True)
    assert files(target.parent) == {"x.zip": b"abc"}


def test_without_hard_links_a_file_is_renamed(target, monkeypatch):
    monkeypatch.setattr(os, "link", fail(OSError(errno.EPERM, "no links here")))
    with partial_file(target) as partial:
        partial.write(b"abc")
        partial.finish()
        partial.publish(overwrite=False)
    assert files(target.parent) == {"x.zip": b"abc"}


@pytest.mark.parametrize("linking", [True, False], ids=["hard links", "no hard links"])
def test_a_link_that_leads_nowhere_is_not_replaced(target, monkeypatch, linking):
    try:
        target.symlink_to("nowhere")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    if not linking:
        monkeypatch.setattr(os, "link", fail(OSError(errno.EPERM, "no links here")))
    with partial_file(target) as partial:
        partial.finish()
        with pytest.raises(TargetExistsError):
            partial.publish(overwrite=False)
    assert target.is_symlink()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_at_the_target_stays(target, overwrite):
    target.mkdir()
    with partial_file(target) as partial:
        partial.finish()
        with pytest.raises(DownloadError):
            partial.publish(overwrite=overwrite)
    assert list(target.parent.iterdir()) == [target]


def test_a_second_name_that_stays_at_first_is_no_failure(target, monkeypatch):
    with partial_file(target) as partial:
        partial.write(b"abc")
        partial.finish()
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", fail(PermissionError(13, "in use")))
            partial.publish(overwrite=False)
        assert target.read_bytes() == b"abc"
    assert files(target.parent) == {"x.zip": b"abc"}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_free_target_passes(target, overwrite):
    check_target(target, overwrite=overwrite)
    assert files(target.parent) == {}


def test_a_taken_target_is_noticed_before_anything_is_sent(target):
    target.write_bytes(b"theirs")
    check_target(target, overwrite=True)
    with pytest.raises(TargetExistsError, match="allow it to be overwritten") as caught:
        check_target(target, overwrite=False)
    assert caught.value.path == target
    assert files(target.parent) == {"x.zip": b"theirs"}


def test_a_link_that_leads_nowhere_is_noticed_before_anything_is_sent(target):
    try:
        target.symlink_to("nowhere")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    check_target(target, overwrite=True)
    with pytest.raises(TargetExistsError):
        check_target(target, overwrite=False)


def test_a_target_in_no_folder_says_which_folder_is_missing(tmp_path):
    with pytest.raises(DownloadError, match=r"^There is no folder .*nowhere: create it first"):
        check_target(tmp_path / "nowhere" / "x.zip", overwrite=False)


def test_a_target_that_cannot_be_looked_at_is_explained(target, monkeypatch):
    monkeypatch.setattr(Path, "exists", fail(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(DownloadError, match=r"^Cannot write .*x\.zip: Permission denied\.$"):
        check_target(target, overwrite=False)


def test_a_missing_folder_is_explained(tmp_path):
    with pytest.raises(DownloadError, match=r"^Cannot write in .*nowhere: No such file"):
        PartialFile(tmp_path / "nowhere" / "x.zip")


def test_a_folder_that_may_not_be_written_is_explained(target, monkeypatch):
    error = PermissionError(errno.EACCES, "Permission denied")
    monkeypatch.setattr(Path, "open", fail(error))
    with pytest.raises(DownloadError, match=r"^Cannot write in .*: Permission denied\.$") as caught:
        PartialFile(target)
    assert caught.value.__cause__ is error
    assert files(target.parent) == {}


def test_an_error_without_words_of_the_system_is_explained_with_its_own(target, monkeypatch):
    monkeypatch.setattr(Path, "open", fail(OSError("out of order")))
    with pytest.raises(DownloadError, match=r": out of order\.$"):
        PartialFile(target)


def test_a_name_that_no_file_can_have_is_explained(tmp_path):
    with pytest.raises(DownloadError, match="^Cannot write in .*null"):
        PartialFile(tmp_path / "x\0.zip")


@pytest.mark.skipif(os.name == "nt", reason="limits whole paths, not names")
@pytest.mark.parametrize("letter", ["x", "é", "\N{DECIDUOUS TREE}"])
def test_a_name_as_long_as_a_file_system_takes_can_be_had(tmp_path, letter):
    name = letter * (255 // len(letter.encode()))
    with partial_file(tmp_path / name) as partial:
        partial.finish()
        partial.publish(overwrite=False)
    assert list(files(tmp_path)) == [name]


def test_two_downloads_to_one_target_do_not_share_a_file(target):
    with partial_file(target) as one, partial_file(target) as other:
        one.write(b"one")
        other.write(b"other")
        other.finish()
        other.publish(overwrite=True)
        one.finish()
        one.publish(overwrite=True)
    assert files(target.parent) == {"x.zip": b"one"}


def test_a_file_that_is_there_by_chance_is_not_written_to(target, monkeypatch):
    monkeypatch.setattr(secrets, "token_hex", lambda _size: "0" * 8)
    taken = target.with_name(".x.zip.00000000.part")
    taken.write_bytes(b"theirs")
    with pytest.raises(DownloadError, match="File exists"):
        PartialFile(target)
    assert taken.read_bytes() == b"theirs"


class FullDisk(io.FileIO):
    """A file on a disk without room."""

    def write(self, _data, /):
        raise NO_SPACE


def open_full(path, mode):
    return FullDisk(path, mode)


def test_a_full_disk_is_explained_and_leaves_nothing(target, monkeypatch):
    monkeypatch.setattr(Path, "open", open_full)
    with partial_file(target) as partial:
        with pytest.raises(DownloadError, match=r"^Cannot write .*x\.zip: No space left"):
            partial.write(b"abc")
        assert partial.size == 0
    monkeypatch.undo()
    assert files(target.parent) == {}


@pytest.mark.parametrize("step", ["finish", "restart"])
def test_a_disk_that_is_full_when_the_last_bytes_come_is_explained(target, monkeypatch, step):
    monkeypatch.setattr(Path, "open", lambda path, mode: io.BufferedWriter(FullDisk(path, mode)))
    with partial_file(target) as partial:
        partial.write(b"abc")
        with pytest.raises(DownloadError, match="No space left"):
            getattr(partial, step)()
    monkeypatch.undo()
    assert files(target.parent) == {}


def test_a_rename_that_fails_is_explained_and_leaves_nothing(target, monkeypatch):
    monkeypatch.setattr(os, "replace", fail(OSError(errno.EIO, "Input/output error")))
    with partial_file(target) as partial:
        partial.finish()
        with pytest.raises(DownloadError, match=r"^Cannot create .*x\.zip: Input/output error"):
            partial.publish(overwrite=True)
    assert files(target.parent) == {}


def test_a_folder_that_cannot_be_synced_is_no_failure(target, monkeypatch):
    with partial_file(target) as partial:
        partial.finish()
        monkeypatch.setattr(os, "fsync", fail())
        partial.publish(overwrite=False)
    assert list(files(target.parent)) == ["x.zip"]


def test_where_folders_cannot_be_opened_they_are_not_synced(target, monkeypatch):
    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    with partial_file(target) as partial:
        partial.finish()
        monkeypatch.setattr(os, "open", fail())
        partial.publish(overwrite=False)
    monkeypatch.undo()
    assert list(files(target.parent)) == ["x.zip"]


def test_what_cannot_be_removed_does_not_hide_the_error(target, monkeypatch):
    partial = PartialFile(target)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fail(PermissionError(13, "in use")))
        partial.discard()
    assert partial.path.exists()
    partial.discard()
    partial.discard()
    assert files(target.parent) == {}


faults = st.dictionaries(
    st.sampled_from(["link", "replace", "fsync", "unlink"]), st.sampled_from([1, None]), max_size=3
)


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=50), max_size=3),
    st.sampled_from([None, "before", "meanwhile"]),
    st.booleans(),
    faults,
)
def test_whatever_fails_there_is_the_file_or_what_was_there(chunks, theirs, overwrite, failing):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        target = Path(name, "x.zip")
        if theirs == "before":
            target.write_bytes(b"theirs")
        partial = PartialFile(target)
        published = False
        try:
            for chunk in chunks:
                partial.write(chunk)
            if theirs == "meanwhile":
                target.write_bytes(b"theirs")
            for call, times in failing.items():
                patch.setattr(os, call, fail(times=times, then=getattr(os, call)))
            partial.finish()
            partial.publish(overwrite=overwrite)
            published = True
        except DownloadError as error:
            assert failing or isinstance(error, TargetExistsError)
        finally:
            patch.undo()
            partial.discard()
        before = {"x.zip": b"theirs"} if theirs else {}
        assert files(target.parent) == ({"x.zip": b"".join(chunks)} if published else before)
