"""Hides text that looks like a secret; `_redactor` hides the known secrets.

Three things are secret: the API token, the query of a presigned URL (it grants access to the
data) and a user name or password in a URL.

Hiding too much is inconvenient, but hiding too little is a leak. If the end of a secret is
unclear, this module hides the rest of the word.
"""

import re
from typing import Final

MARK: Final = "[redacted]"

# The search goes word by word, and the patterns below limit backtracking. A response that attacks
# regular expressions (65 kB of "https://") therefore takes no longer than any other.
# An apostrophe does not end a word, because a URL can contain one.
WORD = re.compile(r'[^\s"<>]+')
# JSON can escape a slash with a backslash, and any character by its number.
_AUTHORITY = re.compile(r":(?:\\?/){2}")
QUESTION_MARK = re.compile(r"\?|%3f|\\u003f", re.IGNORECASE)
_EQUALS = re.compile(r"=|%3d|\\u003d", re.IGNORECASE)
# A query without its URL, as in an error page that quotes a part of it: signing parameters by
# name, and any value that looks like a digest or key.
_SIGNED = re.compile(
    r"(?:signature|credential|token|sig|accesskeyid|key-pair-id)(?:=|%3d|\\u003d)"
    r"|(?:=|%3d|\\u003d)(?=[a-z0-9+/%]{32})",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(
    r"(authorization\W{1,12}(?:b\W)?(?:token|bearer|basic)\s{1,9})[^\s\"'<>,]+", re.IGNORECASE
)

# Signing parameters as separate fields in a header, XML or JSON, also inside quoted HTML or
# JSON. Shorter values, and values with other characters, are ordinary words: keep them.
_QUOTES: Final = r"(?:[\s\"']|\\(?:[nrt]|u002[27])?|&(?:quot|#34|#x27|#39);){0,9}"
_FIELD = re.compile(
    r"((?:signature(?:provided)?|credential|token|sig|accesskeyid|key-pair-id)"
    rf"{_QUOTES}(?:[:>]|&gt;|\\u003e){_QUOTES})(?=[\w+/=%.~\\-]{{16}})[^\s\"'<>,]+",
    re.ASCII | re.IGNORECASE,
)


def redact(text: str) -> str:
    """Return the text without credentials, queries of URLs and signatures.

    Args:
        text: Any text: a URL, a message or a body, complete or truncated.
    """
    text = _AUTHORIZATION.sub(rf"\1{MARK}", text)
    text = _FIELD.sub(rf"\1{MARK}", text)
    return WORD.sub(_redact_word, text)


def _redact_word(match: re.Match[str]) -> str:
    word = match[0]
    authority = _AUTHORITY.search(word)
    query = QUESTION_MARK.search(word)
    if authority:
        start, at = authority.end(), word.rfind("@")
        if query and at > query.start():
            # Either the password contains a question mark, or the query contains an "@".
            return word[: min(start, query.start())] + MARK
        if at >= start:
            return word[:start] + MARK + "@" + _redact_query(word[at + 1 :], in_url=True)
    return _redact_query(word, in_url=bool(authority))


def _redact_query(word: str, *, in_url: bool) -> str:
    query = QUESTION_MARK.search(word)
    if query and (in_url or _EQUALS.search(word, query.end())):
        word = word[: query.end()] + MARK
    signed = _SIGNED.search(word)
    return word[: signed.end()] + MARK if signed else word


def last_break(text: str) -> int:
    """Return the index of the last character between words; -1 if the text is one word."""
    return max(text.rfind(character) for character in ' \n\t"<>')


def printable(text: str) -> str:
    """Return the text with control characters replaced, which a terminal would interpret."""
    return "".join(
        c if c.isprintable() or c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
