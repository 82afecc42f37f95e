"""One request of every sort, sent to the sandbox without faults and then to another one."""

import json
from functools import cache
from typing import Any, Literal, TypeAlias, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import evolve, frozen
from prolific_contract import UNKNOWN_EXPORT_ID, Action, Kind, path_of
from prolific_contract.sandbox import (
    Call,
    Edition,
    Fate,
    FileSlice,
    ManualClock,
    NoReplyError,
    Reply,
    SandboxSettings,
    Site,
    body_of,
)

BASE = "http://127.0.0.1:8417"
TOKEN = "token-of-the-course"
GENERATION = 10

Outcome: TypeAlias = Reply | NoReplyError
Label = tuple[Action | Literal["other"], str]


def settings_for(edition: Edition, *, first_fails: bool = False) -> SandboxSettings:
    """A small sandbox; both kinds' jobs complete, or fail at first."""
    given = SandboxSettings()
    fate = Fate.FAILS_ONCE if first_fails else Fate.COMPLETES
    resources = [
        evolve(one, fate=fate) if one.fate is Fate.COMPLETES else one for one in given.resources
    ]
    return SandboxSettings(
        edition=edition,
        token=TOKEN,
        submissions=1,
        files=0,
        generation_seconds=GENERATION,
        # mypy takes the converter's own signature for the argument's type.
        **cast("Any", {"resources": resources}),
    )


def ask(
    site: Site,
    method: str,
    url: str,
    authorization: str | None = f"Token {TOKEN}",
    **headers: str,
) -> Reply:
    """Send one request that gets a response."""
    outcome = outcome_of(site, method, url, authorization, **headers)
    assert isinstance(outcome, Reply)
    return outcome


def outcome_of(
    site: Site,
    method: str,
    url: str,
    authorization: str | None = f"Token {TOKEN}",
    **headers: str,
) -> Outcome:
    """The response to one request, or the error that is raised instead."""
    if authorization is not None:
        headers["authorization"] = authorization
    parts = urlsplit(url.removeprefix(BASE))
    query = tuple(parse_qsl(parts.query))
    try:
        return _read(site.answer(Call(method, unquote(parts.path), query, headers, base_url=BASE)))
    except NoReplyError as error:
        return NoReplyError(error.how, error.reply and _read(error.reply))


def _read(reply: Reply) -> Reply:
    """The reply with the bytes themselves for a body that is a file."""
    body = reply.body
    if isinstance(body, FileSlice):
        body = body.path.read_bytes()[body.start : body.start + body.length]
    return evolve(reply, body=body)


@frozen
class Step:
    """A request of the course, and what the clean sandbox answered.

    Attributes:
        label: Which action of the kind it is about, and which sort of answer it gets.
        method: HTTP method.
        url: Path and query.
        authorization: The header's value.
        wait: Seconds that pass before it.
        clean: The answer.
    """

    label: Label
    method: str
    url: str
    authorization: str | None
    wait: float
    clean: Reply


