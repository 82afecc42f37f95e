"""The gate's conversation with a server: decides what to send next, without I/O.

It is a generator of steps. The driver carries them out and sends back the exchange after a
request, or the time after a pause. The driver owns the clock, the network and the recording.

The conversation behaves like an ordinary, polite client. The few requests that can start an
export (`ExportRequests`, `FilterProbes`) follow the documented course. All others are polls, or
probes, which a conforming server refuses without any effect. Most probes run while exports are
generated, so that the conversation takes little longer than the exports.

To add a probe, choose the class for its subject and the method for its phase:

- `AccessProbes`: requests without a valid token
- `LocationProbes`: jobs where they are not, at unknown ids and under other kinds and resources
- `ForbiddenProbes`: batches and collections that the token has no access to
- `JobManagement`: lists, deletions and filters, of edition 2026-11
- `FullProfile`: requests with unknown effects

A new subject is a new class, which `_Scenario` calls in the phase in which to send its probes.
"""

from collections.abc import Callable, Generator

from attrs import frozen

from prolific_contract.gate.conversation._access_probes import AccessProbes
from prolific_contract.gate.conversation._archive_fetches import ArchiveFetches
from prolific_contract.gate.conversation._export_requests import ExportRequests
from prolific_contract.gate.conversation._forbidden_probes import ForbiddenProbes
from prolific_contract.gate.conversation._full_profile import FullProfile
from prolific_contract.gate.conversation._job_deletions import JobDeletions
from prolific_contract.gate.conversation._job_lists import JobLists
from prolific_contract.gate.conversation._job_management import JobManagement
from prolific_contract.gate.conversation._job_polls import JobPolls
from prolific_contract.gate.conversation._job_steps import JobSteps
from prolific_contract.gate.conversation._location_probes import LocationProbes
from prolific_contract.gate.conversation._notices import notices_about
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import ResourceProgress
from prolific_contract.gate.conversation._steps import (
    ApiRequest,
    ConversationEndedError,
    ConversationInterruptedError,
    Sender,
    Step,
    StepResult,
    Steps,
)


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
    return _Scenario(plan).run()


class _Scenario:
    """The order of a conversation's requests."""

    def __init__(self, plan: ConversationPlan) -> None:
        self._plan = plan
        self._resources = [
            ResourceProgress(subject) for subject in plan.subjects if not subject.forbidden
        ]
        self._sender = sender = Sender(plan)
        self._archives = ArchiveFetches(sender)
        polls = JobPolls(plan, sender, self._archives)
        lists = JobLists(plan, sender)
        self._jobs = JobSteps(polls, lists, JobDeletions(plan, sender, polls, lists))
        self._exports = ExportRequests(plan, sender, polls, self._archives)
        # Probes.
        self._access = AccessProbes(sender)
        self._locations = LocationProbes(plan, sender)
        self._forbidden = ForbiddenProbes(plan, sender)
        self._management = JobManagement(plan, sender, self._jobs)
        self._full_profile = FullProfile(plan, sender, self._jobs)

    def run(self) -> Steps[Ending]:
        """All steps, and the deletion of the jobs that they started."""
        reason = yield from self._run_until_ended(self._all_phases())
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
            yield from self._jobs.deletions.delete_owned_jobs(self._resources)
        except ConversationInterruptedError as ended:
            self._end_budget(ended)
            yield from self._jobs.deletions.delete_owned_jobs(self._resources)

    def _end_budget(self, ended: ConversationInterruptedError) -> None:
        # From now on, only the time for deletions remains.
        self._sender.now = self._sender.budget = ended.at

    def _all_phases(self) -> Steps[None]:
        yield from self._for_each(self._jobs.lists.list_existing_jobs)
        yield from self._for_each(self._start_export)
        yield from self._for_each(self._poll_once)
        yield from self._for_each(self._probe_while_generating)
        yield from self._forbidden.probe(self._resources)
        yield from self._jobs.polls.poll_all_to_end(self._resources)
        yield from self._for_each(self._probe_after_end)
        yield from self._for_each(self._request_again)
        yield from self._for_each(self._management.probe_deletion)
        yield from self._jobs.polls.poll_all_to_end(self._resources)
        yield from self._for_each(self._check_at_end)
        if self._plan.profile == "full":
            yield from self._full_profile.probe(self._resources)

    def _for_each(self, phase: Callable[[ResourceProgress], Steps[None]]) -> Steps[None]:
        for resource in self._resources:
            yield from phase(resource)

    def _start_export(self, resource: ResourceProgress) -> Steps[None]:
        job = yield from self._exports.start(resource)
        if job is not None:
            yield from self._management.probe_while_generating(resource, job)

    def _poll_once(self, resource: ResourceProgress) -> Steps[None]:
        """Poll once before the probes, which may take longer than the export."""
        for job in resource.jobs[:1]:
            yield from self._jobs.polls.poll(job)

    def _probe_while_generating(self, resource: ResourceProgress) -> Steps[None]:
        yield from self._access.probe_own_jobs(resource)
        yield from self._locations.probe_while_generating(resource)
        yield from self._access.probe_while_generating(resource)

    def _probe_after_end(self, resource: ResourceProgress) -> Steps[None]:
        yield from self._access.probe_after_end(resource)
        yield from self._management.probe_after_end(resource)

    def _request_again(self, resource: ResourceProgress) -> Steps[None]:
        """Request another export after the first one ended."""
        if resource.last_state is not None and all(job.ended for job in resource.jobs):
            yield from self._start_export(resource)
            # A job that ended must not follow the new one.
            for job in resource.jobs[:-1]:
                yield from self._sender.request(ApiRequest("GET", job.path))

    def _check_at_end(self, resource: ResourceProgress) -> Steps[None]:
        """Poll again what should not have changed."""
        yield from self._exports.request_after_failure(resource)
        # Only the first job is polled once more.
        fetched = next((job.fetched_url for job in resource.jobs), None)
        refused = yield from self._archives.fetch_again(resource.subject, fetched)
        for job in resource.jobs[:1]:
            yield from self._jobs.polls.poll(job)
            # The poll may have returned another URL than before.
            yield from self._archives.fetch_archive(resource.subject, job.url, again=refused)
            if refused:
                # It shows that the export still exists.
                yield from self._jobs.polls.poll(job)
            yield from self._locations.poll_nearby(job)
        yield from self._locations.poll_unknown_job(resource)
        yield from self._management.check_at_end(resource)
