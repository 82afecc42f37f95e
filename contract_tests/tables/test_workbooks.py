"""Tables for Excel, SPSS and Stata, read back by other libraries."""

from datetime import datetime

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from prolific_exports import ExportArchive, ResponseTable, UsageError
from prolific_exports._tables import _spreadsheet as spreadsheet
from prolific_exports._tables import _statistics as statistics

from tables.test_tidy import amount, chosen, described, explained, submission, text, uploaded

METADATA = described(
    t="free_text",
    a="free_text_with_unit",
    c="multiple_choice",
    m="multiple_choice_with_free_text",
    s="star_rating",
)


@pytest.fixture
def archive(archive_of):
    full = submission(
        1,
        t=text("=1+1"),
        a=amount("2.5", "hours"),
        c=chosen("often"),
        m=explained(("x", "why"), ("y", "")),
        s={"type": "star_rating", "value": "4"},
    )
    other = submission(2, c=chosen("never"), t=text("007"))
    return archive_of(full, other, submission(3), metadata=METADATA)


def sheet(path, name):
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[name].iter_rows()]


def test_workbook_has_data_codebook_and_summary(archive, tmp_path):
    path = tmp_path / "t.xlsx"
    summary = archive.table(shape="tidy").write(path)
    assert (summary.rows, summary.extras, summary.cut, summary.unfit) == (3, 0, 0, 0)
    names, first, second, third = sheet(path, "data")
    assert names == list(archive.table(shape="tidy").column_names)
    assert first[0] == "s1"
    assert first[5] == datetime(2026, 3, 19, 10, 30)  # noqa: DTZ001 - Excel has no time zones
    assert dict(zip(names[7:], first[7:], strict=True)) == {
        "q1_about_t": "=1+1",
        "q2_about_a": 2.5,
        "q3_about_c": "often",
        "q4_x": 1,
        "q4_x_text": "why",
        "q4_y": 1,
        "q4_y_text": "",
        "q5_about_s": 4,
    }
    assert second[7] == "007"
    assert third[6:] == ["q1 q2 q3 q4 q5", *[None] * 8]
    codebook = {row[0]: row[1:] for row in sheet(path, "codebook")}
    assert codebook["q3_about_c"] == [
        "About c?",
        "category",
        "c",
        "multiple_choice",
        "often\nnever",
    ]
    assert ["rows", 3] in sheet(path, "summary")
    assert ["archive", archive.path.name] in sheet(path, "summary")


def test_workbook_never_has_formulas_or_links(archive_of, tmp_path):
    answers = ["=1+1", "@SUM(1)", "http://example.org", "mailto:a@b", "1e5", "00123", "9" * 20]
    records = [submission(n, t=text(value)) for n, value in enumerate(answers)]
    archive = archive_of(*records, metadata=described(t="free_text"))
    for shape in ("long", "wide", "tidy"):
        archive.table(shape=shape).write(tmp_path / f"{shape}.xlsx")
        [data] = [openpyxl.load_workbook(tmp_path / f"{shape}.xlsx")["data"]]
        cells = [cell for row in data.iter_rows(min_row=2) for cell in row]
        assert set(answers) <= {cell.value for cell in cells}
        assert {cell.data_type for cell in cells if cell.value in answers} == {"s"}
        assert not any(cell.hyperlink for cell in cells)


def test_wide_workbook_has_lists_as_json(archive_of, tmp_path):
    archive = archive_of(submission(f=uploaded("p")), metadata=described(f="file_upload"))
    assert archive.table(shape="wide").write(tmp_path / "w.xlsx").rows == 1
    [names, row] = sheet(tmp_path / "w.xlsx", "data")
    assert row[names.index("About f?")] == '[{"name": "x", "path": "p"}]'
    assert openpyxl.load_workbook(tmp_path / "w.xlsx").sheetnames == ["data", "summary"]


def test_workbook_without_rows_can_be_read(archive_of, tmp_path):
    archive = archive_of(data=b"\n", metadata=described(t="free_text"))
    assert archive.table(shape="tidy").write(tmp_path / "t.xlsx").rows == 0
    assert len(sheet(tmp_path / "t.xlsx", "data")) == 1


