"""The object store behind presigned URLs, without HTTP."""

import gc
import hashlib
import io
import xml.etree.ElementTree as ET
import zipfile
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prolific_contract.sandbox import SandboxSettings, StoreError, xml_reply
from prolific_contract.sandbox._store import Span, matches, requested_span

from sandbox.site_client import BASE_URL, SiteClient, read_file


def assert_error(reply, status, code):
    """It is S3's XML, and returns its elements."""
    assert reply.status == status
    assert reply.header("Content-Type") == "application/xml"
    assert reply.header("Content-Length") == str(len(reply.body))
    root = ET.fromstring(reply.body)
    assert root.tag == "Error"
    elements = {child.tag: child.text for child in root}
    assert elements["Code"] == code
    assert elements["Message"]
    return elements


def altered(url, **changes):
    """The URL with other query values; None takes one away."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query |= {name.replace("_", "-"): value for name, value in changes.items()}
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{parts.path}?{urlencode(kept)}"


@pytest.fixture
def url(client):
    return client.presigned_url()


@pytest.fixture
def content(client, url):
    return read_file(client.call("GET", url))


def test_presigned_url_serves_the_complete_archive(client, kind):
    reply = client.call("GET", client.presigned_url(kind))
    content = read_file(reply)

    assert reply.status == 200
    assert reply.header("Content-Type") == "application/zip"
    assert reply.header("Content-Length") == str(len(content))
    assert reply.header("Accept-Ranges") == "bytes"
    assert reply.header("ETag") == f'"{hashlib.md5(content).hexdigest()}"'
    assert reply.header("Last-Modified") == "Thu, 19 Mar 2026 10:30:03 GMT"
    assert reply.header("Content-Range") is None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0].startswith(f"{kind}-export-")


def test_archive_is_built_once(client, url):
    first = client.call("GET", url)
    stored = first.body.path
    written = stored.stat().st_mtime_ns

    assert client.call("GET", url) == first
    assert stored.stat().st_mtime_ns == written


def test_authorization_header_is_refused(client, url):
    reply = client.call("GET", url, authorization="Token sandbox-token")

    error = assert_error(reply, 400, "InvalidArgument")
    assert str(error["Message"]).startswith("Only one auth mechanism allowed")


def test_unsigned_url_is_refused(client, url):
    assert_error(client.call("GET", url.partition("?")[0]), 403, "AccessDenied")
    assert_error(client.call("GET", url.partition("?")[0] + "?x=1"), 403, "AccessDenied")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "POST"])
def test_url_signed_for_get_is_refused_for_other_methods(client, url, method):
    assert_error(client.call(method, url), 403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    "changes",
    [
        {"X_Amz_Signature": "0" * 64},
        {"X_Amz_Signature": "ü"},
        {"X_Amz_Expires": "86401"},
        {"X_Amz_Date": "20260319T103004Z"},
        {"X_Amz_Credential": "ANOTHER/20260319/sandbox/s3/aws4_request"},
        {"extra": "1"},
    ],
)
def test_changed_url_is_refused(client, url, changes):
    assert_error(client.call("GET", altered(url, **changes)), 403, "SignatureDoesNotMatch")


def test_url_is_valid_only_for_its_object_and_host(client, url):
    other = url.replace(".zip", "x.zip")

    assert_error(client.call("GET", other), 403, "SignatureDoesNotMatch")
    elsewhere = client.call("GET", url, base_url="http://127.0.0.1:8001")
    assert_error(elsewhere, 403, "SignatureDoesNotMatch")


def test_order_of_query_parameters_does_not_matter(client, url):
    path, _, query = url.partition("?")

    assert (
        client.call("GET", f"{path}?{'&'.join(sorted(query.split('&'), reverse=True))}").status
        == 200
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"X_Amz_Signature": None},
        {"X_Amz_Date": None},
        {"X_Amz_Algorithm": "AWS4-HMAC-SHA1"},
        {"X_Amz_Date": "yesterday"},
        {"X_Amz_Date": "99991231T235959Z"},
        {"X_Amz_Expires": "-1"},
        {"X_Amz_Expires": "soon"},
        {"X_Amz_Expires": "٣"},
        {"X_Amz_Expires": "604801"},
        {"X_Amz_Expires": "9" * 30},
        {"X_Amz_Expires": "9" * 5000},
    ],
)
def test_malformed_signature_is_refused(client, url, changes):
    reply = client.call("GET", altered(url, **changes))

    assert_error(reply, 400, "AuthorizationQueryParametersError")


def test_repeated_parameter_is_refused(client, url):
    reply = client.call("GET", f"{url}&X-Amz-Expires=604800")

    assert_error(reply, 400, "AuthorizationQueryParametersError")


def test_url_works_until_it_expires(open_client):
    client = open_client(url_lifetime_seconds=60)
    url = client.presigned_url()
    client.clock.advance(59.999)
    in_time = client.call("GET", url)
    client.clock.advance(0.001)
    late = client.call("GET", url)

    assert in_time.status == 200
    error = assert_error(late, 403, "AccessDenied")
    assert error["Message"] == "Request has expired"
    assert error["X-Amz-Expires"] == "60"
    assert error["Expires"] == error["ServerTime"] == "2026-03-19T10:31:03Z"


def test_signed_url_of_a_job_still_generating_is_404(client, kind):
    # Only a client that knows the signing secret can ask this; a reset one can, too.
    url = client.presigned_url(kind)
    client.site.reset()

    error = assert_error(client.call("GET", url), 404, "NoSuchKey")
    assert str(error["Key"]).startswith("exports/")


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=10-", 10, -1),
        ("bytes=-7", -7, -1),
        ("bytes=10-999999999999999999", 10, -1),
        ("bytes=-999999999999999999", 0, -1),
        ("BYTES=1-2", 1, 2),
    ],
)
def test_range_request_returns_its_bytes(client, url, content, header, first, last):
    size = len(content)
    first, last = first % size, last % size
    reply = client.call("GET", url, range=header)

    assert reply.status == 206
    assert read_file(reply) == content[first : last + 1]
    assert reply.header("Content-Length") == str(last + 1 - first)
    assert reply.header("Content-Range") == f"bytes {first}-{last}/{size}"
    assert reply.header("ETag") == client.call("GET", url).header("ETag")
    assert reply.header("Accept-Ranges") == "bytes"


@pytest.mark.parametrize("beyond", [0, 1, 10**15])
def test_range_past_the_end_is_416(client, url, content, beyond):
    header = f"bytes={len(content) + beyond}-"
    reply = client.call("GET", url, range=header)

    error = assert_error(reply, 416, "InvalidRange")
    assert reply.header("Content-Range") == f"bytes */{len(content)}"
    assert error["RangeRequested"] == header
    assert error["ActualObjectSize"] == str(len(content))


def test_range_of_the_last_zero_bytes_is_416(client, url):
    assert client.call("GET", url, range="bytes=-0").status == 416


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=9-3",
        "bytes=a-b",
        "bytes=0-1,3-4",
        "items=0-1",
        "bytes= 0-1",
        "bytes=0x1-",
        "bytes=²-",
        f"bytes={'9' * 5000}-",
    ],
)
def test_malformed_and_multiple_ranges_are_ignored(client, url, content, header):
    reply = client.call("GET", url, range=header)

    assert reply.status == 200
    assert read_file(reply) == content


@given(st.integers(1, 40), st.none() | st.integers(0, 60), st.none() | st.integers(0, 60))
@example(1, 0, 0)
def test_parsed_span_equals_the_range_header(size, first, last):
    whole = bytes(range(size))
    text = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    span = requested_span(text, size)

    if (first is None and last is None) or (
        first is not None and last is not None and last < first
    ):
        assert span is None
        return
    if first is None:
        expected = whole[-last:] if last else b""
    else:
        expected = whole[first:] if last is None else whole[first : last + 1]
    if expected:
        assert isinstance(span, Span)
        assert whole[span.start : span.start + span.length] == expected
    else:
        assert isinstance(span, StoreError)


def test_if_match_with_the_etag_is_served(client, url):
    etag = client.call("GET", url).header("ETag")

    assert client.call("GET", url, if_match=etag).status == 200
    assert client.call("GET", url, if_match=etag, range="bytes=5-").status == 206


def test_if_match_with_another_etag_is_412(client, url):
    for headers in ({}, {"range": "bytes=5-"}, {"range": "bytes=99999999-"}):
        error = assert_error(
            client.call("GET", url, if_match='"another"', **headers), 412, "PreconditionFailed"
        )
        assert error["Condition"] == "If-Match"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"a"', True),
        ("*", True),
        (' "b" , "a" ', True),
        ('"b"', False),
        ('W/"a"', False),
        ("a", False),
        ("", False),
    ],
)
def test_if_match_compares_strongly(header, expected):
    assert matches(header, '"a"') is expected


def test_if_range_is_ignored(client, url):
    reply = client.call("GET", url, range="bytes=5-9", if_range='"another"')

    assert reply.status == 206


def test_archive_is_the_same_after_a_restart_at_the_same_time(open_client, clock):
    etags = []
    for _ in range(2):
        client = open_client()
        requested_at = clock.now()
        etags.append(client.call("GET", client.presigned_url()).header("ETag"))
        clock.advance((requested_at - clock.now()).total_seconds())

    assert etags[0] == etags[1]


def test_error_texts_are_escaped():
    reply = xml_reply(StoreError(400, "Odd", "a < b & c", (("Key", "<x>"),)))

    assert assert_error(reply, 400, "Odd")["Message"] == "a < b & c"


def test_url_uses_the_clients_host(client):
    assert client.complete()["url"].startswith(BASE_URL)


def test_archives_are_files_until_the_sandbox_is_closed(client, url):
    stored = client.call("GET", url).body.path
    folder = stored.parent
    assert stored.exists()
    client.site.close()

    assert not folder.exists()


def test_archives_are_removed_with_an_unclosed_sandbox(clock):
    client = SiteClient(SandboxSettings(), clock)
    body: Any = client.call("GET", client.presigned_url()).body
    folder = body.path.parent
    assert folder.exists()
    del client
    gc.collect()

    assert not folder.exists()
