"""The generated client types every response that the contract allows, and loses nothing of it."""

from datetime import datetime
from uuid import UUID

import pytest
from helpers import api
from helpers.response_fixtures import exchanges, load_fixtures
from prolific_api import AuthenticatedClient, models
from prolific_api.api.exports import (
    get_batch_export_status,
    get_collection_export_status,
    request_batch_export,
    request_collection_export,
)

ALLOWED = [
    one
    for one in exchanges(load_fixtures())
    if one.fixture.is_allowed and one.action in ("request", "status")
]

CALLS = {
    ("POST", "batch"): request_batch_export,
    ("POST", "collection"): request_collection_export,
    ("GET", "batch"): get_batch_export_status,
    ("GET", "collection"): get_collection_export_status,
}


@pytest.fixture(scope="module")
def client():
    with AuthenticatedClient(base_url=api.BASE, token="t0ken", prefix="Token") as client:
        yield client


def expected_model(exchange):
    state = exchange.fixture.wrapper.get("state")
    if state is None:
        return models.ErrorEnvelope
    return getattr(models, f"{exchange.kind.title()}Export{state.title()}")


def comparable(body):
    """The body with times as instants and ids as UUIDs: their spelling may differ."""
    readers = {"expires_at": datetime.fromisoformat, "export_id": UUID}
    return {key: readers.get(key, lambda value: value)(value) for key, value in body.items()}


@pytest.mark.parametrize("exchange", ALLOWED, ids=str)
def test_allowed_response_becomes_the_model_of_its_kind(client, router, exchange):
    route = router.request(exchange.method, exchange.url).mock(
        return_value=exchange.fixture.response()
    )
    ids = (api.RESOURCE[exchange.kind], api.EXPORT_ID)[: 1 if exchange.method == "POST" else 2]

    answer = CALLS[exchange.method, exchange.kind].sync_detailed(*ids, client=client)

    assert answer.status_code == exchange.fixture.status
    assert type(answer.parsed) is expected_model(exchange)
    assert comparable(answer.parsed.to_dict()) == comparable(exchange.fixture.json)
    assert route.calls.last.request.headers["Authorization"] == "Token t0ken"
