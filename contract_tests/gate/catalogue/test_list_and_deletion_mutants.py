"""The mutants that list or delete jobs wrongly, or refuse wrongly, each as its sentence says."""

import pytest
from helpers.export_requests import GENERATION, ask
from helpers.mutant_client import refused_with
from prolific_contract import KINDS
from prolific_contract.sandbox import body_of, jobs_of

FILTER = "from=2015-01-01T00:00:00Z"


def test_list_complete_early_lists_a_generating_job_as_complete(client_of):
    client = client_of("list-complete-early@list")
    job = client.start()

    assert [one["status"] for one in jobs_of(client.ask("GET"))] == ["complete"]
    assert client.state(job) == "generating"


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
def test_list_filter_faults_show_wrong_filters(client_of, fault, filters):
    client = client_of(f"{fault}@list")
    client.finish("", f"{FILTER}&to=2015-01-02T00:00:00Z")

    assert [job["filter"] for job in jobs_of(client.ask("GET"))] == filters


def test_list_lacks_faults_omit_jobs(client_of):
    filtered, generating = (
        client_of("list-lacks-filtered@list"),
        client_of("list-lacks-generating@list"),
    )
    plain, _ = filtered.finish("", FILTER)
    ended = generating.finish()
    generating.start()

    assert filtered.listed() == [plain]
    assert generating.listed() == [ended]


def test_list_scope_faults_show_jobs_of_others(client_of):
    client = client_of("list-scope-kind@list")
    other = next(kind for kind in KINDS if kind != client.kind)
    own = client.start()
    strange = client.start(kind=other, resource=client.site.settings.id_of(other))
    assert sorted(client.listed()) == sorted([own, strange])
    assert client.ask("GET", token="wrong").status == 401

    client = client_of("list-scope-resource@list")
    own = client.start()
    assert client.listed(resource="unknown") == [own]
    forbidden = next(
        one.id
        for one in client.site.settings.resources
        if one.fate == "forbidden" and one.kind == client.kind
    )
    assert client.ask("GET", resource=forbidden).status == 403


def test_delete_nothing_keeps_the_job(client_of):
    client = client_of("delete-nothing@delete")
    job = client.finish()

    assert client.ask("DELETE", job).status == 204
    assert (client.state(job), client.listed()) == ("complete", [job])
    assert client.ask("DELETE", "unknown").status == 404


def test_delete_nothing_second_keeps_only_the_second_job(client_of):
    client = client_of("delete-nothing-second@delete")
    first, second = client.finish("", FILTER)
    for job in (first, second):
        assert client.ask("DELETE", job).status == 204

    assert client.listed() == [second]


def test_delete_generating_once_is_still_to_come_after_a_deletion_of_nothing(client_of):
    client = client_of("delete-generating-once@delete")
    assert client.ask("DELETE", "unknown").status == 404
    first, second = client.start(), client.start(FILTER)

    assert [client.ask("DELETE", job).status for job in (first, second)] == [204, 409]
    assert client.listed() == [second]


def test_delete_later_keeps_the_job_for_three_polls(client_of):
    client = client_of("delete-later@delete")
    job, other = client.finish("", FILTER)

    assert client.ask("DELETE", job).status == 204
    assert [client.state(job) for _ in range(4)] == ["complete"] * 3 + [404]
    assert client.state(other) == "complete"
    assert client.ask("DELETE", job).status == 404


def test_delete_list_only_removes_the_job_from_the_list_but_not_from_polls(client_of):
    client = client_of("delete-list-only@delete")
    job = client.finish()

    assert client.ask("DELETE", job).status == 204
    assert (client.state(job), client.listed()) == ("complete", [])
    assert client.ask("GET", job, token="wrong").status == 401
    assert client.ask("GET", job, resource="unknown").status == 404
    assert client.ask("DELETE", "unknown").status == 404


def test_delete_job_only_removes_the_job_from_polls_but_not_from_the_list(client_of):
    client = client_of("delete-job-only@delete")
    first, second = client.finish("", FILTER)

    assert client.listed() == [second, first]
    assert client.ask("DELETE", first).status == 204
    assert (client.state(first), client.listed()) == (404, [second, first])
    assert client.ask("GET", resource="unknown").status == 404


@pytest.mark.parametrize("status", [204, 409])
def test_delete_again_fault_changes_only_the_second_deletion(client_of, status):
    client = client_of(f"delete-again-{status}@delete")
    job = client.finish()

    assert client.ask("DELETE", "unknown").status == 404
    assert client.ask("DELETE", job).status == 204
    assert client.ask("DELETE", job).status == status
    assert client.state(job) == 404


def test_delete_all_deletes_every_job_that_has_ended(client_of):
    client = client_of("delete-all@delete")
    first, second = client.finish("", FILTER)
    generating = client.start()

    assert client.ask("DELETE", "unknown").status == 404
    assert client.listed() == [generating, second, first]
    assert client.ask("DELETE", first).status == 204
    assert client.listed() == [generating]


def test_delete_another_deletes_the_oldest_other_job(client_of):
    client = client_of("delete-another@delete")
    first, second, third = client.finish("", FILTER, "study_id=a")

    assert client.ask("DELETE", third).status == 204
    assert client.listed() == [third, second]
    assert client.state(first) == 404


def test_delete_oldest_too_deletes_two_jobs_once(client_of):
    client = client_of("delete-oldest-too@delete")
    first, second, third, fourth = client.finish("", FILTER, "study_id=a", "study_id=b")

    assert client.ask("DELETE", "unknown").status == 404
    assert client.ask("DELETE", third).status == 204
    assert client.listed() == [fourth, second]
    assert client.state(first) == 404
    assert client.ask("DELETE", fourth).status == 204
    assert client.listed() == [second]


