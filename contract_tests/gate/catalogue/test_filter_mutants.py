"""The mutants that filter or limit jobs wrongly, each as its sentence says."""

import pytest
from helpers.export_requests import GENERATION, TOKEN, ask, content
from helpers.mutant_client import refused_with
from prolific_contract import KINDS, path_of
from prolific_contract.sandbox import ManualClock, SandboxSettings, body_of
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite

FILTER = "from=2015-01-01T00:00:00Z"


@pytest.mark.parametrize("fault", ["filter-ignored", "filter-coarse"])
def test_filter_faults_return_the_running_job_for_another_filter(client_of, fault):
    client = client_of(f"{fault}@request")
    job = client.start()

    assert client.start(FILTER) == job
    assert (client.start("study_id=a") == job) == (fault == "filter-ignored")
    assert client.ask("POST", query="from=yesterday").status in (202, 400)
    assert client.ask("POST", token="wrong").status == 401
    client.clock.advance(GENERATION)
    assert client.start(FILTER) != job


PERIOD = "from=2015-01-01T00:00:00Z&to=2015-02-01T00:00:00Z&study_id=a"


@pytest.mark.parametrize(
    ("fault", "ignored"),
    [
        ("filter-to-ignored", "to"),
        ("filter-from-ignored", "from"),
        ("filter-study-ignored", "study"),
    ],
)
def test_filter_fault_ignores_only_one_condition(client_of, fault, ignored):
    client = client_of(f"{fault}@request")
    job = client.start(PERIOD)
    others = {
        "to": PERIOD.replace("2015-02", "2015-03"),
        "from": PERIOD.replace("2015-01", "2014-12"),
        "study": PERIOD.replace("study_id=a", "study_id=b"),
    }

    assert {name for name, other in others.items() if client.start(other) == job} == {ignored}


def test_filter_by_day_ignores_only_the_time_of_day(client_of):
    client = client_of("filter-by-day@request")
    job = client.start(PERIOD)

    assert client.start(PERIOD.replace("T00:00:00", "T01:02:03")) == job
    assert client.start(PERIOD.replace("2015-02-01", "2015-02-02")) != job
    assert client.start(PERIOD.replace("&study_id=a", "")) != job
    assert client.start("to=2015-02-01T00:00:00Z") != job


def test_request_cancels_lets_the_running_jobs_fail(client_of):
    client = client_of("request-cancels@request")
    done = client.finish()
    first = client.start()
    assert client.start() == first
    second = client.start(FILTER)
    states = ["complete", "failed", "generating"]
    assert [client.state(job) for job in (done, first, second)] == states


def test_filter_for_all_returns_a_filtered_job_only_to_requests_without_filter(client_of):
    client = client_of("filter-for-all@request")
    job = client.start(FILTER)

    assert client.start() == job
    assert client.start("study_id=a") != job


def test_filter_complete_reused_returns_only_the_complete_job_of_the_same_filter(client_of):
    client = client_of("filter-complete-reused@request")
    job, plain = client.finish(FILTER, "")

    assert client.start(FILTER) == job
    assert client.start() != plain
    assert client.start("study_id=a") != job


def test_filter_restarts_starts_a_second_job_for_the_same_filter(client_of):
    client = client_of("filter-restarts@request")

    assert client.start() == client.start()
    assert client.start(FILTER) != client.start(FILTER)


def fill(client):
    for number in range(10):
        client.start(f"study_id={number}")


def test_limit_none_starts_an_eleventh_job(client_of):
    client = client_of("limit-none@request")
    fill(client)

    assert client.start("study_id=a") in client.listed()
    assert len(client.listed()) == 11
    assert client.ask("POST", token="wrong").status == 401


def test_limit_flat_refuses_without_error_envelope(client_of):
    client = client_of("limit-flat@request")
    fill(client)
    reply = client.ask("POST")

    assert (reply.status, body_of(reply).keys()) == (409, {"detail"})
    assert b"error" in content(client.ask("POST", resource="unknown"))


def test_limit_in_name_only_refuses_and_starts_the_job(client_of):
    client = client_of("limit-in-name-only@request")
    fill(client)

    assert client.ask("POST").status == 409
    assert len(client.listed()) == 11
    assert client.start("study_id=1")


