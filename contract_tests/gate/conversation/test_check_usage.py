"""Wrong usage of ``prolific-contract check``, and its help."""

import pytest
from helpers.checks import USUAL, refused
from helpers.conversations import BASE, Scripted
from prolific_contract.cli import main


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--require", "time.limits"), "--require time.limits: no law has this id: did you mean"),
        (("--require", "x"), "--require x: no law has this id: prolific-contract laws lists them"),
        (("--min-exercised", "-1"), "invalid --min-exercised -1: give a number of laws, at most"),
        (("--min-exercised", "999"), "invalid --min-exercised 999: give a number of laws"),
    ],
)
def test_requirements_are_checked_first(capsys, options, message):
    assert message in refused(capsys, *USUAL, *options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "give its base URL with --target"),
        (("--target", "api.example", "--batch", "x"), "invalid --target: it is not an abs"),
        (("--target", "http://api.example", "--batch", "x"), "invalid --target: it is not h"),
        (("--target", "https://u:p@api.example", "--batch", "x"), "user name or password"),
        (("--target", f"{BASE}?a=b", "--batch", "x"), "it has a query or a fragment"),
        (("--target", f"{BASE}#a", "--batch", "x"), "it has a query or a fragment"),
        (("--target", BASE), "nothing to export"),
        (("--target", BASE, "--forbidden-batch", "x"), "nothing to export"),
        (("--target", BASE, "--batch", ".."), "--batch '..' is not an id"),
        ((*USUAL, "--forbidden-collection", "."), "--forbidden-collection '.' is not an id"),
        (("--target", BASE, "--batch", "x"), "no API token: set PROLIFIC_TOKEN"),
        (("--target", BASE, "--batch", "x", "--token", ""), "no API token"),
        (("--target", BASE, "--batch", "x", "--token", " '' "), "no API token"),
        (("--target", BASE, "--batch", "x", "--token", "Bearer t"), "white space"),
        (("--target", BASE, "--batch", "x", "--token", "t\u00f6ken"), "a header can't carry"),
        ((*USUAL, "--max-wait", "0"), "invalid --max-wait 0: give seconds above 0"),
        ((*USUAL, "--max-wait", "-1"), "invalid --max-wait -1"),
        ((*USUAL, "--max-wait", "nan"), "invalid --max-wait nan"),
        ((*USUAL, "--max-wait", "inf"), "invalid --max-wait inf"),
        ((*USUAL, "--report", "html"), "--report html: expected FORMAT=PATH"),
        ((*USUAL, "--report", "html="), "--report html=: the path is missing"),
        ((*USUAL, "--report", "a/b.pdf"), "--report a/b.pdf: expected FORMAT=PATH, e.g. junit"),
        (
            (*USUAL, "--report", "pdf=x"),
            "unknown format 'pdf'; choose html, json, junit, sarif, text",
        ),
        ((*USUAL, "--update-baseline"), "give it with --baseline"),
        ((*USUAL, "--har", "x", "--record", "y"), "--record can't be combined with --har"),
        (("--har", "there-is-none.har"), "there-is-none.har can't be read"),
        (("--har", "x", "--token", "Bearer t"), "give the token alone"),
        (("--har", "x", "--target", "nowhere"), "invalid --target"),
        ((*USUAL, "--baseline", "there-is-none.json"), "there-is-none.json can't be read"),
    ],
)
def test_usage_error_is_one_message_without_traceback(against, capsys, options, message):
    against(Scripted(lambda asked: pytest.fail("something was sent")))
    err = refused(capsys, *options)

    assert message in err
    assert "u:p" not in err
    assert "Bearer t" not in err


def test_token_file_is_read_and_its_absence_explained(capsys, monkeypatch, tmp_path):
    file = tmp_path / "secret"
    monkeypatch.delenv("PROLIFIC_TOKEN", raising=False)
    monkeypatch.setenv("PROLIFIC_TOKEN_FILE", str(file))
    usual = ("--target", BASE, "--batch", "x", "--max-wait", "0")

    assert "Cannot read the token file" in refused(capsys, *usual)
    file.write_text("Bearer t", encoding="utf-8")
    assert "white space" in refused(capsys, *usual)
    file.write_text("'Token t'\n", encoding="utf-8")
    assert "invalid --max-wait 0" in refused(capsys, *usual)


@pytest.mark.parametrize(
    "option", [["--edition", "2025"], ["--profile", "rude"], ["--max-wait", "x"]]
)
def test_incompatible_options_are_refused(capsys, option):
    with pytest.raises(SystemExit) as caught:
        main(["check", *USUAL, *option])

    assert caught.value.code == 2


def test_help_explains_what_the_check_does_to_a_server(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    text = " ".join(capsys.readouterr().out.split())

    assert "At most 5 of these" in text
    assert "PROLIFIC_TOKEN" in text
    assert "other users of the machine can see the options" in text
