"""Laws about unknown ids, of jobs and of resources."""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import (
    KINDS,
    UNKNOWN_EXPORT_ID,
    UNKNOWN_RESOURCE_ID,
    Address,
    Kind,
)
from prolific_contract.gate.laws._jobs import canonical, forbidden_resources, resource_of
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import first_requests, lists_of
from prolific_contract.gate.laws._observations import (
    API,
    DELETE,
    STATUS,
    has_access,
    held,
    is_silent,
    requests_with_response,
    violated,
)
from prolific_contract.gate.trace._exchanges import Trace
from prolific_contract.gate.trace._near_ids import is_random, is_unique, near_resource_ids


@frozen
class _Ids:
    """The ids of jobs that the server reported in a conversation; all are canonical.

    Attributes:
        given: Those in any response.
        started: Those that a request returned or that a list contains.
        stems: Of the random ones among these, all but the last digit.
    """

    given: frozenset[str]
    started: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, trace: Trace) -> "_Ids":
        started = frozenset(_started_ids(trace))
        stems = frozenset(one[:-1] for one in started if is_random(one))
        return cls(started | frozenset(_polled_ids(trace)), started, stems)

    def is_made_up(self, address: Address, *, generated: bool) -> bool:
        """Whether no job can have the well-formed id in a path."""
        export_id = canonical(str(address.export_id))
        if export_id == UNKNOWN_EXPORT_ID or (generated and export_id not in self.given):
            return True
        # An id that was reported is not a near miss, even if another one is near it.
        return (
            is_random(export_id) and export_id[:-1] in self.stems and export_id not in self.started
        )

    def is_misshapen(self, address: Address) -> bool:
        """Whether the id in a path is that of a job without its last digit, or with one more."""
        export_id = str(address.export_id).lower()
        return export_id in self.stems or (
            export_id[:-1] in self.started and export_id[:-2] in self.stems
        )


def _started_ids(trace: Trace) -> Iterator[str]:
    for _, operation, response in requests_with_response(trace):
        export_id = response.member("export_id")
        if operation.action == "request" and response.status < 300 and isinstance(export_id, str):
            yield canonical(export_id)
    for one in lists_of(trace):
        yield from (entry.export_id for entry in one.entries)


def _polled_ids(trace: Trace) -> Iterator[str]:
    for _, operation, response in requests_with_response(trace, generated=False):
        # The response to a generated poll may repeat the generated id.
        export_id = response.member("export_id")
        if operation.action == "status" and response.status < 300 and isinstance(export_id, str):
            yield canonical(export_id)


