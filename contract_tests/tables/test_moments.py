"""Every reader and every format has the same moment for the same timestamp."""

import csv
import json
from datetime import UTC, datetime

import pandas as pd
import pyarrow.parquet as pq
import pytest
from helpers.table_readers import READERS, limit_blocks, read_with
from prolific_exports import ExportArchive, ResponseTable, Submission, summarise

from tables.hostile import write

METADATA = {"instructions": [{"id": "t", "type": "free_text", "description": "t"}]}
# As written, to the microsecond in UTC, and whether that is all of it.
WRITTEN = [
    ("2026-03-19T10:30:00Z", "2026-03-19T10:30:00Z", True),
    ("2026-03-19T10:30:00.5Z", "2026-03-19T10:30:00.500000Z", True),
    ("2026-03-19T10:30:00.123456Z", "2026-03-19T10:30:00.123456Z", True),
    ("2026-03-19T10:30:00.1234567Z", "2026-03-19T10:30:00.123456Z", False),
    ("2026-03-19T10:30:00.1234560Z", "2026-03-19T10:30:00.123456Z", True),
    ("2026-03-19T10:30:00.123456789Z", "2026-03-19T10:30:00.123456Z", False),
    ("2026-03-19T10:30:00.999999999Z", "2026-03-19T10:30:00.999999Z", False),
    ("2026-03-19T10:30:00." + "0" * 30 + "Z", "2026-03-19T10:30:00Z", True),
    ("2026-03-19t10:30:00z", "2026-03-19T10:30:00Z", True),
    ("2026-03-19 10:30:00.1234567+05:30", "2026-03-19T05:00:00.123456Z", False),
    ("2026-03-19T10:30:00-00:00", "2026-03-19T10:30:00Z", True),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", False),
    ("0999-03-19T10:30:00Z", "0999-03-19T10:30:00Z", True),
]


def record(created_at):
    return {
        "submission_id": "s",
        "participant_id": "p",
        "collection_id": "k",
        "created_at": created_at,
        "responses": {"t": {"type": "free_text", "description": "t", "value": "v"}},
    }


@pytest.fixture
def archive(tmp_path):
    lines = b"".join(json.dumps(record(text)).encode() + b"\n" for text, _, _ in WRITTEN)
    return ExportArchive.open(write(tmp_path / "x.zip", METADATA, lines))


def plain(table):
    return [(row[5], row[-1]) for row in table.rows()]


def arrow(table):
    rows = table.to_arrow().to_pylist()
    return [(row["created_at"], row["extra"]) for row in rows]


def pandas(table):
    frame = table.to_pandas()
    moments = [moment.to_pydatetime() for moment in frame["created_at"]]
    extras = [None if pd.isna(extra) else extra for extra in frame["extra"]]
    return list(zip(moments, extras, strict=True))


def polars(table):
    return [(row["created_at"], row["extra"]) for row in table.to_polars().to_dicts()]


def duckdb(table):
    rows = table.to_duckdb().fetchall()
    return [(row[5], row[-1]) for row in rows]


def from_csv(table, path):
    table.to_csv(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["created_at"], row["extra"] or None) for row in csv.DictReader(file)]


def from_jsonl(table, path):
    table.write(path)
    rows = map(json.loads, path.read_text(encoding="utf-8").split("\n")[:-1])
    return [(row["created_at"], row["extra"]) for row in rows]


def from_parquet(table, path):
    table.to_parquet(path)
    return [(row["created_at"], row["extra"]) for row in pq.read_table(path).to_pylist()]


TO_ROWS = [plain, arrow, pandas, polars, duckdb, from_csv, from_jsonl, from_parquet]


def as_text(moment):
    return (
        moment
        if isinstance(moment, str)
        else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    )


@pytest.mark.parametrize("shape", ["long", "wide"])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("to_rows", TO_ROWS, ids=lambda to_rows: to_rows.__name__)
def test_all_readers_read_equal_timestamps(archive, tmp_path, monkeypatch, to_rows, reader, shape):
    read_with(monkeypatch, reader)
    # Records of one block are read by one reader; here each has a block of its own.
    limit_blocks(monkeypatch, 1)
    table = ResponseTable(archive, shape=shape)
    path = tmp_path / f"t.{to_rows.__name__.removeprefix('from_')}"

    read = to_rows(table, path) if to_rows.__name__.startswith("from_") else to_rows(table)

    assert [as_text(moment) for moment, _ in read] == [moment for _, moment, _ in WRITTEN]
    assert [json.loads(extra) if extra else None for _, extra in read] == [
        None if exact else {"record": {"created_at": text}} for text, _, exact in WRITTEN
    ]


# Arrow and other libraries accept these, and RFC 3339 does not.
@pytest.mark.parametrize(
    "text", ["2026-03-19T10:30Z", "2026-03-19T10Z", "2026-03-19T10:30:00+0100", "2026-03-19T10:30"]
)
@pytest.mark.parametrize("reader", READERS)
def test_text_that_is_no_rfc_3339_timestamp_is_kept_by_every_reader(
    tmp_path, monkeypatch, reader, text
):
    read_with(monkeypatch, reader)
    lines = json.dumps(record(text)).encode()
    archive = ExportArchive.open(write(tmp_path / "x.zip", METADATA, lines))

    for to_rows in (plain, arrow):
        [(moment, extra)] = to_rows(ResponseTable(archive))
        assert moment is None
        assert json.loads(extra) == {"record": {"created_at": text}}


def test_records_and_tables_have_equal_timestamps(archive):
    records = list(archive.responses())

    assert all(isinstance(one, Submission) for one in records)
    assert [as_text(one.created_at) for one in records] == [moment for _, moment, _ in WRITTEN]
    assert [one.extra for one in records] == [
        {} if exact else {"created_at": text} for text, _, exact in WRITTEN
    ]


def test_summary_counts_timestamps_of_every_format(archive):
    summary = summarise(archive)

    assert summary.first_created_at == datetime(999, 3, 19, 10, 30, tzinfo=UTC)
    assert as_text(summary.last_created_at) == "2026-03-19T10:30:00.999999Z"
