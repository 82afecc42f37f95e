"""What a tidy table keeps of answers, its warnings, and its types in other libraries."""

import warnings

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prolific_exports import Codebook, Question
from prolific_exports._archive._codebook_file import write_codebook
from prolific_exports._tables._observed import number_in

from tables.test_tidy import amount, chosen, described, explained, submission, text, uploaded

TYPES = {
    "t": "free_text",
    "a": "free_text_with_unit",
    "c": "multiple_choice",
    "e": "multiple_choice_with_free_text",
    "f": "file_upload",
}
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
OPTIONS = st.lists(st.sampled_from(["a", "b", "A", "=1"]), unique=True)
AMOUNTS = st.builds(
    amount,
    st.sampled_from(["1", "2.5", "-3e2", "007"]) | st.sampled_from(["x", "1,5"]),
    st.sampled_from(["h", "min", None]),
)
SUBMISSIONS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "t": st.builds(text, WORDS),
            "a": AMOUNTS,
            "c": OPTIONS.map(lambda some: chosen(*some)),
            "e": OPTIONS.map(lambda some: explained(*((one, one * 2) for one in some))),
            "f": st.lists(WORDS, max_size=3).map(lambda some: uploaded(*some)),
        },
    ),
    max_size=5,
)


def option_of(column, question):
    """The option that a column is about."""
    return column.label.removeprefix(f"{question.wording} (").partition(")")[0]


def rebuilt(one, cells):
    """The answer in the cells of a question, as the document on tables describes them."""
    question = one.question
    match question.type:
        case "free_text":
            return text(cells[0])
        case "free_text_with_unit":
            unit = one.columns[0].label.rpartition("[")[2].rstrip("]")
            has_unit = one.columns[0].label.endswith("]")
            return amount(*(cells if len(cells) == 2 else (cells[0], unit if has_unit else None)))
        case "file_upload":
            return uploaded(*(cell for cell in cells if cell is not None))
    if one.columns[0].kind == "category":
        pairs = [] if cells[0] is None else [(cells[0], cells[-1])]
    else:
        width = 2 if question.type == TYPES["e"] else 1
        flags = zip(one.columns[::width], cells[::width], cells[width - 1 :: width], strict=True)
        pairs = [(option_of(column, question), why) for column, flag, why in flags if flag]
    if question.type == TYPES["e"]:
        return explained(*pairs)
    return chosen(*(option for option, _ in pairs))


def comparable(answer):
    """An answer without the order of options, which a tidy table does not keep."""
    values = answer.get("values")
    if values is not None:
        return answer | {"values": sorted(values, key=str)}
    number = answer.get("unit", text) is not text and number_in(str(answer["value"]))
    return answer if number in (False, None) else answer | {"value": number}


@given(SUBMISSIONS)
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_answers_can_be_rebuilt_from_the_columns(archive_of, answers):
    records = [submission(number, **one) for number, one in enumerate(answers)]
    table = archive_of(*records, metadata=described(**TYPES)).table(shape="tidy")
    content = table._content
    names = table.column_names
    for given_, row in zip(answers, table.rows(), strict=True):
        absent = (row[names.index("absent")] or "").split()
        for one in content.questions:
            cells = [row[names.index(column.name)] for column in one.columns]
            if one.question.id not in given_:
                # Null, and named: not the same as an empty answer.
                assert (set(cells), one.key in absent) == ({None}, True)
                continue
            assert one.key not in absent
            assert comparable(rebuilt(one, cells)) == comparable(given_[one.question.id])
    assert content.unfit == 0


@given(st.lists(AMOUNTS, min_size=1, max_size=5))
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_numbers_have_one_unit_or_are_texts_with_their_units(archive_of, amounts):
    records = [submission(number, a=one) for number, one in enumerate(amounts)]
    table = archive_of(*records, metadata=described(a=TYPES["a"])).table(shape="tidy")
    is_one = len({one["unit"] for one in amounts}) == 1
    is_numeric = all(number_in(one["value"]) is not None for one in amounts)
    frame = table.to_arrow()
    assert pa.types.is_floating(frame["q1_about_a"].type) == (is_one and is_numeric)
    assert ("q1_about_a_unit" in frame.column_names) == (not (is_one and is_numeric))


def test_amounts_of_which_some_have_no_unit_are_not_one_number(archive_of):
    records = [submission(1, a=amount("5", None)), submission(2, a=amount("2", "hours"))]
    frame = archive_of(*records, metadata=described(a=TYPES["a"])).to_pandas(shape="tidy")
    assert frame["q1_about_a"].tolist() == ["5", "2"]
    assert frame["q1_about_a_unit"].tolist()[1] == "hours"


