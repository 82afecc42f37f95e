"""The conversation that the gate holds with a server: what to send next, decided without I/O.

It is a generator of steps. Whoever carries them out sends back what became of a request, or
the time after a pause; the clock, the network and the recording are the driver's.

With the batches and collections given it asks as an ordinary client does, politely: the few
requests that can start an export follow the course that the documents describe, the rest are
probes that a conforming server refuses without any effect. While exports are generated the
probes are made, so that the conversation takes hardly longer than the exports do.
"""

from collections.abc import Generator, Iterable
from typing import Final
from urllib.parse import quote

from attrs import frozen
from prolific_exports._model._urls import unsafe_reason

from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID, address_of
from prolific_contract.gate.conversation._job_management import (
    BAD_CREDENTIALS,
    UNKNOWN_RESOURCE_ID,
    Manager,
    places,
)
from prolific_contract.gate.conversation._notices import remarks_on
from prolific_contract.gate.conversation._plan import KNOWN_JOB, ConversationPlan, GeneratedRequest
from prolific_contract.gate.conversation._resources import (
    Job,
    Poll,
    Visit,
    named_job,
    path_to,
    requested_since,
    status_of,
    text_member,
    told_state,
)
from prolific_contract.gate.conversation._steps import (
    SHORTEST_PAUSE,
    Ask,
    Fetch,
    OverError,
    Sender,
    Sent,
    Step,
    Talk,
    UnwantedError,
)
from prolific_contract.gate.conversation._targets import BODY_LIMIT
from prolific_contract.gate.trace._body_parts import part_of
from prolific_contract.gate.trace._zip_directory import TAIL, FilePart, MissingBytes, read_directory

MOST_EXPORT_REQUESTS: Final = 7
"""So many POSTs with the token, at most, for each batch or collection under the polite profile.

Two of them have a filter, and are sent only when edition 2026-11 is enforced. Each starts one
export at most; requests that are repeated because the server asked for patience (429, or 503
with Retry-After) started none.
"""

# Answers in a row that tell no state, after which a job is not followed any more.
_STATELESS: Final = 3
# The tail, a ZIP64 record that the tail has not whole, the directory.
_ARCHIVE_REQUESTS: Final = 3

_REQUEST_METHODS: Final = ("PUT", "PATCH", "DELETE")
# DELETE of a job is documented in edition 2026-11.
_JOB_METHODS: Final = ("POST", "PUT", "PATCH")


@frozen
class Ending:
    """How a conversation ended.

    Attributes:
        cut_short: Why not everything was asked, in half a sentence; None if it was.
        remarks: What whoever owns the batches and collections has to know, in sentences.
    """

    cut_short: str | None = None
    remarks: tuple[str, ...] = ()


def conversation(plan: ConversationPlan) -> Generator[Step, Sent, Ending]:
    """The steps of a conversation."""
    return _Conversation(plan).hold()


