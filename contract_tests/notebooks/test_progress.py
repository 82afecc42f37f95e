"""The switch ``progress``: what a client shows of its downloads in notebooks and elsewhere."""

import io
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import httpx
import pytest
from helpers import api
from prolific_exports import (
    AccessDeniedError,
    Downloading,
    DownloadProgress,
    ExportRef,
    Exports,
    ListRef,
    NoAnswerError,
    Polled,
    Requested,
    Retrying,
    Saved,
    download,
)
from prolific_exports._console._client_progress import ClientProgress, client_progress
from prolific_exports._console._notebook import NotebookDisplay, in_notebook
from prolific_exports._console._overview import Overview

REF = ExportRef("collection", api.COLLECTION)
JOB = ExportRef("collection", api.COLLECTION, api.EXPORT_ID)
OTHER = ExportRef("batch", api.BATCH)
BUSY = NoAnswerError("busy", operation="GET", ref=REF, sent=False)
TITLE = f"collection {api.COLLECTION}"


@pytest.fixture
def server(router):
    """An API that has an export after one poll, and its store."""
    router.post(api.post_url("collection")).mock(return_value=api.generating())
    router.get(api.get_url("collection")).mock(
        side_effect=[api.generating(status=200), *[api.complete()] * 20]
    )
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    return router


def client(clients, clock, **options):
    return clients.make(base_url=api.BASE, clock=clock, random=Random(7), **options)


def texts(contents):
    return [content["text/plain"] for content in contents]


# Whether anything is shown


def test_no_ipython_is_no_notebook(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)

    assert not in_notebook()


def test_kernel_is_a_notebook(kernel):
    assert in_notebook()


@pytest.mark.parametrize("shell", [None, object()])
def test_ipython_in_a_terminal_or_imported_by_a_script_is_no_notebook(kernel, shell):
    kernel.shell = shell

    assert not in_notebook()


@pytest.mark.parametrize(
    ("is_notebook", "progress", "is_shown"),
    [
        (True, None, True),
        (True, True, True),
        (True, False, False),
        (False, None, False),
        (False, True, True),
        (False, False, False),
    ],
)
def test_progress_is_on_in_notebooks_and_off_in_scripts_unless_switched(
    kernel, clock, is_notebook, progress, is_shown
):
    if not is_notebook:
        kernel.shell = None

    assert (client_progress(clock, progress=progress) is not None) == is_shown


def test_script_imports_nothing_for_progress():
    script = (
        "import sys\n"
        "from prolific_exports import Exports\n"
        "Exports('t0ken').close()\n"
        "print(*[name for name in sys.modules if '_console' in name])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == []


# What is shown


def test_notebook_shows_a_download_in_one_output(kernel, server, clients, clock, tmp_path):
    exports = client(clients, clock)

    archive = exports.collections.download(api.COLLECTION, tmp_path / "a.zip")

    (contents,) = kernel.outputs
    shown = texts(contents)
    assert any(f"{TITLE}  generating" in text for text in shown)
    size = Path(archive).stat().st_size
    seconds = round(sum(clock.sleeps))
    assert shown[-1] == f"{TITLE}: 1 of 1 saved, {size} bytes, {seconds} s"
    for content in contents:
        assert "".join(ET.fromstring(f"<a>{content['text/html']}</a>").itertext())


def test_notebook_shows_each_cell_in_its_own_output(kernel, server, clients, clock, tmp_path):
    exports = client(clients, clock)

    for name in ("a.zip", "b.zip"):
        exports.collections.download(api.COLLECTION, tmp_path / name)

    assert len(kernel.outputs) == 2


def test_waiting_is_shown_without_bytes(kernel, server, clients, clock):
    job = client(clients, clock).collections.export(api.COLLECTION)

    assert kernel.outputs == []
    job.wait()

    assert texts(kernel.outputs[0])[-1].startswith(f"{TITLE}: 1 of 1 ready, ")
    assert "bytes" not in texts(kernel.outputs[0])[-1]


def test_failed_download_is_shown_as_failed(kernel, router, clients, clock, tmp_path):
    router.post(api.post_url("collection")).mock(return_value=httpx.Response(403))
    router.get(api.post_url("collection")).mock(return_value=httpx.Response(403))
    exports = client(clients, clock)

    with pytest.raises(AccessDeniedError):
        exports.collections.download(api.COLLECTION, tmp_path / "a.zip")

    assert texts(kernel.outputs[0])[-1].startswith(f"{TITLE}: 0 of 1 saved, 1 failed, ")


def test_switch_turns_progress_off_in_a_notebook(kernel, server, clients, clock, tmp_path):
    client(clients, clock, progress=False).collections.download(api.COLLECTION, tmp_path)

    assert kernel.outputs == []


def test_switch_shows_lines_on_stderr_outside_of_notebooks(
    server, clients, clock, tmp_path, monkeypatch
):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)

    client(clients, clock, progress=True).collections.download(api.COLLECTION, tmp_path)

    lines = stderr.getvalue().splitlines()
    assert lines[0] == f"{TITLE}: requested: generating (export {api.EXPORT_ID})"
    assert lines[-1].startswith(f"{TITLE}: saved ")


