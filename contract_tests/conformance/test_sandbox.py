"""schemathesis over the sandbox: documented answers and no others, and all of them reached.

The tests of generated requests go for breadth: boundary values, unexpected methods, missing
tokens. They would pass too if everything were refused. So one test asserts which documented
answers were reached, and one that every link was followed.
"""

from collections import defaultdict
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
import schemathesis
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from prolific_contract import JOB_LIMIT, KINDS
from prolific_contract.sandbox import (
    KNOWN_RESOURCES,
    Fate,
    ManualClock,
    Sandbox,
    SandboxSettings,
    create_app,
)

pytestmark = pytest.mark.unmeasured

RESOURCES = tuple(
    one for one in KNOWN_RESOURCES if one.fate in (Fate.COMPLETES, Fate.FAILS, Fate.FORBIDDEN)
)
SETTINGS = SandboxSettings(generation_seconds=3, resources=RESOURCES)
LATER = SandboxSettings(generation_seconds=3, resources=RESOURCES, edition="2026-11")
TOKEN = f"Token {SETTINGS.token}"
STATES = {"generating", "complete", "failed"}
# The sandbox limits no rates.
NEVER_ANSWERED = {429}

# The same requests in every run. (Not on every machine: Hypothesis also tries constants that it
# finds in the modules that are loaded.)
HEALTH_CHECKS: Any = list(HealthCheck)
DETERMINISTIC = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=30,
    stateful_step_count=8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=HEALTH_CHECKS,
)


def config():
    """What a schemathesis.toml would say."""
    return schemathesis.Config.from_dict(
        {
            "headers": {"Authorization": TOKEN},
            # Without known ids every request is refused, and schemathesis only warns of it.
            "dictionaries": {
                kind: {"values": [one.id for one in RESOURCES if one.kind == kind]}
                for kind in KINDS
            },
            "parameters": {
                f"path.{kind}_id": {"dictionary": kind, "probability": 0.8} for kind in KINDS
            },
            "checks": {
                # No schema can say that one time is before another, and 400 is for that.
                "positive_data_acceptance": {"expected-statuses": ["2xx", 400, 401, 403, 404, 409]}
            },
            "generation": {"database": "none"},
            "seed": 1,
        }
    )


@frozen
class Target:
    """A sandbox, as schemathesis sees it."""

    schema: Any
    clock: ManualClock
    reset: Any


class Renewable:
    """An ASGI application that a fresh one can take the place of."""

    def __init__(self, clock, chosen):
        self.clock = clock
        self.settings = chosen
        self.renew()

    def renew(self):
        self.app = create_app(self.settings, self.clock)

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


@contextmanager
def in_process(chosen=SETTINGS):
    clock = ManualClock()
    app = Renewable(clock, chosen)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config())
    yield Target(schema, clock, app.renew)


@contextmanager
def over_a_socket(chosen=SETTINGS):
    clock = ManualClock()
    with Sandbox(chosen, clock=clock) as sandbox:
        schema = schemathesis.openapi.from_url(f"{sandbox.url}/openapi.json", config=config())
        # The contract names the production server.
        schema.config.update(base_url=sandbox.url)
        yield Target(schema, clock, sandbox.reset)


@pytest.fixture(params=[in_process, over_a_socket], ids=lambda target: target.__name__)
def target(request):
    with request.param() as target:
        yield target


# At import, because schemathesis makes tests while pytest collects.
with in_process() as collected:
    whole_api = collected.schema
with in_process(LATER) as collected:
    later_api = collected.schema

GENERATED_FOR = []


def generated_requests(operation_id, api=whole_api):
    """A test that every generated request to an operation is answered as documented."""
    GENERATED_FOR.append(operation_id)

    @api.include(operation_id=operation_id).parametrize()
    @DETERMINISTIC
    def test(case):
        call_and_validate(case)

    return test


def call_and_validate(case):
    """Send a request and judge the answer."""
    answer = case.call()
    case.validate_response(answer)
    return answer


# One by one: under this pytest the tests of one `parametrize` all have the same id.
test_requests_for_a_batch_export = generated_requests("request_batch_export")
test_requests_for_a_collection_export = generated_requests("request_collection_export")
test_requests_for_a_batch_status = generated_requests("get_batch_export_status")
test_requests_for_a_collection_status = generated_requests("get_collection_export_status")
test_later_requests_for_a_batch = generated_requests("request_batch_export", later_api)
test_later_requests_for_a_collection = generated_requests("request_collection_export", later_api)
test_requests_for_a_batch_list = generated_requests("list_batch_exports", later_api)
test_requests_for_a_collection_list = generated_requests("list_collection_exports", later_api)
test_requests_to_delete_a_batchs = generated_requests("delete_batch_export", later_api)
test_requests_to_delete_a_collections = generated_requests("delete_collection_export", later_api)


