"""The tidy shape: one row per submission, with columns for analysis."""

import json
import math
from datetime import datetime

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import ResponseTable, UnsafeArchiveError, UsageError
from prolific_exports._tables import _observed as observed
from prolific_exports._tables import _tidy_columns as tidy_columns
from prolific_exports._tables._slugs import LONGEST, ColumnNames, slug

CREATED = "2026-03-19T10:30:00Z"


def described(**types):
    """Metadata with an instruction per argument: its id is its name, its wording a question."""
    return {
        "collection_id": "col1",
        "instructions": [
            {"id": id_, "type": type_, "description": f"About {id_}?"}
            for id_, type_ in types.items()
        ],
    }


def submission(number=1, **responses):
    return {
        "submission_id": f"s{number}",
        "participant_id": f"p{number}",
        "collection_id": "col1",
        "created_at": CREATED,
        "responses": responses,
    }


def text(value):
    return {"type": "free_text", "value": value}


def amount(value, unit="minutes"):
    return {"type": "free_text_with_unit", "value": value, "unit": unit}


def chosen(*options):
    return {"type": "multiple_choice", "values": list(options)}


def explained(*pairs):
    values = [{"option": option, "explanation": why} for option, why in pairs]
    return {"type": "multiple_choice_with_free_text", "values": values}


def uploaded(*paths):
    return {"type": "file_upload", "files": [{"name": "x", "path": path} for path in paths]}


@pytest.fixture
def tidy(archive_of):
    """The tidy table of submissions, as dictionaries of the columns of questions."""

    def tidy(metadata, *records):
        table = ResponseTable(archive_of(*records, metadata=metadata), shape="tidy")
        tidy.table = table
        names = table.column_names
        return [
            {name: value for name, value in zip(names, row, strict=True) if name.startswith("q")}
            for row in table.rows()
        ]

    return tidy


def unfit(tidy, tmp_path):
    """The number of answers that the columns do not have as a whole."""
    return tidy.table.write(tmp_path / "t.csv", overwrite=True).unfit


def test_columns_begin_with_the_submission(tidy):
    tidy(described(a="free_text"), submission(a=text("x")))
    assert tidy.table.column_names == (
        "submission_id",
        "participant_id",
        "collection_id",
        "batch_id",
        "task_id",
        "created_at",
        "absent",
        "q1_about_a",
    )


def test_table_of_several_archives_begins_with_the_source(archive_of):
    metadata = described(a="free_text")
    archives = [
        archive_of(submission(a=text(name)), metadata=metadata, name=f"{name}.zip")
        for name in ("one", "two")
    ]
    table = ResponseTable(archives, shape="tidy")
    assert [(row[0], row[-1]) for row in table.rows()] == [("one.zip", "one"), ("two.zip", "two")]
    assert table.to_arrow()["source"].to_pylist() == ["one.zip", "two.zip"]


def test_text_is_a_text(tidy):
    rows = tidy(described(a="free_text"), submission(a=text("007")), submission(a=text(None)))
    assert rows == [{"q1_about_a": "007"}, {"q1_about_a": None}]


def test_question_without_an_entry_differs_from_an_empty_answer(tidy):
    metadata = described(a="free_text", b="multiple_choice")
    tidy(metadata, submission(), submission(a=text(None), b=chosen()), submission(b=chosen("x")))
    absent = tidy.table.column_names.index("absent")
    assert [row[absent] for row in tidy.table.rows()] == ["q1 q2", None, "q1"]


def test_choice_of_one_is_one_category(tidy):
    records = [submission(n, c=chosen(*some)) for n, some in enumerate([["b"], [], ["a"], ["b"]])]
    rows = tidy(described(c="multiple_choice"), *records)
    assert [row["q1_about_c"] for row in rows] == ["b", None, "a", "b"]
    frame = tidy.table.to_pandas()
    assert list(frame["q1_about_c"].cat.categories) == ["b", "a"]
    assert frame["q1_about_c"].value_counts().to_dict() == {"b": 2, "a": 1}


def test_choice_of_several_is_a_flag_for_each_option(tidy):
    records = [submission(n, c=chosen(*some)) for n, some in enumerate([["b"], ["a", "b"], []])]
    rows = tidy(described(c="multiple_choice"), *records, submission(9))
    assert rows == [
        {"q1_b": 1, "q1_a": 0},
        {"q1_b": 1, "q1_a": 1},
        {"q1_b": 0, "q1_a": 0},
        {"q1_b": None, "q1_a": None},
    ]


def test_question_with_choices_but_without_answers_has_one_empty_column(tidy):
    assert tidy(described(c="multiple_choice"), submission()) == [{"q1_about_c": None}]
    assert tidy(described(c="multiple_choice"), submission(c=chosen())) == [{"q1_about_c": 0}]


