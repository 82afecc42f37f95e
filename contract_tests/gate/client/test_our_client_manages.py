"""Our own client lists and deletes at every mutant and variant: an answer or a typed error."""

import pytest
from helpers.resource_client import TIMEOUT, TOKEN, ResourceClient
from prolific_contract import MANAGEMENT_ACTIONS
from prolific_contract.sandbox import SandboxSettings
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, VariantSite
from prolific_exports import (
    AccessDeniedError,
    ConflictError,
    ContractViolation,
    ExportsError,
    NoAnswerError,
    NotFoundError,
    RateLimitedError,
    ServerError,
)
from prolific_exports.testing import FakeClock

pytestmark = pytest.mark.unmeasured

GENERATION = 10


# What is not listed here does no harm: a lost answer to a deletion is asked for again.
ERRORS = {
    **{(fault, "list"): NoAnswerError for fault in ("reset", "hang", "garbage", "cut")},
    **{
        (fault, "list"): ContractViolation
        for fault in (
            *("json-gzip", "json-python", "json-trailing", "status-204", "status-redirect"),
            *("list-created-missing", "list-date-naive", "list-field-missing", "list-filter-text"),
            *("list-null", "list-status-number", "list-uuid-not", "list-wrapped"),
        )
    },
    ("status-redirect", "delete"): ContractViolation,
    ("status-500", "list"): ServerError,
    **{("limited-for-ever", action): RateLimitedError for action in ("list", "delete")},
    **{("unavailable-for-ever", action): ServerError for action in ("list", "delete")},
    ("list-refused-403", "list"): AccessDeniedError,
    ("list-refused-404", "list"): NotFoundError,
    ("delete-ended-403", "delete"): AccessDeniedError,
    ("delete-ended-404", "delete"): NotFoundError,
    ("delete-ended-409", "delete"): ConflictError,
}


class JobManagementClient(ResourceClient):
    """A client that starts a job, lists it and deletes it."""

    def start(self):
        self.resource.export(self.resource_id)
        self.clock.advance(GENERATION)
        return self.site.jobs.of(self.kind, self.resource_id)[-1].export_id

    def outcome(self, what, *ids):
        """What came back, and the error in which it ended."""
        try:
            return what(self.resource_id, *ids), None
        except ExportsError as error:
            assert TOKEN not in str(error)
            return None, error

    def close(self):
        self.clients.__exit__(None, None, None)
        self.site.close()


@pytest.fixture
def job_client():
    opened = []

    def begin(*arguments):
        opened.append(JobManagementClient(*arguments))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def settings():
    return SandboxSettings(
        edition="2026-11", token=TOKEN, submissions=1, files=0, generation_seconds=GENERATION
    )


def sampled():
    for number, one in enumerate(MUTANTS.values()):
        if one.operation.action in MANAGEMENT_ACTIONS:
            flavour = ("sync", "async")[number // 2 % 2]
            yield pytest.param(one, flavour, id=f"{one.name}-{flavour}")


@pytest.mark.parametrize(("one", "flavour"), list(sampled()))
def test_list_and_delete_at_mutant_return_or_raise_typed_error(job_client, one, flavour):
    clock = FakeClock()
    client = job_client(MutatedSite(one, settings(), clock), clock, one.operation.kind, flavour)
    job = client.start()
    listed, unlisted = client.outcome(client.resource.list)
    _, kept = client.outcome(client.resource.delete, job)

    expected = ERRORS.get((one.fault.name, one.operation.action), type(None))
    error, other = (unlisted, kept) if one.operation.action == "list" else (kept, unlisted)
    # What shows rarely may spare the client.
    assert type(error) is expected or (one.trigger != "always" and error is None)
    assert other is None
    assert (listed is None) == (unlisted is not None)
    assert client.transport.requests < 60
    assert clock.monotonic() < 20 * TIMEOUT


@pytest.mark.parametrize(
    "name",
    [
        one.name
        for one in VARIANTS.values()
        # Some refuse longer than the client tries.
        if "2026-11" in one.editions and not one.name.endswith("-at-first")
    ],
)
def test_list_and_delete_succeed_at_every_conforming_server(job_client, name):
    clock = FakeClock()
    client = job_client(VariantSite(VARIANTS[name], settings(), clock), clock, "batch", "sync")
    others = {"used-by-others": 3, "almost-full": 9}.get(name, 0)
    job = client.start()
    clock.advance(300)
    listed, error = client.outcome(client.resource.list)

    assert error is None
    assert len(listed) == 1 + others
    assert str(listed[0].export_id).lower() == job
    assert client.outcome(client.resource.delete, str(listed[0].export_id)) == (None, None)
    # Some lists are seconds behind.
    clock.advance(3)
    assert len(client.outcome(client.resource.list)[0]) == others
