"""The file at the destination: complete and verified, or not there."""

import asyncio
import errno
import io
import json
import os
import re
import zipfile
from pathlib import Path

import httpx
import pytest
from helpers import api
from helpers.transfers import SIZE, names_in
from prolific_exports import (
    AsyncExports,
    CorruptArchiveError,
    DownloadError,
    Downloading,
    Saved,
    StorageError,
    TargetExistsError,
    UsageError,
    Verifying,
    download,
)


def test_archive_of_the_other_kind_is_not_saved(router, job, kind, store, tmp_path):
    other = "batch" if kind == "collection" else "collection"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"root/{other}.json", "{}")
    store.mock(return_value=api.stored(buffer.getvalue()))
    with pytest.raises(CorruptArchiveError, match=f"is the archive of a {other}, not of a {kind}"):
        job.download(tmp_path / "data.zip")
    assert names_in(tmp_path) == []


def test_download_saves_the_archive_of_an_id(router, resource, kind, store, tmp_path, events):
    router.post(api.post_url(kind)).mock(side_effect=[api.generating()])
    router.get(api.get_url(kind)).mock(side_effect=[api.generating(), api.complete()])
    store.mock(return_value=api.stored())
    target = tmp_path / "data.zip"
    archive = resource.download(api.RESOURCE[kind], target)
    assert os.fspath(archive) == str(target)
    assert target.read_bytes() == api.ARCHIVE
    assert names_in(tmp_path) == ["data.zip"]
    assert [type(event) for event in events[-3:]] == [Downloading, Verifying, Saved]
    assert events[-1] == Saved(events[-1].ref, target, SIZE, transferred=SIZE)
    assert events[-3].received == events[-3].total == SIZE


def test_folder_destination_gets_a_file_named_by_id_and_time(job, kind, store, tmp_path):
    store.mock(return_value=api.stored())
    archive = job.download(tmp_path)
    name = rf"{api.RESOURCE[kind]}-export-\d{{8}}-\d{{6}}\.zip"
    assert re.fullmatch(name, archive.path.name)
    assert archive.path.parent == tmp_path


