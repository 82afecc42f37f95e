"""Faults of filters and of the number of jobs, which edition 2026-11 has."""

from collections.abc import Callable
from typing import Any

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import JOB_LIMIT
from prolific_contract.sandbox._filter import EVERYTHING, ExportFilter, wanted_by
from prolific_contract.sandbox._http import Reply, json_reply
from prolific_contract.sandbox._jobs import Job
from prolific_contract.sandbox._replies import body_of, is_error, is_generating, with_json
from prolific_contract.sandbox.mutants._fault import Behaviour, Fault, Places, always
from prolific_contract.sandbox.mutants._faulty_request import Turn

_FILTERED: Places = {"request": ("2026-11",)}


def _generating(job: Job) -> Reply:
    return json_reply(202, {"status": "generating", "export_id": job.export_id})


def _given_again(same: Callable[[ExportFilter, ExportFilter], bool]) -> Callable[[], Behaviour]:
    """A request that gets a job that is generated for another filter.

    Args:
        same: Whether it takes one filter for the other.
    """

    def behave(turn: Turn) -> Reply:
        wanted = wanted_by(turn.call)
        for job in turn.jobs_before:
            generating = job.state(turn.now) == "generating"
            if turn.is_request and generating and same(wanted, job.filter):
                return _generating(job)
        return turn.reply()

    return always(behave)


def _new_job_each_time(turn: Turn) -> Reply:
    wanted, reply = wanted_by(turn.call), turn.reply()
    if wanted == EVERYTHING or not is_generating(reply) or turn.started:
        return reply
    return _generating(turn.book.start(turn.kind, turn.resource_id, turn.now, wanted))


def _is_limit(turn: Turn) -> bool:
    return turn.is_request and is_error(turn.reply()) and len(turn.jobs_before) >= JOB_LIMIT


def _one_more(turn: Turn) -> Reply:
    if not _is_limit(turn):
        return turn.reply()
    return _generating(turn.book.start(turn.kind, turn.resource_id, turn.now, wanted_by(turn.call)))


def _one_more_unsaid(turn: Turn) -> Reply:
    if _is_limit(turn):
        turn.book.start(turn.kind, turn.resource_id, turn.now, wanted_by(turn.call))
    return turn.reply()


def _flat(turn: Turn) -> Reply:
    reply = turn.reply()
    if not _is_limit(turn):
        return reply
    detail: dict[str, Any] = {"detail": body_of(reply)["error"]["detail"]}
    return with_json(reply, detail)


@mutable
class _ForEver:
    """Once it has refused a job too many, it refuses for ever."""

    _refusals: dict[str, Reply] = field(factory=dict)

    def __call__(self, turn: Turn) -> Reply:
        refusal = self._refusals.get(turn.resource_id)
        if refusal is not None and turn.is_request:
            return refusal
        if _is_limit(turn):
            headers = tuple(one for one in turn.reply().headers if one[0] != "Date")
            self._refusals[turn.resource_id] = evolve(turn.reply(), headers=headers)
        return turn.reply()


FILTERING = (
    Fault(
        "filter-ignored",
        "It gives the job that is generated for another filter",
        _FILTERED,
        _given_again(lambda _, __: True),
    ),
    Fault(
        "filter-coarse",
        "It takes a filter for none when it names no study",
        _FILTERED,
        _given_again(lambda wanted, present: wanted.study_id == present.study_id),
    ),
    Fault(
        "filter-restarts",
        "It starts another job at every request with a filter, also while one is generated",
        _FILTERED,
        always(_new_job_each_time),
    ),
    Fault(
        "limit-none",
        "It starts an eleventh job",
        _FILTERED,
        always(_one_more),
    ),
    Fault(
        "limit-flat",
        "It refuses an eleventh job with an error that is not enveloped",
        _FILTERED,
        always(_flat),
    ),
    Fault(
        "limit-in-name-only",
        "It says that it refuses an eleventh job, and starts it",
        _FILTERED,
        always(_one_more_unsaid),
    ),
    Fault(
        "limit-for-ever",
        "It still refuses another job when one of ten was deleted",
        _FILTERED,
        _ForEver,
    ),
)
