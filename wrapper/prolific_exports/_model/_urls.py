"""Checks that a URL is safe: the token and the data travel over https only.

http is allowed for loopback addresses, which tests and sandboxes use.
"""

import ipaddress
import re
from urllib.parse import urljoin

from prolific_exports._model._url_parts import URLParts

# Parsers disagree about a host that is neither such a name nor an IP address
# ("127.0.0.1\.example"), or the resolver raises an unexpected exception.
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*\.?")
_LONGEST_NAME = 253


def unsafe_reason(url: str) -> str | None:
    """Return why a URL is not safe to send to, as a clause; None if it is safe."""
    try:
        parts = URLParts.parse(url)
    except (TypeError, ValueError):
        return "it is not a URL"
    scheme, host = parts.scheme, parts.host
    if scheme not in ("http", "https") or not host:
        return "it is not an absolute http(s) URL"
    if parts.userinfo:
        return "it carries a user name or password"
    if address_of(host) is None and not is_host_name(host):
        return "it is not a URL with a valid host"
    if parts.port is not None and not 0 < parts.port < 65536:
        return "it is not a URL with a valid port"
    # Not "*.localhost": the resolver decides whether such a name refers to this machine.
    if scheme == "http" and not is_this_machine(host):
        return "it is not https"
    return None


def resolve_redirect(url: str, location: str) -> str:
    """Return the target of a redirect; an invalid one unchanged, so that the caller rejects it."""
    try:
        return urljoin(str(URLParts.parse(url)), str(URLParts.parse(location)))
    except ValueError:
        return location


def public_part(url: str) -> str:
    """Return scheme, host and path of a URL, or the path of a relative one; empty if invalid.

    The result omits credentials and the query, which can contain secrets.
    """
    try:
        return URLParts.parse(url).public
    except (TypeError, ValueError):
        return ""


def base_url_of(url: str, path: str) -> str:
    """Return an absolute URL without the given path at its end; empty if it does not fit."""
    whole = public_part(url).removesuffix("/")
    path = path.removesuffix("/")
    return whole.removesuffix(path) if "://" in whole and whole.endswith(path) else ""


def is_this_machine(host: str) -> bool:
    """Return whether a host is this machine, in any notation of its address."""
    address = address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def is_host_name(text: str) -> bool:
    """Return whether a text in lower case is a valid host name."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address of a host given as one; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