def test_explanations_have_columns_of_their_own(tidy):
    metadata = described(c="multiple_choice_with_free_text")
    single = tidy(metadata, submission(c=explained(("a", "why"))), submission(c=explained()))
    assert single == [
        {"q1_about_c": "a", "q1_about_c_text": "why"},
        {"q1_about_c": None, "q1_about_c_text": None},
    ]
    several = tidy(metadata, submission(c=explained(("a", "why"), ("b", "so"))))
    assert several == [{"q1_a": 1, "q1_a_text": "why", "q1_b": 1, "q1_b_text": "so"}]


@pytest.mark.parametrize("item", [None, {"explanation": "so"}], ids=["null", "no option"])
def test_choice_without_an_option_chooses_nothing(tidy, item):
    answer = explained(("a", "why"), ("b", "so"))
    answer["values"].append(item)
    missing = {"type": "multiple_choice_with_free_text"}
    rows = tidy(
        described(c="multiple_choice_with_free_text"), submission(c=answer), submission(c=missing)
    )
    assert rows == [
        {"q1_a": 1, "q1_a_text": "why", "q1_b": 1, "q1_b_text": "so"},
        {"q1_a": None, "q1_a_text": None, "q1_b": None, "q1_b_text": None},
    ]


def test_option_chosen_twice_is_counted_as_unfit(tidy, tmp_path):
    tidy(described(c="multiple_choice"), submission(c=chosen("a", "a")))
    assert unfit(tidy, tmp_path) == 1


def test_more_options_than_columns_make_one_column_of_lists(tidy, monkeypatch):
    monkeypatch.setattr(observed, "MOST_OPTIONS", 2)
    rows = tidy(
        described(c="multiple_choice"),
        submission(c=chosen("a", "b")),
        submission(c=chosen("c")),
        submission(c={"type": "multiple_choice"}),
    )
    assert [row["q1_about_c"] for row in rows] == ['["a","b"]', '["c"]', None]


@pytest.mark.parametrize("values", [["5", " 7.5 "], ["-1", "+2e3"], [".5", "1."]])
def test_amounts_of_one_unit_are_numbers(tidy, values):
    records = [submission(n, a=amount(value)) for n, value in enumerate(values)]
    rows = tidy(described(a="free_text_with_unit"), *records, submission(a=amount(None)))
    assert [row["q1_about_a"] for row in rows] == [*map(float, values), None]
    assert tidy.table.to_pandas()["q1_about_a"].dtype == "float64"
    labels = tidy.table.schema.field("q1_about_a").metadata
    assert labels == {b"label": b"About a? [minutes]"}


@pytest.mark.parametrize(
    "answers",
    [
        [amount("5", "minutes"), amount("1", "hours")],
        [amount("5"), amount("about ten")],
        [amount("5"), amount("1,5")],
        [amount("5"), amount("1e999")],
        [amount("5"), amount("9" * 200)],
    ],
    ids=["two units", "words", "comma", "infinite", "long"],
)
def test_amounts_that_cannot_be_compared_keep_their_units(tidy, answers):
    records = [submission(n, a=one) for n, one in enumerate(answers)]
    rows = tidy(described(a="free_text_with_unit"), *records)
    assert [row["q1_about_a"] for row in rows] == [one["value"] for one in answers]
    assert [row["q1_about_a_unit"] for row in rows] == [one["unit"] for one in answers]


def test_amount_without_a_unit_is_a_number(tidy):
    [row] = tidy(described(a="free_text_with_unit"), submission(a=amount("3", None)))
    assert row == {"q1_about_a": 3.0}
    assert tidy.table.schema.field("q1_about_a").metadata == {b"label": b"About a?"}


@pytest.mark.parametrize(
    ("values", "kept"), [(["3", "5", None], [3, 5, None]), (["3", "3.5"], ["3", "3.5"])]
)
def test_stars_are_whole_numbers_if_all_are(tidy, values, kept):
    records = [
        submission(n, a={"type": "star_rating", "value": value}) for n, value in enumerate(values)
    ]
    assert [row["q1_about_a"] for row in tidy(described(a="star_rating"), *records)] == kept


def test_files_are_paths_and_have_as_many_columns_as_the_fullest_answer(tidy):
    metadata = described(a="file_upload")
    assert tidy(metadata, submission(a=uploaded("files/x"))) == [{"q1_about_a": "files/x"}]
    rows = tidy(metadata, submission(a=uploaded("x", "y")), submission(a=uploaded("z")))
    assert rows == [
        {"q1_about_a_1": "x", "q1_about_a_2": "y"},
        {"q1_about_a_1": "z", "q1_about_a_2": None},
    ]


