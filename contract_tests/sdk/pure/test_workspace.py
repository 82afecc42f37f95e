"""The destination has the complete file, or its previous content."""

import errno
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.processes import fork
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import (
    DownloadError,
    StorageError,
    TargetExistsError,
    TargetInUseError,
)
from prolific_exports._download._claim import FOREIGN_SILENCE
from prolific_exports._download._opening import open_workspace
from prolific_exports._download._system import System
from prolific_exports._files._disk import OsDisk
from prolific_exports._flows._polling import PendingExport

NOW = datetime(2026, 3, 20, 10, 0, 0, tzinfo=UTC)
ETAG = '"e"'
NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
NO_LINKS = OSError(errno.EPERM, "no links here")


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fail(error=NO_SPACE, times=None, then: Any = None):
    """A function that raises, always or a number of times, and then does what another does."""
    calls = []

    def failing(*args, **keywords):
        calls.append(1)
        if times is None or len(calls) <= times:
            raise error
        return then(*args, **keywords)

    return failing


@pytest.fixture
def target(tmp_path):
    return tmp_path / "x.zip"


@pytest.fixture
def enter():
    workspaces = []

    def enter(path, *, overwrite=False):
        workspaces.append(
            open_workspace(PendingExport("batch", "1"), path, System(), NOW, overwrite=overwrite)
        )
        return workspaces[-1]

    yield enter
    for workspace in workspaces:
        workspace.close()


def fill(workspace, content=b"abc", etag: str | None = ETAG):
    workspace.begin(len(content), etag)
    workspace.write(0, content)
    workspace.finish()


def publish(enter, path):
    workspace = enter(path)
    fill(workspace)
    workspace.publish(overwrite=False)


@pytest.mark.parametrize("overwrite", [False, True])
def test_published_file_is_complete_without_leftovers(enter, target, overwrite):
    workspace = enter(target, overwrite=overwrite)
    fill(workspace)
    assert not target.exists()
    workspace.publish(overwrite=overwrite)
    workspace.close()
    assert files(target.parent) == {"x.zip": b"abc"}


def test_bytes_are_synced_before_publishing(enter, target, monkeypatch):
    workspace = enter(target)
    workspace.begin(3, ETAG)
    workspace.write(0, b"abc")
    synced = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(target.exists()) or sync(fd))
    workspace.finish()
    assert synced
    assert not any(synced)
    workspace.publish(overwrite=False)
    if hasattr(os, "O_DIRECTORY"):
        assert synced[-1]


@pytest.mark.parametrize("linking", [True, False], ids=["hard links", "no hard links"])
def test_target_created_before_publishing_is_kept(enter, target, monkeypatch, linking):
    if not linking:
        monkeypatch.setattr(os, "link", fail(NO_LINKS))
    workspace = enter(target)
    fill(workspace, etag=None)
    target.write_bytes(b"theirs")
    with pytest.raises(TargetExistsError, match="already exists and was not changed") as caught:
        workspace.publish(overwrite=False)
    workspace.close()
    assert caught.value.path == target
    assert files(target.parent) == {"x.zip": b"theirs"}


def test_target_created_during_the_claim_is_kept(enter, target, monkeypatch):
    create = OsDisk.create

    def meanwhile(self, path, content):
        create(self, path, content)
        target.write_bytes(b"theirs")

    monkeypatch.setattr(OsDisk, "create", meanwhile)
    with pytest.raises(TargetExistsError):
        enter(target)
    assert files(target.parent) == {"x.zip": b"theirs"}


def test_file_is_renamed_without_hard_links(enter, target, monkeypatch):
    monkeypatch.setattr(os, "link", fail(NO_LINKS))
    workspace = enter(target)
    fill(workspace)
    workspace.publish(overwrite=False)
    workspace.close()
    assert files(target.parent) == {"x.zip": b"abc"}


@pytest.mark.parametrize("linking", [True, False], ids=["hard links", "no hard links"])
def test_dangling_link_is_not_replaced(enter, target, monkeypatch, linking):
    if not linking:
        monkeypatch.setattr(os, "link", fail(NO_LINKS))
    workspace = enter(target)
    fill(workspace)
    try:
        target.symlink_to("nowhere")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    with pytest.raises(TargetExistsError):
        workspace.publish(overwrite=False)
    assert target.is_symlink()


def test_files_that_cannot_be_removed_do_not_fail_the_download(enter, target, monkeypatch):
    workspace = enter(target)
    fill(workspace)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", fail(PermissionError(13, "in use")))
        workspace.publish(overwrite=False)
        workspace.close()
    assert target.read_bytes() == b"abc"


