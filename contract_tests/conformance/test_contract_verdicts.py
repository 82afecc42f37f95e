"""The contract allows and refuses the recorded responses as their files say."""

from collections import defaultdict

import pytest
from helpers.contract_branches import documented_branches
from helpers.response_fixtures import exchanges, load_fixtures

pytestmark = pytest.mark.unmeasured

EXCHANGES = list(exchanges(load_fixtures()))


@pytest.mark.parametrize("exchange", EXCHANGES, ids=str)
def test_response_is_judged_by_the_union_and_by_each_edition(judge, edition_judges, exchange):
    fixture = exchange.fixture
    refusals = {
        edition: one.refusals(exchange.operation, fixture.response())
        for edition, one in edition_judges.items()
    }
    assert tuple(edition for edition, why in refusals.items() if not why) == fixture.allowed_in
    if fixture.is_allowed:
        assert judge.refusals(exchange.operation, fixture.response()) == set()
        assert set().union(*refusals.values()) == {fixture.refused_for} - {None}
    else:
        assert judge.refusals(exchange.operation, fixture.response()) == {fixture.refused_for}


def branches_without_fixture(contract):
    allowed = defaultdict(list)
    for exchange in EXCHANGES:
        if exchange.fixture.is_allowed:
            allowed[exchange.operation, exchange.fixture.status].append(exchange.fixture.json)
    return [
        str(branch)
        for branch in documented_branches(contract)
        if not any(map(branch.is_in, allowed[branch.operation, branch.status]))
    ]


def test_every_documented_response_has_an_allowed_fixture(contract):
    """A response that is documented anew needs a file of its own; this names it."""
    assert branches_without_fixture(contract) == []


def test_response_documented_since_is_named(contract):
    path = "/api/v1/data-collection/batches/{batch_id}/export"
    post = contract["paths"][path]["post"]
    schemas = contract["components"]["schemas"]
    detail = schemas["ErrorDetailDetail"]["oneOf"]
    responses = {
        **post["responses"],
        "204": {"description": "No content."},
        "410": post["responses"]["403"],
        "422": {"content": {"application/json": {"schema": {"type": "array", "items": detail[2]}}}},
    }
    changed = {
        "paths": {path: {"post": {**post, "responses": responses}}},
        "components": {
            "schemas": {
                **schemas,
                "ErrorDetailDetail": {"oneOf": [*detail, {"type": "null"}]},
                "BatchExportComplete": {
                    **schemas["BatchExportComplete"],
                    "required": ["status", "url", "expires_at", "size"],
                },
            }
        },
    }
    operation = f"POST {path}"
    assert branches_without_fixture(changed) == [
        f"{operation} 200 / BatchExportComplete",
        f"{operation} 400 /error/detail null (branch 4)",
        f"{operation} 401 /error/detail null (branch 4)",
        f"{operation} 403 /error/detail null (branch 4)",
        f"{operation} 404 /error/detail null (branch 4)",
        f"{operation} 409 /error/detail null (branch 4)",
        f"{operation} 429 /error/detail null (branch 4)",
        f"{operation} 204 / no body",
        f"{operation} 410 / ErrorEnvelope",
        f"{operation} 410 /error/detail string (branch 1)",
        f"{operation} 410 /error/detail array (branch 2)",
        f"{operation} 410 /error/detail FieldErrors",
        f"{operation} 410 /error/detail null (branch 4)",
        f"{operation} 422 / array (branch 1)",
    ]


def test_unions_in_array_items_are_split():
    schema = {
        "type": "array",
        "items": {"oneOf": [{"$ref": "#/components/schemas/Even"}, {"type": "string"}]},
    }
    response = {"content": {"application/json": {"schema": schema}}}
    contract = {
        "paths": {"/x": {"get": {"responses": {"200": response}}}},
        "components": {"schemas": {"Even": {"type": "integer", "multipleOf": 2}}},
    }
    whole, even, text = documented_branches(contract)
    assert [str(one) for one in (whole, even, text)] == [
        "GET /x 200 / array (branch 1)",
        "GET /x 200 /* Even",
        "GET /x 200 /* string (branch 2)",
    ]
    assert [whole.is_in([]), even.is_in([]), text.is_in([])] == [True, False, False]
    assert [even.is_in([3, "a"]), even.is_in([3, 4]), text.is_in([3, "a"])] == [False, True, True]
    assert not even.is_in({"*": 4})


def test_fixtures_answer_operations_of_the_contract(contract):
    documented = {
        f"{method.upper()} {path}" for path, item in contract["paths"].items() for method in item
    }
    assert {exchange.operation for exchange in EXCHANGES} == documented


def test_both_kinds_have_the_same_fixtures():
    """What is known of collections is known of batches."""
    kinds = defaultdict(set)
    for exchange in EXCHANGES:
        kinds[exchange.fixture.name, exchange.action].add(exchange.kind)
    assert [name for name, both in kinds.items() if both != {"collection", "batch"}] == []