def test_function_download_has_the_switch(kernel, server, monkeypatch, tmp_path):
    monkeypatch.setenv("PROLIFIC_URL", api.BASE)
    monkeypatch.setattr(
        "prolific_exports._model._clock.SystemClock.sleep", lambda clock, seconds: None
    )

    download("collection", api.COLLECTION, tmp_path, token="t0ken", progress=False)

    assert kernel.outputs == []


def test_many_downloads_share_one_output(kernel, router, clients, clock, tmp_path):
    for kind in ("collection", "batch"):
        router.post(api.post_url(kind)).mock(return_value=api.generating())
        router.get(api.get_url(kind)).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    seen = []
    exports = client(clients, clock)

    outcomes = list(exports.download_many([REF, OTHER], tmp_path, on_progress=seen.append))

    assert len(outcomes) == 2
    assert all(isinstance(one, DownloadProgress) for one in seen)
    (contents,) = kernel.outputs
    assert re.match(r"(2 of 2 saved|1 of 2 saved, 1 failed), ", texts(contents)[-1])


# The parts


@pytest.fixture
def shown(clock):
    """A display in a notebook, its overview, and its contents."""
    contents = []

    class Output:
        def update(self, content, *, raw):
            assert raw
            contents.append(content)

    def open_(content):
        contents.append(content)
        return Output()

    overview = Overview(clock.monotonic, 1)
    return NotebookDisplay(overview, clock.monotonic, open_), overview, contents


def test_bar_has_the_received_bytes_and_a_text(shown, clock):
    display, _, contents = shown
    display.event("a", Downloading(JOB, 30, 120))

    bar = ET.fromstring(f"<a>{contents[-1]['text/html']}</a>").find("progress")
    assert (bar.get("value"), bar.get("max"), bar.text) == ("30", "120", "25 %")
    assert bar.get("aria-label")


@pytest.mark.parametrize("event", [Downloading(JOB, 30, None), Polled(JOB, "generating", 1)])
def test_there_is_no_bar_without_a_total(shown, event):
    display, _, contents = shown
    display.event("a", event)

    assert "<progress" not in contents[-1]["text/html"]


def test_drawings_have_a_pause(shown, clock):
    display, _, contents = shown
    display.event("a", Downloading(JOB, 1, 3))
    display.event("a", Downloading(JOB, 2, 3))
    display.progress(DownloadProgress(0, 1, "transfers"))
    assert len(contents) == 1
    clock.advance(0.2)
    display.progress(DownloadProgress(0, 1, "transfers"))
    assert len(contents) == 2


