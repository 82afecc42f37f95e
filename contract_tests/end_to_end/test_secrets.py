"""No secret leaves the process, whatever the server repeats and wherever it stands.

A server on a raw socket repeats the token, or what signs a URL, in every place of an answer
and in every way of writing; clients and commands meet it while everything is heard.
"""

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from urllib.parse import unquote

import httpx
import pytest
from attrs import evolve
from helpers import api, command
from helpers.clients import Clients
from helpers.echo_server import (
    CREDENTIAL,
    FORMS,
    SIGNATURE,
    EchoServer,
    archive_with_damaged,
    echoes,
    sent,
    signed_url,
)
from helpers.leak_detector import LeakDetector
from prolific_contract import ContractToolError
from prolific_contract import cli as contract
from prolific_contract.diff import read_contract
from prolific_contract.sandbox import Sandbox
from prolific_exports import AsyncExports, Exports, ExportsError
from prolific_exports.testing import FakeClock

pytestmark = [pytest.mark.unmeasured, pytest.mark.every_python]

TOKEN = "kq3v9Xw2/Lr7tYb5n+Mz8cHd4f_Gj6sPa1e"
SECRETS = (TOKEN, SIGNATURE, CREDENTIAL)
PLACES = {name.rpartition(",")[0]: None for name in echoes("")}


def right(asked, reply):
    return sent(reply)


def from_store(echo):
    return lambda asked, reply: (echo if asked.of_store else right)(asked, reply)


def echoes_in(place, secret):
    made = echoes(secret)
    return [made[f"{place}, {form}"] for form in FORMS]


@pytest.fixture
def detector():
    return LeakDetector()


def call_and_record(detector, call, *arguments, **options):
    """Call, and record the result or error."""
    try:
        detector.record_value(call(*arguments, **options))
    except ExportsError as error:
        detector.record_error(error)


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("place", PLACES)
def test_clients_leak_no_secret(place, flavour, detector, tmp_path):
    with EchoServer(right) as server, Clients(flavour) as clients, detector.recording_logs():
        exports = clients.make(
            TOKEN, base_url=server.url, clock=FakeClock(), on_event=detector.record_value
        )
        collections, folder = exports.collections, str(tmp_path)
        job = collections.job(api.COLLECTION, api.EXPORT_ID)
        calls = [
            job.status,
            lambda: repr(collections.export(api.COLLECTION)),
            lambda: collections.list(api.COLLECTION),
            job.delete,
        ]
        # The forms take turns with the calls: each is met with several of the others.
        for number, echo in enumerate(echoes_in(place, TOKEN)):
            server.echo = echo
            call_and_record(detector, calls[number % 4])
            call_and_record(detector, calls[(number + 1) % 4])
        server.echo = right
        call_and_record(detector, job.status)
        for number, secret in enumerate(SECRETS):
            repeated = echoes_in(place, secret)
            server.echo = repeated[number]
            call_and_record(detector, job.status)
            server.echo = from_store(repeated[number + 3])
            call_and_record(
                detector, lambda: str(collections.download(api.COLLECTION, folder, overwrite=True))
            )
    for path in tmp_path.rglob("*"):
        detector.record(path.name)
    detector.check(*SECRETS)


