"""The ids of test parameters."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from helpers.parameter_ids import LONGEST, parameter_id
from prolific_contract.gate.trace import HttpResponse


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "given=None"),
        (True, "given=True"),
        (404, "given=404"),
        ([], "[]"),
        (["a", 5], "a, 5"),
        ({"b", "a", "c"}, "a, b, c"),
        ({"to": None}, "to=None"),
        (ValueError, "ValueError"),
        (ValueError("no"), "ValueError: no"),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00+00:00"),
        (timedelta(hours=1), "1:00:00"),
        (httpx.Response(422, json=[1]), "422 [1]"),
        (httpx.Response(204), "204"),
        (["\ud800", "é\0\n"], r"\ud800, \xe9\x00\n"),
        (HttpResponse(200, (), b"{}"), "200 {}"),
        ("x" * 61, "x" * 57 + "..."),
        (b"PK\3\4" * 20, "binary"),
        (b"x\xff" * 40, "binary"),
        (b"x" * 61, "x" * 57 + "..."),
        (httpx.Response(200, content=b"\x1f\x8b"), "200 binary"),
    ],
)
def test_value_has_a_short_and_readable_id(value, text):
    assert parameter_id(value, "given") == text
    assert len(text) <= LONGEST


def test_short_text_and_functions_keep_their_id():
    for value in ("text", b"text", len, test_short_text_and_functions_keep_their_id, pytest):
        assert parameter_id(value, "given") is None


def test_object_with_an_address_has_no_id_of_its_own():
    assert parameter_id(object(), "given") is None
    assert parameter_id([object()], "given") is None