def test_limit_for_ever_refuses_after_a_deletion(client_of):
    client = client_of("limit-for-ever@request")
    fill(client)
    client.clock.advance(GENERATION)

    assert client.ask("POST").status == 409
    assert client.ask("DELETE", client.listed()[0]).status == 204
    assert client.ask("POST").status == 409
    assert client.ask("POST", token="wrong").status == 401


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
def test_limit_faults_change_only_post_requests(client_of, fault, method):
    client = client_of(f"{fault}@request")
    fill(client)
    jobs = client.listed()
    refusals = [client.ask(method)]
    client.clock.advance(GENERATION)
    refusals.append(client.ask(method, query="study_id=1"))

    assert [reply.status for reply in refusals] == [405, 405]
    assert all("error" in body_of(reply) for reply in refusals)
    assert client.listed() == jobs
    # Nor is a refusal of it remembered.
    assert client.ask("DELETE", jobs[0]).status == 204
    assert client.start("study_id=other")


@pytest.mark.parametrize(("fault", "status"), [("filter-refused", 400), ("filter-forbidden", 403)])
def test_filter_refusing_faults_refuse_only_filters(client_of, fault, status):
    client = client_of(f"{fault}@request")
    job = client.start()

    assert refused_with(client.ask("POST", query=FILTER), status)
    assert client.listed() == [job]


@pytest.mark.parametrize("kind", KINDS)
def test_request_always_starts_returns_another_job_each_time(kind):
    name = f"request-always-starts@{kind}-request"
    settings = SandboxSettings(edition="2026-03", token=TOKEN, generation_seconds=GENERATION)
    site = MutatedSite(MUTANTS[name], settings, clock := ManualClock())
    path = path_of(kind, settings.id_of(kind))
    ids = []
    for seconds in (0, GENERATION, GENERATION):
        clock.advance(seconds)
        ids.append(body_of(ask(site, "POST", path, f"Token {TOKEN}"))["export_id"])
    site.close()

    assert len(set(ids)) == 3


NEAR = "to=2015-01-02T00:00:00Z"


@pytest.mark.parametrize(
    ("fault", "refused"),
    [
        ("filter-one-time", {FILTER, NEAR, f"study_id=a&{FILTER}"}),
        ("filter-study-alone", {"study_id=a", "study_id=a-b"}),
        ("filter-study-undated", {"study_id=a", "study_id=a-b", f"study_id=a&{FILTER}"}),
        ("filter-study-uuid", {"study_id=a", f"study_id=a&{FILTER}"}),
    ],
)
def test_filter_form_fault_refuses_only_filters_of_its_form(client_of, fault, refused):
    client = client_of(f"{fault}@request")
    queries = [
        "",
        FILTER,
        NEAR,
        f"{FILTER}&{NEAR}",
        "study_id=a",
        "study_id=a-b",
        f"study_id=a&{FILTER}",
        f"study_id=a&{FILTER}&{NEAR}",
    ]
    seen = {query for query in queries if client.ask("POST", query=query).status == 400}

    assert seen == {query for query in refused if query in queries} | (
        {f"study_id=a&{FILTER}&{NEAR}"} if fault == "filter-study-uuid" else set()
    )


def test_filter_by_text_starts_another_job_for_another_order(client_of):
    client = client_of("filter-by-text@request")
    job = client.start(f"{FILTER}&{NEAR}")

    assert client.start(f"{FILTER}&{NEAR}") == job
    assert client.start(f"{NEAR}&{FILTER}") != job
    assert client.ask("POST", query="from=x").status == 400


def test_deleted_reused_returns_a_deleted_job(client_of):
    client = client_of("deleted-reused@request")
    job, other = client.finish(FILTER, NEAR)
    assert client.ask("DELETE", "unknown").status == 404
    assert client.ask("DELETE", job).status == 204

    assert client.start() not in {job, other}
    assert client.start(FILTER) == job
    assert client.start(NEAR) not in {job, other}


def test_forbidden_filtered_exports_a_forbidden_resource_only_with_a_filter(client_of):
    client = client_of("forbidden-filtered@request")
    (forbidden,) = (
        one.id
        for one in client.site.settings.resources
        if one.fate == "forbidden" and one.kind == client.kind
    )

    assert client.ask("POST", resource=forbidden).status == 403
    assert client.ask("POST", query=FILTER, resource=forbidden).status == 202
    assert client.ask("POST", query=FILTER).status == 202