class _Conversation:
    """A conversation under way: its generators, and what they have to know of each other."""

    def __init__(self, plan: ConversationPlan) -> None:
        self._plan = plan
        self._sender = Sender(plan)
        self._manager = Manager(plan, self._sender)
        self._visits = [Visit(subject) for subject in plan.subjects if not subject.forbidden]
        self._fetched: set[str] = set()

    def hold(self) -> Talk[Ending]:
        """Everything, in order."""
        reason = yield from self._unless_over(self._everything())
        # What was started is to be deleted, even when time is up.
        over = yield from self._unless_over(self._clear())
        remarks = tuple(remark for visit in self._visits for remark in remarks_on(visit))
        return Ending(reason or over, remarks)

    def _unless_over(self, talk: Talk[None]) -> Talk[str | None]:
        try:
            yield from talk
        except OverError as over:
            if isinstance(over, UnwantedError):
                self._hurry(over)
            return str(over)
        return None

    def _clear(self) -> Talk[None]:
        try:
            yield from self._manager.clear(self._visits)
        except UnwantedError as over:
            self._hurry(over)
            yield from self._manager.clear(self._visits)

    def _hurry(self, over: UnwantedError) -> None:
        # From here on, there is the time for deleting alone.
        self._sender.now = self._sender.budget = over.at

    def _everything(self) -> Talk[None]:
        visits = self._visits
        for visit in visits:
            yield from self._manager.survey(visit)
        for visit in visits:
            yield from self._begin(visit)
        for visit in visits:
            yield from self._glance(visit)
        for visit in visits:
            yield from self._probe(visit)
        yield from self._probe_forbidden()
        yield from self._follow(visits)
        for visit in visits:
            yield from self._manager.tend(visit)
        for visit in visits:
            yield from self._again(visit)
        yield from self._follow(visits)
        for visit in visits:
            yield from self._leave(visit)
        if self._plan.profile == "full":
            yield from self._go_further(visits)

    # The course of an export.

    def _begin(self, visit: Visit) -> Talk[None]:
        """Request an export, and again while it is generated."""
        job = yield from self._request(visit)
        if job is not None and job.state == "generating":
            yield from self._request(visit, hurry=True)
            # Whether the second request came in time only a poll after it can tell.
            job.hear((yield from self._sender.ask(Ask("GET", job.path), hurry=True)))
            yield from self._manager.press(visit, job)

    def _glance(self, visit: Visit) -> Talk[None]:
        """Ask once more before the probes, which may take longer than the export."""
        for job in visit.jobs[:1]:
            job.hear((yield from self._sender.ask(Ask("GET", job.path))))

    def _again(self, visit: Visit) -> Talk[None]:
        """Request an export when the one before has ended."""
        if visit.told is not None and all(job.ended for job in visit.jobs):
            yield from self._begin(visit)

    def _leave(self, visit: Visit) -> Talk[None]:
        """Look again at what should be as it was."""
        states = [job.state for job in visit.jobs]
        if "failed" in states[:-1] and states[-1:] == ["complete"]:
            # The request after the failed job has made a complete one: only now there is one.
            yield from self._request(visit)
        if visit.jobs:
            first = visit.jobs[0]
            first.hear((yield from self._sender.ask(Ask("GET", first.path))))
            yield from self._probe_scope(first)
        unknown = status_of(visit.subject.kind, visit.subject.id, UNKNOWN_EXPORT_ID)
        yield from self._sender.ask(unknown)

    def _request(self, visit: Visit, *, hurry: bool = False) -> Talk[Job | None]:
        """Send a POST, and at once a GET for the job that it names.

        Returns:
            The job, if it is a new one.
        """
        if visit.is_full:
            return None
        exchange = yield from self._sender.ask(Ask("POST", visit.path), hurry=hurry)
        visit.hear_request(exchange)
        visit.told = told_state(exchange)
        if exchange is None or visit.told is None:
            return None
        yield from self._fetch_archive(text_member(exchange, "url"))
        export_id = named_job(exchange)
        if export_id is None or any(job.export_id == export_id for job in visit.known):
            return None
        deadline = self._sender.now + self._plan.max_wait
        since = requested_since(exchange)
        job = Job(visit.subject, export_id, exchange.at, deadline, since, visit.told)
        visit.jobs.append(job)
        job.hear((yield from self._sender.ask(Ask("GET", job.path), hurry=True)))
        return job

    def _follow(self, visits: Iterable[Visit]) -> Talk[None]:
        """Poll all jobs until each has ended, and look twice at what came of it."""
        jobs = [job for visit in visits for job in visit.known if not job.followed]
        polls = []
        for job in jobs:
            job.followed = True
            if job.deleted:
                continue
            if job.ended:
                yield from self._look(job)
            else:
                delays = self._plan.pace.delays()
                polls.append(Poll(job, delays, self._sender.now + next(delays)))
        while polls:
            poll = min(polls, key=lambda poll: poll.due)
            yield from self._sender.pause(poll.due - self._sender.now)
            if not (yield from self._poll(poll)):
                polls.remove(poll)

    def _poll(self, poll: Poll) -> Talk[bool]:
        """Ask for a job; whether to ask again."""
        job = poll.job
        exchange = yield from self._sender.ask(Ask("GET", job.path))
        poll.stateless = 0 if job.hear(exchange) else poll.stateless + 1
        if job.ended:
            yield from self._look(job)
            return False
        if exchange is None or exchange.at >= job.deadline or poll.stateless >= _STATELESS:
            return False
        # The last poll comes when time is up, and a pause is never too short to be one.
        due = min(self._sender.now + next(poll.delays), job.deadline)
        poll.due = max(due, self._sender.now + SHORTEST_PAUSE)
        return True

    def _look(self, job: Job) -> Talk[None]:
        """Fetch what an ended job offers, and ask for it twice more."""
        yield from self._fetch_archive(job.url)
        for _ in range(2):
            job.hear((yield from self._sender.ask(Ask("GET", job.path))))

    def _fetch_archive(self, url: str | None) -> Talk[None]:
        """Read an archive's directory by range requests, once for each URL."""
        if url is None or url in self._fetched or unsafe_reason(url) is not None:
            return
        self._fetched.add(url)
        parts: list[FilePart] = []
        span: str | None = f"bytes=-{TAIL}"
        for _ in range(_ARCHIVE_REQUESTS):
            exchange = yield from self._sender.send(Fetch(url, span), "the archive")
            response = exchange.response if exchange else None
            if response and response.status == 416 and not parts and span:
                # Of a file without a byte there is no part.
                span = None
                continue
            part, size = part_of(response) if response else (None, None)
            if part is None or size is None:
                return
            parts.append(part)
            found = read_directory(parts, size)
            if not isinstance(found, MissingBytes) or found.stop - found.start > BODY_LIMIT:
                return
            span = f"bytes={found.start}-{found.stop - 1}"

    # Probes: what a conforming server refuses without any effect.

    def _probe(self, visit: Visit) -> Talk[None]:
        subject, jobs = visit.subject, visit.jobs
        for credential in BAD_CREDENTIALS:
            yield from self._sender.ask(Ask("POST", visit.path, credential))
        yield from self._manager.probe(visit)
        if jobs:
            for credential in BAD_CREDENTIALS:
                yield from self._sender.ask(Ask("GET", jobs[0].path, credential))
        yield from self._sender.ask(status_of(subject.kind, subject.id, UNKNOWN_EXPORT_ID))
        yield from self._sender.ask(Ask("POST", path_to(subject.kind, UNKNOWN_RESOURCE_ID)))
        if jobs:
            yield from self._probe_scope(jobs[0])

    def _probe_forbidden(self) -> Talk[None]:
        for subject in self._plan.subjects:
            if subject.forbidden:
                yield from self._sender.ask(Ask("POST", path_to(subject.kind, subject.id)))
                yield from self._sender.ask(status_of(subject.kind, subject.id, UNKNOWN_EXPORT_ID))
        yield from self._manager.probe_forbidden(self._visits)

    def _go_further(self, visits: list[Visit]) -> Talk[None]:
        """Send what nobody knows the effect of, after everything else."""
        for visit in visits:
            yield from self._try_methods(visit)
            yield from self._manager.fill(visit)
        for made in self._plan.made:
            path = made.path.replace(KNOWN_JOB, _known_job(made, visits))
            ask = Ask(made.method, path, headers=made.headers, made=True)
            self._manager.adopt(visits, (yield from self._sender.ask(ask)))

    def _try_methods(self, visit: Visit) -> Talk[None]:
        path = visit.path
        for method in _REQUEST_METHODS:
            yield from self._sender.ask(Ask(method, path))
        path = visit.jobs[0].path if visit.jobs else f"{path}/{UNKNOWN_EXPORT_ID}"
        for method in _JOB_METHODS:
            yield from self._sender.ask(Ask(method, path))

    def _probe_scope(self, job: Job) -> Talk[None]:
        """Ask for a job where it does not belong."""
        for kind, resource_id in places(self._plan, job):
            yield from self._sender.ask(status_of(kind, resource_id, job.export_id))


def _known_job(made: GeneratedRequest, visits: Iterable[Visit]) -> str:
    """A job of the resource that a made-up request is for; to be deleted, one of our own."""
    address = address_of(made.path.partition("?")[0])
    for visit in visits:
        own = (visit.subject.kind, visit.subject.id)
        if not address or own != (address.kind, address.resource_id):
            continue
        for job in visit.jobs[:1]:
            if made.method != "DELETE" or visit.started(job):
                return quote(job.export_id, safe="")
    return UNKNOWN_EXPORT_ID
