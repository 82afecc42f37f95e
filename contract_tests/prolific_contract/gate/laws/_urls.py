"""The parts of a presigned URL: its expiry, and the file that it is for."""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from prolific_contract.gate.trace._cloudfront import policy_expiry

# Object stores' query parameters: when a URL was signed and for how many seconds.
_SIGNED: Final = (("x-amz-date", "x-amz-expires"), ("x-goog-date", "x-goog-expires"))
_SIGNED_FORMAT: Final = "%Y%m%dT%H%M%SZ"
# The forms of ``se`` in a shared access signature of Azure.
_UNTIL_FORMATS: Final = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d")
_EARLIEST: Final = 10**9
# The parameters of object stores' signatures. Whatever else is in a URL names the file.
_SIGNATURES: Final = frozenset({"x-amz-signature", "x-goog-signature", "signature", "sig"})
_SIGNING_PREFIXES: Final = ("x-amz-", "x-goog-")
_OF_AZURE: Final = ("sv", "ss", "srt", "sr", "st", "se", "sp", "sip", "spr")
_OF_AZURE_KEYS: Final = ("skoid", "sktid", "skt", "ske", "sks", "skv")
_OF_OTHERS: Final = ("awsaccesskeyid", "googleaccessid", "expires", "policy", "key-pair-id")
_SIGNING: Final = _SIGNATURES | {*_OF_AZURE, *_OF_AZURE_KEYS, *_OF_OTHERS}


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
        expires = values.get("expires") or policy_expiry(values.get("policy", ""))
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


def file_of(url: str) -> str:
    """A valid presigned URL without its signature: the same for every URL of a file.

    If the URL has no signature of a known store, anything in it may name the file: it is returned
    unchanged.
    """
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if not _SIGNATURES & {name.lower() for name, _ in pairs}:
        return url
    others = [pair for pair in pairs if not _is_signing(pair[0].lower())]
    return parts._replace(query=urlencode(others), fragment="").geturl()


def _is_signing(name: str) -> bool:
    return name in _SIGNING or name.startswith(_SIGNING_PREFIXES)
