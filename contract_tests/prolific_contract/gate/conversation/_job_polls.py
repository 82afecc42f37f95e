"""The part of the conversation that polls jobs, and inspects those that ended."""

from collections.abc import Iterable
from itertools import repeat
from typing import Final

from prolific_contract.gate.conversation._archive_fetches import ArchiveFetches
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    Poll,
    ResourceProgress,
    TrackedJob,
    state_in,
)
from prolific_contract.gate.conversation._steps import SHORTEST_PAUSE, ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Exchange

# Responses without a state in a row after which the conversation stops polling a job.
_MOST_POLLS_WITHOUT_STATE: Final = 3
# Seconds after which a server certainly knows a new job everywhere.
_KNOWN_AFTER: Final = 3.0


class JobPolls:
    """Polls the jobs of a conversation."""

    def __init__(self, plan: ConversationPlan, sender: Sender, archives: ArchiveFetches) -> None:
        self._plan = plan
        self._sender = sender
        self._archives = archives

    def poll(self, job: TrackedJob, *, immediately: bool = False) -> Steps[Exchange | None]:
        """Poll a job once."""
        exchange = yield from self._sender.request(
            ApiRequest("GET", job.path), immediately=immediately
        )
        job.update(exchange)
        return exchange

    def poll_until_ended(self, job: TrackedJob) -> Steps[None]:
        """Poll a job until it ends."""
        delays = self._plan.pace.delays()
        while state_in((yield from self.poll(job))) is not None:
            if job.ended or self._sender.now >= job.deadline:
                return
            yield from self._sender.pause(next(delays))

    def poll_all_to_end(self, resources: Iterable[ResourceProgress]) -> Steps[None]:
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
                pace = self._plan.pace
                delays = pace.delays() if job.polled_often else repeat(pace.steady)
                polls.append(Poll(job, delays, self._sender.now + next(delays)))
        while polls:
            poll = min(polls, key=lambda poll: poll.due)
            yield from self._sender.pause(poll.due - self._sender.now)
            if not (yield from self._poll_when_due(poll)):
                polls.remove(poll)

    def _poll_when_due(self, poll: Poll) -> Steps[bool]:
        """Poll a job; return whether to poll again."""
        job = poll.job
        exchange = yield from self.poll(job)
        known = state_in(exchange) is not None
        poll.polls_without_state = 0 if known else poll.polls_without_state + 1
        if job.ended:
            yield from self._inspect_ended_job(job)
            return False
        if exchange is None or exchange.at >= job.deadline or _is_unknown(poll, exchange):
            return False
        # The last poll is due at the deadline; a pause is never shorter than the minimum.
        due = min(self._sender.now + next(poll.delays), job.deadline)
        poll.due = max(due, self._sender.now + SHORTEST_PAUSE)
        return True

    def _inspect_ended_job(self, job: TrackedJob) -> Steps[None]:
        """Fetch the archive of an ended job, and poll the job again."""
        job.fetched_url = job.url
        job.content = yield from self._archives.fetch_archive(job.subject, job.url)
        for _ in range(2 if job.polled_often else 1):
            yield from self.poll(job)


def _is_unknown(poll: Poll, exchange: Exchange) -> bool:
    """Whether the server does not know a job, even after a moment."""
    age = exchange.at - poll.job.requested_at
    return poll.polls_without_state >= _MOST_POLLS_WITHOUT_STATE and age >= _KNOWN_AFTER
