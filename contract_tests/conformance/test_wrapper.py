"""The wrapper makes of every response the state or the typed error that its file names."""

from datetime import datetime
from random import Random
from typing import Any

import prolific_exports
import pytest
from helpers import api
from helpers.clients import Clients
from helpers.response_fixtures import exchanges, load_fixtures
from prolific_exports.testing import FakeClock

pytestmark = pytest.mark.unmeasured

EXCHANGES = list(exchanges(load_fixtures()))
STATES = [one for one in EXCHANGES if "state" in one.fixture.wrapper]
LISTS = [one for one in EXCHANGES if "jobs" in one.fixture.wrapper]
DELETIONS = [one for one in EXCHANGES if "deleted" in one.fixture.wrapper]
ERRORS = [one for one in EXCHANGES if "error" in one.fixture.wrapper]

EVENTS = []


@pytest.fixture(params=["sync", "async"], scope="module")
def exports(request):
    with Clients(request.param) as clients:
        yield clients.make(
            base_url=api.BASE, clock=FakeClock(), random=Random(7), on_event=EVENTS.append
        )


def ask(exports, exchange):
    """Send the request that the exchange answers; the job, or the state for a GET."""
    resource = getattr(exports, api.PLURAL[exchange.kind])
    resource_id = api.RESOURCE[exchange.kind]
    match exchange.action:
        case "request":
            return resource.export(resource_id)
        case "list":
            return resource.list(resource_id)
        case "delete":
            return resource.delete(resource_id, api.EXPORT_ID)
    return resource.job(resource_id, api.EXPORT_ID).status()


def answered(router, exchange):
    # As in edition 2026-03: the wrapper asks after a refused request, or a lost answer.
    router.get(api.post_url(exchange.kind)).mock(return_value=api.error(405))
    # Made anew for each call: the wrapper repeats what may pass.
    return router.request(exchange.method, exchange.url).mock(
        side_effect=lambda request: exchange.fixture.response()
    )


def check_fields(state, expected):
    assert state.status == expected["state"]
    for name in expected.keys() - {"state"}:
        value = expected[name]
        assert getattr(state, name) == (
            datetime.fromisoformat(value) if name == "expires_at" and value else value
        )


@pytest.mark.parametrize("exchange", [one for one in STATES if one.method == "GET"], ids=str)
def test_status_response_is_read(exports, router, exchange):
    answered(router, exchange)
    check_fields(ask(exports, exchange), exchange.fixture.wrapper)


@pytest.mark.parametrize("exchange", [one for one in STATES if one.method == "POST"], ids=str)
def test_request_response_is_read(exports, router, exchange):
    expected = exchange.fixture.wrapper
    route = answered(router, exchange)
    EVENTS.clear()
    job = ask(exports, exchange)
    assert [(type(event).__name__, event.status) for event in EVENTS] == [
        ("Requested", expected["state"])
    ]
    assert job.export_id == expected.get("export_id")
    if expected["state"] != "generating":
        # Without an id, asking for the state is the same request once more.
        check_fields(job.status(), expected)
        assert route.call_count == 2


@pytest.mark.parametrize("exchange", LISTS, ids=str)
def test_list_response_is_read(exports, router, exchange):
    answered(router, exchange)
    listed = ask(exports, exchange)
    expected = exchange.fixture.wrapper["jobs"]
    assert [(job.export_id, job.status, job.created_at) for job in listed] == [
        (job["export_id"], job["status"], datetime.fromisoformat(job["created_at"]))
        for job in expected
    ]


@pytest.mark.parametrize("exchange", DELETIONS, ids=str)
def test_delete_response_is_read(exports, router, exchange):
    route = answered(router, exchange)
    ask(exports, exchange)
    assert route.call_count == 1


@pytest.mark.parametrize("exchange", ERRORS, ids=str)
def test_invalid_state_raises_typed_error(exports, router, exchange):
    expected = dict(exchange.fixture.wrapper)
    answered(router, exchange)
    with pytest.raises(prolific_exports.ExportsError) as raised:
        ask(exports, exchange)
    error: Any = raised.value
    assert type(error).__name__ == expected.pop("error")
    assert error.operation == exchange.operation
    assert error.status == exchange.fixture.status
    assert {name: getattr(error, name) for name in expected} == expected
