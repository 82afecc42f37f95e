"""``prolific-contract sandbox --mutant`` and ``--variant``: what a user sees and gets."""

import anyio
import httpx
import pytest
from prolific_contract.cli import main
from prolific_contract.sandbox import (
    NoReplyError,
    Sandbox,
    SandboxError,
    SandboxSettings,
    app_for,
    make_site,
)
from prolific_contract.sandbox.mutants import FAULTS
from prolific_contract.sandbox.variants import VARIANTS

INSTANT = SandboxSettings(generation_seconds=0)


@pytest.fixture
def served(monkeypatch):
    """Sends one request to the served sandbox and interrupts it; returns the statuses."""
    statuses = []

    def serve_forever(self):
        url = f"{self.url}/api/v1/data-collection/batches/{self.batch_id}/export"
        answer = httpx.post(url, headers={"Authorization": f"Token {self.token}"})
        statuses.append(answer.status_code)
        raise KeyboardInterrupt

    monkeypatch.setattr(Sandbox, "serve_forever", serve_forever)
    return statuses


def test_mutant_is_served_with_its_description(served, capsys):
    assert main(["sandbox", "--mutant", "status-201@batch-request"]) == 0
    out = capsys.readouterr().out
    assert "  mutant      status-201@batch-request\n" in out
    assert "It answers 201 instead of 202, 200 or 204.\n" in out
    assert served == [201]


@pytest.mark.parametrize("name", ["first-job-fails", "charset"])
def test_variant_is_served_with_its_description(served, capsys, name):
    assert main(["sandbox", "--variant", name]) == 0
    out = capsys.readouterr().out
    assert f"  variant     {name}\n" in out
    assert f"{VARIANTS[name].sentence}.\n" in out
    assert served == [202]


def test_mutants_are_listed_by_fault(capsys):
    assert main(["sandbox", "--list-mutants"]) == 0
    out = capsys.readouterr().out
    for fault in FAULTS:
        assert f"\n{fault.name}\n  {fault.sentence}.\n  " in out
    assert "\n  request (also -second), status (also -late -sometimes), " in out
    assert "\n  request (edition 2026-03 only), status (also -late)\n" in out
    assert "delete (also -second; edition 2026-11 only)\n" in out
    late = "only from the third status or list request on"
    assert f"  -late       {late}\n" in out


def test_variants_are_listed(capsys):
    assert main(["sandbox", "--list-variants"]) == 0
    out = capsys.readouterr().out
    assert "charset\n  It sends the charset in the content type.\n" in out
    assert "before the first request (edition 2026-03 only).\n" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--mutant", "expired@batch"], "unknown mutant 'expired@batch': did you mean"),
        (["--mutant", "expired"], "did you mean expired@batch-request or expired@"),
        (["--mutant", "Url_S4"], "did you mean url-s3@batch-request or url-s3@"),
        (["--mutant", "vanishes"], "did you mean job-vanishes@batch-status or job-vanishes@"),
        (["--mutant", "@"], "unknown mutant '@': see --list-mutants"),
        (["--variant", "x"], "unknown variant 'x': see --list-variants"),
        (
            ["--mutant", "complete-reused@batch-request"],
            "the mutant complete-reused@batch-request exists in edition 2026-11 only",
        ),
    ],
)
def test_unknown_name_is_refused_with_a_message(capsys, arguments, message):
    assert main(["sandbox", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_sandbox_refuses_mutant_together_with_variant():
    with pytest.raises(SandboxError, match="both a mutant and a variant"):
        Sandbox(mutant="expired@batch-status", variant="charset")


def exported(sandbox, client):
    """The statuses, versions and headers of the three answers that an export takes."""
    headers = {"Authorization": f"Token {sandbox.token}"}
    url = f"{sandbox.url}/api/v1/data-collection/batches/{sandbox.batch_id}/export"
    started = client.post(url, headers=headers)
    polled = client.get(f"{url}/{started.json()['export_id']}", headers=headers)
    archive = client.get(polled.json()["url"])
    assert [one.status_code for one in (started, polled, archive)] == [202, 200, 200]
    assert archive.content.startswith(b"PK")
    return started, polled, archive


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("chunked", lambda answer: answer.headers["transfer-encoding"] == "chunked"),
        ("keep-alive-off", lambda answer: answer.headers["connection"] == "close"),
        ("http-1.0", lambda answer: answer.http_version == "HTTP/1.0"),
    ],
)
def test_connection_variant_shows_over_a_socket(name, sign):
    with Sandbox(INSTANT, variant=name) as sandbox, httpx.Client() as client:
        assert all(sign(answer) for answer in exported(sandbox, client))


def test_repeated_headers_are_all_sent():
    with Sandbox(INSTANT, variant="headers-many") as sandbox, httpx.Client() as client:
        started, _, _ = exported(sandbox, client)
        assert len(started.headers.get_list("set-cookie")) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("reset", httpx.RemoteProtocolError),
        ("garbage", httpx.RemoteProtocolError),
        ("cut", httpx.RemoteProtocolError),
        ("hang", httpx.ReadTimeout),
    ],
)
@pytest.mark.parametrize("operation", ["batch-request", "batch-archive"])
def test_connection_fault_breaks_one_request_and_the_sandbox_continues(fault, error, operation):
    timeout = 0.5 if fault == "hang" else 10
    with Sandbox(INSTANT, mutant=f"{fault}@{operation}") as sandbox:
        with httpx.Client(timeout=timeout) as client, pytest.raises(error):
            exported(sandbox, client)
        # And it goes on to serve others.
        assert httpx.get(sandbox.url).status_code == 404


def test_connection_fault_raises_no_reply_error_in_process():
    site = make_site(INSTANT, None, mutant="reset@batch-request")
    transport = httpx.ASGITransport(app_for(site))

    async def ask():
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            await client.post(
                f"/api/v1/data-collection/batches/{site.settings.id_of('batch')}/export",
                headers={"Authorization": f"Token {site.settings.token}"},
            )

    with pytest.raises(NoReplyError, match="reset"):
        anyio.run(ask)
