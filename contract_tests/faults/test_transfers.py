"""The SDK against stores that break transfers, over real sockets.

Whatever a store does, the file at the destination is exactly the server's archive, or there is
no file and a typed error.
"""

import ssl
from random import Random
from typing import Any

import httpx
import pytest
from attrs import evolve
from helpers.clients import Clients
from helpers.command import main as command
from helpers.leak_detector import TransferLeakDetector
from prolific_contract.cli import main as contract
from prolific_contract.sandbox import Sandbox, SandboxSettings
from prolific_contract.sandbox.faults import FAULTS
from prolific_exports import DownloadError, Exports, Saved, verify_zip
from prolific_exports.testing import FakeClock

SETTINGS = SandboxSettings(generation_seconds=0, submissions=10, files=2)
# So many files that the end of the archive, which is read first, does not contain the responses.
LARGE = SandboxSettings(generation_seconds=0, submissions=10, files=300)
# Real seconds: so many that a busy machine does not look like a stalled store.
STALL_SECONDS = 2.0
# What no client can make good.
HOPELESS = {"refused", "gone", "redirect-loop"}
MOST_REQUESTS = 8
# Two requests may show that ranges are of no use, before the whole archive is fetched.
MOST_REQUESTS_FOR_RANGES = 12


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """What every one of the stores has, since it follows from the settings and the clock."""
    target = tmp_path_factory.mktemp("clean") / "clean.zip"
    clock = FakeClock()
    with (
        Sandbox(SETTINGS, clock=clock) as sandbox,
        Exports(sandbox.token, base_url=sandbox.url, clock=clock) as exports,
    ):
        exports.collections.download(sandbox.collection_id, target)
    return target.read_bytes()


# How the store is reached: by the standard library, an httpx client of the caller's, or async.
TRANSPORTS = ("own", "httpx", "async")
CERTIFICATES = ssl.create_default_context()


@pytest.fixture
def download(tmp_path, monkeypatch, capfd):
    """Downloads, and looks for secrets in everything that comes of it."""

    def run(sandbox, clock, transport="own", certificates=CERTIFICATES, only=None, **options):
        events, folder = [], tmp_path / "here"
        folder.mkdir()
        detector = TransferLeakDetector(sandbox.token, tmp_path)

        def notice(event):
            events.append(event)
            detector.record_event(event)

        with Clients("async" if transport == "async" else "sync") as clients:
            if transport != "own":
                options["http_client"] = clients.http_client(verify=certificates)
            exports = clients.make(
                sandbox.token,
                base_url=sandbox.url,
                clock=clock,
                random=Random(1),
                stall_timeout=STALL_SECONDS,
                on_event=notice,
                **options,
            )
            failure = None
            with detector.watching(monkeypatch):
                job = exports.collections.export(sandbox.collection_id)
                try:
                    job.download(folder / "export.zip", only=only)
                except DownloadError as error:
                    failure = error
                    detector.record_error(error)
                for value in (exports, job, job.wait()):
                    detector.record(repr(value))
        detector.check(*capfd.readouterr())
        if failure is not None:
            raise failure
        return events

    return run


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", sorted(FAULTS.keys() - HOPELESS))
def test_download_through_any_fault_returns_the_archive(
    name, transport, archive, download, tmp_path
):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault=name) as sandbox:
        events = download(sandbox, clock, transport)
        server: Any = sandbox._server
        asked = server.requests
    assert (tmp_path / "here" / "export.zip").read_bytes() == archive
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["export.zip"]
    assert isinstance(events[-1], Saved)
    assert asked <= MOST_REQUESTS


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", sorted(HOPELESS))
def test_download_through_a_permanent_fault_raises(name, transport, download, tmp_path):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault=name) as sandbox:
        with pytest.raises(DownloadError):
            download(sandbox, clock, transport)
        server: Any = sandbox._server
        asked = server.requests
    assert not (tmp_path / "here" / "export.zip").exists()
    assert asked <= MOST_REQUESTS


