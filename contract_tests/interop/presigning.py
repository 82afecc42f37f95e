"""Presigned URLs by version 4 of AWS' signatures, for the tests to put and get objects with."""

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

ACCESS_KEY = "interop"
SECRET_KEY = "interop-secret"  # noqa: S105 - of a store that lives as long as the tests
REGION = "us-east-1"


def presigned(
    method: str, host: str, path: str, *, seconds: int = 3600, at: datetime | None = None
) -> str:
    """A URL for one method on one object.

    Args:
        method: In capitals.
        host: Host and port of the store.
        path: Bucket and key, beginning with a slash.
        seconds: How long it is valid.
        at: Since when; None for now.
    """
    moment = f"{at or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    scope = f"{moment[:8]}/{REGION}/s3/aws4_request"
    query = urlencode(
        {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{ACCESS_KEY}/{scope}",
            "X-Amz-Date": moment,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
        },
        quote_via=quote,
        safe="",
    )
    request = "\n".join(
        (method, quote(path), query, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD")
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    key = f"AWS4{SECRET_KEY}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"http://{host}{quote(path)}?{query}&X-Amz-Signature={signature}"
