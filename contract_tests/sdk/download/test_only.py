"""Downloads of the responses without the uploaded files."""

import errno
import json
from functools import partial

import httpx
import pytest
from attrs import evolve
from helpers import api
from helpers.range_store import ETAG, Answer, RangeStore, export_bytes
from helpers.transfers import BrokenBody, events_of, names_in
from prolific_exports import (
    ArchiveError,
    CorruptArchiveError,
    DownloadError,
    Downloading,
    ExportArchive,
    Refreshed,
    Resuming,
    Saved,
    StartedOver,
    StorageError,
    TargetExistsError,
    UnreadableMemberError,
    UnsafeArchiveError,
    UnsafeUrlError,
    UsageError,
    Verifying,
)
from prolific_exports._files._disk import OsDisk, OsHandle

UPLOADS = 20
LARGE = 30_000


@pytest.fixture
def root(kind):
    return f"{kind}-export-{api.RESOURCE[kind]}-20260320T100000/"


@pytest.fixture
def export(kind, root):
    """Makes the archive of an export."""

    def export(**options):
        defaults = {"uploads": UPLOADS, "upload_size": LARGE, "root": root, "kind": kind}
        return export_bytes(**defaults | options)

    return export


@pytest.fixture
def serve(store):
    """Serves an archive over httpx."""

    def serve(body, **options):
        served = RangeStore(body, **options)
        store.mock(side_effect=partial(respond, served))
        return served

    return serve


def respond(served, request):
    """Answer a request; a body that is cut raises an error."""
    answer = served.answer(dict(request.headers))
    length = {"Content-Length": str(len(answer.body))}
    if answer.cut is not None:
        stream = BrokenBody(answer.body[: answer.cut], httpx.ReadError("connection reset"))
        return httpx.Response(answer.status, stream=stream, headers=length | answer.headers)
    return httpx.Response(answer.status, content=answer.body, headers=answer.headers)


def texts_of(archive):
    """The members that are not uploaded files, with their content."""
    return {
        member.name: archive.open_file(member.name.removeprefix(f"{archive.root}/")).read()
        for member in archive.members
        if "/files/" not in member.name and not member.name.endswith("not-downloaded.jsonl")
    }


@pytest.fixture
def expected(export, tmp_path):
    """What a whole download has besides the uploaded files."""
    path = tmp_path / "whole" / "whole.zip"
    path.parent.mkdir()
    path.write_bytes(export())
    return texts_of(ExportArchive.open(path))


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("last", [False, True], ids=["before the files", "after the files"])
def test_only_responses_moves_a_small_part_of_the_archive(
    job, serve, export, folder, events, last, expected
):
    body = export(last=last)
    store = serve(body)
    archive = job.download(folder / "a.zip", only="responses")
    assert texts_of(archive) == expected
    assert [file.is_downloaded for file in archive.files] == [False] * UPLOADS
    assert sum(file.size for file in archive.files) == UPLOADS * LARGE
    assert names_in(folder) == ["a.zip"]
    assert len(store.requests) == (1 if last else 2)
    [saved] = events_of(events, Saved)
    assert saved.size == archive.path.stat().st_size
    assert saved.transferred == store.sent < len(body) / 4


def test_second_request_is_for_the_unchanged_archive(job, serve, export, folder):
    store = serve(export())
    job.download(folder / "a.zip", only="responses")
    assert store.requests[1]["if-match"] == ETAG
    assert store.requests[1]["range"].startswith("bytes=0-")


def test_default_name_says_what_it_contains(job, serve, export, folder, kind):
    serve(export())
    archive = job.download(folder, only="responses")
    assert archive.path.name.startswith(f"{api.RESOURCE[kind]}-export-")
    assert archive.path.name.endswith("-responses.zip")


