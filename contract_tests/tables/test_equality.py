"""The fast readers give what the plain ones give, on whatever archive."""

import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from prolific_exports import ExportArchive
from prolific_exports._tables import ResponseTable, _sources

from tables.hostile import archives, write


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


@pytest.fixture
def fast(monkeypatch):
    """Small archives are read by the fast readers too, in pieces that cut through them."""
    monkeypatch.setattr(_sources, "SMALL", 0)
    monkeypatch.setattr(_sources, "_ODD", 100)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(archive=archives())
@example(archive=ODD_INSTRUCTION)
def test_the_fast_readers_equal_the_plain_ones(fast, shape, archive):
    with tempfile.TemporaryDirectory() as folder:
        table = ResponseTable(
            ExportArchive.open(write(Path(folder, "x.zip"), *archive)), shape=shape
        )
        plain = list(table.rows())
        read = table.to_arrow()
        read.validate(full=True)
        assert read.column_names == list(table.column_names)
        rows = [tuple(column[n].as_py() for column in read.columns) for n in range(read.num_rows)]
        assert rows == plain
        assert all(row[5] is None or isinstance(row[5], datetime) for row in plain)