@pytest.mark.skipif(os.name == "nt", reason="limits whole paths, not names")
@pytest.mark.parametrize("letter", ["x", "é", "\N{DECIDUOUS TREE}"])
def test_longest_possible_name_is_supported(enter, tmp_path, letter):
    name = letter * (255 // len(letter.encode()))
    workspace = enter(tmp_path / name)
    fill(workspace)
    workspace.publish(overwrite=False)
    workspace.close()
    assert list(files(tmp_path)) == [name]


def test_invalid_name_is_explained(enter, tmp_path):
    with pytest.raises(DownloadError, match="^Cannot (write|create) .*null"):
        publish(enter, tmp_path / "x\0.zip")


def test_folder_at_the_target_gets_a_file_in_it(enter, target):
    target.mkdir()
    workspace = enter(target)
    assert workspace.target.parent == target
    assert workspace.target.name.startswith("1-export-20260")


def test_failed_checkpoint_keeps_the_previous_one(enter, target, monkeypatch):
    workspace = enter(target)
    fill(workspace)
    workspace.write(3, b"d")
    monkeypatch.setattr(os, "fsync", fail())
    workspace.close()
    monkeypatch.undo()
    assert set(files(target.parent)) == {".prolific-batch-1.json", ".prolific-batch-1.part"}
    again = enter(target)
    assert again.file.received == 2, "less one byte, to be asked about"


def test_error_without_system_message_keeps_its_own(enter, target, monkeypatch):
    monkeypatch.setattr(OsDisk, "create", fail(OSError("out of order")))
    with pytest.raises(DownloadError, match=r": out of order\.$"):
        enter(target)


def test_claim_is_touched_in_the_background_until_the_download_ends(target):
    """Also while the download waits, stalls or verifies."""
    beating = []

    def beat(act, interval):
        beating.append((act, interval))
        return beating.clear

    workspace = open_workspace(
        PendingExport("batch", "1"), target, System(beat=beat), NOW, overwrite=False
    )
    ((touch, interval),) = beating
    assert interval * 10 <= FOREIGN_SILENCE
    os.utime(workspace.claim.path, (1, 1))
    touch()
    assert OsDisk().age(workspace.claim.path) < 100
    workspace.close()
    assert beating == []


def test_process_without_the_claim_writes_nothing(enter, target, monkeypatch):
    workspace = enter(target)
    fill(workspace)
    before = files(target.parent)
    monkeypatch.setattr(type(workspace.claim), "is_of_this_process", False)

    with pytest.raises(TargetInUseError):
        workspace.write(0, b"xyz")
    workspace.close()

    assert files(target.parent) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="has no fork")
def test_fork_leaves_the_download_to_its_parent(enter, target):
    workspace = enter(target)
    workspace.begin(6, ETAG)
    workspace.write(0, b"abc")

    def act():
        with pytest.raises(TargetInUseError):
            workspace.write(3, b"xyz")
        workspace.close()

    assert fork(act) == 0
    workspace.write(3, b"def")
    workspace.finish()
    workspace.publish(overwrite=False)
    workspace.close()
    assert files(target.parent) == {"x.zip": b"abcdef"}


@pytest.mark.skipif(os.name == "nt", reason="makes pipes")
@pytest.mark.parametrize("suffix", ["part", "json", "lock"])
def test_foreign_hidden_file_is_named(enter, target, suffix):
    hidden = target.with_name(f".prolific-batch-1.{suffix}")
    os.mkfifo(hidden)
    with pytest.raises(DownloadError, match=f"{hidden} is a pipe, but a download needs"):
        fill(enter(target))
    assert [path.name for path in target.parent.iterdir()] == [hidden.name]
    hidden.unlink()
    publish(enter, target)


@pytest.mark.skipif(os.name == "nt", reason="makes pipes")
def test_unwritable_sidecar_is_named_and_the_claim_released(enter, target):
    workspace = enter(target)
    workspace.begin(6, ETAG)
    workspace.write(0, b"abc")
    workspace.checkpoint()
    fresh = target.with_name(".prolific-batch-1.json.new")
    os.mkfifo(fresh)
    with pytest.raises(DownloadError, match=f"{fresh} is a pipe"):
        workspace.checkpoint()
    workspace.close()
    assert not list(target.parent.glob("*.lock"))
    fresh.unlink()
    assert enter(target).file.received == 3


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_finished_file_has_the_mode_of_a_new_one(enter, target):
    target.touch()
    target.chmod(0o600)
    before = os.umask(0o027)
    try:
        workspace = enter(target, overwrite=True)
        fill(workspace)
        workspace.publish(overwrite=True)
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o640


faults = st.dictionaries(
    st.sampled_from(["link", "replace", "fsync", "unlink", "open"]),
    st.sampled_from([1, 2, None]),
    max_size=3,
)


@settings(deadline=None)
@given(
    st.binary(max_size=50),
    st.sampled_from([None, "before", "meanwhile"]),
    st.booleans(),
    faults,
)
def test_any_failure_leaves_the_complete_or_the_previous_file(content, theirs, overwrite, failing):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        target = Path(name, "x.zip")
        if theirs == "before":
            target.write_bytes(b"theirs")
        workspace, published = None, False
        try:
            workspace = open_workspace(
                PendingExport("batch", "1"), target, System(), NOW, overwrite=overwrite
            )
            workspace.begin(len(content), ETAG)
            workspace.write(0, content)
            if theirs == "meanwhile":
                target.write_bytes(b"theirs")
            for call, times in failing.items():
                patch.setattr(os, call, fail(times=times, then=getattr(os, call)))
            workspace.finish()
            workspace.publish(overwrite=overwrite)
            published = True
        except (DownloadError, StorageError) as error:
            assert failing or isinstance(error, TargetExistsError)
        finally:
            if workspace is not None:
                workspace.close()
            patch.undo()
        there = files(target.parent)
        kept = {one for one in there if one.startswith(".prolific-batch-1.")}
        before = {"x.zip": b"theirs"} if theirs else {}
        assert {one: there[one] for one in there if one not in kept} == (
            {"x.zip": content} if published else before
        )
        assert failing or not published or not kept
