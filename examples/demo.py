"""The main job end to end, over real HTTP, without an account: what `make demo` runs.

An embedded server stands in for Prolific. The commands are those that a researcher
would type; only PROLIFIC_URL and PROLIFIC_TOKEN point somewhere else.
"""

import os
import subprocess
import sys
from pathlib import Path

from prolific_contract.sandbox import Sandbox, SandboxSettings

OUTPUT = Path("demo-output")


def run(sandbox: Sandbox, *arguments: str) -> None:
    """Show a command and run it."""
    print(f"\n$ prolific-exports {' '.join(arguments)}", flush=True)
    environment = os.environ | {"PROLIFIC_URL": sandbox.url, "PROLIFIC_TOKEN": sandbox.token}
    subprocess.run(
        [sys.executable, "-m", "prolific_exports", *arguments], env=environment, check=True
    )


def main() -> int:
    """Download a collection and look at it."""
    OUTPUT.mkdir(exist_ok=True)
    archive = str(OUTPUT / "collection.zip")
    try:
        with Sandbox(SandboxSettings(generation_seconds=2)) as sandbox:
            print(f"A stand-in for Prolific's API serves on {sandbox.url}.")
            run(
                sandbox,
                "download",
                "collection",
                sandbox.collection_id,
                "-o",
                archive,
                "--overwrite",
            )
            run(sandbox, "show", archive)
            run(sandbox, "table", archive, str(OUTPUT / "responses.csv"), "--overwrite")
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    print(f"\nThe verified archive is {archive}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
