"""The SDK against stores that break transfers, over real sockets.

Whatever a store does, the file at its place is exactly the server's archive, or there is none
and a typed error says so.
"""

import ssl
from random import Random

import httpx
import pytest
from prolific_contract.cli import main as contract
from prolific_contract.sandbox import Sandbox, SandboxSettings
from prolific_contract.sandbox.faults import FAULTS
from prolific_exports import DownloadError, Exports, Saved, verify_zip
from prolific_exports._cli import main as command
from prolific_exports.testing import FakeClock

SETTINGS = SandboxSettings(generation_seconds=0, submissions=10, files=2)
STALL_SECONDS = 0.3
# What no client can make good.
HOPELESS = {"gzip", "refused", "gone", "redirect-loop"}
MOST_REQUESTS = 8


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


@pytest.fixture
def download(tmp_path):
    def run(sandbox, clock, **options):
        events = []
        with Exports(
            sandbox.token,
            base_url=sandbox.url,
            clock=clock,
            random=Random(1),
            stall_timeout=STALL_SECONDS,
            on_event=events.append,
            **options,
        ) as exports:
            exports.collections.download(sandbox.collection_id, tmp_path / "export.zip")
        return events

    return run


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - HOPELESS))
def test_a_download_ends_with_the_archive(name, archive, download, tmp_path):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault=name) as sandbox:
        events = download(sandbox, clock)
        asked = sandbox._server.requests
    assert (tmp_path / "export.zip").read_bytes() == archive
    assert [path.name for path in tmp_path.iterdir()] == ["export.zip"]
    assert isinstance(events[-1], Saved)
    assert asked <= MOST_REQUESTS


@pytest.mark.parametrize("name", sorted(HOPELESS))
def test_a_download_that_cannot_succeed_says_so(name, download, tmp_path):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault=name) as sandbox:
        with pytest.raises(DownloadError):
            download(sandbox, clock)
        asked = sandbox._server.requests
    assert not (tmp_path / "export.zip").exists()
    assert asked <= MOST_REQUESTS


def test_the_command_downloads_in_spite_of_a_fault(tmp_path, monkeypatch):
    with Sandbox(SETTINGS, fault="redirect") as sandbox:
        monkeypatch.setenv("PROLIFIC_URL", sandbox.url)
        monkeypatch.setenv("PROLIFIC_TOKEN", sandbox.token)
        target = tmp_path / "export.zip"
        arguments = ["download", "collection", sandbox.collection_id, "--output", str(target)]
        assert command(arguments) == 0
    assert verify_zip(target).members == 5


@pytest.mark.parametrize("fault", [None, "short-body", "reset"])
def test_https(fault, archive, download, tmp_path, monkeypatch):
    clock = FakeClock()
    with Sandbox(SETTINGS, clock=clock, fault=fault, tls=True) as sandbox:
        assert sandbox.url.startswith("https://127.0.0.1:")
        certificates = ssl.create_default_context(cafile=sandbox.certificate_file)
        with httpx.Client(verify=certificates) as client:
            download(sandbox, clock, http_client=client)
        authority = sandbox.certificate_file
    assert (tmp_path / "export.zip").read_bytes() == archive
    assert not authority.parent.exists()


def test_nobody_believes_the_certificate_who_was_not_told_to(monkeypatch):
    with Sandbox(tls=True) as sandbox, pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.get(sandbox.url, verify=ssl.create_default_context())


def test_the_sandbox_speaks_http_unless_told():
    with Sandbox() as sandbox:
        assert sandbox.url.startswith("http://")
        assert sandbox.certificate_file is None


def test_every_fault_is_listed(capsys):
    assert contract(["sandbox", "--list-faults"]) == 0
    out = capsys.readouterr().out
    assert len(FAULTS) > 30
    for fault in FAULTS.values():
        assert f"{fault.name}\n  {fault.sentence}.\n" in out
