"""The hidden files of a download, and disks that refuse them."""

import json
from itertools import pairwise

import httpx
import pytest
from helpers import api
from helpers.transfers import HALF, SIZE, interrupted, names_in, part
from prolific_exports import DownloadError, StorageError, TargetExistsError
from prolific_exports._files._disk import OsDisk, OsHandle
from prolific_exports._http import _limit


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["part", "json", "json.new", "lock", "lock.old", "PART", "part. "])
def test_hidden_files_are_refused_as_destination(
    run, store, post, get, tmp_path, names, name, overwrite
):
    stem = names[1].removesuffix("part")
    with pytest.raises(DownloadError, match="Choose another path"):
        run(tmp_path / (stem + name), overwrite=overwrite)
    assert names_in(tmp_path) == []
    assert not post.called


@pytest.mark.parametrize("overwrite", [False, True])
def test_partial_file_as_destination_is_refused(run, store, stopped, names, overwrite):
    asked = store.call_count
    with pytest.raises(DownloadError, match="Choose another path"):
        run(stopped / names[1], overwrite=overwrite)
    assert (names_in(stopped), store.call_count) == (names, asked)
    store.mock(side_effect=[part()])
    assert run(stopped / "a.zip").path.read_bytes() == api.ARCHIVE


def test_sidecar_with_the_partial_file_as_target_is_ignored(run, store, post, stopped, names):
    sidecar = stopped / names[0]
    record = json.loads(sidecar.read_bytes())
    sidecar.write_text(json.dumps(record | {"output": names[1]}))
    post.mock(side_effect=None, return_value=api.generating())
    store.mock(return_value=api.stored())
    archive = run(stopped)
    assert archive.path.read_bytes() == api.ARCHIVE
    assert names_in(stopped) == [archive.path.name]


def test_symbolic_link_to_the_partial_file_is_not_the_archive(run, store, stopped, names):
    link = stopped / "a.zip"
    try:
        link.symlink_to(names[1])
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    with pytest.raises(TargetExistsError):
        run(link)
    assert names_in(stopped) == [*names, "a.zip"]
    with pytest.raises(DownloadError, match="is a name reserved for the hidden files"):
        run(link, overwrite=True)
    assert names_in(stopped) == [*names, "a.zip"]


def test_full_disk_is_detected_before_the_transfer(
    run, store, post, get, tmp_path, monkeypatch, names
):
    monkeypatch.setattr(OsDisk, "free", lambda self, folder: SIZE - 1)
    store.mock(return_value=api.stored())
    with pytest.raises(StorageError, match=f"{SIZE} bytes needed, {SIZE - 1} free"):
        run(tmp_path / "a.zip")
    assert names_in(tmp_path) == []
    monkeypatch.setattr(OsDisk, "free", lambda self, folder: SIZE)
    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "a.zip")
    monkeypatch.setattr(OsDisk, "free", lambda self, folder: 1)
    store.mock(return_value=part())
    with pytest.raises(StorageError, match="Not enough disk space"):
        run(tmp_path / "a.zip")
    assert names_in(tmp_path) == names


def test_unknown_free_space_is_explained(run, store, post, get, tmp_path, monkeypatch, names):
    def stale(self, folder):
        raise OSError(116, "Stale file handle")

    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "a.zip")
    with monkeypatch.context() as patch:
        patch.setattr(OsDisk, "free", stale)
        store.mock(side_effect=[part()])
        with pytest.raises(StorageError, match=f"Stale file handle.* {HALF} bytes are kept"):
            run(tmp_path / "a.zip")
        assert names_in(tmp_path) == names
    store.mock(side_effect=[part()])
    assert run(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_disk_that_fills_up_keeps_the_partial_file(
    run, store, post, get, tmp_path, monkeypatch, names, clock
):
    write = OsHandle.write

    def full(self, offset, data):
        write(self, offset, data[: max(HALF - offset, 0)])
        if offset + len(data) > HALF:
            raise OSError(28, "No space left on device")

    class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            # What arrives within a tenth of a second may be written at once.
            clock.advance(1)
            yield api.ARCHIVE[:100]
            yield api.ARCHIVE[100:]

        async def __aiter__(self):
            for piece in self:
                yield piece

    headers = {"ETag": api.ETAG, "Content-Length": str(SIZE)}
    store.mock(return_value=httpx.Response(200, stream=Pieces(), headers=headers))
    with monkeypatch.context() as patch:
        patch.setattr(OsHandle, "write", full)
        with pytest.raises(StorageError, match="No space left on device.* 100 bytes are kept"):
            run(tmp_path / "a.zip")
    assert names_in(tmp_path) == names
    store.mock(side_effect=[part(100)])
    assert run(tmp_path / "a.zip").path.read_bytes() == api.ARCHIVE


def test_unwritable_folder_is_explained_before_any_request(run, post, tmp_path, monkeypatch):
    def refused(self, path, content):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(OsDisk, "create", refused)
    with pytest.raises(DownloadError, match=r"^Cannot write in .*: Permission denied\."):
        run(tmp_path / "a.zip")
    assert not post.called


def test_checkpoints_are_written_periodically(
    run, store, post, get, tmp_path, clock, names, monkeypatch
):
    recorded = []
    # A byte a second is as slow as such a small archive takes.
    monkeypatch.setattr(_limit, "SLOWEST", 0)

    class Slow(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            for at in range(SIZE):
                clock.advance(1)
                yield api.ARCHIVE[at : at + 1]
                recorded.append(json.loads((tmp_path / names[0]).read_bytes())["good"])

        async def __aiter__(self):
            for piece in self:
                yield piece

    headers = {"ETag": api.ETAG, "Content-Length": str(SIZE)}
    store.mock(return_value=httpx.Response(200, stream=Slow(), headers=headers))
    run(tmp_path / "a.zip")
    assert recorded[0] == []
    ends = sorted({good[0][1] for good in recorded if good})
    assert all(later - sooner == 5 for sooner, later in pairwise(ends))
    assert len(ends) > SIZE / 6


def test_hidden_files_contain_no_secrets(stopped):
    for path in stopped.iterdir():
        content = path.read_bytes()
        for secret in (b"t0ken", b"5ecret5ignature", b"fr3sh", b"X-Amz", b"https:"):
            assert secret not in content
