"""Laws about lists of export jobs over time (edition 2026-11)."""

from collections.abc import Iterator
from typing import Final

from prolific_contract.gate.laws._jobs import Key, before, jobs_of, state
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import first_named, is_tried, lists_of, may_be_deleted
from prolific_contract.gate.laws._observations import LIST, held, quote, violated
from prolific_contract.gate.trace._exchanges import Trace

# How long, in seconds, a job is there in anybody's sense: its URL is for an hour.
_KEPT: Final = 3600.0
_REFERENCE: Final = "API reference, list export jobs"


def _listed(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named = first_named(trace)
    for one in lists_of(trace):
        for key, request in named.items():
            if (key.kind, key.resource_id) != (one.kind, one.resource_id):
                continue
            if not before(request, one.exchange) or one.exchange.at - request.at > _KEPT:
                continue
            if request.sender != one.exchange.sender:
                continue
            if may_be_deleted(trace, key, request, one.exchange):
                continue
            if one.find(key.export_id) is None:
                if is_tried(trace, key, request, one.exchange):
                    # That a refused deletion has deleted is for `time.delete-refused` to judge.
                    continue
                yield violated(
                    one.operation,
                    f"{quote(key.export_id)}, which a request returned, is not listed",
                    request,
                    one.exchange,
                )
            else:
                yield held(one.operation, request, one.exchange)


def _list_status(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    jobs = jobs_of(trace)
    refuted: dict[str | None, tuple[str, ...]] = {
        "complete": ("generating",),
        "failed": ("generating", "complete"),
    }
    for one in lists_of(trace):
        for entry in one.entries:
            job = jobs.get(Key(one.kind, one.resource_id, entry.export_id))
            later = next(job.told_after(one.exchange), None) if job is not None else None
            if job is None or later is None or entry.status not in refuted:
                continue
            told = state(later)
            earlier = job.told_before(one.exchange)
            if told in refuted[entry.status]:
                if earlier is not None and state(earlier) == entry.status:
                    # What polls take back themselves is for laws about polls to judge.
                    continue
                yield violated(
                    one.operation,
                    f"a job is listed as {entry.status}, but a later poll returns {told}",
                    one.exchange,
                    later,
                )
            else:
                yield held(one.operation, one.exchange, later)


LAWS: Final = (
    Law(
        id="time.listed",
        statement="A job that a request returned is listed until it is deleted.",
        source=LawSource(
            _REFERENCE,
            "The list contains all export jobs of the resource except deleted ones. The law "
            "judges one hour, as for polled jobs.",
            ("D-3", "D-4"),
        ),
        operations=LIST,
        needs="a request that returned a job, and a later list",
        check=_listed,
        mutants=("list-empty", "list-lacks-newest", "list-lacks-generating", "list-lacks-filtered"),
    ),
    Law(
        id="time.list-status",
        statement=(
            "A job that is listed as complete or failed has ended when it is polled later: it "
            "is not generating, and a failed job is not complete."
        ),
        source=LawSource(
            f"{_REFERENCE}; documents/000, 001",
            "Both operations report the state of the same job. A list may be slightly behind "
            "the polls, but not ahead of them. Other words than the three states of the status "
            "operation are not judged.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a list with a complete or failed job, and a later poll of that job",
        check=_list_status,
        mutants=("list-complete-early", "list-failed"),
    ),
)
