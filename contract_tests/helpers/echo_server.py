"""An API and a store that repeat secrets, in answers that need not be HTTP."""

import io
import json
import socketserver
import threading
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from attrs import evolve, frozen

from helpers import api
from helpers.background_server import BackgroundServer

SIGNATURE = "9c1f0be7a2d84c53b6e0d7f1a4c8935e2b7d6a90f3e15c48d2b6a7093fe81c54"
CREDENTIAL = "ASIAQ3EGVZ5T7KWXJ2LM/20260320/eu-north-1/s3/aws4_request"
ID = api.EXPORT_ID


@frozen
class EchoRequest:
    """A request, as far as the server cares."""

    number: int
    method: str
    target: str

    @property
    def of_store(self) -> bool:
        return self.target.startswith("/store/")


@frozen
class EchoReply:
    """An answer, to be changed before it is sent."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"

    @property
    def value(self) -> Any:
        return json.loads(self.body) if self.body else {}


Echo = Callable[[EchoRequest, EchoReply], bytes]
"""Makes what goes over the wire of a request and of its right answer."""


def sent(reply: EchoReply, *fields: str, line: str = "") -> bytes:
    """A right answer, with further header fields and another status line."""
    head = [
        line or f"HTTP/1.1 {reply.status} So",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {len(reply.body)}",
        "Connection: close",
        *fields,
    ]
    return "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + reply.body


def signed_url(base: str, path: str = "/store/archive.zip") -> str:
    return (
        f"{base}{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential={quote(CREDENTIAL, safe='')}&X-Amz-Date=20260320T100000Z"
        f"&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature={SIGNATURE}"
    )


class EchoServer(BackgroundServer):
    """The server, on a loopback socket while its context is entered."""

    def __init__(self, echo: Echo) -> None:
        """Open the socket."""
        self.echo = echo
        self._count = 0
        self._lock = threading.Lock()
        server = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                method, _, rest = self.rfile.readline(65536).decode("latin-1").partition(" ")
                while self.rfile.readline(65536).strip():
                    pass
                if rest:
                    self.wfile.write(server.answer(method, rest.partition(" ")[0]))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Nothing: a client may leave before everything is sent."""

        super().__init__(Server(("127.0.0.1", 0), Handler))

    def answer(self, method: str, target: str) -> bytes:
        with self._lock:
            self._count += 1
            asked = EchoRequest(self._count, method, target)
        return self.echo(asked, self._reply(asked))

    def _reply(self, asked: EchoRequest) -> EchoReply:
        if asked.of_store:
            return EchoReply(200, api.ARCHIVE, "application/zip")
        if asked.target.startswith("/contract"):
            return EchoReply(200, b"openapi: 3.1.0\n", "application/yaml")
        if asked.method == "POST":
            return _json(202, {"status": "generating", "export_id": ID})
        if asked.method == "DELETE":
            return EchoReply(204)
        if asked.target.endswith("/export"):
            return _json(200, [api.listed()])
        body = {
            "status": "complete",
            "url": signed_url(self.url),
            "expires_at": "2099-01-01T00:00:00Z",
        }
        return _json(200, body)


def _json(status: int, value: Any) -> EchoReply:
    return EchoReply(status, json.dumps(value).encode())


def archive_with_damaged(name: str) -> bytes:
    """An export archive, one member of which has the name and no whole content."""
    root = f"collection-export-{api.COLLECTION}-20260320T100000"
    content, buffer = b"an answer, in plain letters", io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{root}/responses.jsonl", "")
        archive.writestr(f"{root}/collection.json", "{}")
        archive.writestr(f"{root}/files/{name}", content)
    return buffer.getvalue().replace(content, content.swapcase())


