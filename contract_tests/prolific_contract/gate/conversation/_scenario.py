"""The gate's conversation with a server: decides what to send next, without I/O.

It is a generator of steps. The driver carries them out and sends back the exchange after a
request, or the time after a pause. The driver owns the clock, the network and the recording.

The conversation behaves like an ordinary, polite client. The few requests that can start an
export follow the documented course. All others are probes, which a conforming server refuses
without any effect. The probes run while exports are generated, so that the conversation takes
little longer than the exports.
"""

from collections.abc import Generator, Iterable
from typing import Final
from urllib.parse import quote

from attrs import frozen
from prolific_exports._model._urls import unsafe_reason

from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, address_of
from prolific_contract.gate.conversation._access_probes import BAD_CREDENTIALS, AccessProbes
from prolific_contract.gate.conversation._job_management import JobManagement, other_locations
from prolific_contract.gate.conversation._notices import notices_about
from prolific_contract.gate.conversation._plan import KNOWN_JOB, ConversationPlan, GeneratedRequest
from prolific_contract.gate.conversation._resources import (
    Poll,
    ResourceProgress,
    TrackedJob,
    earliest_request_time,
    job_id_in,
    path_to,
    poll_request,
    state_in,
    text_member,
)
from prolific_contract.gate.conversation._steps import (
    SHORTEST_PAUSE,
    ApiRequest,
    ArchiveRequest,
    ConversationEndedError,
    ConversationInterruptedError,
    Sender,
    Step,
    StepResult,
    Steps,
)
from prolific_contract.gate.conversation._targets import BODY_LIMIT
from prolific_contract.gate.trace._body_parts import part_of
from prolific_contract.gate.trace._exchanges import Exchange, Subject
from prolific_contract.gate.trace._zip_directory import TAIL, FilePart, MissingBytes, read_directory

MOST_EXPORT_REQUESTS: Final = 12
"""The most POSTs with the token for each batch or collection under the polite profile.

Seven of them belong to the probes of filters, and are sent only if edition 2026-11 is enforced.
Each starts at most one export. Repetitions after 429, or 503 with Retry-After, do not count: the
refused request started nothing.
"""

# Responses without a state in a row after which the conversation stops polling a job.
_MOST_POLLS_WITHOUT_STATE: Final = 3
# Seconds after which a server certainly knows a new job everywhere.
_KNOWN_AFTER: Final = 3.0
# The tail, a ZIP64 record that begins before the tail, and the directory.
_ARCHIVE_REQUESTS: Final = 3
# How stores refuse a range that counts from the end of the file.
_NO_SUFFIX: Final = (400, 416, 501)
# Of the end record of a ZIP file without a comment.
_END_LENGTH: Final = 22

_REQUEST_METHODS: Final = ("PUT", "PATCH", "DELETE")
# DELETE of a job is documented in edition 2026-11.
_JOB_METHODS: Final = ("POST", "PUT", "PATCH")


@frozen
class Ending:
    """How a conversation ended.

    Attributes:
        cut_short: Why it ended early, as a clause; None if it is complete.
        notices: What the owner of the batches and collections should know, as sentences.
    """

    cut_short: str | None = None
    notices: tuple[str, ...] = ()


def conversation(plan: ConversationPlan) -> Generator[Step, StepResult, Ending]:
    """The steps of a conversation."""
    return _Conversation(plan).run()


