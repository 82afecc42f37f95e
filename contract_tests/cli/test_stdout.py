"""``-`` for stdout: archives and tables that go there, and what never becomes a file."""

import errno
import io
import os
import stat
import sys
import tempfile

import pytest
from archive.builders import collection_members, write_zip
from helpers import api
from prolific_contract import cli as contract_command
from prolific_exports import ExportArchive
from prolific_exports._cli._parser import build_parser

ID = api.COLLECTION


class Stdout(io.TextIOWrapper):
    """A stdout in memory.

    Attributes:
        is_terminal: Whether it says that it is a terminal.
        fails_with: The number of the error that writing raises.
    """

    def __init__(self, *, is_terminal=False, fails_with=None):
        self.is_terminal = is_terminal
        self.sink = _Sink(fails_with)
        super().__init__(self.sink, encoding="utf-8", newline="")

    def isatty(self):
        return self.is_terminal

    @property
    def content(self):
        self.flush()
        return self.sink.getvalue()


class _Sink(io.BytesIO):
    def __init__(self, fails_with):
        super().__init__()
        self.fails_with = fails_with

    def write(self, data):
        if self.fails_with is not None:
            raise OSError(self.fails_with, os.strerror(self.fails_with))
        return super().write(data)


@pytest.fixture
def out(monkeypatch):
    """Replaces stdout."""

    def replace(**properties):
        stdout = Stdout(**properties)
        monkeypatch.setattr(sys, "stdout", stdout)
        return stdout

    return replace


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The system's folder for temporary files, empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def served(router):
    router.get(api.post_url("collection")).mock(return_value=api.jobs())
    router.post(api.post_url("collection")).mock(return_value=api.generating())
    router.get(api.get_url("collection")).mock(return_value=api.complete())
    return router.get(url__startswith=api.STORE).mock(return_value=api.stored())


def test_download_to_stdout_streams_the_verified_archive(cli, folder, temporary, served, out):
    stdout = out()
    outcome = cli("download", "collection", ID, "-o", "-")
    assert outcome.code == 0
    assert stdout.content == api.ARCHIVE
    assert f"collection {ID}: saved" in outcome.err
    assert list(folder.iterdir()) == list(temporary.iterdir()) == []


def test_archive_waits_in_a_folder_that_others_cannot_read(cli, temporary, served, out):
    modes = []

    def stored(_):
        modes.extend(stat.S_IMODE(one.stat().st_mode) for one in temporary.iterdir())
        return api.stored()

    served.mock(side_effect=stored)
    out()
    assert cli("download", "collection", ID, "-o", "-").code == 0
    assert modes == [stat.S_IRWXU] or os.name == "nt"


@pytest.mark.parametrize(
    "damage",
    [api.ARCHIVE[:-1], api.ARCHIVE.replace(b"Because", b"becausE")],
    ids=["cut off", "changed"],
)
def test_download_to_stdout_that_fails_writes_nothing(cli, temporary, served, out, damage):
    damaged = bytearray(damage)
    damaged[60] ^= 1
    served.mock(return_value=api.stored(bytes(damaged)))
    stdout = out()
    outcome = cli("download", "collection", ID, "--output", "-")
    assert outcome.code == 1
    assert stdout.content == b""
    assert "error" in outcome.err
    assert list(temporary.iterdir()) == []


def test_download_to_stdout_suggests_the_same_command(cli, router, served, out):
    router.get(api.get_url("collection")).mock(return_value=api.generating())
    out()
    outcome = cli("download", "collection", ID, "-o", "-", "--timeout", "9")
    assert outcome.code == 3
    line = f"collection {ID} --export-id {api.EXPORT_ID} --output=- --timeout 9"
    assert f"To resume, run: prolific-exports download {line}\n" in outcome.err


