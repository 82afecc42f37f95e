"""An interrupted conversation deletes its jobs, or reports those that remain."""

import signal
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.conversations import BASE, BATCH, TOKEN, Scripted, subjects_of
from helpers.traces import complete, error, generating, json_answer, running
from prolific_contract.cli import main
from prolific_contract.conformance import _session
from prolific_contract.gate import _check
from prolific_contract.gate.conversation import (
    ConversationPlan,
    InterruptedConversation,
    record_conversation,
)
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.trace import HttpResponse
from prolific_contract.pytest_plugin import NOTICES
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings, Site

LATER = "2026-11"
PATH = "/api/v1/data-collection/batches/b1/export"
USUAL = ["--target", BASE, "--token", TOKEN, "--batch", "b1"]


class Interrupted:
    """A target that raises KeyboardInterrupt at the given requests and pauses, by number."""

    def __init__(self, target, *numbers, after=False):
        self._target = target
        self._numbers = set(numbers)
        self._after = after
        self.done = 0

    def __getattr__(self, name):
        return getattr(self._target, name)

    def send(self, *arguments):
        return self._do(self._target.send, *arguments)

    def sleep(self, seconds):
        self._do(self._target.sleep, seconds)

    def _do(self, action, *arguments):
        self.done += 1
        if self.done - 1 not in self._numbers:
            return action(*arguments)
        if self._after:
            action(*arguments)
        raise KeyboardInterrupt


def held(*numbers, after=False, generation=3.0, progress=None, target=Interrupted):
    """A check of the sandbox that may be interrupted: its target, and what came of it."""
    settings = SandboxSettings(edition=LATER, token=TOKEN, generation_seconds=generation)
    clock = ManualClock()
    site = Site(settings, clock)
    made: Any = target(InProcessTarget(site, clock), *numbers, after=after)
    plan = ConversationPlan(subjects_of(settings, Fate.COMPLETES)[:1], edition=LATER)
    came = None
    try:
        record_conversation(made, BASE, TOKEN, plan, progress)
    except KeyboardInterrupt as error:
        came = error
    finally:
        site.close()
    return made, came, list(site.jobs._by_export_id)


def interrupted(*numbers, **options) -> Any:
    """What came of an interrupted check of the sandbox: error, notices, jobs, seconds."""
    target, came, jobs = held(*numbers, **options)
    return type(came), getattr(came, "notices", None), jobs, target.monotonic()


@pytest.mark.unmeasured
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("first", range(4))
def test_interrupt_at_any_request_leaves_no_jobs(first, after):
    for number in range(first, 120, 4):
        kind, notices, jobs, _ = interrupted(number, after=after)

        assert kind is InterruptedConversation
        # An interrupted request may have started a job whose owner is unknown.
        assert all(any(job in notice for notice in notices) for job in jobs), number
        assert len(jobs) <= after


def test_interrupt_of_a_download_leaves_no_jobs():
    class InterruptedDownload(Interrupted):
        def send(self, method, url, *arguments):
            if "/store/" in url:
                raise KeyboardInterrupt
            return self._target.send(method, url, *arguments)

    assert interrupted(target=InterruptedDownload)[:3] == (InterruptedConversation, (), [])


def test_exchanges_before_the_interrupt_are_kept():
    def interrupt(exchange):
        if exchange.method == "POST" and exchange.response.status == 202:
            raise KeyboardInterrupt

    # The only such request: after it, nothing is requested any more.
    assert interrupted(progress=interrupt)[:3] == (InterruptedConversation, (), [])


def test_slow_export_is_awaited_for_half_a_minute_then_reported():
    kind, (notice,), jobs, seconds = interrupted(20, generation=10_000)

    assert kind is InterruptedConversation
    assert "still has export jobs that the check started" in notice
    assert jobs
    assert all(job in notice for job in jobs)
    assert 30 <= seconds < 40


@pytest.mark.parametrize("before", range(1, 9))
def test_interrupt_during_deletion_does_not_stop_the_deletion(before):
    whole, came, _ = held()
    assert came is None
    kind, notices, jobs, _ = interrupted(whole.done - before)

    assert (kind, notices, jobs) == (InterruptedConversation, (), [])


def test_second_interrupt_stops_waiting():
    kind, notices, jobs, _ = interrupted(20, 22, generation=10_000)

    assert (kind, notices) == (KeyboardInterrupt, None)
    assert jobs


def test_ended_jobs_are_deleted_before_waiting_for_others():
    """The second job is complete, and the first one never will be."""
    posted, deleted = [], []

    def answer(request):
        if request.authorization != f"Token {TOKEN}" or not request.path.startswith(PATH):
            return error(401)
        job = request.path.partition("?")[0].removeprefix(PATH).removeprefix("/")
        if request.method == "POST":
            posted.append(f"j{len(posted) + 1}")
            return generating(posted[-1])
        if not job:
            return json_answer(
                200,
                [{"export_id": one, "created_at": "2026-03-20T10:05:00Z"} for one in posted],
            )
        if job not in posted or job in deleted:
            return error(404)
        if request.method == "DELETE":
            if job == "j1":
                return error(409)
            deleted.append(job)
            return HttpResponse(204)
        return running(job) if job == "j1" else complete("https://s.example/x")

    target: Any = Interrupted(Scripted(answer), 30)
    with pytest.raises(InterruptedConversation):
        record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER))

    assert len(posted) > 1
    assert deleted == posted[1:]


def test_interrupted_command_reports_remaining_jobs(monkeypatch, capsys):
    def interrupt(check, progress):
        raise InterruptedConversation(("the batch b1 still has export jobs: j1",))

    monkeypatch.setattr(_check, "check_live", interrupt)

    assert main(["check", *USUAL]) == 130
    assert capsys.readouterr().err.splitlines() == [
        "prolific-contract: interrupted without a verdict",
        "prolific-contract: the batch b1 still has export jobs: j1",
    ]


def test_sigterm_interrupts_the_command(monkeypatch, capsys):
    def interrupt(check, progress):
        signal.raise_signal(signal.SIGTERM)

    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(_check, "check_live", interrupt)

    assert main(["check", *USUAL]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is handler


def test_interrupted_conformance_run_reports_remaining_jobs(monkeypatch):
    def interrupt(check):
        raise InterruptedConversation(("the batch b1 still has export jobs: j1",))

    monkeypatch.setattr(_session, "check_live", interrupt)
    config: Any = SimpleNamespace(stash={})
    check: Any = None
    with pytest.raises(KeyboardInterrupt):
        _session._hold_conversation(check, config)

    assert config.stash[NOTICES] == ["the batch b1 still has export jobs: j1"]
