"""Proxies, NO_PROXY and .netrc, by the sync and the async client, for the API and the store."""

import json
import socket
import sys

import pytest
from helpers import api
from helpers.connection_server import ConnectionServer
from prolific_exports import DownloadError, NoAnswerError, UsageError
from prolific_exports.testing import FakeClock

TOKEN = "t0ken-of-a-test"


class Server(ConnectionServer):
    """Answers every request with the same bytes, and keeps what it was asked."""

    def __init__(self, answer):
        super().__init__(self.respond)
        self.answer, self.asked = answer, []

    def respond(self, connection):
        self.asked.append(connection.recv(65536).decode("latin-1"))
        connection.sendall(self.answer)


def answer(status, body=b""):
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def ready(url):
    return answer(
        "200 OK",
        json.dumps(
            {"status": "complete", "url": url, "expires_at": "2099-01-01T00:00:00Z"}
        ).encode(),
    )


@pytest.fixture(autouse=True)
def _clean(clean_environment, monkeypatch):
    """No proxy of the machine's comes between, and no name is looked up in the network."""
    resolve = socket.getaddrinfo

    def local(host, *args, **kwargs):
        if host not in ("127.0.0.1", b"127.0.0.1"):
            raise socket.gaierror(socket.EAI_NONAME, "of a test")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", local)


@pytest.fixture
def proxy():
    with Server(answer("403 Forbidden")) as server:
        yield server


# None of them stops a command, and none covers far.example.
OTHERS = "[::1],fd00::/8,[fd00::]/8,10.0.0.0/8,other.example:443,far.example:80"


def ask_api(clients, tmp_path):
    with pytest.raises(NoAnswerError) as failure:
        clients.make(TOKEN, base_url="https://far.example", clock=FakeClock()).collections.export(
            api.COLLECTION
        )
    return str(failure.value)


def ask_store(clients, tmp_path):
    with Server(ready("https://far.example/a.zip")) as server:
        exports = clients.make(TOKEN, base_url=f"http://{server.address}", clock=FakeClock())
        with pytest.raises(DownloadError) as failure:
            exports.collections.download(api.COLLECTION, tmp_path)
    return str(failure.value)


@pytest.mark.parametrize("ask", [ask_api, ask_store])
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("no_proxy", [None, OTHERS])
def test_requests_use_the_configured_proxy(
    clients, monkeypatch, tmp_path, proxy, ask, variable, no_proxy
):
    monkeypatch.setenv(variable, f"http://us%40er:pass@{proxy.address}")
    if no_proxy is not None:
        monkeypatch.setenv("NO_PROXY", no_proxy)
    message = ask(clients, tmp_path)
    [asked] = proxy.asked
    assert asked.startswith("CONNECT far.example:443 HTTP/1.")
    assert "proxy-authorization: basic dxnazxi6cgfzcw==" in asked.lower()
    assert f"the proxy http://{proxy.address} does not connect to far.example (403)" in message
    # On Windows, names of variables are in upper case.
    assert variable.lower() in message.lower()


@pytest.mark.parametrize("ask", [ask_api, ask_store])
@pytest.mark.parametrize("no_proxy", ["far.example", ".example", "*", "far.example:443,[::1]"])
def test_requests_to_no_proxy_hosts_use_no_proxy(
    clients, monkeypatch, tmp_path, proxy, ask, no_proxy
):
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert "there is no host far.example" in ask(clients, tmp_path)
    assert proxy.asked == []


def test_no_proxy_with_ipv6_addresses_is_harmless_without_a_proxy(clients, monkeypatch):
    monkeypatch.setenv("NO_PROXY", OTHERS)
    with Server(ready("https://far.example/a.zip")) as server:
        exports = clients.make(TOKEN, base_url=f"http://{server.address}")
        exports.collections.export(api.COLLECTION)
    assert len(server.asked) == 1


def test_refused_proxy_connection_is_not_attributed_to_the_base_url(clients, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    exports = clients.make(TOKEN, base_url="https://far.example", clock=FakeClock())
    with pytest.raises(NoAnswerError, match=r"no connection .* Check the network and HTTPS_PROXY"):
        exports.collections.job(api.COLLECTION, api.EXPORT_ID).status()


def test_socks_proxy_without_its_package_is_a_usage_error(clients, monkeypatch):
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    exports = clients.make(TOKEN, base_url="https://far.example", clock=FakeClock())
    with pytest.raises(UsageError, match="proxy of ALL_PROXY .* needs the package socksio"):
        exports.collections.export(api.COLLECTION)


def test_tls_proxy_is_verified_with_the_same_certificates(clients, monkeypatch, proxy):
    """Which a server without TLS shows: the client speaks TLS to it."""
    monkeypatch.setenv("HTTPS_PROXY", f"https://{proxy.address}")
    exports = clients.make(TOKEN, base_url="https://far.example", clock=FakeClock())
    with pytest.raises(NoAnswerError, match="or the proxy .* check .* and HTTPS_PROXY"):
        exports.collections.export(api.COLLECTION)
    assert not proxy.asked[0].startswith("CONNECT")


def test_netrc_is_ignored(clients, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password pa55word\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with Server(answer("403 Forbidden")) as store, Server(b"") as server:
        server.answer = ready(f"http://{store.address}/a.zip")
        exports = clients.make(TOKEN, base_url=f"http://{server.address}", clock=FakeClock())
        with pytest.raises(DownloadError):
            exports.collections.download(api.COLLECTION, tmp_path)
    assert all(f"Authorization: Token {TOKEN}\r\n" in asked for asked in server.asked)
    assert store.asked
    assert not any("authorization" in asked.lower() for asked in store.asked)
