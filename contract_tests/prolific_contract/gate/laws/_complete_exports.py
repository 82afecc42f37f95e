"""The complete exports in a conversation, with their download URLs."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen
from prolific_exports._model._timestamps import utc_moment

from prolific_contract._vocabulary import Kind, Operation
from prolific_contract.gate.laws._jobs import resource_of
from prolific_contract.gate.laws._observations import requests_with_response
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse, Trace

if TYPE_CHECKING:
    from prolific_contract._vocabulary import Address

# The gate numbers what it hides, so that URLs stay different.
_HIDDEN: Final = re.compile(
    r"redacted(?!-\d)|filtered|saniti[sz]ed|masked|hidden|removed|\*{3}", re.IGNORECASE
)


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

    @property
    def resource(self) -> tuple[Kind, str]:
        """Kind and canonical id of the exported batch or collection."""
        return resource_of(cast("Address", self.exchange.address))

    @property
    def job_id(self) -> str | None:
        """The id of the polled job; None in the response to a request."""
        return cast("Address", self.exchange.address).export_id

    @property
    def is_recognizable(self) -> bool:
        """Whether the URL differs from other URLs: some recorders hide what tells them apart."""
        return not _HIDDEN.search(self.url.partition("?")[2])


def complete_exports(trace: Trace) -> Iterator[CompleteExport]:
    """Every complete export with a URL in a successful response, in order."""
    for exchange, operation, response in requests_with_response(trace):
        url = response.member("url")
        if response.status < 300 and response.state == "complete" and isinstance(url, str):
            expires_at = utc_moment(response.member("expires_at"))
            yield CompleteExport(exchange, operation, response, url, expires_at)
