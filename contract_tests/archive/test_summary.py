"""``summarise``: counts, period, instructions and a few answers."""

import json
import statistics
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import (
    ArchiveError,
    ArchiveSummary,
    ChoiceCount,
    ExportArchive,
    FileTypeSummary,
    InstructionSummary,
    Spread,
    summarise,
)
from prolific_exports._archive._distribution import ChoiceCounter, NumberCounter, SpreadCounter
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


def test_summary_of_a_collection(summary_of):
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
            InstructionSummary(
                id="i1",
                type="free_text",
                description="Say something",
                answered=1,
                missing=0,
                lengths=Spread(1, 9, 9, 9, 9, 9, "characters"),
                examples=("Something",),
            ),
            InstructionSummary(
                id="i2",
                type="file_upload",
                description="Show it",
                answered=1,
                missing=0,
                files=1,
                examples=("Photo.JPG",),
            ),
        ),
        files=1,
        files_size=len(PHOTO),
        file_types=(FileTypeSummary(".jpg", 1, len(PHOTO)),),
    )


def test_summary_counts_submissions_participants_and_period(summary_of):
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


def test_summary_of_an_empty_archive(summary_of):
    summary = summary_of()
    assert (summary.submissions, summary.participants, summary.files) == (0, 0, 0)
    assert (summary.first_created_at, summary.last_created_at) == (None, None)
    assert (summary.id, summary.instructions) == (None, ())


def test_summary_of_another_zip_raises(summary_of):
    with pytest.raises(ArchiveError, match=r"no responses\.jsonl"):
        summary_of(members={"a.txt": b""})


def test_summary_of_a_batch(summary_of):
    summary = summary_of(
        members={
            "r/batch.json": b'{"batch_id": "b1"}',
            "r/responses-by-submission.jsonl": json_lines(SUBMISSION, {}),
            "r/responses-by-task.jsonl": json_lines({}, {}, {}),
        }
    )
    assert (summary.kind, summary.id) == ("batch", "b1")
    assert (summary.submissions, summary.unknown_records) == (1, 1)


def test_instructions_of_the_metadata_come_first_even_if_unanswered(summary_of):
    instructions = [{"id": "b", "type": "free_text", "description": "B?"}, {"type": "nameless"}]
    members = {
        "collection.json": json.dumps({**METADATA, "instructions": instructions}).encode(),
        "responses.jsonl": json_lines(
            submission(1, {"z": {"type": "free_text", "description": "Z?", "value": "1"}}),
            submission(2, {"a": {"type": "new", "value": 2}, "z": {"type": "other"}}),
        ),
    }
    b, z, a = summary_of(members=members).instructions
    assert (b.id, b.type, b.description, b.answered, b.missing) == ("b", "free_text", "B?", 0, 2)
    assert (z.id, z.type, z.description, z.answered, z.odd) == ("z", "free_text", "Z?", 2, 1)
    assert z.examples == ("1", '{"type": "other"}')
    assert (a.id, a.type, a.description, a.answered, a.missing) == ("a", "new", None, 1, 1)


def test_batch_tasks_are_recognised(summary_of):
    tasks = [{"task_id": "t1", "responses": {"i": text("a")}}, {"responses": {}}]
    record = {"submission_id": "s", "participant_id": "p", "created_at": "2026-03-02T12:00:00Z"}
    summary = summary_of(
        record | {"tasks": tasks},
        record | {"tasks": [1]},
        record | {"tasks": []},
        {"tasks": tasks},
        record | {"tasks": tasks, "responses": {"i": text("b")}},
    )
    assert (summary.submissions, summary.tasks, summary.unknown_records) == (2, 2, 3)
    assert (summary.participants, summary.first_created_at) == (
        1,
        datetime(2026, 3, 2, 12, tzinfo=UTC),
    )
    [instruction] = summary.instructions
    assert (instruction.answered, instruction.missing) == (2, 1)


def text(value):
    return {"type": "free_text", "value": value}


def with_unit(value, unit):
    return {"type": "free_text_with_unit", "value": value, "unit": unit}


def test_text_lengths_are_summarised(summary_of):
    lengths = answers(summary_of, *(text("x" * n) for n in (4, 1, 2, 3, 1000)), text("")).lengths
    assert lengths == Spread(5, 1, 2, 3, 4, 1000, "characters")


def test_choices_are_counted(summary_of):
    several = [["a", "b"], ["b"], ["", "b"], [], [""]]
    chosen = answers(summary_of, *({"type": "multiple_choice", "values": v} for v in several))
    assert chosen.choices == (ChoiceCount("b", 3), ChoiceCount("a", 1), ChoiceCount("", 1))
    assert (chosen.answered, chosen.missing) == (3, 2)
    odd = answers(summary_of, {"type": "multiple_choice", "values": ["a", 1]})
    assert (odd.choices, odd.odd, odd.answered) == ((), 1, 1)
    explained = {"values": [{"option": "o", "explanation": ""}]}
    explained = answers(summary_of, explained | {"type": "multiple_choice_with_free_text"})
    assert explained.choices == (ChoiceCount("o", 1),)


