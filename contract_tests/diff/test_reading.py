"""Contracts out of files and from URLs."""

import gzip
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.slow_server import SLOW_BODIES, SLOW_HEADS, SlowServer
from prolific_contract import DocumentError
from prolific_contract.diff import _reading, read_contract
from prolific_contract.spec import dump_yaml

from diff.documents import PATH, base

# Two layers that expand to a million bytes.
BOMB = gzip.compress(gzip.compress(bytes(1_000_000), mtime=0), mtime=0)


@pytest.fixture
def server():
    """A web server whose answers by path are in its ``pages``: status, headers, body."""

    pages: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = pages[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code="-", size="-"):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield SimpleNamespace(url=f"http://127.0.0.1:{running.server_port}", pages=pages)
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def published():
    """A document of more than the Task Builder."""
    document = base()
    document["paths"]["/api/v1/studies"] = document["paths"][PATH]
    return document


@pytest.mark.parametrize("dump", [dump_yaml, json.dumps])
def test_contract_is_read_from_yaml_and_json(tmp_path, dump):
    path = tmp_path / "contract"
    path.write_text(dump(base()), encoding="utf-8")

    assert read_contract(str(path)) == base()


def test_complete_document_is_reduced_as_by_the_import(tmp_path):
    path = tmp_path / "openapi.yaml"
    path.write_text(dump_yaml(published()), encoding="utf-8")

    assert list(read_contract(str(path))["paths"]) == [PATH]


def test_page_that_embeds_a_document_is_read(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(f"# A page\n\n```yaml\n{dump_yaml(base())}```\n", encoding="utf-8")

    assert list(read_contract(str(path))["paths"]) == [PATH]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("openapi: 3.1.0", "no 'info' object"),
        ("openapi: 2.0.0", "2.0.0"),
        ("- a", "not an OpenAPI document of version 3.0, 3.1, 3.2"),
        ("{", "not readable YAML"),
        ("[" * 5000, "nested deeper than 64 levels"),
        (
            dump_yaml({**base(), "paths": {PATH: {"put": {"responses": 1}}}}),
            "not a valid OpenAPI 3.1 document:\n.*responses",
        ),
        (dump_yaml({**base(), "components": {}}), "file: the document refers to"),
    ],
)
def test_document_without_contract_is_refused(tmp_path, text, message):
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match=message):
        read_contract(str(path))


def test_document_nested_too_deeply_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "file"
    path.write_text(dump_yaml(base()), encoding="utf-8")

    def overflow(*_):
        raise RecursionError

    monkeypatch.setattr(_reading, "check_structure", overflow)
    with pytest.raises(DocumentError, match="nested too deeply"):
        read_contract(str(path))


def test_contract_is_fetched(server):
    server.pages["/openapi.yaml"] = 200, {}, dump_yaml(base()).encode()

    assert read_contract(f"{server.url}/openapi.yaml") == base()


def test_redirect_on_the_same_host_is_followed(server):
    server.pages["/old"] = 301, {"Location": "/new"}, b""
    server.pages["/new"] = 200, {}, dump_yaml(base()).encode()

    assert read_contract(f"{server.url}/old") == base()


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ((302, {"Location": "http://elsewhere.example/x"}, b""), "http://elsewhere.example"),
        ((302, {"Location": "/page"}, b""), "redirects more than 5 times"),
        ((404, {}, b""), "answered 404"),
        ((200, {}, b"\xff\xfe"), "not UTF-8 text"),
        ((200, {}, b"x" * 101), "larger than"),
        ((200, {"Content-Encoding": "gzip, gzip"}, BOMB), "expand to more than|larger than"),
    ],
)
def test_failed_fetch_is_reported(server, monkeypatch, page, message):
    monkeypatch.setattr(_reading, "MOST_BYTES", 100)
    server.pages["/page"] = page

    with pytest.raises(DocumentError, match=message):
        read_contract(f"{server.url}/page")


@pytest.mark.parametrize("name", SLOW_HEADS | SLOW_BODIES)
def test_document_of_a_slow_server_is_given_up(name, monkeypatch):
    monkeypatch.setattr(_reading, "_TIMEOUT", 0.15)
    with (
        SlowServer((SLOW_HEADS | SLOW_BODIES)[name]) as server,
        pytest.raises(DocumentError, match="can't be fetched"),
    ):
        read_contract(f"{server.url}/openapi.yaml")


def test_unresponsive_server_is_reported():
    with pytest.raises(DocumentError, match="can't be fetched: ConnectError"):
        read_contract("http://127.0.0.1:1/openapi.yaml")


def test_server_that_cannot_be_reached_is_explained(server):
    url = server.url.replace("http:", "https:")
    with pytest.raises(DocumentError, match="fetched: 127.0.0.1 does not answer https with TLS; "):
        read_contract(f"{url}/openapi.yaml")


@pytest.mark.parametrize("host", ["[", f"{'a' * 64}.example", "a..example", "xn--.example"])
def test_invalid_url_is_reported(host):
    with pytest.raises(DocumentError, match="can't be fetched"):
        read_contract(f"http://{host}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("https_proxy", "ftp://127.0.0.1"),
        ("https_proxy", "socks5://127.0.0.1"),
        ("SSL_CERT_FILE", "missing.pem"),
    ],
)
def test_unusable_environment_is_reported(monkeypatch, name, value):
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv(name, value)

    with pytest.raises(DocumentError, match=f"(?i)can't be fetched: The .* of {name} cannot be "):
        read_contract("https://far.example:1/openapi.yaml")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ((404, {}, b""), "answered 404"),
        ((302, {"Location": "http://elsewhere.example/x?token=s3cret"}, b""), "redirects to"),
        ((200, {}, b"\xff\xfe"), "not UTF-8 text"),
        ((200, {}, b"x" * 101), "larger than"),
        ((200, {}, b"- a"), "not an OpenAPI document of version 3.0, 3.1, 3.2"),
    ],
)
def test_url_secrets_are_not_shown(server, monkeypatch, page, message):
    monkeypatch.setattr(_reading, "MOST_BYTES", 100)
    server.pages["/page?token=s3cret"] = page
    url = server.url.replace("//", "//user:s3cret@")

    with pytest.raises(DocumentError, match=message) as caught:
        read_contract(f"{url}/page?token=s3cret")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://u:s3cret@127.0.0.1:1/x?token=s3cret", "http://s3cret@["])
def test_secrets_of_an_unfetchable_url_are_not_shown(url):
    with pytest.raises(DocumentError, match="can't be fetched") as caught:
        read_contract(url)
    assert "s3cret" not in str(caught.value)


def test_path_is_shown_unchanged(tmp_path):
    with pytest.raises(DocumentError, match=r"a\?token=1 can't be read"):
        read_contract(str(tmp_path / "a?token=1"))
