"""The settings of a sandbox."""

import math
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from attrs import Attribute, field, frozen

from prolific_contract._vocabulary import EDITIONS, Edition, Kind
from prolific_contract.sandbox import _resources as known
from prolific_contract.sandbox._errors import SandboxError
from prolific_contract.sandbox._resources import Fate, SandboxResource

# An id is a path segment, and part of a folder name in the archive.
_USABLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_USABLE_TOKEN = re.compile(r"[!-~]+")
_LONGEST_GENERATION_SECONDS = 365 * 24 * 3600
# The longest lifetime in signature version 4.
_LONGEST_LIFETIME_SECONDS = 7 * 24 * 3600


def _known_edition(_: Any, __: "Attribute[Any]", value: object) -> None:
    if value not in EDITIONS:
        raise SandboxError(f"unknown edition {value!r}: choose {' or '.join(EDITIONS)}")


def _not_negative(_: Any, attribute: "Attribute[Any]", value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise SandboxError(f"invalid {attribute.name} {value}: it must be 0 or more")


def _possible_generation(_: Any, attribute: "Attribute[Any]", value: float) -> None:
    if not 0 <= value <= _LONGEST_GENERATION_SECONDS:
        raise SandboxError(
            f"invalid {attribute.name} {value}: it must be between 0 and "
            f"a year ({_LONGEST_GENERATION_SECONDS} seconds)"
        )


def _possible_lifetime(_: Any, attribute: "Attribute[Any]", value: int | None) -> None:
    if value is not None and not 1 <= value <= _LONGEST_LIFETIME_SECONDS:
        raise SandboxError(
            f"invalid {attribute.name} {value}: it must be between 1 second and "
            f"7 days ({_LONGEST_LIFETIME_SECONDS} seconds)"
        )


def _refusing_status(_: Any, __: "Attribute[Any]", value: int) -> None:
    if value not in known.LIMIT_STATUSES:
        choices = ", ".join(map(str, known.LIMIT_STATUSES))
        raise SandboxError(f"invalid limit_status {value}: choose one of {choices}")


def _usable_token(_: Any, __: "Attribute[Any]", value: str) -> None:
    if not _USABLE_TOKEN.fullmatch(value):
        raise SandboxError(
            "invalid token: use one or more printable ASCII characters without spaces, so that "
            "it fits into a header"
        )


def _usable_resources(_: Any, __: "Attribute[Any]", value: tuple[SandboxResource, ...]) -> None:
    for resource in value:
        if not _USABLE_ID.fullmatch(resource.id):
            raise SandboxError(
                f"{resource.id!r} can't be the id of a {resource.kind}: use letters, digits, "
                "'.', '_' and '-', and start with a letter or digit"
            )


# mypy cannot derive the type of an argument from `tuple` itself.
def _as_tuple(resources: Iterable[SandboxResource]) -> tuple[SandboxResource, ...]:
    return tuple(resources)


@frozen(kw_only=True)
class SandboxSettings:
    """The settings of a sandbox.

    Attributes:
        edition: The edition to implement, ``2026-03`` or ``2026-11``.
        token: The only accepted API token; others are answered with 401.
        generation_seconds: How long a job is ``generating``, at most a year. With 0 the
            job is finished at the first status request.
        ready: Whether a recent export of each collection and batch exists already, so
            that requests return it at once and downloads take milliseconds. Edition
            2026-03 only: in 2026-11, requests never return a complete export.
        url_lifetime_seconds: How long a presigned URL is valid, 1 second to 7 days.
            None uses the edition's: 24 hours in 2026-03, one hour in 2026-11 (D-4).
        submissions: Number of submissions in an archive.
        files: Number of uploaded files in an archive, distributed over its
            submissions; none without submissions.
        seed: Determines ids and answers.
        limit_status: HTTP status for a request that would start an eleventh job in
            edition 2026-11: 400, 403, 409, 422 or 429. No document specifies it.
        resources: The existing collections and batches, each with the fate of its
            jobs. Other ids are answered with 404.

    Raises:
        SandboxError: A value is invalid.
    """

    edition: Edition = field(default=known.DEFAULT_EDITION, validator=_known_edition)
    token: str = field(default=known.DEFAULT_TOKEN, validator=_usable_token)
    generation_seconds: float = field(
        default=known.DEFAULT_GENERATION_SECONDS, validator=_possible_generation
    )
    ready: bool = False
    url_lifetime_seconds: int | None = field(default=None, validator=_possible_lifetime)
    submissions: int = field(default=known.DEFAULT_SUBMISSIONS, validator=_not_negative)
    files: int = field(default=known.DEFAULT_FILES, validator=_not_negative)
    seed: int = known.DEFAULT_SEED
    limit_status: int = field(default=known.DEFAULT_LIMIT_STATUS, validator=_refusing_status)
    resources: tuple[SandboxResource, ...] = field(
        default=known.KNOWN_RESOURCES, converter=_as_tuple, validator=_usable_resources
    )

    def __attrs_post_init__(self) -> None:
        if self.ready and self.edition != "2026-03":
            raise SandboxError(
                "ready needs edition 2026-03: in 2026-11, every request starts an export"
            )

    @property
    def generation_time(self) -> timedelta:
        """How long a job is ``generating``."""
        return timedelta(seconds=self.generation_seconds)

    @property
    def url_lifetime(self) -> timedelta:
        """How long a presigned URL is valid; the edition's default if not set."""
        chosen = self.url_lifetime_seconds
        if chosen is None:
            chosen = known.URL_LIFETIME_SECONDS[self.edition]
        return timedelta(seconds=chosen)

    def resource(self, kind: Kind, resource_id: str) -> SandboxResource | None:
        """The resource with that kind and id; None if it does not exist."""
        for resource in self.resources:
            if resource.kind == kind and resource.id == resource_id:
                return resource
        return None

    def id_of(self, kind: Kind, fate: Fate = Fate.COMPLETES) -> str:
        """The id of the first resource with that kind and fate.

        Raises:
            SandboxError: No resource matches.
        """
        for resource in self.resources:
            if resource.kind == kind and resource.fate == fate:
                return resource.id
        raise SandboxError(f"no {kind} in the settings has the fate {fate.value!r}")
