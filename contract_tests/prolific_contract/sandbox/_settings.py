"""The settings of a sandbox."""

import math
import re
from datetime import timedelta
from typing import Any

from attrs import Attribute, field, frozen

from prolific_contract._vocabulary import EDITIONS, Edition, Kind
from prolific_contract.sandbox import _resources as known
from prolific_contract.sandbox._errors import SandboxError
from prolific_contract.sandbox._resources import Fate, Resource

# An id becomes one path segment and part of a folder name inside the archive.
_USABLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_USABLE_TOKEN = re.compile(r"[!-~]+")
_LONGEST_GENERATION_SECONDS = 365 * 24 * 3600
# The longest lifetime that signature version 4 allows.
_LONGEST_LIFETIME_SECONDS = 7 * 24 * 3600


def _known_edition(_: Any, __: "Attribute[Any]", value: object) -> None:
    if value not in EDITIONS:
        raise SandboxError(
            f"{value!r} is not an edition of the contract; choose {' or '.join(EDITIONS)}"
        )


def _not_negative(_: Any, attribute: "Attribute[Any]", value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise SandboxError(f"{attribute.name} is {value}; it must be 0 or more")


def _possible_generation(_: Any, attribute: "Attribute[Any]", value: float) -> None:
    if not 0 <= value <= _LONGEST_GENERATION_SECONDS:
        raise SandboxError(
            f"{attribute.name} is {value}; it must be between 0 and "
            f"a year ({_LONGEST_GENERATION_SECONDS} seconds)"
        )


def _possible_lifetime(_: Any, attribute: "Attribute[Any]", value: int | None) -> None:
    if value is not None and not 1 <= value <= _LONGEST_LIFETIME_SECONDS:
        raise SandboxError(
            f"{attribute.name} is {value}; it must be between 1 second and "
            f"7 days ({_LONGEST_LIFETIME_SECONDS} seconds)"
        )


def _refusing_status(_: Any, __: "Attribute[Any]", value: int) -> None:
    if value not in known.LIMIT_STATUSES:
        choices = ", ".join(map(str, known.LIMIT_STATUSES))
        raise SandboxError(f"limit_status is {value}; choose one of {choices}")


def _usable_token(_: Any, __: "Attribute[Any]", value: str) -> None:
    if not _USABLE_TOKEN.fullmatch(value):
        raise SandboxError(
            "the token must be one or more printable ASCII characters without spaces, "
            "or it could not be sent in a header"
        )


def _usable_resources(_: Any, __: "Attribute[Any]", value: tuple[Resource, ...]) -> None:
    for resource in value:
        if not _USABLE_ID.fullmatch(resource.id):
            raise SandboxError(
                f"{resource.id!r} can't be the id of a {resource.kind}: use letters, digits, "
                "'.', '_' and '-', beginning with a letter or digit"
            )


@frozen(kw_only=True)
class SandboxSettings:
    """How a sandbox behaves; every setting has a default.

    Attributes:
        edition: The edition of the contract to behave as, ``2026-03`` or ``2026-11``.
        token: The API token that is accepted; every other one gets 401.
        generation_seconds: How long a job stays ``generating``. With 0 the first
            status request already finds it finished; at most a year.
        url_lifetime_seconds: How long a presigned URL is valid, 1 second to 7 days.
            None takes the edition's: 24 hours in 2026-03, one hour in 2026-11 (D-4).
        submissions: How many submissions an archive holds.
        files: How many uploaded files an archive holds, spread over its
            submissions; without submissions there are none.
        seed: Another seed gives other ids and other answers; the same seed always
            gives the same ones.
        limit_status: What a request gets that would start an eleventh job in edition
            2026-11: 400, 403, 409, 422 or 429. No document says which.
        resources: The collections and batches that exist, each with the fate of its
            jobs. Every other id gets 404.

    Raises:
        SandboxError: A value can't be used.
    """

    edition: Edition = field(default=known.DEFAULT_EDITION, validator=_known_edition)
    token: str = field(default=known.DEFAULT_TOKEN, validator=_usable_token)
    generation_seconds: float = field(
        default=known.DEFAULT_GENERATION_SECONDS, validator=_possible_generation
    )
    url_lifetime_seconds: int | None = field(default=None, validator=_possible_lifetime)
    submissions: int = field(default=known.DEFAULT_SUBMISSIONS, validator=_not_negative)
    files: int = field(default=known.DEFAULT_FILES, validator=_not_negative)
    seed: int = known.DEFAULT_SEED
    limit_status: int = field(default=known.DEFAULT_LIMIT_STATUS, validator=_refusing_status)
    resources: tuple[Resource, ...] = field(
        default=known.KNOWN_RESOURCES, converter=tuple, validator=_usable_resources
    )

    @property
    def generation_time(self) -> timedelta:
        """How long a job stays ``generating``."""
        return timedelta(seconds=self.generation_seconds)

    @property
    def url_lifetime(self) -> timedelta:
        """How long a presigned URL is valid, the edition's default filled in."""
        chosen = self.url_lifetime_seconds
        if chosen is None:
            chosen = known.URL_LIFETIME_SECONDS[self.edition]
        return timedelta(seconds=chosen)

    def resource(self, kind: Kind, resource_id: str) -> Resource | None:
        """The resource of that kind and id, or None when there is none."""
        for resource in self.resources:
            if resource.kind == kind and resource.id == resource_id:
                return resource
        return None

    def id_of(self, kind: Kind, fate: Fate = Fate.COMPLETES) -> str:
        """The id of the first resource of that kind whose jobs have that fate.

        Raises:
            SandboxError: The settings name no such resource.
        """
        for resource in self.resources:
            if resource.kind == kind and resource.fate == fate:
                return resource.id
        raise SandboxError(f"the settings name no {kind} with the fate {fate.value!r}")
