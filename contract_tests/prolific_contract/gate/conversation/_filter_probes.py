"""The part of the conversation that requests filtered exports (edition 2026-11).

The first filters select nothing, because they end before the API existed, or the responses of the
last hour; the last one selects known responses. Each has another form: one condition or several,
another order, an offset, a fraction of a second. Each is requested beside the running export and
beside filters that differ in one condition, or only in the time of day, so that a server that
ignores a condition returns a job of another filter.
"""

from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Final, TypeAlias
from urllib.parse import urlencode

from prolific_contract._vocabulary import UNKNOWN_STUDY_IDS
from prolific_contract.gate.conversation._job_polls import JobPolls
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    job_id_in,
    state_in,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Exchange

Conditions: TypeAlias = Mapping[str, str]

_STUDY, _UUID_STUDY = UNKNOWN_STUDY_IDS
# A job this many times as old as another, plus the pace's first delay, has another age.
_FAR_OLDER: Final = 2.0
_RECENT: Final = timedelta(hours=1)
_OFFSET: Final = timezone(timedelta(hours=2))


def window(day: int) -> Conditions:
    """A filter that selects nothing: one day of January 2015."""
    return {"from": f"2015-01-{day:02d}T00:00:00Z", "to": f"2015-01-{day + 1:02d}T00:00:00Z"}


def with_filter(path: str, wanted: Conditions, safe: str = "") -> str:
    """The path of a request for an export with a filter.

    Args:
        path: The path without it.
        wanted: The filter.
        safe: Characters of the query that are not escaped.
    """
    return f"{path}?{urlencode(wanted, safe=safe)}"


def period(times: tuple[str, ...]) -> dict[str, str]:
    """A filter that selects the middle one of three responses; empty if no response is known."""
    texts = [text.replace("+00:00", "Z") for text in times]
    if len(texts) < 2:
        return {"from": texts[0]} if texts else {}
    return {"from": texts[-2], "to": texts[-1]}


def later_that_day(wanted: Conditions) -> Conditions:
    """The same filter with another time on the last day."""
    date, _, time = wanted["to"].partition("T")
    hour = (int(time[:2]) + 7) % 24
    return {**wanted, "to": f"{date}T{hour:02d}{time[2:]}"}


def _second(resource: ResourceProgress) -> Conditions:
    return {"to": resource.period["to"].replace("Z", ".000Z")}


