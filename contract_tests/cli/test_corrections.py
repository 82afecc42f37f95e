"""What both commands say to a misspelt word."""

import pytest
from helpers import api
from prolific_contract import cli as contract_command
from prolific_exports._console._corrections import names_secret
from prolific_exports._model._suggestions import closest

ID = api.COLLECTION


@pytest.mark.parametrize(
    ("given", "meant", "line"),
    [
        (["downlod", "collection", ID], "download", ["download", "collection", ID]),
        (["down", "batch", ID], "download", ["download", "batch", ID]),
        (["list", "collections", ID], "collection", ["list", "collection", ID]),
        (["delete", "Batches", ID, "e"], "batch", ["delete", "batch", ID, "e"]),
        (["show", "x.zip", "--jsn"], "--json", ["show", "x.zip", "--json"]),
        (["--jsn", "show", "x.zip"], "--json", ["--json", "show", "x.zip"]),
        (["show", "x.zip", "--hlep"], "--help", ["show", "x.zip", "--help"]),
        (
            ["download", "collection", ID, "--ouput=a&b"],
            "--output",
            ["download", "collection", ID, "'--output=a&b'"],
        ),
        (
            ["download", "collection", ID, "--over", "--quite"],
            "--overwrite and --quiet",
            ["download", "collection", ID, "--overwrite", "--quiet"],
        ),
        (
            ["table", "--shape", "wid", "a.zip", "-"],
            "wide",
            ["table", "--shape", "wide", "a.zip", "-"],
        ),
        (["table", "--shape=lnog", "a", "b"], "long", ["table", "--shape=long", "a", "b"]),
        (["schema", "downloads"], "download", ["schema", "download"]),
    ],
)
def test_misspelt_word_shows_the_corrected_line(cli, given, meant, line):
    outcome = cli(*given)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith(
        f" Did you mean {meant}? Run:\n  {' '.join(['prolific-exports', *line])}\n"
    )
    assert "See: " not in outcome.err


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["workspace", "--ids"], "workspaces"),
        (["download", "collection", ID, "--ouput", "x", "--colour"], "--output"),
        (["downlod", "collection", "https://app.prolific.com/x?key=5ecret"], "download"),
        (["downlod", "collection", "https://me:5ecret@app.prolific.com/x"], "download"),
        (["downlod", "collection", ID, "--token", "5ecret"], "download"),
        (["downlod", "--api-token=5ecret", "collection", ID], "download"),
    ],
)
def test_line_with_other_errors_or_a_secret_is_not_repeated(cli, given, meant):
    outcome = cli(*given, "--json")
    assert outcome.code == 2
    assert outcome.err.rstrip().endswith(f"Did you mean {meant}?")
    assert "5ecret" not in outcome.err + outcome.out


@pytest.mark.parametrize(
    "given",
    [
        ["download", ID],
        ["list", ID],
        ["status", ID, api.EXPORT_ID],
        ["delete", ID, "--keep", "3", "--yes"],
    ],
)
def test_missing_kind_shows_the_line_for_each_kind(cli, router, given):
    outcome = cli(*given)
    assert outcome.code == 2
    command, *rest = given
    assert outcome.err.splitlines()[-2:] == [
        f"  prolific-exports {' '.join([command, kind, *rest])}" for kind in ("collection", "batch")
    ]
    assert not router.calls


@pytest.mark.parametrize(
    "given",
    [
        ["table", "download"],
        ["upload", "collection", ID],
        ["list", "survey", ID],
        ["show", "x.zip", "--colour"],
        ["show", "x.zip", "-q"],
        ["extract", "--", "x.zip", "data", "--jsn"],
        ["show"],
    ],
)
def test_word_that_resembles_none_leads_to_the_help(cli, given):
    outcome = cli(*given)
    assert outcome.code == 2
    assert "Did you mean" not in outcome.err
    assert "See: prolific-exports " in outcome.err


def test_json_has_the_correction_as_hint(cli):
    error = cli("show", "x.zip", "--jsn", "--json").json["error"]
    assert error["hint"] == ("Did you mean --json? Run: prolific-exports show x.zip --json --json")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (["chekc", "--har", "x.har"], "check? Run:\n  prolific-contract check --har x.har\n"),
        (
            ["sandbox", "--editon", "2026-11"],
            "--edition? Run:\n  prolific-contract sandbox --edition 2026-11\n",
        ),
        (
            ["sandbox", "--edition=2026-1l"],
            "2026-11? Run:\n  prolific-contract sandbox --edition=2026-11\n",
        ),
        (["law", "--hepl"], "laws and --help? Run:\n  prolific-contract laws --help\n"),
        (["check", "--token", "5ecret", "--recrod", "x"], "--record?\n"),
        (["sandbox", "--limit-status", "409", "--sed", "x"], "--seed?\n"),
    ],
)
def test_gate_shows_the_corrected_line(capsys, given, shown):
    with pytest.raises(SystemExit) as ended:
        contract_command.main(given)
    captured = capsys.readouterr()
    assert (ended.value.code, captured.out) == (2, "")
    assert captured.err.endswith(f"Did you mean {shown}")
    assert "5ecret" not in captured.err


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (["--variant", "charsets"], ["--variant charset"]),
        (["--variant=charsets", "--seed", "7"], ["--variant=charset --seed 7"]),
        (["--fault", "short_body"], ["--fault short-body"]),
        (
            ["--mutant", "expired"],
            [
                "--mutant expired@batch-request",
                "--mutant expired@collection-request",
                "--mutant expired@batch-status",
            ],
        ),
        (["--mutant", "@"], []),
        (["--variant", "charsets", "--token", "5ecret"], []),
    ],
)
def test_gate_shows_the_line_with_each_similar_name(capsys, given, lines):
    assert contract_command.main(["sandbox", *given]) == 2
    shown = capsys.readouterr().err.splitlines()
    assert shown[0].startswith("prolific-contract: error: unknown ")
    heading = ["Run:"] if len(lines) == 1 else ["Run one of these:"]
    expected = [f"  prolific-contract sandbox {line}" for line in lines]
    assert shown[1:] == (heading + expected if lines else [])


def test_gate_shows_the_line_with_a_similar_law(capsys):
    given = ["check", "--target", "http://127.0.0.1:9", "--batch", "b", "--require", "shape.stats"]
    assert contract_command.main(given) == 2
    line = "prolific-contract check --target http://127.0.0.1:9 --batch b --require shape.status"
    assert capsys.readouterr().err.endswith(f"Run:\n  {line}\n")


def test_gate_without_a_similar_word_shows_only_the_error(capsys):
    with pytest.raises(SystemExit):
        contract_command.main(["upload"])
    assert "Did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("--out", "--output"),
        ("--OUTPUT", "--output"),
        ("--j", None),
        ("--time", None),
        ("--timeot", "--timeout"),
        ("--", None),
        ("zzz", None),
    ],
)
def test_closest_is_a_beginning_or_a_resemblance(word, meant):
    assert closest(word, ["--output", "--json", "--timeout", "--timezone"]) == meant


@pytest.mark.parametrize("word", ["--token", "--TOKEN=x", "--my-token", "--api-key", "--password"])
def test_options_for_secrets_are_recognized(word):
    assert names_secret(word)
    assert not names_secret(word.strip("-"))
