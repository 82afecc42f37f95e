"""What is in a table: each kind of answer, whatever is odd, and every way to have it."""

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archive.builders import PHOTO, SUBMISSION, collection_members, write_zip
from prolific_exports import (
    ArchiveError,
    CorruptArchiveError,
    ExportArchive,
    ResponseTable,
    TableSummary,
    TargetExistsError,
    UnsafeArchiveError,
    UsageError,
)
from prolific_exports._archive._lines import Block, blocks
from prolific_exports._tables import _optional_libraries, _sources
from prolific_exports._tables._fast import FastLong, FastWide
from prolific_exports._tables._output import is_formula
from prolific_exports._tables._wide import Column

from tables.hostile import write

KINDS = {
    "t": "free_text",
    "u": "free_text_with_unit",
    "c": "multiple_choice",
    "w": "multiple_choice_with_free_text",
    "f": "file_upload",
}
DESCRIBED = {"instructions": [{"id": k, "type": v, "description": k} for k, v in KINDS.items()]}
WHEN = datetime(2026, 3, 19, 10, 30, tzinfo=UTC)


def answer(id_, **fields):
    return {id_: {"type": KINDS[id_], "description": id_, **fields}}


EVERYTHING = {
    **answer("t", value="2026-03-19"),
    **answer("u", value="5", unit="kg"),
    **answer("c", values=["a", "b"]),
    **answer("w", values=[{"option": "o", "explanation": "e"}]),
    **answer("f", files=[{"name": "n", "path": "files/p"}]),
}


def record(responses, **fields):
    return {
        "submission_id": "s",
        "participant_id": "p",
        "collection_id": "k",
        "created_at": "2026-03-19T10:30:00Z",
        "responses": responses,
        **fields,
    }


@pytest.fixture
def archive_of(tmp_path):
    def archive_of(*records, metadata=DESCRIBED, data=None, name="x.zip"):
        if data is None:
            data = b"".join(json.dumps(one).encode() + b"\n" for one in records)
        return ExportArchive.open(write(tmp_path / name, metadata, data))

    return archive_of


@pytest.fixture(params=["plain", "fast"])
def read(request, monkeypatch):
    """The rows as dictionaries without nulls: through either reader, where both can be meant."""
    monkeypatch.setattr(_sources, "SMALL", 0 if request.param == "fast" else 1 << 30)

    def read(archive, **options):
        table = ResponseTable(archive, **options).to_arrow()
        rows = [
            {name: value for name, value in row.items() if value is not None}
            for row in table.to_pylist()
        ]
        return [
            row | ({"extra": json.loads(row["extra"])} if "extra" in row else {}) for row in rows
        ]

    return read


@pytest.fixture
def fast_batches(monkeypatch):
    """What the fast reader of the long shape makes of small archives, too."""
    monkeypatch.setattr(_sources, "SMALL", 0)
    seen = []
    fast = FastLong.read
    monkeypatch.setattr(FastLong, "read", lambda *given: seen.append(fast(*given)) or seen[-1])
    return seen


def values(rows):
    identity = {"submission_id", "participant_id", "collection_id", "created_at"}
    return [{k: v for k, v in row.items() if k not in identity} for row in rows]


def heading(id_):
    return {"instruction_id": id_, "type": KINDS[id_], "description": id_}


