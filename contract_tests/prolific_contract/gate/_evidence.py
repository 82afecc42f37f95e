"""What a verdict rests on: what a conversation shows of each batch and collection."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from prolific_contract.gate.laws._jobs import JobKey, canonical, is_regular, jobs_of, resource_of
from prolific_contract.gate.laws._lists import deletions_of, lists_of
from prolific_contract.gate.trace._exchanges import Exchange, Subject, Trace

_SERVED: Final = (200, 206)


@frozen
class Evidence:
    """What a conversation shows of a batch or collection.

    Attributes:
        reported: Responses that reported the state of an export.
        jobs: Jobs that a request returned or a poll found.
        polls: Polls that reported a state.
        complete: Responses that reported a complete export.
        archives: Download URLs that served an archive or a part of one.
        lists: Lists of jobs.
        deleted: Successful deletions.
    """

    subject: Subject
    reported: int
    jobs: int
    polls: int
    complete: int
    archives: int
    lists: int
    deleted: int

    @property
    def is_enough(self) -> bool:
        """Whether a verdict can rest on it: an export was polled, and one was complete."""
        return bool(self.polls and self.complete)


def evidence_of(trace: Trace) -> tuple[Evidence, ...]:
    """The evidence for every given batch and collection, or for all in a foreign recording."""
    given = [subject for subject in trace.subjects if not subject.forbidden]
    return tuple(_about(trace, subject) for subject in given or _recorded(trace))


def _recorded(trace: Trace) -> Iterator[Subject]:
    """The resources in a recording for which a response reported the state of an export."""
    if not trace.subjects:
        found = dict.fromkeys(
            resource_of(exchange.address)
            for exchange in trace.exchanges
            if exchange.address is not None and _state(exchange) is not None
        )
        yield from (Subject(kind, resource_id) for kind, resource_id in found)


def _about(trace: Trace, subject: Subject) -> Evidence:
    resource = (subject.kind, canonical(subject.id))
    own = [
        exchange
        for exchange in trace.exchanges
        if exchange.address is not None and resource_of(exchange.address) == resource
    ]
    states = [(exchange, found) for exchange in own if (found := _state(exchange)) is not None]
    urls = {
        url
        for exchange, found in states
        if found == "complete"
        and exchange.response is not None
        # A faulty server may send any JSON value.
        and isinstance(url := exchange.response.member("url"), str)
    }
    return Evidence(
        subject=subject,
        reported=len(states),
        jobs=sum((key.kind, key.resource_id) == resource for key in jobs_of(trace)),
        polls=sum(_is_poll(exchange) for exchange, _ in states),
        complete=sum(found == "complete" for _, found in states),
        archives=len({exchange.url for exchange in trace.exchanges if _serves(exchange, urls)}),
        lists=sum((one.kind, one.resource_id) == resource for one in lists_of(trace)),
        deleted=sum(
            one.done and is_regular(one.exchange) and _resource(one.key) == resource
            for one in deletions_of(trace)
        ),
    )


def _resource(key: JobKey) -> tuple[str, str]:
    return key.kind, key.resource_id


def _state(exchange: Exchange) -> str | None:
    """The state that a success reports, documented or not; None for generated requests."""
    response = exchange.response
    if exchange.operation is None or exchange.generated or response is None:
        return None
    return response.state if response.status < 300 else None


def _is_poll(exchange: Exchange) -> bool:
    return exchange.operation is not None and exchange.operation.action == "status"


def _serves(exchange: Exchange, urls: set[str]) -> bool:
    return (
        exchange.url in urls
        and exchange.response is not None
        and exchange.response.status in _SERVED
    )
