"""Steps of the conversation about jobs that a whole conversation rarely takes."""

from datetime import UTC, datetime, timedelta

import pytest
from prolific_contract.gate.conversation import ConversationPlan
from prolific_contract.gate.conversation._filter_probes import FilterProbes
from prolific_contract.gate.conversation._job_management import JobManagement
from prolific_contract.gate.conversation._job_steps import JobSteps
from prolific_contract.gate.conversation._resources import ResourceProgress, TrackedJob
from prolific_contract.gate.trace import Subject

SUBJECT = Subject("batch", "b1")
PLAN = ConversationPlan((SUBJECT,), edition="2026-11")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Server:
    """Stands in for the parts that send requests.

    Attributes:
        state: What a poll of a job reports.
        asked: What was requested, in order.
    """

    def __init__(self, state):
        self.state = state
        self.asked = []

    def poll(self, job):
        self.asked.append("poll")
        job.state = self.state
        yield from ()

    def delete(self, job):
        # The server refuses it: the job is not marked as deleted.
        self.asked.append("delete")
        yield from ()


def job(export_id, **known):
    return TrackedJob(SUBJECT, export_id, 0.0, 60.0, NOW, 0.0, **known)


@pytest.mark.parametrize(
    ("state", "asked"), [("generating", ["poll"]), ("complete", ["poll", "delete"])]
)
def test_filter_of_a_job_that_was_not_deleted_is_not_requested_again(state, asked):
    first, second = job("first", deleted=True), job("second", only_requested=True)
    resource = ResourceProgress(
        SUBJECT,
        filtered=[first, second],
        lists_jobs=True,
        ids_before=frozenset(),
        creation_times={"second": NOW + timedelta(seconds=1)},
        jobs_left=3,
    )
    server = Server(state)
    management = JobManagement(PLAN, server, JobSteps(server, server, server))

    assert list(management.probe_deletion(resource)) == []
    assert server.asked == asked
    assert resource.jobs_left == 3


def test_filter_is_not_requested_again_without_room_for_a_job():
    resource = ResourceProgress(SUBJECT, jobs_left=0)

    assert list(FilterProbes(PLAN, Server("complete")).request_second_again(resource)) == []
    assert resource.lacked_jobs
