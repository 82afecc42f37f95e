"""Reads proxies and certificates from the environment, for the API, the store and the gate.

The rules are those of curl and requests:

- ``http_proxy``, ``https_proxy`` and ``all_proxy`` name proxies. Lower case takes precedence
  over upper case. Without such a variable, the settings of macOS or Windows apply. A CGI script
  ignores ``HTTP_PROXY`` in upper case, because a request can set it there.
- ``no_proxy`` lists the servers to connect to without a proxy (`NoProxy`).
- ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` (together, as in OpenSSL), else
  ``REQUESTS_CA_BUNDLE``, else ``CURL_CA_BUNDLE`` name the authorities to trust. Without any of
  them, the client trusts the authorities of certifi.

There are two differences. Requests to this machine never use a proxy: they may use http, and a
proxy could read the token. A ``.netrc`` file adds no credentials.
"""

import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.request import getproxies, getproxies_environment, proxy_bypass

import httpx
from attrs import field, frozen

from prolific_exports._errors import UsageError
from prolific_exports._http._logging import LOGGER
from prolific_exports._http._no_proxy import NoProxy
from prolific_exports._model._redaction import redact
from prolific_exports._model._urls import address_of, is_host_name, is_this_machine

_SYSTEM: Final = "the system's settings"
_SCHEMES: Final = ("http", "https", "all")
_PROXY_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
# requests and curl accept a file or a folder in these variables.
_BUNDLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@frozen
class Proxy:
    """A proxy that requests go through.

    Attributes:
        url: The proxy's URL, with a user name and password if the setting has them.
        setting: The source of the URL: the name of a variable, or the system's settings.
    """

    url: httpx.URL = field(repr=False)
    setting: str

    @property
    def address(self) -> str:
        """Scheme, host and port, without credentials."""
        return str(self.url.copy_with(userinfo=b"")).rstrip("/")


@frozen
class _Setting:
    """A proxy setting, which is parsed when the first request needs it."""

    name: str
    value: str = field(repr=False)

    def proxy(self) -> Proxy:
        try:
            url = httpx.URL(self.value if "://" in self.value else f"http://{self.value}")
            host = url.raw_host.decode("ascii")
        except (httpx.InvalidURL, ValueError):
            problem = "it is not a URL"
        else:
            named = address_of(host) is not None or is_host_name(host)
            if url.scheme in _PROXY_SCHEMES and named:
                return Proxy(url, self.name)
            problem = f"it is not the address of a proxy for {', '.join(_PROXY_SCHEMES)}"
        # Do not quote the value: it can contain a password.
        raise UsageError(
            f"The proxy of {self.name} cannot be used: {problem}. Set it to an address such as "
            "http://proxy.example:3128."
        )


@frozen
class Environment:
    """The proxies and certificates that the environment sets.

    Attributes:
        context: The TLS context that verifies certificates.
        certificates: The variable that names the authorities to trust; None for certifi's.
        proxies: The proxy settings, by the scheme of the requested URL.
        no_proxy: The servers to connect to without a proxy.
        bypassed: Returns whether the system's settings exclude a ``host:port`` from the proxy.
    """

    context: ssl.SSLContext
    certificates: str | None = None
    proxies: Mapping[str, _Setting] = field(factory=dict)
    no_proxy: NoProxy = field(factory=NoProxy)
    bypassed: Callable[[str], object] = field(default=lambda _: False)

    @classmethod
    def read(cls) -> "Environment":
        """Return the current settings. Log a warning for ``no_proxy`` entries that are invalid.

        Raises:
            UsageError: The certificates cannot be read.
        """
        context, certificates = _trusted()
        found = getproxies()
        given = bool(getproxies_environment())
        no_proxy = NoProxy.read(found.get("no", ""))
        if no_proxy.unread:
            _warn_of(no_proxy.unread)
        return cls(
            context,
            certificates,
            {
                scheme: _Setting(_name_of(scheme) if given else _SYSTEM, found[scheme].strip())
                for scheme in _SCHEMES
                if found.get(scheme, "").strip()
            },
            no_proxy,
            # Variables take precedence over the system's settings.
            (lambda _: False) if given else proxy_bypass,
        )

    def proxy_for(self, url: httpx.URL) -> Proxy | None:
        """Return the proxy for a URL; None for a direct connection.

        Raises:
            UsageError: The setting is not the address of a proxy.
        """
        host = url.raw_host.decode("ascii")
        setting = self.proxies.get(url.scheme) or self.proxies.get("all")
        if setting is None or is_this_machine(host):
            return None
        port = url.port or (443 if url.scheme == "https" else 80)
        if self.no_proxy.covers(host, port) or self.bypassed(f"{host}:{port}"):
            return None
        return setting.proxy()


def _name_of(scheme: str) -> str:
    """Return the name of the variable that has the setting, in its actual case."""
    wanted = f"{scheme}_proxy"
    names = [name for name in os.environ if name.lower() == wanted and os.environ[name]]
    return wanted if wanted in names else names[0]


def _warn_of(unread: tuple[str, ...]) -> None:
    LOGGER.warning(
        "%s has entries that cannot be read and are skipped: %s. Give names, addresses or "
        "networks, such as .example.com, [::1] or 10.0.0.0/8.",
        _name_of("no"),
        # An entry can be a complete URL with a password.
        ", ".join(repr(redact(entry)) for entry in unread),
    )


def _trusted() -> tuple[ssl.SSLContext, str | None]:
    """Return the TLS context, and the variable that names its certificates."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        if folder and not any(Path(part).is_dir() for part in folder.split(os.pathsep)):
            # OpenSSL would trust no authority, without an explanation.
            raise _untrusted("SSL_CERT_DIR", folder, "there is no such folder")
        return _context("SSL_CERT_FILE", file, folder), "SSL_CERT_FILE" if file else "SSL_CERT_DIR"
    for variable in _BUNDLES:
        path = os.environ.get(variable)
        if path:
            bundle = (None, path) if Path(path).is_dir() else (path, None)
            return _context(variable, *bundle), variable
    return httpx.create_ssl_context(trust_env=False), None


def _context(variable: str, file: str | None, folder: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    except ssl.SSLError as error:
        raise _untrusted(variable, file or folder, "it holds no certificates") from error
    except OSError as error:
        raise _untrusted(variable, file or folder, error.strerror) from error


def _untrusted(variable: str, path: str | None, reason: str | None) -> UsageError:
    return UsageError(
        f"The certificates of {variable} cannot be read: {path}: {reason}. Set it to a PEM file "
        "with the authorities to trust, or unset it."
    )
