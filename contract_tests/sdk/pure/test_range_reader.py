"""Ranges of an archive in the store: requests, responses and failures, without a socket."""

import tracemalloc
from pathlib import Path

import pytest
from attrs import define, evolve, field
from helpers.range_store import ETAG, Answer, RangeStore, drive, export_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import CorruptArchiveError, DownloadError, UnsafeArchiveError
from prolific_exports._archive._directory import read_members
from prolific_exports._download import _remote_directory
from prolific_exports._download._range_reader import (
    ArchiveChangedError,
    RangeReader,
    RangesUnusableError,
)
from prolific_exports._download._remote_directory import TAIL, read_directory
from prolific_exports._flows._effects import Sleep

BODY = bytes(range(256)) * 1000
URL = "https://store.example/a?X-Amz-Signature=5ecret"
MOST_FAILURES = 8


@define
class Source:
    """A source that counts, and gives up after some failures without bytes."""

    url: str = URL
    stall_timeout: float = 30.0
    checked: list[str] = field(factory=list)
    pauses: list[str] = field(factory=list)
    refreshed: int = 0
    gained: list[int] = field(factory=list)

    def check(self, url):
        self.checked.append(url)

    def refresh(self, fetched):
        self.refreshed += 1
        if self.refreshed == MOST_FAILURES:
            raise self.error("the store refuses fresh URLs", fetched)
        yield from ()

    def pause(self, reason, _fetched):
        self.pauses.append(reason)
        if len(self.pauses) == MOST_FAILURES:
            raise self.error(reason, None)
        yield Sleep(1.0)

    def note_bytes(self, gained):
        self.gained.append(gained)

    def error(self, reason, _fetched, *, retryable=False):
        return DownloadError(reason, retryable=retryable)


@pytest.fixture
def source():
    return Source()


def opened(source, store, tail=1000):
    reader = RangeReader(source)
    return reader, drive(reader.open(tail), store)


def test_open_reads_the_end_in_one_request(source):
    store = RangeStore(BODY)
    reader, (start, data) = opened(source, store)
    assert (start, data) == (len(BODY) - 1000, BODY[-1000:])
    assert (reader.total, reader.etag, reader.transferred) == (len(BODY), ETAG, 1000)
    [asked] = store.requests
    assert asked["range"] == "bytes=-1000"
    assert asked["accept-encoding"] == "identity"
    assert "if-match" not in asked


def test_open_of_a_store_without_suffix_ranges_asks_for_the_size_first(source):
    store = RangeStore(BODY, suffixes=False)
    reader, (start, data) = opened(source, store)
    assert (start, data) == (len(BODY) - 1000, BODY[-1000:])
    assert [asked["range"] for asked in store.requests] == [
        "bytes=-1000",
        "bytes=0-0",
        f"bytes={len(BODY) - 1000}-{len(BODY) - 1}",
    ]
    assert reader.requests == 3
    assert source.refreshed == 0
    assert store.requests[2]["if-match"] == ETAG


def test_open_of_a_small_archive_reads_all_of_it(source):
    store = RangeStore(b"abc")
    assert opened(source, store)[1] == (0, b"abc")
    store = RangeStore(b"abc", suffixes=False)
    assert opened(source, store)[1] == (0, b"abc")


def test_open_continues_after_a_broken_connection(source):
    store = RangeStore(BODY, faults={1: lambda answer: evolve(answer, cut=300)})
    assert opened(source, store)[1] == (len(BODY) - 1000, BODY[-1000:])
    assert store.requests[1]["range"] == f"bytes={len(BODY) - 700}-{len(BODY) - 1}"
    assert store.requests[1]["if-match"] == ETAG


def test_range_continues_where_the_connection_broke(source):
    store = RangeStore(BODY, faults={2: lambda answer: evolve(answer, cut=300)})
    reader, _ = opened(source, store)
    assert drive(reader.read(100, 900), store) == BODY[100:900]
    assert [asked["range"] for asked in store.requests[1:]] == ["bytes=100-899", "bytes=400-899"]
    assert source.pauses == ["the connection broke"]


