"""The mutants that list, delete, filter or limit wrongly, each as its sentence says."""

import pytest
from helpers.export_requests import GENERATION, TOKEN, ask, content
from prolific_contract._vocabulary import KINDS, path_of
from prolific_contract.sandbox import ManualClock, SandboxSettings
from prolific_contract.sandbox._replies import body_of, jobs_of
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite

FILTER = "from=2015-01-01T00:00:00Z"


class Desk:
    """Somebody who manages the jobs of the first resource of a kind of a mutant."""

    def __init__(self, name):
        self.one = MUTANTS[name]
        self.clock = ManualClock()
        settings = SandboxSettings(edition="2026-11", token=TOKEN, generation_seconds=GENERATION)
        self.site = MutatedSite(self.one, settings, self.clock)
        self.kind = self.one.operation.kind
        self.resource = settings.id_of(self.kind)

    def ask(self, method, *job, query="", kind=None, resource=None, token=TOKEN):
        path = path_of(kind or self.kind, resource or self.resource, *job)
        return ask(self.site, method, f"{path}?{query}", f"Token {token}")

    def start(self, query="", **elsewhere):
        reply = self.ask("POST", query=query, **elsewhere)
        assert reply.status == 202
        return body_of(reply)["export_id"]

    def finish(self, *queries):
        """Jobs of these filters that have ended, or one without any."""
        jobs = [self.start(query) for query in queries or ("",)]
        self.clock.advance(GENERATION)
        return jobs if queries else jobs[0]

    def listed(self, **where):
        return [job["export_id"] for job in jobs_of(self.ask("GET", **where))]

    def state(self, job):
        reply = self.ask("GET", job)
        return body_of(reply)["status"] if reply.status == 200 else reply.status


@pytest.fixture(params=KINDS)
def desk_of(request):
    return lambda fault: Desk(fault.replace("@", f"@{request.param}-"))


def test_list_complete_early_lists_a_generating_job_as_complete(desk_of):
    desk = desk_of("list-complete-early@list")
    job = desk.start()

    assert [one["status"] for one in jobs_of(desk.ask("GET"))] == ["complete"]
    assert desk.state(job) == "generating"


@pytest.mark.parametrize(
    ("fault", "filters"),
    [
        ("list-filter-lost", [None, None]),
        (
            "list-filter-other",
            [{"from": "2015-01-02T00:00:00Z", "to": "2015-01-02T00:00:00Z"}, None],
        ),
    ],
)
def test_list_filter_faults_show_wrong_filters(desk_of, fault, filters):
    desk = desk_of(f"{fault}@list")
    desk.finish("", f"{FILTER}&to=2015-01-02T00:00:00Z")

    assert [job["filter"] for job in jobs_of(desk.ask("GET"))] == filters


def test_list_lacks_faults_omit_jobs(desk_of):
    filtered, generating = (
        desk_of("list-lacks-filtered@list"),
        desk_of("list-lacks-generating@list"),
    )
    plain, _ = filtered.finish("", FILTER)
    ended = generating.finish()
    generating.start()

    assert filtered.listed() == [plain]
    assert generating.listed() == [ended]


def test_list_scope_faults_show_jobs_of_others(desk_of):
    desk = desk_of("list-scope-kind@list")
    other = next(kind for kind in KINDS if kind != desk.kind)
    own = desk.start()
    strange = desk.start(kind=other, resource=desk.site.settings.id_of(other))
    assert sorted(desk.listed()) == sorted([own, strange])
    assert desk.ask("GET", token="wrong").status == 401

    desk = desk_of("list-scope-resource@list")
    own = desk.start()
    assert desk.listed(resource="unknown") == [own]
    forbidden = next(
        one.id
        for one in desk.site.settings.resources
        if one.fate == "forbidden" and one.kind == desk.kind
    )
    assert desk.ask("GET", resource=forbidden).status == 403


def test_delete_nothing_keeps_the_job(desk_of):
    desk = desk_of("delete-nothing@delete")
    job = desk.finish()

    assert desk.ask("DELETE", job).status == 204
    assert (desk.state(job), desk.listed()) == ("complete", [job])
    assert desk.ask("DELETE", "unknown").status == 404


def test_delete_nothing_second_keeps_only_the_second_job(desk_of):
    desk = desk_of("delete-nothing-second@delete")
    first, second = desk.finish("", FILTER)
    for job in (first, second):
        assert desk.ask("DELETE", job).status == 204

    assert desk.listed() == [second]


def test_delete_later_keeps_the_job_for_three_polls(desk_of):
    desk = desk_of("delete-later@delete")
    job, other = desk.finish("", FILTER)

    assert desk.ask("DELETE", job).status == 204
    assert [desk.state(job) for _ in range(4)] == ["complete"] * 3 + [404]
    assert desk.state(other) == "complete"
    assert desk.ask("DELETE", job).status == 404


def test_delete_list_only_removes_the_job_from_the_list_but_not_from_polls(desk_of):
    desk = desk_of("delete-list-only@delete")
    job = desk.finish()

    assert desk.ask("DELETE", job).status == 204
    assert (desk.state(job), desk.listed()) == ("complete", [])
    assert desk.ask("GET", job, token="wrong").status == 401
    assert desk.ask("GET", job, resource="unknown").status == 404
    assert desk.ask("DELETE", "unknown").status == 404


