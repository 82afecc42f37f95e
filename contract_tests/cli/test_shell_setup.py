"""Completion scripts and manual pages of both commands."""

import argparse
import re
import shutil
import subprocess
import sys

import prolific_exports
import pytest
from prolific_contract import cli as contract_command
from prolific_exports._cli._parser import build_parser
from prolific_exports._console._completion import SHELLS
from prolific_exports._console._man_page import man_page
from prolific_exports._console._subcommands import actions, subcommands

PARSERS = {
    "prolific-exports": build_parser,
    "prolific-contract": contract_command.build_parser,
}


@pytest.fixture(params=PARSERS)
def program(request):
    return request.param


@pytest.fixture
def printed(program, cli, capsys):
    """Runs one of the two commands; returns what it prints."""

    def run(*arguments):
        if program == "prolific-exports":
            outcome = cli(*arguments)
            assert (outcome.code, outcome.err) == (0, "")
            return outcome.out
        assert contract_command.main(arguments) == 0
        return capsys.readouterr().out

    return run


def checked_by(program, *options, text):
    """What a program says to a text; empty if this system does not have the program."""
    path = shutil.which(program)
    if path is None or sys.platform == "win32":
        return ""
    done = subprocess.run(
        [path, *options], input=text, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout + done.stderr


def options_of(program):
    """The long options of all subcommands."""
    parsers = subcommands(PARSERS[program]()).values()
    return {
        option
        for parser in parsers
        for action in actions(parser)
        for option in action.option_strings
        if option.startswith("--")
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_knows_every_command_and_option(program, printed, shell):
    script = printed("completion", shell)
    # The scripts for zsh and tcsh have them without the dashes, or with other characters around.
    words = set(re.findall(r"[a-z][a-z0-9-]*", script))
    assert set(subcommands(PARSERS[program]())) <= words
    assert {option.removeprefix("--") for option in options_of(program)} <= words


def test_completion_for_bash_completes(program, printed):
    script = printed("completion", "bash")
    name = program.replace("-", "_")
    typed = {
        "show": [program, "sho"] if program == "prolific-exports" else [program, "che"],
        "--output": [program, *(["download"] if "exports" in program else ["build"]), "--outp"],
    }
    for words in typed.values():
        line = (
            f"{script}\nCOMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}\n"
            f'_shtab_{name}\necho "found ${{COMPREPLY[*]}}"\n'
        )
        answer = checked_by("bash", "--norc", text=line)
        assert not answer or re.search(rf"found .*{words[-1]}\w", answer), answer


def test_completion_offers_files_and_folders_where_paths_go(printed, program):
    script = printed("completion", "bash")
    assert "_shtab_compgen_files" in script
    assert re.search(r"_COMPGEN=_shtab_compgen_dirs", script)


def test_completion_for_another_shell_is_wrong_usage(cli):
    outcome = cli("completion", "fish")
    assert outcome.code == 2
    assert "argument SHELL: choose from" in outcome.err


def test_completion_without_its_package_names_the_extra(cli, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    outcome = cli("completion", "bash")
    assert (outcome.code, outcome.out) == (2, "")
    assert "pip install 'prolific-exports[completion]'" in outcome.err
    assert contract_command.main(["completion", "bash"]) == 2
    assert "pip install 'prolific-exports[completion]'" in capsys.readouterr().err


def unescaped(page):
    """The text of a page, as a reader sees it."""
    return page.replace(r"\&", "").replace(r"\-", "-").replace(r"\(dq", '"').replace(r"\e", "\\")


def test_man_page_is_valid_roff(program, printed):
    page = printed("man")
    assert checked_by("groff", "-man", "-ww", "-z", text=page) == ""
    assert page.isascii()
    requests = set(re.findall(r"(?m)^\.(\w+)", page))
    assert requests == {"TH", "SH", "SS", "PP", "TP", "nf", "fi"}
    assert not re.search(r"(?m)^'", page)


def test_man_page_has_every_command_option_and_text(program, printed):
    page = unescaped(printed("man"))
    version = prolific_exports.__version__
    assert page.startswith(
        f'.TH {program.upper()} 1 "" "{program} {version}"\n.SH NAME\n{program} '
    )
    assert re.findall(r'(?m)^\.SS "(.*)"$', page) == list(subcommands(PARSERS[program]()))
    assert {option for option in options_of(program) if option not in page} == set()
    assert "\n.SH EXIT CODES\n" in page.replace('"', "")


def test_man_page_escapes_what_roff_would_interpret():
    parser = argparse.ArgumentParser(
        "p", description="It is. More.", epilog="\n.so x\n'b\nhead:\n  a\\b \u2192\n"
    )
    parser.add_argument("name", choices=("a", "b"), help="one of %(choices)s")
    parser.add_argument("rest", nargs="*", metavar="REST")
    parser.add_argument("more", nargs="?")
    parser.add_argument("-n", required=True, type=int, default=3, help="%(default)s %% of %(prog)s")
    parser.add_argument("--hidden", help=argparse.SUPPRESS)
    page = man_page(parser, "1")
    assert "\np \\- It is\n" in page
    assert "\np \\-n N [options] {a,b} [REST ...] [MORE]\n" in page
    assert "\none of a, b\n" in page
    assert "\n3 % of p\n" in page
    assert "hidden" not in page
    assert "\n\\&.so x\n\\&'b\n" in page
    assert '\n.SH "HEAD"\n.PP\n.nf\n  a\\eb \\[u2192]\n.fi' in page
