from datetime import UTC, datetime

import pytest
from helpers.traces import BASE, JOB, URL, TraceBuilder, body_answer, complete, failed, running
from prolific_contract import OPERATIONS, Address, Operation, address_of, path_of
from prolific_contract.gate.trace import MISSING, Credential, Exchange, HttpResponse


def exchange(method: str, url: str, base_url: str = BASE) -> Exchange:
    return Exchange(0, method, url, base_url, Credential.VALID)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_is_displayed_as_method_and_path(operation):
    assert str(operation) == f"{operation.method} {operation.template}"
    if operation.action == "archive":
        assert operation.template == f"the {operation.kind}'s presigned URL"
    else:
        address = address_of(operation.template)
        assert address is not None
        assert address.at(operation.method) == operation
        assert address.at("PUT") is None
        assert address.operation.action in ("request", "status")


def test_paths_and_addresses_round_trip():
    assert address_of(path_of("batch", "b%201")) == Address("batch", "b 1", None)
    assert address_of(path_of("collection", "c", JOB)) == Address("collection", "c", JOB)
    assert address_of("/api/v1/data-collection/datasets/d/export") is None


@pytest.mark.parametrize("dots", [".", "..", "%2E", "%2e.", ".%2E"])
def test_path_with_dot_segments_names_no_operation(dots):
    assert address_of(path_of("batch", dots)) is None
    assert address_of(path_of("batch", "b", dots)) is None
    assert address_of(path_of("batch", "b", f"{dots}.a")) is not None


@pytest.mark.parametrize(
    ("method", "url", "operation"),
    [
        ("POST", f"{BASE}{path_of('batch', 'b')}", Operation("batch", "request")),
        ("POST", f"{BASE}{path_of('batch', 'b')}/?from=x#y", Operation("batch", "request")),
        ("GET", f"{BASE}{path_of('collection', 'c', JOB)}", Operation("collection", "status")),
        ("PUT", f"{BASE}{path_of('batch', 'b')}", None),
        ("GET", f"{BASE}/api/v1/users/me", None),
        ("GET", f"https://elsewhere.example{path_of('batch', 'b', JOB)}", None),
        ("GET", "https://[", None),
    ],
)
def test_operation_is_identified_by_method_and_path(method, url, operation):
    assert exchange(method, url).operation == operation


def test_json_body_is_read_leniently():
    assert body_answer(200, b'\xef\xbb\xbf{"a": NaN, "a": 1}').json == {"a": 1}
    for body in (b"", b"<html>", b"\xff", b"[" * 100_000):
        assert body_answer(200, body).json is MISSING
        assert body_answer(200, body).state is None
    assert body_answer(200, b'{"status": 5}').state is None
    assert body_answer(200, b'{"status": "x"}').state == "x"


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Fri, 20 Mar 2026 10:00:00 GMT", datetime(2026, 3, 20, 10, tzinfo=UTC)),
        ("Fri, 20 Mar 2026 10:00:00 -0000", datetime(2026, 3, 20, 10, tzinfo=UTC)),
        ("Fri, 20 Mar 2026 12:00:00 +0200", datetime(2026, 3, 20, 10, tzinfo=UTC)),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_date_is_taken_from_the_response(value, date):
    assert HttpResponse(200, (("DATE", value),)).date == date
    assert HttpResponse(200).date is None


def test_download_is_identified_by_the_response_with_its_url():
    builder = TraceBuilder("collection")
    first = builder.poll(complete())
    builder.poll(complete())
    builder.poll(complete(url=5))
    builder.poll(failed())
    builder.poll(None)
    builder.send("GET", f"{BASE}/elsewhere", complete("https://other.example/"))
    download = builder.fetch(None)
    assert builder.trace.issued_urls == {URL: first}
    assert builder.trace.archive_operation(download) == Operation("collection", "archive")
    assert builder.trace.archive_operation(first) is None
    assert builder.fetch(running(), "https://other.example/").operation is None
