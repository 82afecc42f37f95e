import json

import pytest
from helpers.table_readers import READERS, read_with
from prolific_exports import ExportArchive, ResponseTable

from tables.hostile import write
from tables.records import DESCRIBED


@pytest.fixture
def archive_of(tmp_path):
    def archive_of(*records, metadata=DESCRIBED, data=None, name="x.zip"):
        if data is None:
            data = b"".join(json.dumps(one).encode() + b"\n" for one in records)
        return ExportArchive.open(write(tmp_path / name, metadata, data))

    return archive_of


@pytest.fixture(params=READERS)
def read(request, monkeypatch):
    """The rows as dictionaries without nulls, by either reader of records."""
    read_with(monkeypatch, request.param)

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
