"""Laws about complete exports: the URL and its expiry."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from prolific_exports._model._urls import unsafe_reason

from prolific_contract.gate.laws._complete_exports import complete_exports
from prolific_contract.gate.laws._jobs import ObservedJob, is_unfinished, jobs_of, state
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import REQUEST, STATUS, held, quote, violated
from prolific_contract.gate.laws._urls import readable_expiry
from prolific_contract.gate.trace._exchanges import Exchange, Trace

# Tolerance for a wrong clock of the recorder.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# Tolerance for rounding to minutes and for the clocks of two machines.
_ROUNDED: Final = timedelta(seconds=60)

# The documents say an hour or a day. Tolerance for clocks and rounding is added.
_LONGEST_LIFETIME: Final = timedelta(hours=24)
# A server may sign a URL before it reports the export complete, and the documents disagree. But
# no reading makes an hour of less than this.
_SHORTEST_LIFETIME: Final = timedelta(minutes=5)


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


def _url_lifetime(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    unfinished = dict(filter(None, map(_end_of_polling, jobs_of(trace).values())))
    for export in complete_exports(trace):
        now = export.response.date or export.exchange.sent
        # A URL from the past is the matter of value.expiry-future.
        if now is None or export.expires_at is None or export.expires_at <= now:
            continue
        earlier = unfinished.get(export.exchange.index)
        flaw = _lifetime_flaw(export.expires_at, now, earlier)
        if flaw is None:
            yield held(export.operation, export.exchange)
        else:
            proof = [export.exchange] if earlier is None else [earlier, export.exchange]
            yield violated(export.operation, flaw, *proof)


def _end_of_polling(job: ObservedJob) -> tuple[int, Exchange] | None:
    """The index of the first response with a complete job, and the one before: still unfinished."""
    seen = [event for event in job.events if state(event)]
    for earlier, later in pairwise(seen):
        if state(later) == "complete":
            return (later.index, earlier) if is_unfinished(earlier) else None
    return None


def _lifetime_flaw(expires_at: datetime, now: datetime, unfinished: Exchange | None) -> str | None:
    """What is wrong with the lifetime of a URL; None if nothing is."""
    if expires_at - now > _LONGEST_LIFETIME + _CLOCKS_DIFFER:
        return (
            f"the URL is valid until {expires_at.isoformat()}, {_duration(expires_at - now)} after "
            f"the response of {now.isoformat()}; documented are one hour or 24 hours"
        )
    begun = unfinished and (
        (unfinished.response.date if unfinished.response else None) or unfinished.sent
    )
    if begun and expires_at - begun < _SHORTEST_LIFETIME - _ROUNDED:
        return (
            f"the job was unfinished at {begun.isoformat()}, and its URL expires "
            f"{_duration(expires_at - begun)} later; documented are one hour or 24 hours"
        )
    return None


def _duration(length: timedelta) -> str:
    if length >= timedelta(days=2):
        return f"{length.days} days"
    hours, seconds = divmod(round(length.total_seconds()), 3600)
    return f"{hours} hours and {seconds // 60} minutes" if hours else f"{seconds} s"


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
        id="value.url-lifetime",
        statement=(
            "A download URL is valid for at most 24 hours, and for at least five minutes if its "
            "export has only just become complete."
        ),
        source=LawSource(
            "documents/000, 001, 002, 003, 004",
            "Some pages say an hour, others 24 hours. So the law accepts everything between them, "
            "and shorter times as well, because a server may sign a URL early and keep it. Less "
            "than five minutes after the job was still unfinished, or more than 24 hours, "
            "contradicts every page. Tolerance for clocks: one minute, and five minutes.",
            ("D-4",),
        ),
        operations=(*REQUEST, *STATUS),
        needs="a complete export with an expires_at that is not over, and the response's time",
        check=_url_lifetime,
        mutants=("url-for-a-month", "url-for-a-minute"),
    ),
)
