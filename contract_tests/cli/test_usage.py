"""Wrong usage of ``prolific-exports``: exit code 2, and nothing is sent."""

import pytest
from helpers import api
from helpers.three_jobs import A, B, files_in


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["not/an/id"], "is not the id of a collection"),
        ([A, "https://app.prolific.com/x"], "is not the id of a collection"),
        ([A, B, "--export-id", api.EXPORT_ID], "--export-id names the export of one collection"),
        ([A, "--export-id", "a b"], "is not the id of an export"),
        ([A, A.upper()], "differ only in upper and lower case"),
        ([A, "--timeout", "0"], "timeout is 0.0: give a number of seconds above 0"),
        ([A, "--timeout", "nan"], "timeout is nan"),
        ([A, "--poll-interval", "-1"], "poll_interval is -1.0"),
        ([A, "--connections", "0"], "connections is 0: give a number from 1 to 32"),
        ([A, "--output", ""], "--output is empty"),
        ([A, "--extract", ""], "--extract is empty"),
        ([A, "--extract", "."], "needs a folder of its own"),
        ([A, "--extract", ".."], "needs a folder of its own"),
        ([A, "-o", "x", "--extract", "y/../x"], "needs a folder of its own"),
        ([A, "-o", "x/a.zip", "--extract", "x"], "needs a folder of its own"),
        ([A, "--timeout", "soon"], "invalid float value"),
        ([A, "--token", "secret"], "--token. There is no option for the token: set PROLIFIC_TOKEN"),
        ([A, "--token=secret"], "--token. There is no option for the token: set PROLIFIC_TOKEN"),
        (
            [A, "--colour"],
            "arguments: --colour. See: prolific-exports download --help",
        ),
        ([A, "--quiet", B, ""], f"unrecognized arguments: {B} . See"),
        (["--jobs", "2"], "No id: give the id of a collection, or --workspace for all of a"),
        ([A, "--jobs", "0"], "jobs is 0: give a number from 1 to 32"),
        ([A, "--jobs", "33"], "jobs is 33: give a number from 1 to 32"),
    ],
)
def test_wrong_usage_exits_with_2_and_sends_nothing(cli, folder, router, arguments, message):
    for options in ([], ["--json"]):
        outcome = cli("download", "collection", *arguments, *options)
        assert outcome.code == 2
        assert message in outcome.err
        assert outcome.err.splitlines()[-1].startswith("prolific-exports: error: ")
        assert "secret" not in outcome.err + outcome.out
        if options:
            assert outcome.json["results"] == []
            assert message in outcome.json["error"]["message"]
        else:
            assert outcome.out == ""
    assert not router.calls
    assert files_in(folder) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--token", "secret", "download", "collection", A], "argument COMMAND: choose from"),
        (["download", "--token", "secret", "collection", A], "argument KIND: choose from"),
    ],
)
def test_invalid_choice_is_not_repeated_in_the_error(cli, arguments, message):
    outcome = cli(*arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert "secret" not in outcome.err


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PROLIFIC_TOKEN", "", "No API token"),
        ("PROLIFIC_TOKEN", "abc def", "white space"),
        ("PROLIFIC_URL", "http://api.example", "it is not https"),
    ],
)
def test_invalid_environment_exits_with_2(cli, router, monkeypatch, variable, value, message):
    monkeypatch.setenv(variable, value)
    outcome = cli("download", "collection", A, "-o", "out/", "--json")
    assert outcome.code == 2
    assert message in outcome.json["error"]["message"]
    assert "Traceback" not in outcome.err
    assert not router.calls
