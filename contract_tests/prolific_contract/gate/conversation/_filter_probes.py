"""The part of the conversation that requests filtered exports (edition 2026-11).

The first filters select nothing, because they end before the API existed, or the responses of the
last hour; the last one selects known responses. Each has another form: one condition or several,
another order, an offset, a fraction of a second. Each is requested beside the running export and
beside filters that differ in one condition, so that a server that ignores a condition returns a
job of another filter.
"""

from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Final, TypeAlias
from urllib.parse import urlencode

from prolific_contract._vocabulary import UNKNOWN_STUDY_IDS
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

_BEGIN, _END = "2015-01-01T10:20:30Z", "2015-01-02T12:34:56Z"
_STUDY, _UUID_STUDY = UNKNOWN_STUDY_IDS
_FIRST: Final = {"from": _BEGIN, "to": _END}
_SECOND: Final = {"to": _END.replace("Z", ".000Z")}
_RECENT: Final = timedelta(hours=1)
_OFFSET: Final = timezone(timedelta(hours=2))


def window(day: int) -> Conditions:
    """A filter that selects nothing: one day of January 2015."""
    return {"from": f"2015-01-{day:02d}T00:00:00Z", "to": f"2015-01-{day + 1:02d}T00:00:00Z"}


def with_filter(path: str, wanted: Conditions = _FIRST, safe: str = "") -> str:
    """The path of a request for an export, with a filter that selects nothing.

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


class FilterProbes:
    """Requests filtered exports, and tracks the jobs that the server starts for them."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._plan = plan
        self._sender = sender

    def probe_while_generating(self, resource: ResourceProgress) -> Steps[None]:
        """Request a filter twice, others near it, and no filter, beside a running export."""
        yield from self.request(resource, _FIRST, immediately=True)
        # The same filter: order and encoding of the parameters do not matter.
        reverse = dict(reversed(_FIRST.items()))
        yield from self.request(resource, reverse, immediately=True, safe=":")
        for near in (_SECOND, self._recent(resource)):
            if resource.may_start_job(spare=1):
                yield from self._request_only(resource, near)
        yield from self._probe_studies(resource)
        # It returns the running export without a filter.
        if resource.may_start_job():
            exchange = yield from self._sender.request(
                ApiRequest("POST", resource.path), immediately=True
            )
            resource.count_request(exchange)
            self.track(resource, exchange)

    def _recent(self, resource: ResourceProgress) -> Conditions:
        """A filter without an end, which selects the responses of the last hour."""
        since = (resource.jobs[-1].requested_after - _RECENT).astimezone(_OFFSET)
        return {"from": since.isoformat(timespec="seconds")}

    def _probe_studies(self, resource: ResourceProgress) -> Steps[None]:
        """Request a study that does not exist, which a server may refuse."""
        exchange: Exchange | None = None
        for wanted in ({"to": _END, "study_id": _STUDY}, {"study_id": _STUDY}):
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
                yield from self._request_only(resource, _FIRST)

    def request_second_again(self, resource: ResourceProgress) -> Steps[None]:
        """Request the second filter again after its job was deleted."""
        if resource.may_start_job():
            yield from self._request_only(resource, _SECOND)

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
