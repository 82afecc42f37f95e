"""The conversation that the gate holds with a server: what to send next, decided without I/O.

It is a generator of steps. Whoever carries them out sends back what became of a request, or
the time after a pause; the clock, the network and the recording are the driver's.

With the batches and collections given it asks as an ordinary client does, politely: the few
requests that can start an export follow the course that the documents describe, the rest are
probes that a conforming server refuses without any effect. While exports are generated the
probes are made, so that the conversation takes hardly longer than the exports do.
"""

from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast
from urllib.parse import quote

from attrs import define, field, frozen
from prolific_exports._policy import retry_after
from prolific_exports._urls import why_unsafe

from prolific_contract.gate._operations import (
    KINDS,
    UNKNOWN_EXPORT_ID,
    Kind,
    address_of,
    path_of,
)
from prolific_contract.gate._parts import part_of
from prolific_contract.gate._plan import KNOWN_JOB, Made, Plan
from prolific_contract.gate._targets import BODY_LIMIT
from prolific_contract.gate._trace import Credential, Exchange, Subject
from prolific_contract.gate._zip_directory import TAIL, Needed, Part, read_directory

if TYPE_CHECKING:
    from datetime import datetime

UNKNOWN_RESOURCE_ID: Final = "00000000-0000-4000-8000-000000000001"
"""A batch and a collection that nobody has."""

BAD_CREDENTIALS: Final = (
    Credential.NONE,
    Credential.MALFORMED,
    Credential.WRONG_SCHEME,
    Credential.WRONG_TOKEN,
)

MOST_EXPORT_REQUESTS: Final = 5
"""So many POSTs with the token, at most, for each batch or collection under the polite profile.

Each starts one export at most; requests that are repeated because the server asked for
patience (429, or 503 with Retry-After) started none.
"""

# Unanswered requests in a row after which there is no point in asking on.
_SILENT_OPERATION: Final = 3
_SILENT_SERVER: Final = 5
# Answers in a row that tell no state, after which a job is not followed any more.
_STATELESS: Final = 3
_PATIENCE: Final = 6
_SHORTEST_PAUSE: Final = 0.05
_STATES: Final = frozenset({"generating", "complete", "failed"})
# The tail, a ZIP64 record that the tail has not whole, the directory.
_ARCHIVE_REQUESTS: Final = 3

_REQUEST_METHODS: Final = ("PUT", "PATCH", "DELETE")
# DELETE of a job is documented in edition 2026-11.
_JOB_METHODS: Final = ("POST", "PUT", "PATCH")


@frozen
class Ask:
    """A step: send a request to the API.

    Attributes:
        method: HTTP method.
        path: Path below the base URL, with query.
        credential: What it says of who sends it.
        headers: Header fields besides those that every request has.
        made: Whether a generator made it up.
    """

    method: str
    path: str
    credential: Credential = Credential.VALID
    headers: tuple[tuple[str, str], ...] = ()
    made: bool = False


@frozen
class Fetch:
    """A step: get a part of an archive from its presigned URL, without the token.

    Attributes:
        url: A URL that is safe to send to.
        span: The ``Range`` to ask for; None for no range.
    """

    url: str = field(repr=False)
    span: str | None


@frozen
class Pause:
    """A step: let time pass.

    Attributes:
        seconds: How much.
    """

    seconds: float


Step: TypeAlias = Ask | Fetch | Pause
# An exchange after Ask and Fetch, the seconds since the beginning after Pause.
Sent: TypeAlias = Exchange | float
_T = TypeVar("_T")
_Talk: TypeAlias = Generator[Step, Sent, _T]


class _OverError(Exception):
    """The conversation ends early; the message says why, in half a sentence."""


@define(eq=False)
class _Job:
    """An export job that is followed.

    Attributes:
        subject: What is exported.
        export_id: Its id.
        deadline: Seconds from the beginning of the conversation until which it has to be ready.
        state: The last that was told of it.
        url: Where the archive is, by the last answer that told.
        followed: Whether its end has been waited for.
    """

    subject: Subject
    export_id: str
    deadline: float
    state: str | None = None
    url: str | None = None
    followed: bool = False

    @property
    def path(self) -> str:
        return _path(self.subject.kind, self.subject.id, self.export_id)

    @property
    def ended(self) -> bool:
        return self.state in ("complete", "failed")

    def hear(self, exchange: Exchange | None) -> bool:
        """Take in an answer; whether it tells a state."""
        state = _state(exchange)
        if state is None:
            return False
        self.state, self.url = state, _text(exchange, "url")
        return True


