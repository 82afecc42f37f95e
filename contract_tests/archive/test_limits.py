"""What archives may hold: their limits are ours, and the same for every reader."""

import json
import tracemalloc

import pytest
from helpers.command import main
from helpers.table_readers import limit_blocks, read_with
from prolific_exports import ExportArchive, ResponseTable, UnsafeArchiveError, summarise
from prolific_exports._archive import _json, _lines, _summary
from prolific_exports._tables import _fast, _instructions

from archive.builders import METADATA, SUBMISSION, write_zip

MIB = 1 << 20


@pytest.fixture
def archive_of(tmp_path):
    def build(responses, metadata=METADATA):
        members = {"responses.jsonl": responses, "collection.json": json.dumps(metadata).encode()}
        return ExportArchive.open(write_zip(tmp_path / "x.zip", members))

    return build


def records(archive, folder):
    return list(archive.responses())


def show(archive, folder):
    return summarise(archive)


def csv(archive, folder):
    return archive.to_csv(folder / "o.csv", overwrite=True)


def wide_jsonl(archive, folder):
    return archive.table(shape="wide").write(folder / "o.jsonl", overwrite=True)


def parquet(archive, folder):
    return archive.to_parquet(folder / "o.parquet", overwrite=True)


def wide_arrow(archive, folder):
    return archive.table(shape="wide").write(folder / "o.arrow", overwrite=True)


def with_files(archive, folder):
    folder = folder / "files"
    return ResponseTable(archive, files=folder).write(folder.with_name("o.csv"), overwrite=True)


READERS = pytest.mark.parametrize(
    "read", [records, show, csv, wide_jsonl, parquet, wide_arrow, with_files]
)


@pytest.fixture
def fast(monkeypatch):
    """Small archives are read by the fast readers too."""
    read_with(monkeypatch, "fast")


def answer(**fields):
    submission = {"submission_id": "s", "responses": {"i1": {"type": "multiple_choice", **fields}}}
    return json.dumps(submission).encode() + b"\n"


def nested(depth):
    # Three levels are around it.
    return answer(extra=json.loads("[" * (depth - 3) + "]" * (depth - 3)))


@READERS
def test_record_nested_at_the_limit_is_read(archive_of, read, tmp_path):
    assert read(archive_of(nested(100)), tmp_path)


@pytest.mark.parametrize("line", [nested(101), nested(900), b"[" * 100_000])
@READERS
def test_record_nested_deeper_is_refused_by_every_reader(archive_of, read, line, fast, tmp_path):
    archive = archive_of(json.dumps(SUBMISSION).encode() + b"\n\n" + line)
    with pytest.raises(UnsafeArchiveError, match="jsonl, line 3 is nested deeper than 100 levels"):
        read(archive, tmp_path)


@pytest.fixture
def few_values(monkeypatch):
    for module in (_json, _fast):
        monkeypatch.setattr(module, "MAX_VALUES", 1000)


@READERS
def test_record_with_too_many_values_is_refused_by_every_reader(
    archive_of, read, few_values, fast, tmp_path
):
    metadata = {"instructions": [{"id": "i1", "type": "multiple_choice"}]}
    line = answer(values=["a"] * 990)
    assert read(archive_of(line, metadata), tmp_path)
    for more in (answer(values=["a"] * 1000), answer(values=[{}] * 500)):
        archive = archive_of(line + more + line, metadata)
        with pytest.raises(UnsafeArchiveError, match="line 2 has more than 1,000 values"):
            read(archive, tmp_path)


@READERS
def test_line_beyond_the_size_is_refused_by_every_reader(archive_of, read, monkeypatch, tmp_path):
    monkeypatch.setattr(_lines, "MAX_TEXT_SIZE", MIB)
    archive = archive_of(b"\n" + answer() + answer(values=["x" * (2 * MIB)]))
    with pytest.raises(UnsafeArchiveError, match="line 3, is longer than 1 MiB"):
        read(archive, tmp_path)


@pytest.mark.unmeasured
@pytest.mark.every_python
@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \n"])
@READERS
def test_blank_lines_are_skipped_in_bounded_memory(
    archive_of, read, blank, fast, monkeypatch, tmp_path
):
    limit_blocks(monkeypatch, 1 << 18)
    archive = archive_of(blank * (20 * MIB // len(blank)) + answer())
    tracemalloc.start()
    try:
        assert read(archive, tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * MIB


def in_metadata(count):
    instructions = [{"id": f"{n}"} for n in range(count)]
    return b'{"submission_id": "s", "responses": {}}', {"instructions": instructions}


def in_one_record(count):
    record = {"submission_id": "s", "responses": {f"{n}": {} for n in range(count)}}
    return json.dumps(record).encode(), {}


def in_as_many_records(count):
    lines = (
        json.dumps({"submission_id": "s", "responses": {f"{n}": {}}}).encode() for n in range(count)
    )
    return b"\n".join(lines), {}


@pytest.mark.parametrize("made", [in_metadata, in_one_record, in_as_many_records])
@pytest.mark.parametrize("read", [show, wide_jsonl, wide_arrow])
def test_instructions_beyond_the_limit_are_refused(archive_of, made, read, monkeypatch, tmp_path):
    for module in (_summary, _instructions):
        monkeypatch.setattr(module, "MAX_INSTRUCTIONS", 20)
    monkeypatch.setattr("prolific_exports._archive._metadata.MAX_INSTRUCTIONS", 20)
    assert read(archive_of(*made(20)), tmp_path)
    with pytest.raises(UnsafeArchiveError, match=r"jsonl?.* has more than 10,000 instructions"):
        read(archive_of(*made(21)), tmp_path)


def test_show_and_table_report_a_limit_in_one_line(archive_of, capsys, tmp_path):
    archive = archive_of(nested(101))
    for command in (["show"], ["table"]):
        more = [str(tmp_path / "o.csv")] if command == ["table"] else []
        assert main([*command, str(archive.path), *more]) == 1
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert "nested deeper than 100 levels, which is the limit: this looks like a ZIP" in error
