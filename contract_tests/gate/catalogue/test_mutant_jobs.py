"""Mutants whose fault shows over the life of a job, and what stays unchanged beside it."""

import pytest
from helpers.export_requests import (
    GENERATION,
    ask,
    body,
    content,
    course,
    replay,
    settings_for,
)
from helpers.mutant_client import MutantClient
from prolific_contract import KINDS, path_of
from prolific_contract.sandbox import ManualClock
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite


class MutantExportClient(MutantClient):
    """Requests exports, and polls them."""

    def request(self):
        """Status, state and id of the answer."""
        return self.read(ask(self.site, "POST", path_of(self.kind, self.resource)))

    def poll(self, job):
        return self.read(ask(self.site, "GET", path_of(self.kind, self.resource, job)))

    def read(self, reply):
        it = body(reply)
        return reply.status, it.get("status"), it.get("export_id")

    def pass_generation(self):
        self.clock.advance(GENERATION)


@pytest.fixture(params=["2026-03", "2026-11"])
def edition(request):
    return request.param


@pytest.fixture(params=KINDS)
def client_of(request, edition):
    return lambda fault: MutantExportClient(fault.replace("@", f"@{request.param}-"), edition)


def test_job_unknown_cannot_be_polled(client_of):
    client = client_of("job-unknown@status")
    _, _, job = client.request()
    assert client.poll(job)[0] == 404
    assert client.request() == (202, "generating", job)


def test_job_vanishes_after_its_first_complete_response(client_of):
    client = client_of("job-vanishes@status")
    _, _, job = client.request()
    assert client.poll(job)[0] == 200
    client.pass_generation()
    assert client.poll(job)[:2] == (200, "complete")
    assert client.poll(job)[0] == 404


def test_job_vanishes_early_while_generating(client_of):
    client = client_of("job-vanishes-early@status")
    _, _, job = client.request()
    assert client.poll(job)[:2] == (200, "generating")
    assert client.poll(job)[0] == 404


def test_id_reused_returns_the_first_jobs_id_for_the_second(client_of):
    client = client_of("id-reused@request")
    _, _, job = client.request()
    client.pass_generation()
    assert client.poll(job)[1] == "failed"
    assert client.request() == (202, "generating", job)
    assert client.poll(job) == (200, "generating", job)
    client.pass_generation()
    assert client.poll(job)[1] == "complete"


def test_request_restarts_starts_a_job_for_each_request(client_of):
    client = client_of("request-restarts@request")
    jobs = [client.request()[2] for _ in range(3)]
    assert len(set(jobs)) == 3
    assert [client.poll(job) for job in jobs] == [(200, "generating", job) for job in jobs]


@pytest.mark.parametrize("kind", KINDS)
def test_complete_not_reused_starts_another_job(kind):
    client = MutantExportClient(f"complete-not-reused@{kind}-request", "2026-03")
    first = client.request()[2]
    assert client.request()[2] == first
    client.pass_generation()
    status, state, second = client.request()
    assert (status, state) == (202, "generating")
    assert second != first
    assert client.poll(first)[1] == "complete"


@pytest.mark.parametrize("kind", KINDS)
def test_complete_reused_returns_the_finished_export(kind):
    client = MutantExportClient(f"complete-reused@{kind}-request", "2026-11")
    assert client.request() == client.request()
    client.pass_generation()
    assert client.request()[:2] == (200, "complete")
    assert ask(client.site, "POST", path_of(kind, client.resource), None).status == 401


def test_never_completes_keeps_generating(client_of):
    client = client_of("never-completes@status")
    _, _, job = client.request()
    client.clock.advance(10**8)
    assert client.poll(job) == (200, "generating", job)


def test_failed_completes_reports_failed_then_complete(client_of):
    client = client_of("failed-completes@status")
    _, _, job = client.request()
    client.pass_generation()
    assert [client.poll(job)[1] for _ in range(2)] == ["failed", "complete"]


def test_failed_regenerates_reports_failed_then_generating(client_of):
    client = client_of("failed-regenerates@status")
    _, _, job = client.request()
    client.pass_generation()
    assert [client.poll(job)[1] for _ in range(2)] == ["failed", "generating"]


def test_failed_restarts_reuses_the_id_of_the_failed_job(client_of):
    client = client_of("failed-restarts@request")
    _, _, job = client.request()
    assert client.request() == (202, "generating", job)
    client.pass_generation()
    path = path_of(client.kind, client.resource)
    assert [ask(client.site, method, path).status for method in ("PUT", "PATCH")] == [405, 405]
    assert client.poll(job)[1] == "failed"
    assert client.request() == (202, "generating", job)
    client.pass_generation()
    assert client.poll(job)[1] == "complete"


def test_archive_needs_token_serves_the_archive_only_with_the_token():
    one = MUTANTS["archive-needs-token@batch-archive"]
    steps = course("2026-03", "batch")
    site = MutatedSite(one, settings_for("2026-03"), clock := ManualClock())
    replay(site, clock, steps)
    url = next(step.url for step in steps if step.label[0] == "archive")
    assert ask(site, "GET", url, None).status == 401
    assert ask(site, "GET", url).status == 200


def test_archive_faults_keep_the_stores_refusals():
    for fault in ("archive-html", "archive-truncated", "archive-missing"):
        one = MUTANTS[f"{fault}@batch-archive"]
        steps = course("2026-03", "batch")
        site = MutatedSite(one, settings_for("2026-03"), clock := ManualClock())
        replay(site, clock, steps)
        url = next(step.url for step in steps if step.label[0] == "archive")
        assert ask(site, "GET", url.partition("?")[0], None).status == 403
        assert ask(site, "GET", "/store/exports/none.zip", None).status == 403


def test_replaced_archive_is_served_in_ranges():
    one = MUTANTS["archive-no-members@batch-archive"]
    steps = course("2026-03", "batch")
    site = MutatedSite(one, settings_for("2026-03"), clock := ManualClock())
    outcomes = replay(site, clock, steps)
    whole = content(outcomes["archive", "archive 0"])
    url = next(step.url for step in steps if step.label[0] == "archive")
    part = ask(site, "GET", url, None, range="bytes=-22")
    assert (part.status, content(part)) == (206, whole[-22:])
    beyond = ask(site, "GET", url, None, range=f"bytes={len(whole)}-")
    assert beyond.status == 416
    assert beyond.header("content-range") == f"bytes */{len(whole)}"


def test_expired_opaque_url_still_serves_the_archive():
    one = MUTANTS["expired-opaque@batch-status"]
    steps = course("2026-03", "batch")
    site = MutatedSite(one, settings_for("2026-03"), clock := ManualClock())
    outcomes = replay(site, clock, steps)
    url = body(outcomes["status", "ended 0"])["url"]
    assert "Amz" not in url
    assert ask(site, "GET", url, None).status == 200
    assert ask(site, "GET", f"{url}x", None).status == 403


def test_reset_clears_the_state_of_the_fault():
    client = MutantExportClient("get-creates@batch-status", "2026-03")
    unknown = "00000000-0000-4000-8000-000000000000"
    assert [client.poll(unknown)[0] for _ in range(3)] == [404, 200, 200]
    client.site.reset()
    assert [client.poll(unknown)[0] for _ in range(2)] == [404, 200]


def test_forbidden_200_returns_the_same_job_again():
    client = MutantExportClient("forbidden-200@batch-request", "2026-03")
    client.resource = next(
        one.id
        for one in client.site.settings.resources
        if one.fate == "forbidden" and one.kind == "batch"
    )
    assert client.request() == client.request()
