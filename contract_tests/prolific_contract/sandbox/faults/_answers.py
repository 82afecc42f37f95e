"""Faults of the response: refusals, errors and redirects."""

from prolific_contract.sandbox._http import Headers, Reply, StoreError, xml_reply
from prolific_contract.sandbox.faults._transfer import (
    Transfer,
    TransferBehaviour,
    TransferFault,
    first_requests,
    on_resume,
)

_EXPIRED = "Request has expired"


def _refusing(status: int, code: str, message: str, headers: Headers = ()) -> TransferBehaviour:
    return lambda one: one.deliver(xml_reply(StoreError(status, code, message), headers))


def _back_to_itself(one: Transfer) -> None:
    query = "&".join(f"{name}={value}" for name, value in one.call.query)
    location = f"{one.call.base_url}{one.call.path}?{query}"
    one.deliver(Reply(302, (("Location", location), ("Content-Length", "0")), b""))


ANSWERS = (
    TransferFault(
        "expired-403",
        "It answers the request that resumes a download with 403, as for an expired URL, once",
        on_resume(_refusing(403, "AccessDenied", _EXPIRED), 1),
    ),
    TransferFault(
        "expired-400",
        "It answers the request that resumes a download with 400, as some stores do for "
        "an expired URL, once",
        on_resume(_refusing(400, "AccessDenied", _EXPIRED), 1),
    ),
    TransferFault(
        "refused",
        "It answers every URL with 403, even a fresh one",
        _refusing(403, "AccessDenied", "Access Denied"),
    ),
    TransferFault(
        "gone",
        "It answers 404 because the archive does not exist, always",
        _refusing(404, "NoSuchKey", "The specified key does not exist."),
    ),
    TransferFault(
        "slow-down",
        "It answers 503 with Retry-After, twice",
        first_requests(_refusing(503, "SlowDown", "Reduce your rate.", (("Retry-After", "1"),)), 2),
    ),
    TransferFault(
        "server-error",
        "It answers 500, twice",
        first_requests(_refusing(500, "InternalError", "We encountered an internal error."), 2),
    ),
    TransferFault(
        "redirect",
        "It redirects to the same URL, once",
        first_requests(_back_to_itself),
    ),
    TransferFault(
        "redirect-loop",
        "It redirects to the same URL, always",
        _back_to_itself,
    ),
)
