"""Why a server cannot be reached: what no second try changes, and the words for it."""

import socket
import ssl

import httpx
import pytest
from prolific_exports._http._environment import Environment
from prolific_exports._http._unreachable import Reachability

URL = httpx.URL("https://api.example/path?secret=1")
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(autouse=True)
def _clean(clean_environment):
    """Nothing is set."""


def certificate_error(code, message):
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] …")
    error.verify_code, error.verify_message = code, message
    return error


def tls_error(reason):
    return ssl.SSLError(1, f"[SSL: {reason}] {reason.lower().replace('_', ' ')} (_ssl.c:1032)")


def connect_error(cause):
    """As httpx raises it: over two libraries."""
    error = httpx.ConnectError(str(cause))
    error.__cause__ = between = OSError("all attempts failed")
    between.__context__ = cause
    return error


UNTRUSTED = certificate_error(19, "self-signed certificate in certificate chain")
NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    ("error", "setting", "words"),
    [
        (
            UNTRUSTED,
            None,
            (
                "the certificate of api.example is from an authority that is not trusted here "
                "(self-signed certificate in certificate chain); set SSL_CERT_FILE to a file with "
                "the authority's certificate"
            ),
        ),
        (
            certificate_error(62, "Hostname mismatch, certificate is not valid for 'api.example'."),
            "PROLIFIC_URL",
            (
                "the certificate of api.example is for another host (Hostname mismatch, "
                "certificate is not valid for 'api.example'); check PROLIFIC_URL"
            ),
        ),
        (
            certificate_error(64, "IP address mismatch"),
            None,
            (
                "the certificate of api.example is for another host (IP address mismatch); check "
                "the network, in which another server may answer instead"
            ),
        ),
        (
            certificate_error(10, "certificate has expired"),
            None,
            (
                "the certificate of api.example is not valid now (certificate has expired); check "
                "this machine's clock, or have the certificate renewed"
            ),
        ),
        (
            # Not from OpenSSL: a transport of the caller's may raise it.
            ssl.CertificateError("no appropriate subjectAltName fields were found"),
            None,
            (
                "the certificate of api.example is from an authority that is not trusted here "
                "(no appropriate subjectAltName fields were found); set SSL_CERT_FILE to a file "
                "with the authority's certificate"
            ),
        ),
        (
            tls_error("WRONG_VERSION_NUMBER"),
            "PROLIFIC_URL",
            "api.example does not answer https with TLS; check PROLIFIC_URL",
        ),
        (
            ssl.SSLError(1, "[SSL] record layer failure (_ssl.c:1032)"),
            "PROLIFIC_URL",
            "api.example does not answer https with TLS; check PROLIFIC_URL",
        ),
        (
            tls_error("TLSV1_ALERT_PROTOCOL_VERSION"),
            None,
            (
                "api.example does not answer https with TLS; check the network, in which "
                "another server may answer instead"
            ),
        ),
        (
            NO_NAME,
            "PROLIFIC_URL",
            (
                "there is no host api.example; check PROLIFIC_URL, or set HTTPS_PROXY if a proxy "
                "is needed"
            ),
        ),
        (
            OSError("Tunnel connection failed: 407 Proxy Authentication Required"),
            None,
            (
                "the proxy requires a user name and password that it accepts (407); set "
                "HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT"
            ),
        ),
        (
            httpx.ProxyError("403 Forbidden"),
            None,
            (
                "the proxy does not connect to api.example (403); ask its administrator for "
                "access, check HTTPS_PROXY, or set NO_PROXY=api.example if no proxy is needed"
            ),
        ),
    ],
)
def test_permanent_obstacle_is_named_with_the_setting_to_change(error, setting, words):
    assert Reachability().permanent_failure(error, URL, setting) == words
    if not isinstance(error, httpx.ProxyError):
        assert Reachability().permanent_failure(connect_error(error), URL, setting) == words


