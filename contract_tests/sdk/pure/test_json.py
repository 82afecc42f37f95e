"""JSON that is valid, and that would exhaust the stack or the memory of its reader."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import BadRequestError, ContractViolation, ExportRef
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._effects import ApiReply
from prolific_exports._model import _json
from prolific_exports._model._json import MAX_DEPTH, JSONLimitError, check_limits, parse
from prolific_exports._model._redactor import Redactor

REF = ExportRef("batch", "65f0")
JOB = {
    "export_id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890",
    "status": "complete",
    "created_at": "2026-03-20T09:00:00Z",
}
DEPTHS = [102, 400, 700, 900, 950, 100_000]


def nested(depth, value=None):
    value = json.dumps(value)
    opening, closing = "[" * (depth // 2), "]" * (depth // 2)
    return opening + '{"a":' * (depth // 2) + value + "}" * (depth // 2) + closing


def test_parse_nested_at_the_limit_returns_the_value():
    assert json.dumps(parse(nested(MAX_DEPTH).encode()), separators=(",", ":")) == nested(100)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("encode", [str, str.encode, lambda text: text.encode("utf-16")])
def test_parse_nested_deeper_raises(depth, encode):
    with pytest.raises(ValueError, match="^is nested deeper than 100 levels$"):
        parse(encode(nested(depth)))


@pytest.mark.parametrize("depth", DEPTHS)
def test_parse_nested_deeper_and_cut_off_raises_for_the_nesting(depth):
    with pytest.raises(JSONLimitError):
        parse("[" * depth)


def test_parse_brackets_in_strings_do_not_count():
    value = ["[" * 200, '"[' * 200, "\\[" * 200, '\\"{' * 200, {"\\": "[{" * 200}]
    assert parse(json.dumps(value).encode()) == value


@given(
    st.recursive(
        st.text('[]{},:"\\ \u2200\u5b00'),
        lambda inner: st.lists(inner) | st.dictionaries(st.text('"[\\'), inner),
    )
)
@settings(max_examples=200, deadline=None)
def test_check_limits_counts_as_a_parser_would(value):
    text = json.dumps(value, ensure_ascii=False).encode()

    def count(value):
        match value:
            case list():
                return 1 + sum(map(count, value)) + max(0, len(value) - 1)
            case dict():
                return 1 + sum(map(count, value.values())) + len(value) + max(0, len(value) - 1)
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_json, "_STEP", 3)
        check_limits(text, count(value))
        if count(value):
            with pytest.raises(JSONLimitError, match="^has more than "):
                check_limits(text, count(value) - 1)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("place", ["job", "filter"])
def test_list_that_is_nested_too_deep_is_a_violation(depth, place):
    job = {**JOB, "more": "@"} if place == "job" else {**JOB, "filter": {"more": "@"}}
    body = json.dumps([job]).replace('"@"', nested(depth)).encode()
    with pytest.raises(ContractViolation, match="nested too deep"):
        api.interpret_list(
            api.list_request(REF), ApiReply(200, {}, body), redactor=Redactor(), retry_after=None
        )


@pytest.mark.parametrize("depth", DEPTHS)
def test_error_body_that_is_nested_too_deep_is_shown_as_text(depth):
    body = f'{{"error": {{"detail": {nested(depth)}}}}}'.encode()
    with pytest.raises(BadRequestError) as caught:
        api.interpret(
            api.export_request(REF), ApiReply(400, {}, body), redactor=Redactor(), retry_after=None
        )
    assert caught.value.detail is None
    assert '{"error": {"detail": [[[' in str(caught.value)
