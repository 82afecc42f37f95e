"""Bodies that are JSON by the letter, and would exhaust the stack of whoever shows them."""

import json

import pytest
from prolific_exports import BadRequestError, ContractViolation, ExportRef
from prolific_exports import _api as api
from prolific_exports._effects import Reply
from prolific_exports._json import parse

REF = ExportRef("batch", "65f0")
JOB = {
    "export_id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890",
    "status": "complete",
    "created_at": "2026-03-20T09:00:00Z",
}
DEPTHS = [100, 400, 700, 950, 100_000]


def nested(depth, value=None):
    value = json.dumps(value)
    opening, closing = "[" * (depth // 2), "]" * (depth // 2)
    return opening + '{"a":' * (depth // 2) + value + "}" * (depth // 2) + closing


def test_what_is_nested_as_deep_as_anybody_may_is_read():
    assert json.dumps(parse(nested(98).encode()), separators=(",", ":")) == nested(98)


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_is_nested_deeper_is_refused(depth):
    with pytest.raises(ValueError, match="nested too deep"):
        parse(nested(depth).encode())


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("place", ["job", "filter"])
def test_a_list_that_is_nested_too_deep_is_a_violation(depth, place):
    job = {**JOB, "more": "@"} if place == "job" else {**JOB, "filter": {"more": "@"}}
    body = json.dumps([job]).replace('"@"', nested(depth)).encode()
    with pytest.raises(ContractViolation, match="nested too deep"):
        api.interpret_list(
            api.list_exports(REF), Reply(200, {}, body), token="t0ken", retry_after=None
        )


@pytest.mark.parametrize("depth", DEPTHS)
def test_an_error_that_is_nested_too_deep_is_told_by_its_text(depth):
    body = f'{{"error": {{"detail": {nested(depth)}}}}}'.encode()
    with pytest.raises(BadRequestError) as told:
        api.interpret(
            api.request_export(REF), Reply(400, {}, body), token="t0ken", retry_after=None
        )
    assert told.value.detail is None
    assert '{"error": {"detail": [[[' in str(told.value)