def test_filter_and_part_are_in_the_default_name(resource, serve, export, kind, folder, router):
    serve(export())
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    router.get(api.post_url(kind)).mock(
        return_value=api.jobs(api.listed(filter_={"study_id": "s1"}))
    )
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID, study_id="s1")
    archive = job.download(folder, only="responses")
    assert archive.path.name.endswith("-study-s1-responses.zip")


FALLBACKS = {
    "ranges ignored": {"ranges": False},
    "no tag": {"etag": None},
    "weak tag": {"etag": f"W/{ETAG}"},
}


@pytest.mark.parametrize("options", FALLBACKS.values(), ids=FALLBACKS)
def test_store_without_ranges_gives_the_same_archive(
    job, serve, export, folder, events, options, expected
):
    store = serve(export())
    by_ranges = job.download(folder / "a.zip", only="responses").path.read_bytes()
    events.clear()
    store = serve(export(), **options)
    archive = job.download(folder / "b.zip", only="responses")
    assert texts_of(archive) == expected
    assert archive.path.read_bytes() == by_ranges
    assert names_in(folder) == ["a.zip", "b.zip"]
    assert len(store.requests) == 3
    [over] = events_of(events, StartedOver)
    assert over.reason.endswith("so the whole archive is downloaded")
    [saved] = events_of(events, Saved)
    assert saved.size == len(by_ranges)
    assert saved.transferred == len(export())


def test_store_that_stops_sending_ranges_gives_the_same_archive(
    job, serve, export, folder, expected
):
    body = export()
    store = serve(body, faults={2: lambda _: Answer(200, {"etag": ETAG}, body)})
    assert texts_of(job.download(folder / "a.zip", only="responses")) == expected
    assert "range" not in store.requests[2]


def test_parts_with_wrong_bytes_are_replaced_by_the_whole_archive(
    job, serve, export, folder, events, expected
):
    store = serve(export(), faults={2: lambda answer: evolve(answer, body=answer.body[::-1])})
    assert texts_of(job.download(folder / "a.zip", only="responses")) == expected
    assert "range" not in store.requests[2]
    [over] = events_of(events, StartedOver)
    assert "are damaged" in over.reason


def test_archive_that_changes_once_is_read_again(job, serve, export, folder, events, expected):
    store = serve(export(), faults={2: lambda _: Answer(412, {}, b"")})
    assert texts_of(job.download(folder / "a.zip", only="responses")) == expected
    assert [asked["range"][:7] for asked in store.requests] == [
        "bytes=-",
        "bytes=0",
        "bytes=-",
        "bytes=0",
    ]
    assert events_of(events, StartedOver) == []


def test_archive_that_always_changes_is_downloaded_as_a_whole(
    job, serve, export, folder, events, expected
):
    changed = {number: lambda _: Answer(412, {}, b"") for number in (2, 4, 6)}
    store = serve(export(), faults=changed)
    assert texts_of(job.download(folder / "a.zip", only="responses")) == expected
    assert len(store.requests) == 7
    [over] = events_of(events, StartedOver)
    assert "changed during the download" in over.reason


def test_expired_url_is_replaced_between_ranges(job, serve, export, folder, events, expected):
    serve(export(), faults={2: lambda _: Answer(403, {}, b"")})
    assert texts_of(job.download(folder / "a.zip", only="responses")) == expected
    assert len(events_of(events, Refreshed)) == 1


def test_connection_that_breaks_within_a_range_is_resumed(
    job, serve, export, folder, clock, expected
):
    store = serve(export(), faults={2: lambda answer: evolve(answer, cut=100)})
    assert texts_of(job.download(folder / "a.zip", only="responses")) == expected
    assert store.requests[2]["range"].startswith("bytes=100-")
    assert len(clock.sleeps) == 1


def test_store_that_keeps_failing_ends_the_download(job, serve, export, folder):
    store = serve(export(), always=lambda _: Answer(503, {}, b""))
    with pytest.raises(DownloadError, match="answered 503, 8 times in a row") as failure:
        job.download(folder / "a.zip", only="responses")
    assert failure.value.retryable
    assert len(store.requests) == 8
    assert names_in(folder) == []


