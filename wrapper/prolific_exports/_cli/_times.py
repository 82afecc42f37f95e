"""Times in options."""

import re
from datetime import datetime

from prolific_exports._errors import UsageError
from prolific_exports._model._timestamps import parse_timestamp, utc_moment

_SHORT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d))?((?:[Zz]|[+-]\d\d:\d\d)?)", re.ASCII)


def parse_time(option: str, text: str | None) -> datetime | None:
    """The time in an option: RFC 3339; seconds, and the whole time of day, may be left out.

    Raises:
        UsageError: It is not a date and time, has no offset from UTC, or is finer than a
            microsecond.
    """
    if text is None:
        return None
    given = written = text.strip()
    if short := _SHORT.fullmatch(given):
        date, minute, zone = short.groups()
        given = f"{date}T{minute or '00:00'}:00{zone}"
    try:
        time, is_exact = parse_timestamp(given)
    except ValueError:
        if utc_moment(f"{given}Z") is not None:
            raise UsageError(
                f"{option} {written} has no time zone: write {written}Z for UTC, or an offset such "
                f"as {written}+01:00."
            ) from None
        raise UsageError(
            f"{option} {text[:60]!r} is not a date and time: write it like "
            "2026-03-01T00:00:00Z or 2026-03-01T00:00:00+01:00."
        ) from None
    if not is_exact:
        raise UsageError(
            f"{option} {given[:60]} is a leap second or finer than a microsecond: use seconds "
            "from 0 to 59 with at most six decimals."
        )
    return time
