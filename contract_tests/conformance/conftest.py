from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import respx
from helpers.contract_judge import ContractJudge
from prolific_contract.spec import EDITIONS, build, load_contract, load_yaml

OPENAPI = Path(__file__).parents[2] / "openapi"


@pytest.fixture(scope="session")
def contract() -> dict[str, Any]:
    """The export operations of the built contract."""
    document = load_contract()
    document["paths"] = {
        path: operations
        for path, item in document["paths"].items()
        if (operations := {m: op for m, op in item.items() if "exports" in op["tags"]})
    }
    return document


@pytest.fixture(scope="session")
def judge(contract: dict[str, Any]) -> ContractJudge:
    """Judges by the contract of all editions."""
    return ContractJudge(contract)


@pytest.fixture(scope="session")
def edition_judges() -> dict[str, ContractJudge]:
    """Judges by the contract of one edition."""
    upstream, overlay = (
        load_yaml((OPENAPI / name).read_text(encoding="utf-8"), source=name)
        for name in ("upstream.yaml", "overlay.yaml")
    )
    return {edition: ContractJudge(build(upstream, overlay, edition)) for edition in EDITIONS}


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router