def test_last_five_notable_events_stay(shown, clock):
    display, _, contents = shown
    for number in range(6):
        display.event("a<b", Retrying(JOB, BUSY, number))
    display.event("a<b", Saved(JOB, Path("x"), 3))
    display.ended("a<b", failed=False)
    display.beat()
    with display.paused():
        display.end()

    lines = contents[-1]["text/plain"].splitlines()
    assert [line.split(" s: ")[0] for line in lines[:-1]] == [
        f"a<b: retrying in {number}.0" for number in range(1, 6)
    ]
    assert lines[-1] == "a<b: 1 of 1 saved, 3 bytes, 0 s"
    assert "a&lt;b: " in contents[-1]["text/html"]


def test_summary_of_several_downloads_is_always_shown(shown):
    display, overview, contents = shown
    overview.count = 2
    display.event("a", Requested(JOB, "generating"))

    assert "0 of 2 saved, 2 left" in contents[-1]["text/plain"]


class Recorded:
    """A display that records its calls."""

    def __init__(self, overview):
        self.overview, self.calls = overview, []

    def __getattr__(self, name):
        def call(*arguments, **options):
            self.calls.append((name, *arguments, *options.values()))
            if name == "ended":
                self.overview.ended(*arguments, **options)

        return call


@pytest.fixture
def progress(clock):
    displays = []

    def choose(overview):
        displays.append(Recorded(overview))
        return displays[-1]

    return ClientProgress(clock, choose), displays


def flow():
    yield "effect"
    return "result"


def test_events_reach_the_display_while_a_flow_runs(progress):
    one, displays = progress
    event = Polled(JOB, "generating", 1)
    one.event(event)
    one.progress(DownloadProgress(0, 0, "rate"))
    assert displays == []

    running = one.shown(REF, flow(), "saved")
    assert next(running) == "effect"
    one.event(event)
    one.event(Polled(OTHER, "generating", 1))
    one.event(Retrying(ListRef("collection", "w"), BUSY, 1))
    with pytest.raises(StopIteration) as end:
        running.send(None)

    assert end.value.value == "result"
    assert displays[0].calls == [
        ("event", TITLE, event),
        ("beat",),
        ("ended", TITLE, False),
        ("end",),
    ]


def test_flows_at_the_same_time_share_a_display(progress):
    one, displays = progress
    flows = [one.shown(ref, flow(), "saved") for ref in (REF, REF, OTHER)]
    for running in flows:
        next(running)
    assert displays[0].overview.count == 3
    one.progress(DownloadProgress(7, 3, "rate"))
    assert displays[0].overview.count == 10
    # Some of those that run have ended for the display.
    one.progress(DownloadProgress(6, 9, "rate"))
    assert displays[0].overview.count == 10
    for running in flows:
        with pytest.raises(StopIteration):
            next(running)

    names = [call[0] for call in displays[0].calls]
    assert names == ["progress", "progress", *["ended"] * 3, "end"]
    assert len(displays) == 1


def test_closed_flow_counts_as_interrupted(progress):
    one, displays = progress
    running = one.shown(REF, flow(), "saved")
    next(running)
    running.close()

    assert displays[0].overview.summary() == "0 of 1 saved, 1 interrupted, 0 bytes, 0 s"


def test_flow_that_raises_counts_as_failed(progress):
    one, displays = progress
    running = one.shown(REF, flow(), "saved")
    next(running)
    with pytest.raises(ValueError, match="x"):
        running.throw(ValueError("x"))

    assert displays[0].overview.summary() == "0 of 1 saved, 1 failed, 0 bytes, 0 s"


def test_default_display_of_a_notebook_is_below_the_cell(kernel, clock):
    shown = client_progress(clock, progress=None)
    running = shown.shown(REF, flow(), "ready")
    next(running)
    running.close()

    assert texts(kernel.outputs[0]) == [f"{TITLE}: 0 of 1 ready, 1 interrupted, 0 s"]


def test_client_of_a_notebook_is_usable_without_downloads(kernel):
    Exports("t0ken").close()

    assert kernel.outputs == []