@cache
def echoes(secret: str) -> Mapping[str, Echo]:
    """Every way to repeat a secret, by its name."""
    places: dict[str, Callable[[str], Echo]] = {
        "in a header": lambda s: lambda _, r: sent(r, f"X-Echo: you are {s}"),
        "in a header's name": lambda s: lambda _, r: sent(r, f"X-{s}: 1"),
        "in the phrase": lambda s: lambda _, r: sent(r, line=f"HTTP/1.1 {r.status} {s}"),
        "in a bad status line": lambda s: lambda _, r: sent(r, line=f"HTTP/1.1 {s}"),
        "instead of HTTP": lambda s: lambda *_: f"{s}\r\n\r\n".encode(),
        "in a bad header": lambda s: lambda _, r: sent(r, f"X Echo {s}"),
        "in a bad header's name": lambda s: lambda _, r: sent(r, f"X({s}): 1"),
        "as a length": lambda s: lambda *_: _head("200 OK", f"Content-Length: {s}"),
        "as a chunk": lambda s: (
            lambda *_: _head("200 OK", "Transfer-Encoding: chunked") + f"{s}\r\n".encode()
        ),
        "as a framing": lambda s: lambda _, r: sent(r, f"Transfer-Encoding: {s}"),
        "as a coding": lambda s: lambda _, r: sent(r, f"Content-Encoding: {s}"),
        "as a part": lambda s: lambda _, r: sent(evolve(r, status=206), f"Content-Range: {s}"),
        "as a tag": lambda s: lambda _, r: sent(r, f'ETag: "{s}"'),
        "in a redirect": lambda s: lambda *_: _head("302 Found", f"Location: http://{s}/"),
        "in a redirect's port": lambda s: lambda *_: _head("307 So", f"Location: http://h:{s}/"),
        "in a redirect's path": lambda s: lambda *_: _head("301 So", f"Location: ftp://h/{s}"),
        "in a wait": lambda s: lambda *_: _head("429 Slow", f"Retry-After: {s}"),
        "in a page": lambda s: lambda *_: _page(500, f"<p>{s}</p>"),
        "in a refusal": lambda s: lambda *_: _page(403, f"<Error><Is>{s}</Is></Error>"),
        "in an error": lambda s: lambda *_: _head("400 No") + _error(s),
        "in no JSON": lambda s: lambda _, r: sent(evolve(r, body=f'{{"a": {s}'.encode())),
        "as a status": lambda s: _changed(lambda v: {**v, "status": s}),
        "as an id": lambda s: _changed(lambda v: {**v, "export_id": s, "status": "generating"}),
        "as an expiry": lambda s: _changed(lambda v: {**v, "expires_at": s}),
        "as a URL": lambda s: _changed(lambda v: {**v, "url": f"ftp://h/{s}"}),
        "as something else": lambda s: _changed(lambda v: {**v, "said": {s: [s]}}),
    }
    return {
        f"{place}, {form}": make(write(secret))
        for place, make in places.items()
        for form, write in FORMS.items()
    }


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in part": lambda s: s[4:24],
    "escaped for JSON": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "with slashes escaped": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "escaped for a URL": lambda s: "".join(f"%{ord(c):02X}" for c in s),
    "escaped for HTML": lambda s: "".join(f"&#{ord(c)};" for c in s),
}


def _changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Echo:
    """Answers whose JSON is changed, in lists in each of the items."""

    def echo(asked: EchoRequest, reply: EchoReply) -> bytes:
        if asked.of_store or not reply.body or reply.content_type != "application/json":
            return sent(reply)
        value = reply.value
        new = [change(item) for item in value] if isinstance(value, list) else change(value)
        # A form may have escapes of JSON in it, which are to stay.
        return sent(evolve(reply, body=json.dumps(new).replace("\\\\", "\\").encode()))

    return echo


def _head(line: str, *fields: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {line}", *fields, "Connection: close", "", ""]).encode()


def _page(status: int, text: str) -> bytes:
    return sent(EchoReply(status, text.encode(), "text/html"))


def _error(said: str) -> bytes:
    text = '{"error": {"title": "%s", "error_code": 1, "detail": {"%s": ["no %s"]}}}'
    return (text % (said, said, said)).encode()