@pytest.fixture
def unfit(archive_of):
    records = [submission(n, t=one) for n, one in enumerate([text("x"), chosen("y"), "z"])]
    return archive_of(*records, metadata=described(t="free_text"))


@pytest.mark.parametrize("to", ["to_arrow", "to_pandas", "to_polars", "to_duckdb"])
def test_data_frame_warns_once_of_answers_that_do_not_fit(unfit, to):
    message = "^2 answers are not in the columns of the tidy shape as a whole: the long shape has"
    table = unfit.table(shape="tidy")
    with pytest.warns(UserWarning, match=message) as seen:
        getattr(table, to)()
    assert [warning.filename for warning in seen] == [__file__]
    with pytest.warns(UserWarning, match=message):
        getattr(table, to)()
    assert len(getattr(unfit, to)(shape="long")) == 3


def test_one_answer_that_does_not_fit_is_in_the_singular(archive_of):
    archive = archive_of(submission(t="z"), metadata=described(t="free_text"))
    with pytest.warns(UserWarning, match="^1 answer is not in"):
        archive.to_arrow(shape="tidy")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "sav", "parquet"])
def test_file_counts_answers_that_do_not_fit_in_its_summary_without_warning(
    unfit, tmp_path, suffix
):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert unfit.table(shape="tidy").write(tmp_path / f"t.{suffix}").unfit == 2


@pytest.fixture
def survey(archive_of, tmp_path):
    """Choices in another order than that of the codebook."""
    records = [
        submission(n, c=chosen(one), a=amount(str(n)), m=chosen("x", "y"))
        for n, one in enumerate(["never", "daily", "never"])
    ]
    metadata = described(c="multiple_choice", a=TYPES["a"], m="multiple_choice")
    options = ("daily", "weekly", "never")
    question = Question(id="c", type="multiple_choice", options=options, answer_limit=1)
    codebook = Codebook(source="api", questions=(question,))
    write_codebook(codebook, tmp_path / "x.codebook.json", overwrite=False)
    return archive_of(*records, submission(9), metadata=metadata)


def test_pandas_counts_and_groups_in_the_order_of_the_codebook(survey):
    frame = survey.to_pandas(shape="tidy")
    counts = frame["q1_about_c"].value_counts(sort=False)
    assert counts.to_dict() == {"daily": 1, "weekly": 0, "never": 2}
    means = frame.groupby("q1_about_c", observed=False)["q2_about_a"].mean()
    assert list(means.index) == ["daily", "weekly", "never"]
    assert means["never"] == 1.0
    assert len(frame.drop(columns=["submission_id", "participant_id"]).drop_duplicates()) == 4


def test_polars_counts_groups_and_keeps_types_in_parquet(survey, tmp_path):
    frame = survey.to_polars(shape="tidy")
    counts = dict(frame["q1_about_c"].drop_nulls().value_counts().iter_rows())
    assert counts == {"daily": 1, "never": 2}
    grouped = frame.drop_nulls("q1_about_c").group_by("q1_about_c").agg(pl.mean("q2_about_a"))
    # Enums sort as the codebook does.
    assert grouped.sort("q1_about_c").rows() == [("daily", 1.0), ("never", 1.0)]
    assert frame.unique().height == 4
    assert frame["q3_x"].sum() == 3
    frame.write_parquet(tmp_path / "t.parquet")
    assert pl.read_parquet(tmp_path / "t.parquet").equals(frame)
    assert frame.schema["created_at"] == pl.Datetime("us", "UTC")


def test_arrow_counts_groups_and_keeps_types_in_parquet(survey, tmp_path):
    table = survey.to_arrow(shape="tidy")
    column = table["q1_about_c"].combine_chunks()
    assert column.dictionary.to_pylist() == ["daily", "weekly", "never"]
    counts = {one["values"].as_py(): one["counts"].as_py() for one in column.value_counts()}
    assert counts == {"never": 2, "daily": 1, None: 1}
    grouped = table.group_by("q1_about_c").aggregate([("q2_about_a", "mean")]).to_pylist()
    means = {one["q1_about_c"]: one["q2_about_a_mean"] for one in grouped}
    assert means == {"never": 1.0, "daily": 1.0, None: None}
    pq.write_table(table, tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").equals(table)
