"""What a conversation knows of the batches and collections that it is about."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, cast
from urllib.parse import quote

from attrs import define, field
from prolific_exports._model._timestamps import utc_moment

from prolific_contract._vocabulary import DOTS, STATES, Kind, path_of
from prolific_contract.gate.conversation._steps import Ask
from prolific_contract.gate.trace._exchanges import Exchange, Subject

_HALVES: Final = re.compile("[\ud800-\udfff]")
# A Date has whole seconds, and so may the time at which a job was requested.
_SECOND: Final = timedelta(seconds=1)


@define(eq=False)
class Job:
    """An export job that is followed.

    Attributes:
        subject: What is exported.
        export_id: Its id.
        asked: Seconds from the beginning of the conversation at which the request was sent that
            named it first.
        deadline: Seconds from the beginning until which it has to be ready.
        since: When the request that named it first was under way, by the server's clock.
        state: The last that was told of it.
        url: Where the archive is, by the last answer that told.
        followed: Whether its end has been waited for.
        deleted: Whether the conversation has deleted it, for all it knows.
    """

    subject: Subject
    export_id: str
    asked: float
    deadline: float
    since: datetime
    state: str | None = None
    url: str | None = None
    followed: bool = False
    deleted: bool = False

    @property
    def path(self) -> str:
        """Its path below the base URL."""
        return path_to(self.subject.kind, self.subject.id, self.export_id)

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be waited for."""
        return self.deleted or self.state in ("complete", "failed")

    def hear(self, exchange: Exchange | None) -> bool:
        """Take in an answer; whether it tells a state."""
        state = told_state(exchange)
        if state is None:
            return False
        self.state, self.url = state, text_member(exchange, "url")
        return True


@define(eq=False)
class Visit:
    """A batch or collection, and what has become of the requests for its export.

    Attributes:
        subject: Which one.
        jobs: The jobs that were named, in order; of requests without a filter.
        filtered: The jobs that requests with a filter named.
        told: The state that the last request was answered with; None if it was refused.
        manages: Whether the server lists and deletes jobs, as far as is known.
        before: Ids of the jobs that it had before the conversation; None if nobody knows.
        listed: Ids of the jobs that the last list has; None if it could not be read.
        created: When jobs were requested, by id, as lists have told.
        room: How many jobs may still be started; None if any number.
        caught: Seconds after which a job was deleted that had been generating; None if none was.
    """

    subject: Subject
    jobs: list[Job] = field(factory=list)
    filtered: list[Job] = field(factory=list)
    told: str | None = None
    manages: bool = False
    before: frozenset[str] | None = None
    listed: frozenset[str] | None = None
    created: dict[str, datetime] = field(factory=dict)
    room: int | None = None
    caught: float | None = None

    @property
    def path(self) -> str:
        """The path of its exports below the base URL."""
        return path_to(self.subject.kind, self.subject.id)

    @property
    def known(self) -> list[Job]:
        """All jobs."""
        return [*self.jobs, *self.filtered]

    def started(self, job: Job) -> bool:
        """Whether it is certain that the conversation started a job, so that it may delete it.

        A list may lag or be incomplete: that it did not have the job does not tell. The job has
        to have been listed since, as requested when the conversation requested it.
        """
        export_id = job.export_id.lower()
        if self.before is None or export_id in self.before or export_id not in self.created:
            return False
        return self.created[export_id] >= job.since

    @property
    def is_full(self) -> bool:
        """Whether no further job may be started."""
        return self.room is not None and self.room <= 0

    def hear_list(self, exchange: Exchange | None) -> None:
        """Take in a list of jobs."""
        self.listed = listed_ids(exchange)
        if self.listed is None or exchange is None or exchange.response is None:
            return
        for shown in exchange.response.json:
            created = utc_moment(shown.get("created_at"))
            if created is not None:
                self.created[shown["export_id"].lower()] = created

    def hear_request(self, exchange: Exchange | None) -> None:
        """Take in the answer to a request for an export: it may have started a job."""
        if self.room is None or exchange is None:
            return
        refused = exchange.response is not None and 400 <= exchange.response.status < 500
        named = (text_member(exchange, "export_id") or "").lower()
        there = {job.export_id.lower() for job in self.known} | (self.before or frozenset())
        if not refused and named not in there:
            self.room -= 1


@define(eq=False)
class Poll:
    """A job that is waited for: when it is asked for next, and how often it told nothing."""

    job: Job
    delays: Iterator[float]
    due: float
    stateless: int = 0


def told_state(exchange: Exchange | None) -> str | None:
    """The documented state that a success tells."""
    response = exchange.response if exchange else None
    if response is None or response.status >= 300 or response.state not in STATES:
        return None
    return response.state


def text_member(exchange: Exchange | None, name: str) -> str | None:
    """A member of the body that is a text with something in it."""
    value = exchange.response.member(name) if exchange and exchange.response else None
    return value if isinstance(value, str) and value else None


def named_job(exchange: Exchange | None) -> str | None:
    """The id of the job that the answer to a request names, if it can stand in a path."""
    export_id = text_member(exchange, "export_id")
    # JSON can escape half a character, which no path can hold.
    if export_id in DOTS or (export_id and _HALVES.search(export_id)):
        return None
    return export_id


def listed_ids(exchange: Exchange | None) -> frozenset[str] | None:
    """The ids in a list of jobs, in small letters; None if it is not one that can be read."""
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


def requested_since(exchange: Exchange) -> datetime:
    """When a request was under way at the earliest, by the clock of the server that answered."""
    told = exchange.response.date if exchange.response is not None else None
    if told is None:
        return cast("datetime", exchange.sent) - _SECOND
    return told - timedelta(seconds=exchange.took) - _SECOND


def status_of(kind: Kind, resource_id: str, export_id: str) -> Ask:
    """The request for a job's state."""
    return Ask("GET", path_to(kind, resource_id, export_id))


def path_to(kind: Kind, resource_id: str, export_id: str | None = None) -> str:
    """The path of a resource's exports or of a job, below the base URL."""
    # What a server gives as an id may hold anything.
    return path_of(
        kind, quote(resource_id, safe=""), None if export_id is None else quote(export_id, safe="")
    )