def run(detector, main, argv, **options):
    """Hear what a command shows."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(argv, **options)
    detector.record(out.getvalue())
    detector.record(err.getvalue())
    return code


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """Point the commands at a server."""

    def configure(server):
        monkeypatch.setenv("PROLIFIC_TOKEN", TOKEN)
        monkeypatch.setenv("PROLIFIC_URL", server.url)
        monkeypatch.chdir(tmp_path)

    return configure


@pytest.mark.parametrize("place", PLACES)
def test_commands_leak_no_secret(place, detector, configured, tmp_path):
    kind = ["collection", api.COLLECTION]
    commands = [["status", *kind, api.EXPORT_ID, "--json"], ["list", *kind, "--json"]]
    commands += [
        ["delete", *kind, api.EXPORT_ID],
        ["list", *kind],
        ["status", *kind, api.EXPORT_ID],
    ]
    download = ["download", *kind, "--output", "a.zip", "--overwrite"]
    several = ["download", "batch", api.BATCH, api.EXPORT_ID, "--output", "several/", "--json"]
    workspace = ["--workspace", api.COLLECTION]
    finding = [["workspaces"], ["collections", *workspace, "--json"], ["batches", *workspace]]
    with EchoServer(right) as server, detector.recording_logs():
        configured(server)
        for argv, echo in zip([*commands, download], echoes_in(place, TOKEN), strict=True):
            server.echo = echo
            run(detector, command.main, argv, clock=FakeClock())
        for argv, echo in zip(
            [*finding, several, ["download", "batch", *workspace]],
            echoes_in(place, TOKEN)[::-1],
            strict=False,
        ):
            server.echo = echo
            run(detector, command.main, argv, clock=FakeClock())
        for number, secret in enumerate(SECRETS):
            server.echo = from_store(echoes_in(place, secret)[number])
            option = ("--json", "--delete-after", "--connections=2")[number]
            run(detector, command.main, [*download, option], clock=FakeClock())
    for path in tmp_path.rglob("*"):
        detector.record(path.name)
    detector.check(*SECRETS)


@pytest.mark.parametrize("form", FORMS)
def test_archive_member_names_are_not_redacted_in_errors(form, detector, configured, tmp_path):
    # A name may not hold a slash.
    name = FORMS[form](TOKEN).replace("/", "")
    secret = TOKEN.partition("/")[2]
    archive = archive_with_damaged(name)

    def echo(asked, reply):
        return sent(evolve(reply, body=archive) if asked.of_store else reply)

    with EchoServer(echo) as server, detector.recording_logs():
        configured(server)
        for flavour in ("sync", "async"):
            with Clients(flavour) as clients:
                exports = clients.make(TOKEN, base_url=server.url, clock=FakeClock())
                call_and_record(detector, exports.collections.download, api.COLLECTION)
        download = ["download", "collection", api.COLLECTION, "--output", "a.zip"]
        assert run(detector, command.main, download, clock=FakeClock()) == 1
        assert run(detector, command.main, [*download, "--json"], clock=FakeClock()) == 1
        (tmp_path / "b.zip").write_bytes(archive)
        assert run(detector, command.main, ["extract", "b.zip", "b"]) == 1
        for argv in (["show", "b.zip"], ["show", "b.zip", "--json"], ["table", "b.zip", "b.csv"]):
            run(detector, command.main, argv)
    detector.check(secret)


def test_asyncio_debug_mode_leaks_no_secret(detector):
    async def ask(server):
        async with AsyncExports(TOKEN, base_url=server.url, clock=FakeClock()) as exports:
            job = exports.collections.job(api.COLLECTION, api.EXPORT_ID)
            loop = asyncio.get_running_loop()
            loop.slow_callback_duration = 0
            try:
                await asyncio.create_task(job.status())
            except ExportsError as error:
                detector.record_error(error)

    with EchoServer(right) as server, detector.recording_logs():
        for echo in (echo for place in PLACES for echo in echoes_in(place, TOKEN)[:1]):
            server.echo = echo
            asyncio.run(ask(server), debug=True)
    detector.check(*SECRETS)


REPORTS = ("html", "json", "junit", "sarif", "text")


def checking(folder, name):
    folder = folder / name
    folder.mkdir()
    argv = [f"--report={report}={folder / report}" for report in REPORTS]
    return [*argv, "--baseline", str(folder / "baseline"), "--update-baseline"]


@pytest.mark.parametrize("secret", [TOKEN, SIGNATURE])
@pytest.mark.parametrize("only", ["api", "store", "both"])
def test_gate_leaks_no_secret(secret, only, detector, monkeypatch, tmp_path):
    kinds = [echo for place in PLACES for echo in echoes_in(place, secret)]
    seen = []

    def echo(asked, reply):
        if asked.of_store:
            seen.append(asked)
        # Now and then the truth, so that there is a URL to ask the store with. What signs it is
        # not known before.
        known = secret == TOKEN or seen
        if asked.number % 3 or not known or only == ("store", "api")[asked.of_store]:
            return right(asked, reply)
        return kinds[asked.number // 3 * 7 % len(kinds)](asked, reply)

    monkeypatch.setenv("PROLIFIC_TOKEN", TOKEN)
    subjects = ["--batch", api.BATCH, "--collection", api.COLLECTION, "--max-wait", "1"]
    with EchoServer(echo) as server, detector.recording_logs():
        argv = ["check", "--target", server.url, *subjects, "--record", str(tmp_path / "har")]
        assert run(detector, contract.main, [*argv, *checking(tmp_path, "live")]) in (0, 1, 2)
        har = ["check", "--har", str(tmp_path / "har")]
        assert run(detector, contract.main, [*har, *checking(tmp_path, "own")]) in (0, 1, 2)
    detector.record_folder(tmp_path)
    detector.check(*SECRETS)


def foreign(entries):
    """A recording that another tool made, with the token in its requests."""
    recorded = []
    for number, (url, method, name, value, body) in enumerate(entries):
        signed = [{"name": "Authorization", "value": f"Token {TOKEN}"}]
        recorded.append(
            {
                "startedDateTime": f"2026-03-20T10:00:{number % 60:02}Z",
                "time": 5,
                "request": {"method": method, "url": url, "headers": signed},
                "response": {
                    "status": 200,
                    "headers": [{"name": name, "value": value}],
                    "content": {"text": body, "mimeType": "application/json"},
                },
            }
        )
    return {"log": {"version": "1.2", "entries": recorded}}


@pytest.mark.parametrize("options", [[], ["--token", TOKEN]])
def test_foreign_recording_is_judged_without_its_secrets(options, detector, tmp_path):
    base = "https://api.example"
    signed = signed_url("https://store.example")
    issued = {"status": "complete", "url": signed, "expires_at": "2026-03-21T10:00:00Z"}
    entries = []
    for form in FORMS.values():
        token, signature = form(TOKEN), form(SIGNATURE)
        entries += [
            (api.post_url("batch", base), "POST", f"X-{signature}", token, f'{{"a": "{token}"}}'),
            (api.get_url("batch", base=base), "GET", f"X-{token}", signature, json.dumps(issued)),
            (api.get_url("batch", base=base), "GET", "X", "1", f'{{"status": "{signature}"}}'),
            (signed, "GET", "X", token, f"<p>{signature} {token}</p>"),
        ]
    (tmp_path / "har").write_text(json.dumps(foreign(entries)), encoding="utf-8")
    with detector.recording_logs():
        argv = ["check", "--har", str(tmp_path / "har"), *options, *checking(tmp_path, "foreign")]
        assert run(detector, contract.main, argv) == 0
    detector.record_folder(tmp_path / "foreign")
    detector.check(*SECRETS)


@pytest.mark.parametrize("place", PLACES)
def test_contract_from_a_signed_link_is_read_without_its_secrets(place, detector):
    with EchoServer(right) as server, detector.recording_logs():
        link = signed_url(server.url, "/contract.yaml")
        for secret in SECRETS[1:]:
            for form, argv in enumerate((["diff", link, link], ["import", link, "--output", "-"])):
                server.echo = echoes_in(place, secret)[form]
                run(detector, contract.main, argv)
            try:
                read_contract(link)
            except ContractToolError as error:
                detector.record_error(error)
    detector.check(*SECRETS)


def test_commands_without_a_server_leak_no_secret(detector, monkeypatch, tmp_path):
    monkeypatch.setenv("PROLIFIC_TOKEN", TOKEN)
    built = str(tmp_path / "built.yaml")
    with detector.recording_logs():
        assert run(detector, contract.main, ["laws"]) == 0
        assert run(detector, contract.main, ["build", "--output", built]) == 0
        assert run(detector, contract.main, ["diff", built, built]) == 0
        assert run(detector, contract.main, ["sandbox", "--list-faults"]) == 0
        assert run(detector, contract.main, ["discrepancies"]) == 0
        client = str(tmp_path / "client")
        assert (
            run(detector, contract.main, ["generate", "--contract", built, "--output", client]) == 0
        )
        assert run(detector, contract.main, ["demo", "--output", str(tmp_path / "demo")]) == 0
    detector.record_folder(tmp_path)
    detector.check(*SECRETS)


@pytest.mark.parametrize("secret", [TOKEN, SIGNATURE])
def test_conformance_tests_of_an_echoing_server_leak_no_secret(secret, detector, tmp_path):
    kinds = [echo for place in PLACES for echo in echoes_in(place, secret)]

    def echo(asked, reply):
        if asked.number % 3:
            return right(asked, reply)
        return kinds[asked.number // 3 * 7 % len(kinds)](asked, reply)

    report = tmp_path / "junit.xml"
    with EchoServer(echo) as server:
        options = {"PROLIFIC_TOKEN": TOKEN, "PROLIFIC_TARGET": server.url, "NO_PROXY": "127.0.0.1"}
        suite = ["--pyargs", "prolific_contract.conformance", f"--junit-xml={report}"]
        target = [f"--prolific-batch={api.BATCH}", "--prolific-max-wait=1"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-vv", "--showlocals", *suite, *target],
            cwd=tmp_path,
            env=os.environ | options,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode in (0, 1)
    for text in (done.stdout, done.stderr, report.read_text(encoding="utf-8")):
        detector.record(text)
    detector.check(*SECRETS)


def test_sandbox_logs_no_secret(detector, monkeypatch):
    sandboxes = []

    def serve(sandbox):
        with Exports(TOKEN, base_url=sandbox.url) as exports, suppress(ExportsError):
            exports.collections.export(sandbox.collection_id)
        with Exports(sandbox.token, base_url=sandbox.url) as exports:
            url = exports.collections.export(sandbox.collection_id).wait().url
        httpx.get(url)
        httpx.get(f"{url}0")
        sandboxes.append(re.findall(r"Signature=(\w+)|Credential=([^&]+)", url))
        raise KeyboardInterrupt

    monkeypatch.setattr(Sandbox, "serve_forever", serve)
    with detector.recording_logs():
        # Which speaks of the requests of this test.
        monkeypatch.setattr(logging.getLogger("httpx"), "level", logging.WARNING)
        monkeypatch.setattr(logging.getLogger("httpcore"), "level", logging.WARNING)
        assert run(detector, contract.main, ["sandbox", "--generation-seconds", "0"]) == 0
    (found,) = sandboxes
    detector.check(TOKEN, *(unquote(one or other) for one, other in found))
