"""Removes secrets from recordings, so that laws can still judge the rest.

The token is removed from every response at once, in any encoding. A URL's signature stays in
the URL, which laws read, until the recording is written; a signature outside a URL is removed.

The query of a presigned URL grants access. When a recording is written, each value in the query
is replaced by its own mark, so that equal URLs stay equal and different ones stay different.
The times that state its expiry are not secret and are kept.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Final

from attrs import evolve
from prolific_exports._model._json import check_limits
from prolific_exports._model._redaction import MARK, QUESTION_MARK, WORD, redact
from prolific_exports._model._redactor import Redactor

from prolific_contract.gate.trace._cloudfront import policy_without_resource
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse

_EXPIRY: Final = {
    name: re.compile(pattern)
    for name, pattern in {
        "x-amz-date": r"[0-9]{8}T[0-9]{6}Z",
        "x-amz-expires": r"[0-9]{1,7}",
        "x-goog-date": r"[0-9]{8}T[0-9]{6}Z",
        "x-goog-expires": r"[0-9]{1,7}",
        "expires": r"[0-9]{1,11}",
        # Azure; the value is percent-encoded.
        "se": r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}(:|%3A)[0-9]{2}((:|%3A)[0-9]{2})?Z)?",
    }.items()
}
# A recording may have any header names; a server's challenge (WWW-Authenticate) is not secret.
_SECRET_FIELD = re.compile(
    r"token|secret|passw|credential|key|auth(?!enticate$|ority$)|session|csrf|xsrf|cookie|signature",
    re.IGNORECASE,
)
_SHORTEST_ID: Final = 8
# Bytes that show the kind of binary data.
_SIGNATURE: Final = 4
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"\S+")
_JSON_START = re.compile(r"[\ufeff \t\r\n]*")


def is_secret_field(name: str) -> bool:
    """Whether a header field with this name probably contains a secret."""
    return _SECRET_FIELD.search(name) is not None


def without_token(response: HttpResponse, redactor: Redactor) -> HttpResponse:
    """A response without the token; `echoes_token` records whether it contained the token.

    A token that is too short to search for leaves `echoes_token` as it was.
    """
    body, headers = redactor.body(response.body), redactor.headers(response.headers)
    echoes = (body, headers) != (response.body, response.headers)
    return evolve(
        response,
        body=body,
        headers=headers,
        echoes_token=echoes if redactor.finds_token else response.echoes_token,
        redacted=response.redacted or echoes,
    )


def urls_of(exchange: Exchange) -> Iterator[str]:
    """The presigned URLs in an exchange: fetched, issued or redirected to."""
    if exchange.address is None:
        yield exchange.url
    if exchange.response is not None:
        for url in (exchange.response.member("url"), exchange.response.header("location")):
            if isinstance(url, str):
                yield url


def learn_signatures(signatures: Redactor, exchange: Exchange, ids: set[str]) -> None:
    """Add the signatures in an exchange's presigned URLs.

    Ids of resources and jobs are not secret, and laws compare them: where a URL contains one,
    only the rest of its query is.

    Args:
        signatures: Takes the signatures.
        exchange: The exchange.
        ids: The ids in the paths of the conversation so far; those of the exchange are added.
    """
    if exchange.address is not None:
        ids |= {exchange.address.resource_id, exchange.address.export_id or ""}
    for url in urls_of(exchange):
        path, question, query = url.partition("?")
        # The longest first: the conversation also polls parts of ids.
        for known in sorted(filter(_is_long, ids), key=len, reverse=True):
            query = re.sub(re.escape(known), "&rest=", query, flags=re.IGNORECASE)
        signatures.learn(f"{path}{question}{query}")


def _is_long(some_id: str) -> bool:
    # A short one also occurs in other values.
    return len(some_id) >= _SHORTEST_ID


def without_signatures(exchange: Exchange, signatures: Redactor) -> Exchange:
    """An exchange without signatures, except inside URLs."""
    failure, response = exchange.failure, exchange.response
    fields = () if response is None else response.headers
    texts = (failure or "", *chain.from_iterable(fields))
    if not signatures.may_find(texts, b"" if response is None else response.body):
        return exchange
    if failure is not None:
        exchange = evolve(exchange, failure=signatures.known(failure))
    if response is None:
        return exchange
    alone = partial(_without_lone, signatures=signatures)
    body = response.body
    if signatures.body(body) != body:
        # An archive has no words to keep, so everything is redacted.
        body = (
            signatures.body(body)
            if b"\0" in body
            else alone(body.decode("latin-1")).encode("latin-1")
        )
    if signatures.may_find(chain.from_iterable(fields)):
        fields = tuple([(alone(name), alone(value)) for name, value in fields])
    hidden = evolve(response, body=body, headers=fields)
    if hidden == response:
        return exchange
    return evolve(exchange, response=evolve(hidden, redacted=True))


def _without_lone(text: str, signatures: Redactor) -> str:
    """A text without signatures, except in the query of a URL."""
    if signatures.known(text) == text:
        return text
    return WORD.sub(lambda match: _lone(match[0], signatures), text)


def _lone(word: str, signatures: Redactor) -> str:
    query = QUESTION_MARK.search(word)
    if query is None or redact(word) == word:
        return signatures.known(word)
    # Whatever prints the word later redacts the query.
    return signatures.known(word[: query.start()]) + word[query.start() :]


class HarRedactor:
    """Redacts the secrets of one recording when it is written."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}

    def url(self, url: str) -> str:
        """A URL, absolute or not, without the values that grant access."""
        head, question, rest = url.partition("?")
        if not question:
            return redact(url)
        if "@" in rest and "://" in head:
            # A password may contain a question mark, so the parts can't be told apart.
            return redact(url)
        query, sharp, _ = rest.partition("#")
        pairs = "&".join(self._pair(pair) for pair in query.split("&"))
        # Brackets would make it an invalid IPv6 address.
        head = redact(head).replace(f"{MARK}@", "redacted@")
        return f"{head}?{pairs}{'#redacted' if sharp else ''}"

    def field(self, name: str, value: str) -> str:
        """The value of a header field."""
        return MARK if is_secret_field(name) else self._text(value)[0]

    def body(self, body: bytes) -> tuple[bytes, bool]:
        """A redacted body, and whether more than queries of URLs was redacted.

        JSON changes only in strings that contain a secret, and keeps its errors. A body that is
        not JSON does not become JSON.
        """
        text, encoding = _decoded(body)
        end = _json_end(text)
        if not end and (_looks_compressed(body) or b"\0" in body):
            return _without_binary(body), False
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
        """A redacted text, and whether more than the query of a URL was redacted."""
        if _WORD.fullmatch(text) and "?" in text:
            return self.url(text), False
        hidden = redact(text)
        return hidden, hidden != text

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._mark(pair)
        if name.lower() == "policy":
            return f"{name}={policy_without_resource(value) or self._mark(value)}"
        form = _EXPIRY.get(name.lower())
        if not value or (form is not None and form.fullmatch(value)):
            return pair
        return f"{name}={self._mark(value)}"

    def _mark(self, secret: str) -> str:
        return self._marks.setdefault(secret, f"redacted-{len(self._marks) + 1}") if secret else ""


def _looks_compressed(body: bytes) -> bool:
    return body.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78"))


def _without_binary(body: bytes) -> bytes:
    """A body up to its first bytes that are not text; the others become nulls.

    Secrets in binary data can't be located. Its beginning shows what kind of data it is.
    """
    try:
        return redact(body.decode()).encode()
    except UnicodeDecodeError as error:
        end = error.start + (_SIGNATURE if _looks_compressed(body) else 1)
        text = redact(body[: error.start].decode()).encode()
        return text + body[error.start : end] + bytes(len(body[end:]))


def _decoded(body: bytes) -> tuple[str, str]:
    for encoding in (json.detect_encoding(body), "utf-8"):
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1"), "latin-1"


def _json_end(text: str) -> int:
    """Where the JSON value at the start of a text ends; 0 if there is none."""
    start = _JSON_START.match(text)
    try:
        check_limits(text.encode("utf-8", "surrogatepass"))
        _, end = json.JSONDecoder(strict=False).raw_decode(text, start.end() if start else 0)
    except ValueError:
        return 0
    return end