def test_default_destination_is_the_working_directory(job, store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store.mock(return_value=api.stored())
    job.download()
    assert len(names_in(tmp_path)) == 1


def test_existing_file_is_refused_before_any_request(job, ready, tmp_path):
    target = tmp_path / "data.zip"
    target.write_text("precious")
    with pytest.raises(TargetExistsError, match=r"data\.zip already exists") as taken:
        job.download(target)
    assert taken.value.path == target
    assert target.read_text() == "precious"
    assert not ready.called


def test_existing_file_is_replaced_with_overwrite(job, store, tmp_path):
    target = tmp_path / "data.zip"
    target.write_text("old")
    store.mock(return_value=api.stored())
    job.download(target, overwrite=True)
    assert target.read_bytes() == api.ARCHIVE


def test_failed_download_keeps_the_old_file(job, store, tmp_path):
    target = tmp_path / "data.zip"
    target.write_text("old")
    store.mock(return_value=httpx.Response(200, content=b"not a zip"))
    with pytest.raises(CorruptArchiveError):
        job.download(target, overwrite=True)
    assert target.read_text() == "old"
    assert names_in(tmp_path) == ["data.zip"]


def test_file_created_during_the_download_is_kept(job, store, tmp_path):
    target = tmp_path / "data.zip"

    def appear(request: httpx.Request) -> httpx.Response:
        target.write_text("the content of another program")
        return api.stored()

    store.mock(side_effect=appear)
    with pytest.raises(TargetExistsError, match=r"kept in .*\.part, and is not fetched again"):
        job.download(target)
    assert target.read_text() == "the content of another program"
    job.download(tmp_path / "other.zip")
    assert names_in(tmp_path) == ["data.zip", "other.zip"]
    assert store.calls.last.request.headers["Range"] == f"bytes={SIZE - 1}-", "it was kept"


def test_unresumable_partial_file_is_not_reported_as_kept(job, store, tmp_path):
    target = tmp_path / "data.zip"

    def appear(request: httpx.Request) -> httpx.Response:
        target.write_text("the content of another program")
        return api.stored(etag=None)

    store.mock(side_effect=appear)
    with pytest.raises(
        TargetExistsError, match=r"allow overwriting \(overwrite=True, --overwrite\)\.$"
    ):
        job.download(target)
    assert names_in(tmp_path) == ["data.zip"]


def test_missing_folder_is_named(job, ready, tmp_path):
    with pytest.raises(DownloadError, match="Folder .*missing does not exist"):
        job.download(tmp_path / "missing" / "data.zip")
    assert not ready.called


def test_path_with_trailing_separator_is_a_folder(job, ready, store, tmp_path):
    with pytest.raises(DownloadError, match="Folder .*exports does not exist: create it first"):
        job.download(f"{tmp_path}/exports/")
    assert not ready.called
    assert names_in(tmp_path) == []
    (tmp_path / "exports").mkdir()
    store.mock(return_value=api.stored())
    assert job.download(f"{tmp_path}/exports{os.sep}").path.parent == tmp_path / "exports"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_interrupt_before_any_bytes_leaves_no_files(job, store, tmp_path, interruption):
    def interrupt(request: httpx.Request) -> httpx.Response:
        raise interruption

    store.mock(side_effect=interrupt)
    with pytest.raises(interruption):
        job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == []


def test_cancellation_keeps_a_resumable_partial_file(tmp_path):
    arrived = asyncio.Event()

    async def endless():
        yield api.ARCHIVE[:100]
        arrived.set()
        await asyncio.Event().wait()

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "store.example":
            headers = {"ETag": api.ETAG, "Content-Length": str(SIZE)}
            return httpx.Response(200, content=endless(), headers=headers)
        return api.complete()

    async def scenario() -> None:
        transport = httpx.MockTransport(handler)
        async with httpx.AsyncClient(transport=transport) as client:
            exports = AsyncExports("t0ken", base_url=api.BASE, http_client=client)
            task = asyncio.create_task(
                exports.collections.download(api.COLLECTION, tmp_path / "a.zip")
            )
            await arrived.wait()
            assert len(names_in(tmp_path)) == 3
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scenario())
    kept = f".prolific-collection-{api.COLLECTION}"
    assert names_in(tmp_path) == [f"{kept}.json", f"{kept}.part"]
    assert json.loads((tmp_path / f"{kept}.json").read_text())["good"] == [[0, 100]]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("refusing", ["fsync", "link"])
def test_disk_error_is_a_typed_error_with_its_cause(
    job, store, tmp_path, monkeypatch, number, refusing
):
    store.mock(return_value=api.stored())

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, refusing, refuse)
        patch.setattr(os, "replace", refuse)
        with pytest.raises(StorageError, match=os.strerror(number)):
            job.download(tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()
    job.download(tmp_path / "a.zip")
    assert names_in(tmp_path) == ["a.zip"]


@pytest.mark.skipif(os.name == "nt", reason="makes a link")
def test_link_is_kept_and_its_target_replaced(job, store, tmp_path):
    store.mock(return_value=api.stored())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "real.zip").write_text("old")
    (tmp_path / "a.zip").symlink_to("elsewhere/real.zip")
    with pytest.raises(TargetExistsError):
        job.download(tmp_path / "a.zip")
    job.download(tmp_path / "a.zip", overwrite=True)
    assert (tmp_path / "a.zip").is_symlink()
    assert names_in(tmp_path / "elsewhere") == ["real.zip"]
    assert (tmp_path / "elsewhere" / "real.zip").read_bytes() == api.ARCHIVE


def test_tilde_is_the_home_folder(job, store, tmp_path, monkeypatch):
    store.mock(return_value=api.stored())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert job.download(Path("~/a.zip")).path == tmp_path / "a.zip"


def test_download_function_returns_the_path(router, kind, store, tmp_path, monkeypatch):
    monkeypatch.setenv("PROLIFIC_TOKEN", "t0ken")
    monkeypatch.setenv("PROLIFIC_URL", api.BASE)
    router.post(api.post_url(kind)).mock(return_value=api.complete())
    store.mock(return_value=api.stored())
    archive = download(kind, api.RESOURCE[kind], tmp_path / "a.zip")
    assert archive.path.read_bytes() == api.ARCHIVE


def test_unknown_kind_is_refused(tmp_path):
    with pytest.raises(UsageError, match="Unknown kind 'study'"):
        download("study", api.COLLECTION, tmp_path, token="t0ken")  # type: ignore[arg-type]
