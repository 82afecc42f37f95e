"""``prolific-exports show``."""

import io
import json
import re
import sys

import pytest
from archive.builders import (
    METADATA,
    PHOTO,
    ROOT,
    collection_members,
    json_lines,
    write_zip,
)
from helpers import api
from rich.cells import cell_len


def submission(number, **responses):
    return {
        "submission_id": f"s{number}",
        "participant_id": f"p{number % 2}",
        "created_at": f"2026-03-{10 + number}T10:30:00Z",
        "responses": responses,
    }


def text(value):
    return {"type": "free_text", "description": "Say something", "value": value}


def test_show_json(cli, export):
    outcome = cli("show", "export.zip", "--json")
    assert (outcome.code, outcome.err, outcome.json["error"]) == (0, "", None)
    archive = outcome.json["archive"]
    assert archive["exported_at"] == "2026-03-20T10:30:00+00:00"
    assert (archive["submissions"], archive["files_size"]) == (1, len(PHOTO))
    assert archive["file_types"] == [{"suffix": ".jpg", "count": 1, "size": len(PHOTO)}]
    lengths = dict.fromkeys(("lowest", "lower_quartile", "median", "upper_quartile", "highest"), 9)
    assert archive["instructions"][0] == {
        "id": "i1",
        "type": "free_text",
        "description": "Say something",
        "answered": 1,
        "missing": 0,
        "odd": 0,
        "choices": [],
        "other_choices": 0,
        "lengths": {"count": 1, **lengths, "unit": "characters"},
        "numbers": [],
        "not_numbers": 0,
        "files": 0,
        "examples": ["Something"],
    }


def test_show_json_without_times_and_without_archive(cli, folder):
    write_zip(folder / "export.zip", {"responses.jsonl": b""})
    assert cli("show", "export.zip", "--json").json["archive"]["first_created_at"] is None
    outcome = cli("show", "none.zip", "--json")
    assert (outcome.code, outcome.json["archive"]) == (1, None)
    assert outcome.json["error"]["type"] == "ArchiveError"


def test_show_prints_the_summary(cli, export):
    outcome = cli("show", "export.zip")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "Name         A collection\n"
        "Kind         collection\n"
        "Id           col1\n"
        "Exported     2026-03-20 10:30 UTC\n"
        "Submissions  1 from 1 participant\n"
        "Period       2026-03-19 10:30 UTC to 2026-03-19 10:30 UTC\n"
        f"Files        1 ({len(PHOTO)} bytes): 1 .jpg ({len(PHOTO)} bytes)\n"
        "\n"
        "1. Say something\n"
        "   free_text; 1 of 1 answered\n"
        "   9 characters\n"
        "   - Something\n"
        "\n"
        "2. Show it\n"
        "   file_upload; 1 of 1 answered\n"
        "   1 file\n"
        "   - Photo.JPG\n"
    )


def answered(cli, folder, *responses):
    """What is said of one instruction with these answers."""
    records = (submission(n, i1=response) for n, response in enumerate(responses))
    write_zip(folder / "export.zip", {"responses.jsonl": json_lines(*records)})
    return cli("show", "export.zip").out.split("\n\n")[1].splitlines()


def chosen(*values):
    return {"type": "multiple_choice", "description": "Which?", "values": values}


def test_show_draws_choices_as_bars(cli, folder):
    lines = answered(cli, folder, *[chosen("yes", "no")] * 2, *[chosen("yes")] * 2, chosen())
    assert lines == [
        "1. Which?",
        "   multiple_choice; 4 of 5 answered (1 missing)",
        f"   yes {28 * '█'} 4 100 %",
        f"   no  {14 * '█'}               2  50 %",
    ]


def test_show_sums_up_rare_choices(cli, folder):
    options = [f"option {n}" for n in range(15)] + [""]
    lines = answered(cli, folder, chosen(*options, *options[4:]))
    assert len(lines) == 15
    assert "   (empty)" in lines[13]
    assert re.fullmatch("   4 more options +4", lines[14])
    many = chosen(*(f"o{n}" for n in range(1001)))
    assert re.fullmatch("   others +989", answered(cli, folder, many)[14])