@pytest.mark.parametrize(
    "error",
    [
        socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        ConnectionRefusedError(111, "Connection refused"),
        TimeoutError("timed out"),
        tls_error("UNEXPECTED_EOF_WHILE_READING"),
        ssl.SSLError(1, "without a reason"),
        ssl.SSLError(1, "[SSL] internal error (_ssl.c:1032)"),
        httpx.ConnectError("All connection attempts failed"),
        *(httpx.ProxyError(text) for text in ("502 Bad Gateway", "408 Timeout", "429", "refused")),
        OSError("Tunnel connection failed: 504 Gateway Timeout"),
    ],
)
def test_transient_failure_is_not_an_obstacle(error):
    assert Reachability().permanent_failure(error, URL) is None


@pytest.mark.parametrize("cause", [UNTRUSTED, tls_error("WRONG_VERSION_NUMBER"), NO_NAME])
@pytest.mark.parametrize("cls", [httpx.ReadError, httpx.RemoteProtocolError, httpx.ConnectTimeout])
def test_broken_connection_is_not_an_obstacle(cls, cause):
    """Damaged bytes look like an answer without TLS."""
    error = cls("broke")
    error.__cause__ = cause
    assert Reachability().permanent_failure(error, URL) is None


def test_circular_causes_terminate():
    error, other = httpx.ConnectError("one"), OSError("other")
    error.__cause__, other.__cause__ = other, error
    assert Reachability().permanent_failure(error, URL) is None


def test_name_that_resolved_before_is_retried():
    """Offline, macOS and Windows say of every name that there is no such host."""
    reach = Reachability()
    reach.record_success(URL)
    assert reach.permanent_failure(NO_NAME, URL) is None
    other = str(reach.permanent_failure(NO_NAME, httpx.URL("https://other.example/")))
    assert "there is no host other.example" in other
    assert "not trusted" in str(reach.permanent_failure(UNTRUSTED, URL))


def reach_through(monkeypatch, proxy):
    monkeypatch.setenv("ALL_PROXY", proxy)
    return Reachability(Environment.read())


def test_message_names_the_proxy_and_its_variable_without_password(monkeypatch):
    reach = reach_through(monkeypatch, "http://user:pa55word@p.example:3128")
    assert reach.permanent_failure(NO_NAME, URL, "PROLIFIC_URL") == (
        "there is no host p.example, the proxy of ALL_PROXY; check ALL_PROXY"
    )
    assert reach.permanent_failure(httpx.ProxyError("407"), URL) == (
        "the proxy http://p.example:3128 requires a user name and password that it accepts (407); "
        "set ALL_PROXY to http://USER:PASSWORD@HOST:PORT"
    )
    assert reach.proxy_setting(URL) == "ALL_PROXY"
    assert reach.proxy_setting(httpx.URL("https://127.0.0.1/")) is None


def test_proxy_name_that_resolved_before_is_retried(monkeypatch):
    reach = reach_through(monkeypatch, "http://p.example:3128")
    reach.record_success(httpx.URL("https://other.example/"))
    assert reach.permanent_failure(NO_NAME, URL) is None


def test_tls_proxy_error_mentions_a_plain_proxy(monkeypatch):
    reach = reach_through(monkeypatch, "https://p.example:3128")
    assert reach.permanent_failure(tls_error("WRONG_VERSION_NUMBER"), URL, "PROLIFIC_URL") == (
        "api.example or the proxy https://p.example:3128 does not answer https with TLS; check "
        "PROLIFIC_URL and ALL_PROXY"
    )


def test_message_suggests_extending_configured_authorities(monkeypatch, tmp_path):
    reach = Reachability(Environment(CONTEXT, "REQUESTS_CA_BUNDLE"))
    assert str(reach.permanent_failure(UNTRUSTED, URL)).endswith(
        "; add the authority's certificate to what REQUESTS_CA_BUNDLE names"
    )
