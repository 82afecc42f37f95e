"""A second export server, from the documents alone: standard library, none of our packages.

What passes against the sandbox only could be a habit that client and sandbox share. This
server has the documented behaviour (documents/000 to 004) and otherwise differs from the
sandbox wherever the documents leave it open: it counts polls instead of seconds, sends flat
error bodies (D-10; the documented envelope on demand), times with an offset, and archives in
chunks without length, ETag or ranges.
"""

import io
import json
import re
import secrets
import uuid
import zipfile
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import frozen

from helpers.background_server import BackgroundServer

TOKEN = "t0ken-of-the-second-server"
COLLECTION = "65f0c1d2e3a4b5c6d7e8f901"
BATCH = "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"
SUBMISSIONS = 40

_POLLS = 2
_CHUNK = 1000
_ZONE = timezone(timedelta(hours=1))
_EXPORT = re.compile(r"/api/v1/data-collection/(collections|batches)/([^/]+)/export(?:/([^/]+))?")
_RESOURCES = {("collections", COLLECTION), ("batches", BATCH)}


@frozen
class ReceivedRequest:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]


class _Job:
    def __init__(self, plural: str, resource_id: str) -> None:
        self.export_id = str(uuid.uuid4())
        self.kind = "collection" if plural == "collections" else "batch"
        self.resource_id = resource_id
        self.requested_at = datetime.now(_ZONE)
        self.polls_left = _POLLS
        self.key = secrets.token_hex(8)


class SecondServer(BackgroundServer):
    """The server, on a loopback socket while its context is entered.

    Attributes:
        requests: What it was asked, in order.
    """

    def __init__(self, *, envelopes: bool = False) -> None:
        """Open the socket.

        Args:
            envelopes: Whether errors come in the documented envelope, as the gate demands.
        """
        self._envelopes = envelopes
        self.requests: list[ReceivedRequest] = []
        self._jobs: dict[tuple[str, str], _Job] = {}
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), self._handler()))

    def answer(self, method: str, path: str, authorization: str | None) -> tuple[int, Any]:
        """Status and JSON of an API answer."""
        if authorization != f"Token {TOKEN}":
            return self._refusal(401, "Invalid token.")
        match = _EXPORT.fullmatch(path)
        if match is None or (match[1], match[2]) not in _RESOURCES:
            return self._refusal(404, "Not found.")
        if method == "POST" and match[3] is None:
            return self._request(match[1], match[2])
        job = self._jobs.get((match[1], match[2]))
        if method != "GET" or job is None or job.export_id != match[3]:
            return self._refusal(404, "Not found.")
        job.polls_left -= 1
        return 200, self._state(job)

    def archive(self, path: str) -> bytes | None:
        """The archive at a path of the store."""
        for job in self._jobs.values():
            if job.polls_left < 0 and path == f"/files/{job.key}":
                return _archive(job)
        return None

    def _refusal(self, status: int, detail: str) -> tuple[int, Any]:
        if not self._envelopes:
            return status, {"detail": detail}
        error = {"status": status, "error_code": 7, "title": "Refused", "detail": [detail]}
        return status, {"error": error}

    def _request(self, plural: str, resource_id: str) -> tuple[int, Any]:
        job = self._jobs.setdefault((plural, resource_id), _Job(plural, resource_id))
        state = self._state(job)
        return (202 if state["status"] == "generating" else 200), state

    def _state(self, job: _Job) -> dict[str, str]:
        if job.polls_left >= 0:
            return {"status": "generating", "export_id": job.export_id}
        expiry = datetime.now(_ZONE) + timedelta(hours=1)
        url = f"{self.url}/files/{job.key}"
        return {"status": "complete", "url": url, "expires_at": expiry.isoformat()}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self._api()

            def do_GET(self) -> None:
                if self.path.startswith("/files/"):
                    self._store()
                else:
                    self._api()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
                """Nothing: tests look at the requests."""

            def _note(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append(ReceivedRequest(self.command, self.path, headers))

            def _api(self) -> None:
                self._note()
                status, value = server.answer(
                    self.command, self.path, self.headers.get("Authorization")
                )
                body = json.dumps(value, indent=1).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json; charset=utf-8")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _store(self) -> None:
                self._note()
                body = server.archive(self.path)
                if body is None or "Authorization" in self.headers:
                    self.send_error(404 if body is None else 400)
                    return
                self.send_response(200)
                self.send_header("content-type", "application/octet-stream")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for start in range(0, len(body), _CHUNK):
                    piece = body[start : start + _CHUNK]
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")

        return Handler


def _archive(job: _Job) -> bytes:
    root = f"{job.kind}-export-{job.resource_id}-{job.requested_at:%Y%m%dT%H%M%S}"
    records = [_record(job, number) for number in range(SUBMISSIONS)]
    lines = "".join(f"{json.dumps(record)}\n" for record in records)
    questions = [
        {"id": "q-why", "type": "free_text", "description": "Why?"},
        {"id": "q-which", "type": "multiple_choice", "description": "Which?"},
        {"id": "q-photo", "type": "file_upload", "description": "Show it."},
    ]
    metadata = {
        f"{job.kind}_id": job.resource_id,
        "name": "Reasons",
        "exported_at": job.requested_at.isoformat(timespec="seconds"),
        "instructions": questions,
    }
    # Packed for every request, always to the same bytes: the members have the time of the job.
    packed_at = job.requested_at.timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if job.kind == "collection":
            archive.writestr(zipfile.ZipInfo(f"{root}/responses.jsonl", packed_at), lines)
        else:
            archive.writestr(
                zipfile.ZipInfo(f"{root}/responses-by-submission.jsonl", packed_at), lines
            )
            archive.writestr(zipfile.ZipInfo(f"{root}/responses-by-task.jsonl", packed_at), lines)
        archive.writestr(
            zipfile.ZipInfo(f"{root}/{job.kind}.json", packed_at), json.dumps(metadata)
        )
        archive.writestr(zipfile.ZipInfo(f"{root}/README.md", packed_at), "# Reasons\n")
        archive.writestr(
            zipfile.ZipInfo(f"{root}/files/sub-0_q-photo_0.txt", packed_at), "a photo, described"
        )
    return buffer.getvalue()


def _record(job: _Job, number: int) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "q-why": {"type": "free_text", "description": "Why?", "value": f"Reason {number}"},
        "q-which": {"type": "multiple_choice", "description": "Which?", "values": ["a", "b"]},
    }
    if number == 0:
        files = [{"name": "photo.txt", "path": "files/sub-0_q-photo_0.txt"}]
        responses["q-photo"] = {"type": "file_upload", "description": "Show it.", "files": files}
    return {
        "submission_id": f"sub-{number}",
        "participant_id": f"part-{number % 7}",
        f"{job.kind}_id": job.resource_id,
        "created_at": "2026-03-19T10:30:00Z",
        "responses": responses,
    }