def test_more_files_than_columns_are_counted_as_unfit(tidy, tmp_path, monkeypatch):
    monkeypatch.setattr(tidy_columns, "MOST_FILES", 2)
    [row] = tidy(described(a="file_upload"), submission(a=uploaded("x", "y", "z")))
    assert list(row.values()) == ["x", "y"]
    assert unfit(tidy, tmp_path) == 1


def test_files_extracted_beside_the_table_have_their_new_paths(archive_of, tmp_path):
    archive = archive_of(
        submission(a=uploaded("files/p", "none")), metadata=described(a="file_upload")
    )
    table = ResponseTable(archive, shape="tidy", files=tmp_path / "up")
    [row] = table.rows()
    assert row[-1] == "none"
    assert row[-2] in {"files/p", str(tmp_path / "up" / "files" / "p")}


def test_answer_of_an_unknown_type_is_its_json(tidy):
    raw = {"type": "drawing", "lines": [1, 2]}
    rows = tidy(described(a="drawing"), submission(a=raw), submission(a=None))
    assert [row["q1_about_a"] for row in rows] == ['{"type":"drawing","lines":[1,2]}', None]


def test_question_that_only_answers_name_has_a_column(tidy):
    rows = tidy(described(a="free_text"), submission(new=text("x")))
    assert rows == [{"q1_about_a": None, "q2_new": "x"}]


@pytest.mark.parametrize(
    "raw",
    [
        chosen("a"),
        {"type": "free_text", "value": "x", "more": 1},
        {"type": "free_text", "value": 5},
        "text",
    ],
    ids=["other type", "other member", "no text", "no object"],
)
def test_answer_that_does_not_fit_is_counted_and_in_the_long_table(tidy, tmp_path, raw):
    tidy(described(a="free_text"), submission(a=raw))
    assert unfit(tidy, tmp_path) == 1
    assert tidy.table.archives[0].to_csv(tmp_path / "long.csv").extras <= 1


def test_null_answer_fits(tidy, tmp_path):
    assert tidy(described(a="free_text"), submission(a=None)) == [{"q1_about_a": None}]
    assert unfit(tidy, tmp_path) == 0


def test_record_without_answers_is_counted_and_has_no_row(tidy, tmp_path):
    assert tidy(described(a="free_text"), {"something": "else"}, submission(a=text("x"))) == [
        {"q1_about_a": "x"}
    ]
    assert unfit(tidy, tmp_path) == 1


def test_rows_are_counted_anew_by_each_writing(tidy, tmp_path):
    tidy(described(a="free_text"), {"something": "else"})
    assert [unfit(tidy, tmp_path) for _ in range(2)] == [1, 1]


def test_too_many_questions_are_refused(tidy, monkeypatch):
    monkeypatch.setattr(observed, "MAX_INSTRUCTIONS", 2)
    with pytest.raises(UnsafeArchiveError):
        tidy({}, submission(a=text("x"), b=text("x"), c=text("x")))


def test_types_of_pandas_suit_code_for_pandas(tidy, tmp_path):
    metadata = described(
        a="free_text_with_unit", c="multiple_choice", s="star_rating", m="multiple_choice"
    )
    records = [
        submission(
            n,
            a=amount(str(n)),
            c=chosen("yes" if n % 2 else "no"),
            s={"type": "star_rating", "value": str(n)},
            m=chosen("x", "y"),
        )
        for n in range(1, 5)
    ]
    tidy(metadata, *records, submission(9))
    frame = tidy.table.to_pandas()
    assert frame.groupby("q2_about_c", observed=True)["q1_about_a"].mean().to_dict() == {
        "yes": 2.0,
        "no": 3.0,
    }
    assert frame["q4_x"].sum() == 4
    assert frame["q3_about_s"].max() == 4
    assert len(frame.drop_duplicates()) == 5
    assert frame["created_at"].tolist() == [datetime(2026, 3, 19, 10, 30)] * 5  # noqa: DTZ001
    frame.to_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "t.parquet"), frame)
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    assert pd.read_excel(tmp_path / "t.xlsx")["q2_about_c"].tolist()[:2] == ["yes", "no"]


def test_types_of_polars_are_enums_and_small_integers(tidy):
    metadata = described(c="multiple_choice", m="multiple_choice")
    tidy(metadata, submission(c=chosen("b"), m=chosen("x", "y")), submission(c=chosen("a")))
    frame = tidy.table.to_polars()
    assert frame.schema["q1_about_c"] == pl.Enum(["b", "a"])
    assert frame.schema["q2_x"] == pl.Int8
    assert frame["q1_about_c"].to_list() == ["b", "a"]


