"""Faults of the answer: refusals, failures and redirections."""

from prolific_contract.sandbox._http import Headers, Reply, StoreError, xml_reply
from prolific_contract.sandbox.faults._transfer import (
    Behaviour,
    Transfer,
    TransferFault,
    at_first,
    once_begun,
)

_EXPIRED = "Request has expired"


def _refusing(status: int, code: str, message: str, headers: Headers = ()) -> Behaviour:
    return lambda one: one.deliver(xml_reply(StoreError(status, code, message), headers))


def _back_to_itself(one: Transfer) -> None:
    query = "&".join(f"{name}={value}" for name, value in one.call.query)
    location = f"{one.call.base_url}{one.call.path}?{query}"
    one.deliver(Reply(302, (("Location", location), ("Content-Length", "0")), b""))


ANSWERS = (
    TransferFault(
        "expired-403",
        "It calls the URL expired when a download is gone on with: 403, once",
        once_begun(_refusing(403, "AccessDenied", _EXPIRED), 1),
    ),
    TransferFault(
        "expired-400",
        "It calls the URL expired when a download is gone on with: 400, as some stores do, once",
        once_begun(_refusing(400, "AccessDenied", _EXPIRED), 1),
    ),
    TransferFault(
        "refused",
        "It refuses every URL with 403, fresh ones too",
        _refusing(403, "AccessDenied", "Access Denied"),
    ),
    TransferFault(
        "gone",
        "It does not have the archive: 404, always",
        _refusing(404, "NoSuchKey", "The specified key does not exist."),
    ),
    TransferFault(
        "slow-down",
        "It answers 503 with Retry-After, twice",
        at_first(_refusing(503, "SlowDown", "Reduce your rate.", (("Retry-After", "1"),)), 2),
    ),
    TransferFault(
        "server-error",
        "It answers 500, twice",
        at_first(_refusing(500, "InternalError", "We encountered an internal error."), 2),
    ),
    TransferFault(
        "redirect",
        "It redirects to the same URL, once",
        at_first(_back_to_itself),
    ),
    TransferFault(
        "redirect-loop",
        "It redirects to the same URL, always",
        _back_to_itself,
    ),
)
