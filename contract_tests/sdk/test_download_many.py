"""Downloading many exports at once."""

import asyncio
import re
import threading
from collections import Counter
from itertools import pairwise

import httpx
import pytest
from helpers import api
from prolific_exports import (
    AccessDeniedError,
    AsyncExports,
    DownloadError,
    DownloadOutcome,
    ExportArchive,
    ExportRef,
    Requested,
    Resource,
    Saved,
    UsageError,
)
from prolific_exports._download import _parts

IDS = [f"c{number}" for number in range(6)]
ROOT = f"{api.BASE}/api/v1/data-collection/collections"
POST = re.compile(rf"{ROOT}/(c\d)/export(?:\?.*)?")
GET = re.compile(rf"{ROOT}/(c\d)/export/(.+)")


class Server:
    """Generates an export while a few polls pass, and stores all archives."""

    def __init__(self, polls=1):
        self.polls = polls
        self.requests = []
        self.refused = {}
        self.polled = Counter()
        self.downloading = 0
        self.most_downloading = 0
        self.lock = threading.Lock()

    def post(self, request):
        resource_id = POST.fullmatch(str(request.url))[1]
        self.requests.append(("POST", resource_id))
        if resource_id in self.refused:
            return self.refused[resource_id]
        return api.generating(self.job_of(resource_id))

    def job_of(self, resource_id):
        return f"a1b2c3d4-e5f6-4890-abcd-{int(resource_id[1:]):012}"

    def get(self, request):
        resource_id = GET.fullmatch(str(request.url))[1]
        self.requests.append(("GET", resource_id))
        self.polled[resource_id] += 1
        if self.polled[resource_id] <= self.polls:
            return api.generating(self.job_of(resource_id), 200)
        return api.complete(f"{api.SIGNED}&of={resource_id}")

    def store(self, request):
        with self.lock:
            self.requests.append(("STORE", str(request.url).rpartition("=")[2]))
            self.downloading += 1
            self.most_downloading = max(self.most_downloading, self.downloading)
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        response = api.stored()
        if found:
            stop = min(int(found[2] or len(api.ARCHIVE)) + 1, len(api.ARCHIVE))
            part = api.ARCHIVE[int(found[1]) : stop]
            range_ = f"bytes {found[1]}-{stop - 1}/{len(api.ARCHIVE)}"
            headers = {"ETag": api.ETAG, "Content-Range": range_}
            response = httpx.Response(206, content=part, headers=headers)
        with self.lock:
            self.downloading -= 1
        return response

    def methods(self):
        return Counter(method for method, _ in self.requests)


@pytest.fixture
def server(router):
    server = Server()
    router.post(POST).mock(side_effect=server.post)
    router.get(GET).mock(side_effect=server.get)
    router.get(url__startswith=api.STORE).mock(side_effect=server.store)
    return server


def test_every_archive_is_saved_to_the_folder(exports, server, tmp_path):
    outcomes = list(exports.collections.download_many(IDS, tmp_path / "new" / "folder"))

    assert {outcome.ref.resource_id for outcome in outcomes} == set(IDS)
    for outcome in outcomes:
        assert outcome.error is None
        assert isinstance(outcome.archive, ExportArchive)
        assert outcome.archive.path.parent == tmp_path / "new" / "folder"
        assert outcome.archive.path.name.startswith(f"{outcome.ref.resource_id}-export-")
        assert outcome.archive.path.read_bytes() == api.ARCHIVE
        assert outcome.ref.export_id == server.job_of(outcome.ref.resource_id)
    assert len(list((tmp_path / "new" / "folder").iterdir())) == len(IDS)


def test_as_many_requests_are_sent_as_one_after_the_other(exports, server, tmp_path):
    list(exports.collections.download_many(IDS, tmp_path / "at-once"))
    at_once = server.methods()
    server.requests.clear()
    server.polled.clear()
    for resource_id in IDS:
        exports.collections.download(resource_id, tmp_path / f"{resource_id}.zip")

    assert server.methods() == at_once


def test_all_exports_are_requested_before_one_is_polled(exports, server, tmp_path):
    list(exports.collections.download_many(IDS, tmp_path))

    assert [method for method, _ in server.requests[: len(IDS)]] == ["POST"] * len(IDS)


