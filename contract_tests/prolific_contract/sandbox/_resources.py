"""The sandbox's resources, their fates, and the defaults of its settings.

The command's ``--help`` reads this module, so it imports no package of the
``[contract]`` extra.
"""

from enum import StrEnum

from attrs import frozen

from prolific_contract._vocabulary import Edition, Kind

DEFAULT_TOKEN = "sandbox-token"  # noqa: S105 - public: it gives access to the sandbox only
DEFAULT_EDITION: Edition = "2026-03"
DEFAULT_GENERATION_SECONDS = 3.0
DEFAULT_SUBMISSIONS = 25
DEFAULT_FILES = 6
DEFAULT_SEED = 1
# No document specifies the status of a request over the job limit.
DEFAULT_LIMIT_STATUS = 409
LIMIT_STATUSES = (400, 403, 409, 422, 429)

STUDIES = ("64d0c0de0000000000000001", "64d0c0de0000000000000002")
"""The studies of the responses, the same for every collection and batch."""

# Four documents say 24 hours, later ones one hour (D-4).
URL_LIFETIME_SECONDS: dict[Edition, int] = {"2026-03": 24 * 3600, "2026-11": 3600}


class Fate(StrEnum):
    """How the export jobs of a collection or batch end."""

    COMPLETES = "completes"
    FAILS_ONCE = "fails once"
    FAILS = "fails"
    VANISHES = "vanishes"
    FORBIDDEN = "forbidden"


FATE_MEANINGS: dict[Fate, str] = {
    Fate.COMPLETES: "every job completes",
    Fate.FAILS_ONCE: "the first job fails, later ones complete",
    Fate.FAILS: "every job fails",
    Fate.VANISHES: ("every job completes; after the same time again, its archive is deleted"),
    Fate.FORBIDDEN: (
        "no access: 403 on POST, 404 on GET of a job; in edition 2026-11 403 on list and DELETE"
    ),
}


@frozen
class SandboxWorkspace:
    """A workspace of the sandbox's account."""

    id: str
    title: str
    description: str


WORKSPACES = (
    SandboxWorkspace(
        "5a4db0c0de00000000000001", "Kitchen lab", "Studies about cooking and chat assistants"
    ),
    SandboxWorkspace(
        "5a4db0c0de00000000000002", "Empty workspace", "It has no collections or batches"
    ),
)
"""The workspaces that the sandbox's token has access to."""


@frozen
class SandboxResource:
    """A collection or batch, the fate of its jobs, and its workspace.

    Lists leave out those without access: they belong to other people's workspaces.
    """

    kind: Kind
    id: str
    fate: Fate = Fate.COMPLETES
    workspace_id: str = WORKSPACES[0].id


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

KNOWN_RESOURCES: tuple[SandboxResource, ...] = tuple(
    SandboxResource(kind, f"{prefix}{number:012d}", fate)
    for kind, prefix in _PREFIXES.items()
    for number, fate in _NUMBERS
)
