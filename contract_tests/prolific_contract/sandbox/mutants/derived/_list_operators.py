"""Operators on the list of jobs: omit, add, repeat, truncate, reorder."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, TypeAlias

from attrs import field, mutable

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import is_list, jobs_of, with_json
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import (
    Derivation,
    editing,
    stateful,
)
from prolific_contract.sandbox.mutants.derived._member_operators import next_id

Jobs: TypeAlias = list[dict[str, Any]]

_OTHERS: Final = "Another client may have started the job."
_LAG: Final = "No document says how far a list lags behind."


@mutable
class _Moving:
    """Changes a listed value with every list."""

    step: int
    lists: Counter[str] = field(factory=Counter)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not is_list(reply):
            return reply
        self.lists[request.resource_id] += 1
        moved = timedelta(seconds=self.step * self.lists[request.resource_id])
        first = {job.export_id: job.requested_at for job in request.jobs_before}
        return with_json(
            reply,
            [
                {
                    **job,
                    "created_at": (first[job["export_id"]] + moved).strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
                for job in jobs_of(reply)
            ],
        )


def _invented(jobs: Jobs) -> Jobs:
    # The same one in each list: the oldest job stays the oldest.
    return [*jobs, {**jobs[-1], "export_id": next_id(jobs[-1]["export_id"])}]


def _rotated(jobs: Jobs) -> Jobs:
    return [*jobs[1:], *jobs[:1]]


def _swapped(jobs: Jobs) -> Jobs:
    return [*jobs[1:2], *jobs[:1], *jobs[2:]]


def _by(name: str) -> Callable[[Jobs], Jobs]:
    return lambda jobs: sorted(jobs, key=lambda job: str(job[name]))


def _mixed(name: str) -> Callable[[Jobs], Jobs]:
    """Each job has the value of the job after it."""
    return lambda jobs: [
        {**job, name: other[name]} for job, other in zip(jobs, _rotated(jobs), strict=True)
    ]


_EDITS: Final[tuple[tuple[str, str, str, Callable[[Jobs], object], str], ...]] = (
    ("omit", "newest", "omits the most recent job", lambda jobs: jobs[1:], ""),
    ("omit", "oldest", "omits the oldest job", lambda jobs: jobs[:-1], ""),
    ("omit", "second", "omits the second job", lambda jobs: [*jobs[:1], *jobs[2:]], ""),
    ("omit", "every", "omits every job", lambda _: [], ""),
    ("omit", "complete", "omits complete jobs", lambda jobs: _other_states(jobs, "complete"), ""),
    (
        "omit",
        "generating",
        "omits generating jobs",
        lambda jobs: _other_states(jobs, "generating"),
        "",
    ),
    (
        "omit",
        "filtered",
        "omits jobs with a filter",
        lambda jobs: [j for j in jobs if not j["filter"]],
        "",
    ),
    (
        "omit",
        "unfiltered",
        "omits jobs without a filter",
        lambda jobs: [j for j in jobs if j["filter"]],
        "",
    ),
    ("add", "job", "adds a job that does not exist", _invented, ""),
    ("add", "null", "adds null to the jobs", lambda jobs: [*jobs, None], ""),
    ("add", "empty", "adds an empty object to the jobs", lambda jobs: [*jobs, {}], ""),
    ("repeat", "newest", "sends the most recent job twice", lambda jobs: [*jobs[:1], *jobs], ""),
    ("repeat", "oldest", "sends the oldest job twice", lambda jobs: [*jobs, *jobs[-1:]], ""),
    (
        "repeat",
        "every",
        "sends every job twice",
        lambda jobs: [j for job in jobs for j in (job, job)],
        "",
    ),
    ("truncate", "one", "sends only one job", lambda jobs: jobs[:1], ""),
    ("truncate", "two", "sends only two jobs", lambda jobs: jobs[:2], ""),
    ("truncate", "three", "sends only three jobs", lambda jobs: jobs[:3], ""),
    ("reorder", "reversed", "sends the oldest job first", lambda jobs: jobs[::-1], ""),
    ("reorder", "rotated", "sends the most recent job last", _rotated, ""),
    ("reorder", "swapped", "exchanges the two most recent jobs", _swapped, ""),
    ("reorder", "by-id", "orders jobs by id", _by("export_id"), ""),
    ("reorder", "by-status", "orders jobs by status", _by("status"), ""),
    ("reorder", "by-filter", "orders jobs by filter", _by("filter"), ""),
    (
        "swap",
        "list.export_id",
        "lists each job with the id of the next one",
        _mixed("export_id"),
        "",
    ),
    ("swap", "list.status", "lists each job with the status of the next one", _mixed("status"), ""),
    ("swap", "list.filter", "lists each job with the filter of the next one", _mixed("filter"), ""),
    (
        "swap",
        "list.created_at",
        "lists each job with the time of the next one",
        _mixed("created_at"),
        "",
    ),
)


def _other_states(jobs: Jobs, state: str) -> Jobs:
    return [job for job in jobs if job["status"] != state]


def _editing(edit: Callable[[Jobs], object]) -> Callable[[FaultyRequest, Reply], Reply]:
    return lambda _, reply: with_json(reply, edit(jobs_of(reply)))


def _changes(edit: Callable[[Jobs], object]) -> Callable[[Reply], bool]:
    def which(reply: Reply) -> bool:
        return is_list(reply) and bool(jobs_of(reply)) and edit(jobs_of(reply)) != jobs_of(reply)

    return which


def on_lists() -> Iterator[Derivation]:
    """Every derivation from the list of jobs."""
    for operator, target, does, edit, reason in _EDITS:
        yield Derivation(
            operator=operator,
            target=target if target.startswith("list") else f"list.{target}",
            sentence=f"It {does} in the list",
            action="list",
            begin=editing(_changes(edit), _editing(edit)),
            open_because=reason,
        )
    for step, words in ((60, "a minute later"), (-60, "a minute earlier")):
        yield Derivation(
            operator="off-by-one",
            target=f"list.created_at.moving{step:+d}",
            sentence=f"It sends created_at {words} in each list than in the one before",
            action="list",
            begin=stateful(_Moving, step),
        )
