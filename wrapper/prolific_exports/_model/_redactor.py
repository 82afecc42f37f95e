"""Removes known secrets from everything that leaves the process.

`_redaction` hides text that looks like a secret. A `Redactor` knows secrets, and also finds
them where a pattern cannot: truncated, in the name of a header field, in nested escapes or in
base64. The rules:

- Of a secret with 12 characters or more, each 12 consecutive characters are secret.
- A secret with 8 to 11 characters is hidden wherever it appears completely.
- A shorter token (an ordinary word, as in a test) is hidden only after the words token, bearer,
  basic, authorization or key. Elsewhere, hiding it would garble the text.

The search ignores case and decodes all layers of escapes that `_escapes` supports.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from struct import Struct
from threading import Lock
from typing import Any, Final
from urllib.parse import unquote

from attrs import frozen

from prolific_exports._model._escapes import fold, unescape_layers
from prolific_exports._model._redaction import MARK, last_break, printable, redact

FRAGMENT: Final = 12
_SHORTEST: Final = 8

# Each 12 consecutive characters contain a seed that starts at a multiple of the stride.
_SEED: Final = 6
_STRIDE: Final = FRAGMENT - _SEED + 1
_SAMPLES: Final = Struct(f"{_SEED}s{_STRIDE - _SEED}x")

# The longest security tokens have about 2,000 characters, but a server can send longer values.
_LONGEST: Final = 8192
# Characters, enough for 200 URLs. When the client sees more, the first have expired.
_MOST_KNOWN: Final = 131_072

# The public parameters of a presigned URL: algorithm and expiry of the signature, the subject,
# and the form of the response.
_PUBLIC = re.compile(
    r"x-(?:amz|goog)-(?:algorithm|date|expires|signedheaders|content-sha256)|expires"
    r"|s[eprstv]|spr|srt|response-[a-z-]+|file_?name"
    r"|(?:(?:batch|collection|export|job|request|study|upload|version|workspace|x)[_-]?)?id",
    re.IGNORECASE,
)
_PLACE: Final = rb"(?:token|bearer|basic|authorization|key)[^a-z0-9_-]{1,12}(%s)(?![a-z0-9_-])"
_READ: Final = 65536
_EXCERPT: Final = 300
_MOST_CAUSES: Final = 8


class Cause(Exception):  # noqa: N818 - a cause, which the SDK never raises itself
    """Replaces another library's exception as a cause: its class and message, redacted.

    The original exception contains the request, with the token, and the server's response.
    """


@frozen
class _Index:
    """The search index for secrets in folded texts."""

    fragments: frozenset[bytes]
    # Tuples, as `struct` unpacks them: a fast test, since most texts contain no seed.
    seeds: frozenset[tuple[bytes]]
    words: re.Pattern[bytes] | None

    @classmethod
    def of(cls, secrets: Iterable[bytes], patterns: Iterable[bytes]) -> "_Index":
        known = list(secrets)
        whole = sorted({re.escape(one) for one in known if len(one) < FRAGMENT})
        alternatives = [*(b"(%s)" % one for one in whole), *patterns]
        return cls(
            frozenset(_grams(known, FRAGMENT)),
            frozenset(
                (seed,) for seed in _grams((one for one in known if len(one) >= FRAGMENT), _SEED)
            ),
            re.compile(b"|".join(alternatives)) if alternatives else None,
        )

    def spans(self, text: bytes) -> Iterator[tuple[int, int]]:
        if self.seeds:
            padded = text + bytes(_STRIDE)
            padded = padded[: len(padded) // _STRIDE * _STRIDE]
            if not self.seeds.isdisjoint(_SAMPLES.iter_unpack(padded)):
                yield from self._fragments(text, _SAMPLES.iter_unpack(padded))
        if self.words is not None:
            for match in self.words.finditer(text):
                yield match.span(match.lastindex or 0)

    def _fragments(self, text: bytes, samples: Iterable[tuple[bytes]]) -> Iterator[tuple[int, int]]:
        """Yield the spans of fragments; those that overlap as one, since most do."""
        first = last = 0
        for number, sample in enumerate(samples):
            if sample in self.seeds:
                at = number * _STRIDE
                for start in range(max(at - _STRIDE + 1, 0), at + 1):
                    if text[start : start + FRAGMENT] in self.fragments:
                        if start >= last:
                            if last:
                                yield first, last
                            first = start
                        last = start + FRAGMENT
        if last:
            yield first, last


def _grams(secrets: Iterable[bytes], size: int) -> Iterator[bytes]:
    for secret in secrets:
        for start in range(len(secret) - size + 1):
            yield secret[start : start + size]


class Redactor:
    """Hides the API token and the signatures of the presigned URLs that it has seen.

    Threads can share a redactor.
    """

    def __init__(self, token: str | None = None) -> None:
        """Start with a token; None for no token."""
        self._token = token or ""
        self._values: tuple[bytes, ...] = ()
        self._index: _Index | None = None
        self._lock = Lock()

    @property
    def finds_token(self) -> bool:
        """Whether the token is long enough to be hidden anywhere in a text."""
        return len(self._token) >= _SHORTEST

    def learn(self, url: str) -> None:
        """Add the secret values in the query of a presigned URL."""
        path, _, query = url.partition("#")[0].partition("?")
        pairs = (pair.partition("=") for pair in query.split("&"))
        values = {
            fold(unquote((value or name)[:_LONGEST]))
            for name, _, value in pairs
            if not _PUBLIC.fullmatch(name)
        }
        shown = fold(unquote(path))
        self._learn({value for value in values if value not in shown})

    def learn_value(self, value: str) -> None:
        """Add another secret, such as the token of another user."""
        self._learn({fold(value[:_LONGEST])})

    def _learn(self, values: set[bytes]) -> None:
        with self._lock:
            new = values.difference(self._values)
            new = {value for value in new if len(value) >= _SHORTEST}
            if not new:
                return
            kept, left = [], _MOST_KNOWN
            for value in (*sorted(new), *self._values):
                left -= len(value)
                if left >= 0:
                    kept.append(value)
            # The newest values come first, so the limit drops the oldest.
            self._values, self._index = tuple(kept), None

    def text(self, text: str) -> str:
        """Return a text without known secrets and without text that looks like one."""
        return redact(self.known(text))

    def known(self, text: str) -> str:
        """Return a text without the known secrets."""
        spans = self._spans(fold(text))
        return _replaced(text, spans, _mark) if spans else text

    def body(self, data: bytes) -> bytes:
        """Return a body without the known secrets; binary data keep their length."""
        spans = self._spans(data.lower())
        if not spans:
            return data
        mark = _stars if b"\0" in data else _mark
        return _replaced(data.decode("latin-1"), spans, mark).encode("latin-1")

    def json(self, value: Any) -> Any:
        """Return a JSON value without secrets in its strings and names."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.json(item) for item in value]
            case dict():
                return {self.text(name): self.json(item) for name, item in value.items()}
            case _:
                return value

    def headers(self, fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return header fields without the known secrets, in names and values."""
        fields = tuple(fields)
        if not self.may_find(chain.from_iterable(fields)):
            return fields
        return tuple([(self.known(name), self.known(value)) for name, value in fields])

    def may_find(self, texts: Iterable[str], body: bytes = b"") -> bool:
        """Whether any of the texts, or a body, may contain a known secret.

        One search of all of them is much faster than one of each, and hardly any text contains
        a secret. False is certain: `known` and `body` change nothing. True can also come from a
        secret that is divided between two texts.
        """
        # A line break ends every escape, and a text cannot change how the next one is decoded.
        together = fold("\n".join(texts)) + b"\n" + body.lower()
        return next(self._search(together), None) is not None

    def excerpt(self, body: bytes | str, limit: int = _EXCERPT) -> str:
        """Return the beginning of a body for display: one line, without secrets.

        Args:
            body: The body as received.
            limit: Maximum number of characters.
        """
        text = body if isinstance(body, str) else body[:_READ].decode("utf-8", "replace")
        if len(body) > _READ:
            text = text[:_READ]
            # A truncated password is not recognised, so remove the truncated word.
            text = text[: last_break(text)] or text
        # Redact before truncating, for the same reason.
        text = " ".join(printable(self.text(text)).split())
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def cause(self, error: BaseException) -> Cause:
        """Return an exception's class, message and causes, without secrets.

        Raise an error with this cause outside the exception handler: inside it, Python would
        keep the original exception as the error's context.
        """
        chain: list[BaseException] = []
        origin: BaseException | None = error
        while origin is not None and origin not in chain and len(chain) < _MOST_CAUSES:
            chain.append(origin)
            origin = origin.__cause__ or (
                None if origin.__suppress_context__ else origin.__context__
            )
        cause: Cause | None = None
        for one in reversed(chain):
            name = f"{type(one).__module__}.{type(one).__qualname__}".removeprefix("builtins.")
            message = self.text(str(one))
            outer = Cause(f"{name}: {message}" if message else name)
            outer.__cause__ = cause
            cause = outer
        return cause or Cause("")

    def _spans(self, text: bytes) -> list[tuple[int, int]]:
        """Return the spans of secrets in a folded text, in any order."""
        return list(self._search(text))

    def _search(self, text: bytes) -> Iterator[tuple[int, int]]:
        index = self._index or self._indexed()
        yield from index.spans(text)
        for layer in unescape_layers(text):
            yield from map(layer.source, index.spans(layer.text))

    def _indexed(self) -> _Index:
        with self._lock:
            token = fold(self._token)
            secrets, patterns = list(self._values), []
            if len(token) >= _SHORTEST:
                secrets.append(token)
                secrets += _in_base64(self._token.encode())
            elif token:
                patterns.append(_PLACE % re.escape(token))
            self._index = index = _Index.of(secrets, patterns)
            return index


def _in_base64(secret: bytes) -> Iterator[bytes]:
    """Yield the folded forms that a secret has in the base64 of a text that contains it."""
    for shift in range(3):
        encoded = b64encode(bytes(shift) + secret).rstrip(b"=")
        # The characters at both ends also depend on the surrounding text.
        first = shift + 1 if shift else 0
        last = len(encoded) - bool((shift + len(secret)) % 3)
        whole = encoded[first:last].lower()
        yield whole
        yield whole.translate(_URL_SAFE)


_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


def _mark(size: int) -> str:
    del size
    return MARK


def _stars(size: int) -> str:
    return "*" * size


def _replaced(text: str, spans: list[tuple[int, int]], mark: Callable[[int], str]) -> str:
    shown: list[str] = []
    start = end = 0
    for first, last in [*sorted(spans), (len(text), len(text))]:
        if first < end:
            end = max(end, last)
            continue
        if end > start:
            shown.append(mark(end - start))
        shown.append(text[end:first])
        start, end = first, last
    return "".join(shown)
