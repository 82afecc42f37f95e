"""The progress of ``prolific-contract check`` on a terminal and in a log."""

import json
import sys

import pytest
from helpers.checks import USUAL
from helpers.conversations import BASE
from prolific_contract._commands import check as command
from prolific_contract.cli import main
from prolific_contract.gate.trace import Credential, Exchange, HttpResponse


class Terminal:
    def __init__(self):
        self.written = ""

    def isatty(self):
        return True

    def write(self, text):
        self.written += text

    def flush(self):
        pass


@pytest.fixture
def terminal(monkeypatch):
    """Puts stderr on a terminal."""

    def terminal(*, escapes=True):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: not escapes)
        return terminal

    # Not in the fixture's own phase, whose streams pytest replaces.
    return terminal


def test_progress_line_shows_the_current_step(against, terminal, capsys):
    terminal = terminal()
    against(None)
    main(["check", *USUAL])
    lines = terminal.written.split("\r\x1b[K")

    assert "2 requests, 0 s: batch request -> 202 generating" in lines
    assert lines[-1] == ""
    assert max(map(len, lines)) <= 78


@pytest.mark.parametrize(
    ("exchange", "line"),
    [
        (
            Exchange(4, "PUT", f"{BASE}/x", BASE, Credential.VALID, at=61.6),
            "5 requests, 62 s: PUT -> no response",
        ),
        (
            Exchange(
                0,
                "GET",
                f"{BASE}/x",
                BASE,
                Credential.NONE,
                response=HttpResponse(
                    200, body=json.dumps({"status": "a\x1b[2J\nb" + "c" * 99}).encode()
                ),
            ),
            "1 requests, 0 s: GET -> 200 a[2Jb" + "c" * 45,
        ),
    ],
)
def test_progress_line_text_matches_the_step(terminal, exchange, line):
    terminal = terminal()
    command._ProgressLine().show(exchange)

    assert terminal.written == f"\r\x1b[K{line}"


def test_log_gets_a_line_of_progress_every_15_seconds(capsys):
    line = command._ProgressLine()
    for index, at in enumerate([0.0, 14.9, 15.0, 29.9, 31.0]):
        line.show(Exchange(index, "PUT", f"{BASE}/x", BASE, Credential.VALID, at=at))
    line.clear()

    assert capsys.readouterr().err.splitlines() == [
        "prolific-contract: 3 requests, 15 s: PUT -> no response",
        "prolific-contract: 5 requests, 31 s: PUT -> no response",
    ]


def test_console_without_escape_sequences_gets_no_progress_line(against, terminal, capsys):
    """As Windows' do, unless they are configured to interpret them."""
    terminal = terminal(escapes=False)
    against(None)
    main(["check", *USUAL])

    assert "\r" not in terminal.written
