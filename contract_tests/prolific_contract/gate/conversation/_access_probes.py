"""Requests without a valid token, and requests about ids that do not exist.

A server often checks access in several places. Every operation therefore gets every credential
once, each for one thing or another: a job that is generating or complete, one that does not
exist, a resource that does not exist, a request with a filter, and a path with a final slash.
What exists is only read.
"""

from typing import Final

from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID, Action
from prolific_contract.gate.conversation._filter_probes import with_filter
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    path_to,
    poll_request,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Credential
from prolific_contract.gate.trace._near_ids import near_ids

STRANGERS: Final = (Credential.NONE, Credential.WRONG_TOKEN)
"""What every operation gets for each of the resource's own jobs."""

NEAR_MISSES: Final = (
    Credential.MALFORMED,
    Credential.WRONG_SCHEME,
    Credential.OTHER_END,
    Credential.OTHER_START,
    Credential.TRUNCATED,
    Credential.OTHER_CASE,
    Credential.NO_SCHEME,
    Credential.BEHEADED,
    Credential.EXTENDED,
    Credential.NEAR_SCHEME,
)
"""What every operation gets for one thing or another."""

BAD_CREDENTIALS: Final = (*STRANGERS, *NEAR_MISSES, Credential.EMPTY)
"""What every operation gets; the empty one only with a final slash."""

_METHODS: Final[dict[Action, str]] = {"request": "POST", "delete": "DELETE"}


class AccessProbes:
    """Sends the probes of a conversation that a server has to refuse, with any token."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def probe_own_jobs(self, resource: ResourceProgress) -> Steps[None]:
        """Probe the operations for a resource and its first job."""
        yield from self._present(resource, "request", resource.path, 2)
        if resource.lists_jobs:
            yield from self._present(
                resource, "request", with_filter(resource.path, resource.period), 2
            )
            yield from self._present(resource, "list", resource.path)
        for job in resource.jobs[:1]:
            yield from self._present(resource, "status", job.path, 4)
            if resource.lists_jobs and resource.owns(job) and not job.ended:
                yield from self._present(resource, "delete", job.path, 2)

    def probe_while_generating(self, resource: ResourceProgress) -> Steps[None]:
        """Probe everything about ids that do not exist, and paths with a final slash."""
        kind = resource.subject.kind
        missing = path_to(kind, UNKNOWN_RESOURCE_ID)
        unknown = path_to(kind, resource.subject.id, UNKNOWN_EXPORT_ID)
        near_misses = self._left(resource, "request")
        yield from self._refused("POST", missing, Credential.WRONG_TOKEN, *near_misses)
        yield from self._refused("POST", f"{resource.path}/", Credential.EMPTY)
        yield from self._refused("GET", unknown, Credential.NONE)
        yield from self._refused("GET", f"{missing}/{UNKNOWN_EXPORT_ID}", Credential.WRONG_TOKEN)
        if resource.lists_jobs:
            yield from self._refused("GET", missing, Credential.NONE)
            yield from self._refused("GET", f"{resource.path}/", Credential.EMPTY)
            yield from self._refused("DELETE", unknown, Credential.WRONG_TOKEN)
            yield from self._refused("DELETE", f"{missing}/{UNKNOWN_EXPORT_ID}", Credential.NONE)
        if not resource.jobs:
            yield from self._sender.request(
                poll_request(kind, UNKNOWN_RESOURCE_ID, UNKNOWN_EXPORT_ID)
            )

    def probe_after_end(self, resource: ResourceProgress) -> Steps[None]:
        """Probe polls of an ended job, or of an unknown one, and deletions of unknown jobs."""
        kind, resource_id = resource.subject.kind, resource.subject.id
        unknown = path_to(kind, resource_id, UNKNOWN_EXPORT_ID)
        job = resource.jobs[0] if resource.jobs else None
        path = unknown if job is None else job.path
        yield from self._present(resource, "status", path)
        if job is not None:
            yield from self._refused("GET", f"{path}/", Credential.EMPTY)
            near = near_ids(job.export_id)
            for export_id in near.all if near is not None else ():
                yield from self._sender.request(poll_request(kind, resource_id, export_id))
        if resource.lists_jobs:
            yield from self._sender.request(
                ApiRequest("DELETE", path_to(kind, UNKNOWN_RESOURCE_ID, UNKNOWN_EXPORT_ID))
            )

    def probe_deletions(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Probe deletions that would delete a job, which the conversation must have started."""
        yield from self._present(resource, "delete", job.path)
        yield from self._refused("DELETE", f"{job.path}/", Credential.EMPTY)
        near = near_ids(job.export_id)
        for export_id in near.all if near is not None else ():
            if export_id.lower() not in (resource.ids_listed or ()):
                path = path_to(resource.subject.kind, resource.subject.id, export_id)
                yield from self._sender.request(ApiRequest("DELETE", path))

    def _present(
        self, resource: ResourceProgress, action: Action, path: str, share: int | None = None
    ) -> Steps[None]:
        """Present what every thing gets, and some of the credentials that are left.

        Args:
            resource: The resource.
            action: The operation.
            path: The path.
            share: How many of those that are left; None for all.
        """
        near_misses = self._left(resource, action)[:share]
        resource.presented.update((action, credential) for credential in near_misses)
        method = _METHODS.get(action, "GET")
        yield from self._refused(method, path, *STRANGERS, *near_misses)

    def _left(self, resource: ResourceProgress, action: Action) -> list[Credential]:
        return [one for one in NEAR_MISSES if (action, one) not in resource.presented]

    def _refused(self, method: str, path: str, *credentials: Credential) -> Steps[None]:
        for credential in credentials:
            yield from self._sender.request(ApiRequest(method, path, credential))
