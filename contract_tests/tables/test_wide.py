"""Wide tables: a column for each instruction, and every answer that fits none."""

import json

import pytest

from tables.records import EVERYTHING, answer, record, values


@pytest.mark.parametrize("between", [",", ":", ", ", "},{", ""])
def test_instruction_named_like_a_separator_is_read(archive_of, read, between):
    described = {"instructions": [{"id": id_, "type": "multiple_choice"} for id_ in ("t", between)]}
    answers = {between: {"type": "multiple_choice", "values": ["a"]}}
    answers["t"] = {"type": "multiple_choice", "values": ["b", ":", ":b"]}
    for separators in [(",", ":"), (", ", ": ")]:
        data = json.dumps({"responses": answers}, separators=separators).encode() + b"\n"
        rows = read(archive_of(metadata=described, data=data * 2))
        assert [row["instruction_id"] for row in rows] == [between, "t", "t", "t"] * 2


@pytest.mark.parametrize("id_", ['a"b', '"b', "t"])
def test_null_answer_is_kept_in_a_wide_table(archive_of, read, id_):
    described = {"instructions": [{"id": id_, "type": "free_text", "description": "d"}]}
    [row] = read(archive_of(record({id_: None}), metadata=described), shape="wide")
    assert row["extra"] == {"responses": {id_: None}}


def test_wide_table_has_a_column_for_each_instruction(archive_of, read):
    [row] = read(archive_of(record(EVERYTHING)), shape="wide")
    assert values([row]) == [
        {
            "t": "2026-03-19",
            "u": {"value": "5", "unit": "kg"},
            "c": ["a", "b"],
            "w": [{"option": "o", "explanation": "e"}],
            "f": [{"name": "n", "path": "files/p"}],
        }
    ]


def test_columns_have_unique_names_and_describe_their_instruction(archive_of):
    described = [
        {"id": "1", "description": "extra", "type": "free_text"},
        {"id": "2", "description": "A"},
    ]
    described += [{"id": "3", "description": "A"}, {"id": "4"}, {"id": "2"}, {}]
    late = {"5": {"type": "rating"}, "6": 1, "2": {"x": 1}}
    archive = archive_of(record(late), metadata={"instructions": described})
    schema = archive.table(shape="wide").schema
    assert schema.names[6:] == ["extra (2)", "A", "A (2)", "4", "5", "6", "extra"]
    assert schema.field("A (2)").metadata == {b"instruction_id": b"3", b"type": b""}
    [row] = archive.to_arrow(shape="wide").to_pylist()
    assert (row["5"], row["6"], row["A"]) == ('{"type":"rating"}', "1", '{"x":1}')


def test_column_names_are_distinct_without_case_and_nul(archive_of):
    wordings = ["Age", "age", "AGE (2)", "Extra", "Submission_ID", "Stra\u00dfe", "STRASSE"]
    wordings += ["A\0B", "A\0C"]
    described = [{"id": w, "type": "free_text", "description": w} for w in wordings]
    answers = {w: {"type": "free_text", "description": w, "value": w} for w in wordings}
    archive = archive_of(record(answers, odd=1), metadata={"instructions": described})
    names = archive.table(shape="wide").column_names
    assert names[6:11] == ("Age", "age (2)", "AGE (2) (2)", "Extra (2)", "Submission_ID (2)")
    assert names[11:] == ("Stra\u00dfe", "STRASSE (2)", "A\ufffdB", "A\ufffdC", "extra")
    found = archive.to_duckdb(shape="wide")
    assert found.columns == list(names)
    assert found.select('submission_id, extra, "A\ufffdC"').fetchall() == [
        ("s", '{"record":{"odd":1}}', "A\0C")
    ]
    assert archive.to_polars(shape="wide").columns == list(names)


def test_many_instructions_with_equal_wording_get_distinct_columns(archive_of):
    described = [{"id": str(n), "description": "same"} for n in range(3000)]
    names = archive_of(metadata={"instructions": described}).table(shape="wide").column_names
    assert names[6:] == ("same", *(f"same ({n})" for n in range(2, 3001)), "extra")


def test_answers_of_another_type_or_wording_are_kept_in_a_wide_table(archive_of, read):
    late = answer("t", value="v") | {"c": {"type": "free_text", "value": "v"}}
    late["t"] |= {"description": "Reworded"}
    [row] = read(archive_of(record(late | answer("w"))), shape="wide")
    assert row["t"] == "v"
    assert row["extra"] == {
        "responses": {"t": {"description": "Reworded"}, "c": {"type": "free_text", "value": "v"}}
    }
