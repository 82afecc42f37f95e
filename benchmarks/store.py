"""An API and a store that serve one file as fast as sockets go, or at a rate: for transfer.py.

    python benchmarks/store.py FILE [--rate BYTES_PER_SECOND] [--certificate PEM]

Prints its base URL and serves until it is stopped. It knows one collection, "benchmark", whose
export is always complete.
"""

import argparse
import json
import re
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PIECE = 1 << 18
PACE = 50  # pieces a second when there is a rate


class Handler(BaseHTTPRequestHandler):
    """Answers like Prolific's API, and like S3 below /store/."""

    protocol_version = "HTTP/1.1"
    file: Path
    base: str
    rate: int

    def do_POST(self) -> None:
        """Request an export: it is there already."""
        url = f"{self.base}/store/export.zip?X-Amz-Expires=3600&X-Amz-Signature=benchmark"
        answer = {"status": "complete", "url": url, "expires_at": "2099-01-01T00:00:00Z"}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Send the file or a range of it."""
        size = self.file.stat().st_size
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        start, stop = 0, size
        if wanted and wanted[1]:
            start = int(wanted[1])
            stop = min(int(wanted[2]) + 1, size) if wanted[2] else size
        elif wanted:
            start = max(size - int(wanted[2]), 0)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Content-Length", str(stop - start))
        self.send_header("ETag", '"benchmark"')
        self.send_header("Accept-Ranges", "bytes")
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.end_headers()
        try:
            self.send_bytes(start, stop)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send_bytes(self, start: int, stop: int) -> None:
        """Send a part of the file, at the rate if there is one."""
        with self.file.open("rb") as file:
            if not self.rate and not isinstance(self.connection, ssl.SSLSocket):
                self.connection.sendfile(file, start, stop - start)
                return
            file.seek(start)
            began = time.monotonic()
            piece = self.rate // PACE if self.rate else PIECE
            sent = 0
            while sent < stop - start:
                sent += self.connection.send(file.read(min(piece, stop - start - sent)))
                file.seek(start + sent)
                if self.rate:
                    time.sleep(max(0, began + sent / self.rate - time.monotonic()))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Takes many connections at once."""

    request_queue_size = 128


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rate", type=int, default=0, help="bytes a second and connection")
    parser.add_argument("--certificate", type=Path, help="key and certificate: makes it https")
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    Handler.file, Handler.rate = options.file, options.rate
    Handler.base = f"{scheme}://127.0.0.1:{server.server_port}"
    print(Handler.base, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