def interrupted_after(size):
    """Press Ctrl-C when some bytes of the second response have arrived."""

    def respond_or_interrupt(served, request):
        answer = served.answer(dict(request.headers))
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        if len(served.requests) == 2:
            stream = BrokenBody(answer.body[:size], KeyboardInterrupt)
            return httpx.Response(answer.status, stream=stream, headers=headers)
        return httpx.Response(answer.status, content=answer.body, headers=headers)

    return respond_or_interrupt


@pytest.fixture
def stopped(job, store, export, folder):
    """The first bytes of the responses are there, of a process that was interrupted."""
    served = RangeStore(export())
    store.mock(side_effect=partial(interrupted_after(150), served))
    with pytest.raises(KeyboardInterrupt):
        job.download(folder / "a.zip", only="responses")
    return folder


def test_interrupted_download_is_resumed(job, stopped, serve, export, kind, events, expected):
    stem = f".prolific-{kind}-{api.RESOURCE[kind]}+responses"
    assert names_in(stopped) == [f"{stem}.json", f"{stem}.part"]
    store = serve(export())
    assert texts_of(job.download(stopped / "a.zip", only="responses")) == expected
    assert store.requests[1]["range"].startswith("bytes=150-")
    [resuming] = events_of(events, Resuming)
    assert resuming.received == 150
    assert names_in(stopped) == ["a.zip"]


def test_interrupted_download_of_another_archive_begins_again(
    job, stopped, serve, export, events, expected
):
    store = serve(export(), etag='"2c3d"')
    assert texts_of(job.download(stopped / "a.zip", only="responses")) == expected
    assert store.requests[1]["range"].startswith("bytes=0-")
    [over] = events_of(events, StartedOver)
    assert "another one" in over.reason


def test_whole_download_leaves_an_interrupted_one_alone(job, stopped, serve, export, kind):
    body = export()
    serve(body)
    assert job.download(stopped / "whole.zip").path.read_bytes() == body
    stem = f".prolific-{kind}-{api.RESOURCE[kind]}+responses"
    assert names_in(stopped) == [f"{stem}.json", f"{stem}.part", "whole.zip"]


def test_interrupted_whole_archive_is_resumed_as_a_whole(
    job, serve, store, export, folder, expected
):
    body = export()
    whole = Answer(200, {"etag": ETAG}, body)
    served = RangeStore(body, faults={1: lambda _: whole, 2: lambda _: whole})

    def answer(request):
        reply = served.answer(dict(request.headers))
        error = KeyboardInterrupt if len(served.requests) == 3 else httpx.ReadError("reset")
        stream = BrokenBody(reply.body[:1000], error)
        length = {"Content-Length": str(len(reply.body))}
        return httpx.Response(reply.status, stream=stream, headers=length | reply.headers)

    store.mock(side_effect=answer)
    with pytest.raises(KeyboardInterrupt):
        job.download(folder / "a.zip", only="responses")
    later = serve(body)
    assert texts_of(job.download(folder / "a.zip", only="responses")) == expected
    assert [asked["range"] for asked in later.requests] == ["bytes=1000-"]


def test_damaged_sidecar_is_reported_once(job, stopped, serve, export, kind, events, expected):
    (stopped / f".prolific-{kind}-{api.RESOURCE[kind]}+responses.json").write_text("{}")
    serve(export())
    assert texts_of(job.download(stopped / "a.zip", only="responses")) == expected
    assert len(events_of(events, StartedOver)) == 1


class SlowBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body whose pieces take two seconds each, and which is interrupted at its end."""

    def __init__(self, body, clock):
        self._body, self._clock = body, clock

    def __iter__(self):
        for start in range(0, len(self._body), 50):
            self._clock.advance(2.0)
            yield self._body[start : start + 50]
        raise KeyboardInterrupt

    async def __aiter__(self):
        for piece in self:
            yield piece


def test_received_bytes_are_recorded_every_few_seconds(
    job, store, export, folder, clock, monkeypatch
):
    """A process that is killed then loses only the last ones."""
    recorded = []
    replace = OsDisk.replace_content

    def noted(disk, path, content):
        recorded.append(json.loads(content)["good"])
        replace(disk, path, content)

    monkeypatch.setattr(OsDisk, "replace_content", noted)
    served = RangeStore(export(method=0))

    def answer(request):
        reply = served.answer(dict(request.headers))
        length = {"Content-Length": str(len(reply.body))}
        if len(served.requests) == 1:
            return httpx.Response(206, content=reply.body, headers=reply.headers)
        return httpx.Response(
            206, stream=SlowBody(reply.body, clock), headers=length | reply.headers
        )

    store.mock(side_effect=answer)
    with pytest.raises(KeyboardInterrupt):
        job.download(folder / "a.zip", only="responses")
    assert recorded[0] == []
    assert recorded[1] == [[0, 150]]
    assert recorded[2] == [[0, 300]]


def test_file_at_the_destination_is_kept(job, serve, export, folder):
    serve(export())
    (folder / "a.zip").write_bytes(b"mine")
    with pytest.raises(TargetExistsError):
        job.download(folder / "a.zip", only="responses")
    assert (folder / "a.zip").read_bytes() == b"mine"
    assert job.download(folder / "a.zip", only="responses", overwrite=True).kind is not None
    assert names_in(folder) == ["a.zip"]


def test_file_that_appears_meanwhile_is_kept(job, store, export, folder):
    served = RangeStore(export())

    def answer(request):
        (folder / "a.zip").write_bytes(b"mine")
        return respond(served, request)

    store.mock(side_effect=answer)
    with pytest.raises(TargetExistsError):
        job.download(folder / "a.zip", only="responses")
    assert names_in(folder) == ["a.zip"]
    assert (folder / "a.zip").read_bytes() == b"mine"


def test_unknown_part_is_refused_before_anything_is_sent(job, folder, router):
    with pytest.raises(UsageError, match="Unknown only='files': use 'responses'"):
        job.download(folder / "a.zip", only="files")
    assert not router.calls


def test_archive_of_the_other_kind_is_refused(job, serve, export, folder, kind):
    other = "batch" if kind == "collection" else "collection"
    serve(export(kind=other))
    with pytest.raises(CorruptArchiveError, match=f"archive of a {other}.* Nothing was saved"):
        job.download(folder / "a.zip", only="responses")
    assert names_in(folder) == []


def test_unsafe_archive_is_refused_before_its_members_are_fetched(job, serve, export, folder):
    body = export()
    name = body[body.index(b"files/s1") :][:14]
    store = serve(body.replace(name, b"files/../../.x"))
    with pytest.raises(UnsafeArchiveError, match="Download the whole archive, without --only"):
        job.download(folder / "a.zip", only="responses")
    assert len(store.requests) == 1
    assert names_in(folder) == []


def test_archive_that_is_a_part_already_is_refused(job, serve, export, folder):
    serve(export())
    part = job.download(folder / "a.zip", only="responses").path.read_bytes()
    serve(part)
    with pytest.raises(ArchiveError, match="a name that is reserved"):
        job.download(folder / "b.zip", only="responses")
    assert names_in(folder) == ["a.zip"]


def encrypted(body):
    """An archive whose members are marked as encrypted."""
    data = bytearray(body)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def test_encrypted_archive_is_refused(job, serve, export, folder):
    serve(encrypted(export(uploads=1, upload_size=10)))
    with pytest.raises(UnreadableMemberError, match="is encrypted"):
        job.download(folder / "a.zip", only="responses")
    with pytest.raises(UnreadableMemberError, match="is encrypted"):
        job.download(folder / "a.zip", only="responses", verify=False)
    assert names_in(folder) == []


def test_damaged_responses_are_saved_only_without_verification(job, serve, export, folder):
    body = bytearray(export(method=0))
    body[body.index(b"participant_id")] ^= 1
    serve(bytes(body))
    with pytest.raises(CorruptArchiveError, match=r"checksum .* Nothing was saved"):
        job.download(folder / "a.zip", only="responses")
    assert names_in(folder) == []
    assert job.download(folder / "a.zip", only="responses", verify=False).path.exists()


def test_damaged_upload_does_not_matter(job, serve, export, folder, expected):
    body = bytearray(export(method=0))
    body[body.index(b"files/s1") + 100] ^= 1
    serve(bytes(body), ranges=False)
    archive = job.download(folder / "a.zip", only="responses")
    assert list(texts_of(archive).values()) == list(expected.values())


def test_full_disk_leaves_what_can_be_resumed(job, serve, export, folder, monkeypatch, kind):
    serve(export())
    written = OsHandle.write

    def full(handle, offset, data):
        if str(handle._path).endswith(".new"):
            raise OSError(errno.ENOSPC, "No space left on device")
        written(handle, offset, data)

    with monkeypatch.context() as patch:
        patch.setattr(OsHandle, "write", full)
        with pytest.raises(StorageError, match="run the same command"):
            job.download(folder / "a.zip", only="responses")
    stem = f".prolific-{kind}-{api.RESOURCE[kind]}+responses"
    assert names_in(folder) == [f"{stem}.json", f"{stem}.part"]
    store = serve(export())
    job.download(folder / "a.zip", only="responses")
    # The last byte is requested again, since only a response shows that it was the last.
    first, _, last = store.requests[1]["range"].removeprefix("bytes=").partition("-")
    assert first == last


def test_progress_counts_the_bytes_to_receive(job, serve, export, folder, events):
    store = serve(export())
    job.download(folder / "a.zip", only="responses")
    reported = events_of(events, Downloading)[-1]
    assert reported.received == reported.total == store.sent
    assert events_of(events, Verifying)[0].size == store.sent


def test_job_is_deleted_after_the_responses_are_saved(job, serve, export, folder, router, kind):
    serve(export())
    deletion = router.delete(api.get_url(kind)).mock(return_value=httpx.Response(204))
    job.download(folder / "a.zip", only="responses", delete_after=True)
    assert deletion.called


def test_many_downloads_have_only_responses(resource, serve, export, folder, router, kind, post):
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    serve(export())
    [outcome] = resource.download_many([api.RESOURCE[kind]], folder, only="responses")
    assert [file.is_downloaded for file in outcome.result().files] == [False] * UPLOADS
    with pytest.raises(UsageError, match="Unknown only"):
        list(resource.download_many([api.RESOURCE[kind]], folder, only="x"))


def test_invalid_response_ends_the_download_at_once(job, serve, export, folder):
    store = serve(export(), always=lambda _: Answer(204, {}, b""))
    with pytest.raises(DownloadError, match="answered 204"):
        job.download(folder / "a.zip", only="responses")
    assert len(store.requests) == 1


def test_redirect_to_an_unsafe_url_is_not_followed(job, serve, export, folder):
    there = Answer(302, {"location": "http://store.example/b?X-Amz-Signature=5ecret"}, b"")
    serve(export(), always=lambda _: there)
    with pytest.raises(UnsafeUrlError) as failure:
        job.download(folder / "a.zip", only="responses")
    assert "5ecret" not in str(failure.value)
    assert names_in(folder) == []


def test_earlier_responses_are_used_again(resource, serve, export, folder, router, kind, post):
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    serve(export())
    first = resource.download(api.RESOURCE[kind], folder, only="responses")
    store = serve(export())
    router.get(api.post_url(kind)).mock(return_value=api.jobs())
    again = resource.download(api.RESOURCE[kind], folder, only="responses", reuse=True)
    assert again.path == first.path
    assert store.requests == []
    whole = resource.download(api.RESOURCE[kind], folder, reuse=True)
    assert whole.path != first.path
    assert whole.only is None