def test_bytes_are_written_in_order_at_their_positions(source):
    store = RangeStore(BODY, always=lambda answer: evolve(answer, piece=70))
    reader, _ = opened(source, store)
    pieces = []
    drive(reader.copy(100, 300, lambda at, data: pieces.append((at, bytes(data)))), store)
    assert [at for at, _ in pieces] == [100, 170, 240]
    assert b"".join(data for _, data in pieces) == BODY[100:300]
    assert source.gained[-3:] == [70, 140, 200]


def test_body_that_ends_early_without_an_error_is_continued(source):
    store = RangeStore(BODY, faults={2: lambda answer: evolve(answer, body=answer.body[:300])})
    reader, _ = opened(source, store)
    assert drive(reader.read(100, 900), store) == BODY[100:900]
    assert source.pauses == ["the response ends 500 bytes too soon"]


def test_large_part_of_a_range_is_continued_without_a_pause(source):
    def half(answer):
        size = 70_000
        start = int(answer.headers["content-range"][6:].partition("-")[0])
        place = f"bytes {start}-{start + size - 1}/{len(BODY)}"
        return Answer(206, answer.headers | {"content-range": place}, answer.body[:size])

    store = RangeStore(BODY, faults={2: half})
    reader, _ = opened(source, store)
    assert drive(reader.read(0, 200_000), store) == BODY[:200_000]
    assert source.pauses == []
    assert store.requests[2]["range"] == "bytes=70000-199999"


def test_range_from_the_first_byte_has_a_condition(source):
    store = RangeStore(BODY)
    reader, _ = opened(source, store)
    assert drive(reader.read(0, 5), store) == BODY[:5]
    assert store.requests[1]["if-match"] == ETAG


def test_empty_range_sends_nothing(source):
    store = RangeStore(BODY)
    reader, _ = opened(source, store)
    assert drive(reader.read(5, 5), store) == b""
    assert len(store.requests) == 1


def headed(**fields):
    """Replace header fields; None removes one."""

    def change(answer):
        changed = answer.headers | {name.replace("_", "-"): text for name, text in fields.items()}
        return evolve(answer, headers={k: v for k, v in changed.items() if v is not None})

    return change


UNUSABLE = {
    "ranges ignored": (lambda _: Answer(200, {"etag": ETAG}, BODY), "sends no parts"),
    "no position": (headed(content_range=None), "without their position"),
    "unknown size": (headed(content_range="bytes 10-19/*"), "without their position"),
    "backwards": (headed(content_range="bytes 19-10/256000"), "without their position"),
    "beyond the end": (headed(content_range="bytes 10-256000/256000"), "without their position"),
    "another start": (headed(content_range="bytes 11-19/256000"), "another part"),
    "beyond the range": (headed(content_range="bytes 10-20/256000"), "another part"),
    "small parts": (headed(content_range="bytes 10-12/256000"), "small parts"),
    "compressed": (headed(content_encoding="gzip"), "compresses it"),
    "too many bytes": (lambda answer: evolve(answer, body=answer.body + b"?"), "more bytes"),
    "a piece too many": (
        lambda answer: evolve(answer, body=answer.body * 2, piece=len(answer.body)),
        "more bytes",
    ),
    "in parts": (
        headed(content_range=None, content_type="multipart/byteranges; boundary=b"),
        "without their position",
    ),
}


