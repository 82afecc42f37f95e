"""The export operations: which answer a request gets."""

import hmac
import re
from datetime import datetime

from prolific_contract.sandbox._http import Call, Headers, Reply, error_reply, json_reply
from prolific_contract.sandbox._jobs import Job, JobBook, State
from prolific_contract.sandbox._known import Fate, Kind
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._signing import UrlSigner
from prolific_contract.sandbox._store import object_path
from prolific_contract.sandbox._text import utc_timestamp

_KINDS = {kind.path_segment: kind for kind in Kind}
_ROUTE = re.compile(rf"/api/v1/data-collection/({'|'.join(_KINDS)})/([^/]+)/export(?:/([^/]+))?")


class ExportApi:
    """The four export operations of one sandbox."""

    def __init__(self, settings: SandboxSettings, jobs: JobBook, signer: UrlSigner) -> None:
        self._settings = settings
        self._jobs = jobs
        self._signer = signer

    def answer(self, call: Call, now: datetime) -> Reply:
        """Answer a request to the API."""
        route = _ROUTE.fullmatch(call.path)
        if route is None:
            return error_reply(404, 0, "There is no such operation.")
        kind, resource_id, export_id = _KINDS[route[1]], route[2], route[3]
        refusal = self._unauthenticated(call.headers.get("authorization"))
        if refusal is not None:
            return refusal
        if export_id is None:
            if call.method == "POST":
                return self._request(call, kind, resource_id, now)
            return _wrong_method(call, "POST")
        if call.method in ("GET", "HEAD"):
            return self._status(call, kind, resource_id, export_id, now)
        return _wrong_method(call, "GET, HEAD")

    def _unauthenticated(self, authorization: str | None) -> Reply | None:
        # RFC 9110 wants the challenge with every 401.
        challenge: Headers = (("WWW-Authenticate", "Token"),)
        if not authorization:
            return error_reply(401, 1, "The Authorization header is missing.", challenge)
        scheme, _, token = authorization.partition(" ")
        # Strict where the live server may be lenient: the form is documented (D-29).
        if scheme != "Token" or not token or " " in token:
            return error_reply(
                401, 2, "The Authorization header must be: Token <your token>.", challenge
            )
        if not hmac.compare_digest(token.encode(), self._settings.token.encode()):
            return error_reply(401, 3, "The token is not valid.", challenge)
        return None

    def _request(self, call: Call, kind: Kind, resource_id: str, now: datetime) -> Reply:
        resource = self._settings.resource(kind, resource_id)
        if resource is None:
            return error_reply(404, 1, f"There is no {kind} with this id.")
        if resource.fate is Fate.FORBIDDEN:
            return error_reply(403, 1, f"You have no access to the workspace of this {kind}.")
        requested = self._jobs.request(resource, now)
        if requested.state is State.COMPLETE:
            return self._state_reply(200, call, requested.job, requested.state, now)
        return self._state_reply(202, call, requested.job, requested.state, now)

    def _status(
        self, call: Call, kind: Kind, resource_id: str, export_id: str, now: datetime
    ) -> Reply:
        job = self._jobs.find(export_id)
        if job is None or (job.kind, job.resource_id) != (kind, resource_id):
            return error_reply(404, 2, f"This {kind} has no export with this id.")
        return self._state_reply(200, call, job, job.state(now), now)

    def _state_reply(self, status: int, call: Call, job: Job, state: State, now: datetime) -> Reply:
        body = {"status": state.value}
        # Only generating carries the id, and failed says nothing more (D-7).
        if state is State.GENERATING:
            body["export_id"] = job.export_id
        elif state is State.COMPLETE:
            presigned = self._signer.presign(call.base_url, object_path(job.export_id), now)
            body["url"] = presigned.url
            body["expires_at"] = utc_timestamp(presigned.expires_at)
        return json_reply(status, body)


def _wrong_method(call: Call, allowed: str) -> Reply:
    return error_reply(405, 1, f"{call.method} is not allowed here.", (("Allow", allowed),))
