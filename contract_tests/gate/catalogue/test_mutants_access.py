"""The mutants that accept credentials, ids or resources near right ones, as their sentences say."""

import pytest
from helpers.export_requests import GENERATION, TOKEN, ask
from helpers.mutant_client import MutantClient
from prolific_contract import KINDS, UNKNOWN_EXPORT_ID, path_of
from prolific_contract.sandbox import Fate, body_of, jobs_of
from prolific_contract.sandbox.mutants import MUTANTS

METHODS = {"request": "POST", "status": "GET", "list": "GET", "delete": "DELETE"}
# An authorization header that is wrong in one way each.
WRONG = {
    "empty": "",
    "no scheme": TOKEN,
    "near scheme": f"Tokens {TOKEN}",
    "prefix": f"Token {TOKEN[:-1]}",
    "suffix": f"Token {TOKEN[1:]}",
    "longer": f"Token {TOKEN}0",
    "last character": f"Token {TOKEN[:-1]}~",
    "first character": f"Token ~{TOKEN[1:]}",
    "any case": f"Token {TOKEN.upper()}",
    "other scheme": f"Bearer {TOKEN}",
    "other token": "Token another",
    "no token": "Token ",
    "missing": None,
}
ADMITTED = {
    "auth-empty": {"empty"},
    "auth-no-scheme": {"no scheme"},
    "auth-near-scheme": {"near scheme"},
    "auth-prefix": {"prefix"},
    "auth-suffix": {"suffix"},
    "auth-longer": {"longer"},
    "auth-last-character": {"last character"},
    "auth-first-character": {"first character"},
    "auth-any-case": {"any case"},
}


class MutantAccessClient(MutantClient):
    """Sends requests about the resource, or another one, with any credential."""

    def __init__(self, name):
        super().__init__(name)
        self.action = self.one.operation.action
        self.forbidden = self.site.settings.id_of(self.kind, Fate.FORBIDDEN)

    def start(self):
        return body_of(ask(self.site, "POST", path_of(self.kind, self.resource)))["export_id"]

    def finish(self):
        job = self.start()
        self.clock.advance(GENERATION)
        return job

    def ask(self, *job, action=None, resource=None, authorization=f"Token {TOKEN}", end=""):
        """The reply of the operation that has the fault, or of another one."""
        path = path_of(self.kind, resource or self.resource, *job)
        return ask(self.site, METHODS[action or self.action], path + end, authorization)

    def about(self, job):
        """The part of the operation's path that names a job."""
        return (job,) if self.action in ("status", "delete") else ()


def mutants_with(faults):
    """A fault at each of its operations, in both kinds."""
    names = [name for name in MUTANTS if name.partition("@")[0] in faults]
    assert {name.partition("@")[0] for name in names} == set(faults)
    return names


@pytest.mark.parametrize("name", mutants_with(ADMITTED))
def test_credential_fault_admits_only_the_credentials_near_the_right_one(name):
    client = MutantAccessClient(name)
    job = client.finish()
    about = client.about(job)
    admitted = set()
    for how, authorization in WRONG.items():
        if client.ask(*about, authorization=authorization).status != 401:
            admitted.add(how)
            job = client.finish()
            about = client.about(job)

    assert admitted == ADMITTED[client.one.fault.name]


@pytest.mark.parametrize("name", mutants_with(ADMITTED))
def test_admitted_credential_gets_the_reply_of_the_right_one(name):
    fault = MUTANTS[name].fault.name
    replies = []
    for authorization in (f"Token {TOKEN}", *(WRONG[how] for how in ADMITTED[fault])):
        client = MutantAccessClient(name)
        about = client.about(client.finish())
        replies.append(client.ask(*about, authorization=authorization))

    right, admitted = replies
    assert right.status == admitted.status < 300


@pytest.mark.parametrize("kind", KINDS)
def test_auth_not_complete_reports_only_complete_jobs_without_token(kind):
    client = MutantAccessClient(f"auth-not-complete@{kind}-status")
    job = client.start()

    assert client.ask(job, authorization=None).status == 401
    client.clock.advance(GENERATION)
    assert body_of(client.ask(job, authorization=None))["status"] == "complete"
    assert client.ask(UNKNOWN_EXPORT_ID, authorization=None).status == 401
    assert client.ask(job, action="delete", authorization=None).status == 401


@pytest.mark.parametrize("name", mutants_with(["auth-not-slash"]))
def test_auth_not_slash_checks_no_token_only_after_a_slash(name):
    client = MutantAccessClient(name)
    about = client.about(client.finish())

    assert client.ask(*about, authorization=None).status == 401
    assert client.ask(*about, authorization=None, end="/").status != 401


@pytest.mark.parametrize("kind", KINDS)
def test_auth_not_filtered_checks_no_token_only_with_a_filter(kind):
    client = MutantAccessClient(f"auth-not-filtered@{kind}-request")

    assert client.ask(authorization=None).status == 401
    assert client.ask(authorization=None, end="?study_id=a").status == 202


@pytest.mark.parametrize("kind", KINDS)
def test_auth_after_state_reveals_only_that_a_job_is_generating(kind):
    client = MutantAccessClient(f"auth-after-state@{kind}-delete")
    job = client.start()

    assert client.ask(job, authorization=None).status == 409
    assert client.ask(UNKNOWN_EXPORT_ID, authorization=None).status == 401
    client.clock.advance(GENERATION)
    assert client.ask(job, authorization=None).status == 401


