import functools
import gettext
import importlib.util
import json
import ssl
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import respx
from coverage import Coverage
from helpers import api
from helpers.clients import Clients
from helpers.parameter_ids import parameter_id
from hypothesis import HealthCheck, settings
from prolific_contract.spec import _build
from prolific_exports._http._store_client import StoreClient
from prolific_exports.testing import FakeClock

# How fast inputs are made depends on what else the machine does.
settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# Tests for users' servers, not of this project.
collect_ignore = ["prolific_contract"]


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Reading them takes 40 ms, and nearly every test makes an HTTP client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _missing_sniffio_is_looked_for_once() -> Iterator[None]:
    """httpcore looks for it up to 40 times in each request, on the whole path of imports."""
    with pytest.MonkeyPatch.context() as patch:
        if importlib.util.find_spec("sniffio") is None:
            patch.setitem(sys.modules, "sniffio", None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _missing_translations_are_looked_for_once() -> Iterator[None]:
    """argparse looks for those of its words in several folders, again for each word."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gettext, "find", functools.cache(gettext.find))
        yield


@pytest.fixture(scope="session", autouse=True)
def _contracts_are_validated_once() -> Iterator[None]:
    """It takes a second, and many tests build the same contracts."""
    validate = _build.semantic_errors
    known: dict[str, tuple[str, ...]] = {}

    def remembered(document: dict[str, Any]) -> list[str]:
        text = json.dumps(document)
        if text not in known:
            known[text] = tuple(validate(document))
        return list(known[text])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_build, "semantic_errors", remembered)
        yield


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    return parameter_id(val, argname)


@pytest.fixture(params=["sync", "async"])
def clients(request: pytest.FixtureRequest) -> Iterator[Clients]:
    """Every test that takes it runs over the sync and over the async client."""
    with Clients(request.param) as clients:
        yield clients


@pytest.fixture(params=["collection", "batch"])
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that takes it runs for collections and for batches."""
    return str(request.param)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def router(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """Answers all requests; what it does not know is an error."""
    # respx answers in place of httpx only.
    monkeypatch.setattr(StoreClient, "reaches", lambda _self, _url: False)
    with respx.mock(assert_all_called=False) as router:
        # Downloads read it last. Tests about it give the route another answer.
        router.get(url__regex=api.DEFINITION, name="definition").mock(return_value=api.definition())
        yield router


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the unmeasured tests last: in every process the others have run before.

    Whatever is worked out once for a process is so worked out while coverage measures.
    """
    items.sort(key=_is_unmeasured)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the measuring before the first unmeasured test.

    Not by pytest-cov's ``no_cover``: in a process of pytest-xdist's two measurements run, and
    to pause the one resumes the other.
    """
    while _is_unmeasured(item) and (measuring := Coverage.current()) is not None:
        measuring.stop()


def _is_unmeasured(item: pytest.Item) -> bool:
    return item.get_closest_marker("unmeasured") is not None
