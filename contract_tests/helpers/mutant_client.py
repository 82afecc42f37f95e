"""Clients of a mutant, for the first resource of the kind that has its fault."""

from typing import Any

from prolific_contract import Edition, Kind, path_of
from prolific_contract.sandbox import ManualClock, Reply, SandboxSettings, body_of, jobs_of
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite

from helpers.export_requests import GENERATION, TOKEN, ask


class MutantClient:
    """A mutant on a clock that the test advances.

    Attributes:
        one: The mutant.
        kind: The kind of its operation.
        resource: The id of the kind's first resource.
    """

    def __init__(self, name: str, edition: Edition = "2026-11") -> None:
        self.one = MUTANTS[name]
        self.clock = ManualClock()
        settings = SandboxSettings(edition=edition, token=TOKEN, generation_seconds=GENERATION)
        self.site = MutatedSite(self.one, settings, self.clock)
        self.kind: Kind = self.one.operation.kind
        self.resource = settings.id_of(self.kind)


class MutantJobClient(MutantClient):
    """Lists, deletes and filters jobs."""

    def ask(
        self,
        method: str,
        *job: str,
        query: str = "",
        kind: Kind | None = None,
        resource: str | None = None,
        token: str = TOKEN,
    ) -> Reply:
        """The reply to a request about the resource, or about a job of it."""
        path = path_of(kind or self.kind, resource or self.resource, *job)
        return ask(self.site, method, f"{path}?{query}", f"Token {token}")

    def start(self, query: str = "", **elsewhere: Any) -> str:
        """The id of the job of a request that is accepted."""
        reply = self.ask("POST", query=query, **elsewhere)
        assert reply.status == 202
        return str(body_of(reply)["export_id"])

    def finish(self, *queries: str) -> Any:
        """Jobs of these filters that have ended, or one without any."""
        jobs = [self.start(query) for query in queries or ("",)]
        self.clock.advance(GENERATION)
        return jobs if queries else jobs[0]

    def listed(self, **where: Any) -> list[str]:
        """The ids in the list."""
        return [job["export_id"] for job in jobs_of(self.ask("GET", **where))]

    def state(self, job: str) -> Any:
        """The state of a job, or the status of the refusal."""
        reply = self.ask("GET", job)
        return body_of(reply)["status"] if reply.status == 200 else reply.status


def refused_with(reply: Reply, status: int) -> bool:
    """Whether a reply is an error in the envelope, with this status."""
    return bool(reply.status == status == body_of(reply)["error"]["status"])
