"""What the replies to all requests have in common: success or error, JSON, redaction."""

import re
from collections.abc import Container, Mapping
from contextlib import suppress
from typing import Any, Final, Self

from attrs import field, frozen

from prolific_exports._errors import ContractViolation
from prolific_exports._flows._effects import ApiReply, Request
from prolific_exports._flows._error_responses import error_of
from prolific_exports._model._json import parse
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._urls import base_url_of, public_part

# The beginning of an HTML page, or of a comment before it.
_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|!--)", re.IGNORECASE
)


@frozen
class ReplyReader:
    """Reads the reply to one request."""

    request: Request
    reply: ApiReply
    redactor: Redactor = field(repr=False)

    @classmethod
    def of_success(
        cls, request: Request, reply: ApiReply, redactor: Redactor, retry_after: float | None
    ) -> Self:
        """A reader for a successful reply.

        Raises:
            ApiError: The reply is an error, in any of the shapes of D-10.
            ContractViolation: Its status is neither a success nor an error.
        """
        reader = cls(request, reply, redactor)
        if 200 <= reply.status < 300:
            return reader
        if reply.status >= 400:
            raise error_of(request, reply, redactor, retry_after)
        raise reader.unexpected_status()

    def others(self, item: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
        """The members of an object except the known ones, without secrets."""
        return {
            self.redactor.text(name): self.redactor.json(value)
            for name, value in item.items()
            if name not in known
        }

    def unexpected_status(self) -> ContractViolation:
        """The error for a reply that is neither a success nor an error (1xx, 3xx)."""
        location = self.reply.headers.get("location")
        if location is None or not 300 <= self.reply.status < 400:
            return self._violation(
                "", f"its status is {self.reply.status}. Check the base URL (PROLIFIC_URL)"
            )
        # Without query and user, which can hold secrets.
        target, base = public_part(location), base_url_of(location, self.request.path)
        shown = self.redactor.text(target) if target else "an invalid URL"
        advice = (
            f"If that is the API, set PROLIFIC_URL to {self.redactor.text(base)}"
            if base
            else "Check the base URL (PROLIFIC_URL), and whether the network requires a login"
        )
        return self._violation(
            "",
            f"it redirects to {shown}. Redirects are not followed, to keep the token from other "
            f"servers. {advice}",
        )

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ContractViolation: It is something else.
        """
        if not self.reply.body.strip():
            raise self.violation("", "is empty")
        # Raised outside of the handler: the parser's error holds the whole body.
        with suppress(ValueError):
            return parse(self.reply.body)
        if _PAGE.match(self.reply.body):
            raise self.violation(
                "",
                "is a web page, from a login page, a proxy or a firewall in front of the API. "
                "Check the base URL (PROLIFIC_URL) and the proxy (HTTPS_PROXY, NO_PROXY), or log "
                "in to the network in a browser",
            )
        raise self.violation(
            "",
            "is not JSON, cut off, or nested too deep. Check the base URL (PROLIFIC_URL), and "
            "whether the network answers with pages of its own, such as a login",
        )

    def violation(
        self, pointer: str, problem: str, error: type[ContractViolation] = ContractViolation
    ) -> ContractViolation:
        """The error for a body that does not fit the contract at a JSON pointer."""
        return self._violation(pointer, f"{pointer or 'its body'} {problem}", error)

    def _violation(
        self, pointer: str, problem: str, error: type[ContractViolation] = ContractViolation
    ) -> ContractViolation:
        shown = self.redactor.excerpt(self.reply.body)
        body = f" The body begins: {shown}" if shown else ""
        return error(
            f"Unexpected response about {self.request.ref}: {problem}.{body} "
            f"({self.request.operation}: {self.reply.status})",
            operation=self.request.operation,
            ref=self.request.ref,
            status=self.reply.status,
            pointer=pointer,
            excerpt=shown,
        )
