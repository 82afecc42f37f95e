"""Records and answers get a type, and lose nothing."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import (
    Choice,
    FileUpload,
    FreeText,
    FreeTextWithUnit,
    Instruction,
    Metadata,
    MultipleChoice,
    MultipleChoiceWithFreeText,
    StarRating,
    Submission,
    UnknownRecord,
    UnknownResponse,
    UploadedFile,
)
from prolific_exports._archive._metadata import parse_metadata
from prolific_exports._archive._records import parse_record
from prolific_exports._archive._responses import parse_response

from archive.builders import METADATA, SUBMISSION

KNOWN = {
    "free_text": {"value": "text"},
    "free_text_with_unit": {"value": "12,5", "unit": "kg"},
    "multiple_choice": {"values": ["a", "b"]},
    "multiple_choice_with_free_text": {"values": [{"option": "a", "explanation": "why"}]},
    "file_upload": {"files": [{"name": "a.jpg", "path": "files/s_i_0.jpg"}]},
}


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        (
            {"type": "free_text", "description": "d", "value": "text"},
            FreeText("text", "d"),
        ),
        (
            {"type": "free_text_with_unit", "description": "d", "value": "12,5", "unit": "kg"},
            FreeTextWithUnit("12,5", "kg", "d"),
        ),
        (
            {"type": "multiple_choice", "description": "d", "values": ["a", "b"]},
            MultipleChoice(("a", "b"), "d"),
        ),
        (
            {
                "type": "multiple_choice_with_free_text",
                "description": "d",
                "values": [{"option": "a", "explanation": "why", "rank": 1}],
            },
            MultipleChoiceWithFreeText((Choice("a", "why", {"rank": 1}),), "d"),
        ),
        (
            {
                "type": "file_upload",
                "description": "d",
                "files": [{"name": "a.jpg", "path": "files/s_i_0.jpg", "size": 3}],
            },
            FileUpload((UploadedFile("a.jpg", "files/s_i_0.jpg", {"size": 3}),), "d"),
        ),
        ({"type": "star_rating", "description": "d", "value": "3"}, StarRating("3", "d")),
        (
            {"type": "star_rating", "description": "d", "answer": [{"value": "3"}]},
            StarRating("3", "d"),
        ),
        (
            {"type": "star_rating", "description": "d", "values": [{"value": "3"}]},
            StarRating("3", "d"),
        ),
    ],
)
def test_known_types_become_their_classes(raw, typed):
    assert parse_response(raw) == typed
    assert typed.type == raw["type"]
    assert typed.extra == {}


@pytest.mark.parametrize("type_", KNOWN)
def test_unknown_fields_of_known_types_are_kept(type_):
    response = parse_response({"type": type_, **KNOWN[type_], "score": [1], "description": None})
    assert response.type == type_
    assert response.description is None
    assert response.extra == {"score": [1], "description": None}


@pytest.mark.parametrize("type_", KNOWN)
def test_missing_description_is_none(type_):
    response = parse_response({"type": type_, **KNOWN[type_]})
    assert response.type == type_
    assert response.description is None
    assert response.extra == {}


@pytest.mark.parametrize("values", [[], ["only"]])
def test_lists_have_any_length(values):
    assert parse_response({"type": "multiple_choice", "values": values}) == MultipleChoice(
        tuple(values)
    )


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "free_text"},
        {"type": "free_text", "value": None},
        {"type": "free_text", "value": 3},
        {"type": "free_text_with_unit", "value": "3"},
        {"type": "free_text_with_unit", "value": "3", "unit": None},
        {"type": "free_text_with_unit", "value": 3, "unit": "kg"},
        {"type": "multiple_choice", "value": "a"},
        {"type": "multiple_choice", "values": None},
        {"type": "multiple_choice", "values": "a"},
        {"type": "multiple_choice", "values": ["a", None]},
        {"type": "multiple_choice", "answer": [{"value": "a"}]},
        {"type": "multiple_choice_with_free_text", "values": {}},
        {"type": "multiple_choice_with_free_text", "values": ["a"]},
        {"type": "multiple_choice_with_free_text", "values": [{"option": "a"}]},
        {"type": "multiple_choice_with_free_text", "values": [{"value": "a", "explanation": "b"}]},
        {"type": "file_upload", "files": [{"name": "a.jpg"}]},
        {"type": "file_upload", "files": [{"path": "files/a.jpg", "name": 1}]},
        {"type": "file_upload", "files": None},
        {"type": "star_rating", "value": 5},
        {"type": None, "value": "a"},
        {"type": ["free_text"], "value": "a"},
        {"value": "a"},
        {},
        "text",
        None,
        [],
    ],
)
def test_undocumented_shape_stays_raw(raw):
    before = json.dumps(raw)
    assert parse_response(raw) == UnknownResponse(raw)
    assert json.dumps(raw) == before


def test_unknown_response_has_the_common_attributes():
    response = UnknownResponse({"type": "star_rating", "description": "d", "value": 5})
    assert (response.type, response.description, response.extra) == (
        "star_rating",
        "d",
        {"value": 5},
    )
    response = UnknownResponse({"type": 1, "description": None})
    assert (response.type, response.description) == (None, None)
    assert response.extra == {"type": 1, "description": None}
    response = UnknownResponse([1])
    assert (response.type, response.description, response.extra) == (None, None, {})


def test_submission_has_its_fields():
    assert parse_record(SUBMISSION) == Submission(
        submission_id="sub1",
        participant_id="part1",
        collection_id="col1",
        created_at=datetime(2026, 3, 19, 10, 30, tzinfo=UTC),
        responses={
            "i1": FreeText("Something", "Say something"),
            "i2": FileUpload((UploadedFile("Photo.JPG", "files/sub1_i2_0.jpg"),), "Show it"),
        },
        extra={},
        raw=SUBMISSION,
    )


def test_batch_submission_has_its_fields():
    raw = {"submission_id": "s", "batch_id": "b", "task_id": "t", "responses": {}}
    record = parse_record(raw)
    assert isinstance(record, Submission)
    assert (record.batch_id, record.task_id, record.collection_id) == ("b", "t", None)
    assert record.extra == {}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"value": 3},
        {"value": None},
        {"answer": [{"value": 3}]},
        {"answer": [{"value": "3", "unit": "stars"}]},
        {"answer": [{"value": "3"}, {"value": "4"}]},
        {"answer": []},
        {"answer": "3"},
    ],
)
def test_star_rating_of_another_shape_is_unknown(fields):
    raw = {"type": "star_rating", **fields}

    assert parse_response(raw) == UnknownResponse(raw)


def test_star_rating_with_value_and_answer_keeps_the_answer():
    raw = {"type": "star_rating", "value": "3", "answer": [{"value": "4"}]}

    assert parse_response(raw) == StarRating("3", None, {"answer": [{"value": "4"}]})


@pytest.mark.parametrize("created_at", [None, 5, "yesterday", "2026-03-19T10:30:00", "", [1]])
def test_invalid_or_naive_date_is_kept_unchanged(created_at):
    record = parse_record({**SUBMISSION, "created_at": created_at})
    assert isinstance(record, Submission)
    assert record.created_at is None
    assert record.extra == {"created_at": created_at}


def test_dates_keep_their_time_zone():
    record = parse_record({**SUBMISSION, "created_at": "2026-03-19T10:30:00.25+05:30"})
    assert isinstance(record, Submission)
    zone = timezone(timedelta(hours=5, minutes=30))
    assert record.created_at == datetime(2026, 3, 19, 10, 30, 0, 250000, tzinfo=zone)
    assert record.created_at is not None
    assert record.created_at.utcoffset() == zone.utcoffset(None)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"task_id": "t", "submissions": []},
        {"submission_id": "s"},
        {"submission_id": 1, "responses": {}},
        {"submission_id": "s", "responses": []},
        {"submission_id": "s", "responses": None},
        [],
        "text",
        None,
        3,
    ],
)
def test_records_of_another_shape_are_returned_unchanged(raw):
    before = json.dumps(raw)
    assert parse_record(raw) == UnknownRecord(raw)
    assert json.dumps(raw) == before


def test_record_repr_has_no_repetition():
    assert "raw" not in repr(parse_record(SUBMISSION))
    assert "raw" not in repr(parse_metadata(METADATA, "collection"))


def test_collection_metadata_have_their_fields():
    assert parse_metadata(METADATA, "collection") == Metadata(
        id="col1",
        name="A collection",
        exported_at=datetime(2026, 3, 20, 10, 30, tzinfo=UTC),
        instructions=(
            Instruction("i1", "free_text", "Say something"),
            Instruction("i2", "file_upload", "Show it"),
        ),
        raw=METADATA,
    )


def test_batch_metadata_have_their_fields():
    metadata = parse_metadata({"batch_id": "b", "collection_id": "c"}, "batch")
    assert (metadata.id, metadata.extra) == ("b", {"collection_id": "c"})


@pytest.mark.parametrize("instructions", [None, {}, "x", [1], [{"id": "a"}, None]])
def test_undocumented_metadata_are_kept(instructions):
    raw = {"collection_id": 1, "name": None, "exported_at": "?", "instructions": instructions}
    metadata = parse_metadata(raw, "collection")
    assert metadata == Metadata(extra=raw, raw=raw)


def test_instructions_keep_undocumented_fields():
    raw = {"instructions": [{"id": "a", "type": None, "options": [1]}, {}]}
    assert parse_metadata(raw, "batch").instructions == (
        Instruction("a", extra={"type": None, "options": [1]}),
        Instruction(),
    )


# Any JSON, and JSON that is close to the documented shapes.

TEXTS = st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def near(fields):
    """Objects with these fields, some missing, some of another type, some more."""
    mostly = {name: st.one_of(right, right, right, JSON) for name, right in fields.items()}
    return st.builds(
        lambda more, known: {**more, **known},
        st.dictionaries(TEXTS, JSON, max_size=2),
        st.fixed_dictionaries({}, optional=mostly),
    )


PAIRS = near({"option": TEXTS, "explanation": TEXTS}) | near({"name": TEXTS, "path": TEXTS})
RESPONSES = JSON | near(
    {
        "type": st.sampled_from(list(KNOWN)),
        "description": TEXTS,
        "value": TEXTS,
        "unit": TEXTS,
        "values": st.lists(TEXTS | PAIRS, max_size=3),
        "files": st.lists(PAIRS, max_size=3),
    }
)
RECORDS = JSON | near(
    {
        "submission_id": TEXTS,
        "participant_id": TEXTS,
        "collection_id": TEXTS,
        "batch_id": TEXTS,
        "task_id": TEXTS,
        "created_at": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
        "responses": st.dictionaries(TEXTS, RESPONSES, max_size=3),
    }
)


def with_type_and_description(response, **fields):
    return {
        **response.extra,
        "type": response.type,
        **({} if response.description is None else {"description": response.description}),
        **fields,
    }


def rebuilt_response(response):
    match response:
        case UnknownResponse():
            return response.raw
        case FreeText():
            return with_type_and_description(response, value=response.value)
        case FreeTextWithUnit():
            return with_type_and_description(response, value=response.value, unit=response.unit)
        case MultipleChoice():
            return with_type_and_description(response, values=list(response.values))
        case MultipleChoiceWithFreeText():
            values = [
                {**choice.extra, "option": choice.option, "explanation": choice.explanation}
                for choice in response.values
            ]
            return with_type_and_description(response, values=values)
        case FileUpload():
            files = [
                {**file.extra, "name": file.name, "path": file.path} for file in response.files
            ]
            return with_type_and_description(response, files=files)


def rebuilt_record(record):
    if isinstance(record, UnknownRecord):
        return record.raw
    ids = ("submission_id", "participant_id", "collection_id", "batch_id", "task_id")
    known = {name: getattr(record, name) for name in ids}
    known["created_at"] = record.created_at and record.created_at.isoformat()
    return {
        **record.extra,
        **{name: value for name, value in known.items() if value is not None},
        "responses": {
            key: rebuilt_response(response) for key, response in record.responses.items()
        },
    }


@given(RECORDS)
def test_typed_records_lose_nothing(raw):
    before = json.dumps(raw)
    record = parse_record(raw)
    assert json.dumps(rebuilt_record(record), sort_keys=True) == json.dumps(raw, sort_keys=True)
    assert json.dumps(record.raw) == before


@given(
    near(
        {
            "collection_id": TEXTS,
            "name": TEXTS,
            "instructions": st.lists(JSON | near({"id": TEXTS})),
        }
    )
)
def test_typed_metadata_lose_nothing(raw):
    metadata = parse_metadata(raw, "collection")
    known = {"collection_id": metadata.id, "name": metadata.name}
    instructions = [
        {
            **one.extra,
            **{n: v for n in ("id", "type", "description") if (v := getattr(one, n)) is not None},
        }
        for one in metadata.instructions
    ]
    again = {
        **metadata.extra,
        **{name: value for name, value in known.items() if value is not None},
    }
    if "exported_at" in raw and metadata.exported_at is not None:
        again["exported_at"] = raw["exported_at"]
    if "instructions" not in again and "instructions" in raw:
        again["instructions"] = instructions
    assert json.dumps(again, sort_keys=True) == json.dumps(raw, sort_keys=True)
