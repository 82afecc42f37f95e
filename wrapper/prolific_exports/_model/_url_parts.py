"""Parses a URL as httpx does, which sends to it, so that a check never sees another host."""

import ipaddress
import re
from typing import Final, Self
from urllib.parse import quote

import idna
from attrs import frozen

# Not urlsplit: it drops characters that httpx encodes or rejects.
_URL = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)?:)?(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?"
)
_AUTHORITY = re.compile(r"(?:(?P<userinfo>.*)@)?(?P<host>\[.*\]|[^:@]*):?(?P<port>.*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IPV4 = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_MAX_LENGTH: Final = 65536
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# Punctuation that each part keeps. A "%" can begin an encoded character.
_USERINFO_KEEPS: Final = "!$%&'()*+,:"
_HOST_KEEPS: Final = "!$%&'()*+,;=\"`{}|\\"
_PATH_KEEPS: Final = "!$%&'()*+,/:;=@[\\]^|"
_SUFFIX_KEEPS: Final = _PATH_KEEPS + "?#`{}"


@frozen
class URLParts:
    """The parts of a URL, encoded.

    Attributes:
        scheme: In lower case; empty for a relative URL.
        host: A name in ASCII and lower case, or an address without brackets; empty for a
            relative URL.
        port: None for the scheme's default.
        suffix: The query and the fragment, with "?" and "#".
    """

    scheme: str
    userinfo: str
    host: str
    port: int | None
    path: str
    suffix: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse a URL, absolute or relative.

        Raises:
            ValueError: It is not a URL, or is longer than httpx accepts.
        """
        found = None if len(url) > _MAX_LENGTH or _CONTROL.search(url) else _URL.fullmatch(url)
        authority = found and _AUTHORITY.fullmatch(found["authority"] or "")
        if found is None or authority is None:
            raise ValueError("not a URL")
        scheme, path = (found["scheme"] or "").lower(), found["path"]
        userinfo, host, port = authority["userinfo"], authority["host"], authority["port"]
        if not any((scheme, userinfo, host, port)) and path.startswith(("//", ":")):
            raise ValueError("not a URL")
        number = int(port) if port else None
        return cls(
            scheme=scheme,
            userinfo=quote(userinfo or "", safe=_USERINFO_KEEPS),
            host=encoded_host(host),
            port=None if number == _DEFAULT_PORTS.get(scheme) else number,
            path=quote(_without_dots(path) if scheme or host else path, safe=_PATH_KEEPS),
            suffix=quote((found["query"] or "") + (found["fragment"] or ""), safe=_SUFFIX_KEEPS),
        )

    @property
    def public(self) -> str:
        """Scheme, host, port and path; only the path of a relative URL."""
        path = self.path or "/"
        return f"{self.scheme}://{self._server}{path}" if self.host else path

    def __str__(self) -> str:
        scheme = f"{self.scheme}:" if self.scheme else ""
        user = f"{self.userinfo}@" if self.userinfo else ""
        server = f"//{user}{self._server}" if user or self._server else ""
        return f"{scheme}{server}{self.path}{self.suffix}"

    @property
    def _server(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def encoded_host(host: str) -> str:
    """Return a host in ASCII.

    Raises:
        ValueError: It is an invalid address, or an invalid international name.
    """
    if _IPV4.fullmatch(host):
        return str(ipaddress.IPv4Address(host))
    if host.startswith("[") and host.endswith("]"):
        ipaddress.IPv6Address(host[1:-1])
        return host[1:-1].encode("ascii").decode()
    host = host.lower()
    name = quote(host, safe=_HOST_KEEPS) if host.isascii() else idna.encode(host).decode()
    if name.startswith("xn--"):
        # httpx decodes such a name, and fails if it is invalid.
        idna.decode(name)
    return name


def _without_dots(path: str) -> str:
    """Return a path after resolving its segments "." and ".."."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if kept and kept != [""]:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)