def test_requests_are_generated_for_every_operation(contract):
    assert set(GENERATED_FOR) == {
        contract["paths"][path][method]["operationId"] for path, method in operations_of(contract)
    }


def operations_of(contract):
    return [(path, method) for path, item in contract["paths"].items() for method in item]


@pytest.mark.parametrize("chosen", [SETTINGS, LATER], ids=lambda chosen: chosen.edition)
def test_generated_requests_over_a_socket(edition_contracts, chosen):
    with over_a_socket(chosen) as target:
        for path, method in operations_of(edition_contracts[chosen.edition]):

            @DETERMINISTIC
            @given(case=target.schema[path][method].as_strategy())
            def send(case):
                call_and_validate(case)

            send()


def answers(target, path, method):
    """Statuses of the answers, and of the exports in them, in every situation there is."""
    kind = next(kind for kind in KINDS if f"{{{kind}_id}}" in path)
    ids = [one.id for one in RESOURCES if one.kind == kind] + ["made-up"]
    request = target.schema[path.removesuffix("/{export_id}")]["post"]
    for resource, token, wait in product(ids, [TOKEN, "Token wrong"], [0, 3]):
        target.reset()
        names = {f"{kind}_id": resource}
        earlier = request.Case(path_parameters=names, headers={"Authorization": TOKEN}).call()
        target.clock.advance(wait)
        if path.endswith("{export_id}"):
            names["export_id"] = earlier.json().get("export_id", "made-up")
        for query in [{}, {"from": "tomorrow"}] if method == "post" else [{}]:
            yield status_and_state(target.schema[path][method], names, query, token)
    if method == "post":
        for _ in range(JOB_LIMIT + 1):
            yield status_and_state(request, {f"{kind}_id": ids[0]}, {}, TOKEN)
            target.clock.advance(3)


def status_and_state(operation, names, query, token):
    """Status of the answer, and of the export in it, which is judged too."""
    case = operation.Case(path_parameters=names, query=query, headers={"Authorization": token})
    answer = case.call_and_validate()
    body = answer.json() if answer.content else None
    return answer.status_code, body.get("status") if isinstance(body, dict) else None


def states_of(edition, path, method):
    """The states that an operation tells, sooner or later."""
    if method == "post":
        return {"generating", "complete"} if edition == "2026-03" else {"generating"}
    return STATES if method == "get" and path.endswith("{export_id}") else set()


@pytest.mark.parametrize("chosen", [SETTINGS, LATER], ids=lambda chosen: chosen.edition)
@pytest.mark.parametrize("serve", [in_process, over_a_socket], ids=lambda serve: serve.__name__)
def test_every_documented_response_is_reached(serve, chosen, edition_contracts):
    contract = edition_contracts[chosen.edition]
    with serve(chosen) as target:
        for path, method in operations_of(contract):
            statuses, states = map(set, zip(*answers(target, path, method), strict=True))
            documented = set(map(int, contract["paths"][path][method]["responses"]))
            assert statuses == documented - NEVER_ANSWERED
            assert states - {None} == states_of(chosen.edition, path, method)


def test_every_link_is_followed(target, edition_contracts):
    contract = edition_contracts["2026-03"]
    links = {
        f"{method.upper()} {path} -> [{status}] {name}"
        for path, method in operations_of(contract)
        for status, response in contract["paths"][path][method]["responses"].items()
        for name in response.get("links", {})
    }
    followed = defaultdict(set)

    class Machine(target.schema.include(tag="exports").as_state_machine()):
        def setup(self):
            # What an example finds must not depend on those before it.
            target.reset()

        def before_call(self, case):
            target.clock.advance(2)

        def step(self, input):  # noqa: A002 - the name is schemathesis'
            output = super().step(input)
            # Now and then schemathesis makes an id up instead.
            names = {name for _, name in input.applied_parameters}
            if names == set(input.case.path_parameters):
                link = input.transition.id.rpartition(" -> ")[0]
                followed[link] |= {output.response.status_code, output.response.json()["status"]}
            return output

    Machine.run(settings=settings(DETERMINISTIC, max_examples=15))

    assert len(links) == len(KINDS)
    assert set(followed) == links
    for link in links:
        # The server knows an id that it gave: nothing but 200. A job that failed is met only
        # now and then, so that is left to the test above.
        assert followed[link] - {"failed"} == {200, "generating", "complete"}
