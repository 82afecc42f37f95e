"""The formats of table files and data frames: equal content, formulas, row groups."""

import csv
import json

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.table_readers import READERS, limit_blocks, limit_row_groups, read_with
from prolific_exports import (
    ArchiveError,
    ResponseTable,
    TableSummary,
    TargetExistsError,
    UsageError,
)
from prolific_exports._tables._output import is_formula

from tables.records import DESCRIBED, EVERYTHING, answer, record


def test_csv_escapes_formulas(archive_of, tmp_path):
    texts = ["=1+1", "-5", '+a "b"', "", "ok"]
    archive = archive_of(*(record(answer("t", value=text)) for text in texts), record(EVERYTHING))
    assert archive.to_csv(tmp_path / "o.csv") == TableSummary(rows=11, extras=0, escaped=2)
    lines = (tmp_path / "o.csv").read_bytes().decode().split("\r\n")
    assert lines[0].startswith('\ufeff"submission_id","participant_id"')
    assert lines[1] == ('"s","p","k",,,"2026-03-19T10:30:00Z","t","free_text","t","\'=1+1",,,,,,,')
    assert '"\'+a ""b"""' in lines[3]
    assert ',"",,' in lines[4]
    assert lines[8].endswith(',"a",,,,0,')
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
    limit_row_groups(monkeypatch, rows=100)
    read_with(monkeypatch, "fast")
    archive = archive_of(*(record(answer("t", value="v")) for _ in range(250)))
    archive.to_parquet(tmp_path / "o.parquet")
    about = pq.read_metadata(tmp_path / "o.parquet")
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [125, 125]
    limit_blocks(monkeypatch, 20_000)
    archive.to_parquet(tmp_path / "o.parquet", overwrite=True)
    about = pq.read_metadata(tmp_path / "o.parquet")
    assert about.num_rows == 250
    assert about.num_row_groups == 2


def test_row_groups_of_long_answers_have_fewer_rows(archive_of, tmp_path, monkeypatch):
    limit_row_groups(monkeypatch, size=500_000)
    limit_blocks(monkeypatch, 100_000)
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


def test_unanswered_questions_are_the_same_in_every_format_and_data_frame(archive_of, tmp_path):
    archive = archive_of(record(answer("t", value="v")))
    table = archive.table(missing=True)
    expected = [False, True, True, True, True]
    assert [row[-2] for row in table.rows()] == expected
    assert table.schema.field("missing").type == pa.bool_()
    for suffix in ("csv", "jsonl", "parquet", "arrow", "xlsx"):
        assert table.write(tmp_path / f"o.{suffix}").rows == 5
    text = (tmp_path / "o.csv").read_text("utf-8")
    assert [line.split(",")[-2] for line in text.splitlines()] == [
        '"missing"',
        *(str(value).lower() for value in expected),
    ]
    assert pd.read_csv(tmp_path / "o.csv", encoding="utf-8-sig")["missing"].tolist() == expected
    lines = (tmp_path / "o.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["missing"] for line in lines] == expected
    assert pq.read_table(tmp_path / "o.parquet")["missing"].to_pylist() == expected
    assert pa.ipc.open_file(tmp_path / "o.arrow").read_all()["missing"].to_pylist() == expected
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["data"]
    assert [row[-2] for row in sheet.iter_rows(values_only=True)] == ["missing", *expected]
    assert archive.to_arrow(missing=True)["missing"].to_pylist() == expected
    assert archive.to_polars(missing=True)["missing"].to_list() == expected
    assert archive.to_pandas(missing=True)["missing"].tolist() == expected
    assert archive.to_duckdb(missing=True).filter("missing").count("*").fetchall() == [(4,)]
    assert sum(batch.num_rows for batch in archive.iter_batches(missing=True)) == 5
    assert archive.to_parquet(tmp_path / "p.parquet", missing=True).rows == 5
    assert archive.to_csv(tmp_path / "p.csv", missing=True).rows == 5


@pytest.mark.parametrize("shape", ["long", "wide"])
def test_parquet_of_many_blocks_has_equal_content(archive_of, tmp_path, monkeypatch, shape):
    read_with(monkeypatch, "fast")
    limit_blocks(monkeypatch, 2000)
    limit_row_groups(monkeypatch, rows=40)
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


@pytest.mark.parametrize("reader", READERS)
def test_texts_are_never_dictionary_encoded(archive_of, tmp_path, monkeypatch, reader):
    read_with(monkeypatch, reader)
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


def test_invalid_arguments_are_refused(archive_of, tmp_path):
    archive = archive_of(record({}))
    with pytest.raises(UsageError, match="'long', 'wide' or 'tidy'"):
        archive.table(shape="tall")
    with pytest.raises(UsageError, match="use 'submission' or 'task'"):
        archive.table(by="rater")
    with pytest.raises(UsageError, match="has no archive"):
        ResponseTable([])
    with pytest.raises(UsageError, match=r"\.parquet, \.csv, \.jsonl, \.arrow"):
        archive.table().write(tmp_path / "o.ods")
    for way in (archive.to_csv, archive.table().write):
        with pytest.raises(UsageError, match="'escaped': .* 'escape' or 'keep'"):
            way(tmp_path / "o.csv", formulas="escaped")
    (tmp_path / "o.csv").touch()
    with pytest.raises(TargetExistsError, match="overwrite"):
        archive.to_csv(tmp_path / "o.csv")
    with pytest.raises(ArchiveError, match="cannot be written"):
        archive.to_csv(tmp_path / "none" / "o.csv")
