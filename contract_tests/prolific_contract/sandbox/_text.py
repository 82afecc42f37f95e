"""Formats timestamps."""

from datetime import UTC, datetime
from email.utils import format_datetime


def utc_timestamp(moment: datetime) -> str:
    """ISO 8601 in whole seconds with a final Z, as in the documents."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(moment: datetime) -> str:
    """The format of the headers ``Date`` and ``Last-Modified``."""
    return format_datetime(moment, usegmt=True)


def exact_utc_timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with a final Z, with a fraction only if it is not zero."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
