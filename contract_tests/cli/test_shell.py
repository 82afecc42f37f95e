"""Command lines that are printed to be pasted."""

import os
import shlex
from pathlib import Path

import pytest
from helpers import api
from prolific_exports._cli._order import Order
from prolific_exports._cli._parser import build_parser
from prolific_exports._cli._shell import quoted


def test_quoting_is_that_of_the_systems_shell():
    line = ["prolific-exports", "download", "it's $HOME.zip"]
    assert shlex.split(quoted(line, windows=False)) == line
    assert quoted(line, windows=True) == 'prolific-exports download "it\'s $HOME.zip"'


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
def test_shells_of_windows_act_upon_more_than_blanks(argument, shown):
    assert quoted([argument], windows=True) == shown


def order(*arguments):
    return Order.from_arguments(build_parser().parse_args(["download", *arguments]))


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
def test_the_command_for_all_ids_is_the_same_order(arguments):
    given = order(*arguments)
    assert order(*given.command(given.ids, given.export_id)[2:]) == given


def test_a_path_in_a_command_is_never_an_option():
    given = order("batch", "a", "--extract=-x")
    assert given.tasks()[0].extract_command(Path("-a.zip")) == [
        *("prolific-exports", "extract", "./-a.zip", "./-x")
    ]


def test_one_of_several_goes_to_the_same_place():
    given = order("batch", "a", "b", "--output", "out", "--extract", "data")
    alone = order(*given.command(["b"])[2:])
    assert alone.to_folder
    assert alone.output == f"out{os.sep}"
    assert alone.tasks() == [given.tasks()[1]]


def test_a_part_of_the_ids_does_not_go_to_the_table_of_all():
    given = order("batch", "a", "b", "c", "--output", "out", "--table", "all.csv")
    for ids in (["c"], ["b", "c"]):
        assert order(*given.command(ids)[2:]).table is None
    assert order(*given.command(["a", "b", "c"])[2:]) == given
