"""The job machine: which job a request gets and what becomes of it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prolific_contract import EDITIONS, Edition, State
from prolific_contract.sandbox import Fate, ManualClock, SandboxResource
from prolific_contract.sandbox._jobs import SandboxJob, SandboxJobs

GENERATION = timedelta(seconds=3)
START = datetime(2026, 3, 19, 10, 30, tzinfo=UTC)


def new_jobs(edition: Edition = "2026-03", seed: int = 1) -> SandboxJobs:
    return SandboxJobs(edition, GENERATION, seed)


def resource(fate: Fate = Fate.COMPLETES) -> SandboxResource:
    return SandboxResource("collection", "one", fate)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize("edition", EDITIONS)
def test_first_request_starts_a_job(edition):
    requested = new_jobs(edition).request(resource(), START)

    assert requested.is_new
    assert requested.state == "generating"
    assert requested.job.requested_at == START


@pytest.mark.parametrize("edition", EDITIONS)
def test_requests_return_the_generating_job(edition):
    jobs = new_jobs(edition)
    first = jobs.request(resource(), START)
    second = jobs.request(resource(), after(2.999))

    assert second.job == first.job
    assert second.state == "generating"
    assert not second.is_new


def test_first_request_for_a_ready_resource_finds_a_complete_job():
    jobs = SandboxJobs("2026-03", GENERATION, 1, ready=True)
    first = jobs.request(resource(), START)

    assert (first.state, first.is_new) == ("complete", False)
    assert first.job.requested_at == START - GENERATION
    assert jobs.request(resource(), START) == first


@pytest.mark.parametrize(
    "fate", [fate for fate in Fate if fate is not Fate.COMPLETES], ids=lambda fate: fate.value
)
def test_only_exports_that_complete_can_be_ready(fate):
    jobs = SandboxJobs("2026-03", GENERATION, 1, ready=True)
    requested = jobs.request(resource(Fate(fate)), START)

    assert (requested.state, requested.is_new) == ("generating", True)


def test_edition_2026_03_returns_a_complete_job_again():
    jobs = new_jobs("2026-03")
    first = jobs.request(resource(), START)
    second = jobs.request(resource(), after(86_400))

    assert second.job == first.job
    assert second.state == "complete"
    assert not second.is_new


def test_edition_2026_11_never_returns_a_complete_job_again():
    jobs = new_jobs("2026-11")
    first = jobs.request(resource(), START)
    second = jobs.request(resource(), after(3))

    assert second.job.export_id != first.job.export_id
    assert second.state == "generating"
    assert second.is_new


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    ("fate", "states"),
    [
        (Fate.COMPLETES, {0: "generating", 2.999: "generating", 3: "complete", 9e6: "complete"}),
        (Fate.FAILS, {0: "generating", 2.999: "generating", 3: "failed", 9e6: "failed"}),
        (Fate.FAILS_ONCE, {2.999: "generating", 3: "failed"}),
        (Fate.VANISHES, {2.999: "generating", 3: "complete", 5.999: "complete", 6: "failed"}),
    ],
)
def test_fate_determines_the_state_of_a_job(edition, fate, states):
    job = new_jobs(edition).request(resource(fate), START).job

    assert {seconds: job.state(after(seconds)) for seconds in states} == states


@pytest.mark.parametrize("edition", EDITIONS)
def test_failed_job_is_replaced_and_the_second_completes(edition):
    jobs = new_jobs(edition)
    failed = jobs.request(resource(Fate.FAILS_ONCE), START).job
    retried = jobs.request(resource(Fate.FAILS_ONCE), after(3))

    assert retried.is_new
    assert retried.job.state(after(6)) == "complete"
    assert failed.state(after(6)) == "failed"


def test_resources_of_both_kinds_with_one_id_have_separate_jobs():
    jobs = new_jobs()
    collection = jobs.request(SandboxResource("collection", "one"), START).job
    batch = jobs.request(SandboxResource("batch", "one"), START).job

    assert collection.export_id != batch.export_id
    assert (collection.kind, batch.kind) == ("collection", "batch")


def test_job_is_found_only_by_its_id():
    jobs = new_jobs()
    job = jobs.request(resource(), START).job

    assert jobs.find(job.export_id) == job
    assert jobs.find("another") is None


def test_export_ids_depend_on_the_seed():
    def ids(seed: int) -> list[str]:
        jobs = new_jobs("2026-11", seed)
        return [jobs.request(resource(), after(4 * n)).job.export_id for n in range(3)]

    assert ids(1) == ids(1)
    assert not set(ids(1)) & set(ids(2))
    assert all(UUID(export_id).version == 4 for export_id in ids(1))


def test_job_stores_with_shared_serials_never_repeat_an_id():
    serials = count()
    stores = [SandboxJobs("2026-03", GENERATION, 1, serials) for _ in range(2)]

    assert len({jobs.request(resource(), START).job.export_id for jobs in stores}) == 2


steps = st.lists(
    st.one_of(
        st.just("request"),
        st.floats(0, 10).map(lambda seconds: ("advance", seconds)),
    ),
    max_size=30,
)


@given(st.sampled_from(EDITIONS), st.sampled_from(Fate), steps)
def test_any_sequence_of_requests_follows_the_documented_rules(edition, fate, conversation):
    clock = ManualClock()
    jobs = new_jobs(edition)
    history: dict[str, list[State]] = {}
    latest: SandboxJob | None = None

    for step in conversation:
        if step == "request":
            before = latest.state(clock.now()) if latest else None
            requested = jobs.request(resource(fate), clock.now())
            reusable = {"generating", "complete"}
            if edition == "2026-11":
                reusable = {"generating"}
            assert requested.is_new == (before not in reusable)
            if not requested.is_new:
                assert requested.job is latest
            else:
                assert requested.job.export_id not in history
            latest = requested.job
            history.setdefault(latest.export_id, []).append(requested.state)
        else:
            clock.advance(step[1])
        for export_id, states in history.items():
            job = jobs.find(export_id)
            assert job is not None
            assert job.export_id == export_id
            states.append(job.state(clock.now()))

    order = ["generating", "complete", "failed"]
    for states in history.values():
        assert states[0] in order
        assert states == sorted(states, key=order.index), "a job never goes back"


def test_concurrent_deletions_of_one_job_are_safe():
    jobs = new_jobs("2026-11")
    job, other = (jobs.request(resource(), after(4 * n)).job for n in range(2))
    for _ in range(2):
        jobs.delete(job, after(9))

    assert jobs.of("collection", "one") == (other,)
    assert jobs.find(job.export_id) is None
