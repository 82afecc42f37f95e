"""Laws about complete exports: the URL and its expiry."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from prolific_exports._model._urls import unsafe_reason

from prolific_contract.gate.laws._complete_exports import complete_exports
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import REQUEST, STATUS, held, quote, violated
from prolific_contract.gate.laws._urls import readable_expiry
from prolific_contract.gate.trace._exchanges import Trace

# Tolerance for a wrong clock of the recorder.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# Tolerance for rounding to minutes and for the clocks of two machines.
_ROUNDED: Final = timedelta(seconds=60)


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


LAWS: Final = (
    Law(
        id="value.expiry-future",
        statement="The expires_at of a complete export is later than the Date of the response.",
        source=LawSource(
            "documents/000, 001",
            "A URL is valid for some time, and another poll refreshes it. How long is not "
            "judged, because the documents disagree (an hour or a day). If the response has no "
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
)
