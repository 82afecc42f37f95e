"""What the environment says of proxies and certificates, for the API, the store and the gate."""

import logging
import os
import ssl
from typing import Any

import httpx
import pytest
import trustme
from prolific_exports import UsageError
from prolific_exports._http import _environment
from prolific_exports._http._environment import Environment

API = httpx.URL("https://api.example/api/v1/")


@pytest.fixture(autouse=True)
def _clean(clean_environment):
    """Nothing is set."""


def proxy(url: httpx.URL | str = API):
    found = Environment.read().proxy_for(httpx.URL(url))
    return None if found is None else (found.address, found.setting)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p:1"}, ("http://p:1", "HTTPS_PROXY")),
        ({"ALL_PROXY": "http://a:1"}, ("http://a:1", "ALL_PROXY")),
        ({"all_proxy": "http://a:1", "HTTPS_PROXY": "http://p:2"}, ("http://p:2", "HTTPS_PROXY")),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"HTTPS_PROXY": "p:1"}, ("http://p:1", "HTTPS_PROXY")),
        ({"HTTPS_PROXY": " https://p:1/ "}, ("https://p:1", "HTTPS_PROXY")),
        ({"HTTPS_PROXY": "socks5h://p:1"}, ("socks5h://p:1", "HTTPS_PROXY")),
        ({"HTTPS_PROXY": "http://us%40er:pa55@p:1"}, ("http://p:1", "HTTPS_PROXY")),
        ({"HTTPS_PROXY": "http://[2001:db8::1]:1"}, ("http://[2001:db8::1]:1", "HTTPS_PROXY")),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "other.example"}, ("http://p:1", "HTTPS_PROXY")),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "api.example"}, None),
        ({"HTTPS_PROXY": "http://p:1", "NO_PROXY": "api.example:443"}, None),
        (
            {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "api.example:80"},
            ("http://p:1", "HTTPS_PROXY"),
        ),
        ({"HTTPS_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, ("http://p:1", "HTTPS_PROXY")),
    ],
)
def test_proxy_of_a_url_matches_curl_and_requests(monkeypatch, variables, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy() == expected


@pytest.mark.skipif(os.name == "nt", reason="variables of Windows are the same in either case")
@pytest.mark.parametrize(
    ("variables", "url", "expected"),
    [
        ({"https_proxy": "http://p:1"}, API, ("http://p:1", "https_proxy")),
        (
            {"https_proxy": "http://l:1", "HTTPS_PROXY": "http://u:2"},
            API,
            ("http://l:1", "https_proxy"),
        ),
        ({"https_proxy": "", "HTTPS_PROXY": "http://u:2"}, API, None),
        (
            {"HTTPS_PROXY": "http://p:1", "no_proxy": "b.example", "NO_PROXY": "api.example"},
            API,
            ("http://p:1", "HTTPS_PROXY"),
        ),
        (
            {"http_proxy": "http://p:1", "REQUEST_METHOD": "GET"},
            "http://spec.example/",
            ("http://p:1", "http_proxy"),
        ),
    ],
)
def test_lower_case_variable_takes_precedence(monkeypatch, variables, url, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy(url) == expected


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HTTP_PROXY": "http://p:1"}, ("http://p:1", "HTTP_PROXY")),
        ({"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, None),
        ({"HTTP_PROXY": "http://p:1", "NO_PROXY": "spec.example:80"}, None),
    ],
)
def test_upper_case_http_proxy_is_ignored_in_cgi_scripts(monkeypatch, variables, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy("http://spec.example/openapi.yaml") == expected


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:8000/", "https://127.0.0.2/", "http://localhost/", "https://[::1]:1/"),
        "https://[0:0:0:0:0:0:0:1]/",
    ],
)
def test_loopback_is_reached_without_a_proxy(monkeypatch, url):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://p:1")
    assert proxy(url) is None


def test_system_settings_apply_without_variables(monkeypatch):
    """As on macOS and Windows, whose own list of exceptions counts then, too."""
    monkeypatch.setattr(_environment, "getproxies", lambda: {"https": "http://system:1"})
    monkeypatch.setattr(_environment, "proxy_bypass", lambda host: host == "store.example:443")
    assert proxy() == ("http://system:1", "the system's settings")
    assert proxy("https://store.example/") is None


def test_system_exceptions_are_ignored_if_a_variable_is_set(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    monkeypatch.setattr(_environment, "proxy_bypass", lambda host: True)
    assert proxy() == ("http://p:1", "HTTPS_PROXY")


@pytest.mark.parametrize(
    "value",
    ["ftp://user:pa55word@p", "socks4://p:1", "http://", "http://user:pa55word@p:port", "http://["],
)
def test_unusable_proxy_is_named_when_a_url_needs_it(monkeypatch, value):
    monkeypatch.setenv("HTTPS_PROXY", value)
    monkeypatch.setenv("NO_PROXY", "store.example")
    environment = Environment.read()
    assert environment.proxy_for(httpx.URL("https://store.example/")) is None
    with pytest.raises(
        UsageError, match="proxy of HTTPS_PROXY cannot be used: it is not"
    ) as refused:
        environment.proxy_for(API)
    assert "pa55word" not in str(refused.value)
    assert "pa55word" not in repr(environment)


def test_password_of_a_proxy_is_not_shown(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pa55word@p:1")
    found = Environment.read().proxy_for(API)
    assert found is not None
    assert found.url.password == "pa55word"
    assert "pa55word" not in repr(found) + found.address


def ours(caplog):
    """What the SDK logged; what another test left behind may log at any time."""
    return [record for record in caplog.records if record.name == "prolific_exports"]


def test_invalid_no_proxy_entries_are_skipped_and_named_once(monkeypatch, caplog):
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    monkeypatch.setenv("NO_PROXY", "[::1],10.0.0.0/99,http://u:pa55word@x,store.example")
    environment = Environment.read()
    assert environment.proxy_for(httpx.URL("https://store.example/")) is None
    assert environment.proxy_for(API) is not None
    [record] = ours(caplog)
    assert (record.name, record.levelno) == ("prolific_exports", logging.WARNING)
    assert record.getMessage().startswith(
        "NO_PROXY has entries that cannot be read and are skipped: '10.0.0.0/99', 'http://"
    )
    assert "pa55word" not in caplog.text
    assert "'[::1]'" not in caplog.text


def test_valid_no_proxy_is_not_reported(monkeypatch, caplog):
    monkeypatch.setenv("no_proxy", "[::1], fd00::/8, 10.0.0.0/8, *.example, a.example:8443")
    Environment.read()
    assert not ours(caplog)


@pytest.fixture
def authorities(tmp_path):
    """PEM files of two authorities, one without any, and an empty folder."""
    one, two = trustme.CA(organization_name="one"), trustme.CA(organization_name="two")
    one.cert_pem.write_to_path(tmp_path / "one.pem")
    two.cert_pem.write_to_path(tmp_path / "two.pem")
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.pem").write_text("")
    return tmp_path


def trusted():
    """Names of the authorities that are loaded; those of a folder are not before they are used."""
    authorities: Any = Environment.read().context.get_ca_certs()
    subjects = [dict(part[0] for part in authority["subject"]) for authority in authorities]
    return {one["organizationName"] for one in subjects if "organizationName" in one}


@pytest.mark.parametrize(
    ("variables", "expected", "named"),
    [
        ({"SSL_CERT_FILE": "one.pem"}, {"one"}, "SSL_CERT_FILE"),
        ({"SSL_CERT_FILE": "one.pem", "SSL_CERT_DIR": "folder"}, {"one"}, "SSL_CERT_FILE"),
        ({"SSL_CERT_FILE": "one.pem", "REQUESTS_CA_BUNDLE": "two.pem"}, {"one"}, "SSL_CERT_FILE"),
        ({"SSL_CERT_DIR": "folder", "REQUESTS_CA_BUNDLE": "two.pem"}, set(), "SSL_CERT_DIR"),
        ({"REQUESTS_CA_BUNDLE": "one.pem"}, {"one"}, "REQUESTS_CA_BUNDLE"),
        ({"REQUESTS_CA_BUNDLE": "folder"}, set(), "REQUESTS_CA_BUNDLE"),
        (
            {"REQUESTS_CA_BUNDLE": "one.pem", "CURL_CA_BUNDLE": "two.pem"},
            {"one"},
            "REQUESTS_CA_BUNDLE",
        ),
        ({"CURL_CA_BUNDLE": "two.pem"}, {"two"}, "CURL_CA_BUNDLE"),
        ({"SSL_CERT_FILE": "", "CURL_CA_BUNDLE": "two.pem"}, {"two"}, "CURL_CA_BUNDLE"),
    ],
)
def test_first_set_variable_selects_the_certificate_authorities(
    monkeypatch, authorities, variables, expected, named
):
    monkeypatch.chdir(authorities)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert trusted() == expected
    assert Environment.read().certificates == named


def test_authorities_without_variable_are_certifis():
    environment = Environment.read()
    assert environment.certificates is None
    assert environment.context.cert_store_stats()["x509_ca"] > 50
    assert environment.context.verify_mode is ssl.CERT_REQUIRED
    assert environment.context.check_hostname


def test_folder_of_authorities_is_passed_to_openssl(monkeypatch, authorities):
    asked = []
    monkeypatch.chdir(authorities)
    monkeypatch.setattr(ssl, "create_default_context", lambda **options: asked.append(options))
    monkeypatch.setenv("SSL_CERT_DIR", "folder")
    Environment.read()
    monkeypatch.setenv("SSL_CERT_FILE", "one.pem")
    Environment.read()
    assert asked == [
        {"cafile": None, "capath": "folder"},
        {"cafile": "one.pem", "capath": "folder"},
    ]


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("SSL_CERT_FILE", "missing.pem", "missing.pem: No such file or directory"),
        ("SSL_CERT_FILE", "empty.pem", "empty.pem: it holds no certificates"),
        ("SSL_CERT_DIR", "missing", "missing: there is no such folder"),
        ("REQUESTS_CA_BUNDLE", "missing.pem", "missing.pem: No such file or directory"),
        ("CURL_CA_BUNDLE", "missing.pem", "missing.pem: No such file or directory"),
    ],
)
def test_unreadable_certificates_are_named(monkeypatch, authorities, variable, value, reason):
    monkeypatch.chdir(authorities)
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError, match=f"certificates of {variable} cannot be read: {reason}"):
        Environment.read()
