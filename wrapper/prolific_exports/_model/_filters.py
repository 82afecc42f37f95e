"""The filter of an export (edition 2026-11)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from attrs import field, frozen

from prolific_exports._base_errors import UsageError

# A server may store times with a precision of a second or a millisecond.
_PRECISION: Final = timedelta(seconds=1)
_KEY_SIZE: Final = 16


def _to_utc(value: datetime | None) -> datetime | None:
    """Return the time in UTC, with microseconds, as a plain ``datetime``.

    Times in different zones are not always comparable (PEP 495). A subclass, such as that of
    pandas, may have another text form.

    Raises:
        UsageError: The value is not an aware datetime, or out of range in UTC.
    """
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise UsageError(
            f"{value!r} is not a datetime: give one with a time zone, such as "
            "datetime(2026, 3, 1, tzinfo=timezone.utc)."
        )
    if value.tzinfo is None or value.utcoffset() is None:
        raise UsageError(
            f"{value!r} has no time zone, so it is ambiguous: use "
            "value.replace(tzinfo=timezone.utc) for a time in UTC, or value.astimezone() for one "
            "in this machine's zone."
        )
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{value} is out of range in UTC: give a later or earlier time.") from (
            None
        )
    return datetime.combine(moment.date(), moment.time(), UTC)


@frozen
class ExportFilter:
    """The conditions that select an export's responses (edition 2026-11). All must hold.

    Attributes:
        study_id: Only responses submitted under this study; None for any.
        from_: Only responses created at this moment or later, in UTC; None for any.
        to: Only responses created before this moment, in UTC; None for any.
        extra: Conditions of a listed job that the contract does not define.

    Raises:
        UsageError: A time is not an aware datetime.
    """

    study_id: str | None = None
    from_: datetime | None = field(default=None, converter=_to_utc)
    to: datetime | None = field(default=None, converter=_to_utc)
    extra: Mapping[str, Any] = field(factory=dict, repr=False, hash=False)

    def __bool__(self) -> bool:
        """Return whether the filter has a condition."""
        return bool(self.conditions() or self.extra)

    @property
    def has_times(self) -> bool:
        """Whether the filter limits the time of creation."""
        return self.from_ is not None or self.to is not None

    def conditions(self) -> dict[str, str]:
        """Return the conditions by their names in the API, with times in RFC 3339."""
        given = {
            "study_id": self.study_id,
            "from": _rfc3339(self.from_),
            "to": _rfc3339(self.to),
        }
        return {name: value for name, value in given.items() if value is not None}

    @property
    def key(self) -> str:
        """A short hash of the conditions, for file names."""
        content = json.dumps(self.conditions(), sort_keys=True).encode()
        return hashlib.sha256(content).hexdigest()[:_KEY_SIZE]

    @property
    def has_fractions(self) -> bool:
        """Whether a time has a fraction of a second."""
        return any(one is not None and one.microsecond for one in (self.from_, self.to))

    @property
    def label(self) -> str:
        """The conditions in a form for file names, without fractions of a second."""
        given = {
            "study": self.study_id,
            "from": _compact_time(self.from_),
            "to": _compact_time(self.to),
        }
        return "-".join(f"{name}-{value}" for name, value in given.items() if value is not None)

    def is_applied_by(self, listed: "ExportFilter | None") -> bool:
        """Return whether a listed job's filter has these conditions.

        Ignore fractions of a second, which the server may cut, and conditions that the server
        adds.
        """
        return (
            listed is not None
            and listed.study_id == self.study_id
            and _is_same_time(listed.from_, self.from_)
            and _is_same_time(listed.to, self.to)
        )

    def __str__(self) -> str:
        """Return ``study 65f0…, from 2026-03-01T00:00:00Z, to 2026-04-01T00:00:00Z``."""
        words = {"study_id": "study"}
        return ", ".join(
            f"{words.get(name, name)} {value}"
            for name, value in {**self.conditions(), **self.extra}.items()
        )


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _compact_time(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y%m%dT%H%M%S}Z"


def _is_same_time(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _PRECISION
