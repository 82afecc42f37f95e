"""Requests for batches and collections that the token has no access to."""

from collections.abc import Iterable
from datetime import timedelta

from prolific_contract._vocabulary import UNKNOWN_EXPORT_ID
from prolific_contract.gate.conversation._filter_probes import with_filter
from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._resources import (
    ResourceProgress,
    path_to,
    period_from,
)
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
            yield from self._send("POST", path, Credential.NONE)
            yield from self._send("GET", job, Credential.WRONG_TOKEN)
            if lists_jobs:
                yield from self._send("GET", path, Credential.WRONG_TOKEN)
                yield from self._send("DELETE", job, Credential.NONE)
                yield from self._send("POST", with_filter(path, period_from(timedelta(0))))
                yield from self._send("GET", path)
                yield from self._send("DELETE", job)

    def _send(
        self, method: str, path: str, credential: Credential = Credential.VALID
    ) -> Steps[None]:
        yield from self._sender.request(ApiRequest(method, path, credential))
