"""Jobs that remain on the server are reported, and one job slot stays free for others."""

import pytest
from helpers.conversations import BASE, BATCH, TOKEN, Scripted, run_gate, with_token
from helpers.job_lists import (
    AT_ONCE,
    LATER,
    PATH,
    InstantServer,
    after_the_first,
    later,
    list_of,
)
from helpers.traces import error, generating, json_answer, running
from prolific_contract import JOB_LIMIT
from prolific_contract.gate.conversation import (
    ConversationPlan,
    NoResponseError,
    record_conversation,
)
from prolific_contract.sandbox import Fate


@pytest.mark.parametrize("enforced", [None, LATER])
@pytest.mark.parametrize("there", range(JOB_LIMIT + 1))
def test_one_job_slot_is_left_to_others(enforced, there):
    server = InstantServer(there)
    notices = server.check(edition=enforced).notices

    assert server.most <= max(there, JOB_LIMIT - 1)
    assert server.jobs == [f"old{number}" for number in range(there)]
    assert (server.most > there) == (there < JOB_LIMIT - 1)
    if there >= JOB_LIMIT - 1:
        (notice,) = notices
        assert f"already had {there} of its ten export jobs" in notice


@pytest.mark.parametrize(("there", "tried"), [(5, 2), (6, 1), (7, 0)])
def test_filters_are_probed_while_job_slots_are_free(there, tried):
    server = InstantServer(there, busy=3)
    target = Scripted(server)
    record_conversation(target, BASE, TOKEN, ConversationPlan((BATCH,), edition=LATER))

    assert sum("from=" in one.path for one in with_token(target)) == tried
    assert server.most < JOB_LIMIT
    assert server.jobs == [f"old{number}" for number in range(there)]


@pytest.mark.parametrize("enforced", [None, LATER])
@pytest.mark.parametrize("listing", [json_answer(200, {}), error(500), NoResponseError("gone")])
def test_few_jobs_are_started_and_reported_without_a_list(enforced, listing):
    server = InstantServer(listing=listing)
    conversation = server.check(edition=enforced)

    assert (server.jobs, server.deleted) == (["new0", "new1"], [])
    assert "because another client may have started" in conversation.notices[0]
    assert conversation.notices[0].endswith("new0, new1")
    assert len(conversation.notices) == 1


@pytest.mark.parametrize(
    ("created", "deleted"),
    [
        (AT_ONCE, True),
        (later(-0.9), True),
        (later(-1.1), False),
        (lambda at: "yesterday", False),
        (lambda at: None, False),
    ],
)
def test_job_missing_from_a_late_list_is_not_treated_as_its_own(created, deleted):
    server = InstantServer(created=created, hidden=1)
    notices = server.check(edition=LATER).notices

    assert bool(server.deleted) == deleted
    assert (server.jobs == []) == deleted == (notices == ())
    assert all("another client may have started" in notice for notice in notices)


@pytest.mark.parametrize("refuse", [NoResponseError("gone"), json_answer(202, {}), error(500)])
def test_job_of_an_unanswered_request_is_reported(refuse):
    server = InstantServer(8, refuse=refuse)
    (notice,) = server.check(edition=LATER).notices

    assert notice.endswith("got no valid response: new0")
    assert (server.most, server.deleted) == (9, [])


def test_job_of_another_client_is_not_reported():
    server = InstantServer(neighbour=True)
    assert server.check(edition=LATER).notices == ()
    assert server.jobs == ["neighbour"]


def test_job_that_a_probe_started_is_reported():
    server = InstantServer(open_to_all=True)
    (notice,) = server.check(edition="2026-11").notices
    assert "has export jobs that probes of the check started: new" in notice


def test_job_id_with_line_breaks_is_reported_on_one_line():
    server = InstantServer(refuse=generating("a\n\x1b[2Jb"), listing=error(500))
    (notice,) = server.check(edition=LATER).notices

    assert notice.isprintable()


def test_generating_jobs_are_reported():
    jobs = after_the_first(list_of("j1"))

    def answer(request):
        if request.path == PATH and request.method == "GET":
            return jobs()
        if request.method == "DELETE":
            return error(409)
        return generating("j1") if request.method == "POST" else running("j1")

    plan = ConversationPlan((BATCH,), edition=LATER, max_wait=5)
    assert record_conversation(Scripted(answer), BASE, TOKEN, plan).notices == (
        "the batch b1 still has export jobs that the check started: j1",
    )


def test_list_that_is_no_longer_available_is_reported():
    answers = after_the_first(error(500))

    def answer(request):
        return answers() if (request.method, request.path) == ("GET", PATH) else error(403)

    plan = ConversationPlan((BATCH,), edition=LATER)
    (notice,) = record_conversation(Scripted(answer), BASE, TOKEN, plan).notices
    assert notice.endswith("the list at the end of the check failed")


@pytest.mark.parametrize("edition", ["2026-03", LATER])
@pytest.mark.parametrize("enforced", [None, "2026-03", LATER])
@pytest.mark.parametrize("fate", [Fate.COMPLETES, Fate.FAILS_ONCE, Fate.FAILS, Fate.VANISHES])
def test_nothing_is_reported_if_no_job_remains(edition, enforced, fate):
    notices = run_gate(fate, edition=edition, asked=enforced).conversation.notices

    if edition == LATER and enforced == "2026-03":
        # It deletes nothing then; of failed jobs there is nothing to tell.
        assert len(notices) == (2 if fate is Fate.COMPLETES else 0)
    elif edition == "2026-03" and enforced == LATER:
        assert all("still has export jobs that the check received" in notice for notice in notices)
    else:
        assert notices == ()
