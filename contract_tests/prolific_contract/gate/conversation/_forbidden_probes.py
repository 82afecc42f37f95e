"""Requests for batches and collections that the token has no access to."""

from collections.abc import Iterable

from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID
from prolific_contract.gate.conversation._access_probes import STRANGERS
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import ResourceProgress, path_to
from prolific_contract.gate.conversation._steps import ApiRequest, Sender, Steps
from prolific_contract.gate.trace._exchanges import Credential


class ForbiddenProbes:
    """Sends the probes of a conversation for the plan's forbidden subjects."""

    def __init__(self, plan: ConversationPlan, sender: Sender) -> None:
        self._sender = sender
        self._paths = [
            path_to(subject.kind, subject.id) for subject in plan.subjects if subject.forbidden
        ]

    def probe(self, resources: Iterable[ResourceProgress]) -> Steps[None]:
        """Send every operation that the server has, with the token and without.

        Args:
            resources: They show whether the server lists and deletes jobs.
        """
        lists_jobs = any(resource.lists_jobs for resource in resources)
        for path in self._paths:
            job = f"{path}/{UNKNOWN_EXPORT_ID}"
            yield from self._send("POST", path)
            yield from self._send("GET", job)
            for method in ("POST", "GET") if lists_jobs else ("POST",):
                yield from self._send(method, path, *STRANGERS)
            for method in ("GET", "DELETE") if lists_jobs else ("GET",):
                yield from self._send(method, job, *STRANGERS)
        for path in self._paths if lists_jobs else ():
            yield from self._send("GET", path)
            yield from self._send("DELETE", f"{path}/{UNKNOWN_EXPORT_ID}")

    def _send(self, method: str, path: str, *credentials: Credential) -> Steps[None]:
        for credential in credentials or (Credential.VALID,):
            yield from self._sender.request(ApiRequest(method, path, credential))
