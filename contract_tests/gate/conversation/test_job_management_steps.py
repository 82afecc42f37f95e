"""Steps of the conversation about jobs that a whole conversation rarely takes."""

from datetime import UTC, datetime, timedelta

import pytest
from helpers.traces import TraceBuilder
from prolific_contract.gate.conversation import ConversationPlan
from prolific_contract.gate.conversation._filter_probes import FilterProbes, later_that_day
from prolific_contract.gate.conversation._job_management import JobManagement
from prolific_contract.gate.conversation._job_steps import JobSteps
from prolific_contract.gate.conversation._resources import ResourceProgress, TrackedJob
from prolific_contract.gate.trace import Subject
from prolific_exports._model._timestamps import utc_moment

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
    return TrackedJob(SUBJECT, export_id, 0.0, 0.1, NOW, 60.0, NOW, 0.0, **known)


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

    server = Server("complete")
    assert list(FilterProbes(PLAN, server, server).request_second_again(resource)) == []
    assert resource.lacked_jobs


def listed(export_id, created_at, wanted=None):
    return {
        "export_id": export_id,
        "filter": wanted,
        "status": "generating",
        "created_at": created_at.isoformat(),
    }


def known_by(requested, *shown):
    """The progress after two requests, with a filter of its own in the second, and a list.

    The requests were sent at 0 and 10 seconds.
    """
    own = TrackedJob(SUBJECT, "own", 0.0, 0.2, NOW, 60.0, NOW, 0.0)
    mark = TrackedJob(SUBJECT, "mark", 10.0, 10.2, NOW, 60.0, NOW, 10.0)
    resource = ResourceProgress(SUBJECT, jobs=[own], filtered=[mark], ids_before=frozenset())
    resource.choose_period(requested)
    builder = TraceBuilder()
    resource.update_from_list(builder.list(*shown))
    return resource, own, mark


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(seconds=2), timedelta(minutes=4)])
@pytest.mark.parametrize(("older", "owned"), [(10.2, True), (11.1, True), (11.3, False)])
def test_job_is_owned_by_the_clock_that_a_filter_of_its_own_shows(behind, older, owned):
    created = NOW + timedelta(seconds=10) - behind
    marked = listed("mark", created, ResourceProgress(SUBJECT).period)
    before = listed("own", created - timedelta(seconds=older))
    resource, own, mark = known_by(datetime.fromtimestamp(0, UTC), marked, before)
    # By the clock of the response alone, only what was created later is.
    assert resource.owns(own) == (owned or (behind == timedelta(0) and older < 11.05))
    assert resource.owns(mark)


@pytest.mark.parametrize(
    "shown",
    [
        listed("mark", NOW - timedelta(minutes=4)),
        listed("mark", NOW - timedelta(minutes=4), {"from": "2015-01-01T10:20:30Z"}),
        {**listed("mark", NOW, ResourceProgress(SUBJECT).period), "created_at": "yesterday"},
        {**listed("mark", NOW - timedelta(minutes=4)), "filter": "all"},
    ],
)
def test_job_without_the_filter_of_its_own_shows_no_clock(shown):
    before = listed("own", NOW - timedelta(minutes=4, seconds=10))
    resource, own, mark = known_by(datetime.fromtimestamp(0, UTC), shown, before)

    assert not resource.owns(own)
    assert not resource.owns(mark)


def test_period_differs_in_two_conversations():
    periods = []
    for milliseconds in (0, 1, 12_345):
        resource = ResourceProgress(SUBJECT)
        resource.choose_period(NOW + timedelta(milliseconds=milliseconds))
        periods.append(resource.period)

    assert len({period["from"] for period in periods}) == len(periods)
    for period in periods:
        begin, end = (utc_moment(period[name]) for name in ("from", "to"))
        assert begin is not None
        assert end is not None
        assert datetime(2015, 1, 1, tzinfo=UTC) <= begin < end < datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("time", ["12:34:56", "23:59:59", "17:00:00", "16:59:59"])
def test_time_later_that_day_is_another_one_of_the_same_day(time):
    period = {"from": "2015-01-01T10:00:00Z", "to": f"2015-01-02T{time}Z"}
    other = later_that_day(period)

    assert other["from"] == period["from"]
    assert other["to"][:11] == period["to"][:11]
    assert other["to"] != period["to"]
    assert utc_moment(other["to"]) is not None


@pytest.mark.parametrize("status", [["generating"], {}, 1, None])
def test_listed_status_of_any_type_is_compared_with_the_polled_one(status):
    resource, own, _ = known_by(NOW, {**listed("own", NOW), "status": status})
    own.state = "complete"
    resource.filtered.clear()

    assert resource.settled_at() == 0
