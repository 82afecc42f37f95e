"""Days, times without an offset and ages, as moments in UTC."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from prolific_exports._base_errors import UsageError
from prolific_exports._model._suggestions import closest

_AGE: Final = re.compile(r"(\d{1,6})([mhdw])", re.ASCII)
_UNITS: Final = MappingProxyType(
    {
        "m": timedelta(minutes=1),
        "h": timedelta(hours=1),
        "d": timedelta(days=1),
        "w": timedelta(weeks=1),
    }
)


def time_zone(name: str) -> tzinfo:
    """The time zone of a name such as ``Europe/Berlin`` or ``UTC``.

    Raises:
        UsageError: There is no such zone, or this system has no time zones.
    """
    if name.upper() == "UTC":
        # Windows has no other zone unless tzdata is installed.
        return UTC
    import zoneinfo  # noqa: PLC0415 - start-up time: most commands need no zone

    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = zoneinfo.available_timezones()
    if not known:
        raise UsageError(
            f"This system has no time zones, so {name[:60]!r} is unknown: pip install tzdata, or "
            "write times with an offset, such as 2026-03-01T00:00+01:00."
        )
    meant = closest(name, known)
    hint = f" Did you mean {meant}?" if meant else ""
    raise UsageError(
        f"Unknown time zone {name[:60]!r}: use a name such as Europe/Berlin or UTC.{hint}"
    )


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a zone, in UTC.

    Where clocks go forward at midnight, it is the moment at which they do. Where midnight occurs
    twice, it is the first one.

    Raises:
        OverflowError: It is out of range in UTC.
    """
    # In a gap, fold=0 means the offset before it (PEP 495). That is the moment of the change, since
    # such gaps begin at midnight.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def moment_in(zone: tzinfo, local: datetime) -> datetime:
    """The moment in UTC at which clocks in a zone show a time.

    Args:
        zone: The time zone.
        local: A time without a zone.

    Raises:
        UsageError: Clocks in the zone skip the time, or show it twice.
        OverflowError: It is out of range in UTC.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    shown = local.isoformat(" ", "minutes")
    if first < second:
        raise UsageError(
            f"{shown} occurs twice in {zone}, because clocks go back: write "
            f"{_in_utc(first)} or {_in_utc(second)}."
        )
    raise UsageError(
        f"{shown} does not exist in {zone}, because clocks go forward: write a time before or "
        f"after the change, or one in UTC such as {_in_utc(first)}."
    )


def parse_age(text: str) -> timedelta:
    """The duration of ``90m``, ``36h``, ``7d`` or ``2w``. A day is 24 hours.

    Raises:
        ValueError: The text is none of these, or zero.
    """
    found = _AGE.fullmatch(text.strip().lower())
    if found is None or not int(found[1]):
        raise ValueError("not a number with a unit: m, h, d or w")
    return int(found[1]) * _UNITS[found[2]]


def _in_utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
