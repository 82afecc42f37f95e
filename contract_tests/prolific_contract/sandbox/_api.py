"""Answers the requests of the export API."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from prolific_contract._vocabulary import JOB_LIMIT, PATH_SEGMENTS, Edition, Kind, State
from prolific_contract.sandbox._authentication import refusal_of
from prolific_contract.sandbox._filter import NO_FILTER, FilterError, parse_filter
from prolific_contract.sandbox._http import (
    Call,
    Reply,
    error_reply,
    json_reply,
    no_content_reply,
)
from prolific_contract.sandbox._jobs import (
    JobLimitError,
    SandboxJob,
    SandboxJobs,
    StillGeneratingError,
)
from prolific_contract.sandbox._resources import Fate, SandboxResource
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._signing import UrlSigner
from prolific_contract.sandbox._store import object_path
from prolific_contract.sandbox._text import utc_timestamp

_KINDS: Mapping[str, Kind] = {segment: kind for kind, segment in PATH_SEGMENTS.items()}
# For the paths without and with a job's id. HEAD is allowed wherever GET is (RFC 9110).
_METHODS: dict[Edition, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "2026-03": (("POST",), ("GET", "HEAD")),
    "2026-11": (("GET", "HEAD", "POST"), ("DELETE", "GET", "HEAD")),
}
# The API accepts paths with and without a final slash (D-21).
_ROUTE = re.compile(rf"/api/v1/data-collection/({'|'.join(_KINDS)})/([^/]+)/export(?:/([^/]+))?/?")


class ExportApi:
    """The export operations of one sandbox."""

    def __init__(self, settings: SandboxSettings, jobs: SandboxJobs, signer: UrlSigner) -> None:
        self._settings = settings
        self._jobs = jobs
        self._signer = signer

    def answer(self, call: Call, now: datetime) -> Reply:
        """Answer a request to the API."""
        route = _ROUTE.fullmatch(call.path)
        if route is None:
            return error_reply(404, 0, "This operation does not exist.")
        kind, resource_id, export_id = _KINDS[route[1]], route[2], route[3]
        refusal = refusal_of(call, self._settings.token)
        if refusal is not None:
            return refusal
        allowed = _METHODS[self._settings.edition][0 if export_id is None else 1]
        if call.method not in allowed:
            return error_reply(
                405, 1, f"{call.method} is not allowed here.", (("Allow", ", ".join(allowed)),)
            )
        if export_id is None:
            if call.method == "POST":
                return self._request(call, kind, resource_id, now)
            return self._list(kind, resource_id, now)
        if call.method == "DELETE":
            return self._delete(kind, resource_id, export_id, now)
        return self._status(call, kind, resource_id, export_id, now)

    def _access(self, kind: Kind, resource_id: str) -> SandboxResource | Reply:
        """The resource, or the refusal of a request about it."""
        resource = self._settings.resource(kind, resource_id)
        if resource is None:
            return error_reply(404, 1, f"No {kind} has this id.")
        if resource.fate is Fate.FORBIDDEN:
            return error_reply(403, 1, f"You have no access to the workspace of this {kind}.")
        return resource

    def _request(self, call: Call, kind: Kind, resource_id: str, now: datetime) -> Reply:
        resource = self._access(kind, resource_id)
        if isinstance(resource, Reply):
            return resource
        wanted = NO_FILTER
        if self._settings.edition == "2026-11":
            try:
                wanted = parse_filter(call.query)
            except FilterError as error:
                return error_reply(400, 1, error.fields)
        try:
            requested = self._jobs.request(resource, now, wanted)
        except JobLimitError:
            return error_reply(
                self._settings.limit_status,
                8,
                f"This {kind} has {JOB_LIMIT} export jobs, the maximum. Delete one.",
            )
        if requested.state == "complete":
            return self._state_reply(200, call, requested.job, requested.state, now)
        return self._state_reply(202, call, requested.job, requested.state, now)

    def _list(self, kind: Kind, resource_id: str, now: datetime) -> Reply:
        resource = self._access(kind, resource_id)
        if isinstance(resource, Reply):
            return resource
        jobs = self._jobs.of(kind, resource_id)
        return json_reply(200, [listed(job, now) for job in reversed(jobs)])

    def _job(self, kind: Kind, resource_id: str, export_id: str) -> SandboxJob | None:
        job = self._jobs.find(export_id)
        if job is None or (job.kind, job.resource_id) != (kind, resource_id):
            return None
        return job

    def _status(
        self, call: Call, kind: Kind, resource_id: str, export_id: str, now: datetime
    ) -> Reply:
        job = self._job(kind, resource_id, export_id)
        if job is None:
            return _no_job(kind)
        return self._state_reply(200, call, job, job.state(now), now)

    def _delete(self, kind: Kind, resource_id: str, export_id: str, now: datetime) -> Reply:
        resource = self._access(kind, resource_id)
        if isinstance(resource, Reply):
            return resource
        job = self._job(kind, resource_id, export_id)
        if job is None:
            return _no_job(kind)
        try:
            self._jobs.delete(job, now)
        except StillGeneratingError:
            return error_reply(
                409, 1, "This export is still generating. Delete it when it has finished."
            )
        return no_content_reply()

    def _state_reply(
        self, status: int, call: Call, job: SandboxJob, state: State, now: datetime
    ) -> Reply:
        body: dict[str, str] = {"status": state}
        # Only generating has the id, and failed has no other member (D-7).
        match state:
            case "generating":
                body["export_id"] = job.export_id
            case "complete":
                presigned = self._signer.presign(call.base_url, object_path(job.export_id), now)
                body["url"] = presigned.url
                body["expires_at"] = utc_timestamp(presigned.expires_at)
            case "failed":
                pass
            case _:
                assert_never(state)
        return json_reply(status, body)


def listed(job: SandboxJob, now: datetime) -> dict[str, Any]:
    """A job as an entry of its resource's list."""
    return {
        "export_id": job.export_id,
        "filter": job.filter.as_json(),
        "status": job.state(now),
        "created_at": utc_timestamp(job.requested_at),
    }


def _no_job(kind: Kind) -> Reply:
    return error_reply(404, 2, f"This {kind} has no export with this id.")
