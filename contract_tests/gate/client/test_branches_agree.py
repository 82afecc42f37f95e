"""Validator, generated client and wrapper take each body that the contract allows for the same.

The bodies are made from the contract's own schemas: the documented members and others.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import jsonschema_rs
import pytest
import schemathesis
from helpers.contract_branches import documented_branches
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prolific_api import AuthenticatedClient
from prolific_api.api.exports import (
    get_batch_export_status,
    get_collection_export_status,
    request_batch_export,
    request_collection_export,
)
from prolific_contract import OPERATIONS
from prolific_contract.spec import load_contract
from prolific_exports import ApiError, ExportRef
from prolific_exports._flows._boundary import export_request, interpret, status_request
from prolific_exports._flows._effects import ApiReply
from prolific_exports._model._redactor import Redactor

pytestmark = pytest.mark.unmeasured

CONTRACT = load_contract()
CALLS = {
    ("batch", "request"): request_batch_export,
    ("batch", "status"): get_batch_export_status,
    ("collection", "request"): request_collection_export,
    ("collection", "status"): get_collection_export_status,
}
RESPONSES = [
    (operation, int(status), response["content"]["application/json"]["schema"])
    for operation in OPERATIONS
    if operation.action in ("request", "status")
    for status, response in CONTRACT["paths"][operation.template][operation.method.lower()][
        "responses"
    ].items()
]
BRANCHES = [one for one in documented_branches(CONTRACT) if not one.steps]
CLIENT = AuthenticatedClient(base_url="https://api.example", token="t0ken", prefix="Token")


@cache
def bodies(schema_text):
    """What a schema of the contract allows."""
    schema = json.loads(schema_text)
    operation = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "Never sent."}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One body", "version": "1"},
        "paths": {"/body": {"post": operation}},
        "components": {"schemas": CONTRACT["components"]["schemas"]},
    }
    cases = schemathesis.openapi.from_dict(document)["/body"]["POST"].as_strategy()
    return cases.map(lambda case: case.body)


@cache
def validator(branch):
    return jsonschema_rs.validator_for(branch.schema, validate_formats=True)


def branches_of(operation, status, body):
    """The names of the documented branches that a body is."""
    return [
        one.name
        for one in BRANCHES
        if (one.operation, one.status) == (str(operation), status) and validator(one).is_valid(body)
    ]


def read_by_wrapper(operation, status, content):
    """What the wrapper makes of an answer: a state, or the error that it raises."""
    ref = ExportRef(operation.kind, "some-id")
    request = export_request(ref) if operation.action == "request" else status_request(ref, "a-job")
    try:
        return interpret(
            request, ApiReply(status, {}, content), redactor=Redactor(), retry_after=None
        )
    except ApiError as error:
        return error


def comparable(body):
    """The body with the time as an instant and the id as a UUID: their spelling may differ."""
    readers = {
        "generating": {"export_id": UUID},
        "complete": {"expires_at": datetime.fromisoformat},
        "failed": {},
    }[body["status"]]
    return {name: readers.get(name, lambda value: value)(value) for name, value in body.items()}


# Members of the other states, which a state may have besides its own (D-7).
STRAY = st.dictionaries(
    st.sampled_from(["export_id", "url", "expires_at", "error", "reason"]),
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(max_size=3)),
    max_size=3,
)


HEALTH_CHECKS: Any = list(HealthCheck)


@pytest.mark.parametrize(
    ("operation", "status", "schema"),
    RESPONSES,
    ids=[f"{operation.kind}-{operation.action}-{status}" for operation, status, _ in RESPONSES],
)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=HEALTH_CHECKS)
def test_generated_client_wrapper_and_schema_agree_on_the_branch(operation, status, schema, data):
    body = {**data.draw(STRAY), **data.draw(bodies(json.dumps(schema)))}
    names = branches_of(operation, status, body)
    content = json.dumps(body).encode()

    generated = CALLS[operation.kind, operation.action]._parse_response(
        client=CLIENT, response=httpx.Response(status, content=content)
    )
    read: Any = read_by_wrapper(operation, status, content)

    assert names == [type(generated).__name__]
    if status < 400:
        assert type(generated).__name__ == f"{operation.kind.title()}Export{type(read).__name__}"
        assert comparable(generated.to_dict()) == comparable(body)
    else:
        assert read.status == status
        assert read.code == body["error"]["error_code"]
        assert generated.to_dict() == body
