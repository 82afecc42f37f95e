"""The rows of a page, as JSON."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import Codebook, Question
from prolific_exports._page._questions import page_questions
from prolific_exports._page._rows import LONGEST_TEXT, RowEncoder
from prolific_exports._page._totals import read_totals
from prolific_exports._page._writing import is_shown
from prolific_exports._tables._record_parts import record_parts
from prolific_exports._tables._sources import Source

from page.studies import (
    CODEBOOK,
    MEAL,
    OFTEN,
    PHOTO,
    QUESTIONS,
    STARS,
    TIME,
    TOOLS,
    WHY,
    answer,
    study,
    submission,
)


class Numbers:
    def number(self, source, path):
        return None if path == "files/missing" else 7


@pytest.fixture
def encoded(tmp_path):
    """The questions and the rows of records."""

    def encoded(*records, codebooks=(CODEBOOK,), **options):
        archive = study(tmp_path, *records, **options)
        found = read_totals([archive])
        questions = page_questions(found, codebooks)
        encoder = RowEncoder(questions, Numbers())
        rows = [
            encoder.row(part, 0)
            for record in Source(archive, "submission").records()
            for part in record_parts(record)
            if part.responses is not None
        ]
        assert encoder.cut_texts == sum(json.dumps(row).count("\\u2026") for row in rows)
        return questions, json.loads(json.dumps(rows))

    return encoded


def values(row, questions):
    """The answers of a row, by question."""
    answers = row[5]
    return {
        questions[place].question.id: value
        for place, value in zip(answers[::2], answers[1::2], strict=True)
    }


def test_row_has_every_answer_in_its_form(encoded):
    questions, [row] = encoded(
        submission(
            1,
            meal=answer(MEAL, value="Soup"),
            time=answer(TIME, value="90", unit="minutes"),
            often=answer(OFTEN, values=["Weekly"]),
            tools=answer(TOOLS, values=["Hob", "Wok"]),
            why=answer(WHY, values=[{"option": "Taste", "explanation": "Hungry"}]),
            stars=answer(STARS, value="4"),
            photo=answer(
                PHOTO,
                files=[
                    {"name": "a.png", "path": "files/a"},
                    {"name": "", "path": "files/missing"},
                ],
            ),
        )
    )

    assert row[:5] == [0, "s1", "p1", None, 1772447400000]
    assert values(row, questions) == {
        MEAL: "Soup",
        TIME: ["90", 0, 90.0],
        OFTEN: [[1]],
        TOOLS: [[1], [3]],
        WHY: [[0, "Hungry"]],
        STARS: [[3]],
        PHOTO: [["a.png", 7], ["files/missing", None]],
    }
    assert [list(one.options) for one in questions[2:6]] == [
        ["Daily", "Weekly", "Never"],
        ["Oven", "Hob", "Grill", "Wok"],
        ["Taste"],
        ["1", "2", "3", "4"],
    ]


@pytest.mark.parametrize(
    ("id_", "content"),
    [
        (MEAL, {"value": " "}),
        (MEAL, {"value": None}),
        (TIME, {"value": "", "unit": "minutes"}),
        (OFTEN, {"values": []}),
        (OFTEN, {"values": None}),
        (TOOLS, {"values": ["", None]}),
        (WHY, {"values": [{"option": "", "explanation": " "}]}),
        (PHOTO, {"files": []}),
        (STARS, {"value": ""}),
    ],
    ids=str,
)
def test_answer_without_content_is_null_and_not_counted(encoded, id_, content):
    questions, [row] = encoded(submission(1, **{id_: answer(id_, **content)}))

    assert values(row, questions) == {id_: None}
    assert {one.question.id: one.answered for one in questions}[id_] == 0


@pytest.mark.parametrize(
    ("id_", "raw", "value"),
    [
        (MEAL, {"type": "free_text", "value": "Soup", "mood": 1}, "Soup"),
        (MEAL, {"type": "multiple_choice", "values": ["Soup"]}, None),
        (MEAL, "Soup", None),
        (OFTEN, {"type": "multiple_choice", "values": ["Daily", 3]}, [[0]]),
        (
            WHY,
            {"type": "multiple_choice_with_free_text", "values": [{"option": "A", "x": 1}]},
            [[0, None]],
        ),
        (TIME, {"type": "free_text_with_unit", "value": 5, "unit": "hours"}, [None, 1, None]),
    ],
    ids=str,
)
def test_answer_in_an_undocumented_form_keeps_its_json(encoded, id_, raw, value):
    questions, [row] = encoded(submission(1, **{id_: raw}))

    found = values(row, questions)[id_]
    assert found["value"] == value
    assert json.loads(found["json"]) == raw


def test_question_of_unknown_type_is_shown_as_json(encoded):
    questions, [row, _] = encoded(
        submission(1, new={"type": "slider", "value": 3}), submission(2, new=None)
    )

    new = questions[len(QUESTIONS)]
    assert (new.kind, new.wording, new.answered) == ("other", "new", 1)
    assert json.loads(values(row, questions)["new"]) == {"type": "slider", "value": 3}


def test_fields_that_are_not_documented_come_last(encoded):
    _, [row] = encoded({**submission(1), "device": "phone"})

    assert json.loads(row[6]) == {"record": {"device": "phone"}}


def test_long_text_is_cut(encoded):
    questions, [row] = encoded(submission(1, meal=answer(MEAL, value="x" * (LONGEST_TEXT + 1))))

    assert values(row, questions) == {MEAL: "x" * LONGEST_TEXT + "…"}


@pytest.mark.parametrize(
    ("given", "options"),
    [
        (["3", "5"], ["1", "2", "3", "4", "5"]),
        (["50", "7", "50"], ["7", "50"]),
        (["2.5", "1"], ["1", "2.5"]),
        (["good", "1"], ["good", "1"]),
    ],
    ids=str,
)
def test_ratings_come_in_their_order(encoded, given, options):
    records = [submission(n, stars=answer(STARS, value=one)) for n, one in enumerate(given)]
    questions, _ = encoded(*records)

    assert list(questions[5].options) == options


def test_ratings_are_counted_up_to_a_limit(tmp_path):
    records = [submission(n, stars=answer(STARS, value=f"{n}.5")) for n in range(1002)]
    found = read_totals([study(tmp_path, *records)])

    assert len(found.ratings(STARS)) == 1000


def test_question_that_only_the_codebook_has_comes_last(encoded):
    codebook = Codebook(
        source="api",
        questions=(Question(id="later", type="multiple_choice", options=("Yes", "No")),),
    )
    questions, _ = encoded(submission(1), codebooks=(CODEBOOK, codebook, codebook))

    assert [one.to_json() for one in questions[len(QUESTIONS) :]] == [
        {
            "key": "q8",
            "id": "later",
            "type": "multiple_choice",
            "kind": "choice",
            "wording": "later",
            "options": ["Yes", "No"],
            "units": [],
            "required": None,
            "limit": None,
        }
    ]


def test_totals_count_rows_people_and_times(tmp_path):
    archive = study(
        tmp_path,
        submission(5, meal=answer(MEAL, value="a")),
        submission(1, meal=answer(MEAL, value="b")),
        {"unknown": True},
        {"submission_id": "s9", "responses": {}},
    )

    found = read_totals([archive])

    assert (found.rows, found.unknown_records, found.participants) == (3, 1, {"p1"})
    assert [one.day for one in (found.first, found.last)] == [2, 6]
    assert found.answered == {MEAL: 2}


@given(rows=st.integers(0, 500), most=st.integers(1, 500))
def test_sample_has_the_wanted_size_and_is_even(rows, most):
    shown = [row for row in range(rows) if is_shown(row, rows, most)]

    assert len(shown) == min(rows, most)
    gaps = {later - earlier for earlier, later in pairwise(shown)}
    assert len(gaps) < 2 or max(gaps) - min(gaps) <= 1