def test_each_value_is_a_row(archive_of, read):
    rows = read(archive_of(record(EVERYTHING)))
    assert values(rows) == [
        heading("t") | {"value": "2026-03-19"},
        heading("u") | {"value": "5", "unit": "kg"},
        heading("c") | {"value": "a", "position": 0},
        heading("c") | {"value": "b", "position": 1},
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
        heading("c") | {"value": "a", "position": 0},
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


@pytest.mark.parametrize(
    "line",
    [
        b'{"responses": null}',
        b'{"responses": {"t": {"type": "free_text", "value": "\\u0000"}}}\0',
        b'{"responses": {}\0}',
        b'{"responses": {"t" : null}}',
        b'{"responses": {"\\u0074": null}}',
        b'{"responses": {"t": {"type": "free_text", "value": "\xed\xa0\x80"}}}',
        b'{"responses": {}} {"responses": {}}',
        b'{"responses":\n{}}',
        b'{"responses": {"t": {"type": "free_text", "type": "free_text"}}}',
        b'{"responses": {"t": {"type": "free_text_with_unit", "value": "v"}}}',
    ],
)
@pytest.mark.parametrize("reader", [FastLong, FastWide])
def test_fast_reader_falls_back_for_unusual_records(line, reader):
    column = Column("t", "t", "free_text", "t")
    ordinary = b'{"responses": {"t": {"type": "free_text", "value": null}}}\n'
    assert reader([column]).read(ordinary).num_rows == 1
    assert reader([column]).read(ordinary + line + b"\n") is None


@pytest.mark.parametrize("id_", [b't" ', rb'\u0074"'])
def test_fast_reader_falls_back_for_ambiguous_answer_order(id_):
    line = b'{"responses": {"%s": {"type": "free_text"}}}\n'
    reader = FastLong([Column("t", "t", "free_text", "t")])
    assert reader.read(line % b"t" * 2).num_rows == 2
    assert reader.read(line % b"t" + line.replace(b'%s"', id_)) is None


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


@pytest.mark.parametrize("name", ["description", "submission_id", "instruction_id"])
def test_long_texts_are_split_into_batches(archive_of, read, monkeypatch, name):
    # Repeated in each row, they would be more than the offsets of Arrow's texts can count.
    monkeypatch.setattr("prolific_exports._tables._fast._MOST_REPEATED", 5000)
    monkeypatch.setattr(_sources, "_MOST_TEXT", 5000)
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


@pytest.mark.parametrize("small", [0, 1 << 30], ids=["fast", "plain"])
@pytest.mark.parametrize("shape", ["long", "wide"])
def test_many_instructions_use_bounded_memory(archive_of, monkeypatch, small, shape):
    # Columns are there for every record, however little of the file it takes.
    monkeypatch.setattr(_sources, "SMALL", small)
    monkeypatch.setattr(_sources, "_ODD", 100)
    monkeypatch.setattr(_sources, "_MOST_TEXT", 16 * 1000)
    monkeypatch.setattr("prolific_exports._tables._fast._MOST_CELLS", 1000)
    described = [{"id": f"i{n}", "type": "free_text"} for n in range(50)]
    archive = archive_of(metadata={"instructions": described}, data=b'{"responses":{}}\n' * 200)
    sizes = [batch.num_rows for batch in archive.iter_batches(shape=shape)]
    assert sum(sizes) == 200
    assert max(sizes) <= (1000 // 17 + 1 if (small, shape) == (1 << 30, "long") else 1000 // 50)


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


@pytest.mark.parametrize("reader", [FastLong, FastWide])
def test_ordinary_records_use_the_fast_reader(archive_of, monkeypatch, reader):
    monkeypatch.setattr(_sources, "SMALL", 0)
    seen = []
    fast = reader.read
    monkeypatch.setattr(reader, "read", lambda *given: seen.append(fast(*given)) or seen[-1])
    ordinary = [record(EVERYTHING), record(answer("c", values=[]) | answer("w")), record({})]
    archive = archive_of(
        *ordinary,
        data=b"\xef\xbb\xbf"
        + b"\r\n".join(
            json.dumps(one, ensure_ascii=False).encode()
            for one in [*ordinary, record(answer("t", value="null é"))]
        ),
    )
    archive.to_arrow(shape="long" if reader is FastLong else "wide")
    assert seen
    assert None not in seen


def test_fast_reader_without_metadata_reads_identities():
    batch = FastLong([]).read(b'{"submission_id":"s","responses":{}}')
    assert batch.column(0).to_pylist() == ["s"]


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


def test_tables_of_several_archives_have_a_source_column(archive_of, tmp_path, monkeypatch):
    monkeypatch.setattr(_sources, "SMALL", 0)
    one = archive_of(record(answer("t", value="1")), name="one.zip")
    two = archive_of(record(answer("t", value=2)), name="two.zip")
    table = ResponseTable([one, two])
    assert table.column_names[:2] == ("source", "submission_id")
    assert table.to_arrow()["source"].to_pylist() == ["one.zip", "two.zip"]
    assert [row[0] for row in table.rows()] == ["one.zip", "two.zip"]
    assert table.write(tmp_path / "o.parquet") == TableSummary(rows=2, extras=1)


def test_archives_with_equal_names_get_distinct_sources(archive_of, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("x", "y"):
        Path(folder).mkdir()
        archive_of(record({}), name=f"{folder}/data.zip")
    archive_of(record({}), name="other.zip")
    given = ["x/data.zip", "y/data.zip", "other.zip", "y/data.zip"]
    table = ResponseTable([ExportArchive.open(path) for path in given])
    expected = [str(Path(path)) for path in given]
    assert [row[0] for row in table.rows()] == expected
    assert table.to_arrow()["source"].to_pylist() == expected
    twice = ResponseTable([ExportArchive.open("x/data.zip")] * 2)
    assert [row[0] for row in twice.rows()] == ["data.zip"] * 2


def test_uploads_are_extracted_and_referenced(tmp_path):
    other = dict(SUBMISSION) | {
        "responses": {"i2": {"type": "file_upload", "files": [{"path": "gone"}, None]}}
    }
    members = collection_members(SUBMISSION, other)
    archive = ExportArchive.open(write_zip(tmp_path / "x.zip", members))
    table = archive.table(files=tmp_path / "up")
    table.write(tmp_path / "o.parquet")
    paths = pq.read_table(tmp_path / "o.parquet")["file_path"].to_pylist()
    assert paths[2:] == ["gone", None]
    assert Path(paths[1]).read_bytes() == PHOTO
    assert [path.name for path in (tmp_path / "up").iterdir()] == ["files"]
    wide = archive.table(shape="wide", files=tmp_path / "up").to_arrow()["Show it"].to_pylist()
    assert wide == [
        [{"name": "Photo.JPG", "path": paths[1]}],
        [{"name": None, "path": "gone"}, None],
    ]
    with pytest.raises(TargetExistsError):
        table.write(tmp_path / "again.parquet")
    assert not (tmp_path / "again.parquet").exists()
    twice = ResponseTable([archive, archive], files=tmp_path / "both").write(tmp_path / "b.csv")
    assert twice.rows == 8
    assert sorted(path.name for path in (tmp_path / "both").iterdir()) == ["1", "2"]


def test_uploads_are_removed_if_others_cannot_be_extracted(tmp_path):
    archive = ExportArchive.open(write_zip(tmp_path / "x.zip", collection_members()))
    (tmp_path / "up/2").mkdir(parents=True)
    (tmp_path / "up/2/mine").touch()
    with pytest.raises(TargetExistsError):
        ResponseTable([archive, archive], files=tmp_path / "up").write(tmp_path / "o.csv")
    assert [path.name for path in (tmp_path / "up").iterdir()] == ["2"]


def test_csv_escapes_formulas(archive_of, tmp_path):
    texts = ["=1+1", "-5", '+a "b"', "", "ok"]
    archive = archive_of(*(record(answer("t", value=text)) for text in texts), record(EVERYTHING))
    assert archive.to_csv(tmp_path / "o.csv") == TableSummary(rows=11, extras=0, escaped=2)
    lines = (tmp_path / "o.csv").read_bytes().decode().split("\r\n")
    assert lines[0].startswith('\ufeff"submission_id","participant_id"')
    assert lines[1] == ('"s","p","k",,,"2026-03-19T10:30:00Z","t","free_text","t","\'=1+1",,,,,,,')
    assert '"\'+a ""b"""' in lines[3]
    assert ',"",,' in lines[4]
    assert lines[8].endswith('"a",,,,,,0,')
    archive.to_csv(tmp_path / "o.csv", shape="wide", formulas="keep", overwrite=True)
    assert (tmp_path / "o.csv").read_bytes().startswith(b'"submission_id"')
    assert '"=1+1"' in (tmp_path / "o.csv").read_text("utf-8")
    assert '"[""a"", ""b""]"' in (tmp_path / "o.csv").read_text("utf-8")


CONTROLS = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\ufeff"]


@pytest.mark.parametrize(
    "text",
    [
        *("=A1", "@x", "\t=1", "-1+2", "+", "--1", "\r"),
        *("\uff1d1", "\uff0b1", "\uff0d1", "\uff201"),
        *(f"{control}=1" for control in CONTROLS),
    ],
)
def test_formulas_are_recognised(text):
    assert is_formula(text)
    assert not is_formula(f"a{text}")
    assert not is_formula("-1,234.5")


@pytest.mark.parametrize("formulas", ["escape", "keep"])
def test_csv_with_control_characters_is_read_back(archive_of, tmp_path, formulas):
    texts = [f"{control}=1" for control in CONTROLS if control != "\0"]
    archive = archive_of(*(record(answer("t", value=text)) for text in texts))

    summary = archive.to_csv(tmp_path / "o.csv", formulas=formulas)

    assert summary.escaped == (len(texts) if formulas == "escape" else 0)
    encoding = "utf-8-sig" if formulas == "escape" else "utf-8"
    with (tmp_path / "o.csv").open(encoding=encoding, newline="") as file:
        read = [row["value"] for row in csv.DictReader(file)]
    mark = "'" if formulas == "escape" else ""
    assert read == [f"{mark}{text}" for text in texts]


def test_json_lines_escape_line_breaks_of_other_readers(archive_of, tmp_path):
    text = "a\x85b\u2028c\u2029d\x0be\x1cf\r\n"
    archive = archive_of(record(answer("t", value=text, **{"\u2028": 1})))

    archive.table().write(tmp_path / "o.jsonl")

    [line] = (tmp_path / "o.jsonl").read_text("utf-8").splitlines()
    assert "\\u0085b\\u2028c\\u2029d" in line
    assert json.loads(line)["value"] == text
    assert json.loads(json.loads(line)["extra"]) == {"answer": {"\u2028": 1}}


def test_all_formats_have_equal_content(archive_of, tmp_path):
    table = archive_of(record(EVERYTHING), record({}, new=1)).table()
    expected = table.to_arrow().to_pylist()
    assert len(expected) == 7
    for suffix in ("parquet", "arrow", "jsonl"):
        assert table.write(tmp_path / f"o.{suffix}") == TableSummary(rows=7, extras=1)
    assert pq.read_table(tmp_path / "o.parquet").to_pylist() == expected
    assert pq.read_schema(tmp_path / "o.parquet") == table.schema
    assert pa.ipc.open_file(tmp_path / "o.arrow").read_all().to_pylist() == expected
    lines = (tmp_path / "o.jsonl").read_text("utf-8").splitlines()
    moment = {"created_at": "2026-03-19T10:30:00Z"}
    assert [json.loads(line) for line in lines] == [row | moment for row in expected]


def test_row_groups_have_a_bounded_size(archive_of, tmp_path, monkeypatch):
    monkeypatch.setattr("prolific_exports._tables._output.ROW_GROUP", 100)
    monkeypatch.setattr("prolific_exports._tables._sources.SMALL", 0)
    archive = archive_of(*(record(answer("t", value="v")) for _ in range(250)))
    archive.to_parquet(tmp_path / "o.parquet")
    about = pq.read_metadata(tmp_path / "o.parquet")
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [125, 125]
    monkeypatch.setattr(_sources.Source.__init__, "__defaults__", (20_000,))
    archive.to_parquet(tmp_path / "o.parquet", overwrite=True)
    about = pq.read_metadata(tmp_path / "o.parquet")
    assert about.num_rows == 250
    assert about.num_row_groups == 2


def test_row_groups_of_long_answers_have_fewer_rows(archive_of, tmp_path, monkeypatch):
    monkeypatch.setattr("prolific_exports._tables._output.GROUP_SIZE", 500_000)
    monkeypatch.setattr(_sources.Source.__init__, "__defaults__", (100_000,))
    archive = archive_of(*(record(answer("t", value="v" * 20_000)) for _ in range(100)))
    archive.to_parquet(tmp_path / "o.parquet")
    about = pq.read_metadata(tmp_path / "o.parquet")
    assert about.num_rows == 100
    assert 2 <= about.num_row_groups <= 4


def test_table_without_rows_is_written(archive_of, tmp_path):
    archive = archive_of(data=b"")
    assert archive.to_parquet(tmp_path / "o.parquet") == TableSummary(rows=0, extras=0)
    assert pq.read_table(tmp_path / "o.parquet").schema == archive.table().schema


def test_data_frames_have_equal_content(archive_of):
    archive = archive_of(record(EVERYTHING))
    assert archive.to_polars()["value"].to_list()[:2] == ["2026-03-19", "5"]
    frame = archive.to_pandas()
    assert frame["value"][0] == "2026-03-19"
    assert str(frame["position"].dtype) == "int32[pyarrow]"
    assert archive.to_duckdb().filter("unit = 'kg'").fetchall()[0][9] == "5"
    with duckdb.connect() as connection:
        assert archive.to_duckdb(connection, shape="wide").count("*").fetchall() == [(1,)]
    assert sum(batch.num_rows for batch in archive.iter_batches()) == 6


@pytest.mark.parametrize("shape", ["long", "wide"])
def test_parquet_of_many_blocks_has_equal_content(archive_of, tmp_path, monkeypatch, shape):
    monkeypatch.setattr(_sources, "SMALL", 0)
    monkeypatch.setattr(_sources.Source.__init__, "__defaults__", (2000,))
    monkeypatch.setattr("prolific_exports._tables._output.ROW_GROUP", 40)
    odd = record(answer("t", value=5), submission_id=None)
    records = [
        record(EVERYTHING | answer("t", value=f"é{n}"), submission_id=f"s{n % 9}")
        for n in range(60)
    ]
    table = archive_of(*records, odd, *records, metadata=DESCRIBED).table(shape=shape)
    table.to_parquet(tmp_path / "o.parquet")
    read = pq.read_table(tmp_path / "o.parquet")
    assert read.schema == table.schema
    assert [tuple(row.values()) for row in read.to_pylist()] == list(table.rows())
    about = pq.read_metadata(tmp_path / "o.parquet")
    assert about.num_row_groups > 1
    group = pq.ParquetFile(tmp_path / "o.parquet").read_row_group(0)["submission_id"]
    group = group.drop_null()
    statistics = about.row_group(0).column(0).statistics
    assert (statistics.min, statistics.max) == (min(group.to_pylist()), max(group.to_pylist()))


@pytest.mark.parametrize("small", [0, 1 << 30])
def test_texts_are_never_dictionary_encoded(archive_of, tmp_path, monkeypatch, small):
    monkeypatch.setattr(_sources, "SMALL", small)
    archive = archive_of(*[record(EVERYTHING)] * 3, record({"late": 1}))
    table = ResponseTable([archive, archive])
    others = {"created_at": pa.timestamp("us", "UTC"), "position": pa.int32()}
    expected = {name: others.get(name, pa.string()) for name in table.column_names}
    table.to_parquet(tmp_path / "o.parquet")
    for schema in (
        table.schema,
        table.to_arrow().schema,
        next(table.iter_batches()).schema,
        pq.read_schema(tmp_path / "o.parquet"),
    ):
        assert dict(zip(schema.names, schema.types, strict=True)) == expected
    assert not any(isinstance(kind, pl.Categorical) for kind in table.to_polars().dtypes)


def test_blocks_keep_their_order_and_iteration_can_stop(archive_of, monkeypatch):
    monkeypatch.setattr(_sources, "SMALL", 0)
    archive = archive_of(*(record(answer("t", value=str(n))) for n in range(3000)))
    monkeypatch.setattr(_sources.Source.__init__, "__defaults__", (2000,))
    table = archive.to_arrow()
    assert table["value"].to_pylist() == [str(n) for n in range(3000)]
    batches = archive.iter_batches()
    assert next(batches).num_rows < 3000
    batches.close()


def test_invalid_arguments_are_refused(archive_of, tmp_path):
    archive = archive_of(record({}))
    with pytest.raises(UsageError, match="'long' or 'wide'"):
        archive.table(shape="tall")
    with pytest.raises(UsageError, match="use 'submission' or 'task'"):
        archive.table(by="rater")
    with pytest.raises(UsageError, match="has no archive"):
        ResponseTable([])
    with pytest.raises(UsageError, match=r"\.parquet, \.csv, \.jsonl, \.arrow"):
        archive.table().write(tmp_path / "o.xlsx")
    for way in (archive.to_csv, archive.table().write):
        with pytest.raises(UsageError, match="'escaped': .* 'escape' or 'keep'"):
            way(tmp_path / "o.csv", formulas="escaped")
    (tmp_path / "o.csv").touch()
    with pytest.raises(TargetExistsError, match="overwrite"):
        archive.to_csv(tmp_path / "o.csv")
    with pytest.raises(ArchiveError, match="cannot be written"):
        archive.to_csv(tmp_path / "none" / "o.csv")


@pytest.mark.parametrize("method", ["to_csv", "to_parquet", "write"])
def test_archive_is_never_replaced_by_its_own_table(archive_of, tmp_path, method):
    made = archive_of(record({}))
    content = made.path.read_bytes()
    other, path = tmp_path / "other.zip", tmp_path / "all.csv"
    other.write_bytes(content)
    made.path.rename(path)
    table = ResponseTable([ExportArchive.open(other), ExportArchive.open(path)])
    (tmp_path / "again.csv").hardlink_to(path)
    for name in ("all.csv", "again.csv"):
        with pytest.raises(UsageError, match=rf"{name} is an archive that the table is made from"):
            getattr(table, method)(tmp_path / name, overwrite=True)
    assert path.read_bytes() == content
    assert sorted(one.name for one in tmp_path.iterdir()) == ["again.csv", "all.csv", "other.zip"]


def test_missing_library_names_its_extra(archive_of, tmp_path, monkeypatch):
    def missing(module):
        raise ModuleNotFoundError(name=module.partition(".")[0])

    monkeypatch.setattr(_optional_libraries, "import_module", missing)
    archive = archive_of(record(EVERYTHING))
    for call, extra in [
        (archive.to_arrow, "tables"),
        (archive.to_pandas, "pandas"),
        (archive.to_polars, "polars"),
        (archive.to_duckdb, "duckdb"),
        (lambda: archive.to_parquet(tmp_path / "o.parquet"), "tables"),
    ]:
        with pytest.raises(UsageError, match=rf"pip install 'prolific-exports\[{extra}\]'"):
            call()
    monkeypatch.setattr(_sources, "SMALL", 0)
    assert archive.to_csv(tmp_path / "o.csv", shape="wide").rows == 1


def test_broken_library_is_not_reported_as_missing(monkeypatch):
    def broken(module):
        raise ModuleNotFoundError(name="numpy")

    monkeypatch.setattr(_optional_libraries, "import_module", broken)
    with pytest.raises(ModuleNotFoundError):
        _optional_libraries.require("pyarrow")


@pytest.mark.parametrize(
    ("pieces", "number"),
    [
        ([b"1\n", b"2" * 6, b"3" * 6], 2),
        ([b"1\n", b"2" * 6, b"3" * 5 + b"\n"], 2),
        ([b"1\n22\n3", b"3" * 9, b"3"], 3),
        ([b"\n" * 9 + b"2" * 10, b"2\n"], 10),
        ([b"1\n" + b"2" * 11 + b"\n3\n"], 2),
    ],
)
@pytest.mark.parametrize("size", [2, 20])
def test_too_long_lines_are_refused(monkeypatch, pieces, number, size):
    monkeypatch.setattr("prolific_exports._archive._lines.MAX_TEXT_SIZE", 10)
    with pytest.raises(UnsafeArchiveError, match=f"x, line {number}, is longer than"):
        list(blocks(pieces, "x", size))


@pytest.mark.parametrize("size", [1, 8, 100])
def test_line_limit_equals_other_readers(monkeypatch, size):
    monkeypatch.setattr("prolific_exports._archive._lines.MAX_TEXT_SIZE", 10)
    longest = [b"1\n" * 4, b"2" * 5, b"2" * 5 + b"\n3\n", b"4" * 10, b"\n", b"5" * 10]
    found = list(blocks(longest, "x", size))
    assert b"".join(block.text for block in found) == b"".join(longest)
    assert all(block.text.endswith(b"\n") for block in found[:-1])


def test_blocks_are_halved_between_lines():
    assert Block(b"long line\n1\n", 5).halves() == (Block(b"long line\n", 5), Block(b"1\n", 6))
    assert Block(b"1\nlong line\n", 5).halves() == (Block(b"1\n", 5), Block(b"long line\n", 6))
    assert Block(b"one line\n", 0).halves() is None


def test_tables_import_only_needed_libraries(archive_of, tmp_path):
    archive = archive_of(record(EVERYTHING))
    script = (
        "import sys, prolific_exports\n"
        "from prolific_exports._tables import _sources\n"
        "archive = prolific_exports.ExportArchive.open(sys.argv[1])\n"
        "archive.to_parquet(sys.argv[2])\n"
        "_sources.SMALL = 0\n"
        "archive.to_parquet(sys.argv[2], overwrite=True)\n"
        "archive.to_parquet(sys.argv[2], shape='wide', overwrite=True)\n"
        "print(sys.modules.keys() & {'pandas', 'pyarrow.compute'})"
    )
    command = [sys.executable, "-c", script, str(archive.path), str(tmp_path / "o.parquet")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
