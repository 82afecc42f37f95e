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
from prolific_exports._tables._values import loads

from tables.hostile import archives, write

pytestmark = pytest.mark.unmeasured


def as_tuples(table):
    return [tuple(row.values()) for row in table.to_pylist()]


@pytest.fixture(params=["long", "wide"])
def shape(request):
    return request.param


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
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(archive=archives(), cut=st.sampled_from(CUTS))
@example(archive=ODD_INSTRUCTION, cut=CUTS[0])
def test_fast_reader_equals_the_reference_reader(fast, shape, archive, cut):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(_decoders, "CHUNK", cut[0])
        limit_blocks(patch, cut[1])
        table = ResponseTable(
            ExportArchive.open(write(Path(folder, "x.zip"), *archive)), shape=shape
        )
        plain = plain_rows(table, archive[1])
        assert list(table.rows()) == plain
        read = table.to_arrow()
        read.validate(full=True)
        assert read.column_names == list(table.column_names)
        rows = [tuple(column[n].as_py() for column in read.columns) for n in range(read.num_rows)]
        assert rows == plain
        assert all(row[5] is None or isinstance(row[5], datetime) for row in plain)