def test_generation_is_waited_for_once(exports, server, clock, tmp_path):
    server.polls = 5
    list(exports.collections.download_many(IDS, tmp_path / "at-once"))
    at_once = clock.monotonic()
    server.polled.clear()
    exports.collections.download("c0", tmp_path / "one.zip")

    assert at_once <= 1.2 * (clock.monotonic() - at_once)


def test_error_of_one_does_not_stop_the_others(exports, router, server, tmp_path):
    server.refused["c2"] = api.error(403)
    router.get(f"{ROOT}/c2/export").mock(return_value=api.error(403))

    outcomes = {
        one.ref.resource_id: one for one in exports.collections.download_many(IDS, tmp_path)
    }

    failed = outcomes.pop("c2")
    assert isinstance(failed.error, AccessDeniedError)
    assert failed.archive is None
    assert all(outcome.archive for outcome in outcomes.values())
    assert len(outcomes) == len(IDS) - 1


def test_repeated_ids_count_once(exports, server, tmp_path):
    outcomes = list(exports.collections.download_many(["c0", "c0", "c1"], tmp_path))

    assert sorted(one.ref.resource_id for one in outcomes) == ["c0", "c1"]
    assert server.methods()["POST"] == 2


def test_items_may_be_resources_references_and_jobs(exports, server, tmp_path):
    job = server.job_of("c2")
    items = [
        Resource("collection", "c0"),
        ExportRef("collection", "c1"),
        ExportRef("collection", "c1"),
        ExportRef("collection", "c2", job),
    ]

    outcomes = list(exports.download_many(items, tmp_path))

    assert sorted(one.ref.resource_id for one in outcomes) == ["c0", "c1", "c2"]
    assert sorted(one for method, one in server.requests if method == "POST") == ["c0", "c1"]


def test_result_is_the_archive_or_raises_the_error(exports, router, server, tmp_path):
    server.refused["c2"] = api.error(403)
    router.get(f"{ROOT}/c2/export").mock(return_value=api.error(403))
    for outcome in exports.collections.download_many(["c1", "c2"], tmp_path):
        if outcome.error is None:
            assert outcome.result() is outcome.archive
        else:
            with pytest.raises(AccessDeniedError) as caught:
                outcome.result()
            assert caught.value is outcome.error


async def items_then(error):
    yield Resource("collection", "c0")
    yield ExportRef("collection", "c1")
    if error is not None:
        raise error


def downloaded(items, folder, clock):
    """The ids of what the async client downloads."""

    async def run():
        async with AsyncExports("t", base_url=api.BASE, clock=clock) as exports:
            return [one.ref.resource_id async for one in exports.download_many(items, folder)]

    return sorted(asyncio.run(run()))


def test_items_may_come_from_an_asynchronous_iterator(server, clock, tmp_path):
    assert downloaded(items_then(None), tmp_path, clock) == ["c0", "c1"]


def test_error_of_an_asynchronous_iterator_requests_nothing(server, clock, tmp_path):
    with pytest.raises(UsageError, match="not an id"):
        downloaded(items_then(UsageError("not an id")), tmp_path, clock)
    assert not server.requests


def test_nothing_to_download_sends_nothing(exports, server, tmp_path):
    assert list(exports.download_many([], tmp_path / "folder")) == []
    assert (tmp_path / "folder").is_dir()
    assert not server.requests


def test_filter_applies_to_every_request(exports, router, server, tmp_path):
    listed = re.compile(rf"{ROOT}/(c\d)/export")
    router.get(listed).mock(
        side_effect=lambda request: api.jobs(
            api.listed(
                server.job_of(listed.fullmatch(str(request.url))[1]), filter_={"study_id": "65a1"}
            )
        )
    )
    outcomes = list(exports.collections.download_many(IDS[:2], tmp_path, study_id="65a1"))

    assert [outcome.error for outcome in outcomes] == [None, None]
    posts = [call.request for call in router.calls if call.request.method == "POST"]
    assert [post.url.params["study_id"] for post in posts] == ["65a1", "65a1"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"jobs": 0},
        {"jobs": 33},
        {"jobs": "2"},
        {"connections": 0},
        {"delete_after": True, "verify": False},
        {"resource_ids": ["c0", "a b"]},
    ],
)
def test_invalid_argument_is_refused_before_anything_is_sent(exports, server, tmp_path, arguments):
    with pytest.raises(UsageError):
        exports.collections.download_many(
            **{"resource_ids": IDS, "folder": tmp_path / "folder", **arguments}
        )
    assert not server.requests