@define(eq=False)
class _Visit:
    """A batch or collection, and what has become of the requests for its export.

    Attributes:
        subject: Which one.
        jobs: The jobs that were named, in order.
        told: The state that the last request was answered with; None if it was refused.
    """

    subject: Subject
    jobs: list[_Job] = field(factory=list)
    told: str | None = None


@define(eq=False)
class _Poll:
    """A job that is waited for: when it is asked for next, and how often it told nothing."""

    job: _Job
    delays: Iterator[float]
    due: float
    stateless: int = 0


def conversation(plan: Plan) -> Generator[Step, Sent, str | None]:
    """The steps of a conversation.

    Returns:
        Why it ended before everything was asked, in half a sentence; None if it did not.
    """
    return _Conversation(plan).hold()


class _Conversation:
    """A conversation under way: its generators, and what they have to know of each other."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._now = 0.0
        self._free_at = 0.0
        self._silence = 0
        self._silences: dict[str, int] = {}
        self._fetched: set[str] = set()

    def hold(self) -> _Talk[str | None]:
        """Everything, in order."""
        try:
            yield from self._everything()
        except _OverError as over:
            return str(over)
        return None

    def _everything(self) -> _Talk[None]:
        visits = [_Visit(subject) for subject in self._plan.subjects if not subject.forbidden]
        for visit in visits:
            yield from self._begin(visit)
        for visit in visits:
            yield from self._glance(visit)
        for visit in visits:
            yield from self._probe(visit)
        yield from self._probe_forbidden()
        yield from self._follow(visits)
        for visit in visits:
            yield from self._again(visit)
        yield from self._follow(visits)
        for visit in visits:
            yield from self._leave(visit)
        yield from self._go_further(visits)

    # The course of an export.

    def _begin(self, visit: _Visit) -> _Talk[None]:
        """Request an export, and again while it is generated."""
        job = yield from self._request(visit)
        if job is not None and job.state == "generating":
            yield from self._request(visit, hurry=True)
            # Whether the second request came in time only a poll after it can tell.
            job.hear((yield from self._ask(Ask("GET", job.path), hurry=True)))

    def _glance(self, visit: _Visit) -> _Talk[None]:
        """Ask once more before the probes, which may take longer than the export."""
        for job in visit.jobs[:1]:
            job.hear((yield from self._ask(Ask("GET", job.path))))

    def _again(self, visit: _Visit) -> _Talk[None]:
        """Request an export when the one before has ended."""
        if visit.told is not None and all(job.ended for job in visit.jobs):
            yield from self._begin(visit)

    def _leave(self, visit: _Visit) -> _Talk[None]:
        """Look again at what should be as it was."""
        states = [job.state for job in visit.jobs]
        if "failed" in states[:-1] and states[-1:] == ["complete"]:
            # The request after the failed job has made a complete one: only now there is one.
            yield from self._request(visit)
        if visit.jobs:
            first = visit.jobs[0]
            first.hear((yield from self._ask(Ask("GET", first.path))))
            yield from self._probe_scope(first)
        yield from self._ask(_status_of(visit.subject.kind, visit.subject.id, UNKNOWN_EXPORT_ID))

    def _request(self, visit: _Visit, *, hurry: bool = False) -> _Talk[_Job | None]:
        """Send a POST, and at once a GET for the job that it names.

        Returns:
            The job, if it is a new one.
        """
        subject = visit.subject
        exchange = yield from self._ask(Ask("POST", _path(subject.kind, subject.id)), hurry=hurry)
        visit.told = _state(exchange)
        if visit.told is None:
            return None
        yield from self._fetch_archive(_text(exchange, "url"))
        export_id = _text(exchange, "export_id")
        if export_id is None or any(job.export_id == export_id for job in visit.jobs):
            return None
        job = _Job(subject, export_id, self._now + self._plan.max_wait, visit.told)
        visit.jobs.append(job)
        job.hear((yield from self._ask(Ask("GET", job.path), hurry=True)))
        return job

    def _follow(self, visits: Iterable[_Visit]) -> _Talk[None]:
        """Poll all jobs until each has ended, and look twice at what came of it."""
        jobs = [job for visit in visits for job in visit.jobs if not job.followed]
        polls = []
        for job in jobs:
            job.followed = True
            if job.ended:
                yield from self._look(job)
            else:
                delays = self._plan.pace.delays()
                polls.append(_Poll(job, delays, self._now + next(delays)))
        while polls:
            poll = min(polls, key=lambda poll: poll.due)
            yield from self._pause(poll.due - self._now)
            if not (yield from self._poll(poll)):
                polls.remove(poll)

    def _poll(self, poll: _Poll) -> _Talk[bool]:
        """Ask for a job; whether to ask again."""
        job = poll.job
        exchange = yield from self._ask(Ask("GET", job.path))
        poll.stateless = 0 if job.hear(exchange) else poll.stateless + 1
        if job.ended:
            yield from self._look(job)
            return False
        if exchange is None or exchange.at >= job.deadline or poll.stateless >= _STATELESS:
            return False
        # The last poll comes when time is up, and a pause is never too short to be one.
        due = min(self._now + next(poll.delays), job.deadline)
        poll.due = max(due, self._now + _SHORTEST_PAUSE)
        return True

    def _look(self, job: _Job) -> _Talk[None]:
        """Fetch what an ended job offers, and ask for it twice more."""
        yield from self._fetch_archive(job.url)
        for _ in range(2):
            job.hear((yield from self._ask(Ask("GET", job.path))))

    def _fetch_archive(self, url: str | None) -> _Talk[None]:
        """Read an archive's directory by range requests, once for each URL."""
        if url is None or url in self._fetched or why_unsafe(url) is not None:
            return
        self._fetched.add(url)
        parts: list[Part] = []
        span: str | None = f"bytes=-{TAIL}"
        for _ in range(_ARCHIVE_REQUESTS):
            exchange = yield from self._send(Fetch(url, span), "the archive")
            answer = exchange.answer if exchange else None
            if answer and answer.status == 416 and not parts and span:
                # Of a file without a byte there is no part.
                span = None
                continue
            part, size = part_of(answer) if answer else (None, None)
            if part is None or size is None:
                return
            parts.append(part)
            found = read_directory(parts, size)
            if not isinstance(found, Needed) or found.stop - found.start > BODY_LIMIT:
                return
            span = f"bytes={found.start}-{found.stop - 1}"

    # Probes: what a conforming server refuses without any effect.

    def _probe(self, visit: _Visit) -> _Talk[None]:
        subject, jobs = visit.subject, visit.jobs
        path = _path(subject.kind, subject.id)
        for credential in BAD_CREDENTIALS:
            yield from self._ask(Ask("POST", path, credential))
        if jobs:
            for credential in BAD_CREDENTIALS:
                yield from self._ask(Ask("GET", jobs[0].path, credential))
        yield from self._ask(_status_of(subject.kind, subject.id, UNKNOWN_EXPORT_ID))
        yield from self._ask(Ask("POST", _path(subject.kind, UNKNOWN_RESOURCE_ID)))
        if jobs:
            yield from self._probe_scope(jobs[0])

    def _probe_forbidden(self) -> _Talk[None]:
        for subject in self._plan.subjects:
            if subject.forbidden:
                yield from self._ask(Ask("POST", _path(subject.kind, subject.id)))
                yield from self._ask(_status_of(subject.kind, subject.id, UNKNOWN_EXPORT_ID))

    def _go_further(self, visits: Iterable[_Visit]) -> _Talk[None]:
        """Send what nobody knows the effect of, after everything else."""
        if self._plan.profile == "full":
            for visit in visits:
                yield from self._try_methods(visit)
        for made in self._plan.made:
            path = made.path.replace(KNOWN_JOB, _known_job(made, visits))
            yield from self._ask(Ask(made.method, path, headers=made.headers, made=True))

    def _try_methods(self, visit: _Visit) -> _Talk[None]:
        path = _path(visit.subject.kind, visit.subject.id)
        for method in _REQUEST_METHODS:
            yield from self._ask(Ask(method, path))
        path = visit.jobs[0].path if visit.jobs else f"{path}/{UNKNOWN_EXPORT_ID}"
        for method in _JOB_METHODS:
            yield from self._ask(Ask(method, path))

    def _probe_scope(self, job: _Job) -> _Talk[None]:
        """Ask for a job where it does not belong."""
        own = (job.subject.kind, job.subject.id)
        for kind, resource_id in dict.fromkeys(self._places(job)):
            if (kind, resource_id) != own:
                yield from self._ask(_status_of(kind, resource_id, job.export_id))

    def _places(self, job: _Job) -> Iterator[tuple[Kind, str]]:
        for kind in KINDS:
            yield kind, job.subject.id
        yield job.subject.kind, UNKNOWN_RESOURCE_ID
        for subject in self._plan.subjects:
            yield subject.kind, subject.id

    # One request.

    def _ask(self, ask: Ask, *, hurry: bool = False) -> _Talk[Exchange | None]:
        address = address_of(ask.path.partition("?")[0])
        operation = f"{ask.method} {address.operation}" if address else ask.method
        return (yield from self._send(ask, operation, hurry=hurry))

    def _send(
        self, step: Ask | Fetch, operation: str, *, hurry: bool = False
    ) -> _Talk[Exchange | None]:
        """Send a request, again when the server asks for patience.

        Returns:
            What became of it; None when it was not sent, because the operation is silent.
        """
        repetition = 0
        while True:
            if self._silences.get(operation, 0) >= _SILENT_OPERATION:
                return None
            if self._now >= self._plan.budget:
                raise _OverError(f"the {self._plan.budget:g} s for the whole check were used up")
            if not hurry:
                yield from self._pause(self._free_at - self._now)
            exchange = cast("Exchange", (yield step))
            self._now = exchange.at + exchange.took
            self._free_at = self._now + self._plan.pace.gap
            self._listen(exchange, operation)
            wait = _patience(exchange, repetition)
            if wait is None:
                return exchange
            repetition += 1
            if repetition == _PATIENCE or self._now + wait >= self._plan.budget:
                break
            yield from self._pause(wait)
        # It is no use to ask for this any more, and nobody's fault.
        self._silences[operation] = _SILENT_OPERATION
        return exchange

    def _listen(self, exchange: Exchange, operation: str) -> None:
        if exchange.answer is not None:
            self._silence = self._silences[operation] = 0
            return
        self._silence += 1
        self._silences[operation] = self._silences.get(operation, 0) + 1
        if self._silence >= _SILENT_SERVER:
            raise _OverError(f"{_SILENT_SERVER} requests in a row got no answer")

    def _pause(self, seconds: float) -> _Talk[None]:
        if seconds > 0:
            self._now = cast("float", (yield Pause(seconds)))


