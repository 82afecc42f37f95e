"""Names that occur twice in one JSON object: no reader loses anything silently."""

import json

import pytest
from archive.builders import SUBMISSION, write_zip
from helpers.table_readers import READERS, read_with
from prolific_exports import (
    CorruptArchiveError,
    ExportArchive,
    RawJSON,
    Submission,
    UnknownRecord,
    summarise,
)

INSTRUCTIONS = [
    {"id": "i", "type": "free_text", "description": "Q"},
    {"id": "f", "type": "file_upload", "description": "Q"},
    {"id": "m", "type": "multiple_choice", "description": "Q"},
]
TEXT = '{"type":"free_text","description":"Q","value":"A"}'


def with_answers(answers):
    return f'{{"submission_id":"s","responses":{{{answers}}}}}'


LINES = {
    "record": f'{{"submission_id":"s","submission_id":"t","responses":{{"i":{TEXT}}}}}',
    "responses": f'{{"submission_id":"s","responses":{{"i":{TEXT}}},"responses":{{"i":{TEXT}}}}}',
    "answers": with_answers(f'"i":{TEXT},"i":{TEXT}'),
    "answer": with_answers('"i":{"type":"free_text","value":"A","value":"B"}'),
    "equal": with_answers('"i":{"type":"free_text","value":"A","value":"A"}'),
    "list": with_answers('"m":{"type":"multiple_choice","values":[],"values":[]}'),
    "item": with_answers('"f":{"type":"file_upload","files":[{"name":"n","path":"p","path":"q"}]}'),
    "undocumented": '{"submission_id":"s","responses":{},"more":{"a":[{"b":1.50,"b":2}]}}',
    "escaped": r'{"submission_id":"s","s\u0075bmission_id":"t","responses":{}}',
}


@pytest.fixture(params=list(LINES))
def line(request):
    return LINES[request.param]


@pytest.fixture
def archive(line, tmp_path):
    ordinary = json.dumps(SUBMISSION)
    members = {
        "responses.jsonl": f"{ordinary}\n {line} \n{ordinary}\n".encode(),
        "collection.json": json.dumps({"instructions": INSTRUCTIONS}).encode(),
    }
    return ExportArchive.open(write_zip(tmp_path / "x.zip", members))


def test_responses_give_the_text_of_a_record_that_repeats_a_name(archive, line):
    before, record, after = archive.responses()
    assert isinstance(before, Submission)
    assert before == after
    assert record == UnknownRecord(line)
    assert isinstance(record.raw, RawJSON)


def test_show_counts_a_record_that_repeats_a_name_as_unknown(archive):
    summary = summarise(archive)
    assert (summary.submissions, summary.unknown_records) == (2, 1)


@pytest.mark.parametrize("shape", ["long", "wide"])
@pytest.mark.parametrize("reader", READERS)
def test_tables_keep_a_record_that_repeats_a_name_in_extra(
    archive, line, shape, reader, monkeypatch
):
    read_with(monkeypatch, reader)
    table = archive.table(shape=shape)
    plain = [dict(zip(table.column_names, row, strict=True)) for row in table.rows()]
    for rows in (plain, table.to_arrow().to_pylist()):
        [odd] = [row for row in rows if row["submission_id"] is None]
        assert odd["extra"] == f'{{"record":{line}}}'
        assert {key for key, value in odd.items() if value is not None} == {"extra"}
        assert sum(row["submission_id"] == "sub1" for row in rows) == len(rows) - 1


def test_tables_escape_lone_surrogates_of_a_record_that_repeats_a_name(tmp_path):
    line = '{"a":"\ud800","a":"\\udfff"}'.encode("utf-8", "surrogatepass")
    archive = ExportArchive.open(write_zip(tmp_path / "x.zip", {"responses.jsonl": line}))
    [row] = archive.table().rows()
    assert row[-1] == r'{"record":{"a":"\ud800","a":"\udfff"}}'


def test_record_that_repeats_a_name_and_is_cut_off_is_an_error(tmp_path):
    archive = ExportArchive.open(
        write_zip(tmp_path / "x.zip", {"responses.jsonl": b'{"a":{"b":1,"b":2},'})
    )
    for read in (archive.responses, archive.table().rows):
        with pytest.raises(CorruptArchiveError, match="line 1 is incomplete"):
            list(read())


def test_metadata_that_repeat_a_name_are_an_error(tmp_path):
    members = {"collection.json": b'{"name":"a","name":"b"}', "responses.jsonl": b""}
    archive = ExportArchive.open(write_zip(tmp_path / "x.zip", members))
    with pytest.raises(CorruptArchiveError, match=r"collection\.json repeats a name"):
        archive.metadata  # noqa: B018 - reads
