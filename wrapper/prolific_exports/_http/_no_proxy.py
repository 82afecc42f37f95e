"""Reads the variable ``NO_PROXY``, the servers without a proxy, as curl and requests do."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, TypeAlias

from attrs import frozen

from prolific_exports._model._url_parts import encoded_host
from prolific_exports._model._urls import address_of, is_host_name

_Network: TypeAlias = IPv4Network | IPv6Network

_SEPARATORS = re.compile(r"[,\s]+")
# "[::1]", "[::1]:8443" and "[fd00::]/8"; then "host" and "host:8443", addresses included.
_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\](/\d{1,3})?(?::(\d{1,5}))?", re.ASCII)
_WITH_PORT = re.compile(r"([^:]+):(\d{1,5})", re.ASCII)
# Text that looks like an address but is invalid: "10.0.0", "192.168.1.300".
_NUMBERS = re.compile(r"[\d.]+", re.ASCII)
_EVERYTHING: Final = "*"


@frozen
class _NoProxyEntry:
    """One entry of the list.

    Attributes:
        host: A name, which also covers its subdomains, or a network.
        port: The only port that the entry covers; None for all.
    """

    host: str | _Network
    port: int | None

    def covers(self, host: str, port: int) -> bool:
        if self.port not in (None, port):
            return False
        if isinstance(self.host, str):
            return host == self.host or host.endswith(f".{self.host}")
        address = address_of(host)
        return address is not None and address in self.host


@frozen
class NoProxy:
    """The servers to connect to without a proxy.

    Attributes:
        entries: The valid entries.
        everything: Whether the list contains ``*``, which covers all servers.
        unread: Entries that are neither a host nor addresses; they have no effect.
    """

    entries: tuple[_NoProxyEntry, ...] = ()
    everything: bool = False
    unread: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "NoProxy":
        """Parse a list of names, addresses and networks, with or without a port, or ``*``.

        A name also covers its subdomains, with or without a leading dot or ``*.``.
        """
        given = [part for part in _SEPARATORS.split(text) if part]
        read = [(part, _entry(part)) for part in given if part != _EVERYTHING]
        return cls(
            entries=tuple(entry for _, entry in read if entry is not None),
            everything=_EVERYTHING in given,
            unread=tuple(part for part, entry in read if entry is None),
        )

    def covers(self, host: str, port: int) -> bool:
        """Return whether the list covers a server.

        Args:
            host: The server's name in ASCII and lower case, or its address without brackets.
            port: The server's port.
        """
        host = host.removesuffix(".")
        return self.everything or any(entry.covers(host, port) for entry in self.entries)


def _entry(text: str) -> _NoProxyEntry | None:
    host: str | _Network | None
    if match := _IN_BRACKETS.fullmatch(text):
        host, port = _network(match[1] + (match[2] or "")), match[3]
    elif match := _WITH_PORT.fullmatch(text):
        host, port = _network(match[1]) or _name(match[1]), match[2]
    else:
        host, port = _network(text) or _name(text), None
    return None if host is None else _NoProxyEntry(host, None if port is None else int(port))


def _network(text: str) -> _Network | None:
    try:
        # Not strict: like curl, accept an address with bits set after the prefix.
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _name(text: str) -> str | None:
    name = text.removeprefix("*.").removeprefix(".").removesuffix(".")
    try:
        # Convert a name that is not ASCII to the form that httpx sends (IDNA).
        name = encoded_host(name)
    except ValueError:
        return None
    return name if is_host_name(name) and not _NUMBERS.fullmatch(name) else None