def test_interrupt_after_the_download_prints_no_path(cli, temporary, served, out, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(ExportArchive, "open", interrupted)
    stdout = out()
    outcome = cli("download", "collection", ID, "-o", "-")
    assert (outcome.code, stdout.content) == (130, b"")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([ID, "other"], "writes one archive to stdout: give one id"),
        (["-"], "writes one archive to stdout: give one id"),
        (["--workspace", "w"], "writes one archive to stdout: give one id"),
        ([ID, "--extract", "x"], "--extract reads a saved archive: give a file for --output"),
        ([ID, "--table", "x.csv"], "--table reads a saved archive"),
        ([ID, "--delete-after"], "--delete-after needs a saved archive"),
        ([ID, "--json"], "--json also writes to stdout"),
    ],
)
def test_download_to_stdout_refuses_what_needs_a_file(
    cli, router, folder, monkeypatch, out, arguments, message
):
    stdin = io.TextIOWrapper(io.BytesIO(ID.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    out()
    outcome = cli("download", "collection", *arguments, "--output", "-")
    assert outcome.code == 2
    assert message in outcome.err
    assert not router.calls
    assert list(folder.iterdir()) == []


BINARY = [
    ["download", "collection", ID, "--output", "-"],
    ["table", "export.zip", "-", "--format", "parquet"],
    ["table", "export.zip", "-", "--format", "arrow"],
    ["table", "export.zip", "-", "--format", "xlsx"],
    ["table", "export.zip", "-", "--format", "sav"],
]


@pytest.mark.parametrize("arguments", BINARY)
def test_terminal_gets_no_binary_data(cli, router, export, out, arguments):
    stdout = out(is_terminal=True)
    outcome = cli(*arguments)
    assert (outcome.code, stdout.content) == (2, b"")
    assert "would print binary data on the terminal: give a path, or redirect" in outcome.err
    assert not router.calls


@pytest.mark.parametrize("arguments", BINARY)
def test_process_without_stdout_gets_no_binary_data(cli, export, monkeypatch, arguments):
    monkeypatch.setattr(sys, "stdout", None)
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert "writes to stdout, but there is none" in outcome.err


def test_table_without_stdout_exits_with_1(cli, export, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    outcome = cli("table", "export.zip", "-", "--quiet")
    assert outcome.code == 1
    assert "There is no stdout to write the result to." in outcome.err


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EINVAL])
@pytest.mark.parametrize("command", ["download", "table"])
def test_reader_that_leaves_ends_the_command_quietly(
    cli, temporary, served, export, out, command, number
):
    out(fails_with=number)
    outcome = (
        cli("download", "collection", ID, "-o", "-", "--quiet")
        if command == "download"
        else cli("table", "export.zip", "-", "--quiet")
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert list(temporary.iterdir()) == []


def test_stdout_that_is_full_exits_with_1(cli, temporary, export, out):
    out(fails_with=errno.ENOSPC)
    outcome = cli("table", "export.zip", "-", "--quiet")
    assert outcome.code == 1
    assert outcome.err == (
        "prolific-exports: error: Cannot write the result to stdout: "
        f"{os.strerror(errno.ENOSPC)}.\n"
    )
    assert list(temporary.iterdir()) == []


def test_folder_for_temporary_files_that_is_missing_names_the_variable(
    cli, router, export, out, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    out()
    outcome = cli("table", "export.zip", "-")
    assert outcome.code == 1
    assert "Cannot create a folder in " in outcome.err
    assert outcome.err.endswith("TMPDIR chooses another place.\n")


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "arrow"])
def test_table_to_stdout_has_the_bytes_of_the_file(cli, folder, export, out, format_):
    stdout = out()
    file = cli("table", "export.zip", f"out.{format_}")
    stdout.sink.truncate(0)
    stdout.sink.seek(0)
    outcome = cli("table", "export.zip", "-", "--format", format_.upper())
    assert (file.code, outcome.code) == (0, 0)
    assert outcome.err == "stdout: 2 rows\n"
    assert stdout.content == (folder / f"out.{format_}").read_bytes()
    assert not (folder / "-").exists()


def test_table_for_spreadsheets_goes_to_stdout(cli, export, out):
    stdout = out()
    assert cli("table", "export.zip", "-", "--format", "xlsx").code == 0
    assert stdout.content.startswith(b"PK")


def test_table_to_stdout_is_csv_by_default(cli, export, out):
    stdout = out()
    assert cli("table", "export.zip", "-", "--formulas", "keep").code == 0
    assert stdout.content.startswith(b'"submission_id","')


def test_table_on_a_terminal_has_no_control_characters(cli, folder, out):
    odd = {"responses": {"i": {"type": "free_text", "value": "\x1b[2J\nb\r\u202e"}}}
    write_zip(folder / "export.zip", collection_members(odd))
    stdout = out(is_terminal=True)
    assert cli("table", "export.zip", "-").code == 0
    shown = stdout.content.decode()
    assert "\x1b" not in shown
    assert "\\x1b[2J\nb\\r\\u202e" in shown
    assert shown.startswith('"submission_id",')


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["table", "export.zip", "-", "--format", "xml"], "Unknown format 'xml': use one of"),
        (["table", "export.zip", "o.csv", "--format", "csv"], "--format is for stdout (-)"),
    ],
)
def test_table_format_that_does_not_fit_exits_with_2(cli, export, arguments, message):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert message in outcome.err