def _patience(exchange: Exchange, repetition: int) -> float | None:
    """Seconds after which to repeat a request, if the server asks for that."""
    answer = exchange.answer
    if answer is None or answer.status not in (429, 503):
        return None
    sent = cast("datetime", exchange.sent)
    asked = retry_after(answer.header("retry-after"), answer.header("date"), sent)
    if asked is None and answer.status == 503:
        return None
    return max(2.0**repetition if asked is None else asked, _SHORTEST_PAUSE)


def _state(exchange: Exchange | None) -> str | None:
    """The documented state that a success tells."""
    answer = exchange.answer if exchange else None
    if answer is None or answer.status >= 300 or answer.state not in _STATES:
        return None
    return answer.state


def _text(exchange: Exchange | None, name: str) -> str | None:
    """A member of the body that is a text with something in it."""
    value = exchange.answer.member(name) if exchange and exchange.answer else None
    return value if isinstance(value, str) and value else None


def _known_job(made: Made, visits: Iterable[_Visit]) -> str:
    """A job of the resource that a made-up request is for."""
    address = address_of(made.path.partition("?")[0])
    for visit in visits:
        own = (visit.subject.kind, visit.subject.id)
        if visit.jobs and address and own == (address.kind, address.resource_id):
            return quote(visit.jobs[0].export_id, safe="")
    return UNKNOWN_EXPORT_ID


def _status_of(kind: Kind, resource_id: str, export_id: str) -> Ask:
    return Ask("GET", _path(kind, resource_id, export_id))


def _path(kind: Kind, resource_id: str, export_id: str | None = None) -> str:
    # What a server gives as an id may hold anything.
    return path_of(
        kind, quote(resource_id, safe=""), None if export_id is None else quote(export_id, safe="")
    )
