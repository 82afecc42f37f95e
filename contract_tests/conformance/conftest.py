from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import respx
from helpers.contract_judge import ContractJudge
from prolific_contract.spec import EDITIONS, load_contract, load_yaml
from prolific_contract.spec._overlay import apply, parse_overlay, select

OPENAPI = Path(__file__).parents[2] / "openapi"


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine's comes between."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


def exports_only(document: dict[str, Any]) -> dict[str, Any]:
    paths = {
        path: {method: one for method, one in item.items() if "exports" in one["tags"]}
        for path, item in document["paths"].items()
    }
    return {**document, "paths": {path: item for path, item in paths.items() if item}}


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    """The export operations of the built contract."""
    return exports_only(load_contract())


@pytest.fixture(scope="session")
def edition_contracts() -> dict[str, dict[str, Any]]:
    """The export operations of each edition's contract."""
    upstream, overlay = (
        load_yaml((OPENAPI / name).read_text(encoding="utf-8"), source=name)
        for name in ("upstream.yaml", "overlay.yaml")
    )
    # Not `build`, which also proves the result valid: that takes seconds, and has tests of its own.
    return {
        edition: exports_only(apply(upstream, select(parse_overlay(overlay), edition)))
        for edition in EDITIONS
    }


@pytest.fixture(scope="session")
def judge(contract: dict[str, Any]) -> ContractJudge:
    """Judges by the contract of all editions."""
    return ContractJudge(contract)


@pytest.fixture(scope="session")
def edition_judges(edition_contracts: dict[str, dict[str, Any]]) -> dict[str, ContractJudge]:
    """Judges by the contract of one edition."""
    return {edition: ContractJudge(contract) for edition, contract in edition_contracts.items()}


@pytest.fixture(scope="module")
def _patched() -> Iterator[respx.MockRouter]:
    # Patching the transports takes longer than a test, so that is done once for many.
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def router(_patched: respx.MockRouter) -> Iterator[respx.MockRouter]:
    """Without routes."""
    yield _patched
    _patched.clear()
    _patched.reset()
