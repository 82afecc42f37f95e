"""Ids that nearly are the id of a job: a server that compares ids carelessly finds the job."""

import re
from typing import Final

from attrs import frozen

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# One digit too few or too many for a UUID, or for an id of 24 digits.
_MISSHAPEN: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{11}(?:[0-9a-f]{2})?|[0-9a-f]{23}(?:[0-9a-f]{2})?",
    re.IGNORECASE,
)
_OBJECT_ID: Final = re.compile(r"[0-9a-f]{24}", re.IGNORECASE)
# A random UUID has fewer different digits once in a hundred million times.
_FEWEST_DIGITS: Final = 7


@frozen
class NearIds:
    """Three ids near that of a job.

    Attributes:
        changed: It differs in the last digit, and is a UUID.
        shorter: It lacks the last digit.
        longer: It has one more digit.
    """

    changed: str
    shorter: str
    longer: str

    @property
    def all(self) -> tuple[str, str, str]:
        """All of them."""
        return self.changed, self.shorter, self.longer


def near_ids(export_id: str) -> NearIds | None:
    """The ids near that of a job; None if another job could have one of them.

    Only a random UUID proves that no other job has a similar one.
    """
    if not is_random(export_id):
        return None
    last = "1" if export_id[-1] == "0" else "0"
    return NearIds(f"{export_id[:-1]}{last}", export_id[:-1], f"{export_id}0")


def near_resource_ids(resource_id: str) -> tuple[str, str] | None:
    """A resource's id without its last digit, and with one more; None if they may be ids, too.

    The ids of other resources may be in sequence, so none is made by changing a digit.
    """
    if not is_unique(resource_id):
        return None
    return resource_id[:-1], f"{resource_id}0"


def is_unique(resource_id: str) -> bool:
    """Whether no resource of another kind has an id: a UUID, or one of 24 hexadecimal digits."""
    has_form = is_uuid(resource_id) or _OBJECT_ID.fullmatch(resource_id) is not None
    return has_form and len(set(resource_id.lower()) - {"-"}) >= _FEWEST_DIGITS


def is_uuid(export_id: str) -> bool:
    """Whether an id has the form of a UUID."""
    return _UUID.fullmatch(export_id) is not None


def is_misshapen(export_id: str) -> bool:
    """Whether an id has one digit too few or too many for a UUID, or for 24 digits."""
    return _MISSHAPEN.fullmatch(export_id) is not None


def is_random(export_id: str) -> bool:
    """Whether an id looks like a random UUID, unlike one of a sequence."""
    digits = set(export_id.lower()) - {"-"}
    return is_uuid(export_id) and len(digits) >= _FEWEST_DIGITS
