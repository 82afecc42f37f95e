"""A request on its way to the clean sandbox, as a fault sees it."""

from collections.abc import Callable
from datetime import datetime

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import Action, Kind
from prolific_contract.sandbox._editable_jobs import OpenBook
from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._jobs import Job


@mutable
class Turn:
    """One request to the operation that has the fault, or to one that it watches.

    Attributes:
        call: The request.
        kind: Kind of the resource.
        action: Which of the kind's operations it asks for; with a method that the path does
            not have, the one that the path is named for.
        resource_id: The batch or collection; for an archive, its job's.
        export_id: The job; None for a request for an export or for the list.
        forbidden: Whether the token gives no access to the resource.
        token: The token that the sandbox accepts.
        book: The sandbox's jobs.
        jobs_before: The resource's jobs before this request, oldest first.
        now: The moment.
        number: How many requests it saw before.
        clean: The clean sandbox.
    """

    call: Call
    kind: Kind
    action: Action
    resource_id: str
    export_id: str | None
    forbidden: bool
    token: str
    book: OpenBook = field(repr=False)
    jobs_before: tuple[Job, ...]
    now: datetime
    number: int
    clean: Callable[[Call], Reply] = field(repr=False)
    _reply: Reply | None = None

    def reply(self) -> Reply:
        """What the clean sandbox answers; it is asked once."""
        if self._reply is None:
            self._reply = self.clean(self.call)
        return self._reply

    @property
    def started(self) -> tuple[Job, ...]:
        """The jobs that this request has started."""
        return self.book.of(self.kind, self.resource_id)[len(self.jobs_before) :]

    def answer_to(self, call: Call) -> Reply:
        """What the clean sandbox answers to another request."""
        return self.clean(call)

    def as_authorized(self) -> Reply:
        """What the clean sandbox answers when the request carries its token."""
        headers = {**self.call.headers, "authorization": f"Token {self.token}"}
        return self.answer_to(evolve(self.call, headers=headers))

    @property
    def authorized(self) -> bool:
        """Whether the request carries the token."""
        return self.call.headers.get("authorization") == f"Token {self.token}"

    @property
    def is_request(self) -> bool:
        """Whether it asks for an export, with the token; other methods on its path do not."""
        return self.call.method == "POST" and self.authorized
