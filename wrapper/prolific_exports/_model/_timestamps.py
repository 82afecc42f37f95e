"""The one reader of timestamps: RFC 3339, the same on every version of Python.

``datetime.fromisoformat`` takes other forms from version to version, and neither ``z`` nor leap
seconds.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

# RFC 3339, section 5.6: "T" and "Z" in small letters too, and a space in place of "T".
_FORM: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_MICROSECOND_DIGITS: Final = 6


class Timestamp(NamedTuple):
    """A moment that was written as text."""

    moment: datetime
    """The moment with the offset that was written, cut off after the microsecond.

    A leap second is the second that follows it.
    """
    is_exact: bool
    """Whether that is all that the text said: neither a leap second nor cut off."""


def parse_timestamp(text: str) -> Timestamp:
    """Read a timestamp with any number of digits in its fraction of a second.

    The fraction is cut off and not rounded, so that no moment is later than what was written.
    A second numbered 60 is a leap second, which only 23:59 in UTC can have.

    Raises:
        ValueError: It is no timestamp with an offset, or a moment that ``datetime`` does not have.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not a date and time with an offset from UTC (RFC 3339)")
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    fraction, sign, *offset = found.groups()[6:]
    zone = UTC if sign is None else _zone(sign, *map(int, offset))
    digits = fraction or ""
    microsecond = int(digits[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0"))
    is_leap = second == 60
    moment = datetime(
        year, month, day, hour, minute, 59 if is_leap else second, microsecond, tzinfo=zone
    )
    if is_leap:
        moment = _second_after(moment)
    return Timestamp(moment, not is_leap and not digits[_MICROSECOND_DIGITS:].strip("0"))


def utc_moment(value: Any) -> datetime | None:
    """The moment in UTC that a value from outside tells.

    None if it is no timestamp, or a moment that UTC does not have, before year 1 or after 9999.
    """
    try:
        return parse_timestamp(value).moment.astimezone(UTC) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _second_after(moment: datetime) -> datetime:
    """The second after the last one of a day in UTC."""
    since_midnight = timedelta(hours=moment.hour, minutes=moment.minute)
    in_utc = since_midnight - (moment.utcoffset() or timedelta())
    if in_utc % timedelta(days=1) != timedelta(hours=23, minutes=59):
        raise ValueError("not 23:59 in UTC, the only minute that can have a leap second")
    try:
        return moment + timedelta(seconds=1)
    except OverflowError:
        raise ValueError("after the year 9999") from None


def _zone(sign: str, hours: int, minutes: int) -> timezone:
    if hours > 23 or minutes > 59:
        raise ValueError("not an offset from UTC")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)
