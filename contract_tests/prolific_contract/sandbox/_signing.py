"""Presigned URLs in the format of S3's signature version 4.

The parameters have S3's names and meanings, so that a client can read the expiry
from a URL. The signature is simpler than S3's: an HMAC over method, host, path and
all other query parameters.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode, urlsplit

from attrs import frozen

from prolific_contract.sandbox._http import Call, StoreError
from prolific_contract.sandbox._text import utc_timestamp

_ALGORITHM = "AWS4-HMAC-SHA256"
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_SIGNATURE = "X-Amz-Signature"
_PARAMETERS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    _SIGNATURE,
)
_LONGEST_LIFETIME = timedelta(days=7)

_Query = tuple[tuple[str, str], ...]


@frozen
class PresignedUrl:
    """A URL that grants access until it expires."""

    url: str
    expires_at: datetime


class UrlSigner:
    """Creates and checks presigned URLs for GET."""

    def __init__(self, secret: bytes, lifetime: timedelta) -> None:
        self._secret = secret
        self._lifetime = lifetime

    def presign(self, base_url: str, path: str, now: datetime) -> PresignedUrl:
        """Sign a URL for GET, valid from ``now`` for the signer's lifetime.

        Args:
            base_url: Scheme and authority, without a final slash.
            path: The object's decoded path, with its first slash.
            now: The time of signing; fractions of a second are dropped.
        """
        signed_at = now.replace(microsecond=0)
        query: _Query = (
            ("X-Amz-Algorithm", _ALGORITHM),
            ("X-Amz-Credential", f"SANDBOX/{signed_at:%Y%m%d}/sandbox/s3/aws4_request"),
            ("X-Amz-Date", signed_at.strftime(_TIME_FORMAT)),
            ("X-Amz-Expires", str(int(self._lifetime.total_seconds()))),
            ("X-Amz-SignedHeaders", "host"),
        )
        host = urlsplit(base_url).netloc
        signed = (*query, (_SIGNATURE, self._signature("GET", host, path, query)))
        return PresignedUrl(
            f"{base_url}{quote(path)}?{urlencode(signed, quote_via=quote)}",
            signed_at + self._lifetime,
        )

    def refusal(self, call: Call, now: datetime) -> StoreError | None:
        """The error for a request whose URL does not authorize it; None if it does."""
        names = [name for name, _ in call.query]
        if not any(name in names for name in _PARAMETERS):
            return StoreError(403, "AccessDenied", "Access Denied: the URL is not signed.")
        valid_until = _read_expiry(call.query)
        if valid_until is None:
            return StoreError(
                400,
                "AuthorizationQueryParametersError",
                f"A signed URL needs each of {', '.join(_PARAMETERS)} once and well-formed.",
            )
        if now >= valid_until:
            return StoreError(
                403,
                "AccessDenied",
                "Request has expired",
                (
                    ("X-Amz-Expires", dict(call.query)["X-Amz-Expires"]),
                    ("Expires", utc_timestamp(valid_until)),
                    ("ServerTime", utc_timestamp(now)),
                ),
            )
        query = tuple(pair for pair in call.query if pair[0] != _SIGNATURE)
        expected = self._signature(call.method, urlsplit(call.base_url).netloc, call.path, query)
        given = dict(call.query)[_SIGNATURE]
        if not hmac.compare_digest(expected.encode(), given.encode()):
            return StoreError(
                403,
                "SignatureDoesNotMatch",
                "The signature does not match this method, host, path and query.",
            )
        return None

    def _signature(
        self, method: str, host: str, path: str, query: Iterable[tuple[str, str]]
    ) -> str:
        material = "\n".join((method, host, path, urlencode(sorted(query))))
        return hmac.new(self._secret, material.encode(), hashlib.sha256).hexdigest()


def _read_expiry(query: _Query) -> datetime | None:
    names = [name for name, _ in query]
    if any(names.count(name) != 1 for name in _PARAMETERS):
        return None
    values = dict(query)
    seconds = values["X-Amz-Expires"]
    if values["X-Amz-Algorithm"] != _ALGORITHM or not (seconds.isascii() and seconds.isdigit()):
        return None
    try:
        lifetime = timedelta(seconds=int(seconds))
        signed_at = datetime.strptime(values["X-Amz-Date"], _TIME_FORMAT).replace(tzinfo=UTC)
        return signed_at + lifetime if lifetime <= _LONGEST_LIFETIME else None
    except (ValueError, OverflowError):
        return None


def cloudfront_policy(signature: str, expires_at: datetime) -> str:
    """The query of a URL that CloudFront signs with a custom policy."""
    condition = {"DateLessThan": {"AWS:EpochTime": int(expires_at.timestamp())}}
    statement = {"Resource": "https://*", "Condition": condition}
    policy = json.dumps({"Statement": [statement]}, separators=(",", ":"))
    encoded = base64.b64encode(policy.encode()).decode().translate(str.maketrans("+=/", "-_~"))
    return f"Policy={encoded}&Signature={signature}&Key-Pair-Id=K2JCJMDEHXQW5F"