def test_folder_that_is_a_file_is_an_error(exports, server, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DownloadError, match="Cannot create the folder"):
        exports.collections.download_many(IDS, tmp_path / "file")


@pytest.mark.parametrize("jobs", [1, 2])
def test_downloads_at_a_time_are_limited(exports, server, tmp_path, jobs):
    list(exports.collections.download_many(IDS, tmp_path, jobs=jobs))

    assert 1 <= server.most_downloading <= jobs


def test_parts_of_each_archive_are_downloaded_at_once(exports, server, tmp_path, monkeypatch):
    monkeypatch.setattr(_parts, "SMALLEST_PART", 100)

    outcomes = list(exports.collections.download_many(IDS, tmp_path, connections=3))

    assert all(one.archive.path.read_bytes() == api.ARCHIVE for one in outcomes)
    assert server.methods()["STORE"] > 2 * len(IDS)


def test_rate_limit_slows_all_requests_down(exports, server, clock, tmp_path):
    slow = api.error(429, **{"Retry-After": "50"})
    server.refused["c5"] = slow

    found = exports.collections.download_many(IDS, tmp_path)
    next(found)

    assert clock.monotonic() >= 50
    found.close()


def test_events_arrive_in_order_in_the_callers_thread(clients, server, clock, router, tmp_path):
    seen = []
    exports = clients.make(
        base_url=api.BASE,
        clock=clock,
        on_event=lambda event: seen.append((threading.get_ident(), event)),
    )
    list(exports.collections.download_many(IDS, tmp_path))

    assert {thread for thread, _ in seen} == {threading.get_ident()}
    for resource_id in IDS:
        own = [event for _, event in seen if event.ref.resource_id == resource_id]
        assert isinstance(own[0], Requested)
        assert isinstance(own[-1], Saved)


def test_progress_is_reported_every_second_of_a_wait(exports, server, clock, tmp_path):
    server.polls = 3
    seen = []
    list(
        exports.collections.download_many(
            IDS, tmp_path, on_progress=lambda progress: seen.append((clock.monotonic(), progress))
        )
    )

    moments = [moment for moment, _ in seen]
    assert max(after - before for before, after in pairwise(moments)) <= 1
    assert moments[-1] > 5
    assert {progress.limited_by for _, progress in seen} >= {"generation"}
    assert all(0 <= progress.running <= len(IDS) for _, progress in seen)


def test_async_progress_callback_is_refused(exports, server, tmp_path):
    async def on_progress(progress):
        pass

    with pytest.raises(UsageError, match="on_progress is an async function"):
        exports.collections.download_many(IDS, tmp_path, on_progress=on_progress)
    assert not server.requests


def test_closed_iterator_ends_the_other_downloads_and_they_can_be_repeated(
    exports, server, tmp_path
):
    found = exports.collections.download_many(IDS, tmp_path, jobs=1)
    first = next(found)
    found.close()
    sent = len(server.requests)

    assert isinstance(first, DownloadOutcome)
    again = list(exports.collections.download_many(IDS, tmp_path, overwrite=True))
    assert [outcome.error for outcome in again] == [None] * len(IDS)
    assert sent < len(server.requests)


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_exception_of_a_callback_ends_all_downloads(
    clients, server, clock, router, tmp_path, failure
):
    if clients.flavour == "async" and failure is KeyboardInterrupt:
        # asyncio turns Ctrl-C into a cancellation.
        failure = asyncio.CancelledError

    def fail(event):
        if isinstance(event, Saved):
            raise failure

    exports = clients.make(base_url=api.BASE, clock=clock, on_event=fail)

    with pytest.raises(failure):
        list(exports.collections.download_many(IDS, tmp_path))

    # The claims of all downloads are released.
    quiet = clients.make(base_url=api.BASE, clock=clock)
    again = list(quiet.collections.download_many(IDS, tmp_path, overwrite=True))
    assert [outcome.error for outcome in again] == [None] * len(IDS)


def test_archive_that_cannot_be_opened_is_an_error_of_its_outcome(tmp_path):
    ref = ExportRef("collection", "c0")
    outcome = DownloadOutcome.of(ref, tmp_path / "missing.zip")

    assert outcome.archive is None
    assert outcome.error is not None
    assert outcome.ref == ref
