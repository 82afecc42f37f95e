"""The expiry in a presigned URL."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from prolific_exports._model._json import parse

# Object stores' query parameters: when a URL was signed and for how many seconds.
_SIGNED: Final = (("x-amz-date", "x-amz-expires"), ("x-goog-date", "x-goog-expires"))
_SIGNED_FORMAT: Final = "%Y%m%dT%H%M%SZ"
# The forms of ``se`` in a shared access signature of Azure.
_UNTIL_FORMATS: Final = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d")
# CloudFront replaces the characters of base64 that a query can't contain.
_POLICY_CHARACTERS: Final = str.maketrans("-_~", "+=/")
_EARLIEST: Final = 10**9


def readable_expiry(url: str) -> datetime | None:
    """The time at which a presigned URL expires; None if the URL does not state it.

    Supports the signatures of S3 and Google Cloud Storage, version 4 (a time and a number of
    seconds) and older ones (``Expires``, seconds since 1970), those of Azure (``se``, a time),
    and those of CloudFront (``Expires``, or ``Policy`` with a condition). A value of ``Expires``
    below a billion, which is in 2001, is a duration: some signatures use the name for that.
    """
    try:
        pairs = parse_qsl(urlsplit(url).query)
    except ValueError:
        return None
    values = {name.lower(): value for name, value in pairs}
    try:
        for signed, lifetime in _SIGNED:
            if signed in values and lifetime in values:
                moment = datetime.strptime(values[signed], _SIGNED_FORMAT).replace(tzinfo=UTC)
                return moment + timedelta(seconds=int(values[lifetime]))
        if "se" in values and "sig" in values:
            return _until(values["se"])
        expires = values.get("expires") or _policy_expiry(values)
        if expires and int(expires) >= _EARLIEST:
            return datetime.fromtimestamp(int(expires), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _until(text: str) -> datetime | None:
    for form in _UNTIL_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _policy_expiry(values: Mapping[str, str]) -> int | None:
    """The time in a CloudFront policy, in seconds since 1970; None if there is none.

    Raises:
        ValueError: The policy can't be read.
    """
    encoded = values.get("policy", "").translate(_POLICY_CHARACTERS)
    policy = parse(base64.b64decode(encoded).decode())
    try:
        moment = policy["Statement"][0]["Condition"]["DateLessThan"]["AWS:EpochTime"]
    except (TypeError, LookupError):
        return None
    return moment if isinstance(moment, int) else None
