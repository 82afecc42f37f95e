"""Long tables: a row for each answer, by either reader, whatever is odd in a record."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive.builders import write_zip
from helpers.table_readers import READERS, limit_blocks, limit_detours, limit_text, read_with
from prolific_exports import CorruptArchiveError, ExportArchive, ResponseTable, UsageError
from prolific_exports._tables._fast import FastLong

from tables.records import DESCRIBED, EVERYTHING, KINDS, answer, record, values

WHEN = datetime(2026, 3, 19, 10, 30, tzinfo=UTC)


@pytest.fixture
def fast_batches(monkeypatch):
    """What the fast reader of the long shape makes of small archives, too."""
    read_with(monkeypatch, "fast")
    seen = []
    fast = FastLong.read
    monkeypatch.setattr(FastLong, "read", lambda *given: seen.append(fast(*given)) or seen[-1])
    return seen


def heading(id_):
    return {"instruction_id": id_, "type": KINDS[id_], "description": id_}


def test_each_value_is_a_row(archive_of, read):
    rows = read(archive_of(record(EVERYTHING)))
    assert values(rows) == [
        heading("t") | {"value": "2026-03-19"},
        heading("u") | {"value": "5", "unit": "kg"},
        heading("c") | {"option": "a", "position": 0},
        heading("c") | {"option": "b", "position": 1},
        heading("w") | {"option": "o", "explanation": "e", "position": 0},
        heading("f") | {"file_name": "n", "file_path": "files/p", "position": 0},
    ]
    assert rows[0]["created_at"] == WHEN
    assert {row["submission_id"] for row in rows} == {"s"}


def test_answers_keep_the_order_of_the_file(archive_of, read):
    backwards = dict(reversed(EVERYTHING.items()))
    answered = [EVERYTHING, backwards, answer("t", value="v"), {}, answer("f") | answer("t")]
    rows = read(archive_of(*map(record, answered)))
    order = "".join(row.get("instruction_id", "-") for row in rows)
    assert order == "tuccwffwccutt-ft"


def test_file_order_is_found_in_linear_time(archive_of, fast_batches):
    backwards = dict(reversed(EVERYTHING.items()))
    archive = archive_of(record(EVERYTHING), record(backwards), record(answer("t")))
    rows = archive.to_arrow()["instruction_id"].to_pylist()
    assert rows == [*"tuccwf", *"fwccut", "t"]
    assert None not in fast_batches


def test_missing_description_of_an_instruction_is_null(archive_of, fast_batches):
    described = {"instructions": [{"id": "t", "type": "free_text"}]}
    bare = {"t": {"type": "free_text", "value": "v"}}
    archive = archive_of(record(bare), record(answer("t")), metadata=described)
    assert archive.to_arrow()["description"].to_pylist() == [None, "t"]
    archive = archive_of(record(bare), metadata=described)
    assert archive.to_arrow()["description"].to_pylist() == [None]
    assert None not in fast_batches


def test_distant_answers_of_one_submission_are_joined(archive_of, fast_batches):
    long = answer("t", value="x" * 5000) | answer("u", value='"c":', unit="")
    assert archive_of(record(long)).to_arrow().num_rows == 2
    assert None not in fast_batches


def test_tables_keep_every_answer_and_submission(archive_of, read):
    rows = read(archive_of(record(answer("c", values=[])), record({}), record(answer("f"))))
    assert values(rows) == [heading("c"), {}, heading("f")]


def test_unexpected_value_is_kept_as_json(archive_of, read):
    number = b'{"responses": {"t": {"type": "free_text", "value": 1.50, "new": [1e400, null]}}}\n'
    assert ResponseTable(archive_of(data=number)).to_arrow()["extra"][0].as_py() == (
        '{"answer":{"value":1.50,"new":[1e400,null]}}'
    )
    later = {"late": {"type": "rating", "description": "d", "stars": 5}}
    choices = answer("c", values=["a", 5, None])
    pairs = answer("w", values=[{"option": "o", "sure": True}, "?", None])
    odd = record(later | {"t": None} | choices | pairs, participant_id=7, more=[])
    assert values(read(archive_of(odd))) == [
        {
            "instruction_id": "late",
            "type": "rating",
            "description": "d",
            "extra": {"record": {"participant_id": 7, "more": []}, "answer": {"stars": 5}},
        },
        {"instruction_id": "t", "extra": {"answer": None}},
        heading("c") | {"option": "a", "position": 0},
        heading("c") | {"position": 1, "extra": {"item": 5}},
        heading("c") | {"position": 2},
        heading("w") | {"option": "o", "position": 0, "extra": {"item": {"sure": True}}},
        heading("w") | {"position": 1, "extra": {"item": "?"}},
        heading("w") | {"position": 2},
    ]


def test_texts_with_lone_surrogates_are_escaped_and_kept(archive_of, read):
    rows = read(archive_of(record({"\ud800": {"type": "free_text", "value": "a\udfff"}})))
    assert values(rows) == [
        {
            "instruction_id": "\ufffd",
            "type": "free_text",
            "value": "a\ufffd",
            "extra": {"instruction_id": "\ud800", "answer": {"value": "a\udfff"}},
        }
    ]


RATED = {"instructions": [{"id": "s", "type": "star_rating", "description": "s", "max_stars": 5}]}


STARS = {"instruction_id": "s", "type": "star_rating", "description": "s"}


def stars(**fields):
    return record({"s": {"type": "star_rating", "description": "s", **fields}})


@pytest.mark.parametrize("fields", [{"value": "3"}, {"answer": [{"value": "3"}]}])
@pytest.mark.parametrize("shape", ["long", "wide"])
def test_star_rating_is_text(archive_of, read, shape, fields):
    [row] = read(archive_of(stars(**fields), metadata=RATED), shape=shape)

    identity = {name: row[name] for name in ("submission_id", "participant_id", "collection_id")}
    expected = STARS | {"value": "3"} if shape == "long" else {"s": "3"}
    assert row == {**identity, "created_at": WHEN, **expected}


@pytest.mark.parametrize("value", [3, None, ["3"]])
def test_star_rating_of_another_type_is_unchanged(archive_of, read, value):
    rows = read(archive_of(stars(answer=[{"value": value}]), metadata=RATED))

    assert values(rows) == [STARS | {"extra": {"answer": {"answer": [{"value": value}]}}}]


def test_fast_reader_reads_star_ratings(archive_of, fast_batches):
    archive_of(stars(value="3"), metadata=RATED).to_arrow()

    assert [batch is not None for batch in fast_batches] == [True]


@pytest.mark.parametrize("when", ["2026-03-19", "2026-03-19T24:00:00Z", "2026-02-30T01:00:00Z", 5])
def test_invalid_timestamp_is_kept_as_text(archive_of, read, when):
    [row] = read(archive_of(record(answer("t", value="v"), created_at=when)))
    assert "created_at" not in row
    assert row["extra"] == {"record": {"created_at": when}}


@pytest.mark.parametrize("name", ["description", "submission_id", "instruction_id"])
def test_long_texts_are_split_into_batches(archive_of, read, monkeypatch, name):
    # Repeated in each row, they would be more than the offsets of Arrow's texts can count.
    limit_text(monkeypatch, 5000)
    long = "x" * 1000
    id_ = long if name == "instruction_id" else "c"
    described = {"description": long} if name == "description" else {}
    reworded = {id_: answer("c", values=["a"] * 60)["c"] | described}
    described = DESCRIBED["instructions"] + [{"id": long, "type": "multiple_choice"}] * (
        id_ == long
    )
    first = record(reworded, **({"submission_id": long} if name == "submission_id" else {}))
    archive = archive_of(first, record(EVERYTHING), metadata={"instructions": described})
    sizes = [batch.num_rows for batch in archive.iter_batches()]
    assert sum(sizes) == 66
    assert max(sizes) < 10
    assert {len(row[name]) for row in read(archive)[:60]} == {1000}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("shape", ["long", "wide"])
def test_many_instructions_use_bounded_memory(archive_of, monkeypatch, reader, shape):
    # Columns are there for every record, however little of the file it takes.
    read_with(monkeypatch, reader)
    limit_detours(monkeypatch, 100)
    limit_text(monkeypatch, 16 * 1000, cells=1000)
    described = [{"id": f"i{n}", "type": "free_text"} for n in range(50)]
    archive = archive_of(metadata={"instructions": described}, data=b'{"responses":{}}\n' * 200)
    sizes = [batch.num_rows for batch in archive.iter_batches(shape=shape)]
    assert sum(sizes) == 200
    assert max(sizes) <= (
        1000 // 17 + 1 if (reader, shape) == ("reference", "long") else 1000 // 50
    )


def test_null_answer_list_and_empty_file_have_no_rows(archive_of, read):
    rows = values(read(archive_of(record(answer("c", values=5)))))
    assert rows == [heading("c") | {"extra": {"answer": {"values": 5}}}]
    assert read(archive_of(data=b"\n \r\n")) == []
    assert read(archive_of(record(answer("c", values=5))), shape="wide")[0]["extra"] == {
        "responses": {"c": answer("c", values=5)["c"]}
    }
    assert read(archive_of([1])) == [{"extra": {"record": [1]}}]


def test_every_column_of_the_long_table_is_documented(archive_of):
    page = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    columns = archive_of(record(EVERYTHING)).to_arrow().column_names
    assert [name for name in columns if f"`{name}`" not in page] == []


def test_batch_answers_are_typed_by_recognised_shapes(tmp_path):
    tasks = [{"task_id": "t1", "responses": answer("t", value="a")}]
    tasks += [{"task_id": "t2", "order": 2, "responses": answer("t", value="b")}]
    by_rater = {"submission_id": "s", "batch_id": "b", "tasks": tasks, "pay": 1}
    by_task = {"task_id": "t1", "responses": 1, "submissions": [record(answer("t", value="a"))]}
    unknown = {"tasks": [{"answers": {}}]}
    members = {
        "batch.json": json.dumps(DESCRIBED).encode(),
        "responses-by-submission.jsonl": json.dumps(by_rater).encode(),
        "responses-by-task.jsonl": json.dumps(by_task).encode()
        + b"\n"
        + json.dumps(unknown).encode(),
    }
    archive = ExportArchive.open(write_zip(tmp_path / "batch.zip", members))
    first, second = archive.table().to_arrow().to_pylist()
    assert (first["task_id"], first["value"], first["extra"]) == ("t1", "a", '{"record":{"pay":1}}')
    assert (second["task_id"], second["value"], second["submission_id"]) == ("t2", "b", "s")
    assert second["extra"] == '{"part":{"order":2}}'
    task, other = archive.table(by="task").rows()
    assert (task[0], task[4], task[-1]) == ("s", "t1", '{"record":{"responses":1}}')
    assert other == (None,) * 16 + ('{"record":{"tasks":[{"answers":{}}]}}',)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": 1}\n\n{"b": \n', r"responses\.jsonl, line 3 is incomplete"),
        (b'{"a": 1}\r\n{]\n', r"responses\.jsonl, line 2 is not JSON"),
        (b'{}\n"\xff"', r"responses\.jsonl, line 2 is not UTF-8"),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow"])
def test_invalid_line_is_named_and_nothing_written(archive_of, tmp_path, data, message, suffix):
    table = ResponseTable(archive_of(data=data))
    with pytest.raises(CorruptArchiveError, match=message):
        table.write(tmp_path / f"out.{suffix}")
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_blocks_keep_their_order_and_iteration_can_stop(archive_of, monkeypatch):
    read_with(monkeypatch, "fast")
    archive = archive_of(*(record(answer("t", value=str(n))) for n in range(3000)))
    limit_blocks(monkeypatch, 2000)
    table = archive.to_arrow()
    assert table["value"].to_pylist() == [str(n) for n in range(3000)]
    batches = archive.iter_batches()
    assert next(batches).num_rows < 3000
    batches.close()


def test_both_kinds_of_choices_are_in_the_same_column(archive_of, read):
    rows = read(archive_of(record(EVERYTHING)))
    assert [row["option"] for row in rows if "option" in row] == ["a", "b", "o"]


UNASKED = [record(answer("w") | answer("t", value="v")), record({}), record(EVERYTHING)]


def test_unanswered_questions_are_rows_after_the_answers_on_request(archive_of, read):
    rows = read(archive_of(*UNASKED), missing=True)
    assert values(rows) == [
        *(heading(one) | {"missing": False} for one in "w"),
        heading("t") | {"value": "v", "missing": False},
        *(heading(one) | {"missing": True} for one in "ucf"),
        {"missing": False},
        *(heading(one) | {"missing": True} for one in "tucwf"),
        *(row | {"missing": False} for row in values(read(archive_of(record(EVERYTHING))))),
    ]
    assert {row["submission_id"] for row in rows} == {"s"}
    assert {row["created_at"] for row in rows} == {WHEN}


def test_fast_reader_adds_unanswered_questions(archive_of, fast_batches):
    backwards = dict(reversed(EVERYTHING.items()))
    several = archive_of(*UNASKED, record(backwards), record(answer("f") | answer("c")))
    table = several.to_arrow(missing=True)
    assert None not in fast_batches
    assert table.to_pylist() == [
        dict(zip(table.column_names, row, strict=True))
        for row in several.table(missing=True).rows()
    ]


def test_unanswered_question_has_the_wording_of_the_metadata(archive_of, read):
    described = {"instructions": [{"id": "t", "type": "free_text"}]}
    answers = [record(answer("t")), record({}), record(answer("u", value="7"))]
    rows = values(read(archive_of(*answers, metadata=described), missing=True))
    assert [row for row in rows if row["missing"]] == [
        heading("u") | {"missing": True},
        {"instruction_id": "t", "type": "free_text", "missing": True},
        heading("u") | {"missing": True},
        {"instruction_id": "t", "type": "free_text", "missing": True},
    ]


def test_unanswered_question_with_lone_surrogates_is_kept(archive_of, read):
    described = {"instructions": [{"id": "\ud800", "type": "t\udfff", "description": "d\udfff"}]}
    rows = values(read(archive_of(record({}), metadata=described), missing=True))
    assert rows[1] == {
        "instruction_id": "\ufffd",
        "type": "t\ufffd",
        "description": "d\ufffd",
        "missing": True,
        "extra": {"instruction_id": "\ud800"},
    }


def test_record_without_recognised_answers_has_no_unanswered_questions(archive_of, read):
    rows = values(read(archive_of({"answers": {}}), missing=True))
    assert rows == [{"missing": False, "extra": {"record": {"answers": {}}}}]


def test_submissions_were_not_asked_the_questions_of_other_archives(archive_of, tmp_path, read):
    one = archive_of(record({}), metadata={"instructions": [{"id": "t"}]}, name="1.zip")
    two = archive_of(record({}), metadata={"instructions": [{"id": "u"}]}, name="2.zip")
    rows = read([one, two], missing=True)
    assert [row.get("instruction_id") for row in rows] == [None, "t", None, "u"]
    assert [row["source"] for row in rows] == ["1.zip", "1.zip", "2.zip", "2.zip"]


@pytest.mark.parametrize("shape", ["wide", "tidy"])
def test_unanswered_questions_are_rows_in_the_long_shape_only(archive_of, shape):
    with pytest.raises(UsageError, match="missing .--missing. is for the long shape"):
        archive_of(record({})).table(shape=shape, missing=True)