class _Course:
    """Asks the clean sandbox and writes down what was asked."""

    def __init__(self, edition: Edition, kind: Kind, *, first_fails: bool) -> None:
        self._clock = ManualClock()
        settings = settings_for(edition, first_fails=first_fails)
        self.site = Site(settings, self._clock)
        self._kind: Kind = kind
        self._edition = edition
        self._strange: dict[str, str] = {}
        fate = Fate.FAILS_ONCE if first_fails else Fate.COMPLETES
        self._resource = settings.id_of(kind, fate)
        self._forbidden = settings.id_of(kind, Fate.FORBIDDEN)
        self.steps: list[Step] = []

    def send(
        self,
        label: Label,
        url: str,
        method: str = "",
        authorization: str | None = f"Token {TOKEN}",
        wait: float = 0,
    ) -> Reply:
        method = method or {"request": "POST", "delete": "DELETE"}.get(label[0], "GET")
        self._clock.advance(wait)
        reply = ask(self.site, method, url, authorization)
        self.steps.append(Step(label, method, url, authorization, wait, reply))
        return reply

    def run(self) -> None:
        export = path_of(self._kind, self._resource)
        self._refused("request", export)
        started = self.send(("request", "new"), export)
        self.send(("request", "again"), export)
        job = f"{export}/{body_of(started)['export_id']}"
        for number in range(4):
            self.send(("status", f"generating {number}"), job)
        self._refused("status", job)
        for label in ("unknown", "unknown, again"):
            self.send(("status", label), f"{export}/{UNKNOWN_EXPORT_ID}")
        self._end(job, 0)
        after = self.send(("request", "after"), export)
        second = ""
        if "export_id" in body_of(after):
            second = f"{export}/{body_of(after)['export_id']}"
            self.send(("status", "second generating"), second)
            self._end(second, 1)
        self._strangers(export)
        self.send(("request", "forbidden"), path_of(self._kind, self._forbidden))
        forbidden = path_of(self._kind, self._forbidden, UNKNOWN_EXPORT_ID)
        self.send(("status", "forbidden"), forbidden)
        if self._edition == "2026-11":
            self._manage(export, second, forbidden)

    def _manage(self, export: str, second: str, forbidden: str) -> None:
        """Lists and deletions, of jobs that are not needed any more."""
        for number in range(4):
            self.send(("list", f"jobs {number}"), export)
        self._unauthorized("list", export)
        self.send(("list", "unknown"), path_of(self._kind, UNKNOWN_EXPORT_ID))
        self.send(("list", "forbidden"), path_of(self._kind, self._forbidden))
        third = body_of(self.send(("request", "third"), export))["export_id"]
        self.send(("delete", "generating"), f"{export}/{third}")
        unknown = f"{export}/{UNKNOWN_EXPORT_ID}"
        self._unauthorized("delete", unknown)
        self.send(("delete", "unknown"), unknown, wait=GENERATION)
        self.send(("delete", "forbidden"), forbidden)
        for label, export_id in self._strange.items():
            self.send(("delete", label), f"{export}/{export_id}")
        self.send(("delete", "deleted"), second)
        self.send(("list", "after deletion"), export)

    def _refused(self, action: Action, url: str) -> None:
        self._unauthorized(action, url)
        self.send((action, "no such method"), url, "PUT")

    def _unauthorized(self, action: Action, url: str) -> None:
        self.send((action, "no token"), url, authorization=None)
        self.send((action, "malformed token"), url, authorization="Token")
        self.send((action, "other scheme"), url, authorization=f"Bearer {TOKEN}")
        self.send((action, "wrong token"), url, authorization="Token of-somebody-else")

    def _strangers(self, export: str) -> None:
        """Jobs of another kind and of another resource, asked for under the resource."""
        other_kind: Kind = "batch" if self._kind == "collection" else "collection"
        others: list[tuple[Kind, str]] = [
            (other_kind, one) for one in self._exported(other_kind)[:1]
        ]
        others.extend((self._kind, one) for one in self._exported(self._kind)[1:2])
        for kind, resource in others:
            label = "other kind" if kind != self._kind else "other resource"
            action: Literal["other", "request"] = "request" if kind == self._kind else "other"
            started = self.send((action, label), path_of(kind, resource), "POST")
            self._strange[label] = body_of(started)["export_id"]
            self.send(("status", label), f"{export}/{self._strange[label]}")

    def _exported(self, kind: Kind) -> list[str]:
        usable = (Fate.COMPLETES, Fate.FAILS_ONCE)
        return [
            one.id
            for one in self.site.settings.resources
            if one.kind == kind and one.fate in usable
        ]

    def _end(self, job: str, number: int) -> None:
        ended = self.send(("status", f"ended {number}"), job, wait=GENERATION)
        url = body_of(ended).get("url")
        if url is not None:
            self.send(("archive", f"archive {number}"), url, authorization=None)
        self.send(("status", f"ended {number}, again"), job)


@cache
def course(edition: Edition, kind: Kind, *, first_fails: bool = False) -> tuple[Step, ...]:
    """The course of an export and the probes around it, with the clean answers."""
    asked = _Course(edition, kind, first_fails=first_fails)
    asked.run()
    asked.site.close()
    return tuple(asked.steps)


def replay(site: Site, clock: ManualClock, steps: tuple[Step, ...]) -> dict[Label, Outcome]:
    """What another site answers to the same requests."""
    outcomes: dict[Label, Outcome] = {}
    for step in steps:
        clock.advance(step.wait)
        outcomes[step.label] = outcome_of(site, step.method, step.url, step.authorization)
    return outcomes


def content(outcome: Outcome) -> bytes:
    """The bytes of an answer's body."""
    assert isinstance(outcome, Reply)
    assert isinstance(outcome.body, bytes)
    return outcome.body


def body(outcome: Outcome) -> Any:
    """The JSON of an answer's body."""
    return json.loads(content(outcome))


def looks(outcome: Outcome) -> object:
    """What an answer looks like from outside, for comparing."""
    if isinstance(outcome, NoReplyError):
        return outcome.how
    return outcome.status, sorted(outcome.headers), content(outcome), outcome.http
