"""URLs whose signed query a faulty server replaces, and restores when the archive is fetched."""

import hashlib
from urllib.parse import parse_qsl

from attrs import evolve, field, mutable

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest


@mutable
class SignedQueries:
    """The queries that were replaced.

    Attributes:
        parameter: Name of the parameter that contains the key of a query.
    """

    parameter: str
    _queries: dict[str, tuple[tuple[str, str], ...]] = field(factory=dict)

    def replace(self, url: str) -> tuple[str, str]:
        """The URL without its query, and the key of the query."""
        plain, _, query = url.partition("?")
        key = hashlib.sha256(query.encode()).hexdigest()
        self._queries[key] = tuple(parse_qsl(query))
        return plain, key

    def fetch(self, request: FaultyRequest) -> Reply:
        """The response to a request for an archive, with the query restored."""
        key = dict(request.call.query).get(self.parameter, "")
        query = self._queries.get(key, request.call.query)
        return request.answer_to(evolve(request.call, query=query))