@pytest.fixture(scope="module")
def responses(tmp_path_factory):
    """The responses of a large archive, from a store without faults."""
    folder, clock = tmp_path_factory.mktemp("clean"), FakeClock()
    with (
        Sandbox(LARGE, clock=clock) as sandbox,
        Exports(sandbox.token, base_url=sandbox.url, clock=clock) as exports,
    ):
        download = exports.collections.download
        part = download(sandbox.collection_id, folder / "responses.zip", only="responses")
        whole = download(sandbox.collection_id, folder / "whole.zip")
    assert list(part.responses()) == list(whole.responses())
    assert [file.path for file in part.files] == [file.path for file in whole.files]
    return part.path.read_bytes()


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", sorted(FAULTS.keys() - HOPELESS))
def test_responses_through_any_fault_are_the_same(name, transport, responses, download, tmp_path):
    clock = FakeClock()
    with Sandbox(LARGE, clock=clock, fault=name) as sandbox:
        events = download(sandbox, clock, transport, only="responses")
        server: Any = sandbox._server
        asked = server.requests
    assert (tmp_path / "here" / "export.zip").read_bytes() == responses
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["export.zip"]
    assert isinstance(events[-1], Saved)
    assert asked <= MOST_REQUESTS_FOR_RANGES


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("name", sorted(HOPELESS))
def test_responses_through_a_permanent_fault_raise(name, transport, download, tmp_path):
    clock = FakeClock()
    with Sandbox(LARGE, clock=clock, fault=name) as sandbox:
        with pytest.raises(DownloadError):
            download(sandbox, clock, transport, only="responses")
        server: Any = sandbox._server
        asked = server.requests
    assert list((tmp_path / "here").iterdir()) == []
    assert asked <= MOST_REQUESTS


@pytest.mark.parametrize("edition", ["2026-03", "2026-11"])
@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_responses_are_downloaded_in_both_editions(edition, flavour, tmp_path):
    clock = FakeClock()
    settings = evolve(LARGE, edition=edition)
    with Sandbox(settings, clock=clock) as sandbox, Clients(flavour) as clients:
        events: list[Any] = []
        exports = clients.make(
            sandbox.token, base_url=sandbox.url, clock=clock, on_event=events.append
        )
        for resource, id_ in (
            (exports.collections, sandbox.collection_id),
            (exports.batches, sandbox.batch_id),
        ):
            archive = resource.download(id_, tmp_path, only="responses")
            assert len(list(archive.responses())) == 10
            assert len(archive.files) == 300
            assert events[-1].transferred < 150_000


@pytest.mark.parametrize("fault", ["refused", "expired-403", "redirect", "web-page"])
@pytest.mark.parametrize("option", [["--json"], [], ["--quiet"]], ids=str)
def test_command_shows_no_secret(fault, option, tmp_path, monkeypatch, capfd):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault=fault) as sandbox:
        monkeypatch.setenv("PROLIFIC_URL", sandbox.url)
        monkeypatch.setenv("PROLIFIC_TOKEN", sandbox.token)
        detector = TransferLeakDetector(sandbox.token, tmp_path)
        target = str(tmp_path / "export.zip")
        with detector.watching(monkeypatch):
            status = command(
                ["download", "collection", sandbox.collection_id, "--output", target, *option],
                clock=clock,
            )
    assert status == (1 if fault == "refused" else 0)
    detector.check(*capfd.readouterr())


def test_command_downloads_despite_a_fault(tmp_path, monkeypatch):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault="redirect") as sandbox:
        monkeypatch.setenv("PROLIFIC_URL", sandbox.url)
        monkeypatch.setenv("PROLIFIC_TOKEN", sandbox.token)
        target = tmp_path / "export.zip"
        arguments = ["download", "collection", sandbox.collection_id, "--output", str(target)]
        assert command(arguments, clock=clock) == 0
    assert verify_zip(target).members == 5


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("fault", ["short-body", "reset"])
def test_download_over_https(fault, transport, archive, download, tmp_path, monkeypatch):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault=fault, tls=True) as sandbox:
        assert sandbox.url.startswith("https://127.0.0.1:")
        authority = sandbox.certificate_file
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        certificates = ssl.create_default_context(cafile=authority)
        download(sandbox, clock, transport, certificates)
    assert (tmp_path / "here" / "export.zip").read_bytes() == archive
    assert authority is not None
    assert not authority.parent.exists()


def test_certificate_is_not_trusted_by_default(monkeypatch):
    with Sandbox(tls=True) as sandbox, pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.get(sandbox.url, verify=ssl.create_default_context())


def test_sandbox_uses_http_by_default():
    with Sandbox() as sandbox:
        assert sandbox.url.startswith("http://")
        assert sandbox.certificate_file is None


def test_every_fault_is_listed(capsys):
    assert contract(["sandbox", "--list-faults"]) == 0
    out = capsys.readouterr().out
    assert len(FAULTS) > 30
    for fault in FAULTS.values():
        assert f"{fault.name}\n  {fault.sentence}.\n" in out
