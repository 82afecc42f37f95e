"""A client that requests one export after another from a variant."""

import io
import zipfile
from typing import Any

from prolific_contract import Edition, path_of
from prolific_contract.gate.proof import CLEAN
from prolific_contract.sandbox import ManualClock, Reply
from prolific_contract.sandbox.variants import VARIANTS, VariantSite

from helpers.export_requests import ask, body, content, settings_for


class VariantClient:
    """Requests exports of a batch from a variant.

    Args:
        name: The variant's name; None for the plain sandbox.
        edition: The edition that the server follows.
    """

    def __init__(self, name: str | None, edition: Edition = "2026-03") -> None:
        self.clock = ManualClock()
        given = settings_for(edition)
        self.resource = given.id_of("batch")
        self.site = VariantSite(CLEAN if name is None else VARIANTS[name], given, self.clock)

    def request(self, resource: str | None = None, **headers: Any) -> Reply:
        return ask(self.site, "POST", path_of("batch", resource or self.resource), **headers)

    def poll(self, job: str) -> Reply:
        return ask(self.site, "GET", path_of("batch", self.resource, job))

    def fetch(self, url: str, **headers: str) -> Reply:
        return ask(self.site, "GET", url, None, **headers)

    def completed_job(self) -> str:
        """The id of a new job that is complete."""
        job: str = body(self.request())["export_id"]
        self.clock.advance(self.site.settings.generation_seconds)
        return job

    def completed(self) -> Reply:
        """The response to a poll of a new job that is complete."""
        return self.poll(self.completed_job())

    def archive_url(self) -> str:
        """The download URL of a new job."""
        url: str = body(self.completed())["url"]
        return url


def members_of(reply: Reply) -> dict[str, bytes]:
    """The members of an archive by name."""
    with zipfile.ZipFile(io.BytesIO(content(reply))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
