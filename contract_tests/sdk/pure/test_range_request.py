"""What a response of the store means, and that no decision mixes two archives."""

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prolific_exports._download._range_request import (
    Follow,
    NextStep,
    RangeRequest,
    Refuse,
    Take,
)
from prolific_exports._flows._effects import Head

ETAG = '"0a1b"'


def decide(status, ranged=None, **fields):
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return (ranged or RangeRequest()).decide(Head(status, headers))


def half():
    return RangeRequest(50, 100, ETAG)


def test_first_request_asks_for_the_uncompressed_archive():
    assert RangeRequest().headers() == {"Accept": "*/*", "Accept-Encoding": "identity"}


def test_request_is_resumable_from_the_first_byte_with_a_tag():
    assert RangeRequest() == RangeRequest(0, None, None)
    assert not RangeRequest().resumable
    assert RangeRequest(1, None, ETAG).resumable


def test_remaining_range_is_requested_if_the_archive_is_unchanged():
    assert half().headers() == {
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Range": "bytes=50-",
        "If-Match": ETAG,
    }


@pytest.mark.parametrize("ranged", [RangeRequest(50, 100, None), RangeRequest(0, 100, ETAG)])
def test_request_without_bytes_or_strong_tag_asks_for_everything(ranged):
    assert not ranged.resumable
    assert "Range" not in ranged.headers()


def test_begin_records_the_response():
    ranged = half()
    ranged.begin(Take(0, 7, '"x"'))
    assert ranged == RangeRequest(0, 7, '"x"')


@pytest.mark.parametrize("ranged", [RangeRequest(), half(), RangeRequest(50, 100, None)])
def test_complete_response_is_received_from_the_start(ranged):
    assert decide(200, ranged, content_length="70", etag=ETAG) == Take(0, 70, ETAG)
    assert decide(200, ranged) == Take(0, None, None)


@pytest.mark.parametrize(
    "length", ["", "x", "-1", "+1", "1.0", "1 0", "1_0", "٣", "7, 7", "9" * 19, "9" * 5000]
)
def test_invalid_length_is_unknown(length):
    assert decide(200, content_length=length) == Take(0, None, None)


@pytest.mark.parametrize(
    "etag", ["", "abc", 'W/"abc"', '""', '"a', 'a"', '"a"b"', '"a b"', '"é"', '"\x7f"', '"a", "b"']
)
def test_weak_or_unsendable_tag_is_ignored(etag):
    assert decide(200, etag=etag) == Take(0, None, None)
    assert decide(206, etag=etag, content_range="bytes 0-6/7") == Take(0, 7, None)


# Uploaders write character sets there, and how an upload was framed.
@pytest.mark.parametrize(
    "encoding",
    ["", "identity", "IDENTITY", " aws-chunked", "aws-chunked,", "utf-8", "UTF-8, x", "binary"],
)
def test_content_coding_without_compression_is_ignored(encoding):
    assert decide(200, content_encoding=encoding, etag=ETAG) == Take(0, None, ETAG)
    assert decide(206, content_encoding=encoding, content_range="bytes 0-6/7") == Take(0, 7, None)


@pytest.mark.parametrize(
    ("encoding", "codings"),
    [
        ("gzip", ("gzip",)),
        ("X-GZIP", ("x-gzip",)),
        ("deflate", ("deflate",)),
        ("utf-8, gzip , deflate", ("gzip", "deflate")),
    ],
)
def test_decodable_compression_is_taken_without_size_or_tag(encoding, codings):
    fields = {"content_encoding": encoding, "content_length": "70", "etag": ETAG}
    assert decide(200, **fields) == Take(0, None, None, codings)
    assert decide(200, RangeRequest(7, 70, ETAG), **fields) == Take(0, None, None, codings)


@pytest.mark.parametrize("status", [200, 206])
@pytest.mark.parametrize("asking", [RangeRequest(7, 70, ETAG), RangeRequest(end=7)])
def test_part_of_a_compressed_archive_requests_the_complete_archive(asking, status):
    fields = {"content_encoding": "gzip", "content_range": "bytes 7-69/70", "etag": ETAG}
    assert decide(status, asking, **fields) is NextStep.FETCH_WHOLE


