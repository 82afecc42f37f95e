"""Only https leaves the machine, and only to hosts that every reader takes for the same."""

import ipaddress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports._model._url_parts import URLParts
from prolific_exports._model._urls import (
    base_url_of,
    public_part,
    resolve_redirect,
    unsafe_reason,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.prolific.com",
        "https://api.prolific.com/api?x=1#y",
        "HTTPS://API.PROLIFIC.COM:443/",
        "https://bucket.s3.eu-west-1.amazonaws.com/a_b/c@d?X-Amz-Signature=e@f",
        "https://under_score.example/",
        "https://bücher.example/",
        "https://name.with.root.dot.example./",
        "https://10.0.0.1/",
        "https://[2001:db8::1]:8443/",
        f"https://{'a' * 63}.example/",
        f"https://{'a.' * 126}b/",
        "https://h:65535/",
        "http://localhost",
        "http://LOCALHOST:8000/",
        "http://127.0.0.1:9/x",
        "HTTP://127.255.255.254/",
        "http://[::1]/",
        "http://[::1]:1/",
    ],
)
def test_https_and_loopback_are_accepted(url):
    assert unsafe_reason(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://api.prolific.com/",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://localhostevil/",
        # Whether these stay on the machine is up to the resolver.
        "http://evil.localhost/",
        "http://localhost./",
        # Some readers take these for 127.0.0.1, some for a name.
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0.0.0.0/",
        "http://0/",
        "http://10.0.0.1/",
        "http://[fe80::1]/",
        "http://[::]/",
        "http://evil.example#@127.0.0.1/",
        "http://evil.example?@127.0.0.1/",
        "http://evil.example/@127.0.0.1/",
    ],
)
def test_http_to_other_hosts_is_refused(url):
    assert unsafe_reason(url) == "it is not https"


@pytest.mark.parametrize(
    "url",
    [
        "https://user@h/",
        "https://user:password@h/",
        "https://:@h/",
        "https://user%40x:p@h/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "http://127.0.0.1\\@evil.example/",
        "https://good.example\\@evil.example/",
    ],
)
def test_user_name_is_refused(url):
    assert unsafe_reason(url) == "it carries a user name or password"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h",
        "/x",
        "//h/x",
        "https:",
        "https:h",
        "https:/h",
        "https:///x",
        "https://?x",
        "https:\\\\h\\x",
        " https://h/",
        "ftp://h/",
        "file:///etc/passwd",
        "s3://bucket/key",
        "javascript:alert(1)",
        "api.prolific.com",
    ],
)
def test_other_schemes_and_parts_of_urls_are_refused(url):
    assert unsafe_reason(url) == "it is not an absolute http(s) URL"


@pytest.mark.parametrize(
    "url",
    [
        "https://[::1",
        "https://h:x/",
        "https://h/\n",
        "https://h\t.example/",
        "https://h/\ud800",
        "https://xn--/",
        "http://\N{FULLWIDTH DIGIT ONE}27.0.0.1/",
        "https://ⓛocalhost/",
        f"https://h:{'9' * 5000}/",
        f"https://h/{'a' * 70000}",
        None,
    ],
)
def test_invalid_url_is_refused(url):
    assert unsafe_reason(url) == "it is not a URL"


@pytest.mark.parametrize(
    "host",
    [
        "a..b",
        ".localhost",
        "..",
        "-a.example",
        "a b",
        "%6c",
        "127.0.0.1%2eevil.example",
        "localhost%00.evil.example",
        "127.0.0.1\\.evil.example",
        "a,b",
        "a" * 64,
        "a." * 126 + "bc",
        "[v1.x]",
    ],
)
def test_ambiguous_host_is_refused(host):
    assert unsafe_reason(f"https://{host}/") in (
        "it is not a URL with a valid host",
        "it is not a URL",
    )
    assert unsafe_reason(f"http://{host}/") is not None


@pytest.mark.parametrize("port", [0, 65536, 65536 + 443])
def test_port_that_wraps_around_is_refused(port):
    assert unsafe_reason(f"https://h:{port}/") == "it is not a URL with a valid port"