def test_star_ratings_are_counted_like_choices(summary_of):
    stars = [{"value": "5"}, {"value": "3"}, {"answer": [{"value": "5"}]}, {"value": " "}]

    found = answers(summary_of, *({"type": "star_rating", **one} for one in stars))

    assert found.choices == (ChoiceCount("5", 2), ChoiceCount("3", 1))
    assert (found.answered, found.missing, found.odd) == (3, 1, 0)
    assert found.examples == ("5", "3")


def test_numbers_are_grouped_by_unit(summary_of):
    given_numbers = [("1", "h"), ("12,5", "kg"), (" 3 ", "h"), ("-2.25", "h"), ("many", "h")]
    given_numbers += [("1,234", "h"), ("٣", "h"), ("", "h")]
    numbers = answers(summary_of, *(with_unit(*one) for one in given_numbers))
    assert numbers.numbers == (
        Spread(3, -2.25, -2.25, 1, 3, 3, "h"),
        Spread(1, 12.5, 12.5, 12.5, 12.5, 12.5, "kg"),
    )
    assert (numbers.not_numbers, numbers.answered, numbers.missing) == (3, 7, 1)


@given(st.lists(st.floats(-1e9, 1e9) | st.integers(-2000, 2000), min_size=1))
def test_distribution_lies_within_its_numbers(numbers):
    counter = SpreadCounter()
    for number in numbers:
        counter.add(number)
    spread: Any = counter.spread("")
    ranked = sorted(numbers)
    assert (spread.count, spread.lowest, spread.highest) == (len(ranked), ranked[0], ranked[-1])
    for quarter, found in [(1, spread.lower_quartile), (3, spread.upper_quartile)]:
        true = ranked[-(-quarter * len(ranked) // 4) - 1]
        assert found == pytest.approx(true, rel=0.0051)
        assert spread.lowest <= found <= spread.highest
    between = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    tolerance = 0.0051 * max(map(abs, between))
    assert spread.median == pytest.approx(statistics.median(ranked), abs=tolerance)
    assert spread.lowest <= spread.median <= spread.highest
    assert SpreadCounter().spread("") is None


def test_median_of_an_even_count_is_the_mean_of_the_middle_two(summary_of):
    numbers = answers(summary_of, *(with_unit(one, "h") for one in ("1", "4", "1", "2")))
    assert numbers.numbers == (Spread(4, 1, 1, 1.5, 2, 4, "h"),)


def test_counters_are_bounded_for_hostile_answers():
    choices, numbers, lengths = ChoiceCounter(), NumberCounter(), SpreadCounter()
    for number in range(3000):
        choices.add(f"{number:04}" * 100)
        numbers.add("1", f"{number}")
        lengths.add(1000 + number)
    assert len(choices.choices()) == 1000
    assert max(len(choice.option) for choice in choices.choices()) == 200
    assert choices.others == 2000
    assert (len(list(numbers.spreads())), numbers.others) == (20, 2980)
    assert len(lengths.counts) < 500


def test_files_are_counted_by_type(summary_of):
    sizes = {"a.JPG": 5, "b.jpg": 2, "c.tar.gz": 20, "noend": 1, ".hidden": 1, "x.y z": 1}
    sizes |= {f"{number}.t{number}": 0 for number in range(200)} | {f"a.{'t' * 50}": 1}
    members = {"r/responses.jsonl": b""}
    members |= {f"r/files/{name}": b"x" * size for name, size in sizes.items()}
    types = summary_of(members=members).file_types
    assert types[:2] == (FileTypeSummary(".gz", 1, 20), FileTypeSummary(".jpg", 2, 7))
    assert types[2].suffix == ""
    assert types[2].size == 4
    assert len(types) == 100
    assert sum(one.count for one in types) == len(sizes)


def test_examples_are_the_first_distinct_answers(summary_of):
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
        ({"type": "slider", "value": "ü"}, '{"type": "slider", "value": "ü"}'),
    ],
)
def test_preview_exists_for_each_answer_type(summary_of, response, example):
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
def test_empty_answer_is_not_counted(summary_of, response):
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
def test_preview_joins_lines(given_text, shown):
    assert one_line(given_text, 10) == shown


@given(st.text(), st.integers(1, 20))
def test_preview_is_always_one_line(given_text, width):
    shown = one_line(given_text, width)
    assert len(shown) <= width
    assert len(shown.splitlines()) <= 1
    shown.encode()
