"""Takes secrets out of what is recorded or written, so that laws can still judge the rest.

The token goes out of every answer at once, in whatever form it is written. What signs a URL
stays in the URL, which laws read, until the URL is written; where it stands alone it goes, too.

A presigned URL works for whoever holds it, by its query. Each value in there is replaced by
a mark of its own, so that equal URLs stay equal and different ones different; the moments
that say until when it is valid are no secret and stay.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from attrs import evolve
from prolific_exports._model._json import check_limits
from prolific_exports._model._redaction import MARK, QUESTION_MARK, WORD, redact
from prolific_exports._model._redactor import Redactor

from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse

_EXPIRY: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "x-amz-date": r"[0-9]{8}T[0-9]{6}Z",
        "x-amz-expires": r"[0-9]{1,7}",
        "x-goog-date": r"[0-9]{8}T[0-9]{6}Z",
        "x-goog-expires": r"[0-9]{1,7}",
        "expires": r"[0-9]{1,11}",
    }.items()
}
# Whose names a recording has nobody knows; a server's challenge is none of them.
_SECRET_FIELD = re.compile(
    r"token|secret|passw|credential|key|auth(?!enticate$|ority$)|session|csrf|xsrf|cookie|signature",
    re.IGNORECASE,
)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"\S+")
_JSON_START = re.compile(r"[\ufeff \t\r\n]*")


def is_secret_field(name: str) -> bool:
    """Whether a header field of that name is likely to hold something that opens anything."""
    return _SECRET_FIELD.search(name) is not None


def without_token(response: HttpResponse, redactor: Redactor) -> HttpResponse:
    """An answer with the token taken out, and a note whether it was in there.

    Of a token that is too short to be found anywhere, nobody can tell.
    """
    hidden = evolve(
        response, body=redactor.body(response.body), headers=redactor.headers(response.headers)
    )
    echoes = hidden != response
    return evolve(
        hidden,
        echoes_token=echoes if redactor.finds_token else response.echoes_token,
        redacted=response.redacted or echoes,
    )


def urls_of(exchange: Exchange) -> Iterator[str]:
    """The presigned URLs that an exchange shows: fetched, issued or redirected to."""
    if exchange.address is None:
        yield exchange.url
    if exchange.response is not None:
        for url in (exchange.response.member("url"), exchange.response.header("location")):
            if isinstance(url, str):
                yield url


def without_signatures(exchange: Exchange, signatures: Redactor) -> Exchange:
    """An exchange without what signs URLs, but for the URLs."""
    failure, response = exchange.failure, exchange.response
    if failure is not None:
        exchange = evolve(exchange, failure=signatures.known(failure))
    if response is None:
        return exchange
    alone = partial(_without_lone, signatures=signatures)
    body = response.body
    if signatures.body(body) != body:
        # A body of an archive has no words, and no URL that works.
        body = (
            signatures.body(body)
            if b"\0" in body
            else alone(body.decode("latin-1")).encode("latin-1")
        )
    hidden = evolve(
        response,
        body=body,
        headers=tuple([(alone(name), alone(value)) for name, value in response.headers]),
    )
    if hidden == response:
        return exchange
    return evolve(exchange, response=evolve(hidden, redacted=True))


def _without_lone(text: str, signatures: Redactor) -> str:
    """A text without what signs URLs, but for what is in the query of one."""
    if signatures.known(text) == text:
        return text
    return WORD.sub(lambda match: _lone(match[0], signatures), text)


def _lone(word: str, signatures: Redactor) -> str:
    query = QUESTION_MARK.search(word)
    if query is None or redact(word) == word:
        return signatures.known(word)
    # Whatever shows the word shows nothing of a query.
    return signatures.known(word[: query.start()]) + word[query.start() :]


class HarRedactor:
    """Hides the secrets of one recording."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def url(self, url: str) -> str:
        """A URL, absolute or not, without what makes it work."""
        head, question, rest = url.partition("?")
        if not question:
            return redact(url)
        if "@" in rest and "://" in head:
            # A password may hold a question mark, and then nothing is what it seems.
            return redact(url)
        query, sharp, _ = rest.partition("#")
        pairs = "&".join(self._pair(pair) for pair in query.split("&"))
        # Brackets would make it an address of IPv6, and a wrong one.
        head = redact(head).replace(f"{MARK}@", "redacted@")
        return f"{head}?{pairs}{'#redacted' if sharp else ''}"

    def field(self, name: str, value: str) -> str:
        """The value of a header field."""
        return MARK if is_secret_field(name) else self._text(value)[0]

    def body(self, body: bytes) -> tuple[bytes, bool]:
        """A body, and whether values in it were hidden that are more than queries of URLs.

        JSON stays as it is but for the strings that hold a secret, with whatever may be
        wrong with it, and what is no JSON stays none.
        """
        text, encoding = _decoded(body)
        end = _json_end(text)
        if b"\0" in body and not end:
            # Nobody knows where in there a secret would be.
            return b"", True
        more = False

        def hide(match: re.Match[str]) -> str:
            nonlocal more
            value = json.loads(match[0], strict=False)
            hidden, by_force = self._text(value)
            more = more or by_force
            return match[0] if hidden == value else json.dumps(hidden)

        shown = _STRING.sub(hide, text[:end]) + redact(text[end:])
        return body if shown == text else shown.encode(encoding, "replace"), more

    def _text(self, text: str) -> tuple[str, bool]:
        """A text, and whether it was more than a URL that something was hidden in."""
        if _WORD.fullmatch(text) and "?" in text:
            return self.url(text), False
        hidden = redact(text)
        return hidden, hidden != text

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._mark(pair)
        form = _EXPIRY.get(name.lower())
        if not value or (form is not None and form.fullmatch(value)):
            return pair
        return f"{name}={self._mark(value)}"

    def _mark(self, secret: str) -> str:
        return self._marks.setdefault(secret, f"redacted-{len(self._marks) + 1}") if secret else ""


def _decoded(body: bytes) -> tuple[str, str]:
    for encoding in (json.detect_encoding(body), "utf-8"):
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1"), "latin-1"


def _json_end(text: str) -> int:
    """Where the JSON value ends that a text begins with; 0 if it begins with none."""
    start = _JSON_START.match(text)
    try:
        check_limits(text.encode("utf-8", "surrogatepass"))
        _, end = json.JSONDecoder(strict=False).raw_decode(text, start.end() if start else 0)
    except ValueError:
        return 0
    return end
