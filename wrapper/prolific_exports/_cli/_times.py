"""Times and ages in options."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from prolific_exports._errors import UsageError
from prolific_exports._model._local_times import moment_in, parse_age, start_of_day, time_zone
from prolific_exports._model._timestamps import parse_timestamp, utc_moment

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)((?:[Zz]|[+-]\d\d:\d\d)?)", re.ASCII)
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d)((?:[Zz]|[+-]\d\d:\d\d)?)", re.ASCII)
_ONE_DAY = timedelta(days=1)


def time_range(
    *, from_: str | None, to: str | None, since: str | None, zone: str | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """The first moment that the options select, and the one after the last.

    Args:
        from_: ``--from``: a time, or the first day.
        to: ``--to``: a time, or the last day, which is included.
        since: ``--since``: an age.
        zone: ``--timezone``: of days, and of times without an offset.
        now: The time from which ages count.

    Raises:
        UsageError: An option is malformed, ambiguous or without effect.
    """
    if since is not None and from_ is not None:
        raise UsageError("--since and --from both set the beginning: leave out one of them.")
    if zone is not None and from_ is None and to is None:
        raise UsageError("--timezone needs --from or --to: it is the zone of the times in them.")
    where = None if zone is None else time_zone(zone)
    first = _moment("--from", from_, where, last=False)
    if since is not None:
        first = moment_before("--since", since, now)
    return first, _moment("--to", to, where, last=True)


def moment_before(option: str, text: str, now: datetime) -> datetime:
    """The moment that is an age before now, in UTC and whole seconds.

    Raises:
        UsageError: The age is malformed, or too long.
    """
    try:
        return (now - parse_age(text)).astimezone(UTC).replace(microsecond=0)
    except ValueError:
        raise UsageError(
            f"{option} {text[:60]!r} is not a duration: write a whole number and a unit, such as "
            "90m, 36h, 7d or 2w."
        ) from None
    except OverflowError:
        raise UsageError(f"{option} {text[:60]} is out of range: give a shorter time.") from None


def reusable_age(text: str | None) -> bool | timedelta:
    """The greatest age of ``--reuse``; True for any, False without the option.

    Raises:
        UsageError: It is malformed.
    """
    if text is None or text.strip().lower() == "any":
        return text is not None
    try:
        return parse_age(text)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--reuse {text[:60]!r} is not an age: write a whole number and a unit, such as 90m, "
            "6h or 7d, or 'any'."
        ) from None


def _moment(option: str, text: str | None, zone: tzinfo | None, *, last: bool) -> datetime | None:
    """The moment of an option; with ``last``, that of a day is its end."""
    if text is None:
        return None
    written = text.strip()
    try:
        day = _day(written)
        if day is None:
            return _time(option, written, zone)
        (chosen, offset) = day
        return start_of_day(chosen + _ONE_DAY if last else chosen, offset or zone or UTC)
    except OverflowError:
        raise UsageError(
            f"{option} {written} is out of range in UTC: give a later or earlier time."
        ) from None


def _day(written: str) -> tuple[date, tzinfo | None] | None:
    """The day that a text is, and its zone if it has one; None for other texts."""
    found = _DAY.fullmatch(written)
    if found is None:
        return None
    try:
        day = date(*map(int, found.groups()[:3]))
        # The parser of timestamps checks the offset.
        zone = parse_timestamp(f"2000-01-02T00:00:00{found[4]}").moment if found[4] else None
    except ValueError:
        return None
    return day, None if zone is None else zone.tzinfo


def _time(option: str, written: str, zone: tzinfo | None) -> datetime:
    minute = _MINUTE.fullmatch(written)
    given = f"{minute[1]}:00{minute[2]}" if minute else written
    try:
        time, is_exact = parse_timestamp(given)
    except ValueError:
        local = utc_moment(f"{given}Z")
        if local is None:
            raise UsageError(
                f"{option} {written[:60]!r} is not a date and time: write a day like 2026-03-01, "
                "or a time like 2026-03-01T09:00Z or 2026-03-01T09:00+01:00."
            ) from None
        if zone is None:
            raise UsageError(
                f"{option} {written} has no time zone: write {written}Z for UTC, an offset such "
                f"as {written}+01:00, or --timezone such as Europe/Berlin."
            ) from None
        time, is_exact = parse_timestamp(f"{given}Z")
        time = moment_in(zone, time.replace(tzinfo=None))
    if not is_exact:
        raise UsageError(
            f"{option} {given[:60]} is a leap second or finer than a microsecond: use seconds "
            "from 0 to 59 with at most six decimals."
        )
    return time
