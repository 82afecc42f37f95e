"""Progress of downloads: a live line on a terminal, lines elsewhere."""

import errno
import io
import os
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from helpers import api
from prolific_exports import (
    Downloading,
    ExportRef,
    Polled,
    Refreshed,
    Requested,
    Restarted,
    Retrying,
    Saved,
    ServerError,
    Verifying,
)
from prolific_exports._console._event_lines import EventLines
from prolific_exports._console._live import LiveLine, terminal_console
from prolific_exports._console._text import duration, escape_controls, plural, printable, size

# The directions of the characters that only change the direction of others.
BIDI_CONTROLS = ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
REF = ExportRef("collection", api.COLLECTION, api.EXPORT_ID)
MB = 1_000_000
BROKEN = ServerError("It broke\x1b[2J.", operation="GET /", ref=REF, status=500)


@pytest.fixture
def lines(clock):
    return EventLines(clock.monotonic)


def test_event_lines_report_each_change_of_state(lines):
    output = [
        lines.line(event)
        for event in (
            Requested(REF, "generating"),
            Polled(REF, "generating", 1),
            Polled(REF, "failed", 3),
            Restarted(REF),
            Restarted(REF, is_gone=True),
            Requested(ExportRef("collection", api.COLLECTION), "complete"),
            Polled(REF, "complete", 200),
            Downloading(REF, 0, None),
            Downloading(REF, 5, None),
            Refreshed(REF, 5),
            Verifying(REF, 12_345_678),
            Saved(REF, Path("x.zip"), 12_345_678),
        )
    ]
    assert output == [
        f"requested: generating (export {api.EXPORT_ID})",
        None,
        "failed after 3 s",
        "the export failed; requesting a new one",
        "the export was deleted; requesting a new one",
        "requested: complete",
        None,
        "downloading: 0 bytes",
        None,
        "the download URL has expired after 5 bytes; requesting a new one",
        "verifying 12.3 MB",
        "saved 12.3 MB",
    ]


def test_event_lines_report_a_retry_with_its_reason(lines):
    line = lines.line(Retrying(REF, BROKEN, 1.25))
    assert line == r"retrying in 1.2 s: It broke\x1b[2J."


def test_event_lines_report_the_same_failure_once_until_something_else_happens(lines):
    other = ServerError("It broke again.", operation="GET /", ref=REF, status=500)
    events = [
        *[Retrying(REF, BROKEN, 1)] * 3,
        *[Retrying(REF, other, 1)] * 2,
        Polled(REF, "generating", 1),
        Retrying(REF, other, 1),
    ]
    output = [lines.line(event) for event in events]
    assert [line is not None for line in output] == [True, False, False, True, False, True, True]


def test_event_lines_report_bytes_every_five_seconds(lines, clock):
    output = []
    for received in range(0, 14 * MB, MB):
        output.append(lines.line(Downloading(REF, received, 14 * MB)))
        clock.advance(1)
    assert [line for line in output if line] == [
        "downloading: 0 bytes of 14.0 MB (0 %)",
        "downloading: 5.0 MB of 14.0 MB (35 %)",
        "downloading: 10.0 MB of 14.0 MB (71 %)",
    ]


def test_event_lines_say_what_goes_on_after_nine_seconds_without_a_line(lines, clock):
    output = []

    def wait():
        for _ in range(10):
            clock.advance(1)
            output.append(lines.still())

    wait()
    for event in (
        Requested(REF, "generating\x1b"),
        Polled(REF, "generating\x1b", 1),
        Retrying(REF, BROKEN, 60),
        Polled(REF, "complete", 30),
        Restarted(REF),
        Downloading(REF, 5 * MB, 14 * MB),
        Downloading(REF, 6 * MB, None),
        Verifying(REF, 14 * MB),
        Saved(REF, Path("x.zip"), 14 * MB),
    ):
        lines.line(event)
        wait()
    lines.doing = "extracting"
    wait()
    assert [line for line in output if line] == [
        "still waiting for a response after 9 s",
        r"still generating\x1b after 19 s",
        r"still generating\x1b after 28 s",
        "still waiting to retry after 39 s",
        "still waiting for the archive after 49 s",
        "still requesting after 59 s",
        "still downloading: 5.0 MB of 14.0 MB (35 %) after 1 min 9 s",
        "still downloading: 6.0 MB after 1 min 18 s",
        "still verifying after 1 min 29 s",
        "still finishing after 1 min 39 s",
        "still extracting after 1 min 48 s",
    ]


