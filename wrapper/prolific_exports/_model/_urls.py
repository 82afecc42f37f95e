"""Which addresses are safe to send to: the token and the data travel over https only.

http is for loopback, where tests and sandboxes live.
"""

import ipaddress
import re

import httpx

# What is neither this nor an IP address would be taken differently by different
# readers ("127.0.0.1\.example"), or make the resolver raise something of its own.
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*\.?")
_LONGEST_NAME = 253


def unsafe_reason(url: str) -> str | None:
    """Why a URL is not one to send to, in half a sentence; None when it is fine."""
    try:
        parsed = httpx.URL(url)
        # Reading the host decodes it, which is where some invalid names are found.
        host = parsed.host and parsed.raw_host.decode("ascii")
    except (httpx.InvalidURL, TypeError, ValueError):
        return "it is not a URL"
    if parsed.scheme not in ("http", "https") or not host:
        return "it is not an absolute http(s) URL"
    if parsed.userinfo:
        return "it carries a user name or password"
    if address_of(host) is None and not is_host_name(host):
        return "it is not a URL with a valid host"
    if parsed.port is not None and not 0 < parsed.port < 65536:
        return "it is not a URL with a valid port"
    # Not "*.localhost": whether such a name stays on this machine is up to the resolver.
    if parsed.scheme == "http" and not is_this_machine(host):
        return "it is not https"
    return None


def resolve_redirect(url: str, location: str) -> str:
    """Where a redirect leads; what is no URL stays as it is, to be refused as such."""
    try:
        return str(httpx.URL(url).join(location))
    except (httpx.InvalidURL, ValueError):
        return location


def public_part(url: str) -> str:
    """Scheme, host and path of a URL, or the path of a relative one; empty if it is no URL.

    Users and queries, which can hold secrets, are left out.
    """
    try:
        parsed = httpx.URL(url)
        port = "" if parsed.port is None else f":{parsed.port}"
        host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
        path = parsed.raw_path.decode("ascii").partition("?")[0]
    except (httpx.InvalidURL, TypeError, ValueError):
        return ""
    return f"{parsed.scheme}://{host}{port}{path}" if host else path


def base_url_of(url: str, path: str) -> str:
    """The base below which a URL has a path; empty if it is not absolute or has another path."""
    whole = public_part(url).removesuffix("/")
    path = path.removesuffix("/")
    return whole.removesuffix(path) if "://" in whole and whole.endswith(path) else ""


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine, however its address is written."""
    address = address_of(host)
    return host == "localhost" if address is None else address.is_loopback


def is_host_name(text: str) -> bool:
    """Whether a text in lower case can be the name of a host."""
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
