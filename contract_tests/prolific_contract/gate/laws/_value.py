"""Laws about complete exports: the URL and its expiry."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen
from prolific_exports._model._urls import unsafe_reason

from prolific_contract.gate.laws._complete_exports import CompleteExport, complete_exports
from prolific_contract.gate.laws._jobs import JobKey, ObservedJob, is_unfinished, jobs_of, state
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import REQUEST, STATUS, held, quote, violated
from prolific_contract.gate.laws._urls import file_of, readable_expiry
from prolific_contract.gate.trace._exchanges import Exchange, Trace

if TYPE_CHECKING:
    from prolific_contract._vocabulary import Address, Kind

# Tolerance for a wrong clock of the recorder.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# Tolerance for rounding to minutes and for the clocks of two machines.
_ROUNDED: Final = timedelta(seconds=60)

# How long the documents say that a URL is valid.
_HOUR, _DAY = timedelta(hours=1), timedelta(hours=24)


def _expiry_future(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for export in complete_exports(trace):
        # The server's own Date needs no tolerance for clock differences.
        date, sent = export.response.date, export.exchange.sent
        now = date or sent
        if now is None or export.expires_at is None:
            continue
        if export.expires_at - now > (timedelta(0) if date else -_CLOCKS_DIFFER):
            yield held(export.operation, export.exchange)
        else:
            yield violated(
                export.operation,
                f"expires_at is {export.expires_at.isoformat()}, but "
                f"the {'response is dated' if date else 'request was sent at'} {now.isoformat()}",
                export.exchange,
            )


def _url(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for export in complete_exports(trace):
        if export.response.redacted and "://" not in export.url:
            continue
        reason = unsafe_reason(export.url)
        if reason is None:
            yield held(export.operation, export.exchange)
        else:
            yield violated(
                export.operation,
                f"the URL is {quote(export.url)!r}: {reason}",
                export.exchange,
            )


def _url_expiry(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for export in complete_exports(trace):
        readable = readable_expiry(export.url)
        if readable is None or export.expires_at is None:
            continue
        difference = export.expires_at - readable
        if abs(difference) <= _ROUNDED:
            yield held(export.operation, export.exchange)
        else:
            yield violated(
                export.operation,
                f"expires_at is {export.expires_at.isoformat()}, but the URL expires at "
                f"{readable.isoformat()}",
                export.exchange,
            )


def _url_own(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    known = jobs_of(trace)
    jobs: dict[JobKey, CompleteExport] = {}
    files: dict[tuple[Kind, str, str], CompleteExport] = {}
    for export in complete_exports(trace):
        address = export.exchange.address
        if address is None or export.job_id is None or not export.is_recognizable:
            continue
        if export.response.redacted or unsafe_reason(export.url) is not None:
            # The hidden part may name the file. An invalid URL violates `value.url`.
            continue
        key = JobKey.of(address)
        job = known.get(key)
        if job is None or not job.named:
            # `isolation.unknown-job` and `isolation.job-scope` judge jobs under other ids.
            continue
        first = files.setdefault((*export.resource, file_of(export.url)), export)
        other = JobKey.of(cast("Address", first.exchange.address))
        if other != key:
            yield violated(
                export.operation,
                f"the URL of {quote(key.export_id)} is for the file of {quote(other.export_id)}: "
                "the two URLs differ at most in their signatures",
                first.exchange,
                export.exchange,
            )
        elif any(one.resource == export.resource for job, one in jobs.items() if job != key):
            yield held(export.operation, export.exchange)
        jobs.setdefault(key, export)


def _url_lifetime(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for lifetime in _lifetimes(trace):
        if lifetime.is_about(_HOUR) or lifetime.is_about(_DAY):
            yield held(lifetime.export.operation, lifetime.export.exchange)
        else:
            yield lifetime.violation("the documents say one hour or 24 hours")


def _url_hour(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for lifetime in _lifetimes(trace):
        # Other lifetimes violate value.url-lifetime.
        if lifetime.is_about(_HOUR):
            yield held(lifetime.export.operation, lifetime.export.exchange)
        elif lifetime.is_about(_DAY):
            yield lifetime.violation("the documents of edition 2026-11 say one hour")


@frozen
class _Lifetime:
    """How long a URL is valid.

    Attributes:
        export: The complete export with the URL.
        expires_at: When it expires.
        now: The time of the response.
        start: The first response of the job, before which the URL was not signed; None if the
            URL may have been signed at any time.
    """

    export: CompleteExport
    expires_at: datetime
    now: datetime
    start: Exchange | None

    def is_about(self, lifetime: timedelta) -> bool:
        """Whether the URL may have been signed for that time."""
        begun = _time_of(self.start)
        latest = self.now + lifetime + _CLOCKS_DIFFER
        earliest = None if begun is None else begun + lifetime - _CLOCKS_DIFFER
        return (earliest is None or self.expires_at >= earliest) and self.expires_at <= latest

    def violation(self, documents: str) -> Observation:
        """The finding, given what the documents say, as a clause."""
        return violated(
            self.export.operation,
            f"the response is from {self.now.isoformat()}, and its expires_at, "
            f"{self.expires_at.isoformat()}, is {_duration(self.expires_at - self.now)} later; "
            f"{documents}",
            *([] if self.start is None else [self.start]),
            self.export.exchange,
        )


def _lifetimes(trace: Trace) -> Iterator[_Lifetime]:
    starts = dict(filter(None, map(_end_of_polling, jobs_of(trace).values())))
    for export in complete_exports(trace):
        now = export.response.date or export.exchange.sent
        # A URL from the past is the matter of value.expiry-future.
        if now is not None and export.expires_at is not None and export.expires_at > now:
            yield _Lifetime(export, export.expires_at, now, starts.get(export.exchange.index))


def _end_of_polling(job: ObservedJob) -> tuple[int, Exchange] | None:
    """The index of the first response with a complete job, and the first one of the job.

    None if no response shows that the job was unfinished before it was complete.
    """
    seen = [event for event in job.events if state(event)]
    for earlier, later in pairwise(seen):
        if state(later) == "complete":
            return (later.index, seen[0]) if is_unfinished(earlier) else None
    return None


def _time_of(exchange: Exchange | None) -> datetime | None:
    if exchange is None:
        return None
    return (exchange.response.date if exchange.response else None) or exchange.sent


def _duration(length: timedelta) -> str:
    if length >= timedelta(days=2):
        return f"{length.days} days"
    if length < timedelta(minutes=1):
        return f"{round(length.total_seconds())} s"
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


LAWS: Final = (
    Law(
        id="value.expiry-future",
        statement="The expires_at of a complete export is later than the Date of the response.",
        source=LawSource(
            "documents/000, 001",
            "A URL is valid for some time, and another poll refreshes it. If the response has no "
            "Date, the recorder's clock is used with a tolerance of five minutes.",
            ("D-4",),
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export with a valid expires_at, and the time of the response",
        check=_expiry_future,
        mutants=(
            "expired",
            "expired-opaque",
            "expired-local",
        ),
    ),
    Law(
        id="value.url",
        statement=(
            "A download URL is absolute, uses https (http only for a loopback address) and "
            "contains no user name."
        ),
        source=LawSource(
            "documents/000, 003",
            "The documents call it a presigned HTTPS URL. Loopback addresses are allowed for "
            "servers under test.",
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export with a url",
        check=_url,
        mutants=(
            "url-http",
            "url-userinfo",
            "url-relative",
            "url-no-scheme",
            "url-s3",
            "url-empty",
        ),
    ),
    Law(
        id="value.url-expiry",
        statement="If the URL states its own expiry, it equals expires_at within one minute.",
        source=LawSource(
            "documents/000, 002",
            "expires_at is the time at which the presigned URL expires. The minute allows for "
            "rounding and for clock differences between two machines. URLs without a readable "
            "expiry are not judged.",
            ("D-4",),
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export whose url states when it was signed and for how long",
        check=_url_expiry,
        mutants=(
            "url-expiry-differs",
            "url-expires-before",
            "url-azure-expires-before",
            "url-policy-expires-before",
        ),
    ),
    Law(
        id="value.url-own",
        statement="Each job has an archive of its own: no two jobs have the URL of one file.",
        source=LawSource(
            "API reference, request an export",
            "Every request that returns another job exports the responses anew, and a complete "
            "export is never reused. URLs are compared without the signatures of S3, Google Cloud "
            "Storage, Azure and CloudFront. If a URL has none of these, all of it is compared.",
            ("D-3",),
        ),
        operations=STATUS,
        needs=(
            "edition 2026-11, and polls of two complete jobs of one resource, which requests "
            "started"
        ),
        check=_url_own,
        mutants=("url-of-another",),
        editions=("2026-11",),
    ),
    Law(
        id="value.url-lifetime",
        statement="A download URL is valid for an hour or for a day.",
        source=LawSource(
            "documents/000, 001, 002, 003, 004",
            "Some pages say an hour, others 24 hours: either is accepted. A server may sign a URL "
            "once and keep it, so a shorter time is judged only in the first response that "
            "reports a job complete, and counts from the job's first response. Tolerance for "
            "clocks: five minutes.",
            ("D-4",),
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export with an expires_at that is not over, and the response's time",
        check=_url_lifetime,
        mutants=("url-for-a-month", "url-for-two-hours", "url-for-a-minute"),
    ),
    Law(
        id="value.url-hour",
        statement="In edition 2026-11, a download URL is valid for an hour, and not for a day.",
        source=LawSource(
            "API reference, export status",
            "All pages of the later edition say an hour. Times and tolerance are those of "
            "value.url-lifetime.",
            ("D-4",),
        ),
        operations=STATUS,
        needs="edition 2026-11, and what value.url-lifetime needs",
        check=_url_hour,
        mutants=("url-for-a-day",),
        editions=("2026-11",),
    ),
)
