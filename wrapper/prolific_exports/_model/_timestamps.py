"""Parses timestamps in RFC 3339, with the same result on every version of Python.

``datetime.fromisoformat`` accepts different forms in different versions, and neither ``z`` nor
leap seconds.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

# RFC 3339, section 5.6, allows "t" and "z" in lower case, and a space instead of "T".
_FORM: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_MICROSECOND_DIGITS: Final = 6


# A tuple, because most callers unpack it.
class Timestamp(NamedTuple):
    """A parsed timestamp."""

    moment: datetime
    """The moment in the offset of the text, truncated to microseconds.

    A leap second becomes the second after it.
    """
    is_exact: bool
    """Whether ``moment`` equals the text: not truncated, and not a leap second."""


def parse_timestamp(text: str) -> Timestamp:
    """Parse a timestamp with any number of digits in its fraction of a second.

    The fraction is truncated and not rounded, so that no moment is later than its text. Second 60
    is a leap second, which is valid only at 23:59 in UTC.

    Raises:
        ValueError: The text is not a timestamp with an offset, or out of range for ``datetime``.
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
    """Return the moment in UTC of an untrusted value.

    Returns:
        The moment; None if the value is not a timestamp, or if its year in UTC is before 1 or
        after 9999.
    """
    try:
        return parse_timestamp(value).moment.astimezone(UTC) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _second_after(moment: datetime) -> datetime:
    """Return the second after the last second of a day in UTC."""
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
