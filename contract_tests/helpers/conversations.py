"""Conversations held in-process: with the sandbox, and with servers made up for a test."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from attrs import field, frozen
from prolific_contract import Action
from prolific_contract.gate.conversation import Conversation, ConversationPlan, record_conversation
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.trace import Credential, Exchange, HttpResponse, Subject
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings, Site

BASE = "http://127.0.0.1:8000"
TOKEN = "a-token-of-some-length"
BATCH = Subject("batch", "b1")
COLLECTION = Subject("collection", "c1")
PATH = "/api/v1/data-collection/batches/b1/export"
"""Where exports of `BATCH` are requested."""


@frozen
class ServedRequest:
    """A request as a server sees it."""

    method: str
    url: str
    headers: Mapping[str, str]
    timeout: float
    at: float

    @property
    def path(self) -> str:
        return self.url.removeprefix(BASE)

    @property
    def authorization(self) -> str | None:
        return self.headers.get("Authorization")


class Scripted:
    """A target that answers as a function says; each answer takes the given time."""

    def __init__(
        self, answer: Callable[[ServedRequest], HttpResponse | Exception], took: float = 0.0
    ) -> None:
        self._answer = answer
        self._took = took
        self._time = 100.0
        self.asked: list[ServedRequest] = []
        self.slept: list[float] = []

    def send(
        self, method: str, url: str, headers: Mapping[str, str], timeout: float
    ) -> HttpResponse:
        asked = ServedRequest(method, url, dict(headers), timeout, self._time - 100.0)
        self.asked.append(asked)
        self._time += self._took
        answer = self._answer(asked)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def monotonic(self) -> float:
        return self._time

    def now(self) -> datetime:
        return datetime(2026, 3, 20, 10, tzinfo=UTC) + timedelta(seconds=self._time)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._time += seconds


def hold(
    answer: Callable[[ServedRequest], HttpResponse | Exception], took: float = 0.0, **plan: Any
) -> tuple[Scripted, Conversation]:
    """Hold a conversation about `BATCH` with a scripted target."""
    plan.setdefault("edition", "2026-03")
    target = Scripted(answer, took)
    return target, record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), **plan))


@frozen
class GateRun:
    """A conversation with the sandbox, and what it was about."""

    settings: SandboxSettings
    plan: ConversationPlan
    conversation: Conversation
    site: Site = field(repr=False)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return self.conversation.trace.exchanges


def subjects_of(settings: SandboxSettings, *fates: Fate) -> tuple[Subject, ...]:
    return tuple(
        subject
        for fate in fates
        for subject in (
            Subject("batch", settings.id_of("batch", fate), fate is Fate.FORBIDDEN),
            Subject("collection", settings.id_of("collection", fate), fate is Fate.FORBIDDEN),
        )
    )


@lru_cache
def run_gate(
    *fates: Fate,
    edition: Any = "2026-03",
    generation: float = 3.0,
    asked: Any = "as it is",
    **plan: Any,
) -> GateRun:
    """Hold a conversation with the sandbox about a batch and a collection of each fate.

    Tests of the same conversation share it, so none may change it.

    Args:
        fates: Of the resources.
        edition: The sandbox's.
        generation: Seconds that an export takes.
        asked: The edition that is enforced; the sandbox's if it is not given.
        plan: What else the plan has.
    """
    plan["edition"] = edition if asked == "as it is" else asked
    settings = SandboxSettings(edition=edition, generation_seconds=generation, files=2)
    clock = ManualClock()
    site = Site(settings, clock)
    planned = ConversationPlan(
        subjects_of(settings, *(fates or (Fate.COMPLETES, Fate.FORBIDDEN))), **plan
    )
    try:
        target = InProcessTarget(site, clock)
        conversation = record_conversation(target, BASE, settings.token, planned)
    finally:
        site.close()
    return GateRun(settings, planned, conversation, site)


def asked(gate_run: GateRun, action: Action, *credentials: Credential) -> list[Exchange]:
    """The requests of an operation with these credentials; by default, with the token."""
    return [
        exchange
        for exchange in gate_run.exchanges
        if exchange.operation is not None
        and exchange.operation.action == action
        and exchange.credential in (credentials or (Credential.VALID,))
    ]


def started(gate_run: GateRun, subject: Subject) -> list[Exchange]:
    """The requests for a subject's export that were sent with the token."""
    return [
        exchange
        for exchange in gate_run.exchanges
        if exchange.method == "POST"
        and exchange.credential is Credential.VALID
        and exchange.address is not None
        and exchange.address.export_id is None
        and (exchange.address.kind, exchange.address.resource_id) == (subject.kind, subject.id)
    ]


def with_token(target: Scripted) -> list[ServedRequest]:
    """What a scripted server was asked with the token."""
    return [one for one in target.asked if one.authorization == f"Token {TOKEN}"]
