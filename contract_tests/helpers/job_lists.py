"""Lists of jobs, and servers that answer with them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from prolific_contract.gate.conversation import Conversation, ConversationPlan, record_conversation
from prolific_contract.gate.trace import HttpResponse

from helpers.conversations import BASE, BATCH, PATH, TOKEN, Scripted, ServedRequest
from helpers.traces import START, complete, error, failed, generating, json_answer

LATER = "2026-11"


CREATED = "2026-03-20T10:01:40Z"
"""When a conversation with a scripted server begins, by its own clock."""


def list_of(*export_ids: str, created: Any = CREATED) -> HttpResponse:
    """A list of jobs that were requested at the same time."""
    return json_answer(200, [{"export_id": each, "created_at": created} for each in export_ids])


def after_the_first(*rest: HttpResponse) -> Callable[[], HttpResponse]:
    """A server whose first list has nothing, and each later one is this."""
    turns = iter([list_of()])
    return lambda: next(turns, *rest)


def lists(*answers: HttpResponse) -> Callable[[ServedRequest], HttpResponse]:
    """A server whose lists are these, one after the other, and whose jobs fail at once."""
    turns = iter(answers)
    last = answers[-1]

    def answer(request: ServedRequest) -> HttpResponse:
        if request.method == "DELETE":
            return HttpResponse(204)
        if request.path == PATH and request.method == "GET":
            return next(turns, last)
        return generating("j1") if request.method == "POST" else failed()

    return answer


def later(seconds: float) -> Callable[[float], str]:
    """A clock that says when something was that much later."""
    return lambda at: (START + timedelta(seconds=100 + at + seconds)).isoformat()


AT_ONCE = later(0)


class InstantServer:
    """A server of one batch that starts a job at every request, and completes it at once.

    Args:
        there: How many jobs exist before the check.
        created: The creation time that it reports, given the seconds of the request.
        hidden: How many of the first lists lack these jobs.
        refuse: The response to a request that starts a job nevertheless; None for the usual one.
        listing: The response to a list; None for the usual one.
        busy: How many of the first polls of all jobs report that they are generating.
        neighbour: Whether another client starts a job after the first list.
        open_to_all: Whether it starts jobs for any token.
    """

    def __init__(
        self,
        there: int = 0,
        *,
        created: Callable[[float], str] = AT_ONCE,
        hidden: int = 0,
        refuse: HttpResponse | None = None,
        listing: HttpResponse | None = None,
        busy: int = 0,
        neighbour: bool = False,
        open_to_all: bool = False,
    ) -> None:
        self.jobs = [f"old{number}" for number in range(there)]
        self._times: dict[str, str] = {}
        self.most = there
        self.deleted: list[str] = []
        self._created, self._hidden = created, hidden
        self._refuse, self._listing = refuse, listing
        self._busy = busy
        self._neighbour, self._open_to_all = neighbour, open_to_all

    def __call__(self, request: ServedRequest) -> HttpResponse:
        job = request.path.partition("?")[0].removeprefix(PATH).removeprefix("/")
        opened = self._open_to_all and request.method == "POST"
        known = request.authorization == f"Token {TOKEN}" or opened
        if not known or not request.path.startswith(PATH):
            return error(401)
        if request.method == "POST":
            if self._neighbour:
                self._neighbour = False
                self.jobs.append("neighbour")
            self.jobs.append(f"new{len(self._times)}")
            self._times[self.jobs[-1]] = self._created(request.at)
            self.most = max(self.most, len(self.jobs))
            return self._refuse or generating(self.jobs[-1])
        if request.method == "GET" and not job:
            self._hidden -= 1
            if self._listing is not None:
                return self._listing
            shown = [] if self._hidden >= 0 else self.jobs
            return json_answer(
                200, [{"export_id": job, "created_at": self._times.get(job)} for job in shown]
            )
        if job not in self.jobs:
            return error(404)
        if request.method == "DELETE":
            self.jobs.remove(job)
            self.deleted.append(job)
            return HttpResponse(204)
        self._busy -= 1
        return generating(job) if self._busy >= 0 else complete("https://s.example/x")

    def check(self, **plan: Any) -> Conversation:
        return record_conversation(Scripted(self), BASE, TOKEN, ConversationPlan((BATCH,), **plan))
