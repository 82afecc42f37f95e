"""A sidecar survives a round trip; a damaged one is ignored."""

import json
import os
from datetime import UTC, datetime

import pytest
from attrs import evolve
from helpers import api
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import ExportFilter
from prolific_exports._download._sidecar import Sidecar

ID = api.COLLECTION
WHOLE = Sidecar("collection", ID, api.EXPORT_ID, "data.zip", 100, api.ETAG, ((0, 10), (20, 30)))


FILTER = ExportFilter("65a1", datetime(2026, 3, 1, tzinfo=UTC))


def load(content, kind="collection", resource_id=ID, filter_=None):
    return Sidecar.load(content, kind, resource_id, filter_)


@pytest.mark.parametrize(
    "sidecar",
    [
        WHOLE,
        Sidecar("collection", ID, None, "data.zip"),
        Sidecar("collection", ID, None, "d\N{DECIDUOUS TREE}\udcff.zip", None, api.ETAG, ((0, 1),)),
    ],
)
def test_sidecar_round_trips(sidecar):
    assert load(sidecar.dump()) == sidecar


def test_sidecar_of_another_export_is_ignored():
    assert load(WHOLE.dump(), "batch") is None
    assert load(WHOLE.dump(), resource_id="other") is None
    assert load(WHOLE.dump(), filter_=FILTER) is None


def test_sidecar_of_another_filter_is_ignored():
    filtered = evolve(WHOLE, filter=FILTER)
    assert load(filtered.dump(), filter_=FILTER) == filtered
    assert load(filtered.dump()) is None
    assert load(filtered.dump(), filter_=ExportFilter("65a1")) is None


def test_sidecar_without_filter_field_has_no_filter():
    record = json.loads(WHOLE.dump())
    del record["filter"]
    assert load(json.dumps(record).encode()) == WHOLE


def test_sidecar_records_whether_the_file_has_ranges_of_the_archive():
    ranges = evolve(WHOLE, spans=True)
    assert load(ranges.dump()) == ranges
    record = json.loads(WHOLE.dump())
    del record["spans"]
    assert load(json.dumps(record).encode()) == WHOLE
    assert load(json.dumps({**record, "spans": "yes"}).encode()) is None


def test_truncated_sidecar_is_ignored():
    content = WHOLE.dump()
    assert [load(content[:end]) for end in range(len(content))] == [None] * len(content)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"export_id": 7},
        {"export_id": "../x"},
        {"output": ""},
        {"output": "."},
        {"output": ".."},
        {"output": "../x.zip"},
        {"output": "/x.zip"},
        {"output": "x\0.zip"},
        {"output": "x" * 256},
        {"output": "\ud800"},
        {"output": f"a{os.sep}x.zip"},
        {"output": None},
        {"size": -1},
        {"size": "100"},
        {"size": 100.0},
        {"size": True},
        {"size": 29},
        {"size": 10**19},
        {"etag": ""},
        {"etag": 'W/"a"'},
        {"etag": 5},
        {"etag": '"a"\r\nX: y'},
        {"etag": None},
        {"good": None},
        {"good": 5},
        {"good": [5]},
        {"good": [[0]]},
        {"good": [[0, 5, 9]]},
        {"good": [[0, "5"]]},
        {"good": [[1, 5]]},
        {"good": [[0, 0]]},
        {"good": [[0, 5], [5, 6]]},
        {"good": [[0, 5], [4, 6]]},
        {"good": [[0, 10], [-1, 6]]},
    ],
)
def test_sidecar_with_an_invalid_value_is_ignored(change):
    assert load(json.dumps(json.loads(WHOLE.dump()) | change).encode()) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"5", b"null", b"\xff", b"[" * 100_000])
def test_other_content_is_ignored(content):
    assert load(content) is None


@given(st.binary(max_size=200))
def test_any_content_is_read_without_an_exception(content):
    assert load(content) is None, "no 200 bytes are a sidecar"
