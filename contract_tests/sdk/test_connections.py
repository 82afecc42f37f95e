"""Several connections at once: the same bytes, and one connection where parts do not come."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from helpers import api
from prolific_exports import (
    DownloadError,
    Downloading,
    Resuming,
    Retrying,
    StartedOver,
    StorageError,
    SystemClock,
    UsageError,
    Verifying,
)
from prolific_exports._download import _parts, _progress
from prolific_exports._files._disk import OsHandle
from prolific_exports._flows._effects import Fetch, FetchAll, Fetched
from prolific_exports._http import _sync_driver as _sync
from prolific_exports._http._store_client import Stop
from prolific_exports._http._sync_driver import FetchCancelledError, SyncDriver, cancellable
from prolific_exports._model._settings import Settings

SIZE = len(api.ARCHIVE)
FRESH = f"{api.STORE}?X-Amz-Signature=fr3sh"


class Store:
    """Sends parts; its faults are given by the start of a part."""

    def __init__(self):
        self.asked, self.faults, self.etag, self.ranges = [], {}, api.ETAG, True

    def __call__(self, request):
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted or "bytes=0-")
        assert match is not None
        start, stop = int(match[1]), min(int(match[2] or SIZE) + 1, SIZE)
        fault = self.faults.pop(start, None)
        if isinstance(fault, Exception):
            raise fault
        if fault is not None:
            return fault
        headers = {"ETag": self.etag} if self.etag else {}
        if wanted is None or not self.ranges:
            return httpx.Response(200, content=api.ARCHIVE, headers=headers)
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{SIZE}"
        return httpx.Response(206, content=api.ARCHIVE[start:stop], headers=headers)


class Events(list):
    """Records events with their threads; raises at the given event."""

    def __init__(self):
        super().__init__()
        self.threads, self.failure = set(), None

    def append(self, event):
        super().append(event)
        self.threads.add(threading.get_ident())
        if self.failure and isinstance(event, Downloading) and event.connections > 1:
            raise self.failure


@pytest.fixture
def events():
    return Events()


@pytest.fixture
def store(router):
    store = Store()
    router.get(url__startswith=api.STORE).mock(side_effect=store)
    return store


@pytest.fixture
def run(resource, kind, router, tmp_path, monkeypatch):
    monkeypatch.setattr(_parts, "SMALLEST_PART", 100)
    router.get(api.get_url(kind)).mock(side_effect=[api.complete(), *[api.complete(FRESH)] * 9])

    def run(connections=4):
        job = resource.job(api.RESOURCE[kind], api.EXPORT_ID)
        return job.download(tmp_path / "a.zip", connections=connections).path.read_bytes()

    return run


def parts(count=4):
    size = -(-(SIZE - 100) // count)
    return [(start, min(start + size, SIZE)) for start in range(100, SIZE, size)]


def asked(cuts):
    return {f"bytes={start}-{stop - 1}" for start, stop in cuts}


def test_first_part_shows_range_support_and_the_rest_is_concurrent(run, store, events):
    assert run() == api.ARCHIVE
    assert store.asked[0] == "bytes=0-99"
    assert set(store.asked[1:]) == asked(parts())
    last = [event for event in events if isinstance(event, Downloading)][-1]
    assert (last.connections, last.received) == (4, SIZE)


def test_permanent_part_failure_takes_precedence_over_transient_ones(run, store, events):
    first, second, *_ = (start for start, _ in parts())
    store.faults = {
        first: httpx.Response(403),
        second: httpx.ProxyError("403 Forbidden"),
    }
    with pytest.raises(DownloadError, match="the proxy does not connect to store.example"):
        run()
    assert len(store.asked) == 5
    assert not [event for event in events if isinstance(event, Retrying)]


def test_only_the_failed_part_is_requested_again(run, store):
    start, stop = parts()[1]
    store.faults[start] = httpx.Response(503)
    assert run() == api.ARCHIVE
    others = asked(parts()) - {f"bytes={start}-{stop - 1}"}
    assert all(store.asked.count(part) == 1 for part in others)
    # It is asked for again in as many pieces as connections are free by then.
    again = [one for one in store.asked[1:] if one not in others][1:]
    assert any(one.startswith(f"bytes={start}-") for one in again)
    assert any(one.endswith(f"-{stop - 1}") for one in again)


def test_expired_url_is_refreshed_once_for_all_parts(run, store, router, kind):
    for start, _ in parts():
        store.faults[start] = httpx.Response(403)
    assert run() == api.ARCHIVE
    assert router.get(api.get_url(kind)).call_count == 2


@pytest.mark.parametrize(
    "fault", [httpx.Response(412), httpx.Response(200, content=api.ARCHIVE)], ids=["412", "200"]
)
def test_part_of_another_archive_restarts_the_download(run, store, fault, events):
    store.faults[parts()[2][0]] = fault
    assert run() == api.ARCHIVE
    assert [type(event) for event in events].count(StartedOver) == 1


@pytest.mark.parametrize("etag", [None, f"W/{api.ETAG}", api.ETAG])
def test_too_long_first_part_is_discarded(run, store, etag, events):
    headers = {"Content-Range": f"bytes 0-99/{SIZE}"} | ({"ETag": etag} if etag else {})
    # So much more that it could be taken for the whole archive.
    content = api.ARCHIVE[:100] + b"x" * (SIZE - 100)
    store.faults[0] = httpx.Response(206, content=content, headers=headers)
    assert run(connections=3) == api.ARCHIVE
    assert [type(event) for event in events].count(Verifying) == 1, "not left to verification"


def test_misplaced_part_falls_back_to_one_connection(run, store):
    store.faults[parts()[0][0]] = httpx.Response(307, headers={"Location": FRESH})
    assert run() == api.ARCHIVE


def test_invalid_part_ends_the_download(run, store):
    store.faults[parts()[3][0]] = httpx.Response(204)
    with pytest.raises(DownloadError, match="answered 204"):
        run()


@pytest.mark.parametrize("lacking", ["ranges", "etag"])
def test_store_without_ranges_or_tags_uses_one_connection(run, store, lacking):
    setattr(store, lacking, None)
    assert run() == api.ARCHIVE
    assert len(store.asked) == (1 if lacking == "ranges" else 2)


def test_archive_smaller_than_a_part_uses_one_request(run, store, monkeypatch):
    monkeypatch.setattr(_parts, "SMALLEST_PART", 10 * SIZE)
    assert run() == api.ARCHIVE
    assert len(store.asked) == 1


def test_full_disk_ends_every_part(run, store, monkeypatch):
    write = OsHandle.write

    def full(self, offset, data):
        if offset >= 100:
            raise OSError(28, "No space left on device")
        write(self, offset, data)

    with monkeypatch.context() as patch:
        patch.setattr(OsHandle, "write", full)
        with pytest.raises(StorageError, match="No space left"):
            run()
    assert run() == api.ARCHIVE, "with the part that was there"


def test_events_arrive_in_order_in_the_calling_thread(run, store, events, monkeypatch):
    monkeypatch.setattr(_progress, "PROGRESS_INTERVAL", 0)
    assert run() == api.ARCHIVE
    assert events.threads == {threading.get_ident()}
    received = [event.received for event in events if isinstance(event, Downloading)]
    assert received == sorted(received)
    assert len(received) > 4, "of every part"


def test_failing_callback_ends_the_download_and_keeps_the_partial_file(
    run, store, events, monkeypatch, tmp_path
):
    monkeypatch.setattr(_progress, "PROGRESS_INTERVAL", 0)
    events.failure = RuntimeError("of the callback")
    with pytest.raises(RuntimeError, match="of the callback"):
        run()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".part"]
    events.failure = None
    assert run() == api.ARCHIVE
    assert Resuming in {type(event) for event in events}


@pytest.mark.parametrize("number", [0, -1, 33, 2.5, "2"])
def test_invalid_number_of_connections_is_refused(run, number):
    with pytest.raises(UsageError, match="connections is .*: give a number from 1 to 32"):
        run(number)


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError("no new thread")])
def test_started_parts_end_if_others_cannot_start(monkeypatch, failure):
    fetch = Fetch("https://store.example/a.zip", {}, 30.0, lambda head: True, lambda data: None)
    ended = []

    class Pool(ThreadPoolExecutor):
        def submit(self, fn, /, *args, **kwargs):
            if self._threads:
                raise failure
            return super().submit(fn, *args, **kwargs)

    def arriving(self, fetch, stop):
        ended.append(stop._over.wait(10))
        return Fetched(None)

    monkeypatch.setattr(_sync, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(SyncDriver, "fetch", arriving)
    driver = SyncDriver(Settings("token", api.BASE), None, SystemClock())
    with pytest.raises(type(failure)):
        driver.perform(FetchAll((fetch, fetch), lambda: None))
    assert ended == [True]
    driver.close()


def test_stopped_parts_write_nothing():
    stop, written = Stop(), []
    fetch = cancellable(Fetch("", {}, 1.0, lambda head: True, written.append), stop)
    fetch.write(b"a")
    stop.now()
    with pytest.raises(FetchCancelledError):
        fetch.write(b"b")
    assert written == [b"a"]