def with_unit(value, unit):
    return {"type": "free_text_with_unit", "description": "How long?", "value": value, "unit": unit}


def test_show_prints_quartiles_of_numbers(cli, folder):
    given = [("1", "h"), ("2", "h"), ("1234.5", "h"), ("7", ""), ("long", "h")]
    odd = {"type": "free_text_with_unit", "value": 5}
    assert answered(cli, folder, *(with_unit(*one) for one in given), odd) == [
        "1. How long?",
        "   free_text_with_unit; 6 of 6 answered",
        "   3 numbers: 1 to 1,234.5 h, median 2, quartiles 1 and 1,230",
        "   1 number: 7 (no unit)",
        "   1 answer without a plain number",
        "   1 answer in an undocumented form",
    ]
    several = answered(cli, folder, *(with_unit("1", f"u{n}") for n in range(5)))
    assert several[-2:] == ["   1 number: 1 u3", "   ... (5 units in total)"]


def test_show_cuts_the_list_of_file_types(cli, folder):
    names = ["noend", *(f"x.t{n}" for n in range(7))]
    members = {f"r/files/{name}": b"" for name in names} | {"r/responses.jsonl": b""}
    write_zip(folder / "export.zip", members)
    out = " ".join(cli("show", "export.zip").out.split())
    assert "8 (0 bytes): 1 without extension (0 bytes), 1 .t0 (0 bytes)," in out
    assert out.endswith("1 .t4 (0 bytes), ...")


def test_show_counts_the_tasks_of_a_batch(cli, folder):
    tasks = [{"responses": {"i1": text("a")}}, {"responses": {}}]
    records = json_lines({"submission_id": "s", "participant_id": "p", "tasks": tasks})
    write_zip(folder / "export.zip", {"responses-by-submission.jsonl": records})
    out = cli("show", "export.zip").out
    assert "Submissions  1 from 1 participant, 2 tasks answered\n" in out
    assert "free_text; 1 of 2 answered (1 missing)" in out