@pytest.mark.parametrize("fields", [{}, {"content_range": "bytes 0-6/7"}])
def test_unrequested_part_of_a_compressed_archive_is_refused(fields):
    assert decide(206, content_encoding="gzip", **fields) == Refuse(
        "the store sent an unrequested part of a compressed archive"
    )


@pytest.mark.parametrize("encoding", ["br", "aws-chunked, zstd", "gzip, compress", "gzip," * 6])
@pytest.mark.parametrize("status", [200, 206])
def test_unknown_compression_is_refused(encoding, status):
    decision = decide(status, content_encoding=encoding)
    assert isinstance(decision, Refuse)
    assert "can't decode" in decision.reason


# Some stores send a part with 200.
@pytest.mark.parametrize("status", [200, 206])
class TestParts:
    @pytest.mark.parametrize("etag", [{}, {"etag": ETAG}, {"etag": f"W/{ETAG}"}, {"etag": ""}])
    @pytest.mark.parametrize("total", ["100", "*"])
    def test_remaining_range_is_accepted(self, status, etag, total):
        decision = decide(status, half(), content_range=f"bytes 50-99/{total}", **etag)
        assert decision == Take(50, 100, ETAG)

    def test_part_of_the_remaining_range_is_accepted(self, status):
        decision = decide(status, half(), content_range="Bytes 50-50/100")
        assert decision == Take(50, 100, ETAG)

    def test_remaining_range_may_provide_the_size(self, status):
        ranged = RangeRequest(50, None, ETAG)
        assert decide(status, ranged, content_range="bytes 50-99/100") == Take(50, 100, ETAG)
        assert decide(status, ranged, content_range="bytes 50-99/*") == Take(50, None, ETAG)

    @pytest.mark.parametrize(
        "fields",
        [
            {"content_range": "bytes 50-99/100", "etag": '"other"'},
            {"content_range": "bytes 50-99/100", "etag": 'W/"other"'},
            {"content_range": "bytes 50-99/100", "etag": "0a1b"},
            {"content_range": "bytes 50-100/101"},
            {"content_range": "bytes 49-99/100"},
            {"content_range": "bytes 51-99/100"},
            {"content_range": "bytes 0-99/100"},
            {"content_range": "bytes 50-49/100"},
            {"content_range": "bytes 50-100/100"},
            {"content_range": "bytes */100"},
            {"content_range": "bytes 50-99"},
            {"content_range": "items 50-99/100"},
            {"content_range": f"bytes 50-99/{'9' * 5000}"},
            {"content_range": f"bytes {'9' * 5000}-99/100"},
            {"content_range": ""},
        ],
    )
    def test_response_of_another_archive_restarts_the_download(self, status, fields):
        assert decide(status, half(), **fields) is NextStep.RESTART

    @pytest.mark.parametrize("ranged", [RangeRequest(), RangeRequest(50, 100, None)])
    def test_part_from_the_start_is_accepted(self, status, ranged):
        assert decide(status, ranged, content_range="bytes 0-6/70", etag=ETAG) == Take(0, 70, ETAG)
        # What was known of the size is of another answer.
        assert decide(status, ranged, content_range="bytes 0-6/*") == Take(0, None, None)

    @pytest.mark.parametrize("content_range", ["bytes 50-99/100", "bytes 0-9/5", "x"])
    @pytest.mark.parametrize("ranged", [RangeRequest(), RangeRequest(50, 100, None)])
    def test_unrequested_part_is_refused(self, status, ranged, content_range):
        assert decide(status, ranged, content_range=content_range) == Refuse(
            f"the store sent an unrequested part ({content_range})"
        )


def test_206_without_content_range_is_refused():
    assert decide(206, half()) is NextStep.RESTART
    assert decide(206) == Refuse("the store sent an unrequested part (?)")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_with_location_is_followed(status):
    assert decide(status, location="/x") == Follow("/x")
    assert decide(status) == Refuse(f"the store answered {status}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_expired_url_is_refreshed(status):
    assert decide(status, half()) is NextStep.REFRESH


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520, 599, 999])
def test_transient_failure_is_retried(status):
    assert decide(status, half()) is NextStep.RETRY