WRITTEN = {"output", "extract", "table", "files", "directory", "report", "record", "baseline"}


def paths(build):
    """The commands of a parser, each with an argument that takes a path to write."""
    commands = next(action for action in build()._actions if action.choices)
    for command, parser in commands.choices.items():
        for action in parser._actions:
            if action.dest in WRITTEN and action.type is not int:
                yield command, action.dest


def test_every_command_that_writes_a_file_is_tested_below():
    assert set(paths(build_parser)) == {(one[0], one[1]) for one in OURS}
    assert set(paths(contract_command.build_parser)) == {(one[0], one[1]) for one in THEIRS}


OURS = [
    ("codebook", "output", ["export.zip", "--output", "-"]),
    ("download", "output", ["collection", ID, "ID2", "--output", "-"]),
    ("download", "extract", ["collection", ID, "--extract", "-"]),
    ("download", "table", ["collection", ID, "--table", "-"]),
    ("extract", "directory", ["export.zip", "-"]),
    ("mcp", "directory", ["-"]),
    ("table", "output", ["export.zip", "-"]),
    ("table", "files", ["export.zip", "out.csv", "--files", "-"]),
]
THEIRS = [
    ("build", "output", ["--output", "-"]),
    ("check", "report", ["--report", "json=-", "--har", "x.har", "--batch", "b"]),
    ("check", "report", ["--report=-", "--har", "x.har", "--batch", "b"]),
    ("check", "record", ["--record=-", "--target", "http://127.0.0.1:9", "--batch", "b"]),
    (
        *("check", "baseline"),
        ["--baseline=-", "--update-baseline", "--target", "http://127.0.0.1:9", "--batch", "b"],
    ),
    ("demo", "output", ["--output", "-"]),
    ("generate", "output", ["--output", "-"]),
    ("import", "output", ["missing.yaml", "--output", "-"]),
]


@pytest.mark.parametrize(("command", "name", "arguments"), OURS)
def test_no_command_creates_a_file_named_as_stdout(
    cli, router, served, export, folder, out, command, name, arguments
):
    out()
    outcome = cli(command, *arguments)
    assert [one.name for one in folder.iterdir()] == ["export.zip"]
    if (command, name) != ("table", "output"):
        assert outcome.code == 2
        assert not router.calls


@pytest.mark.parametrize(("command", "name", "arguments"), THEIRS)
def test_no_command_of_the_gate_creates_a_file_named_as_stdout(
    folder, capsys, command, name, arguments
):
    code = contract_command.main([command, *arguments])
    assert list(folder.iterdir()) == []
    if command == "build":
        assert (code, capsys.readouterr().out.count("openapi:")) == (0, 1)
    else:
        assert code == 2