class Terminal(io.TextIOWrapper):
    """stderr on a terminal of 80 columns."""

    def __init__(self, encoding="utf-8"):
        super().__init__(io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="\n")

    def isatty(self):
        return True

    @property
    def frames(self):
        """What was drawn, one line for each state of it, without colours."""
        self.flush()
        buffer: Any = self.buffer
        text = buffer.getvalue().decode(self.encoding)
        text = re.sub(r"\r|\x1b\[(2K|1A)", "\n", text)
        return re.sub(r"\n+", "\n", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text))


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    # rich asks the console of this process's stdout, whatever it draws on.
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: False)
    return Terminal()


def draw(line, events, clock):
    line.begin("[2/5] a title")
    for event in events:
        clock.advance(10)
        line.event(event)
    line.end()


EVENTS = [
    Requested(REF, "generating"),
    Retrying(REF, BROKEN, 1.25),
    Polled(REF, "complete", 20),
    Downloading(REF, 0, 400 * MB),
    Downloading(REF, 10 * MB, 400 * MB),
    Downloading(REF, 20 * MB, 400 * MB),
    Refreshed(REF, 20 * MB),
    Polled(REF, "complete", 20),
    Downloading(REF, 40 * MB, None),
    Verifying(REF, 400 * MB),
    Saved(REF, Path("x.zip"), 400 * MB),
]


def test_live_line_shows_state_time_bytes_rate_and_remaining_time(terminal, clock):
    draw(LiveLine(clock, terminal_console(terminal)), EVENTS, clock)
    frames = terminal.frames
    assert frames.startswith("[2/5] a title\n")
    assert re.search(r"generating 0:00:\d0", frames)
    assert re.search(r"downloading \S+ 20.0/400.0 MB 1.0 MB/s 0:01:\d0 0:06:20", frames)
    assert "40.0/? MB" in frames
    assert re.search(r"complete 0:01:\d0", frames)
    assert "verifying" in frames
    assert max(map(len, frames.splitlines())) <= 80


def test_live_line_keeps_notable_events_above_it(terminal, clock):
    draw(LiveLine(clock, terminal_console(terminal)), EVENTS, clock)
    kept = [line for line in terminal.frames.splitlines() if line.startswith("  ")]
    assert kept == [
        r"  retrying in 1.2 s: It broke\x1b[2J.",
        "  the download URL has expired after 20.0 MB; requesting a new one",
        "  saved 400.0 MB",
    ]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("windows", [False, True])
def test_live_line_is_drawn_in_any_encoding(clock, monkeypatch, encoding, windows):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: windows)
    terminal = Terminal(encoding)
    draw(LiveLine(clock, terminal_console(terminal)), EVENTS, clock)
    assert "\\u" not in terminal.frames


def test_live_line_with_no_color_has_no_colours(terminal, clock, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    draw(LiveLine(clock, terminal_console(terminal)), EVENTS, clock)
    terminal.flush()
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m", terminal.buffer.getvalue())


@pytest.mark.parametrize("number", ["\N{SUPERSCRIPT TWO}", "0", "-1", "", "wide", "9" * 5000])
@pytest.mark.parametrize("variable", ["COLUMNS", "LINES"])
def test_live_line_ignores_invalid_terminal_sizes(terminal, clock, monkeypatch, variable, number):
    monkeypatch.setenv(variable, number)
    draw(LiveLine(clock, terminal_console(terminal)), EVENTS, clock)
    assert "20.0/400.0 MB" in terminal.frames


def test_live_line_is_drawn_without_a_known_size(terminal, clock, monkeypatch):
    for variable in ("COLUMNS", "LINES"):
        monkeypatch.delenv(variable, raising=False)
    draw(LiveLine(clock, terminal_console(terminal)), EVENTS, clock)
    assert "downloading" in terminal.frames


def test_live_line_end_without_begin_draws_nothing(terminal, clock):
    LiveLine(clock, terminal_console(terminal)).end()
    assert terminal.frames == ""


@pytest.fixture
def download(cli, terminal, monkeypatch):
    """Runs a download with stderr on the terminal."""

    def download(*options):
        # Not in the fixture's own phase, whose streams pytest replaces.
        monkeypatch.setattr(sys, "stderr", terminal)
        return cli("download", "collection", api.COLLECTION, "-o", "a.zip", *options)

    return download


@pytest.fixture
def ready(router):
    router.post(api.post_url("collection")).mock(return_value=api.generating())
    router.get(api.get_url("collection")).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())


def test_download_on_a_terminal_draws_the_live_line_on_stderr(download, ready, terminal):
    outcome = download()
    assert (outcome.code, outcome.out) == (0, "a.zip\n")
    assert "0:00:" in terminal.frames
    assert f"  saved {len(api.ARCHIVE)} bytes\n" in terminal.frames


