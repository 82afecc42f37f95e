"""What is recorded comes back; what is damaged does not."""

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
def test_what_is_recorded_comes_back(sidecar):
    assert load(sidecar.dump()) == sidecar


def test_what_is_recorded_of_something_else_does_not():
    assert load(WHOLE.dump(), "batch") is None
    assert load(WHOLE.dump(), resource_id="other") is None
    assert load(WHOLE.dump(), filter_=FILTER) is None


def test_a_filter_is_part_of_what_is_recorded():
    filtered = evolve(WHOLE, filter=FILTER)
    assert load(filtered.dump(), filter_=FILTER) == filtered
    assert load(filtered.dump()) is None
    assert load(filtered.dump(), filter_=ExportFilter("65a1")) is None


def test_a_record_of_before_there_were_filters_is_one_without():
    record = json.loads(WHOLE.dump())
    del record["filter"]
    assert load(json.dumps(record).encode()) == WHOLE


def test_a_record_that_is_cut_off_anywhere_is_none():
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
def test_a_record_that_cannot_be_is_none(change):
    assert load(json.dumps(json.loads(WHOLE.dump()) | change).encode()) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"5", b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_record_is_none(content):
    assert load(content) is None


@given(st.binary(max_size=200))
def test_whatever_is_there_does_no_harm(content):
    load(content)
