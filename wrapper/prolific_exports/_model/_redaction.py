"""Hide what looks like a secret; `_redactor` hides the secrets that are known.

Three things are secret: the API token, the query of a presigned URL (it is what
makes the URL work for whoever holds it) and a user name or password in a URL.

Hiding too much is a nuisance, hiding too little a leak: where it is not clear
where a secret ends, the rest of the word goes.
"""

import re
from typing import Final

MARK: Final = "[redacted]"

# Texts are read word by word, and no pattern below looks back: an answer made to
# keep a regular expression busy (65 kB of "https://") is read as fast as any other.
# An apostrophe does not end a word, since a URL may hold one.
WORD = re.compile(r'[^\s"<>]+')
# JSON may escape a slash, and any other character by its number.
_AUTHORITY = re.compile(r":(?:\\?/){2}")
QUESTION_MARK = re.compile(r"\?|%3f|\\u003f", re.IGNORECASE)
_EQUALS = re.compile(r"=|%3d|\\u003d", re.IGNORECASE)
# A query cut off from its URL, as in an error page that quotes only a part: the
# parameters that sign, by name, and any value that looks like a digest or key.
_SIGNED = re.compile(
    r"(?:signature|credential|token|sig|accesskeyid|key-pair-id)(?:=|%3d|\\u003d)"
    r"|(?:=|%3d|\\u003d)(?=[a-z0-9+/%]{32})",
    re.IGNORECASE,
)
_AUTHORIZATION = re.compile(
    r"(authorization\W{1,12}(?:b\W)?(?:token|bearer|basic)\s{1,9})[^\s\"'<>,]+", re.IGNORECASE
)

# The same as a field of their own, in a header, in XML or in JSON; and in those as HTML and
# JSON quote them. Shorter values and those of other characters are words that tell something.
_QUOTES: Final = r"(?:[\s\"']|\\(?:[nrt]|u002[27])?|&(?:quot|#34|#x27|#39);){0,9}"
_FIELD = re.compile(
    r"((?:signature(?:provided)?|credential|token|sig|accesskeyid|key-pair-id)"
    rf"{_QUOTES}(?:[:>]|&gt;|\\u003e){_QUOTES})(?=[\w+/=%.~\\-]{{16}})[^\s\"'<>,]+",
    re.ASCII | re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text without user names and queries of the URLs in it, and without what signs one.

    Args:
        text: Anything: a URL, a message, a body, cut off anywhere.
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
            # A password that holds a question mark, or a query that holds an "@".
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
    """Where the last word of a text begins, less one; -1 if it is all one word."""
    return max(text.rfind(character) for character in ' \n\t"<>')


def printable(text: str) -> str:
    """The text without what a terminal would obey."""
    return "".join(
        c if c.isprintable() or c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