def test_text_that_a_cell_has_no_room_for_is_cut_and_counted(archive_of, tmp_path):
    # Excel counts UTF-16: a character beyond U+FFFF is two, and is not cut in half.
    long = "x" + "\U0001f600" * spreadsheet.LONGEST_TEXT
    archive = archive_of(submission(t=text(long)), metadata=described(t="free_text"))
    summary = archive.table(shape="tidy").write(tmp_path / "t.xlsx")
    assert summary.cut == 1
    [_, row] = sheet(tmp_path / "t.xlsx", "data")
    assert row[-1] == "x" + "\U0001f600" * (spreadsheet.LONGEST_TEXT // 2)


def test_table_with_more_rows_than_a_sheet_is_refused(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    with pytest.raises(UsageError, match=r"more rows than an Excel sheet can have \(3\)"):
        archive.table(shape="tidy").write(tmp_path / "t.xlsx")
    assert not (tmp_path / "t.xlsx").exists()
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 4)
    assert archive.table(shape="tidy").write(tmp_path / "t.xlsx").rows == 3


def test_table_with_more_columns_than_a_sheet_is_refused(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_COLUMNS", 14)
    with pytest.raises(UsageError, match="has 15 columns, and an Excel sheet can have 14"):
        archive.table(shape="tidy").write(tmp_path / "t.xlsx")


def read_back(path):
    reader = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
    return reader(path)


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_statistics_file_has_values_and_labels(archive, tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    summary = archive.table(shape="tidy").write(path)
    assert (summary.rows, summary.cut, summary.unfit) == (3, 0, 0)
    frame, about = read_back(path)
    assert list(frame.columns) == list(archive.table(shape="tidy").column_names)
    first, second, third = frame.to_dict("records")
    assert first["created_at"] == pd.Timestamp("2026-03-19T10:30:00")
    assert (first["q1_about_t"], second["q1_about_t"], third["q1_about_t"]) == ("=1+1", "007", "")
    assert first["q2_about_a"] == 2.5
    assert (first["q3_about_c"], second["q3_about_c"]) == (1, 2)
    assert (first["q4_x"], first["q4_x_text"], first["q5_about_s"]) == (1, "why", 4)
    assert (
        frame.isna().sum().to_dict() | {"q3_about_c": 1, "q4_x": 2} == frame.isna().sum().to_dict()
    )
    assert about.column_names_to_labels["q2_about_a"] == "About a? [hours]"
    assert about.variable_value_labels["q3_about_c"] == {1: "often", 2: "never"}
    assert about.variable_value_labels["q4_x"] == {0: "no", 1: "yes"}


def test_spss_file_states_measures(archive, tmp_path):
    archive.table(shape="tidy").write(tmp_path / "t.sav")
    _, about = read_back(tmp_path / "t.sav")
    measures = about.variable_measure
    assert (measures["q2_about_a"], measures["q3_about_c"], measures["q5_about_s"]) == (
        "scale",
        "nominal",
        "ordinal",
    )


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_texts_and_labels_are_cut_at_the_limits_of_the_format(archive_of, tmp_path, suffix):
    metadata = described(t="free_text", c="multiple_choice")
    metadata["instructions"][0]["description"] = "é" * 300
    # A NUL would end the text.
    record = submission(t=text("é" * 40_000), c=chosen("ö" * 40_000))
    archive = archive_of(record, submission(t=text("a\0b")), metadata=metadata)
    assert archive.table(shape="tidy").write(tmp_path / f"t{suffix}").cut == 2
    frame, about = read_back(tmp_path / f"t{suffix}")
    column = frame.columns[7]
    limit = statistics._LIMITS[suffix]
    assert len(frame[column][0].encode()) in (limit.text, limit.text - 1)
    assert frame[column][1] == "a\ufffdb"
    assert len(about.column_names_to_labels[column]) > 30
    assert set(about.variable_value_labels[frame.columns[8]][1]) == {"ö"}


@pytest.mark.parametrize("shape", ["long", "wide"])
def test_statistics_file_of_another_shape_is_refused(archive, tmp_path, shape):
    with pytest.raises(UsageError, match="use shape='tidy'"):
        archive.table(shape=shape).write(tmp_path / "t.sav")
    assert not (tmp_path / "t.sav").exists()


@pytest.mark.parametrize(
    ("suffix", "library", "extra"),
    [
        (".xlsx", "xlsxwriter", "excel"),
        (".sav", "pyreadstat", "stats"),
        (".dta", "pandas", "pandas"),
    ],
)
def test_missing_library_is_an_error_that_names_its_extra(
    archive, tmp_path, monkeypatch, suffix, library, extra
):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(UsageError, match=rf"{library} is not installed.*\[{extra}\]"):
        ResponseTable(archive, shape="tidy").write(tmp_path / f"t{suffix}")
    assert isinstance(archive, ExportArchive)


def test_sheets_begin_with_a_frozen_header(archive, tmp_path):
    archive.table(shape="tidy").write(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["data", "codebook", "summary"]
    assert {sheet.freeze_panes for sheet in book} == {"A2"}
    assert all(cell.font.bold for sheet in book for cell in sheet[1])
    assert book["data"].auto_filter.ref == "A1:O4"


UNUSUAL = ["007", "9" * 20, "=1+1", "سؤال \U0001f600 é", "line\nbreak", "1e5", " ", "NULL", "-1"]


@pytest.mark.parametrize("suffix", [".xlsx", ".sav", ".dta"])
def test_texts_are_read_back_unchanged(archive_of, tmp_path, suffix):
    records = [
        submission(number, t=text(value), c=chosen(value)) for number, value in enumerate(UNUSUAL)
    ]
    archive = archive_of(*records, metadata=described(t="free_text", c="multiple_choice"))
    path = tmp_path / f"t{suffix}"
    assert archive.table(shape="tidy").write(path).cut == 0
    if suffix == ".xlsx":
        _, *rows = sheet(path, "data")
        assert [row[7] for row in rows] == UNUSUAL
        assert [row[8] for row in rows] == UNUSUAL
        return
    frame, about = read_back(path)
    # SPSS pads texts with spaces, so those at the end are lost.
    assert frame["q1_about_t"].str.rstrip().tolist() == [value.rstrip() for value in UNUSUAL]
    labels = about.variable_value_labels["q2_about_c"]
    assert [labels[code].rstrip() for code in frame["q2_about_c"]] == [
        value.rstrip() for value in UNUSUAL
    ]
