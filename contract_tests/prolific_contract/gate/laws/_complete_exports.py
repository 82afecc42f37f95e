"""The complete exports in a conversation, with their download URLs."""

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen
from prolific_exports._model._timestamps import utc_moment

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._observations import requests_with_response
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse, Trace


@frozen
class CompleteExport:
    """A complete export in a response.

    Attributes:
        expires_at: Until when the URL is valid according to the body; None if not readable.
    """

    exchange: Exchange
    operation: Operation
    response: HttpResponse
    url: str
    expires_at: datetime | None


def complete_exports(trace: Trace) -> Iterator[CompleteExport]:
    """Every complete export with a URL in a successful response, in order."""
    for exchange, operation, response in requests_with_response(trace):
        url = response.member("url")
        if response.status < 300 and response.state == "complete" and isinstance(url, str):
            expires_at = utc_moment(response.member("expires_at"))
            yield CompleteExport(exchange, operation, response, url, expires_at)