def test_types_of_arrow_and_duckdb_read_equal_values(tidy):
    tidy(described(c="multiple_choice"), submission(c=chosen("b")), submission(c=chosen("a")))
    assert tidy.table.to_arrow()["q1_about_c"].to_pylist() == ["b", "a"]
    assert tidy.table.to_duckdb().fetchall()[1][-1] == "a"


def test_json_lines_have_numbers_and_flags(tidy, tmp_path):
    tidy(
        described(a="free_text_with_unit", m="multiple_choice"),
        submission(a=amount("2"), m=chosen("x", "y")),
    )
    tidy.table.write(tmp_path / "t.jsonl")
    row = json.loads((tmp_path / "t.jsonl").read_text("utf-8"))
    assert (row["q1_about_a"], row["q2_x"], row["q2_y"]) == (2.0, 1, 1)


def test_unknown_shape_is_refused(archive_of):
    with pytest.raises(UsageError, match="'long', 'wide' or 'tidy'"):
        archive_of().table(shape="tall")


@pytest.mark.parametrize(
    ("wording", "name"),
    [
        ("How often?", "q1_how_often"),
        ("Größe in °C", "q1_groe_in_c"),
        ("Café au lait", "q1_cafe_au_lait"),
        ("料理", "q1"),
        ("", "q1"),
        ("a" * 99, "q1_" + "a" * (LONGEST - 3)),
        ("What did you have for breakfast today", "q1_what_did_you_have_for"),
    ],
)
def test_names_are_short_words_of_ascii(wording, name):
    assert ColumnNames().take(1, wording) == name


def test_equal_names_are_numbered():
    names = ColumnNames()
    taken = [names.take(2, "x" * 40, ending) for ending in ("", "", "_text", "_text")]
    assert len(set(taken)) == 4
    assert [len(name) <= LONGEST for name in taken] == [True] * 4
    assert (taken[1][-2:], taken[3][-7:]) == ("_2", "_text_2")
    assert [names.take(3, "") for _ in range(2)] == ["q3", "q3_2"]


@given(st.text(), st.integers(min_value=1, max_value=28))
@settings(deadline=None)
def test_slug_is_of_ascii_words_and_short(some, size):
    words = slug(some, size)
    assert len(words) <= size
    assert words == words.strip("_")
    assert words.isascii()
    assert words == "" or words.replace("_", "").isalnum()


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None)
def test_numbers_are_read_as_python_writes_them(number):
    assert observed.number_in(repr(number)) == number


@given(st.text())
@settings(deadline=None)
def test_only_finite_decimal_numbers_are_numbers(some):
    number = observed.number_in(some)
    assert number is None or (math.isfinite(number) and number == float(some))


ANSWERS = st.one_of(
    st.builds(text, st.text(max_size=5)),
    st.builds(amount, st.sampled_from(["1", "2.5", "x"]), st.sampled_from(["h", "min"])),
    st.lists(st.sampled_from("abc"), unique=True).map(lambda some: chosen(*some)),
    st.lists(st.sampled_from("abc"), unique=True).map(
        lambda some: explained(*((one, one * 2) for one in some))
    ),
    st.lists(st.text(max_size=3)).map(lambda some: uploaded(*some)),
    st.none(),
)


@given(st.lists(st.dictionaries(st.sampled_from("ijk"), ANSWERS), max_size=5))
@settings(deadline=None, max_examples=60)
def test_every_answer_is_in_the_columns_or_counted(tmp_path_factory, responses):
    from archive.builders import write_zip  # noqa: PLC0415 - a name of another folder's tests
    from prolific_exports import ExportArchive  # noqa: PLC0415

    lines = b"".join(
        json.dumps(submission(n, **one)).encode() + b"\n" for n, one in enumerate(responses)
    )
    path = tmp_path_factory.mktemp("tidy") / "x.zip"
    members = {"c/responses.jsonl": lines, "c/collection.json": b"{}"}
    table = ExportArchive.open(write_zip(path, members)).table(shape="tidy")
    rows = list(table.rows())
    assert len(rows) == len(responses)
    assert len(set(table.column_names)) == len(table.column_names)
    assert all(len(name) <= LONGEST for name in table.column_names)
    assert sum(batch.num_rows for batch in table.iter_batches()) == len(rows)
    content = table._content  # what is counted is no part of the rows
    types = {column.question_id: column.question_type for column in content.columns}
    expected = sum(
        raw is not None and raw["type"] != types[id_]
        for one in responses
        for id_, raw in one.items()
    )
    too_many = sum(
        raw is not None and types[id_] == "file_upload" and len(raw.get("files", ())) > 20
        for one in responses
        for id_, raw in one.items()
    )
    content.unfit = 0
    list(table.rows())
    assert content.unfit == expected + too_many
