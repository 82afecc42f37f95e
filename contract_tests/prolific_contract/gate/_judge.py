"""Judges a conversation: applies the laws to a trace and returns a verdict."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Literal

from attrs import frozen
from prolific_exports import __version__

from prolific_contract._vocabulary import MANAGEMENT_ACTIONS, Edition, Kind, Operation
from prolific_contract.gate._verdict import (
    NO_REQUIREMENTS,
    Cell,
    DocumentedAnswer,
    Requirements,
    Verdict,
)
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._documented import documented
from prolific_contract.gate.laws._jobs import is_regular, requests_of, state
from prolific_contract.gate.laws._law import Law, LawContext, Observation, Outcome
from prolific_contract.gate.laws._lists import lists_of
from prolific_contract.gate.laws._observations import API, requests_with_response
from prolific_contract.gate.laws._time_requests import not_reused
from prolific_contract.gate.trace._exchanges import Exchange, Trace
from prolific_contract.spec import load_contract, shipped_contract


@cache
def contract_of(edition: Edition | None) -> Mapping[str, Any]:
    """The built contract of an edition, or the union of all editions. Read once.

    Raises:
        ContractToolError: The installation is incomplete.
    """
    return load_contract() if edition is None else shipped_contract(edition)


def judge(
    trace: Trace,
    *,
    target: str,
    laws: Iterable[Law] = LAWS,
    edition: Edition | None = None,
    strict: bool = False,
    profile: Literal["polite", "full"] = "polite",
    accepted: frozenset[str] = frozenset(),
    requirements: Requirements = NO_REQUIREMENTS,
) -> Verdict:
    """Judge a conversation by the laws.

    Args:
        trace: The conversation.
        target: Base URL of the server, or path of the recording.
        laws: The laws to apply.
        edition: The edition to enforce; None applies the rules that both editions share.
        strict: Whether undocumented members are violations.
        profile: ``polite`` leaves out the laws that only a ``full`` conversation exercises.
        accepted: Fingerprints of violations that a baseline accepts.
        requirements: What the check has to exercise.

    Raises:
        ContractToolError: The contract of the edition can't be built.
    """
    context = LawContext(contract_of(edition), edition, strict)
    found = _edition_found(trace, edition)
    scope = _scope(trace, edition, found)
    cells = [
        cell
        for law in laws
        if profile == "full" or law.profile == "polite"
        for cell in _cells(law, trace, context, scope)
    ]
    sent = [exchange.sent for exchange in trace.exchanges if exchange.sent is not None]
    return Verdict(
        target=target,
        profile=profile,
        edition_asked=edition,
        edition_found=found,
        strict=strict,
        started=min(sent, default=None),
        took=_took(trace),
        trace=trace,
        cells=tuple(cells),
        answers=tuple(_answers(trace, context, scope)),
        version=__version__,
        accepted=accepted,
        requirements=requirements,
    )


def _kinds(trace: Trace) -> frozenset[Kind]:
    """The kinds to judge: those of the subjects, or those that a foreign recording exports.

    With subjects, a probe under the other kind does not count.
    """
    if trace.subjects:
        return frozenset(subject.kind for subject in trace.subjects)
    return frozenset(
        exchange.operation.kind
        for exchange in trace.exchanges
        if exchange.operation is not None and not exchange.generated
    )


@frozen
class _Scope:
    """The operations to judge in a conversation.

    Attributes:
        managed: Whether they include listing and deleting jobs.
    """

    kinds: frozenset[Kind]
    managed: bool

    def has(self, operation: Operation) -> bool:
        return self.managed or operation.action not in MANAGEMENT_ACTIONS


def _scope(trace: Trace, edition: Edition | None, found: Edition | None) -> _Scope:
    """The enforced edition decides which operations a server must have; else its responses do."""
    manages = bool(lists_of(trace)) or found == "2026-11" or any(map(_deletes, trace.exchanges))
    managed = manages if edition is None else edition == "2026-11"
    return _Scope(_kinds(trace), managed)


def _deletes(exchange: Exchange) -> bool:
    """Whether a response shows that the server can delete jobs."""
    operation, response = exchange.operation, exchange.response
    if operation is None or response is None or not is_regular(exchange):
        return False
    return operation.action == "delete" and response.status < 300


def _cells(law: Law, trace: Trace, context: LawContext, scope: _Scope) -> Iterator[Cell]:
    if law.editions and context.edition is None:
        reason = "no edition is enforced (--edition)"
        observations: list[Observation] = []
    elif law.editions and context.edition not in law.editions:
        return
    else:
        reason = f"needs {law.needs}"
        observations = list(law.check(trace, context))
    by_operation: dict[Operation, list[Observation]] = {}
    for seen in observations:
        by_operation.setdefault(seen.operation, []).append(seen)
    for operation in filter(scope.has, law.operations):
        own = tuple(sorted(by_operation.get(operation, ()), key=lambda seen: seen.exchanges[-1]))
        broken = any(seen.outcome is not Outcome.HELD for seen in own)
        if operation.kind in scope.kinds or broken:
            yield Cell(law, operation, own, "" if own else reason)


def _edition_found(trace: Trace, enforced: Edition | None) -> Edition | None:
    """The edition that the responses show; None if they show none or both.

    Under an enforced edition, only what violates that edition shows the other one: so a server
    that is found to follow another edition never passes.
    """
    found: set[Edition] = set()
    if any(
        # Edition 2026-11 never returns a finished export to a request.
        state(request) == "complete"
        for requests in requests_of(trace).values()
        for request in requests
    ):
        found.add("2026-03")
    # A server of edition 2026-03 may list jobs, too: an API grows by additions.
    if not_reused(trace) or (enforced != "2026-03" and lists_of(trace)):
        found.add("2026-11")
    return found.pop() if len(found) == 1 else None


def _answers(trace: Trace, context: LawContext, scope: _Scope) -> Iterator[DocumentedAnswer]:
    contract = documented(context.contract)
    seen = {(op, answer.status, answer.state) for _, op, answer in requests_with_response(trace)}
    statuses = {(op, status) for op, status, _ in seen}
    for operation in filter(scope.has, API):
        if operation.kind not in scope.kinds:
            continue
        for status in contract.statuses(operation):
            branches = contract.states[operation].get(status)
            if not branches or operation.action == "list":
                yield DocumentedAnswer(operation, status, "", (operation, status) in statuses)
                continue
            for branch in branches:
                answered_so = (operation, status, branch) in seen
                yield DocumentedAnswer(operation, status, branch, answered_so)


def _took(trace: Trace) -> float:
    """Seconds from the first request to the last response."""
    begun = min((exchange.at for exchange in trace.exchanges), default=0.0)
    ended = max((exchange.at + exchange.took for exchange in trace.exchanges), default=0.0)
    return ended - begun
