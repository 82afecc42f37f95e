"""``prolific-contract sandbox``."""

import re
import shlex
import signal
import subprocess
import sys

import httpx
import pytest
from prolific_contract._commands.sandbox import _announcement
from prolific_contract.cli import main
from prolific_contract.sandbox import (
    DEFAULT_TOKEN,
    FATE_MEANINGS,
    KNOWN_RESOURCES,
    STUDIES,
    Sandbox,
    SandboxSettings,
)


@pytest.fixture
def interrupted(monkeypatch):
    """Interrupts the sandbox at once; returns the settings that it served with."""
    served = []

    def serve_forever(self):
        served.append(self.settings)
        assert httpx.get(self.url).status_code == 404
        raise KeyboardInterrupt

    monkeypatch.setattr(Sandbox, "serve_forever", serve_forever)
    return served


def test_command_serves_until_ctrl_c_and_exits_with_0(interrupted, capsys):
    handler = signal.getsignal(signal.SIGTERM)

    assert main(["sandbox"]) == 0
    assert interrupted == [SandboxSettings()]
    assert capsys.readouterr().out.endswith("Stopped.\n")
    assert signal.getsignal(signal.SIGTERM) is handler


def test_command_prints_url_token_and_ids(interrupted, capsys):
    main(["sandbox", "--token", "it's"])
    out = capsys.readouterr().out
    (url,) = re.findall(r"URL +(http://127\.0\.0\.1:\d+)", out)

    assert re.search("token +it's\n", out)
    assert KNOWN_RESOURCES[0].id in out
    assert f"batch       {SandboxSettings().id_of('batch')}" in out
    assert url in out


def test_every_option_reaches_the_sandbox(interrupted):
    options = "--edition 2026-11 --token t --generation-seconds 0.5 --url-lifetime 60"
    options += " --submissions 7 --files 2 --seed 9 --limit-status 422"
    main(["sandbox", *options.split()])

    assert interrupted == [
        SandboxSettings(
            edition="2026-11",
            token="t",
            generation_seconds=0.5,
            url_lifetime_seconds=60,
            submissions=7,
            files=2,
            seed=9,
            limit_status=422,
        )
    ]


def test_host_and_port_reach_the_sandbox(interrupted, capsys):
    with Sandbox() as taken:
        port = httpx.URL(taken.url).port

    assert main(["sandbox", "--host", "localhost", "--port", str(port)]) == 0
    assert f"http://127.0.0.1:{port}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--host 0.0.0.0", "0.0.0.0 is not a loopback address"),
        ("--port 99999", "invalid port 99999"),
        ("--files -1", "files -1: it must be"),
        ("--url-lifetime 0", "url_lifetime_seconds 0: it must be"),
    ],
)
def test_invalid_settings_exit_with_2_and_a_message(options, message, capsys):
    assert main(["sandbox", *options.split()]) == 2
    assert message in capsys.readouterr().err


def test_port_in_use_exits_with_2(capsys):
    with Sandbox() as sandbox:
        assert main(["sandbox", "--port", str(httpx.URL(sandbox.url).port)]) == 2

    assert "choose another port" in capsys.readouterr().err


def test_missing_extra_is_named(monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("prolific_contract.sandbox._")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    assert main(["sandbox"]) == 2
    assert "uvicorn is not installed" in capsys.readouterr().err


def test_help_lists_known_ids_the_token_and_exit_codes(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["sandbox", "--help"])
    out = capsys.readouterr().out

    assert caught.value.code == 0
    for resource in KNOWN_RESOURCES:
        assert re.search(rf"{resource.kind} +{resource.id}", out)
    for meaning in FATE_MEANINGS.values():
        assert meaning in out
    for study_id in STUDIES:
        assert study_id in out
    assert f"default: {DEFAULT_TOKEN}" in out
    assert "exit code 0" in out
    assert "prolific-exports[contract]" in out


@pytest.mark.parametrize("token", ["plain", "it's"])
def test_printed_export_line_is_valid_shell(token):
    with Sandbox(SandboxSettings(token=token)) as sandbox:
        posix = _announcement(sandbox, windows=False).splitlines()[-1]
        powershell = _announcement(sandbox, windows=True).splitlines()[-1]

    assert shlex.split(posix) == [
        f"PROLIFIC_URL={sandbox.url}",
        f"PROLIFIC_TOKEN={token}",
        "prolific-exports",
        "download",
        "collection",
        sandbox.collection_id,
    ]
    quoted = token.replace("'", "''")
    assert powershell.strip() == (
        f"$env:PROLIFIC_URL = '{sandbox.url}'; $env:PROLIFIC_TOKEN = '{quoted}'; "
        f"prolific-exports download collection {sandbox.collection_id}"
    )


def test_help_needs_no_web_server():
    code = (
        "import sys; sys.modules.update(starlette=None, uvicorn=None, httpx=None)\n"
        "from prolific_contract.cli import main\n"
        "main(['sandbox', '--help'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "known ids" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_sigterm_stops_the_sandbox_cleanly():
    command = [sys.executable, "-m", "prolific_contract", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        announced = [process.stdout.readline() for _ in range(2)]
        url = announced[1].split()[1]
        assert httpx.get(url).status_code == 404
        process.terminate()
        rest, _ = process.communicate(timeout=20)

    assert process.returncode == 0
    assert rest.endswith("Stopped.\n")