class FilterProbes:
    """Requests filtered exports, and tracks the jobs that the server starts for them."""

    def __init__(self, plan: ConversationPlan, sender: Sender, polls: JobPolls) -> None:
        self._plan = plan
        self._sender = sender
        self._polls = polls

    def probe_while_generating(
        self, resource: ResourceProgress, running: TrackedJob
    ) -> Steps[None]:
        """Request a filter twice, others near it, and no filter, beside a running export."""
        resource.choose_period(running.sent)
        first = yield from self.request(resource, resource.period, immediately=True)
        yield from self._polls.poll(running, immediately=True)
        # The same filter: order and encoding of the parameters do not matter.
        reverse = dict(reversed(resource.period.items()))
        again = yield from self.request(resource, reverse, immediately=True, safe=":")
        if first is not None and again is not first:
            yield from self._polls.poll(first, immediately=True)
        suspected = first if running.state == "failed" else None
        if suspected is not None:
            yield from self._wait_until_older(suspected, running)
        if resource.may_start_job(spare=1):
            yield from self._request_only(resource, _second(resource))
        if suspected is not None:
            yield from self._polls.poll(suspected, immediately=True)
        if resource.may_start_job(spare=1):
            yield from self._request_only(resource, self._recent(resource))
        yield from self._probe_studies(resource)
        # Two jobs are left for the requests after the end.
        if resource.may_start_job(spare=2):
            yield from self._request_only(resource, later_that_day(resource.period))
        # It returns the running export without a filter.
        if resource.may_start_job():
            exchange = yield from self._sender.request(
                ApiRequest("POST", resource.path), immediately=True
            )
            resource.count_request(exchange)
            self.track(resource, exchange)

    def _wait_until_older(self, job: TrackedJob, other: TrackedJob) -> Steps[None]:
        """Wait until a job is much older than another one was when it failed.

        A job may fail at any time, and others of the resource at about the same age. So a second
        one has to have another age.
        """
        age = _FAR_OLDER * (self._sender.now - other.requested_at) + self._plan.pace.polls[0]
        yield from self._sender.pause(job.requested_at + age - self._sender.now)
        yield from self._polls.poll(job, immediately=True)

    def _recent(self, resource: ResourceProgress) -> Conditions:
        """A filter without an end, which selects the responses of the last hour."""
        since = (resource.jobs[-1].requested_after - _RECENT).astimezone(_OFFSET)
        return {"from": since.isoformat(timespec="seconds")}

    def _probe_studies(self, resource: ResourceProgress) -> Steps[None]:
        """Request a study that does not exist, which a server may refuse."""
        exchange: Exchange | None = None
        for wanted in ({**resource.period, "study_id": _STUDY}, {"study_id": _STUDY}):
            if resource.may_start_job(spare=1):
                exchange = yield from self._request_only(resource, wanted)
        refused = exchange is not None and state_in(exchange) is None
        if refused and resource.may_start_job(spare=1):
            # A server that accepts this one does not look studies up.
            yield from self._request_only(resource, {"study_id": _UUID_STUDY})

    def request_first_again(self, resource: ResourceProgress) -> Steps[None]:
        """Request the first filter again after its export is complete."""
        for job in resource.filtered[:1]:
            if job.state == "complete" and not job.deleted and resource.may_start_job():
                yield from self._request_only(resource, resource.period)

    def request_second_again(self, resource: ResourceProgress) -> Steps[None]:
        """Request the second filter again after its job was deleted."""
        if resource.may_start_job():
            yield from self._request_only(resource, _second(resource))

    def probe_period(self, resource: ResourceProgress) -> Steps[None]:
        """Request the responses of a period that begins and ends with known responses."""
        contents = (job.content for job in resource.jobs)
        times = next((one.times for one in contents if one is not None and one.times), ())
        wanted = period(times)
        if wanted and resource.filtered and resource.may_start_job():
            yield from self.request(resource, wanted)

    def request(
        self,
        resource: ResourceProgress,
        wanted: Conditions,
        *,
        immediately: bool = False,
        safe: str = "",
    ) -> Steps[TrackedJob | None]:
        """Request a filtered export and poll it at once; return the job.

        Args:
            resource: The resource.
            wanted: The filter.
            immediately: Whether to send the requests without the pace's gap.
            safe: Characters of the query that are not escaped.
        """
        if not resource.may_start_job():
            return None
        path = with_filter(resource.path, wanted, safe)
        exchange = yield from self._post(resource, path, immediately=immediately)
        job = self.track(resource, exchange)
        if job is not None:
            job.update(
                (yield from self._sender.request(ApiRequest("GET", job.path), immediately=True))
            )
        return job

    def _request_only(
        self, resource: ResourceProgress, wanted: Conditions
    ) -> Steps[Exchange | None]:
        """Request a filtered export that is not polled before it is deleted at the end."""
        known = resource.all_jobs
        path = with_filter(resource.path, wanted)
        exchange = yield from self._post(resource, path, immediately=True)
        job = self.track(resource, exchange)
        if job is not None and job not in known:
            job.polled_to_end = job.only_requested = True
        return exchange

    def _post(
        self, resource: ResourceProgress, path: str, *, immediately: bool
    ) -> Steps[Exchange | None]:
        # 429 may mean the job limit as well as the rate limit.
        exchange = yield from self._sender.request(
            ApiRequest("POST", path), immediately=immediately, retry=immediately
        )
        resource.count_request(exchange)
        return exchange

    def track(self, resource: ResourceProgress, exchange: Exchange | None) -> TrackedJob | None:
        """The job that a response to a request returns, already tracked or new."""
        export_id = job_id_in(exchange)
        if exchange is None or state_in(exchange) is None or export_id is None:
            return None
        for job in resource.all_jobs:
            if job.export_id == export_id:
                return job
        job = TrackedJob.of(resource.subject, export_id, exchange, self._plan.max_wait)
        job.polled_often = False
        resource.filtered.append(job)
        return job
