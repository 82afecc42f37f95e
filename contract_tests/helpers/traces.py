"""Conversations built exchange by exchange, to be judged by the gate's laws."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from attrs import evolve
from prolific_contract import Edition, Kind, Operation, path_of
from prolific_contract.gate import contract_of
from prolific_contract.gate.laws import LawContext, Observation, Outcome, law
from prolific_contract.gate.trace import Credential, Exchange, HttpResponse, Subject, Trace

BASE = "https://api.example"
START = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
JOB = "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
OTHER_JOB = "0192a3b4-c5d6-4e8f-9a0b-1c2d3e4f5a6b"
RESOURCE = "r1"
URL = "https://store.example/a.zip?X-Amz-Date=20260320T100000Z&X-Amz-Expires=3600"
EXPIRES_AT = "2026-03-20T11:00:00Z"
CREATED = "2026-03-20T10:00:00Z"
DELETED = HttpResponse(204)


def json_answer(status: int, value: Any, **changes: Any) -> HttpResponse:
    return body_answer(status, json.dumps(value).encode(), **changes)


def body_answer(
    status: int, body: bytes, content_type: str | None = "application/json", **changes: Any
) -> HttpResponse:
    headers = () if content_type is None else (("content-TYPE", content_type),)
    return evolve(HttpResponse(status, headers, body), **changes)


def generating(export_id: Any = JOB, status: int = 202, **changes: Any) -> HttpResponse:
    return json_answer(status, {"status": "generating", "export_id": export_id}, **changes)


def running(export_id: Any = JOB) -> HttpResponse:
    """As `generating`, for a poll."""
    return generating(export_id, 200)


def complete(
    url: Any = URL, expires_at: Any = EXPIRES_AT, status: int = 200, **changes: Any
) -> HttpResponse:
    value = {"status": "complete", "url": url, "expires_at": expires_at}
    return json_answer(status, value, **changes)


def failed() -> HttpResponse:
    return json_answer(200, {"status": "failed"})


def error(http_status: int, **members: Any) -> HttpResponse:
    usual = {"status": http_status, "error_code": 1, "title": "No", "detail": "No such thing."}
    return json_answer(http_status, {"error": {**usual, **members}})


def dated(response: HttpResponse, moment: datetime) -> HttpResponse:
    return evolve(
        response, headers=(*response.headers, ("Date", format_datetime(moment, usegmt=True)))
    )


def job(
    export_id: str = JOB, status: Any = "generating", created_at: Any = CREATED, **members: Any
) -> dict[str, Any]:
    """A job as a list shows it."""
    given = {"export_id": export_id, "filter": None, "status": status, "created_at": created_at}
    return {**given, **members}


class TraceBuilder:
    """Builds a trace, exchange by exchange, three seconds apart."""

    def __init__(self, kind: Kind = "batch", *subjects: Subject, max_wait: float = 600.0) -> None:
        self.kind: Kind = kind
        self._subjects = subjects
        self._max_wait = max_wait
        self._exchanges: list[Exchange] = []
        self._now = 0.0

    @property
    def trace(self) -> Trace:
        return Trace(tuple(self._exchanges), self._subjects, self._max_wait)

    def send(
        self,
        method: str,
        url: str,
        response: HttpResponse | None,
        *,
        after: float = 3.0,
        credential: Credential = Credential.VALID,
        **changes: Any,
    ) -> Exchange:
        self._now += after
        exchange = Exchange(
            len(self._exchanges),
            method,
            url,
            BASE,
            credential,
            at=self._now,
            sent=START + timedelta(seconds=self._now),
            response=response,
        )
        self._exchanges.append(evolve(exchange, **changes))
        return self._exchanges[-1]

    def request(
        self, response: HttpResponse | None, resource: str = RESOURCE, **options: Any
    ) -> Exchange:
        path = path_of(options.pop("kind", self.kind), resource)
        return self.send("POST", f"{BASE}{path}{options.pop('query', '')}", response, **options)

    def poll(
        self,
        response: HttpResponse | None,
        export_id: str = JOB,
        resource: str = RESOURCE,
        **options: Any,
    ) -> Exchange:
        path = path_of(options.pop("kind", self.kind), resource, export_id)
        return self.send("GET", f"{BASE}{path}{options.pop('query', '')}", response, **options)

    def fetch(self, response: HttpResponse | None, url: str = URL, **options: Any) -> Exchange:
        return self.send("GET", url, response, **{"credential": Credential.NONE, **options})

    def judged(
        self, law_id: str, edition: Edition | None = None, *, strict: bool = False
    ) -> list[Observation]:
        """What a law observes."""
        return list(
            law(law_id).check(self.trace, LawContext(contract_of(edition), edition, strict))
        )

    def outcomes(self, law_id: str, edition: Edition | None = None) -> list[Outcome]:
        return [observation.outcome for observation in self.judged(law_id, edition)]

    def violation(self, law_id: str, edition: Edition | None = None) -> Observation:
        """The one violation of a law, whatever else held."""
        broken = [
            observation
            for observation in self.judged(law_id, edition)
            if observation.outcome is Outcome.VIOLATED
        ]
        assert len(broken) == 1, broken
        return broken[0]

    @property
    def requesting(self) -> Operation:
        return Operation(self.kind, "request")

    @property
    def polling(self) -> Operation:
        return Operation(self.kind, "status")

    @property
    def fetching(self) -> Operation:
        return Operation(self.kind, "archive")

    def list(
        self,
        *jobs: Any,
        resource: str = RESOURCE,
        kind: Kind | None = None,
        response: HttpResponse | None = None,
        **options: Any,
    ) -> Exchange:
        url = f"{BASE}{path_of(kind or self.kind, resource)}"
        return self.send("GET", url, response or json_answer(200, list(jobs)), **options)

    def delete(
        self,
        response: HttpResponse | None,
        export_id: str = JOB,
        resource: str = RESOURCE,
        kind: Kind | None = None,
        **options: Any,
    ) -> Exchange:
        url = f"{BASE}{path_of(kind or self.kind, resource, export_id)}"
        return self.send("DELETE", url, response, **options)

    def filtered(
        self, response: HttpResponse | None, query: str = "?from=2015-01-01T00%3A00%3A00Z"
    ) -> Exchange:
        return self.request(response, query=query)
