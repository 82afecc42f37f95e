"""The fast readers give what the plain ones give, on whatever archive."""

import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from helpers.table_readers import limit_blocks, limit_detours, read_with
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from prolific_exports import ExportArchive, ResponseTable
from prolific_exports._archive import _decoders
from prolific_exports._archive._json import values_of
from prolific_exports._archive._lines import Block
from prolific_exports._tables._record_parts import record_parts
from prolific_exports._tables._values import encodable, loads

from tables.hostile import archives, write

pytestmark = pytest.mark.unmeasured


def as_tuples(table):
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.fixture(params=["long", "long with missing", "wide"])
def shape(request):
    """The arguments for the shape of a table."""
    name, _, missing = request.param.partition(" with ")
    return {"shape": name, "missing": bool(missing)}


# The fast reader leaves such a column, which is not of texts, to the plain one.
ODD_INSTRUCTION = (
    {"instructions": [{"id": "\ud800", "type": "free_text_with_unit", "description": "How?"}]},
    b'{"submission_id": "s", "responses": {}}\n',
)


# Bytes of the pieces that content comes in, and of the blocks that are made of them.
CUTS = [(1 << 18, 4 << 20), (7, 300), (64, 1), (1000, 100)]


@pytest.fixture
def fast(monkeypatch):
    """Small archives are read by the fast readers too, in pieces that cut through them."""
    read_with(monkeypatch, "fast")
    limit_detours(monkeypatch, 100)


def plain_rows(table, data):
    """The rows of lines that nothing has cut."""
    read = table._content.reference_reader(0)
    lines = Block(data.removeprefix(b"\xef\xbb\xbf"), 1)
    return [row for record in values_of(lines, "", loads) for row in read(record)]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(archive=archives())
@example(archive=ODD_INSTRUCTION)
def test_unanswered_questions_are_added_and_nothing_else(archive):
    with tempfile.TemporaryDirectory() as folder:
        opened = ExportArchive.open(write(Path(folder, "x.zip"), *archive))
        table = opened.table(missing=True)
        at = table.column_names.index("missing")
        rows = list(table.rows())
        kept = [(*row[:at], *row[at + 1 :]) for row in rows if not row[at]]
        assert kept == list(opened.table().rows())
        # A question has an entry in a submission, or a row that says that it has none.
        place = table.column_names.index("instruction_id")
        ids = [column.id for column in table._content._questions_of(0)]
        parts = [
            part.responses
            for one in table._content.sources[0].records()
            for part in record_parts(one)
            if part.responses is not None
        ]
        expected = [encodable(id_) for part in parts for id_ in ids if id_ not in part]
        assert [row[place] for row in rows if row[at]] == expected
        assert all(id_ in ids for part in parts for id_ in part)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(archive=archives(), cut=st.sampled_from(CUTS))
@example(archive=ODD_INSTRUCTION, cut=CUTS[0])
def test_fast_reader_equals_the_reference_reader(fast, shape, archive, cut):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(_decoders, "CHUNK", cut[0])
        limit_blocks(patch, cut[1])
        table = ResponseTable(ExportArchive.open(write(Path(folder, "x.zip"), *archive)), **shape)
        plain = plain_rows(table, archive[1])
        assert list(table.rows()) == plain
        read = table.to_arrow()
        read.validate(full=True)
        assert read.column_names == list(table.column_names)
        rows = [tuple(column[n].as_py() for column in read.columns) for n in range(read.num_rows)]
        assert rows == plain
        assert all(row[5] is None or isinstance(row[5], datetime) for row in plain)
