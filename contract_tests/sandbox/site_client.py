"""Asks a sandbox without HTTP, and reads its answers."""

import json
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from prolific_contract import PATH_SEGMENTS, Kind
from prolific_contract.sandbox import Call, FileSlice, ManualClock, Reply, SandboxSettings, Site

BASE_URL = "http://127.0.0.1:8000"


class SiteClient:
    """A site on a clock that stands still, asked as a client would."""

    def __init__(self, settings: SandboxSettings, clock: ManualClock) -> None:
        self.clock = clock
        self.site = Site(settings, clock)

    def call(self, method: str, url: str, base_url: str = BASE_URL, **headers: str) -> Reply:
        """Ask without authorization; an underscore in a header's name is a hyphen."""
        parts = urlsplit(url)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.site.answer(Call(method, parts.path, query, names, base_url))

    def api(self, method: str, path: str) -> Reply:
        """Ask with the token."""
        token = self.site.settings.token
        return self.call(method, f"/api/v1/data-collection/{path}", authorization=f"Token {token}")

    def request(self, kind: Kind, resource_id: str, **conditions: str) -> Reply:
        """Request an export; an underscore at the end of a condition's name is dropped."""
        query = urlencode({name.rstrip("_"): text for name, text in conditions.items()})
        return self.api("POST", f"{PATH_SEGMENTS[kind]}/{resource_id}/export?{query}")

    def jobs(self, kind: Kind, resource_id: str) -> Reply:
        """Ask for the list of jobs."""
        return self.api("GET", f"{PATH_SEGMENTS[kind]}/{resource_id}/export")

    def delete(self, kind: Kind, resource_id: str, export_id: str) -> Reply:
        """Delete a job."""
        return self.api("DELETE", f"{PATH_SEGMENTS[kind]}/{resource_id}/export/{export_id}")

    def status(self, kind: Kind, resource_id: str, export_id: str) -> Reply:
        """Ask for a job's state."""
        return self.api("GET", f"{PATH_SEGMENTS[kind]}/{resource_id}/export/{export_id}")

    def complete(self, kind: Kind = "collection") -> dict[str, Any]:
        """The status body of a new job when it is complete."""
        resource_id = self.site.settings.id_of(kind)
        export_id = read_json(self.request(kind, resource_id))["export_id"]
        self.clock.advance(self.site.settings.generation_seconds)
        body: dict[str, Any] = read_json(self.status(kind, resource_id, export_id))
        return body

    def presigned_url(self, kind: Kind = "collection") -> str:
        """A new job's URL, without scheme and authority."""
        url: str = self.complete(kind)["url"]
        return url.removeprefix(BASE_URL)


def read_json(reply: Reply) -> Any:
    """The JSON body."""
    return json.loads(cast("bytes", reply.body))


def read_file(reply: Reply) -> bytes:
    """The bytes of a body that is part of a file."""
    piece = cast("FileSlice", reply.body)
    with piece.path.open("rb") as file:
        file.seek(piece.start)
        return file.read(piece.length)