class ClosingTerminal(Terminal):
    """A terminal that is closed after a number of writes."""

    def __init__(self, writes, number, buffered):
        super().__init__()
        self.left = writes
        self.gone = OSError(number, os.strerror(number))
        self.buffered = buffered

    def write(self, text):
        self.left -= 1
        if self.left < 0 and not self.buffered:
            raise self.gone
        return super().write(text)

    def flush(self):
        if self.left < 0:
            raise self.gone
        super().flush()


@pytest.mark.parametrize("buffered", [False, True])
@pytest.mark.parametrize("number", [errno.EIO, errno.EPIPE])
@pytest.mark.parametrize("writes", [0, 1, 5])
def test_download_continues_after_the_terminal_closes(
    cli, ready, folder, monkeypatch, writes, number, buffered
):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: False)
    vanishing = ClosingTerminal(writes, number, buffered)
    monkeypatch.setattr(sys, "stderr", vanishing)
    outcome = cli("download", "collection", api.COLLECTION, "-o", "a.zip", "--extract", "data")
    assert (outcome.code, outcome.out) == (0, "a.zip\n")
    assert (folder / "data" / "responses.jsonl").exists()
    assert vanishing.left < 0
    # Or Python could not write what is left when it closes the stream.
    vanishing.left = 1


def test_live_line_on_a_closed_terminal_does_not_fail(clock, monkeypatch):
    pty = pytest.importorskip("pty")
    monkeypatch.setenv("TERM", "xterm-256color")
    master, slave = pty.openpty()
    os.close(master)
    with os.fdopen(slave, "w", encoding="utf-8") as closed:
        draw(LiveLine(clock, terminal_console(closed)), EVENTS, clock)
        # Nothing is left in it that would fail when the process ends.
        closed.flush()


@pytest.mark.parametrize("stdout", ["a file", "none", "the terminal"])
def test_download_on_a_legacy_console_prints_lines(cli, ready, terminal, monkeypatch, stdout):
    """An old one of Windows, or any there while stdout leads to a file."""
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    if stdout != "a file":
        monkeypatch.setattr(sys, "stdout", Terminal() if stdout == "the terminal" else None)
    assert cli("download", "collection", api.COLLECTION, "-o", "a.zip").code == 0
    lines = f"collection {api.COLLECTION}: requested: generating"
    assert terminal.frames.startswith(lines) is (stdout != "the terminal")


def test_download_on_a_dumb_terminal_prints_lines(download, ready, terminal, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    download()
    assert terminal.frames.startswith(f"collection {api.COLLECTION}: requested: generating")
    assert "\x1b" not in terminal.frames


def test_download_quiet_draws_nothing_on_a_terminal(download, ready, terminal):
    download("--quiet")
    assert terminal.frames == ""


def test_download_error_ends_the_live_line(download, router, terminal):
    router.route(url=api.post_url("collection")).mock(return_value=api.error(403))
    assert download().code == 1
    assert re.search("\nprolific-exports: error: No access to [^\n]*\n$", terminal.frames)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (12_345_678_901, "12.3 GB"),
        (12_345_678_901_234_567, "12345.7 TB"),
    ],
)
def test_sizes_are_formatted_with_units(count, text):
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (3900, "1 h 5 min"),
        (86_399, "23 h 59 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_durations_are_formatted(seconds, text):
    assert duration(seconds) == text


def test_nouns_are_pluralised():
    assert [plural(count, "file") for count in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\t\r\n b\u2028c", "a b c"),
        ("\x07\x7f\x9b\x00", r"\x07\x7f\x9b\x00"),
        ("\u202e\u2066\ud800", r"\u202e\u2066\ud800"),
        ("👩\u200d🚀 naïve क\u200cष", "👩\u200d🚀 naïve क\u200cष"),
        ("0123456789x", "0123456..."),
        ("012345 789x", "012345..."),
        ("0123456789", "0123456789"),
    ],
)
def test_printable_escapes_control_characters(text, shown):
    assert printable(text, 10 if text.startswith("0") else None) == shown


def test_every_control_character_and_surrogate_of_unicode_is_escaped():
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        unsafe = unicodedata.category(character) in ("Cc", "Cs")
        unsafe = unsafe or unicodedata.bidirectional(character) in BIDI_CONTROLS
        unsafe = unsafe or character in "\u061c\u200e\u200f"
        assert (escape_controls(character) != character) == unsafe, hex(code)
