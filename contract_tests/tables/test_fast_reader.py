"""The fast reader: which records it reads, and which it leaves to the reference reader."""

import json

import pytest
from helpers.table_readers import read_with
from prolific_exports._tables._fast import FastLong, FastWide
from prolific_exports._tables._wide import Column

from tables.records import EVERYTHING, answer, record


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


@pytest.mark.parametrize("reader", [FastLong, FastWide])
def test_ordinary_records_use_the_fast_reader(archive_of, monkeypatch, reader):
    read_with(monkeypatch, "fast")
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
