"""Command lines for users to paste."""

import os
import shlex
from contextlib import suppress
from pathlib import Path

import pytest
from helpers import api
from prolific_exports import UsageError
from prolific_exports._cli._download_options import DownloadOptions
from prolific_exports._cli._follow_up import download_command, extract_command
from prolific_exports._cli._parser import build_parser
from prolific_exports._console._shell import command_line


def test_command_line_quotes_for_the_system_shell():
    line = ["prolific-exports", "download", "it's $HOME.zip"]
    assert shlex.split(command_line(line, windows=False)) == line
    assert command_line(line, windows=True) == 'prolific-exports download "it\'s $HOME.zip"'


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        (r"C:\out\a-b_1.zip", r"C:\out\a-b_1.zip"),
        ("--from=2026-03-01T00:00:00+01:00", "--from=2026-03-01T00:00:00+01:00"),
        ("R&D.zip", '"R&D.zip"'),
        ("a,b", '"a,b"'),
        ("out (1)\\", '"out (1)\\\\"'),
        ("R&D\\", '"R&D\\\\"'),
        ("", '""'),
        ("été.zip", '"été.zip"'),
    ],
)
def test_command_line_quotes_special_characters_on_windows(argument, shown):
    assert command_line([argument], windows=True) == shown


def options(*arguments):
    return DownloadOptions.from_arguments(build_parser().parse_args(["download", *arguments]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("collection", api.COLLECTION),
        ("batch", api.BATCH, "a", "b", "--output", "out", "--extract", "data"),
        ("batch", api.BATCH, "--export-id", api.EXPORT_ID, "--overwrite"),
        ("batch", "a", "--output=-dash.zip", "--extract=-x", "--timeout", "1e9", "--quiet"),
        ("batch", "a", "--timeout", "inf", "--poll-interval", "0.1", "--json"),
    ],
)
def test_download_command_for_all_ids_has_the_same_options(arguments):
    given = options(*arguments)
    assert options(*download_command(given, given.ids, given.export_id)[2:]) == given


LEFT_OUT = ("help", "workspace", "timezone")


def download_options():
    """The options of ``download``, without its help, a source of ids, and a part of others."""
    commands = next(action for action in build_parser()._actions if action.choices)
    actions = commands.choices["download"]._actions
    return [one for one in actions if one.option_strings and one.dest not in LEFT_OUT]


def with_option(action):
    """The options of a download with this one, given a value that it accepts."""
    name = action.option_strings[-1]
    if action.nargs == 0:
        return options("batch", "a", name)
    for value in ("7", "7d", "2026-03-01T00:00:00Z", "x.csv", "strict", "responses"):
        with suppress(UsageError, SystemExit):
            return options("batch", "a", f"{name}={value}")
    raise AssertionError(f"{name} accepts none of the values")


@pytest.mark.parametrize("action", download_options(), ids=lambda one: one.option_strings[-1])
def test_every_option_of_download_takes_effect_and_is_repeated(action):
    given = with_option(action)
    assert given != options("batch", "a")
    assert options(*download_command(given, given.ids, given.export_id)[2:]) == given


def test_extract_command_never_has_a_path_that_looks_like_an_option():
    assert extract_command(Path("-a.zip"), Path("-x"), "strict") == [
        *("prolific-exports", "extract", "--names", "strict", "./-a.zip", "./-x")
    ]


def test_download_command_for_one_of_several_ids_keeps_its_target():
    given = options("batch", "a", "b", "--output", "out", "--extract", "data")
    alone = options(*download_command(given, ["b"])[2:])
    assert alone.is_folder
    assert alone.output == f"out{os.sep}"
    assert alone.targets() == [given.targets()[1]]


def test_download_command_for_the_only_id_of_a_list_keeps_its_target(tmp_path):
    ids = tmp_path / "ids"
    ids.write_text("b")
    given = options("batch", f"@{ids}", "--output", "out", "--extract", "data")
    alone = options(*download_command(given, ["b"])[2:])
    assert given.is_folder
    assert alone.is_folder
    assert alone.targets()[0].extract_to == given.targets()[0].extract_to


def test_download_command_for_some_ids_leaves_out_the_table():
    given = options("batch", "a", "b", "c", "--output", "out", "--table", "all.csv")
    for ids in (["c"], ["b", "c"]):
        assert options(*download_command(given, ids)[2:]).table is None
    assert options(*download_command(given, ["a", "b", "c"])[2:]) == given
