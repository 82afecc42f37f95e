"""``summarise``: counts, period, instructions and a few answers."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import (
    ArchiveError,
    ArchiveSummary,
    ExportArchive,
    InstructionSummary,
    summarise,
)
from prolific_exports._archive._summary import one_line

from archive.builders import (
    METADATA,
    PHOTO,
    ROOT,
    SUBMISSION,
    collection_members,
    json_lines,
    write_zip,
)


@pytest.fixture
def summary_of(tmp_path):
    def summary_of(*records, members=None):
        lines = {f"{ROOT}responses.jsonl": json_lines(*records)}
        path = write_zip(tmp_path / "export.zip", lines if members is None else members)
        return summarise(ExportArchive.open(path))

    return summary_of


def submission(number, responses, **more):
    return {
        "submission_id": f"s{number}",
        "participant_id": f"p{number % 2}",
        "created_at": f"2026-03-{number:02}T10:00:00Z",
        "responses": responses,
        **more,
    }


def answers(summary_of, *responses):
    """The one instruction's summary after these answers to it."""
    summary = summary_of(*(submission(1, {"i": response}) for response in responses))
    [instruction] = summary.instructions
    return instruction


def test_an_archive_at_a_glance(summary_of):
    assert summary_of(members=collection_members()) == ArchiveSummary(
        kind="collection",
        id="col1",
        name="A collection",
        exported_at=datetime(2026, 3, 20, 10, 30, tzinfo=UTC),
        submissions=1,
        participants=1,
        unknown_records=0,
        first_created_at=datetime(2026, 3, 19, 10, 30, tzinfo=UTC),
        last_created_at=datetime(2026, 3, 19, 10, 30, tzinfo=UTC),
        instructions=(
            InstructionSummary("i1", "free_text", "Say something", 1, ("Something",)),
            InstructionSummary("i2", "file_upload", "Show it", 1, ("Photo.JPG",)),
        ),
        files=1,
        files_size=len(PHOTO),
    )


def test_submissions_participants_and_period(summary_of):
    summary = summary_of(
        submission(3, {}),
        submission(1, {}),
        submission(2, {}),
        submission(9, {}, created_at="2026-03-02T12:00:00+05:00", participant_id=None),
        submission(9, {}, created_at=None),
        {"of": "another shape"},
    )
    assert (summary.submissions, summary.participants, summary.unknown_records) == (5, 2, 1)
    assert summary.first_created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert summary.last_created_at == datetime(2026, 3, 3, 10, tzinfo=UTC)


def test_nothing_in_it(summary_of):
    summary = summary_of()
    assert (summary.submissions, summary.participants, summary.files) == (0, 0, 0)
    assert (summary.first_created_at, summary.last_created_at) == (None, None)
    assert (summary.id, summary.instructions) == (None, ())


def test_not_an_export(summary_of):
    with pytest.raises(ArchiveError, match=r"no responses\.jsonl"):
        summary_of(members={"a.txt": b""})


def test_a_batch(summary_of):
    summary = summary_of(
        members={
            "r/batch.json": b'{"batch_id": "b1"}',
            "r/responses-by-submission.jsonl": json_lines(SUBMISSION, {}),
            "r/responses-by-task.jsonl": json_lines({}, {}, {}),
        }
    )
    assert (summary.kind, summary.id) == ("batch", "b1")
    assert (summary.submissions, summary.unknown_records) == (1, 1)


def test_instructions_of_the_metadata_come_first_also_when_nobody_answered(summary_of):
    instructions = [{"id": "b", "type": "free_text", "description": "B?"}, {"type": "nameless"}]
    members = {
        "collection.json": json.dumps({**METADATA, "instructions": instructions}).encode(),
        "responses.jsonl": json_lines(
            submission(1, {"z": {"type": "free_text", "description": "Z?", "value": "1"}}),
            submission(2, {"a": {"type": "new", "value": 2}, "z": {"type": "other"}}),
        ),
    }
    assert summary_of(members=members).instructions == (
        InstructionSummary("b", "free_text", "B?", 0, ()),
        InstructionSummary("z", "free_text", "Z?", 2, ("1", '{"type": "other"}')),
        InstructionSummary("a", "new", None, 1, ('{"type": "new", "value": 2}',)),
    )


def text(value):
    return {"type": "free_text", "value": value}


def test_examples_are_the_first_few_different_answers(summary_of):
    instruction = answers(summary_of, *map(text, ["b", "a", "b", "c", "d", "a"]))
    assert instruction.answered == 6
    assert instruction.examples == ("b", "a", "c")


@pytest.mark.parametrize(
    ("response", "example"),
    [
        (text("some\n  text"), "some text"),
        ({"type": "free_text_with_unit", "value": "12,5", "unit": "kg"}, "12,5 kg"),
        ({"type": "multiple_choice", "values": ["a", "b"]}, "a, b"),
        (
            {
                "type": "multiple_choice_with_free_text",
                "values": [
                    {"option": "a", "explanation": "why"},
                    {"option": "b", "explanation": ""},
                ],
            },
            "a (why), b",
        ),
        (
            {
                "type": "file_upload",
                "files": [{"name": "x.jpg", "path": "files/0"}, {"name": "", "path": "files/1"}],
            },
            "x.jpg, files/1",
        ),
        ({"type": "star_rating", "value": "ü"}, '{"type": "star_rating", "value": "ü"}'),
    ],
)
def test_an_answer_of_each_type(summary_of, response, example):
    instruction = answers(summary_of, response)
    assert (instruction.answered, instruction.examples) == (1, (example,))
    assert instruction.type == response["type"]


@pytest.mark.parametrize(
    "response",
    [
        text(""),
        text(" \n"),
        {"type": "free_text_with_unit", "value": " ", "unit": "kg"},
        {"type": "multiple_choice", "values": []},
        {"type": "multiple_choice_with_free_text", "values": []},
        {"type": "file_upload", "files": []},
    ],
)
def test_an_empty_answer_is_none(summary_of, response):
    instruction = answers(summary_of, response)
    assert (instruction.answered, instruction.examples) == (0, ())


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("short", "short"),
        ("1234567890", "1234567890"),
        ("12345678901", "123456789…"),
        ("12345678 9 1", "12345678…"),
        (" a\t\n b ", "a b"),
        ("a\x1b[2Jb", "a\ufffd[2Jb"),
        ("a\0\x9b\ud800", "a\ufffd\ufffd\ufffd"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        (" " * 1000, "…"),
        ("a" + " " * 1000, "a…"),
        ("", ""),
    ],
)
def test_one_line(given_text, shown):
    assert one_line(given_text, 10) == shown


@given(st.text(), st.integers(1, 20))
def test_one_line_is_one_line(given_text, width):
    shown = one_line(given_text, width)
    assert len(shown) <= width
    assert len(shown.splitlines()) <= 1
    shown.encode()
