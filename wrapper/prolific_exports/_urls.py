"""Which addresses are safe to send to: the token and the data travel over https only.

http is for loopback, where tests and sandboxes live.
"""

import ipaddress
import re
from typing import Final

import httpx

# httpx quotes what cannot be in a host instead of refusing it.
_HOST = re.compile(rb"[a-z0-9._-]+|[0-9a-f:.]+", re.IGNORECASE)

LOOPBACK_NAMES: Final = frozenset({"localhost"})


def why_unsafe(url: str) -> str | None:
    """Why a URL is not one to send to, in half a sentence; None when it is fine."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        return "it is not a URL"
    if parsed.host and not _HOST.fullmatch(parsed.raw_host):
        return "it is not a URL"
    if parsed.scheme not in ("http", "https") or not parsed.host:
        return "it is not an absolute http(s) URL"
    if parsed.userinfo:
        return "it carries a user name or password"
    if parsed.scheme == "http" and not _is_loopback(parsed.host):
        return "it is not https"
    return None


def _is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
