"""No command is silent for more than ten seconds in a log."""

import asyncio
import threading
from itertools import pairwise

import pytest
from archive.builders import collection_members, write_zip
from helpers import api
from prolific_exports import ExportArchive, SystemClock
from prolific_exports._console import _event_lines as event_lines
from prolific_exports._console import _heartbeat as heartbeat
from prolific_exports._console._live import LiveLine, terminal_console
from prolific_exports._console._live_many import LiveOverview
from prolific_exports._console._overview import Overview
from prolific_exports.testing import FakeClock

WORKSPACE = "64d0c0de00000000000000aa"
SLOW = {"Retry-After": "100"}
REQUESTS = [
    ["status", "batch", api.BATCH, api.EXPORT_ID],
    ["list", "batch", api.BATCH],
    ["delete", "batch", api.BATCH, api.EXPORT_ID],
    ["workspaces"],
    ["codebook", "batch", api.BATCH],
    ["batches", "--workspace", WORKSPACE],
    ["download", "batch", "--workspace", WORKSPACE],
    ["whoami"],
    ["download", "batch", api.BATCH],
    ["download", "batch", api.BATCH, api.COLLECTION],
]
PRINT = "prolific_exports._console._streams.print_message"


@pytest.fixture
def printed(monkeypatch, clock):
    """The lines on stderr, each with its time."""
    lines: list[tuple[float, str]] = []
    monkeypatch.setattr(PRINT, lambda text: lines.append((clock.monotonic(), text)))
    return lines


def longest_silence(printed):
    moments = [0.0, *(moment for moment, _ in printed)]
    return max(after - before for before, after in pairwise(moments))


@pytest.mark.parametrize("arguments", REQUESTS, ids=" ".join)
def test_log_is_never_silent_while_a_command_waits_to_retry(cli, router, clock, printed, arguments):
    answers = iter([api.error(429, **SLOW), *[api.error(404)] * 9])
    for route in (router["definition"], router.route(url__startswith=api.BASE)):
        route.mock(side_effect=answers)
    cli(*arguments)
    assert clock.monotonic() >= 100
    assert longest_silence(printed) <= 10
    if len(arguments) < 4 or arguments[0] != "download":
        assert any(text.endswith(": still waiting to retry after 9 s") for _, text in printed)


def test_log_is_never_silent_between_rare_polls(cli, router, clock, printed):
    router.post(api.post_url("batch")).mock(return_value=api.generating())
    router.get(api.get_url("batch")).mock(return_value=api.generating(status=200))
    cli("download", "batch", api.BATCH, "--poll-interval", "60", "--timeout", "600")
    assert clock.monotonic() >= 600
    assert longest_silence(printed) <= 10
    still = [text for _, text in printed if ": still generating after " in text]
    assert len(still) > 50


def test_quiet_download_has_no_heartbeat(cli, router, clock, printed):
    router.post(api.post_url("batch")).mock(return_value=api.generating())
    router.get(api.get_url("batch")).mock(
        side_effect=[*[api.generating(status=200)] * 3, api.complete()]
    )
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    cli("download", "batch", api.BATCH, "--poll-interval", "60", "--quiet")
    assert clock.monotonic() > 30
    assert printed == []


@pytest.fixture
def constant_heartbeat(monkeypatch):
    """The heart beats all the time, on the system's clock; the result is set by a line."""
    seen = threading.Event()
    lines: list[str] = []

    def note(text):
        lines.append(text)
        if "still" in text or " saved, " in text:
            seen.set()

    monkeypatch.setattr(PRINT, note)
    monkeypatch.setattr(heartbeat, "TICK", 0.001)
    monkeypatch.setattr(event_lines, "SILENCE", 0.0)
    monkeypatch.setattr("prolific_exports._console._many_progress.SILENCE", 0.0)
    return seen, lines


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["table", "export.zip", "out.jsonl"], "out.jsonl: still writing after 0 s"),
        (["table", "export.zip", "-"], "stdout: still preparing the table after 0 s"),
        (["extract", "export.zip", "data"], "data: still extracting after 0 s"),
        (["show", "export.zip"], "export.zip: still reading after 0 s"),
        (["codebook", "export.zip"], "export.zip: still reading after 0 s"),
    ],
)
def test_work_on_files_is_reported_from_a_thread(
    cli, constant_heartbeat, monkeypatch, arguments, line
):
    seen, lines = constant_heartbeat
    read = ExportArchive.record_file

    def slow(*arguments, **options):
        assert seen.wait(30)
        return read(*arguments, **options)

    write_zip("export.zip", collection_members())
    monkeypatch.setattr(ExportArchive, "record_file", slow)
    assert cli(*arguments, on=SystemClock()).code == 0
    assert line in lines


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], f"batch {api.BATCH}: still extracting after 0 s"),
        ([api.COLLECTION], "0 of 2 saved, 2 left"),
        (["--table", "out.jsonl"], "out.jsonl: still writing after 0 s"),
    ],
)
def test_work_after_a_download_is_reported_from_a_thread(
    cli, router, constant_heartbeat, monkeypatch, options, expected
):
    seen, lines = constant_heartbeat
    work = "extract" if "--table" not in options else "record_file"
    original = getattr(ExportArchive, work)

    def slow(*arguments, **others):
        seen.clear()
        assert seen.wait(30)
        return original(*arguments, **others)

    for one in (api.BATCH, api.COLLECTION):
        root = api.post_url("batch").replace(api.BATCH, one)
        router.post(root).mock(return_value=api.generating())
        router.get(f"{root}/{api.EXPORT_ID}").mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    monkeypatch.setattr(ExportArchive, work, slow)
    extract = [] if "--table" in options else ["--extract", "data"]
    monkeypatch.setattr(SystemClock, "sleep", lambda self, seconds: None)
    outcome = cli("download", "batch", api.BATCH, *options, *extract, on=SystemClock())
    assert outcome.code == 0, lines
    assert any(line.startswith(expected) for line in lines)


def test_clock_beats_where_the_system_allows_no_more_threads(monkeypatch):
    def no_thread(_):
        raise RuntimeError("can't start new thread")

    beats = []
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    monkeypatch.setattr(SystemClock, "sleep", lambda self, seconds: None)
    with heartbeat.beating(lambda: beats.append(1), SystemClock()) as clock:
        clock.sleep(2.5)
    assert len(beats) == 3


def test_ticking_clock_waits_as_long_as_the_clock_that_it_wraps(clock):
    ticking = heartbeat.TickingClock(clock, lambda: None)
    ticking.sleep(2.5)
    assert clock.sleeps == [1.0, 1.0, 0.5]
    assert (ticking.monotonic(), ticking.now()) == (clock.monotonic(), clock.now())


async def wait_async(clock):
    await heartbeat.TickingClock(clock, lambda: None).sleep_async(2.5)


def test_ticking_clock_waits_in_asyncio_as_the_clock_that_it_wraps():
    clock = FakeClock()
    asyncio.run(wait_async(clock))
    assert clock.sleeps == [2.5]


def test_live_displays_need_no_heartbeat(clock, capsys):
    console = terminal_console()
    line = LiveLine(clock, console)
    line.doing("extracting")
    line.beat()
    LiveOverview(Overview(clock.monotonic, 2), console, clock.monotonic).beat()
    assert capsys.readouterr().err == ""
