"""Keep secrets out of everything that is shown, logged or raised.

Two things are secret: the API token, and the query of a presigned URL (it is
what makes the URL work for whoever holds it).
"""

import re
from typing import Final

MARK: Final = "[redacted]"

# The slashes may be escaped, as JSON allows.
_URL_WITH_QUERY = re.compile(r"(https?:(?:\\?/){2}[^\s\"'<>?]*)\?[^\s\"'<>]*", re.IGNORECASE)
_USERINFO = re.compile(r"(https?:(?:\\?/){2})[^\s\"'<>/?@]*@", re.IGNORECASE)
# A query cut off from its URL, as in an error page that quotes only a part.
_SIGNED_PARAMETER = re.compile(
    r"((?:x-(?:amz|goog)-(?:signature|credential|security-token)|signature|sig|token)=)"
    r"[^&\s\"'<>]+",
    re.IGNORECASE,
)


def redact(text: str, token: str | None = None) -> str:
    """The text without the token and without the queries of the URLs in it."""
    if token:
        text = text.replace(token, MARK)
    text = _USERINFO.sub(rf"\1{MARK}@", text)
    text = _URL_WITH_QUERY.sub(rf"\1?{MARK}", text)
    return _SIGNED_PARAMETER.sub(rf"\1{MARK}", text)


def excerpt(body: bytes, token: str | None = None, limit: int = 300) -> str:
    """The beginning of a body, fit to be shown: one line, secrets removed.

    Args:
        body: The body as received.
        token: The API token, should the body repeat it.
        limit: Characters at most.
    """
    # Redacted before it is cut: half a token is still half a secret.
    text = " ".join(redact(body[:65536].decode("utf-8", "replace"), token).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
