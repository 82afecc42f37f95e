"""Interrupted cells, and errors in notebooks."""

import asyncio
import re
from functools import partial

import httpx
import pytest
from helpers import api
from prolific_exports import AsyncExports, ExportRef, Exports, NotFoundError, UsageError

REF = ExportRef("collection", api.COLLECTION)


class InterruptedClock:
    """A clock that is interrupted while it waits."""

    def __init__(self, clock):
        self._clock = clock
        self.monotonic, self.now = clock.monotonic, clock.now

    def sleep(self, seconds):
        raise KeyboardInterrupt

    async def sleep_async(self, seconds):
        raise asyncio.CancelledError


@pytest.fixture
def exports(clients, clock, router):
    router.post(api.post_url("collection")).mock(return_value=api.generating())
    router.get(api.get_url("collection")).mock(return_value=api.generating(status=200))
    return clients.make(base_url=api.BASE, clock=InterruptedClock(clock))


@pytest.fixture
def interrupt(clients):
    return KeyboardInterrupt if clients.flavour == "sync" else asyncio.CancelledError


def notes(interrupt, act):
    with pytest.raises(interrupt) as raised:
        act()
    return raised.value.__notes__


def test_interrupted_download_names_the_job_and_how_to_continue(exports, interrupt, tmp_path):
    found = notes(
        interrupt, partial(exports.collections.download, api.COLLECTION, tmp_path / "a.zip")
    )

    (note,) = found
    assert f"collection {api.COLLECTION} (export {api.EXPORT_ID}) was interrupted" in note
    assert "Call the same method again" in note
    call = re.search(r"exports\.\S+\(.*\)", note)[0]
    assert call == f"exports.collections.job('{api.COLLECTION}', '{api.EXPORT_ID}').download()"


def test_interrupted_wait_names_the_job(exports, interrupt):
    job = exports.collections.export(api.COLLECTION)

    assert api.EXPORT_ID in notes(interrupt, job.wait)[0]


def test_interrupt_before_a_job_is_known_names_the_collection(clients, clock, router, interrupt):
    router.post(api.post_url("collection")).mock(
        side_effect=httpx.ConnectError("connection refused")
    )
    exports = clients.make(base_url=api.BASE, clock=InterruptedClock(clock))

    (note,) = notes(interrupt, partial(exports.collections.download, api.COLLECTION))
    assert note == (
        f"The export of collection {api.COLLECTION} was interrupted. Call the same method again "
        "to continue."
    )


def test_interrupt_of_many_downloads_says_how_to_resume(exports, interrupt, tmp_path):
    (note,) = notes(interrupt, lambda: list(exports.download_many([REF], tmp_path)))

    assert note == "The downloads were interrupted. Call the same method again to resume them."


def test_interrupted_download_is_shown_as_interrupted(kernel, exports, interrupt, tmp_path):
    notes(interrupt, partial(exports.collections.download, api.COLLECTION, tmp_path))

    assert "1 interrupted" in kernel.outputs[0][-1]["text/plain"]


# Errors


def error_of(act):
    with pytest.raises(UsageError) as raised:
        act()
    return raised.value


def ask():
    Exports("t0ken").collections.job("no id!", "x")


def test_error_in_a_notebook_is_its_message_and_the_cell(kernel):
    error = error_of(ask)

    message, *places, advice = error._render_traceback_()
    assert message == f"UsageError: {error}"
    assert [re.sub(r"line \d+", "line N", place) for place in places] == [
        "  in Cell In[3], line N: act()",
        '  in Cell In[3], line N: Exports("t0ken").collections.job("no id!", "x")',
    ]
    assert advice == "  For all frames: %xmode Verbose, then %tb"


def test_error_in_a_notebook_has_its_notes(kernel):
    error = error_of(ask)
    error.add_note("a note")

    assert error._render_traceback_()[1] == "a note"


def test_frames_of_ipython_are_left_out_and_files_are_named(kernel, tmp_path):
    script = tmp_path / "own.py"
    script.write_text("def call(act):\n    act()\n")
    names = {}
    exec(compile(script.read_text(), str(script), "exec"), names)

    def hidden():
        __tracebackhide__ = True
        names["call"](ask)

    places = error_of(hidden)._render_traceback_()[1:-1]
    assert "hidden" not in "".join(places)
    assert places[1] == f"  in {script}, line 2: act()"


def test_only_the_last_five_places_are_shown(kernel):
    def deep(depth):
        if depth:
            deep(depth - 1)
        ask()

    places = error_of(partial(deep, 9))._render_traceback_()[1:-1]
    assert len(places) == 5
    assert 'job("no id!", "x")' in places[-1]


def test_error_without_traceback_is_its_message(kernel):
    assert UsageError("wrong")._render_traceback_() == [
        "UsageError: wrong",
        "  For all frames: %xmode Verbose, then %tb",
    ]


@pytest.mark.parametrize("mode", ["Verbose", "Plain"])
def test_other_modes_show_all_frames(kernel, mode):
    kernel.shell.InteractiveTB.mode = mode
    error = error_of(ask)

    assert error._render_traceback_() == ["all frames", UsageError, error, error.__traceback__]


def test_async_errors_are_as_short(kernel, router, clock):
    router.get(api.get_url("collection")).mock(return_value=httpx.Response(404))

    async def run():
        async with AsyncExports("t0ken", base_url=api.BASE, clock=clock) as exports:
            await exports.collections.job(api.COLLECTION, api.EXPORT_ID).status()

    with pytest.raises(NotFoundError) as raised:
        asyncio.run(run())
    places = raised.value._render_traceback_()[1:-1]
    assert places[-1].endswith(
        "await exports.collections.job(api.COLLECTION, api.EXPORT_ID).status()"
    )
