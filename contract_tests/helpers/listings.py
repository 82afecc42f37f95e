"""Conversations written by hand that list and delete export jobs, too."""

from typing import Any

from prolific_contract._vocabulary import Kind, path_of
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse

from helpers.traces import BASE, JOB, RESOURCE, Talk, json_answer

CREATED = "2026-03-20T10:00:00Z"


def job(
    export_id: str = JOB, status: Any = "generating", created_at: Any = CREATED, **members: Any
) -> dict[str, Any]:
    """A job as a list shows it."""
    given = {"export_id": export_id, "filter": None, "status": status, "created_at": created_at}
    return {**given, **members}


class Listing(Talk):
    """A conversation that lists, deletes and filters."""

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


DELETED = HttpResponse(204)
