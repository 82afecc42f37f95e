"""A small API whose responses change, in front of a dataset in a folder."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from attrs import define, field
from prolific_exports.testing import FakeClock

BASE = "https://api.example"
STORE = "https://store.example"
TOKEN = "t0ken-of-a-lab"  # noqa: S105 - of a test
SIGNATURE = "5ecret-signature"
WORKSPACE = "64d0c0de0000000000000009"
QUESTION = {"id": "i1", "type": "free_text", "description": "Why?"}
UPLOAD = {"id": "i2", "type": "file_upload", "description": "A picture, please"}


def moment(day: int, hour: int = 0) -> datetime:
    """A time in March 2026."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@define
class Job:
    """An export job."""

    export_id: str
    created_at: datetime
    filter: dict[str, str]
    archive: bytes
    is_ours: bool = True
    status: str = "complete"


@define
class Lab:
    """The API and the store, in-process.

    Attributes:
        clock: The clock of the API and of the client.
        has_filters: Whether the API is of edition 2026-11.
        ignores_filters: Whether exports have all responses in spite of a filter.
        without_lists: Status of a request for a list without filters.
        gone: Statuses of requests for a list of jobs, by collection.
        submissions: The responses of each collection: id, time, answer, and content of an
            uploaded file if there is one.
        jobs: The export jobs of each collection.
        refused: Statuses to answer requests for an export with, by collection.
        requests: How many there were of each method, and to the store.
        others_deleted: How many jobs of other users were deleted.
        unfiltered: How many exports were requested without a filter.
        undeletable: Whether jobs cannot be deleted.
        generating: Whether no job gets ready.
        failing: How many jobs fail from now on.
        damaged: Whether the store sends damaged archives.
        watch: Called with each request; may raise.
    """

    clock: FakeClock
    has_filters: bool = True
    ignores_filters: bool = False
    without_lists: int = 405
    gone: dict[str, int] = field(factory=dict)
    submissions: dict[str, list[dict[str, Any]]] = field(factory=dict)
    jobs: dict[str, list[Job]] = field(factory=dict)
    refused: dict[str, httpx.Response] = field(factory=dict)
    requests: Counter[str] = field(factory=Counter)
    others_deleted: int = 0
    unfiltered: int = 0
    undeletable: bool = False
    generating: bool = False
    failing: int = 0
    damaged: bool = False
    numbers: int = 0
    watch: Callable[[httpx.Request], None] = lambda _request: None

    def add(
        self,
        resource_id: str,
        submission_id: str,
        created_at: datetime | None,
        answer: str | None = "Because.",
        upload: bytes | None = None,
    ) -> None:
        """Add a submission to a collection, or replace one."""
        kept = [
            one
            for one in self.submissions.setdefault(resource_id, [])
            if one["id"] != submission_id
        ]
        new = {"id": submission_id, "created_at": created_at, "answer": answer, "upload": upload}
        self.submissions[resource_id] = [*kept, new]

    def client(self) -> httpx.Client:
        """A client of this API."""
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    def ours(self) -> list[Job]:
        """The jobs that a sync left."""
        return [job for jobs in self.jobs.values() for job in jobs if job.is_ours]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        self.watch(request)
        response = self._response(request)
        response.headers["Date"] = f"{self.clock.now():%a, %d %b %Y %H:%M:%S} GMT"
        return response

    def _response(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "store.example":
            self.requests["store"] += 1
            return self._stored(request)
        self.requests[request.method] += 1
        parts = request.url.path.strip("/").split("/")[2:]
        match parts:
            case ["data-collection", "collections" | "batches" as plural]:
                ids = sorted(self.submissions) if plural == "collections" else []
                asked = request.url.params.get("workspace_id")
                found = [{"id": one} for one in ids] if asked == WORKSPACE else []
                return httpx.Response(200, json={"results": found, "meta": {"count": len(found)}})
            case ["workspaces"]:
                return httpx.Response(200, json={"results": [{"id": WORKSPACE}]})
            case ["data-collection", "collections", resource_id, "export", *export_id]:
                return self._export(request, resource_id, "".join(export_id))
        raise AssertionError(request.url)

    def _export(self, request: httpx.Request, resource_id: str, export_id: str) -> httpx.Response:
        jobs = self.jobs.setdefault(resource_id, [])
        found = next((job for job in jobs if job.export_id == export_id), None)
        if request.method == "POST":
            return self.refused.get(resource_id) or self._requested(request, resource_id, jobs)
        if not export_id:
            if not self.has_filters:
                return httpx.Response(self.without_lists, json={})
            if resource_id in self.gone:
                return httpx.Response(self.gone[resource_id], json={})
            return httpx.Response(200, json=[_listed(job) for job in jobs])
        if found is None:
            return httpx.Response(404, json={})
        if request.method == "DELETE":
            self.others_deleted += not found.is_ours
            if self.undeletable:
                return httpx.Response(400, json={})
            jobs.remove(found)
            return httpx.Response(204)
        if found.status == "failed":
            return httpx.Response(200, json={"status": "failed"})
        if self.generating:
            return _generating(found)
        return _complete(found)

    def _requested(
        self, request: httpx.Request, resource_id: str, jobs: list[Job]
    ) -> httpx.Response:
        params = {
            name: request.url.params[name] for name in ("from", "to") if name in request.url.params
        }
        self.unfiltered += "to" not in params
        self.numbers += 1
        limits = {} if self.ignores_filters else params
        archive = self._archive(resource_id, limits)
        job = Job(str(UUID(int=self.numbers)), self.clock.now(), params, archive)
        jobs.insert(0, job)
        if self.failing:
            self.failing -= 1
            job.status = "failed"
        if not self.has_filters and job.status == "complete":
            return _complete(job, 200)
        return _generating(job)

    def _archive(self, resource_id: str, limits: dict[str, str]) -> bytes:
        begin = datetime.fromisoformat(limits["from"]) if "from" in limits else None
        end = datetime.fromisoformat(limits["to"]) if "to" in limits else None
        content = io.BytesIO()
        root = f"export-{resource_id}"
        lines = []
        with zipfile.ZipFile(content, "w") as archive:
            for one in self.submissions[resource_id]:
                at = one["created_at"]
                if at is not None and (
                    (begin is not None and at < begin) or (end is not None and at >= end)
                ):
                    continue
                lines.append(json.dumps(_record(resource_id, one)))
                if one["upload"] is not None:
                    archive.writestr(f"{root}/files/{one['id']}/cat.PNG", one["upload"])
            archive.writestr(f"{root}/responses.jsonl", "".join(f"{line}\n" for line in lines))
            about = {"collection_id": resource_id, "instructions": [QUESTION, UPLOAD]}
            archive.writestr(f"{root}/collection.json", json.dumps(about))
        return content.getvalue()

    def _stored(self, request: httpx.Request) -> httpx.Response:
        export_id = request.url.path.strip("/")
        jobs = [job for some in self.jobs.values() for job in some]
        archive = next(job.archive for job in jobs if job.export_id == export_id)
        if self.damaged:
            archive = archive.replace(b"Because.", b"Because!")
        headers = {"ETag": '"1"', "Content-Type": "application/zip"}
        return httpx.Response(200, content=archive, headers=headers)


def _record(resource_id: str, one: dict[str, Any]) -> dict[str, Any]:
    created_at = one["created_at"]
    responses: dict[str, Any] = {}
    if one["answer"] is not None:
        responses["i1"] = {**_heading(QUESTION), "value": one["answer"]}
    if one["upload"] is not None:
        file = {"name": "cat.PNG", "path": f"files/{one['id']}/cat.PNG"}
        responses["i2"] = {**_heading(UPLOAD), "files": [file]}
    return {
        "submission_id": one["id"],
        "participant_id": f"p-{one['id']}",
        "collection_id": resource_id,
        "created_at": None if created_at is None else created_at.isoformat(),
        "responses": responses,
    }


def _heading(instruction: dict[str, str]) -> dict[str, str]:
    return {name: instruction[name] for name in ("type", "description")}


def _generating(job: Job) -> httpx.Response:
    return httpx.Response(202, json={"status": "generating", "export_id": job.export_id})


def _complete(job: Job, status: int = 200) -> httpx.Response:
    url = f"{STORE}/{job.export_id}?X-Amz-Signature={SIGNATURE}"
    return httpx.Response(status, json={"status": "complete", "url": url})


def _listed(job: Job) -> dict[str, Any]:
    return {
        "export_id": job.export_id,
        "status": job.status,
        "created_at": job.created_at.isoformat(),
        "filter": job.filter or None,
    }


class HereExecutor(Executor):
    """Works at once, in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Work now."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - raised by the future
            future.set_exception(error)
        return future
