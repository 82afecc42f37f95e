"""``prolific-contract check`` in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from prolific_contract.cli import main
from prolific_contract.gate.conversation import Target
from prolific_contract.sandbox import SandboxSettings

from helpers.conversations import BASE

SETTINGS = SandboxSettings(files=1, generation_seconds=1)
BATCH = SETTINGS.id_of("batch")
COLLECTION = SETTINGS.id_of("collection")
TARGET: dict[str, Any] = {"target": BASE, "token": SETTINGS.token, "batch": BATCH}
"""The options of a usual check, by name."""
USUAL = [part for name, value in TARGET.items() for part in (f"--{name}", value)]


@contextmanager
def opened(target: Target) -> Iterator[Target]:
    """A target that is opened like one over the network."""
    yield target


def run(capsys: pytest.CaptureFixture[str], *options: str, expect: int = 0) -> tuple[str, str]:
    """Run the command, and return its output and its messages."""
    code = main(["check", *options])
    out, err = capsys.readouterr()
    assert code == expect, (out, err)
    return out, err


def refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Run the command, and return the error that it refuses to run with."""
    out, err = run(capsys, *options, expect=2)
    assert out == ""
    assert err.startswith("prolific-contract: error: ")
    assert "Traceback" not in err
    return err
