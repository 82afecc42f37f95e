"""The policy in a presigned URL of CloudFront."""

import base64
import json
from typing import Any, Final

from prolific_exports._model._json import parse

# CloudFront replaces the characters of base64 that a query can't contain.
_FROM_QUERY: Final = str.maketrans("-_~", "+=/")
_TO_QUERY: Final = str.maketrans("+=/", "-_~")


def policy_expiry(encoded: str) -> int | None:
    """The time in a policy, in seconds since 1970; None if there is none.

    Raises:
        ValueError: The policy can't be read.
    """
    policy: Any = parse(base64.b64decode(encoded.translate(_FROM_QUERY)).decode())
    try:
        moment = policy["Statement"][0]["Condition"]["DateLessThan"]["AWS:EpochTime"]
    except (TypeError, LookupError):
        return None
    return moment if isinstance(moment, int) else None


def policy_without_resource(encoded: str) -> str | None:
    """A policy that has only the time of another one; None if that has none."""
    try:
        moment = policy_expiry(encoded)
    except ValueError:
        return None
    if moment is None:
        return None
    policy = {"Statement": [{"Condition": {"DateLessThan": {"AWS:EpochTime": moment}}}]}
    return base64.b64encode(json.dumps(policy).encode()).decode().translate(_TO_QUERY)
