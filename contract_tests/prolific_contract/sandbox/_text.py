"""Moments as text."""

from datetime import UTC, datetime
from email.utils import format_datetime


def utc_timestamp(moment: datetime) -> str:
    """ISO 8601 in whole seconds with a final Z, as the documents write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(moment: datetime) -> str:
    """The form of HTTP's ``Date`` and ``Last-Modified``."""
    return format_datetime(moment, usegmt=True)


def exact_utc_timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with a final Z, and a fraction only where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
