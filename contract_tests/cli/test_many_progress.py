"""The live display of many downloads, and its overview."""

import sys
from pathlib import Path

import pytest
from cli.test_progress import BROKEN, Terminal
from helpers import api
from prolific_exports import (
    Downloading,
    DownloadProgress,
    ExportRef,
    Polled,
    Requested,
    Restarted,
    Retrying,
    Saved,
    Verifying,
)
from prolific_exports._console._live import terminal_console
from prolific_exports._console._live_many import LiveOverview
from prolific_exports._console._overview import Overview

MB = 1_000_000
REF = ExportRef("collection", api.COLLECTION, api.EXPORT_ID)
IDS = [f"65f0c1d2e3a4b5c6d7e8f9{number:02}" for number in range(12)]


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: False)
    return Terminal()


def rows(overview, most=8):
    return [" ".join(line.split()) for line in overview.rows(most)]


def test_overview_has_the_state_bytes_and_rate_of_each(clock):
    overview = Overview(clock.monotonic, 9)
    for title, events in {
        "a": [Requested(REF, "generating\x1b[2J")],
        "b": [Requested(REF, "generating"), Polled(REF, "complete", 3)],
        "c": [Retrying(REF, BROKEN, 1)],
        "d": [Restarted(REF)],
        "e": [Downloading(REF, 0, None)],
        "f": [Downloading(REF, 5 * MB, 20 * MB, rate=1.5 * MB)],
        "g": [Downloading(REF, 5 * MB, None, rate=1.5 * MB), Verifying(REF, 7 * MB)],
        "h": [Saved(REF, Path("x.zip"), 8 * MB)],
        "i": [Downloading(REF, MB, 2 * MB), Retrying(REF, BROKEN, 1)],
    }.items():
        for event in events:
            overview.event(title, event)

    assert rows(overview, 20) == [
        "e downloading 0 bytes",
        "f downloading 5.0 MB of 20.0 MB 1.5 MB/s",
        "g verifying 7.0 MB of 7.0 MB",
        "h saved 8.0 MB of 8.0 MB",
        r"a generating\x1b[2J",
        "b waiting for its transfer",
        "c retrying",
        "d requesting",
        "i retrying 1.0 MB of 2.0 MB",
    ]
    assert rows(overview, 2) == [*rows(overview, 20)[:2], "and 7 more"]
    assert rows(overview, 0) == ["and 9 more"]


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("generation", "waiting for Prolific to generate exports"),
        ("rate", "waiting for the rate limit"),
        ("transfers", "waiting for transfers"),
    ],
)
def test_summary_counts_and_names_the_limit(clock, limit, text):
    overview = Overview(clock.monotonic, 4)
    overview.event("a", Downloading(REF, 5 * MB, 20 * MB))
    overview.event("b", Downloading(REF, 2 * MB, 20 * MB))
    overview.ended("b", failed=False)
    clock.advance(200)
    overview.progress(DownloadProgress(2, 1, limit))
    assert overview.summary() == f"1 of 4 saved, 3 left, 7.0 MB, 3 min 20 s; {text}"
    overview.ended("a", failed=True)
    overview.ended("never begun", failed=True)
    overview.ended("c", failed=False)
    assert overview.summary() == "2 of 4 saved, 2 failed, 7.0 MB, 3 min 20 s"
    assert overview.rows(8) == []


def live(terminal, clock, count=12):
    console = terminal_console(terminal)
    return LiveOverview(Overview(clock.monotonic, count), console, clock.monotonic)


def test_live_overview_has_eight_lines_and_a_summary(terminal, clock):
    display = live(terminal, clock)
    for number in range(12):
        clock.advance(1)
        display.event(f"export {number}", Requested(REF, "generating"))
    display.progress(DownloadProgress(0, 12, "generation"))
    display.end()
    last = terminal.frames.rpartition("export 0 ")[2].splitlines()
    assert [line.split()[1] for line in last[1:8]] == [str(number) for number in range(1, 8)]
    assert last[8] == "and 4 more"
    assert last[9].startswith("0 of 12 saved, 12 left, 0 bytes, 12 s; waiting for Prolific")
    assert max(map(len, terminal.frames.splitlines())) <= 80


@pytest.mark.parametrize(("height", "more"), [(1, 0), (3, 0), (4, 11), (6, 9)])
def test_live_overview_fits_into_a_low_terminal(terminal, clock, monkeypatch, height, more):
    monkeypatch.setenv("LINES", str(height))
    display = live(terminal, clock)
    for number in range(12):
        display.event(f"export {number}", Requested(REF, "generating"))
    clock.advance(1)
    display.progress(DownloadProgress(0, 12, "generation"))
    display.end()
    drawn = terminal.frames.rpartition("0 of 12 saved, 12 left, 0 bytes, 0 s")[2]
    assert ("and" in drawn) == (more > 0)
    assert f"and {more} more" in drawn or not more
    assert "..." not in drawn
    assert "0 of 12 saved, 12 left, 0 bytes, 1 s" in drawn


def test_live_overview_is_drawn_ten_times_a_second_at_most(terminal, clock):
    display = live(terminal, clock)
    for number in range(100):
        clock.advance(0.01)
        display.event("a", Downloading(REF, number, 1000))
    display.end()
    assert 8 <= terminal.frames.count("of 12 saved") <= 13


def test_live_overview_keeps_notable_events_and_other_output_above_it(terminal, clock):
    display = live(terminal, clock)
    display.event("a", Retrying(REF, BROKEN, 1.25))
    with display.paused():
        terminal.write("a path\n")
    clock.advance(1)
    display.ended("a", failed=False)
    display.progress(DownloadProgress(0, 1, "generation"))
    display.end()
    display.end()
    lines = terminal.frames.splitlines()
    assert r"a: retrying in 1.2 s: It broke\x1b[2J." in lines
    assert "a path" in lines
    assert lines[-1].startswith("1 of 12 saved, 11 left")


@pytest.fixture
def ready(router):
    root = f"{api.BASE}/api/v1/data-collection/collections"
    for one in IDS:
        router.post(f"{root}/{one}/export").mock(return_value=api.generating())
        status = f"{root}/{one}/export/{api.EXPORT_ID}"
        router.get(status).mock(side_effect=[api.generating(status=200), api.complete()])
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())


def test_many_downloads_on_a_terminal_draw_the_overview(cli, ready, terminal, monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal)
    outcome = cli("download", "collection", *IDS)
    assert outcome.code == 0
    assert len(outcome.out.splitlines()) == len(IDS)
    assert "and 4 more" in terminal.frames
    assert "0 of 12 saved, 12 left, " in terminal.frames
    for number, one in enumerate(IDS, 1):
        saved = f"[{number}/12] collection {one}: saved {len(api.ARCHIVE)} bytes\n"
        assert saved in terminal.frames


def test_error_of_one_of_many_is_printed_above_the_overview(
    cli, router, ready, terminal, monkeypatch
):
    refused = f"{api.BASE}/api/v1/data-collection/collections/{IDS[3]}/export"
    router.post(refused).mock(return_value=api.error(403))
    router.get(refused).mock(return_value=api.error(403))
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli("download", "collection", *IDS).code == 1
    lines = terminal.frames.splitlines()
    assert any(line.startswith("prolific-exports: error: No access to") for line in lines)
    assert "1 failed" in terminal.frames


def test_quiet_draws_nothing_on_a_terminal(cli, ready, terminal, monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal)
    cli("download", "collection", *IDS, "--quiet")
    assert terminal.frames == ""
