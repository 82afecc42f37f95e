"""The command and the SDK against a server that shares no line with the sandbox."""

import json
import os
import subprocess
import sys
import zipfile

import httpx
import pytest
from helpers.second_server import BATCH, COLLECTION, SUBMISSIONS, TOKEN, SecondServer
from prolific_exports import (
    AuthenticationError,
    FileUpload,
    FreeText,
    NotFoundError,
    summarise,
    verify_zip,
)

pytestmark = pytest.mark.unmeasured

IDS = {"collection": COLLECTION, "batch": BATCH}
PLURAL = {"collection": "collections", "batch": "batches"}


@pytest.fixture
def server():
    with SecondServer() as server:
        yield server


def run(server, *arguments, token=TOKEN):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "prolific_exports", *map(str, arguments)],
        env={**os.environ, "PROLIFIC_URL": server.url, "PROLIFIC_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def conversation(server):
    return [(one.method, one.path.partition("/files/")[1] or one.path) for one in server.requests]


def expected_conversation(server, kind):
    post = f"/api/v1/data-collection/{PLURAL[kind]}/{IDS[kind]}/export"
    (get,) = {one.path for one in server.requests if one.path.startswith(f"{post}/")}
    return [("POST", post), ("GET", get), ("GET", get), ("GET", get), ("GET", "/files/")]


def check_secrets(server):
    """The token goes to the API with every call, and to the store never."""
    for request in server.requests:
        if request.path.startswith("/files/"):
            assert TOKEN not in str(request.headers)
        else:
            assert request.headers["authorization"] == f"Token {TOKEN}"


def test_command_downloads_an_archive(server, kind, tmp_path):
    target = tmp_path / "x.zip"
    options = ("--output", target, "--poll-interval", "0.05")
    done = run(server, "download", kind, IDS[kind], *options)

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{target}\n"
    # This server knows exports only.
    assert "saved without its codebook: " in done.stderr
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert any(name.endswith(f"/{kind}.json") for name in archive.namelist())
    assert list(tmp_path.iterdir()) == [target]
    definition = ("GET", f"/api/v1/data-collection/{PLURAL[kind]}/{IDS[kind]}")
    assert conversation(server) == [*expected_conversation(server, kind), definition]
    check_secrets(server)
    assert TOKEN not in done.stderr


def test_command_extracts_and_reports(server, tmp_path):
    options = ("--output", tmp_path / "x.zip", "--extract", tmp_path / "data")
    done = run(server, "download", "batch", BATCH, "--json", "--poll-interval", "0.05", *options)

    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert (result["status"], result["size"]) == ("saved", (tmp_path / "x.zip").stat().st_size)
    uploaded = tmp_path / "data" / "files" / "sub-0_q-photo_0.txt"
    assert uploaded.read_text(encoding="utf-8") == "a photo, described"


@pytest.mark.parametrize(
    ("resource", "token", "said"),
    [("unknown-id", TOKEN, "Not found"), (COLLECTION, "wr0ng", "Invalid token")],
)
def test_command_prints_the_reason_of_a_refusal(server, tmp_path, resource, token, said):
    done = run(
        server, "download", "collection", resource, "--output", tmp_path / "x.zip", token=token
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert token not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_sdk_downloads_and_reads_an_archive(server, clients, kind, tmp_path):
    exports = clients.make(TOKEN, base_url=server.url, poll_interval=0.01)
    archive = getattr(exports, PLURAL[kind]).download(IDS[kind], tmp_path)

    (saved,) = tmp_path.iterdir()
    assert verify_zip(saved)
    submissions = list(archive.responses())
    assert len(submissions) == SUBMISSIONS
    assert submissions[3].responses["q-why"].value == "Reason 3"
    assert isinstance(submissions[3].responses["q-why"], FreeText)
    upload = submissions[0].responses["q-photo"]
    assert isinstance(upload, FileUpload)
    with archive.open_file(upload.files[0].path) as file:
        assert file.read() == b"a photo, described"
    summary = summarise(archive)
    assert (summary.kind, summary.id, summary.files) == (kind, IDS[kind], 1)
    assert (summary.submissions, summary.participants) == (SUBMISSIONS, 7)
    assert conversation(server) == expected_conversation(server, kind)
    check_secrets(server)


def test_ready_export_is_not_polled(server, clients, kind, tmp_path):
    exports = clients.make(TOKEN, base_url=server.url, poll_interval=0.01)
    resource = getattr(exports, PLURAL[kind])
    first = resource.download(IDS[kind], tmp_path / "first.zip")
    asked = len(server.requests)

    job = resource.export(IDS[kind])
    second = job.download(tmp_path / "second.zip")

    assert job.export_id is None
    assert [method for method, _ in conversation(server)[asked:]] == ["POST", "GET"]
    assert list(first.responses()) == list(second.responses())


def test_second_server_refuses_requests_that_the_sdk_must_not_send(server, clients):
    """Otherwise the tests above would prove less than they seem to."""
    exports = clients.make(TOKEN, base_url=server.url, poll_interval=0.01)
    url = exports.collections.export(COLLECTION).wait().url
    authorization = {"Authorization": f"Token {TOKEN}"}

    assert httpx.get(url).status_code == 200
    assert httpx.get(url, headers=authorization).status_code == 400
    assert httpx.get(f"{url}0").status_code == 404
    with pytest.raises(NotFoundError):
        exports.collections.job(COLLECTION, "unknown-job").status()
    with pytest.raises(NotFoundError):
        exports.batches.job(BATCH, "never-requested").status()


def test_sdk_raises_typed_errors_for_flat_error_bodies(server, clients, kind):
    exports = clients.make(TOKEN, base_url=server.url)
    with pytest.raises(NotFoundError) as unknown:
        getattr(exports, PLURAL[kind]).export("unknown-id")
    assert unknown.value.detail == "Not found."
    stranger = clients.make("wr0ng", base_url=server.url)
    with pytest.raises(AuthenticationError):
        getattr(stranger, PLURAL[kind]).export(IDS[kind])
