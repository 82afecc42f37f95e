"""The state of a conversation: its batches and collections, and their jobs."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import quote

from attrs import define, field
from prolific_exports._model._timestamps import utc_moment

from prolific_contract._vocabulary import DOTS, ENDED, STATES, UNFINISHED, Action, Kind, path_of
from prolific_contract.gate.conversation._steps import ApiRequest
from prolific_contract.gate.laws._jobs import LAG
from prolific_contract.gate.laws._lists import parse_filter
from prolific_contract.gate.trace._archive_content import ArchiveContent
from prolific_contract.gate.trace._exchanges import Credential, Exchange, Subject

_HALVES: Final = re.compile("[\ud800-\udfff]")
# A Date has whole seconds, and so may the time at which a job was requested.
_SECOND: Final = timedelta(seconds=1)
# Seconds more than a list may be behind.
_MARGIN: Final = 0.1
# Periods that select nothing begin in one of this many seconds.
_EARLIEST: Final = datetime(2015, 1, 1, 10, 20, 30, tzinfo=UTC)
_PERIODS: Final = 4 * 365 * 24 * 3600
_LENGTH: Final = timedelta(hours=26)


@define(eq=False)
class TrackedJob:
    """An export job that a request of the conversation returned.

    Attributes:
        subject: What is exported.
        requested_at: Seconds from the start of the conversation to the first request that
            returned the job.
        deadline: Seconds from the start of the conversation by which the job has to end.
        answered_at: Seconds from the start of the conversation to the response to it.
        sent: The time of that request by the clock of this machine.
        requested_after: Earliest time of that request by the server's clock.
        changed_at: When the conversation learned of the last change (start, end or deletion), in
            seconds from its start.
        state: The last reported state.
        url: The last reported URL of the archive.
        polled_often: Whether it is polled soon after its start and twice after its end, as the
            exports without a filter are.
        polled_to_end: Whether the conversation polled it until it ended or gave up.
        only_requested: Whether it is not polled before it is deleted at the end.
        deleted: Whether the conversation deleted it, as far as it knows.
        fetched_url: The URL from which its archive was fetched first; None if it was not.
        content: The content of its archive; None if it was not read.
    """

    subject: Subject
    export_id: str
    requested_at: float
    answered_at: float
    sent: datetime
    deadline: float
    requested_after: datetime
    changed_at: float
    state: str | None = None
    url: str | None = None
    polled_often: bool = True
    polled_to_end: bool = False
    only_requested: bool = False
    deleted: bool = False
    fetched_url: str | None = None
    content: ArchiveContent | None = None

    @classmethod
    def of(
        cls, subject: Subject, export_id: str, exchange: Exchange, max_wait: float
    ) -> "TrackedJob":
        """The job that the response to a request returns for the first time."""
        now = exchange.at + exchange.took
        return cls(
            subject,
            export_id,
            exchange.at,
            now,
            cast("datetime", exchange.sent),
            now + max_wait,
            earliest_request_time(exchange),
            now,
            state_in(exchange),
        )

    @property
    def path(self) -> str:
        """Its path below the base URL."""
        return path_to(self.subject.kind, self.subject.id, self.export_id)

    @property
    def ended(self) -> bool:
        """Whether no further poll is needed."""
        return self.deleted or self.state in ENDED

    @property
    def unfinished(self) -> bool:
        """Whether its last reported state is one in which the server works on it."""
        return self.state in UNFINISHED

    def update(self, exchange: Exchange | None) -> bool:
        """Update state and URL from a response; return whether it has a state."""
        state = state_in(exchange)
        if state is None or exchange is None:
            return False
        if state in ENDED and not self.ended:
            self.changed_at = exchange.at + exchange.took
        self.state, self.url = state, text_member(exchange, "url")
        return True


@define(eq=False)
class ResourceProgress:
    """A batch or collection, and the progress of its exports.

    Attributes:
        jobs: Jobs that requests without a filter returned, in order.
        filtered: Jobs that requests with a filter returned.
        last_state: State in the response to the last request; None if it was refused.
        lists_jobs: Whether the server lists and deletes jobs, as far as is known.
        ids_before: Ids of the jobs before the conversation; None if unknown.
        ids_listed: Ids of the jobs in the last list; None if it could not be read.
        states_listed: The states of the jobs in the last list, by id in lower case.
        spellings: The ids of listed jobs as listed, by id in lower case.
        creation_times: The created_at of listed jobs, by id.
        filters_listed: The filters of listed jobs that have a readable one, by id.
        period: A filter that selects nothing. `choose_period` makes it one of this conversation.
        jobs_left: How many jobs may still be started; None for any number.
        lacked_jobs: Whether a request was not sent because of that number.
        presented: The bad credentials that each action was requested with.
        age_when_deleted: Age in seconds at which a generating job was deleted; None if none was.
    """

    subject: Subject
    jobs: list[TrackedJob] = field(factory=list)
    filtered: list[TrackedJob] = field(factory=list)
    last_state: str | None = None
    lists_jobs: bool = False
    ids_before: frozenset[str] | None = None
    ids_listed: frozenset[str] | None = None
    states_listed: dict[str, object] = field(factory=dict)
    spellings: dict[str, str] = field(factory=dict)
    creation_times: dict[str, datetime] = field(factory=dict)
    filters_listed: dict[str, dict[str, Any]] = field(factory=dict)
    period: dict[str, str] = field(factory=lambda: period_from(timedelta(0)))
    jobs_left: int | None = None
    lacked_jobs: bool = False
    presented: set[tuple[Action, Credential]] = field(factory=set)
    age_when_deleted: float | None = None

    @property
    def path(self) -> str:
        """The path of its exports below the base URL."""
        return path_to(self.subject.kind, self.subject.id)

    @property
    def all_jobs(self) -> list[TrackedJob]:
        """All jobs."""
        return [*self.jobs, *self.filtered]

    def choose_period(self, sent: datetime) -> None:
        """Make the period one that no other conversation has, by the time of a request."""
        moment = round(sent.timestamp() * 1000) % _PERIODS
        self.period = period_from(timedelta(seconds=moment))

    def owns(self, job: TrackedJob) -> bool:
        """Whether the conversation certainly started a job, and so may delete it.

        Absence from an earlier list does not prove it, because a list may lag or be incomplete.
        The job has to be in a later list, with a created_at not before its request. The clock of
        the database that sets created_at may be behind: it is compared with a job that certainly
        is the conversation's, because of its filter.
        """
        export_id = job.export_id.lower()
        if (
            self.ids_before is None
            or export_id in self.ids_before
            or export_id not in self.creation_times
        ):
            return False
        created_at = self.creation_times[export_id]
        return created_at >= job.requested_after or any(
            self.creation_times[mark.export_id.lower()] - created_at
            <= timedelta(seconds=mark.answered_at - job.requested_at) + _SECOND
            for mark in self._marks()
        )

    def _marks(self) -> Iterator[TrackedJob]:
        """The listed jobs with a filter that no other client requests."""
        wanted = parse_filter(self.period)
        for job in self.filtered:
            export_id = job.export_id.lower()
            if self.filters_listed.get(export_id) == wanted and export_id in self.creation_times:
                yield job

    def may_start_job(self, *, spare: int = 0) -> bool:
        """Whether another job may be started; notes it if not.

        Args:
            spare: How many jobs have to be left after it: one for the second export.
        """
        if self.jobs_left is None or self.jobs_left > spare:
            return True
        self.lacked_jobs = True
        return False

    def update_from_list(self, exchange: Exchange | None) -> None:
        """Update the listed jobs from a response."""
        self.ids_listed = ids_in_list(exchange)
        if self.ids_listed is None or exchange is None or exchange.response is None:
            return
        self.states_listed = {}
        for shown in exchange.response.json:
            status = shown.get("status")
            # A server may send any JSON; what is no string is no state.
            self.states_listed[shown["export_id"].lower()] = (
                status if isinstance(status, str) else None
            )
            self.spellings[shown["export_id"].lower()] = shown["export_id"]
            export_id = shown["export_id"].lower()
            created_at = utc_moment(shown.get("created_at"))
            if created_at is not None:
                self.creation_times[export_id] = created_at
            conditions = parse_filter(shown.get("filter"))
            if conditions is not None:
                self.filters_listed[export_id] = conditions

    def settled_at(self) -> float:
        """When the last list has to agree with what the conversation knows; 0 if it does.

        A list may be behind for a moment.
        """
        if self.ids_listed is None:
            return 0.0
        differing = [job for job in self.all_jobs if not self._agrees(job)]
        return max((job.changed_at + LAG + _MARGIN for job in differing), default=0.0)

    def _agrees(self, job: TrackedJob) -> bool:
        export_id = job.export_id.lower()
        if job.deleted or export_id not in self.states_listed:
            return job.deleted == (export_id not in self.states_listed)
        return not job.ended or self.states_listed[export_id] not in UNFINISHED

    def count_deletion(self) -> None:
        """Count the room that a deletion makes for another job."""
        if self.jobs_left is not None:
            self.jobs_left += 1

    def count_request(self, exchange: Exchange | None) -> None:
        """Count the job that a request for an export may have started."""
        if self.jobs_left is None or exchange is None:
            return
        refused = exchange.response is not None and 400 <= exchange.response.status < 500
        named = (text_member(exchange, "export_id") or "").lower()
        there = {job.export_id.lower() for job in self.all_jobs} | (self.ids_before or frozenset())
        if not refused and named not in there:
            self.jobs_left -= 1


@define(eq=False)
class Poll:
    """A job that is polled to its end: when the next poll is due, and failed polls in a row."""

    job: TrackedJob
    delays: Iterator[float]
    due: float
    polls_without_state: int = 0


def period_from(after: timedelta) -> dict[str, str]:
    """A filter with a period that ends before there were any responses.

    Args:
        after: When it begins, after the earliest such period.
    """
    begin = _EARLIEST + after
    times = {"from": begin, "to": begin + _LENGTH}
    return {name: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for name, moment in times.items()}


def state_in(exchange: Exchange | None) -> str | None:
    """The documented state in a successful response; None for all other responses."""
    response = exchange.response if exchange else None
    if response is None or response.status >= 300 or response.state not in STATES:
        return None
    return response.state


def text_member(exchange: Exchange | None, name: str) -> str | None:
    """A member of the body that is a non-empty string."""
    value = exchange.response.member(name) if exchange and exchange.response else None
    return value if isinstance(value, str) and value else None


def job_id_in(exchange: Exchange | None) -> str | None:
    """The job id in the response to a request, if a path can contain it."""
    export_id = text_member(exchange, "export_id")
    return export_id if export_id and fits_path(export_id) else None


def fits_path(export_id: str) -> bool:
    """Whether a path can contain an id."""
    # JSON can escape a lone surrogate, which a path cannot contain.
    return export_id not in DOTS and not _HALVES.search(export_id)


def ids_in_list(exchange: Exchange | None) -> frozenset[str] | None:
    """The ids in a list of jobs, in lower case; None if the response is not a valid list."""
    response = exchange.response if exchange else None
    if (
        response is None
        or response.status >= 300
        or response.cut
        or not isinstance(response.json, list)
    ):
        return None
    ids = [job.get("export_id") if isinstance(job, dict) else None for job in response.json]
    found = frozenset(each.lower() for each in ids if isinstance(each, str))
    return found if len(found) == len(ids) else None


def earliest_request_time(exchange: Exchange) -> datetime:
    """The earliest time at which a request was processed, by the server's clock."""
    last_state = exchange.response.date if exchange.response is not None else None
    if last_state is None:
        return cast("datetime", exchange.sent) - _SECOND
    return last_state - timedelta(seconds=exchange.took) - _SECOND


def poll_request(kind: Kind, resource_id: str, export_id: str) -> ApiRequest:
    """The request that polls a job."""
    return ApiRequest("GET", path_to(kind, resource_id, export_id))


def path_to(kind: Kind, resource_id: str, export_id: str | None = None) -> str:
    """The path of a resource's exports or of a job, below the base URL."""
    # A server may use any characters in an id.
    return path_of(
        kind, quote(resource_id, safe=""), None if export_id is None else quote(export_id, safe="")
    )