def test_delete_job_only_removes_the_job_from_polls_but_not_from_the_list(desk_of):
    desk = desk_of("delete-job-only@delete")
    first, second = desk.finish("", FILTER)

    assert desk.listed() == [second, first]
    assert desk.ask("DELETE", first).status == 204
    assert (desk.state(first), desk.listed()) == (404, [second, first])
    assert desk.ask("GET", resource="unknown").status == 404


def test_delete_generating_deletes_a_generating_job(desk_of):
    desk = desk_of("delete-generating@delete")
    job = desk.start()

    assert desk.ask("DELETE", job, token="wrong").status == 401
    assert desk.ask("DELETE", job).status == 204
    assert desk.state(job) == 404
    assert desk.ask("DELETE", desk.finish()).status == 204


def test_delete_generating_404_refuses_with_404(desk_of):
    desk = desk_of("delete-generating-404@delete")
    job = desk.start()

    assert desk.ask("DELETE", job).status == 404
    assert desk.state(job) == "generating"


@pytest.mark.parametrize("status", [401, 404, 409])
def test_refused_deletion_faults_delete_the_job(desk_of, status):
    desk = desk_of(f"delete-despite-{status}@delete")
    how = {401: {"token": "wrong"}, 404: {"resource": "unknown"}, 409: {}}[status]
    job = desk.start() if status == 409 else desk.finish()

    assert desk.ask("DELETE", job, **how).status == status
    assert desk.state(job) == 404
    assert desk.ask("DELETE", "unknown", **how).status in (401, 404)


@pytest.mark.parametrize("fault", ["filter-ignored", "filter-coarse"])
def test_filter_faults_return_the_running_job_for_another_filter(desk_of, fault):
    desk = desk_of(f"{fault}@request")
    job = desk.start()

    assert desk.start(FILTER) == job
    assert (desk.start("study_id=a") == job) == (fault == "filter-ignored")
    assert desk.ask("POST", query="from=yesterday").status in (202, 400)
    assert desk.ask("POST", token="wrong").status == 401
    desk.clock.advance(GENERATION)
    assert desk.start(FILTER) != job


def test_filter_restarts_starts_a_second_job_for_the_same_filter(desk_of):
    desk = desk_of("filter-restarts@request")

    assert desk.start() == desk.start()
    assert desk.start(FILTER) != desk.start(FILTER)


def fill(desk):
    for number in range(10):
        desk.start(f"study_id={number}")


def test_limit_none_starts_an_eleventh_job(desk_of):
    desk = desk_of("limit-none@request")
    fill(desk)

    assert desk.start("study_id=a") in desk.listed()
    assert len(desk.listed()) == 11
    assert desk.ask("POST", token="wrong").status == 401


def test_limit_flat_refuses_without_error_envelope(desk_of):
    desk = desk_of("limit-flat@request")
    fill(desk)
    reply = desk.ask("POST")

    assert (reply.status, body_of(reply).keys()) == (409, {"detail"})
    assert b"error" in content(desk.ask("POST", resource="unknown"))


def test_limit_in_name_only_refuses_and_starts_the_job(desk_of):
    desk = desk_of("limit-in-name-only@request")
    fill(desk)

    assert desk.ask("POST").status == 409
    assert len(desk.listed()) == 11
    assert desk.start("study_id=1")


def test_limit_for_ever_refuses_after_a_deletion(desk_of):
    desk = desk_of("limit-for-ever@request")
    fill(desk)
    desk.clock.advance(GENERATION)

    assert desk.ask("POST").status == 409
    assert desk.ask("DELETE", desk.listed()[0]).status == 204
    assert desk.ask("POST").status == 409
    assert desk.ask("POST", token="wrong").status == 401


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    "fault",
    [
        "complete-reused",
        "filter-coarse",
        "filter-ignored",
        "filter-restarts",
        "limit-flat",
        "limit-for-ever",
        "limit-in-name-only",
        "limit-none",
    ],
)
def test_limit_faults_change_only_post_requests(desk_of, fault, method):
    desk = desk_of(f"{fault}@request")
    fill(desk)
    jobs = desk.listed()
    refusals = [desk.ask(method)]
    desk.clock.advance(GENERATION)
    refusals.append(desk.ask(method, query="study_id=1"))

    assert [reply.status for reply in refusals] == [405, 405]
    assert all("error" in body_of(reply) for reply in refusals)
    assert desk.listed() == jobs
    # Nor is a refusal of it remembered.
    assert desk.ask("DELETE", jobs[0]).status == 204
    assert desk.start("study_id=other")


def test_fault_does_not_change_responses_outside_the_api(desk_of):
    assert ask(desk_of("list-empty@list").site, "GET", "/somewhere").status == 404


def test_list_without_valid_token_is_not_changed(desk_of):
    desk = desk_of("list-empty@list")

    assert desk.ask("GET", token="wrong").status == 401
    assert desk.listed() == []
