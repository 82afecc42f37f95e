"""Operators on the lifetime of jobs: lose them, or show them too late or too long."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import field, mutable

from prolific_contract._vocabulary import Action, Edition
from prolific_contract.sandbox._http import Reply, error_reply, json_reply
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox._replies import (
    NO_CONTENT,
    is_complete,
    is_list,
    jobs_of,
    with_json,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import (
    Begin,
    Derivation,
    answering,
    stateful,
)
from prolific_contract.sandbox.mutants.derived._situations import (
    is_allowed,
    is_export_request,
    own_job,
)


def _missing(request: FaultyRequest) -> Reply:
    return error_reply(404, 2, f"This {request.kind} has no export with this id.")


@mutable
class _JobLoss:
    """Loses a job some polls or seconds after it was complete."""

    polls: int | None
    seconds: float | None
    state: str
    _seen: Counter[str] = field(factory=Counter)
    _since: dict[str, datetime] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        job = own_job(request)
        if job is None or not is_allowed(request) or job.state(request.now) != self.state:
            return request.reply()
        self._seen[job.export_id] += 1
        since = self._since.setdefault(job.export_id, request.now)
        late = self.seconds is not None and request.now - since >= timedelta(seconds=self.seconds)
        if late or (self.polls is not None and self._seen[job.export_id] > self.polls):
            request.jobs.forget(job.export_id)
            return _missing(request)
        return request.reply()


@mutable
class _ListLoss:
    """Removes jobs from the list some seconds after they were requested, or after n lists."""

    lists: int | None
    seconds: float | None
    _shown: Counter[str] = field(factory=Counter)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not is_list(reply):
            return reply
        kept = []
        at = {job.export_id: job.requested_at for job in request.jobs_before}
        for job in jobs_of(reply):
            self._shown[job["export_id"]] += 1
            age = request.now - at[job["export_id"]]
            old = self.seconds is not None and age >= timedelta(seconds=self.seconds)
            if not old and (self.lists is None or self._shown[job["export_id"]] <= self.lists):
                kept.append(job)
        return with_json(reply, kept)


def _losing_others(request: FaultyRequest) -> Reply:
    reply = request.reply()
    if request.started:
        for job in request.jobs_before:
            request.jobs.remove(job)
    return reply


def _losing(edition: Edition, action: Action) -> Iterator[Derivation]:
    if action == "status":
        for state in ("generating", "complete", "failed"):
            # Eight seconds are two polls at the pace for shared servers.
            for polls, seconds in ((1, None), (2, None), (3, None), (None, 1.0), (None, 8.0)):
                if (state, seconds) == ("generating", 8.0):
                    # The sandbox's exports do not take that long.
                    continue
                after = f"{polls} polls" if polls else f"{seconds:g} seconds"
                yield Derivation(
                    operator="lose",
                    target=f"{state}.{after.replace(' ', '-')}",
                    sentence=f"It loses a job after {after} as {state}",
                    action=action,
                    begin=stateful(_JobLoss, polls, seconds, state),
                    needs_failed_job=state == "failed",
                    repeats=False,
                )
    if action == "list":
        for lists, seconds in ((1, None), (2, None), (3, None), (None, 2.0), (None, 5.0)):
            after = f"{lists} lists" if lists else f"{seconds:g} seconds"
            yield Derivation(
                operator="lose",
                target=f"entry.{after.replace(' ', '-')}",
                sentence=f"It omits a job from the list after {after}",
                action=action,
                begin=stateful(_ListLoss, lists, seconds),
                repeats=False,
            )
    if action == "request" and edition == "2026-11":
        yield Derivation(
            operator="lose",
            target="earlier-jobs",
            sentence="It deletes the earlier jobs of a resource when it starts one",
            action=action,
            begin=answering(is_export_request, _losing_others),
        )


@mutable
class _Resurrecting:
    """Shows a deleted job again some requests after the deletion, in every n-th response."""

    where: Action
    after: int
    every: int
    _gone: dict[str, SandboxJob] = field(factory=dict)
    _asked: Counter[str] = field(factory=Counter)

    def __call__(self, request: FaultyRequest) -> Reply:
        if request.action == "delete":
            job = own_job(request)
            reply = request.reply()
            if job is not None and reply.status == NO_CONTENT:
                self._gone[job.export_id] = job
            return reply
        if request.action != self.where or not is_allowed(request):
            return request.reply()
        gone = [job for job in self._gone.values() if job.resource_id == request.resource_id]
        if request.action == "status":
            gone = [job for job in gone if job.export_id == request.export_id]
        if not gone:
            return request.reply()
        key = request.export_id or request.resource_id
        self._asked[key] += 1
        shown = self._asked[key] > self.after and self._asked[key] % self.every == 0
        if not shown:
            return request.reply()
        for job in gone:
            request.jobs.restore(job)
        reply = request.answer_to(request.call)
        for job in gone:
            request.jobs.remove(job)
        if not is_list(reply):
            return reply
        jobs = sorted(jobs_of(reply), key=lambda job: job["created_at"], reverse=True)
        return with_json(reply, jobs)


@mutable
class _Lagging:
    """Every second request goes to a replica that does not know a job for some seconds."""

    seconds: float
    every: int
    _asked: Counter[str] = field(factory=Counter)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not is_allowed(request):
            return reply
        key = request.export_id or request.resource_id
        self._asked[key] += 1
        if self._asked[key] % self.every:
            return reply
        age = timedelta(seconds=self.seconds)
        new = {job.export_id for job in request.jobs_before if request.now - job.requested_at < age}
        if request.action == "list" and is_list(reply):
            return with_json(reply, [job for job in jobs_of(reply) if job["export_id"] not in new])
        return _missing(request) if request.export_id in new else reply


@mutable
class _Alternating:
    """Every second poll of a complete job goes to a replica that still generates it."""

    seconds: float
    _asked: Counter[str] = field(factory=Counter)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply, job = request.reply(), own_job(request)
        if job is None or not is_allowed(request) or not is_complete(reply):
            return reply
        self._asked[job.export_id] += 1
        behind = request.now - job.ready_at < timedelta(seconds=self.seconds)
        if self._asked[job.export_id] % 2 or not behind:
            return reply
        return json_reply(200, {"status": "generating", "export_id": job.export_id})


def _resurrecting(where: Action, every: int) -> Begin:
    return lambda first: _Resurrecting(where, first - 1, every)


_MOMENT: Final = (
    "No page says that polls and lists know a new job at once: a replica may lag for a moment."
)

_SHOWN_IN: Final[dict[Action, str]] = {"status": "polls", "list": "lists"}


def _lagging(action: Action) -> Iterator[Derivation]:
    if action == "delete":
        for where, words in _SHOWN_IN.items():
            for every, how in ((1, "all"), (2, "every second one of the")):
                yield Derivation(
                    operator="lag",
                    target=f"deleted.{where}.{every}",
                    sentence=f"It shows a deleted job in {how} later {words}",
                    action=action,
                    begin=_resurrecting(where, every),
                    watches=(where,),
                )
    if action in ("status", "list"):
        for seconds in (2.0, 60.0, 3600.0):
            for every in (1, 2):
                how = "every" if every == 1 else "every second"
                yield Derivation(
                    operator="lag",
                    target=f"new.{seconds:g}s.{every}",
                    sentence=f"A new job is missing for {seconds:g} seconds in {how} response",
                    action=action,
                    begin=stateful(_Lagging, seconds, every),
                    repeats=False,
                    open_because=_MOMENT if seconds == 2.0 else "",
                )
    if action == "status":
        for seconds in (2.0, 3600.0):
            yield Derivation(
                operator="lag",
                target=f"complete.{seconds:g}s",
                sentence=f"Every second poll reports generating for {seconds:g} seconds too long",
                action=action,
                begin=stateful(_Alternating, seconds),
                repeats=False,
            )


def on_losses(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Every derivation from the lifetime of jobs."""
    yield from _losing(edition, action)
    yield from _lagging(action)
