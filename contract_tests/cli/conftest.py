import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
import respx
from archive.builders import collection_members, write_zip
from attrs import define
from helpers import api
from helpers.command import main
from helpers.json_schemas import check_document
from helpers.three_jobs import A, B, C, job_id, url
from keyring.backend import KeyringBackend
from keyring.compat import properties
from prolific_exports import Clock
from prolific_exports._cli._schemas import SCHEMAS
from prolific_exports.testing import FakeClock


@define
class Outcome:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which must be one JSON document of this version, without the version."""
        document = json.loads(self.out)
        assert document.pop("version") == 1
        return document


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def export(folder: Path) -> Path:
    """The archive ``export.zip`` in the working directory."""
    return write_zip(folder / "export.zip", collection_members())


class MemoryStore(KeyringBackend):
    """A password store in memory."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805 - a property of the class
        return 1

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, str] = {}
        self.failure: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure is not None:
            raise self.failure
        return self.tokens.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.tokens[f"{service} {username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.tokens[f"{service} {username}"]


@pytest.fixture(autouse=True)
def passwords() -> Iterator[MemoryStore]:
    """The system's password store, empty."""
    before = keyring.get_keyring()
    store = MemoryStore()
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the profiles, which does not exist."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "prolific-exports" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def cli(
    folder: Path,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Outcome]:
    """Runs the command in the working directory ``folder``.

    What it prints with ``--json`` has to fit the published schema.
    """
    monkeypatch.setenv("PROLIFIC_TOKEN", "t0ken-of-a-test")
    monkeypatch.setenv("PROLIFIC_URL", api.BASE)
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: object, on: Clock = clock) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments], clock=on)
        captured = capsys.readouterr()
        outcome = Outcome(code, captured.out, captured.err)
        if "--json" in arguments and arguments[0] in SCHEMAS and outcome.out:
            check_document(str(arguments[0]), json.loads(outcome.out))
        return outcome

    return run


@pytest.fixture
def store(router: respx.MockRouter) -> respx.Route:
    """Every URL of an archive."""
    return router.get(url__startswith=api.STORE).mock(return_value=api.stored())


@pytest.fixture
def ready(router: respx.MockRouter, store: respx.Route) -> None:
    """Exports of A, B and C are generated for a moment, then complete."""
    for number, resource_id in enumerate((A, B, C), 1):
        router.post(url(resource_id)).mock(return_value=api.generating(job_id(number)))
        router.get(url(resource_id, number)).mock(return_value=api.complete())