def test_delete_generating_deletes_a_generating_job(client_of):
    client = client_of("delete-generating@delete")
    job = client.start()

    assert client.ask("DELETE", job, token="wrong").status == 401
    assert client.ask("DELETE", job).status == 204
    assert client.state(job) == 404
    assert client.ask("DELETE", client.finish()).status == 204


def test_delete_generating_404_refuses_with_404(client_of):
    client = client_of("delete-generating-404@delete")
    job = client.start()

    assert client.ask("DELETE", job).status == 404
    assert client.state(job) == "generating"


@pytest.mark.parametrize("status", [401, 404, 409])
def test_refused_deletion_faults_delete_the_job(client_of, status):
    client = client_of(f"delete-despite-{status}@delete")
    how = {401: {"token": "wrong"}, 404: {"resource": "unknown"}, 409: {}}[status]
    job = client.start() if status == 409 else client.finish()

    assert client.ask("DELETE", job, **how).status == status
    assert client.state(job) == 404
    assert client.ask("DELETE", "unknown", **how).status in (401, 404)


def test_fault_does_not_change_responses_outside_the_api(client_of):
    assert ask(client_of("list-empty@list").site, "GET", "/somewhere").status == 404


def test_list_without_valid_token_is_not_changed(client_of):
    client = client_of("list-empty@list")

    assert client.ask("GET", token="wrong").status == 401
    assert client.listed() == []


@pytest.mark.parametrize("status", [401, 403, 404])
def test_access_lost_faults_refuse_the_second_request_of_a_path(client_of, status):
    client = client_of(f"access-lost-{status}@request")
    client.start()

    assert refused_with(client.ask("POST"), status)
    assert client.ask("POST", token="wrong").status == 401
    assert client.ask("GET").status == 200


@pytest.mark.parametrize("status", [401, 403])
def test_access_lost_faults_refuse_the_second_poll_of_each_job(client_of, status):
    client = client_of(f"access-lost-{status}@status")
    first, second = client.finish("", FILTER)

    assert [client.state(first), client.state(second)] == ["complete"] * 2
    assert refused_with(client.ask("GET", first), status)


@pytest.mark.parametrize("status", [403, 404])
def test_list_refused_faults_refuse_every_list(client_of, status):
    client = client_of(f"list-refused-{status}@list")
    client.start()

    assert refused_with(client.ask("GET"), status)


@pytest.mark.parametrize("status", [403, 404, 409])
def test_delete_ended_faults_refuse_to_delete_an_ended_job(client_of, status):
    client = client_of(f"delete-ended-{status}@delete")
    job = client.start()
    assert refused_with(client.ask("DELETE", job), 409)
    client.clock.advance(GENERATION)

    assert refused_with(client.ask("DELETE", job), status)
    assert client.state(job) == "complete"
    assert client.ask("DELETE", "unknown").status == 404
    assert client.ask("DELETE", job, token="wrong").status == 401


@pytest.mark.parametrize(("fault", "status"), [("limited", 429), ("unavailable", 503)])
@pytest.mark.parametrize("action", ["request", "list"])
def test_for_ever_faults_ask_to_repeat_every_request(client_of, fault, status, action):
    client = client_of(f"{fault}-for-ever@{action}")
    method = "POST" if action == "request" else "GET"
    reply = client.ask(method)

    assert refused_with(reply, status)
    assert reply.header("Retry-After") == "1"
    client.clock.advance(3600)
    assert client.ask(method).status == status


def test_store_unavailable_refuses_archives_without_saying_for_how_long(client_of):
    client = client_of("store-unavailable@archive")
    url = body_of(client.ask("GET", client.finish()))["url"]
    path, _, query = url.removeprefix("http://").partition("/")[2].partition("?")
    reply = ask(client.site, "GET", f"/{path}?{query}", None)

    assert (reply.status, reply.body, reply.header("Retry-After")) == (503, b"", None)


def test_delete_generating_once_deletes_one_generating_job(client_of):
    client = client_of("delete-generating-once@delete")
    ended = client.finish()
    jobs = [client.start(query) for query in ("", FILTER)]

    assert client.ask("DELETE", jobs[0]).status == 204
    assert client.ask("DELETE", jobs[1]).status == 409
    assert client.ask("DELETE", ended).status == 204


def test_deleted_returns_shows_a_deleted_job_after_three_seconds(client_of):
    client = client_of("deleted-returns@delete")
    job = client.finish()
    assert client.ask("DELETE", job).status == 204
    client.clock.advance(2)
    assert (client.state(job), client.listed()) == (404, [])

    client.clock.advance(1)
    assert (client.state(job), client.listed()) == ("complete", [job])
    assert client.ask("DELETE", "unknown").status == 404


def test_list_stuck_lists_a_complete_job_as_generating(client_of):
    client = client_of("list-stuck@list")
    client.finish()

    assert [one["status"] for one in jobs_of(client.ask("GET"))] == ["generating"]


def test_list_empty_404_refuses_only_an_empty_list(client_of):
    client = client_of("list-empty-404@list")
    assert client.ask("GET").status == 404
    job = client.start()

    assert client.listed() == [job]


def test_list_scope_near_lists_the_jobs_under_a_longer_id(client_of):
    client = client_of("list-scope-near@list")
    job = client.start()

    assert client.listed(resource=f"{client.resource}0") == [job]
    assert client.listed() == [job]
    assert client.ask("GET", resource=client.resource[:-1]).status == 404