@pytest.mark.parametrize("columns", ["20", "50", "300"])
def test_show_fits_every_width(cli, folder, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    lines = answered(cli, folder, chosen("long " * 50, "料理" * 40, "x" * 300), text("y" * 90))
    assert max(map(cell_len, lines)) <= min(int(columns), 100)
    assert any("料理" in line for line in lines)


@pytest.mark.parametrize(
    ("columns", "width"),
    [("\N{SUPERSCRIPT TWO}", 80), ("0", 80), ("-1", 80), ("", 80), ("wide", 80), ("1", 20)],
)
def test_show_ignores_invalid_widths(cli, export, monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", str(width))
    expected = cli("show", "export.zip").out
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", columns)
    outcome = cli("show", "export.zip")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == expected != ""


def test_show_prints_the_whole_id_on_a_narrow_terminal(cli, folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "24")
    id_ = "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"
    members = collection_members()
    members[f"{ROOT}collection.json"] = json.dumps({"collection_id": id_}).encode()
    write_zip(folder / "export.zip", members)
    out = cli("show", "export.zip").out
    assert id_ in "".join(out.split())
    assert "…" not in out


def test_show_fits_80_columns(cli, folder):
    long = "word " * 60 + "x" * 200
    instruction = {
        "id": "i1",
        "type": "multiple_choice_with_free_text",
        "description": long,
    }
    members = collection_members(*(submission(n, i1=text(f"{n} {long}")) for n in range(3)))
    members[f"{ROOT}collection.json"] = json.dumps(
        METADATA | {"instructions": [instruction]}
    ).encode()
    write_zip(folder / "export.zip", members)
    out = cli("show", "export.zip").out
    assert max(map(len, out.splitlines())) <= 80
    assert "multiple_choice" in out
    assert "_with_free_text" in out
    assert "Submissions  3 from 2 participants" in out
    assert "2026-03-10 10:30 UTC to 2026-03-12 10:30 UTC" in out
    assert len(re.findall("- [012] word", out)) == 3


def test_show_escapes_control_characters_and_markup_of_answers(cli, folder):
    evil = "\x1b[31mred\x1b[0m \x9b2J [bold]not bold[/bold] [/] :smile: \u202eback\r\nnext"
    members = collection_members(submission(1, i1=text(evil)))
    metadata = METADATA | {"name": evil, "collection_id": evil}
    members[f"{ROOT}collection.json"] = json.dumps(metadata).encode()
    write_zip(folder / "export.zip", members)
    out = cli("show", "export.zip").out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out)
    assert out.splitlines()[0] == (
        r"Name         \x1b[31mred\x1b[0m \x9b2J [bold]not bold[/bold] [/] :smile:"
    )
    assert "[bold]" in out.split("   - ")[1]


def test_show_counts_records_in_an_undocumented_layout(cli, folder):
    instructions = [{"id": "i1"}]
    write_zip(
        folder / "export.zip",
        {
            "batch.json": json.dumps({"instructions": instructions}).encode(),
            "responses-by-submission.jsonl": json_lines({"a": 1}, {"b": 2}),
        },
    )
    assert cli("show", "export.zip").out == (
        "Name     (none)\n"
        "Kind     batch\n"
        "Records  2 in an undocumented layout\n"
        "Files    0 (0 bytes)\n"
        "\n"
        "1. i1\n"
        "   unknown type; answers unknown\n"
    )


def test_show_empty_archive(cli, folder):
    write_zip(folder / "export.zip", {"responses.jsonl": b""})
    assert cli("show", "export.zip").out == (
        "Name         (none)\n"
        "Kind         collection\n"
        "Submissions  0 from 0 participants\n"
        "Files        0 (0 bytes)\n"
    )


class Stdout(io.TextIOWrapper):
    def __init__(self, encoding, *, terminal=False):
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def text(self):
        return self.buffer.getvalue().decode(self.encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_show_is_printed_in_any_encoding(cli, folder, monkeypatch, encoding):
    words = ["naïve", "шакшука", "🥘", "\ud800"]
    records = [submission(1, i1=text(" ".join(words)), i2=chosen("a"))]
    write_zip(folder / "export.zip", collection_members(*records))
    stdout = Stdout(encoding)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert cli("show", "export.zip").code == 0
    shown = stdout.text()
    assert ("naïve" if encoding != "ascii" else r"na\xefve") in shown
    assert ("🥘" if encoding == "utf-8" else r"\U0001f958") in shown
    assert ("a ██" if encoding == "utf-8" else "a ##") in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("no_color", [False, True])
def test_show_on_a_terminal_has_bold_headings_and_coloured_bars(cli, folder, monkeypatch, no_color):
    write_zip(folder / "export.zip", {"responses.jsonl": json_lines(submission(1, i1=chosen("a")))})
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1" if no_color else "")
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: False)
    stdout = Stdout("utf-8", terminal=True)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert cli("show", "export.zip").code == 0
    assert "\x1b[1m" in stdout.text()
    assert ("\x1b[36m" in stdout.text()) is not no_color


def test_show_on_a_legacy_console_prints_no_escape_sequences(cli, export, monkeypatch):
    """Windows consoles interpret them only in a mode that has to be switched on."""
    plain = cli("show", "export.zip").out
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: True)
    stdout = Stdout("utf-8", terminal=True)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert cli("show", "export.zip").code == 0
    assert stdout.text() == plain


def test_show_without_stdout_exits_with_0(cli, export, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert cli("show", "export.zip").code == 0


def test_show_archive_without_metadata(cli, folder):
    (folder / "export.zip").write_bytes(api.ARCHIVE)
    assert "Kind         unknown\nSubmissions  1 from" in cli("show", "export.zip").out


def test_show_cuts_long_names_and_wordings(cli, folder):
    long = "word " * 100_000
    metadata = {"name": long, "instructions": [{"id": long, "type": long}]}
    members = {"collection.json": json.dumps(metadata).encode(), "responses.jsonl": b""}
    write_zip(folder / "export.zip", members)
    out = cli("show", "export.zip").out
    assert len(out) < 1000
    assert out.count("...") == 3