def _unknown_job(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    ids = _Ids.of(trace)
    forbidden = forbidden_resources(trace)
    # Without access to the resource, a refusal other than 404 is correct.
    open_to = {
        (exchange.sender, resource_of(exchange.address))
        for exchange, _, response in requests_with_response(trace)
        if exchange.address is not None and has_access(exchange) and response.status < 300
    }
    unknown: set[tuple[str, str, str]] = set()
    for exchange, operation, response in requests_with_response(trace):
        address = exchange.address
        if address is None or address.export_id is None or not has_access(exchange):
            continue
        if resource_of(address) in forbidden or is_silent(response):
            continue
        misshapen = ids.is_misshapen(address)
        if not misshapen and not ids.is_made_up(address, generated=exchange.generated):
            continue
        requested = (*resource_of(address), canonical(address.export_id))
        if response.status == 404 or (misshapen and response.status >= 400):
            unknown.add(requested)
            yield held(operation, exchange)
        elif (
            operation.action == "status"
            and response.status < 300
            and requested in unknown
            and not exchange.generated
        ):
            # `time.get-is-safe` judges polls that create a job.
            continue
        elif response.status < 300 or (
            (exchange.sender, resource_of(address)) in open_to
            and response.status != 401
            and not exchange.generated
        ):
            yield violated(
                operation,
                f"a request for an unknown id got {response.status}, not 404",
                exchange,
                about=("api.status.404-job",),
            )


def _unknown_resource(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    # `isolation.list-scope` judges a list of jobs that belong to another resource.
    with_foreign_jobs = {
        one.exchange.index
        for one in lists_of(trace)
        for key in first_requests(trace)
        if (key.kind, key.resource_id) != (one.kind, one.resource_id)
        and one.find(key.export_id) is not None
    }
    of_other_kind = _of_other_kind(trace)
    unknown = _made_up_resources(trace) | of_other_kind
    for exchange, operation, response in requests_with_response(trace):
        address = exchange.address
        if address is None or resource_of(address) not in unknown:
            continue
        if address.export_id is not None and resource_of(address) in of_other_kind:
            # `isolation.job-scope` judges a job that is found under the other kind.
            continue
        if not has_access(exchange) or is_silent(response):
            continue
        if response.status >= 400:
            yield held(operation, exchange)
        elif response.status < 300 and exchange.index not in with_foreign_jobs:
            yield violated(
                operation,
                f"a request for a {address.kind} that does not exist got {response.status}",
                exchange,
            )


def _made_up_resources(trace: Trace) -> frozenset[tuple[Kind, str]]:
    """Kind and canonical id of the resource that is made up, and of those near a given one."""
    made_up: set[tuple[Kind, str]] = {(kind, UNKNOWN_RESOURCE_ID) for kind in KINDS}
    for subject in trace.subjects:
        made_up |= {(subject.kind, near) for near in near_resource_ids(subject.id) or ()}
    return frozenset(made_up)


def _of_other_kind(trace: Trace) -> frozenset[tuple[Kind, str]]:
    """The ids of the given resources under the kind that they do not have."""
    given = {(subject.kind, canonical(subject.id)) for subject in trace.subjects}
    ids = {canonical(subject.id) for subject in trace.subjects if is_unique(subject.id)}
    others: set[tuple[Kind, str]] = {(kind, one) for kind in KINDS for one in ids}
    return frozenset(others - given)


LAWS: Final = (
    Law(
        id="isolation.unknown-job",
        statement=(
            "A poll or deletion of a job that does not exist gets 404, however similar its id is "
            "to that of another job."
        ),
        source=LawSource(
            "documents/000, 001; API reference, delete an export",
            "404 means that there is no such export job. Other refusals are judged only if a "
            "successful response shows that the token has access to the resource. An id that is "
            "too long or too short may get any refusal. UUIDs that differ only in letter case "
            "are equal.",
        ),
        operations=(*STATUS, *DELETE),
        needs="a poll or a deletion, with the token, of an id that was made up",
        check=_unknown_job,
        mutants=(
            "unknown-job-200",
            "unknown-job-generating",
            "unknown-job-403",
            "unknown-delete-204",
            "unknown-delete-409",
            "near-job-prefix",
            "near-job-shorter",
            "near-job-longer",
        ),
    ),
    Law(
        id="isolation.unknown-resource",
        statement=(
            "A request, list, poll or deletion for a resource that does not exist is refused."
        ),
        source=LawSource(
            "API reference, errors; documents/000, 001",
            "404 means that there is no such resource. Other refusals are accepted, too, because a "
            "server may not say which resources exist. The id of a batch is not that of a "
            "collection, and a longer or shorter id is not that of the resource.",
            ("D-12", "D-13"),
        ),
        operations=API,
        needs=(
            "a request with the token for a batch or collection whose id was made up, or is that "
            "of a given resource of the other kind, or nearly that of a given resource"
        ),
        check=_unknown_resource,
        mutants=(
            "unknown-resource-exported",
            "unknown-resource-status",
            "unknown-resource-listed",
            "unknown-resource-deleted",
            "near-resource-shorter",
            "near-resource-longer",
            "resource-of-other-kind",
        ),
    ),
)