@pytest.mark.parametrize("name", mutants_with(["auth-after-job"]))
def test_auth_after_job_reveals_only_that_a_job_is_unknown(name):
    client = MutantAccessClient(name)
    job = client.finish()
    statuses = [
        client.ask(export_id, resource=resource, authorization="Token wrong").status
        for export_id, resource in (
            (UNKNOWN_EXPORT_ID, client.resource),
            (job, client.resource),
            (UNKNOWN_EXPORT_ID, "unknown"),
            (UNKNOWN_EXPORT_ID, client.forbidden),
        )
    ]

    assert statuses == [404, 401, 401, 401]


@pytest.mark.parametrize("name", mutants_with(["auth-after-resource"]))
def test_auth_after_resource_reveals_only_that_a_resource_is_unknown(name):
    client = MutantAccessClient(name)
    statuses = [
        client.ask(resource=resource, authorization="Token wrong").status
        for resource in ("unknown", client.resource, client.forbidden)
    ]

    assert statuses == [404, 401, 401]


@pytest.mark.parametrize("name", mutants_with(["auth-after-access"]))
def test_auth_after_access_reveals_only_that_access_is_missing(name):
    client = MutantAccessClient(name)
    about = client.about(UNKNOWN_EXPORT_ID)
    statuses = [
        client.ask(*about, resource=resource, authorization="Token wrong").status
        for resource in (client.forbidden, client.resource, "unknown")
    ]

    assert statuses == [404 if client.action == "status" else 403, 401, 401]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("near-job-prefix", {"prefix", "shorter", "longer"}),
        ("near-job-shorter", {"shorter"}),
        ("near-job-longer", {"longer"}),
    ],
)
@pytest.mark.parametrize("action", ["status", "delete"])
@pytest.mark.parametrize("kind", KINDS)
def test_near_job_fault_finds_a_job_by_a_similar_id(fault, found, action, kind):
    client = MutantAccessClient(f"{fault}@{kind}-{action}")
    seen = set()
    for how in ("prefix", "shorter", "longer", "other"):
        job = client.finish()
        near = {
            "prefix": f"{job[:8]}{UNKNOWN_EXPORT_ID[8:]}",
            "shorter": job[:-1],
            "longer": f"{job}0",
            "other": UNKNOWN_EXPORT_ID,
        }[how]
        if client.ask(near).status < 300:
            seen.add(how)

        exists = client.ask(job, action="status").status == 200
        assert exists != (how in seen and action == "delete")

    assert seen == found


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_resource_exported_returns_one_job_for_an_unknown_resource(kind):
    client = MutantAccessClient(f"unknown-resource-exported@{kind}-request")
    first, second = (client.ask(resource="unknown") for _ in range(2))

    assert (first.status, body_of(first)["status"]) == (202, "generating")
    assert body_of(first) == body_of(second)
    assert client.ask(resource="unknown", authorization=None).status == 401
    assert client.ask(resource=client.forbidden).status == 403


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "action", "right"),
    [
        (
            "unknown-resource-status",
            "status",
            lambda reply: (reply.status, body_of(reply)) == (200, {"status": "failed"}),
        ),
        (
            "unknown-resource-listed",
            "list",
            lambda reply: (reply.status, jobs_of(reply)) == (200, []),
        ),
        ("unknown-resource-deleted", "delete", lambda reply: reply.status == 204),
    ],
)
def test_unknown_resource_fault_answers_as_if_the_resource_existed(kind, fault, action, right):
    client = MutantAccessClient(f"{fault}@{kind}-{action}")
    about = client.about(UNKNOWN_EXPORT_ID)

    assert right(client.ask(*about, resource="unknown"))
    assert client.ask(*about, resource="unknown", authorization=None).status == 401
    assert client.ask(*about, resource=client.forbidden).status in (403, 404)
    assert client.ask(*about).status == (200 if action == "list" else 404)


@pytest.mark.parametrize(("fault", "found"), [("shorter", {"shorter"}), ("longer", {"longer"})])
@pytest.mark.parametrize("action", ["request", "status"])
@pytest.mark.parametrize("kind", KINDS)
def test_near_resource_fault_finds_a_resource_by_a_similar_id(fault, found, action, kind):
    client = MutantAccessClient(f"near-resource-{fault}@{kind}-{action}")
    near = {"shorter": client.resource[:-1], "longer": f"{client.resource}0"}
    assert client.ask(*client.about("unknown"), resource=near[fault]).status == 404
    job = client.start()
    seen = {
        how
        for how, resource in near.items()
        if client.ask(*client.about(job), resource=resource).status < 300
    }

    assert seen == found
    assert client.ask(*client.about(job)).status < 300


@pytest.mark.parametrize("kind", KINDS)
def test_near_resource_longer_deletes_a_job_under_a_longer_id(kind):
    client = MutantAccessClient(f"near-resource-longer@{kind}-delete")
    job = client.finish()

    assert client.ask(job, resource=f"{client.resource}0").status == 204
    assert client.ask(job, action="status").status == 404


@pytest.mark.parametrize("kind", KINDS)
def test_resource_of_other_kind_is_taken_for_one_of_this_kind(kind):
    for action, status in (("request", 202), ("list", 200)):
        client = MutantAccessClient(f"resource-of-other-kind@{kind}-{action}")
        (other,) = {*KINDS} - {kind}
        resource = client.site.settings.id_of(other)

        assert client.ask(resource=resource).status == status
        assert client.ask(resource=resource, authorization=None).status == 401
        assert client.ask(resource="unknown").status == 404
        assert client.ask(resource=client.forbidden).status == 403
        assert client.ask().status == status