@pytest.mark.parametrize(("change", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_store_without_reliable_ranges_is_unusable(source, change, reason):
    store = RangeStore(BODY, faults={2: change})
    reader, _ = opened(source, store)
    written = bytearray()
    with pytest.raises(RangesUnusableError, match=reason):
        drive(reader.copy(10, 20, lambda _, data: written.extend(data)), store)
    assert len(store.requests) == 2
    assert bytes(written) in (b"", BODY[10:20])


AT_FIRST = {
    "ranges ignored": (lambda _: Answer(200, {"etag": ETAG}, BODY), "sends no parts"),
    "no tag": (headed(etag=None), "no strong ETag"),
    "weak tag": (headed(etag=f"W/{ETAG}"), "no strong ETag"),
    "empty archive": (lambda _: Answer(416, {}, b""), "refuses to send parts"),
    "compressed": (headed(content_encoding="br"), "compresses it"),
}


@pytest.mark.parametrize(("change", "reason"), AT_FIRST.values(), ids=AT_FIRST)
def test_store_that_never_sends_ranges_is_unusable_after_two_requests(source, change, reason):
    store = RangeStore(BODY, always=change)
    with pytest.raises(RangesUnusableError, match=reason):
        opened(source, store)
    assert [asked["range"] for asked in store.requests] == ["bytes=-1000", "bytes=0-0"]


def test_end_with_too_many_bytes_is_unusable(source):
    store = RangeStore(BODY, always=lambda answer: evolve(answer, body=answer.body + b"?"))
    with pytest.raises(RangesUnusableError, match="more bytes"):
        opened(source, store)


def test_part_with_status_200_is_accepted(source):
    store = RangeStore(BODY, always=lambda answer: evolve(answer, status=200))
    reader, _ = opened(source, store)
    assert drive(reader.read(10, 20), store) == BODY[10:20]


@pytest.mark.parametrize("tag", [None, f"W/{ETAG}", ETAG], ids=str)
def test_later_part_may_lack_the_tag_or_have_its_weak_form(source, tag):
    store = RangeStore(BODY, faults={2: headed(etag=tag)})
    reader, _ = opened(source, store)
    assert drive(reader.read(10, 20), store) == BODY[10:20]


CHANGED = {
    "412": lambda _: Answer(412, {}, b""),
    "416": lambda _: Answer(416, {}, b""),
    "another tag": headed(etag='"2c3d"'),
    "another size": headed(content_range="bytes 10-19/256001"),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=CHANGED)
def test_changed_archive_is_noticed_before_a_byte_is_written(source, change):
    store = RangeStore(BODY, faults={2: change})
    reader, _ = opened(source, store)
    written = bytearray()
    with pytest.raises(ArchiveChangedError):
        drive(reader.copy(10, 20, lambda _, data: written.extend(data)), store)
    assert written == b""


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_expired_url_is_replaced(source, status):
    expired = {number: lambda _: Answer(status, {}, b"") for number in (1, 2, 4)}
    store = RangeStore(BODY, faults=expired)
    reader, (start, _) = opened(source, store)
    assert start == len(BODY) - 1000
    assert drive(reader.read(10, 20), store) == BODY[10:20]
    # A store may answer 400 to a range that counts from the end, so the next range decides.
    assert source.refreshed == (2 if status == 400 else 3)


def test_url_that_stays_refused_ends_the_download(source):
    store = RangeStore(BODY, always=lambda _: Answer(400, {}, b""))
    with pytest.raises(DownloadError, match="refuses fresh URLs"):
        opened(source, store)
    assert len(store.requests) <= MOST_FAILURES + 1


@pytest.mark.parametrize("status", [0, 408, 429, 500, 503])
def test_transient_failures_are_retried_and_end_the_download_if_they_persist(source, status):
    failing = {2: lambda _: Answer(status, {}, b""), 3: lambda _: Answer(status, {}, b"")}
    store = RangeStore(BODY, faults=failing)
    reader, _ = opened(source, store)
    assert drive(reader.read(10, 20), store) == BODY[10:20]
    expected = "no connection" if status == 0 else f"the store answered {status}"
    assert source.pauses == [expected] * 2
    store = RangeStore(BODY, always=lambda _: Answer(status, {}, b""))
    with pytest.raises(DownloadError, match=expected):
        drive(reader.read(10, 20), store)


def test_permanent_failure_ends_the_download_at_once(source):
    store = RangeStore(BODY, always=lambda _: Answer(0, {}, b"", permanent=True))
    with pytest.raises(DownloadError, match="no connection"):
        opened(source, store)
    assert len(store.requests) == 1


def test_unknown_status_ends_the_download_at_once(source):
    store = RangeStore(BODY, always=lambda _: Answer(204, {}, b""))
    with pytest.raises(DownloadError, match="answered 204"):
        opened(source, store)
    assert len(store.requests) == 1


def test_redirects_are_followed_and_checked(source):
    there = Answer(302, {"location": "/b?X-Amz-Signature=0ther"}, b"")
    store = RangeStore(BODY, faults={1: lambda _: there})
    assert opened(source, store)[1][1] == BODY[-1000:]
    assert source.checked == [URL, "https://store.example/b?X-Amz-Signature=0ther"]


def test_redirects_without_end_are_refused(source):
    there = Answer(302, {"location": "/b"}, b"")
    store = RangeStore(BODY, always=lambda _: there)
    with pytest.raises(DownloadError, match="redirects more than 5 times"):
        opened(source, store)
    assert len(store.requests) == 6


DIRECTORIES = {
    "small": ({}, 1),
    "with the longest comment": ({"comment": b"x" * 0xFFFF}, 1),
    "larger than the end": ({"uploads": 2000, "upload_size": 1}, 2),
    "without a root folder": ({"root": ""}, 1),
}


def members_of_file(body, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(body)
    return read_members(path)


@pytest.mark.parametrize(("layout", "requests"), DIRECTORIES.values(), ids=DIRECTORIES)
def test_directory_is_that_of_the_whole_file(source, tmp_path, layout, requests):
    body = export_bytes(**layout)
    store = RangeStore(body)
    reader = RangeReader(source)
    directory = drive(read_directory(reader, Path("a.zip")), store)
    assert directory.members == members_of_file(body, tmp_path)
    assert reader.requests == requests
    assert directory.known.size == len(body)


def test_directory_before_other_bytes_is_read_in_two_requests(source, tmp_path):
    """Like programs that download ZIPs as they are, with a prefix."""
    body = bytes(TAIL) + export_bytes(upload_size=TAIL)
    store = RangeStore(body)
    directory = drive(read_directory(RangeReader(source), Path("a.zip")), store)
    assert directory.members == members_of_file(body, tmp_path)
    assert store.sent < 2 * TAIL


def test_bytes_that_are_no_zip_are_damaged(source):
    with pytest.raises(CorruptArchiveError, match="not a ZIP"):
        drive(read_directory(RangeReader(source), Path("a.zip")), RangeStore(bytes(TAIL + 9)))


def test_directory_of_a_bomb_is_refused_before_it_is_fetched(source, monkeypatch):
    monkeypatch.setattr(_remote_directory, "LARGEST_DIRECTORY", TAIL + 1000)
    store = RangeStore(export_bytes(uploads=2000, upload_size=1))
    with pytest.raises(UnsafeArchiveError, match="looks like a ZIP bomb"):
        drive(read_directory(RangeReader(source), Path("a.zip")), store)
    assert store.sent <= TAIL


def test_large_range_is_not_held_in_memory(source):
    size = 64 << 20
    store = RangeStore(memoryview(bytes(size)))
    reader, _ = opened(source, store)
    written = []
    tracemalloc.start()
    try:
        drive(reader.copy(0, size, lambda _, data: written.append(len(data))), store)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert sum(written) == size


@st.composite
def behaviours(draw):
    """Faults of single responses, from which a download recovers."""
    kinds = {
        "cut": lambda answer: evolve(answer, cut=len(answer.body) // 3),
        "cut at once": lambda answer: evolve(answer, cut=0),
        "short": lambda answer: evolve(answer, body=answer.body[:-1]),
        "no answer": lambda _: Answer(0, {}, b""),
        "busy": lambda _: Answer(503, {}, b""),
        "expired": lambda _: Answer(403, {}, b""),
        "weak tag": headed(etag=f"W/{ETAG}"),
        "dripped": lambda answer: evolve(answer, piece=997),
    }
    chosen = draw(st.lists(st.sampled_from(["fine", *sorted(kinds)]), max_size=6))
    return {number: kinds[kind] for number, kind in enumerate(chosen, 2) if kind != "fine"}


@settings(max_examples=200, deadline=None)
@given(
    behaviours(),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, len(BODY)), st.integers(0, 60_000)), max_size=5),
    st.integers(1, 3000),
)
def test_ranges_are_exact_whatever_fails(faults, suffixes, ranges, tail):
    store, source = RangeStore(BODY, suffixes=suffixes, faults=faults), Source()
    reader = RangeReader(source)
    try:
        start, data = drive(reader.open(tail), store)
        assert data == BODY[start:]
        for first, size in ranges:
            end = min(first + size, len(BODY))
            assert drive(reader.read(first, end), store) == BODY[first:end]
    except RangesUnusableError:
        # The first tag was weak.
        assert reader.etag is None
    assert len(store.requests) <= 3 + len(ranges) + len(faults)
    assert reader.transferred <= store.sent
