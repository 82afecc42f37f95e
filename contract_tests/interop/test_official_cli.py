"""Prolific's own command-line client against the sandbox: a client that this project did not write.

Skipped unless PROLIFIC_CLI names its program (github.com/prolific-oss/cli, built with go).
"""

import os
import subprocess
import zipfile

import pytest
from prolific_contract import EDITIONS, KINDS
from prolific_contract.sandbox import WORKSPACES, Sandbox, SandboxSettings

PROGRAM = os.environ.get("PROLIFIC_CLI", "")
WORKSPACE = WORKSPACES[0].id
COMMAND = {"collection": ["collection"], "batch": ["aitaskbuilder", "batch"]}
VIEW = {"collection": ["get"], "batch": ["view", "-b"]}
LIST = {"collection": ["list", "--table", "-w"], "batch": ["list", "-w"]}

pytestmark = [
    pytest.mark.skipif(not PROGRAM, reason="PROLIFIC_CLI does not name Prolific's client"),
    pytest.mark.timeout(120),
]


@pytest.fixture(params=EDITIONS)
def sandbox(request):
    # It downloads over https only.
    settings = SandboxSettings(edition=request.param, generation_seconds=0.5)
    with Sandbox(settings, tls=True) as sandbox:
        yield sandbox


@pytest.fixture
def official(sandbox, tmp_path):
    """Runs the client, and returns what it prints."""

    def run(*arguments):
        environment = {
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
            "PROLIFIC_URL": sandbox.url,
            "PROLIFIC_TOKEN": sandbox.settings.token,
            "SSL_CERT_FILE": str(sandbox.certificate_file),
        }
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_lists_workspaces(official):
    output = official("workspace", "list")

    for workspace in WORKSPACES:
        assert workspace.id in output
        assert workspace.title in output
    assert f"Showing {len(WORKSPACES)} records of {len(WORKSPACES)}" in output


@pytest.mark.parametrize("kind", KINDS)
def test_lists_the_resources_of_a_workspace(official, sandbox, kind):
    output = official(*COMMAND[kind], *LIST[kind], WORKSPACE)

    assert sandbox.settings.id_of(kind) in output


@pytest.mark.parametrize("kind", KINDS)
def test_views_a_resource(official, sandbox, kind):
    resource_id = sandbox.settings.id_of(kind)
    output = official(*COMMAND[kind], *VIEW[kind], resource_id)

    assert resource_id in output
    assert "2026-02-02 09:00:00" in output


@pytest.mark.parametrize("kind", KINDS)
def test_downloads_an_export(official, sandbox, kind, tmp_path):
    official(*COMMAND[kind], "export", sandbox.settings.id_of(kind), "-o", "export.zip")

    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.testzip() is None
        assert any(name.endswith(f"/{kind}.json") for name in archive.namelist())
