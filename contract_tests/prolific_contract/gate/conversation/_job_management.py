"""The part of the conversation that is about listing, deleting and filtering export jobs.

Edition 2026-11 has these operations. Where it is not enforced, one list is asked for, and the
rest only if the server gives it. A job is deleted only if it is certain that the conversation
started it, and under the full profile alone are a resource's jobs filled up.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlencode

from prolific_contract._vocabulary import JOB_LIMIT, KINDS, UNKNOWN_EXPORT_ID, Kind
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    Job,
    Visit,
    named_job,
    path_to,
    requested_since,
    told_state,
)
from prolific_contract.gate.conversation._steps import Ask, Sender, Talk
from prolific_contract.gate.trace._exchanges import Credential, Exchange

UNKNOWN_RESOURCE_ID: Final = "00000000-0000-4000-8000-000000000001"
"""A batch and a collection that nobody has."""

BAD_CREDENTIALS: Final = (
    Credential.NONE,
    Credential.MALFORMED,
    Credential.WRONG_SCHEME,
    Credential.WRONG_TOKEN,
)

# Seconds beyond the budget in which jobs may still be deleted.
_CLEARING: Final = 30.0
# A job that is as many times as old as another was, and a second, is not in the same case.
_FAR_OLDER: Final = 2.0
_SECOND: Final = 1.0
# How many jobs are started where nobody knows how many there are.
_BLIND_JOBS: Final = 2


def _window(day: int) -> str:
    """A filter that hardly anything passes: a day before there was anything to export."""
    return urlencode(
        {"from": f"2015-01-{day:02d}T00:00:00Z", "to": f"2015-01-{day + 1:02d}T00:00:00Z"}
    )


class Manager:
    """Lists, deletes and filters the jobs of the batches and collections of a conversation."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._plan = plan
        self._sender = sender

    def survey(self, visit: Visit) -> Talk[None]:
        """Learn which jobs there are already, and whether jobs are listed at all."""
        if self._plan.edition == "2026-03":
            return
        exchange = yield from self._list(visit)
        visit.before = visit.listed
        visit.manages = visit.before is not None or self._plan.edition == "2026-11"
        if self._plan.profile == "full":
            return
        response = exchange.response if exchange is not None else None
        if visit.before is not None:
            # One place is left to others.
            visit.room = JOB_LIMIT - 1 - len(visit.before)
        elif visit.manages or response is None or not 400 <= response.status < 500:
            visit.room = _BLIND_JOBS

    def press(self, visit: Visit, job: Job) -> Talk[None]:
        """Try what must not work, or must be kept apart, while a job is generating."""
        if not visit.manages or job.state != "generating":
            return
        yield from self._list(visit, hurry=True)
        if visit.started(job):
            yield from self._catch(visit, job)
        if self._plan.edition == "2026-11" and visit.before is not None and not visit.filtered:
            for _ in range(2):
                yield from self._filtered(visit, 1, hurry=True)
        yield from self._list(visit)

    def probe(self, visit: Visit) -> Talk[None]:
        """Ask for lists that nobody may see."""
        if visit.manages:
            for credential in BAD_CREDENTIALS:
                yield from self._sender.ask(Ask("GET", visit.path, credential))

    def probe_forbidden(self, visits: Iterable[Visit]) -> Talk[None]:
        """Ask for lists and deletions where the token has no access."""
        if not any(visit.manages for visit in visits):
            return
        for subject in self._plan.subjects:
            if subject.forbidden:
                path = path_to(subject.kind, subject.id)
                yield from self._sender.ask(Ask("GET", path))
                yield from self._sender.ask(Ask("DELETE", f"{path}/{UNKNOWN_EXPORT_ID}"))

    def tend(self, visit: Visit) -> Talk[None]:
        """Look at the list when jobs have ended, and try deletions that must be refused."""
        if not visit.manages:
            return
        yield from self._list(visit)
        yield from self._sender.ask(Ask("DELETE", f"{visit.path}/{UNKNOWN_EXPORT_ID}"))
        yield from self._sender.ask(Ask("GET", path_to(visit.subject.kind, UNKNOWN_RESOURCE_ID)))
        for job in visit.jobs[:1]:
            if visit.started(job) and not job.deleted:
                yield from self._refused(job)
                job.hear((yield from self._sender.ask(Ask("GET", job.path))))

    def clear(self, visits: Iterable[Visit]) -> Talk[None]:
        """Delete every job that the conversation started, and see what is there then."""
        self._sender.budget += _CLEARING
        managed = [visit for visit in visits if visit.manages]
        own: list[Job] = []
        for visit in managed:
            if any(job.export_id.lower() not in visit.created for job in visit.known):
                yield from self._list(visit)
            own += [job for job in visit.known if visit.started(job) and not job.deleted]
        # One that takes long is to keep no other here.
        for job in sorted(own, key=lambda job: not job.ended):
            if not job.ended:
                yield from self._wait(job)
            yield from self._delete(job)
            yield from self._sender.ask(Ask("GET", job.path))
        for visit in managed:
            # Unless this list is had, nobody knows what is there.
            visit.listed = None
            yield from self._list(visit)

    def fill(self, visit: Visit) -> Talk[None]:
        """Start as many jobs as there may be and one more; then make room for that one."""
        if self._plan.edition != "2026-11" or visit.before is None:
            return
        yield from self._list(visit)
        ids = visit.listed
        if ids is None:
            return
        day = 2
        while len(ids) < JOB_LIMIT:
            job = yield from self._filtered(visit, day)
            if job is None or job.export_id.lower() in ids:
                return
            ids |= {job.export_id.lower()}
            day += 1
        yield from self._list(visit)
        yield from self._filtered(visit, day)
        yield from self._list(visit)
        for job in visit.known:
            if visit.started(job) and not job.deleted:
                yield from self._wait(job)
                yield from self._delete(job)
                yield from self._list(visit)
                yield from self._filtered(visit, day)
                return

    def adopt(self, visits: Iterable[Visit], exchange: Exchange | None) -> None:
        """Take in the job that a made-up request started, to be deleted in the end."""
        address = exchange.address if exchange is not None else None
        for visit in visits:
            own = (visit.subject.kind, visit.subject.id)
            if address is not None and own == (address.kind, address.resource_id):
                self._named(visit, exchange)

    def _list(self, visit: Visit, *, hurry: bool = False) -> Talk[Exchange | None]:
        exchange = yield from self._sender.ask(Ask("GET", visit.path), hurry=hurry)
        visit.hear_list(exchange)
        return exchange

    def _delete(self, job: Job, *, hurry: bool = False) -> Talk[None]:
        exchange = yield from self._sender.ask(Ask("DELETE", job.path), hurry=hurry)
        # Without an answer it may have been deleted all the same.
        response = exchange.response if exchange is not None else None
        job.deleted = exchange is not None and (response is None or response.status < 300)

    def _catch(self, visit: Visit, job: Job) -> Talk[None]:
        """Try to delete a job that is generating.

        It may be ready by then, and every job of the resource at about that age. After a
        deletion the next job is left to grow far older, where the same is no chance any more.
        """
        if visit.caught is not None:
            older = job.asked + _FAR_OLDER * visit.caught + _SECOND
            yield from self._sender.pause(older - self._sender.now)
            job.hear((yield from self._sender.ask(Ask("GET", job.path), hurry=True)))
            if job.state != "generating":
                return
        yield from self._delete(job, hurry=True)
        if job.deleted:
            visit.caught = self._sender.now - job.asked
        job.hear((yield from self._sender.ask(Ask("GET", job.path), hurry=True)))

    def _refused(self, job: Job) -> Talk[None]:
        for credential in BAD_CREDENTIALS:
            yield from self._sender.ask(Ask("DELETE", job.path, credential))
        for kind, resource_id in places(self._plan, job):
            yield from self._sender.ask(Ask("DELETE", path_to(kind, resource_id, job.export_id)))

    def _filtered(self, visit: Visit, day: int, *, hurry: bool = False) -> Talk[Job | None]:
        """Request a filtered export, and ask at once for the job; the job."""
        if visit.is_full:
            return None
        ask = Ask("POST", f"{visit.path}?{_window(day)}")
        # Whether it is one job too many, or one request too many, 429 can't tell.
        exchange = yield from self._sender.ask(ask, hurry=hurry, patient=hurry)
        visit.hear_request(exchange)
        job = self._named(visit, exchange)
        if job is not None:
            job.hear((yield from self._sender.ask(Ask("GET", job.path), hurry=True)))
        return job

    def _named(self, visit: Visit, exchange: Exchange | None) -> Job | None:
        """The job that an answer to a request names, one that is known or a new one."""
        export_id = named_job(exchange)
        if exchange is None or told_state(exchange) is None or export_id is None:
            return None
        for job in visit.known:
            if job.export_id == export_id:
                return job
        deadline = self._sender.now + self._plan.max_wait
        since = requested_since(exchange)
        job = Job(visit.subject, export_id, exchange.at, deadline, since, told_state(exchange))
        visit.filtered.append(job)
        return job

    def _wait(self, job: Job) -> Talk[None]:
        """Ask for a job until it has ended."""
        delays = self._plan.pace.delays()
        while job.hear((yield from self._sender.ask(Ask("GET", job.path)))):
            if job.ended or self._sender.now >= job.deadline:
                return
            yield from self._sender.pause(next(delays))


def places(plan: ConversationPlan, job: Job) -> Iterator[tuple[Kind, str]]:
    """Where a job does not belong: kinds and resources, each once."""
    own = (job.subject.kind, job.subject.id)
    others: list[tuple[Kind, str]] = [
        *((kind, job.subject.id) for kind in KINDS),
        (job.subject.kind, UNKNOWN_RESOURCE_ID),
        *((subject.kind, subject.id) for subject in plan.subjects),
    ]
    return (place for place in dict.fromkeys(others) if place != own)