class _Conversation:
    """A running conversation: its generators and their shared state."""

    def __init__(self, plan: ConversationPlan) -> None:
        self._plan = plan
        self._sender = Sender(plan)
        self._management = JobManagement(plan, self._sender)
        self._access = AccessProbes(self._sender)
        self._resources = [
            ResourceProgress(subject) for subject in plan.subjects if not subject.forbidden
        ]
        self._fetched: set[str] = set()
        # The first archive of each resource: its URL and size.
        self._without_suffix: set[str] = set()
        self._first_archives: dict[Subject, tuple[str, int]] = {}

    def run(self) -> Steps[Ending]:
        """All steps, in order."""
        reason = yield from self._run_until_ended(self._all_steps())
        # Delete the started jobs even if the time is up.
        ended = yield from self._run_until_ended(self._delete_owned_jobs())
        notices = tuple(
            notice
            for resource in self._resources
            for notice in notices_about(resource, self._sender.may_start)
        )
        return Ending(reason or ended, notices)

    def _run_until_ended(self, steps: Steps[None]) -> Steps[str | None]:
        try:
            yield from steps
        except ConversationEndedError as ended:
            if isinstance(ended, ConversationInterruptedError):
                self._end_budget(ended)
            return str(ended)
        return None

    def _delete_owned_jobs(self) -> Steps[None]:
        try:
            yield from self._management.delete_owned_jobs(self._resources)
        except ConversationInterruptedError as ended:
            self._end_budget(ended)
            yield from self._management.delete_owned_jobs(self._resources)

    def _end_budget(self, ended: ConversationInterruptedError) -> None:
        # From now on, only the time for deletions remains.
        self._sender.now = self._sender.budget = ended.at

    def _all_steps(self) -> Steps[None]:
        resources = self._resources
        for resource in resources:
            yield from self._management.list_existing_jobs(resource)
        for resource in resources:
            yield from self._start_export(resource)
        for resource in resources:
            yield from self._poll_once(resource)
        for resource in resources:
            yield from self._probe(resource)
        yield from self._probe_forbidden()
        yield from self._poll_to_end(resources)
        for resource in resources:
            yield from self._access.probe_after_end(resource)
            yield from self._management.probe_after_end(resource)
        for resource in resources:
            yield from self._request_again(resource)
        for resource in resources:
            yield from self._management.probe_deletion(resource)
        yield from self._poll_to_end(resources)
        for resource in resources:
            yield from self._check_at_end(resource)
        if self._plan.profile == "full":
            yield from self._full_profile_steps(resources)

    # Exports.

    def _start_export(self, resource: ResourceProgress) -> Steps[None]:
        """Request an export, and again while it is generating."""
        job = yield from self._request(resource)
        if job is not None and job.unfinished:
            yield from self._request(resource, immediately=True)
            # Only a later poll shows whether the job was still generating at the second request.
            job.update(
                (yield from self._sender.request(ApiRequest("GET", job.path), immediately=True))
            )
            yield from self._management.probe_while_generating(resource, job)

    def _poll_once(self, resource: ResourceProgress) -> Steps[None]:
        """Poll once before the probes, which may take longer than the export."""
        for job in resource.jobs[:1]:
            job.update((yield from self._sender.request(ApiRequest("GET", job.path))))

    def _request_again(self, resource: ResourceProgress) -> Steps[None]:
        """Request another export after the first one ended."""
        if resource.last_state is not None and all(job.ended for job in resource.jobs):
            yield from self._start_export(resource)
            # A job that ended must not follow the new one.
            for job in resource.jobs[:-1]:
                yield from self._sender.request(ApiRequest("GET", job.path))

    def _check_at_end(self, resource: ResourceProgress) -> Steps[None]:
        """Poll again what should not have changed."""
        states = [job.state for job in resource.jobs]
        if "failed" in states[:-1] and states[-1:] == ["complete"]:
            # A complete job exists only now, since the request after the failed one.
            yield from self._request(resource)
        refused = yield from self._fetch_again(resource.subject)
        if resource.jobs:
            first = resource.jobs[0]
            first.update((yield from self._sender.request(ApiRequest("GET", first.path))))
            if refused:
                # The poll refreshed the URL if it had expired.
                yield from self._fetch_archive(resource.subject, first.url)
            yield from self._probe_scope(first)
        unknown = poll_request(resource.subject.kind, resource.subject.id, UNKNOWN_EXPORT_ID)
        yield from self._sender.request(unknown)

    def _request(
        self, resource: ResourceProgress, *, immediately: bool = False
    ) -> Steps[TrackedJob | None]:
        """Send a POST, and poll the job that it returns at once.

        Returns:
            The job, if it is new.
        """
        if resource.is_full:
            return None
        exchange = yield from self._sender.request(
            ApiRequest("POST", resource.path), immediately=immediately
        )
        resource.count_request(exchange)
        resource.last_state = state_in(exchange)
        if exchange is None or resource.last_state is None:
            return None
        yield from self._fetch_archive(resource.subject, text_member(exchange, "url"))
        export_id = job_id_in(exchange)
        if export_id is None or any(job.export_id == export_id for job in resource.all_jobs):
            return None
        deadline = self._sender.now + self._plan.max_wait
        requested_after = earliest_request_time(exchange)
        job = TrackedJob(
            resource.subject, export_id, exchange.at, deadline, requested_after, resource.last_state
        )
        resource.jobs.append(job)
        job.update((yield from self._sender.request(ApiRequest("GET", job.path), immediately=True)))
        return job

    def _poll_to_end(self, resources: Iterable[ResourceProgress]) -> Steps[None]:
        """Poll all jobs until each ends, then inspect the result."""
        jobs = [job for resource in resources for job in resource.all_jobs if not job.polled_to_end]
        polls = []
        for job in jobs:
            job.polled_to_end = True
            if job.deleted:
                continue
            if job.ended:
                yield from self._inspect_ended_job(job)
            else:
                delays = self._plan.pace.delays()
                polls.append(Poll(job, delays, self._sender.now + next(delays)))
        while polls:
            poll = min(polls, key=lambda poll: poll.due)
            yield from self._sender.pause(poll.due - self._sender.now)
            if not (yield from self._poll(poll)):
                polls.remove(poll)

    def _poll(self, poll: Poll) -> Steps[bool]:
        """Poll a job; return whether to poll again."""
        job = poll.job
        exchange = yield from self._sender.request(ApiRequest("GET", job.path))
        poll.polls_without_state = 0 if job.update(exchange) else poll.polls_without_state + 1
        if job.ended:
            yield from self._inspect_ended_job(job)
            return False
        if exchange is None or exchange.at >= job.deadline or self._is_unknown(poll, exchange):
            return False
        # The last poll is due at the deadline; a pause is never shorter than the minimum.
        due = min(self._sender.now + next(poll.delays), job.deadline)
        poll.due = max(due, self._sender.now + SHORTEST_PAUSE)
        return True

    def _is_unknown(self, poll: Poll, exchange: Exchange) -> bool:
        """Whether the server does not know a job, even after a moment."""
        age = exchange.at - poll.job.requested_at
        return poll.polls_without_state >= _MOST_POLLS_WITHOUT_STATE and age >= _KNOWN_AFTER

    def _inspect_ended_job(self, job: TrackedJob) -> Steps[None]:
        """Fetch the archive of an ended job, and poll the job twice more."""
        yield from self._fetch_archive(job.subject, job.url)
        for _ in range(2):
            job.update((yield from self._sender.request(ApiRequest("GET", job.path))))

    def _fetch_archive(self, subject: Subject, url: str | None) -> Steps[None]:
        """Read an archive's directory by range requests, once for each URL."""
        if url is None or url in self._fetched or unsafe_reason(url) is not None:
            return
        self._fetched.add(url)
        parts: list[FilePart] = []
        span: str | None = f"bytes=-{TAIL}"
        for _ in range(_ARCHIVE_REQUESTS):
            exchange = yield from self._sender.send(ArchiveRequest(url, span), "the archive")
            response = exchange.response if exchange else None
            if response and response.status in _NO_SUFFIX and not parts and span:
                # An empty file has no range, and some stores know no suffix ranges.
                self._without_suffix.add(url)
                span = None
                continue
            part, size = part_of(response) if response else (None, None)
            if part is None or size is None:
                return
            self._first_archives.setdefault(subject, (url, size))
            parts.append(part)
            found = read_directory(parts, size)
            if not isinstance(found, MissingBytes) or found.stop - found.start > BODY_LIMIT:
                return
            # A suffix that ends before the stated size shows whether the rest exists.
            start = part.stop if part.stop < size and len(parts) == 1 else found.start
            span = f"bytes={start}-{found.stop - 1}"

    def _fetch_again(self, subject: Subject) -> Steps[bool]:
        """Fetch parts of the resource's first archive again; return whether one was refused."""
        url, size = self._first_archives.get(subject, ("", 0))
        refused = False
        end = min(size, _END_LENGTH)
        spans = [f"bytes={size - end}-{size - 1}", f"bytes=0-{end - 1}"]
        if url not in self._without_suffix:
            spans.append(f"bytes=-{end}")
        for span in spans if size else ():
            exchange = yield from self._sender.send(ArchiveRequest(url, span), "the archive")
            response = exchange.response if exchange is not None else None
            refused = refused or (response is not None and response.status >= 400)
        return refused

    # Probes, which a conforming server refuses without any effect.

    def _probe(self, resource: ResourceProgress) -> Steps[None]:
        subject, jobs = resource.subject, resource.jobs
        for credential in BAD_CREDENTIALS:
            yield from self._sender.request(ApiRequest("POST", resource.path, credential))
        yield from self._management.probe(resource)
        if jobs:
            for credential in BAD_CREDENTIALS:
                yield from self._sender.request(ApiRequest("GET", jobs[0].path, credential))
        yield from self._sender.request(poll_request(subject.kind, subject.id, UNKNOWN_EXPORT_ID))
        yield from self._sender.request(
            ApiRequest("POST", path_to(subject.kind, UNKNOWN_RESOURCE_ID))
        )
        if jobs:
            yield from self._probe_scope(jobs[0])
        yield from self._access.probe_while_generating(resource)

    def _probe_forbidden(self) -> Steps[None]:
        lists_jobs = any(resource.lists_jobs for resource in self._resources)
        for subject in self._plan.subjects:
            if subject.forbidden:
                yield from self._sender.request(
                    ApiRequest("POST", path_to(subject.kind, subject.id))
                )
                yield from self._sender.request(
                    poll_request(subject.kind, subject.id, UNKNOWN_EXPORT_ID)
                )
                yield from self._access.probe_forbidden(subject, lists_jobs=lists_jobs)
        yield from self._management.probe_forbidden(self._resources)

    def _full_profile_steps(self, resources: list[ResourceProgress]) -> Steps[None]:
        """Send requests with unknown effects, after everything else."""
        for resource in resources:
            yield from self._probe_methods(resource)
            yield from self._management.fill_to_limit(resource)
        for generated in self._plan.generated:
            path = generated.path.replace(KNOWN_JOB, _job_for(generated, resources))
            request = ApiRequest(generated.method, path, headers=generated.headers, generated=True)
            self._management.track_generated_job(
                resources, (yield from self._sender.request(request))
            )

    def _probe_methods(self, resource: ResourceProgress) -> Steps[None]:
        path = resource.path
        for method in _REQUEST_METHODS:
            yield from self._sender.request(ApiRequest(method, path))
        path = resource.jobs[0].path if resource.jobs else f"{path}/{UNKNOWN_EXPORT_ID}"
        for method in _JOB_METHODS:
            yield from self._sender.request(ApiRequest(method, path))

    def _probe_scope(self, job: TrackedJob) -> Steps[None]:
        """Poll a job under other kinds and resources."""
        for kind, resource_id in other_locations(self._plan, job):
            yield from self._sender.request(poll_request(kind, resource_id, job.export_id))


def _job_for(generated: GeneratedRequest, resources: Iterable[ResourceProgress]) -> str:
    """Id of a job for a generated request; for a deletion, of a job that we started."""
    address = address_of(generated.path.partition("?")[0])
    for resource in resources:
        own = (resource.subject.kind, resource.subject.id)
        if not address or own != (address.kind, address.resource_id):
            continue
        for job in resource.jobs[:1]:
            if generated.method != "DELETE" or resource.owns(job):
                return quote(job.export_id, safe="")
    return UNKNOWN_EXPORT_ID