URLS = st.one_of(
    st.text(),
    st.from_regex(r"\A(?i:https?):[/\\]{0,3}[a-z0-9.:@\[\]\\%#?/ -]{0,30}\Z"),
    st.from_regex(
        r"\A(?i:(https?:)?//)?([a-z%:]{0,4}@)?"
        r"([a-zA-Z0-9.-]{1,8}|xn--[a-z0-9-]{1,8}|\w{1,6}|\[[0-9a-f:.%]{1,9}\]|[0-9]{1,3}(\.[0-9]{1,3}){3})"
        r"(:[0-9+_ -]{0,6})?(/[a-z.%0-9{}`\"^ \u00e9]{0,5}){0,4}(\?\w{0,3})?(#.{0,3})?\Z"
    ),
)


def sent_to(url):
    """What httpx makes of a URL: scheme, user, host, port, path and query; None if invalid."""
    try:
        parsed = httpx.URL(url)
        # Reading the host decodes it, which fails for some invalid names.
        assert parsed.host is not None
    except (httpx.InvalidURL, ValueError):
        return None
    default = {"http": 80, "https": 443}.get(parsed.scheme)
    port = None if parsed.port == default else parsed.port
    return parsed.scheme, parsed.userinfo, parsed.raw_host, port, parsed.raw_path


@settings(deadline=None)
@given(URLS)
def test_url_is_parsed_as_by_httpx(url):
    try:
        parts = URLParts.parse(url)
    except ValueError:
        assert sent_to(url) is None
    else:
        target = (parts.path or "/") + parts.suffix.partition("#")[0]
        server = (parts.scheme, parts.userinfo.encode(), parts.host.encode(), parts.port)
        assert (*server, target.encode()) == sent_to(url)


@settings(deadline=None)
@given(URLS)
def test_accepted_url_is_https_or_loopback_for_httpx(url):
    if unsafe_reason(url) is None:
        parsed = httpx.URL(url)
        assert not parsed.userinfo
        if parsed.scheme != "https":
            assert parsed.scheme == "http"
            assert parsed.host == "localhost" or ipaddress.ip_address(parsed.host).is_loopback


@settings(deadline=None)
@given(
    st.sampled_from(
        [
            "https://h",
            "https://h:8443/a/b?c#d",
            "http://[::1]:1/a/../b/",
            "https://b\u00fc.example/",
        ]
    ),
    URLS,
)
def test_redirect_is_resolved_as_by_httpx(url, location):
    try:
        expected = str(httpx.URL(url).join(location))
    except (httpx.InvalidURL, ValueError):
        expected = None
    resolved = resolve_redirect(url, location)
    assert (unsafe_reason(resolved) is None) == (unsafe_reason(expected) is None)
    if unsafe_reason(expected) is None:
        assert sent_to(resolved) == sent_to(expected)


@pytest.mark.parametrize(
    ("url", "shown", "base"),
    [
        ("https://a.example/b/export", "https://a.example/b/export", "https://a.example/b"),
        (
            "https://u:p@a.example:8443/export/?q#f",
            "https://a.example:8443/export/",
            "https://a.example:8443",
        ),
        ("http://[::1]/export", "http://[::1]/export", "http://[::1]"),
        ("https://a.example/%0a", "https://a.example/%0a", ""),
        ("/export?q", "/export", ""),
        ("https://a.example:port/export", "", ""),
        ("https://a.example/b/./c/../export", "https://a.example/b/export", "https://a.example/b"),
        ("https://a.example/../../export", "https://a.example/export", "https://a.example"),
        ("https://B\u00dc.example/\u00fc", "https://xn--b-eha.example/%C3%BC", ""),
        ("", "/", ""),
        (None, "", ""),
    ],
)
def test_place_of_redirect_has_no_secrets(url, shown, base):
    assert public_part(url) == shown
    assert base_url_of(url, "/export") == base


def test_path_that_would_be_read_as_a_host_is_no_url():
    with pytest.raises(httpx.InvalidURL):
        httpx.URL("////path")
    with pytest.raises(ValueError, match="not a URL"):
        URLParts.parse("////path")
