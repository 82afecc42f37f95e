"""Whether a conversation is enough for a verdict, in words: what it rests on, and what it lacks."""

from collections.abc import Iterator

from prolific_exports._console._text import plural

from prolific_contract.gate._evidence import Evidence
from prolific_contract.gate._verdict import Verdict
from prolific_contract.gate.reports._names import subject_name


def why_inconclusive(verdict: Verdict) -> tuple[str, ...]:
    """Why the conversation proves too little; empty if it is enough for a verdict."""
    return (*_why_not_exercised(verdict), *_why_not_met(verdict))


def _why_not_exercised(verdict: Verdict) -> tuple[str, ...]:
    if verdict.exercised:
        return ()
    if not verdict.evidence:
        return ("no response reported the state of an export", *_unread(verdict))
    lacking = [one for one in verdict.evidence if not one.is_enough]
    return (*map(_lack, lacking), *_unread(verdict)) if lacking else ("no law was exercised",)


def _unread(verdict: Verdict) -> tuple[str, ...]:
    """Which responses could have reported a state, but were not recorded completely."""
    count = sum(
        exchange.address is not None and exchange.response is not None and exchange.response.cut
        for exchange in verdict.trace.exchanges
    )
    return (f"{plural(count, 'response')} recorded only in part",) if count else ()


def _why_not_met(verdict: Verdict) -> Iterator[str]:
    for unmet in verdict.unmet:
        yield (
            f"the required law {unmet.law_id} was not exercised for a {unmet.kind}: it "
            f"{unmet.reason}"
        )
    if not verdict.has_enough_laws:
        required = verdict.requirements.min_exercised
        exercised = plural(len(verdict.laws_exercised), "law")
        yield f"{exercised} exercised, but at least {required} required"


def evidence_texts(verdict: Verdict) -> tuple[str, ...]:
    """What the verdict rests on, one text for each batch and collection."""
    return tuple(f"{subject_name(one.subject)}: {_counts(one)}" for one in verdict.evidence)


def _lack(evidence: Evidence) -> str:
    """What is missing for a verdict on a batch or collection."""
    name = subject_name(evidence.subject)
    if not evidence.reported:
        return f"no response reported the state of an export of {name}"
    if not evidence.polls:
        return f"no poll reported the state of an export of {name}"
    return f"no export of {name} was complete"


def _counts(evidence: Evidence) -> str:
    counts = [
        plural(evidence.jobs, "job"),
        plural(evidence.polls, "poll"),
        f"{evidence.complete} complete",
        plural(evidence.archives, "archive"),
    ]
    counts += [plural(evidence.lists, "list")] * bool(evidence.lists)
    counts += [f"{evidence.deleted} deleted"] * bool(evidence.deleted)
    return ", ".join(counts)