@pytest.mark.parametrize("status", [100, 201, 202, 204, 300, 304, 402, 405, 407, 418, 451])
def test_other_responses_are_final(status):
    assert decide(status, half(), location="/x") == Refuse(f"the store answered {status}")


def test_failed_condition_restarts_the_download():
    assert decide(412, half()) is NextStep.RESTART


@pytest.mark.parametrize("status", [412, 416])
@pytest.mark.parametrize("ranged", [RangeRequest(), RangeRequest(100, 100, None)])
def test_412_without_condition_is_refused(status, ranged):
    assert decide(status, ranged) == Refuse(f"the store answered {status}")


@pytest.mark.parametrize(
    ("ranged", "content_range", "decision"),
    [
        (RangeRequest(100, 100, ETAG), "bytes */100", NextStep.COMPLETE),
        (RangeRequest(100, 100, ETAG), "", NextStep.COMPLETE),
        (RangeRequest(100, 100, ETAG), "bytes */x", NextStep.COMPLETE),
        (RangeRequest(100, None, ETAG), "bytes */100", NextStep.COMPLETE),
        (RangeRequest(100, 100, ETAG), "bytes */99", NextStep.RESTART),
        (RangeRequest(100, 200, ETAG), "bytes */100", NextStep.RESTART),
        (RangeRequest(100, None, ETAG), "bytes */99", NextStep.RESTART),
        (RangeRequest(100, None, ETAG), "", NextStep.RESTART),
        (RangeRequest(50, 100, ETAG), "", NextStep.RESTART),
    ],
)
def test_end_of_data_is_complete_only_with_all_bytes(ranged, content_range, decision):
    assert decide(416, ranged, content_range=content_range) is decision


junk = st.one_of(
    st.text(max_size=40),
    st.text("0123456789", max_size=40),
    st.just("9" * 5000),
    st.sampled_from(["", "bytes", "*", '"', "W/", "identity", "gzip"]),
)
sizes = st.integers(0, 300)
etags = st.sampled_from(['"a"', '"b"', 'W/"a"', "a", '""'])
ranges = st.builds("bytes {}-{}/{}".format, sizes, sizes, st.one_of(sizes, st.just("*")))
heads = st.builds(
    Head,
    st.one_of(
        st.sampled_from([200, 206, 302, 412, 416]), st.integers(100, 999), st.integers(-1, 10**6)
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "content-range": ranges | junk,
            "content-length": sizes.map(str) | junk,
            "content-encoding": junk,
            "etag": etags | junk,
            "location": junk,
        },
    ),
)
ranged_requests = st.builds(
    RangeRequest, sizes, st.none() | sizes, st.none() | st.sampled_from(['"a"', '"b"'])
)


@settings(deadline=None)
@given(ranged_requests, heads)
@example(half(), Head(206, {"content-range": f"bytes 50-99/{'9' * 5000}"}))
def test_every_response_has_a_decision_and_archives_are_never_mixed(ranged, head):
    decision = ranged.decide(head)
    assert isinstance(decision, Take | Follow | Refuse | NextStep)
    if not isinstance(decision, Take):
        return
    assert head.status in (200, 206)
    assert decision.offset in (0, ranged.received)
    if decision.offset:
        # The rest: asked for, of the same tag and size, and it begins where it should.
        assert ranged.resumable
        assert head.headers.get("etag", "") in ("", ranged.etag, f"W/{ranged.etag}")
        assert decision.etag == ranged.etag
        assert ranged.total is None or decision.total == ranged.total
        assert head.headers["content-range"].startswith(f"bytes {ranged.received}-")
    else:
        # From the beginning: all that is known is from this answer.
        assert decision.etag is None or decision.etag == head.headers.get("etag")
    assert decision.total is None or decision.total >= 0


@settings(deadline=None)
@given(ranged_requests, heads, sizes)
def test_next_request_can_always_be_sent(ranged, head, more):
    decision = ranged.decide(head)
    if isinstance(decision, Take):
        ranged.begin(decision)
        ranged.received += more
    fields = ranged.headers()
    httpx.Request("GET", "https://h/", headers=fields)
    assert ("Range" in fields) == ("If-Match" in fields) == ranged.resumable
