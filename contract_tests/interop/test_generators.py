"""Clients made from the contract by the generators that other languages use, and compiled.

Skipped unless `make generators` runs them: it installs the generators, which need go, npm,
java and mvn, into the folder that PROLIFIC_GENERATORS names.
"""

import compileall
import os
import subprocess
from pathlib import Path

import pytest
from prolific_contract.spec import contract_text

TOOLS = Path(os.environ.get("PROLIFIC_GENERATORS", ""))
pytestmark = [
    pytest.mark.skipif(
        "PROLIFIC_GENERATORS" not in os.environ,
        reason="needs generators of 200 MB in four languages, which make generators installs",
    ),
    pytest.mark.timeout(600),
]
TSC = ["node", str(TOOLS / "npm/node_modules/typescript/bin/tsc"), "--noEmit", "--strict"]


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@pytest.fixture
def folder(tmp_path):
    """A folder that holds the contract."""
    (tmp_path / "prolific.yaml").write_text(contract_text(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def generate(folder):
    """Makes a client with openapi-generator; the folder that holds it."""

    def generated(language, *options):
        command = ["java", "-jar", str(next(TOOLS.glob("openapi-generator-cli-*.jar")))]
        run(
            folder,
            *command,
            "generate",
            "-i",
            "prolific.yaml",
            "-g",
            language,
            "-o",
            "out",
            *options,
        )
        return folder / "out"

    return generated


def test_openapi_typescript_types_compile(folder):
    cli = TOOLS / "npm/node_modules/openapi-typescript/bin/cli.js"
    run(folder, "node", str(cli), "prolific.yaml", "--output", "prolific.ts")

    run(folder, *TSC, "prolific.ts")


def test_openapi_generator_python_client_compiles(generate):
    assert compileall.compile_dir(generate("python"), quiet=1)


def test_openapi_generator_typescript_client_compiles(generate):
    client = generate("typescript-fetch")

    modern = ["--target", "es2020", "--module", "esnext", "--moduleResolution", "bundler"]
    run(client, *TSC, "--lib", "es2020,dom", *modern, "index.ts")


def test_openapi_generator_go_client_compiles(generate):
    # Go has one namespace for all constants of a package: two lists may have the same value.
    client = generate("go", "--additional-properties=enumClassPrefix=true")

    run(client, "go", "mod", "tidy")
    run(client, "go", "vet", ".")


def test_oapi_codegen_client_compiles(folder):
    command = [
        str(TOOLS / "bin" / "oapi-codegen"),
        "-generate",
        "types,client",
        "-package",
        "prolific",
    ]
    run(folder, *command, "-o", "prolific.go", "prolific.yaml")

    run(folder, "go", "mod", "init", "example.org/prolific")
    run(folder, "go", "get", "github.com/oapi-codegen/runtime@v1.9.0")
    run(folder, "go", "vet", ".")
