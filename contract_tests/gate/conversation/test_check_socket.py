"""``prolific-contract check`` over a socket: the sandbox, and hostile servers."""

import socket
import threading
from contextlib import contextmanager, suppress

import pytest
from helpers.checks import BATCH, COLLECTION, SETTINGS, run
from prolific_contract.gate import pace_for
from prolific_contract.gate.conversation import BRISK, CAREFUL
from prolific_contract.sandbox import Sandbox, SandboxSettings


def test_check_of_the_sandbox_passes(capsys):
    settings = SandboxSettings(files=1, generation_seconds=0.2)
    with Sandbox(settings) as sandbox:
        options = ["--target", sandbox.url, "--token", sandbox.token]
        out, _ = run(capsys, *options, "--batch", BATCH, "--collection", COLLECTION)

    assert out.startswith("PASSED")


@contextmanager
def hostile(handle):
    over = threading.Event()

    def serve(connection):
        with connection, suppress(OSError):
            connection.recv(65536)
            handle(connection, over)

    def accept():
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def sending(content):
    return lambda connection, over: connection.sendall(content)


def dripping(connection, over):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    while not over.wait(0.01):
        connection.sendall(b" ")


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<h1>Hello!</h1>"
LARGE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n"
OLD = b"HTTP/1.0 404 Not Found\r\nContent-Type: application/json\r\n\r\n{}"


# Seconds for an answer: none comes, and one that a busy machine may take its time with.
NEVER, EVER = "0.5", "20"


@pytest.mark.unmeasured
@pytest.mark.every_python
@pytest.mark.parametrize(
    ("handle", "wait", "says"),
    [
        (lambda connection, over: over.wait(), NEVER, "no complete response within"),
        (dripping, NEVER, "no complete response within"),
        (lambda connection, over: None, EVER, "the response was not HTTP"),
        (sending(b"SSH-2.0-OpenSSH_9.9\r\n"), EVER, "the response was not HTTP"),
        (sending(HTML), EVER, "text/html"),
        (sending(LARGE + bytes(10_000_000)), EVER, "got 200, not 401"),
        (sending(OLD), EVER, "has no valid envelope"),
    ],
    ids=["hang", "drip", "close", "garbage", "html", "10MB", "HTTP/1.0"],
)
def test_hostile_server_ends_with_an_error_message(capsys, handle, wait, says):
    with hostile(handle) as url:
        options = ["--target", url, "--token", SETTINGS.token, "--batch", BATCH]
        out, err = run(capsys, *options, "--max-wait", wait, expect=1)

    assert says in " ".join(out.split())
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("url", "pace"),
    [
        ("http://127.0.0.1:1", BRISK),
        ("http://127.9.9.9", BRISK),
        ("http://localhost:1", BRISK),
        ("http://[::1]:1", BRISK),
        ("https://api.prolific.com", CAREFUL),
        ("https://127.example.com", CAREFUL),
        ("https://localhost.example.com", CAREFUL),
    ],
)
def test_pauses_are_skipped_only_for_loopback_servers(url, pace):
    assert pace_for(url) is pace
