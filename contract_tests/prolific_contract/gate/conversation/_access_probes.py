"""Requests without a valid token, and requests about ids that do not exist.

A server often checks access in several places. Each probe therefore presents another credential
for another thing: a job that is complete, one that does not exist, a resource that does not
exist, and a path with a final slash. What exists is only read.
"""

from collections.abc import Iterable
from typing import Final

from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID, UNKNOWN_RESOURCE_ID
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    TrackedJob,
    path_to,
    poll_request,
)
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Credential
from prolific_contract.gate.trace._near_ids import near_ids

BAD_CREDENTIALS: Final = (
    Credential.NONE,
    Credential.MALFORMED,
    Credential.WRONG_SCHEME,
    Credential.WRONG_TOKEN,
)
"""What every operation gets for the resource's own jobs."""

NEAR_MISSES: Final = (
    Credential.TRUNCATED,
    Credential.OTHER_CASE,
    Credential.NO_SCHEME,
    Credential.BEHEADED,
    Credential.EXTENDED,
    Credential.NEAR_SCHEME,
)
"""What every operation gets for one thing or another."""

STRANGERS: Final = (Credential.NONE, Credential.WRONG_TOKEN)
"""What every operation gets for ids that do not exist, and for resources without access."""


class AccessProbes:
    """Sends the probes of a conversation that a server has to refuse to everybody."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def probe_own_jobs(self, resource: ResourceProgress) -> Steps[None]:
        """Probe the operations for a resource and its first job."""
        yield from self._refused("POST", resource.path, BAD_CREDENTIALS)
        if resource.lists_jobs:
            yield from self._refused("GET", resource.path, BAD_CREDENTIALS)
        for job in resource.jobs[:1]:
            yield from self._refused("GET", job.path, BAD_CREDENTIALS)

    def probe_while_generating(self, resource: ResourceProgress) -> Steps[None]:
        """Probe requests and lists, and everything about ids that do not exist."""
        kind = resource.subject.kind
        missing = path_to(kind, UNKNOWN_RESOURCE_ID)
        unknown = path_to(kind, resource.subject.id, UNKNOWN_EXPORT_ID)
        yield from self._refused("POST", missing, [*STRANGERS, *NEAR_MISSES])
        yield from self._refused("POST", f"{resource.path}/", [Credential.EMPTY])
        for path in (unknown, f"{missing}/{UNKNOWN_EXPORT_ID}"):
            yield from self._refused("GET", path, STRANGERS)
        if resource.lists_jobs:
            yield from self._refused("GET", resource.path, NEAR_MISSES)
            yield from self._refused("GET", missing, STRANGERS)
            yield from self._refused("GET", f"{resource.path}/", [Credential.EMPTY])
            for path in (unknown, f"{missing}/{UNKNOWN_EXPORT_ID}"):
                yield from self._refused("DELETE", path, STRANGERS)
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
        yield from self._refused("GET", path, [*BAD_CREDENTIALS, *NEAR_MISSES])
        if job is not None:
            yield from self._refused("GET", f"{path}/", [Credential.EMPTY])
            near = near_ids(job.export_id)
            for export_id in near.all if near is not None else ():
                yield from self._sender.request(poll_request(kind, resource_id, export_id))
        if resource.lists_jobs:
            yield from self._sender.request(
                ApiRequest("DELETE", path_to(kind, UNKNOWN_RESOURCE_ID, UNKNOWN_EXPORT_ID))
            )

    def probe_deletions(self, resource: ResourceProgress, job: TrackedJob) -> Steps[None]:
        """Probe deletions that would delete a job, which the conversation must have started."""
        yield from self._refused("DELETE", job.path, [*BAD_CREDENTIALS, *NEAR_MISSES])
        yield from self._refused("DELETE", f"{job.path}/", [Credential.EMPTY])
        near = near_ids(job.export_id)
        for export_id in near.all if near is not None else ():
            if export_id.lower() not in (resource.ids_listed or ()):
                path = path_to(resource.subject.kind, resource.subject.id, export_id)
                yield from self._sender.request(ApiRequest("DELETE", path))

    def _refused(self, method: str, path: str, credentials: Iterable[Credential]) -> Steps[None]:
        for credential in credentials:
            yield from self._sender.request(ApiRequest(method, path, credential))
