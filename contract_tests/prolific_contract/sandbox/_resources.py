"""What the sandbox knows before it starts: kinds, fates, ids and defaults.

Standard library only: the command's ``--help`` reads this module without the
packages that the running sandbox needs.
"""

from enum import StrEnum
from typing import NamedTuple

from prolific_contract._vocabulary import Edition, Kind

DEFAULT_TOKEN = "sandbox-token"  # noqa: S105 - public on purpose: it opens nothing but the sandbox
DEFAULT_EDITION: Edition = "2026-03"
DEFAULT_GENERATION_SECONDS = 3.0
DEFAULT_SUBMISSIONS = 25
DEFAULT_FILES = 6
DEFAULT_SEED = 1
# No document says which status a request over the limit gets.
DEFAULT_LIMIT_STATUS = 409
LIMIT_STATUSES = (400, 403, 409, 422, 429)

STUDIES = ("64d0c0de0000000000000001", "64d0c0de0000000000000002")
"""The studies under which responses were submitted, of every collection and batch."""

# Four documents give 24 hours, the later ones one hour (D-4).
URL_LIFETIME_SECONDS: dict[Edition, int] = {"2026-03": 24 * 3600, "2026-11": 3600}


class Fate(StrEnum):
    """What becomes of the export jobs of one collection or batch."""

    COMPLETES = "completes"
    FAILS_ONCE = "fails once"
    FAILS = "fails"
    VANISHES = "vanishes"
    FORBIDDEN = "forbidden"


FATE_MEANINGS: dict[Fate, str] = {
    Fate.COMPLETES: "every job completes",
    Fate.FAILS_ONCE: "the first job fails, later ones complete",
    Fate.FAILS: "every job fails",
    Fate.VANISHES: (
        "every job completes; its archive is deleted as long after as it took to generate"
    ),
    Fate.FORBIDDEN: (
        "no access: 403 on POST, 404 on GET of a job; in edition 2026-11 403 on list and DELETE"
    ),
}


class Resource(NamedTuple):
    """A collection or batch that the sandbox knows, and the fate of its jobs."""

    kind: Kind
    id: str
    fate: Fate = Fate.COMPLETES


_PREFIXES: dict[Kind, str] = {
    "collection": "c0111ec7-0000-4000-8000-",
    "batch": "ba7c4000-0000-4000-8000-",
}
_NUMBERS: tuple[tuple[int, Fate], ...] = (
    (1, Fate.COMPLETES),
    (2, Fate.COMPLETES),
    (3, Fate.FAILS_ONCE),
    (4, Fate.FAILS),
    (5, Fate.VANISHES),
    (403, Fate.FORBIDDEN),
)

KNOWN_RESOURCES: tuple[Resource, ...] = tuple(
    Resource(kind, f"{prefix}{number:012d}", fate)
    for kind, prefix in _PREFIXES.items()
    for number, fate in _NUMBERS
)
