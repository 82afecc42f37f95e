"""Commands for a POSIX shell that repeat a request.

They refer to the token as ``$PROLIFIC_TOKEN``. They request a presigned URL again instead of
containing it, because its query is secret and expires.
"""

import re
import shlex
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from prolific_exports._model._redaction import MARK, redact

from prolific_contract.gate.trace._exchanges import Credential, Exchange, Trace, is_below
from prolific_contract.gate.trace._redaction import is_secret_field

_TOKEN: Final = "$PROLIFIC_TOKEN"  # noqa: S105 - the name of a variable
# Double quotes, so that the shell expands the variable.
_CREDENTIALS: Final = {
    Credential.VALID: f'"Authorization: Token {_TOKEN}"',
    Credential.UNKNOWN: f'"Authorization: Token {_TOKEN}"',
    Credential.MALFORMED: "'Authorization: Token'",
    Credential.WRONG_SCHEME: f'"Authorization: Bearer {_TOKEN}"',
    Credential.WRONG_TOKEN: "'Authorization: Token wrong'",
    # This is how curl sends a field without a value.
    Credential.EMPTY: "'Authorization;'",
    Credential.NO_SCHEME: f'"Authorization: {_TOKEN}"',
    Credential.NEAR_SCHEME: f'"Authorization: Tokens {_TOKEN}"',
    Credential.TRUNCATED: '"Authorization: Token ${PROLIFIC_TOKEN%?}"',
    Credential.BEHEADED: '"Authorization: Token ${PROLIFIC_TOKEN#?}"',
    Credential.OTHER_END: '"Authorization: Token ${PROLIFIC_TOKEN%?}~"',
    Credential.OTHER_START: '"Authorization: Token ~${PROLIFIC_TOKEN#?}"',
    Credential.EXTENDED: '"Authorization: Token ${PROLIFIC_TOKEN}x"',
    Credential.OTHER_CASE: (f'"Authorization: Token $(printf %s "{_TOKEN}" | tr a-zA-Z A-Za-z)"'),
}
_URL_IN_BODY: Final = """python3 -c 'import json, sys; print(json.load(sys.stdin)["url"])'"""
# Headers that curl sends by itself, or that only make the line longer.
_LEFT_OUT: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "host",
        "referer",
        "user-agent",
    }
)
# Headers that browsers and proxies add, and that no response of the API depends on.
_BROWSER: Final = re.compile(
    r"sec-.*|dnt|priority|origin|pragma|cache-control|accept-language|te|upgrade-insecure-requests"
    r"|x-requested-with|x-forwarded-.*|x-real-ip|forwarded|via|traceparent|tracestate|baggage|:.*",
    re.IGNORECASE,
)
_GLOB = re.compile(r"[\[\]{}]")
_DOTS = re.compile(r"/\.{1,2}(?:/|$)")
_MAX_TIME: Final = 30  # seconds
_COMMANDS: Final = 3


def reproduction(trace: Trace, exchanges: Iterable[Exchange]) -> str:
    """The commands that repeat exchanges: without repetitions, and at most the last three.

    Args:
        trace: The conversation.
        exchanges: The exchanges of an observation, in order.
    """
    commands = list(dict.fromkeys(_commands(trace, exchange) for exchange in exchanges))
    return "\n".join(commands[-_COMMANDS:])


def _commands(trace: Trace, exchange: Exchange) -> str:
    issuing = trace.issued_urls.get(exchange.url)
    if issuing is None or exchange.address is not None:
        return _command("curl -sS -i", exchange, _address(exchange))
    issued = _command("curl -sS", issuing, _address(issuing))
    fetch = _command("curl -sS -D - -o archive.part", exchange, '"$url"')
    return f"url=$({issued} | {_URL_IN_BODY})\n{fetch}"


def _command(curl: str, exchange: Exchange, address: str) -> str:
    words = [curl]
    if exchange.failure is not None:
        words += ["--max-time", str(_MAX_TIME)]
    words += _flags_for(exchange.url)
    if exchange.method == "HEAD":
        words.append("--head")
    elif exchange.method != "GET":
        words += ["-X", shlex.quote(_inert(exchange.method))]
    if exchange.method == "POST":
        # Some servers answer 411 to a POST without a body and this header.
        words += ["-H", "'Content-Length: 0'"]
    credential = _CREDENTIALS.get(exchange.credential)
    # Send the token to the API only, even if a recording sends it elsewhere.
    if credential is not None and is_below(exchange.url, exchange.base_url):
        words += ["-H", credential]
    for name, value in exchange.headers:
        hidden = is_secret_field(name) or MARK in value
        if hidden or name.lower() in _LEFT_OUT:
            continue
        if exchange.generated or not _BROWSER.fullmatch(name):
            words += ["-H", shlex.quote(_inert(f"{name}: {redact(value)}"))]
    return " ".join([*words, address])


def _flags_for(url: str) -> list[str]:
    flags = []
    if _GLOB.search(url):
        flags.append("--globoff")
    if _DOTS.search(re.split(r"[?#]", url, maxsplit=1)[0]):
        flags.append("--path-as-is")
    return flags


def _address(exchange: Exchange) -> str:
    # The query of a generated request is harmless; any other may contain a secret.
    if exchange.generated:
        return shlex.quote(_inert(exchange.url))
    return shlex.quote(_inert(redact(re.split(r"[?#]", exchange.url, maxsplit=1)[0])))


def _inert(text: str) -> str:
    """The text with all characters but printable ASCII percent-encoded."""
    return quote(text, safe="".join(map(chr, range(0x20, 0x7F))), errors="replace")
