"""A request to a mutant, with access to the clean sandbox behind it."""

from collections.abc import Callable
from datetime import datetime

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import Action, Kind
from prolific_contract.sandbox._editable_jobs import EditableJobs
from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._jobs import SandboxJob


@mutable
class FaultyRequest:
    """One request to the operation that has the fault, or to one that the fault watches.

    Attributes:
        action: The requested operation; for a method that the path does not support, the
            first operation of the path.
        resource_id: The batch or collection; for an archive, that of its job.
        export_id: The job; None for export and list requests.
        exists: Whether there is such a resource.
        forbidden: Whether the token has no access to the resource.
        token: The token that the sandbox accepts.
        jobs_before: The resource's jobs before this request, oldest first.
        number: How many requests the fault saw before this one.
        clean: Answers as the clean sandbox does.
    """

    call: Call
    kind: Kind
    action: Action
    resource_id: str
    export_id: str | None
    exists: bool
    forbidden: bool
    token: str
    jobs: EditableJobs = field(repr=False)
    jobs_before: tuple[SandboxJob, ...]
    now: datetime
    number: int
    clean: Callable[[Call], Reply] = field(repr=False)
    _reply: Reply | None = None

    def reply(self) -> Reply:
        """The clean sandbox's reply. It is computed once."""
        if self._reply is None:
            self._reply = self.clean(self.call)
        return self._reply

    @property
    def started(self) -> tuple[SandboxJob, ...]:
        """The jobs that this request started."""
        return self.jobs.of(self.kind, self.resource_id)[len(self.jobs_before) :]

    def answer_to(self, call: Call) -> Reply:
        """The clean sandbox's reply to another request."""
        return self.clean(call)

    def as_authorized(self) -> Reply:
        """The clean sandbox's reply to the same request with a valid token."""
        headers = {**self.call.headers, "authorization": f"Token {self.token}"}
        return self.answer_to(evolve(self.call, headers=headers))

    @property
    def authorized(self) -> bool:
        """Whether the request carries the valid token."""
        return self.call.headers.get("authorization") == f"Token {self.token}"

    @property
    def is_request(self) -> bool:
        """Whether it is an authorized POST, which requests an export."""
        return self.call.method == "POST" and self.authorized
