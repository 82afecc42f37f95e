"""Tables of several archives, their uploads, and what a table refuses."""

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from archive.builders import PHOTO, SUBMISSION, collection_members, write_zip
from helpers.table_readers import read_with
from prolific_exports import (
    ExportArchive,
    ResponseTable,
    TableSummary,
    TargetExistsError,
    UsageError,
)
from prolific_exports._tables import _optional_libraries

from tables.records import EVERYTHING, answer, record


def test_tables_of_several_archives_have_a_source_column(archive_of, tmp_path, monkeypatch):
    read_with(monkeypatch, "fast")
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


@pytest.mark.parametrize(
    "read",
    [
        lambda table: list(table.rows()),
        lambda table: list(table.iter_batches()),
        lambda table: table.to_arrow(),
        lambda table: table.to_pandas(),
        lambda table: table.to_polars(),
        lambda table: table.to_duckdb(),
    ],
    ids=["rows", "iter_batches", "to_arrow", "to_pandas", "to_polars", "to_duckdb"],
)
def test_frame_warns_until_the_files_are_extracted(tmp_path, read):
    archive = ExportArchive.open(write_zip(tmp_path / "x.zip", collection_members()))
    up = tmp_path / "up"
    table = archive.table(files=up)

    with pytest.warns(UserWarning, match="lacks files") as warned:
        read(table)
    assert warned[0].filename == __file__
    assert f"extract({str(up)!r})" in str(warned[0].message)

    archive.extract(up)
    read(table)
    paths = [path for path in table.to_arrow()["file_path"].to_pylist() if path]
    assert [Path(path).read_bytes() for path in paths] == [PHOTO]


def test_uploads_are_removed_if_others_cannot_be_extracted(tmp_path):
    archive = ExportArchive.open(write_zip(tmp_path / "x.zip", collection_members()))
    (tmp_path / "up/2").mkdir(parents=True)
    (tmp_path / "up/2/mine").touch()
    with pytest.raises(TargetExistsError):
        ResponseTable([archive, archive], files=tmp_path / "up").write(tmp_path / "o.csv")
    assert [path.name for path in (tmp_path / "up").iterdir()] == ["2"]


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
    read_with(monkeypatch, "fast")
    assert archive.to_csv(tmp_path / "o.csv", shape="wide").rows == 1


def test_broken_library_is_not_reported_as_missing(monkeypatch):
    def broken(module):
        raise ModuleNotFoundError(name="numpy")

    monkeypatch.setattr(_optional_libraries, "import_module", broken)
    with pytest.raises(ModuleNotFoundError):
        _optional_libraries.require("pyarrow")


def test_tables_import_only_needed_libraries(archive_of, tmp_path):
    small = archive_of(record(EVERYTHING))
    large = archive_of(*[record(EVERYTHING)] * 1000, name="large.zip")
    script = (
        "import sys, prolific_exports\n"
        "for path in sys.argv[2:]:\n"
        "    archive = prolific_exports.ExportArchive.open(path)\n"
        "    archive.to_parquet(sys.argv[1], overwrite=True)\n"
        "    archive.to_parquet(sys.argv[1], shape='wide', overwrite=True)\n"
        "print(sys.modules.keys() & {'pandas', 'pyarrow.compute'})"
    )
    paths = [tmp_path / "o.parquet", small.path, large.path]
    command = [sys.executable, "-c", script, *map(str, paths)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
