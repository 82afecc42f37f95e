"""Finds out why a server is unreachable if retries do not help, and which setting to change.

The API, the store and the gate share this module.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import httpx
from attrs import define, field

from prolific_exports._http._environment import Environment, Proxy

# OpenSSL's reasons if a server does not use TLS, or only versions that are no longer safe.
_NO_TLS: Final = frozenset(
    {
        "HTTP_REQUEST",
        # A wrong version number in OpenSSL 3.2 and later. Python may not know the name.
        "RECORD_LAYER_FAILURE",
        "HTTPS_PROXY_REQUEST",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "UNKNOWN_PROTOCOL",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    }
)
# "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1032)", or the words alone.
_TLS_REASON = re.compile(r"\[SSL(?:: (\w+))?\]([\w ]*)", re.ASCII)
# OpenSSL's error numbers for a certificate: not valid yet, expired; wrong name, wrong address.
_WRONG_TIME: Final = frozenset({9, 10})
_WRONG_HOST: Final = frozenset({62, 64})
# The numbers for an unknown name. EAI_AGAIN is missing: it is a temporary failure. On some
# systems EAI_NODATA does not exist or equals EAI_NONAME.
_UNKNOWN_NAME: Final = frozenset(
    {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
)
# The messages of httpx and http.client with a proxy's response to CONNECT.
_PROXY_ANSWER = re.compile(r"(?:Tunnel connection failed: )?(\d{3})\b", re.ASCII)
_CONNECTING: Final = (httpx.ConnectError, httpx.ProxyError, OSError)
_PASSING_STATUSES: Final = frozenset({408, 425, 429})


@define
class Reachability:
    """Diagnoses connection failures.

    Attributes:
        environment: The proxies and certificates in use; None if an injected client has its
            own.
    """

    environment: Environment | None = None
    _resolved: set[str] = field(factory=set, init=False, repr=False)

    def record_success(self, url: httpx.URL) -> None:
        """Remember that the client reached a server.

        While offline, some systems report every name as unknown. For a name that was known
        before, that failure is temporary.
        """
        self._resolved.add(self._looked_up(url))

    def permanent_failure(
        self, error: BaseException, url: httpx.URL, setting: str | None = None
    ) -> str | None:
        """Return the permanent cause of a connection failure, and the next step.

        Args:
            error: The exception of httpx or of the connection.
            url: The requested URL.
            setting: The variable or option that has the URL; None if the user did not set it.

        Returns:
            A clause; None for a temporary failure.
        """
        if not isinstance(error, _CONNECTING):
            # An established connection broke, which is always temporary.
            return None
        certificates = None if self.environment is None else self.environment.certificates
        diagnosis = _Diagnosis(url, self._proxy(url), setting, certificates)
        for cause in _chain(error):
            match cause:
                case ssl.SSLCertVerificationError():
                    return diagnosis.untrusted_certificate(cause)
                case ssl.SSLError() if _is_not_tls(cause):
                    return diagnosis.no_tls()
                case socket.gaierror(errno=number) if number in _UNKNOWN_NAME:
                    return (
                        None if self._looked_up(url) in self._resolved else diagnosis.unknown_host()
                    )
                case httpx.ProxyError() | OSError():
                    answer = _PROXY_ANSWER.match(str(cause))
                    status = int(answer[1]) if answer else 0
                    if 400 <= status < 500 and status not in _PASSING_STATUSES:
                        return diagnosis.proxy_refused(status)
        return None

    def proxy_setting(self, url: httpx.URL) -> str | None:
        """Return the setting of the proxy for a URL; None without a proxy or if unknown."""
        proxy = self._proxy(url)
        return None if proxy is None else proxy.setting

    def _proxy(self, url: httpx.URL) -> Proxy | None:
        return None if self.environment is None else self.environment.proxy_for(url)

    def _looked_up(self, url: httpx.URL) -> str:
        """Return the host that this machine looks up; a proxy looks up the server's name itself."""
        proxy = self._proxy(url)
        return url.host if proxy is None else proxy.url.host


def _is_not_tls(error: ssl.SSLError) -> bool:
    match = _TLS_REASON.match(str(error))
    return match is not None and (match[1] or match[2].strip().replace(" ", "_").upper()) in _NO_TLS


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


@define
class _Diagnosis:
    """Describes what is wrong with the connection to a server."""

    url: httpx.URL = field(repr=False)
    proxy: Proxy | None
    setting: str | None
    certificates: str | None

    def untrusted_certificate(self, error: ssl.SSLCertVerificationError) -> str:
        """Describe a certificate that is invalid or not trusted."""
        # Only OpenSSL sets both attributes; the caller's transport may raise the error itself.
        reason = str(getattr(error, "verify_message", error.args[-1])).rstrip(".")
        code = getattr(error, "verify_code", None)
        if code in _WRONG_HOST:
            return f"the certificate of {self._peer} is for another host ({reason}); {self._check}"
        if code in _WRONG_TIME:
            return (
                f"the certificate of {self._peer} is not valid now ({reason}); check this "
                "machine's clock, or have the certificate renewed"
            )
        where = (
            f"add the authority's certificate to what {self.certificates} names"
            if self.certificates
            else "set SSL_CERT_FILE to a file with the authority's certificate"
        )
        return (
            f"the certificate of {self._peer} is from an authority that is not trusted here "
            f"({reason}); {where}"
        )

    def no_tls(self) -> str:
        """Describe a response that is not TLS."""
        return f"{self._peer} does not answer https with TLS; {self._check}"

    def unknown_host(self) -> str:
        """Describe a host name without an address."""
        if self.proxy is not None:
            return (
                f"there is no host {self.proxy.url.host}, the proxy of {self.proxy.setting}; "
                f"check {self.proxy.setting}"
            )
        check = f"check {self.setting}" if self.setting else "check the network's DNS"
        return f"there is no host {self.url.host}; {check}, or set HTTPS_PROXY if a proxy is needed"

    def proxy_refused(self, status: int) -> str:
        """Describe a proxy that refuses to connect."""
        name = "the proxy" if self.proxy is None else f"the proxy {self.proxy.address}"
        setting = "HTTPS_PROXY" if self.proxy is None else self.proxy.setting
        host = self.url.host
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return (
                f"{name} requires a user name and password that it accepts (407); set {setting} "
                "to http://USER:PASSWORD@HOST:PORT"
            )
        return (
            f"{name} does not connect to {host} ({status}); ask its administrator for access, "
            f"check {setting}, or set NO_PROXY={host} if no proxy is needed"
        )

    @property
    def _peer(self) -> str:
        if self.proxy is not None and self.proxy.url.scheme == "https":
            return f"{self.url.host} or the proxy {self.proxy.address}"
        return self.url.host

    @property
    def _check(self) -> str:
        """What to check if a server other than the intended one responds."""
        settings = [self.setting] if self.setting else []
        if self.proxy is not None and self.proxy.url.scheme == "https":
            settings.append(self.proxy.setting)
        if not settings:
            return "check the network, in which another server may answer instead"
        return f"check {' and '.join(settings)}"
