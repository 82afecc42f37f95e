"""Whose credentials a recorded request has."""

import pytest
from helpers.conversations import TOKEN, run_gate
from helpers.recordings import PATH, VALID, again, entry, parse, verdict
from helpers.traces import (
    EXPIRES_AT,
    JOB,
    OTHER_JOB,
    complete,
    error,
    generating,
    json_answer,
    running,
)
from prolific_contract import UNKNOWN_EXPORT_ID
from prolific_contract.gate import judge
from prolific_contract.gate.trace import Credential


@pytest.mark.parametrize(
    ("value", "token", "credential"),
    [
        (VALID, TOKEN, Credential.VALID),
        (VALID, None, Credential.VALID),
        ("Token other-one", TOKEN, Credential.WRONG_TOKEN),
        ("Token other-one", None, Credential.UNKNOWN),
        (f"Bearer {TOKEN}", TOKEN, Credential.WRONG_SCHEME),
        (f"token {TOKEN}", TOKEN, Credential.WRONG_SCHEME),
        # A web application may well have another way in.
        ("Bearer eyJhbGciOi", TOKEN, Credential.UNKNOWN),
        ("Bearer eyJhbGciOi", None, Credential.UNKNOWN),
        (TOKEN, TOKEN, Credential.MALFORMED),
        ("Token", TOKEN, Credential.MALFORMED),
        ("Token ", None, Credential.MALFORMED),
        ("", None, Credential.MALFORMED),
        ("[Filtered]", TOKEN, Credential.UNKNOWN),
        ("Token ***", TOKEN, Credential.UNKNOWN),
        ("Token <redacted>", None, Credential.UNKNOWN),
        (None, TOKEN, Credential.NONE),
    ],
)
def test_sender_is_known_only_if_unambiguous(value, token, credential):
    response = error(401)
    trace = parse(
        entry(authorization=VALID), entry(authorization=value, response=response), token=token
    )

    assert trace.exchanges[1].credential is credential
    assert TOKEN not in repr(trace.exchanges)


def test_accepted_bearer_is_not_known_to_be_valid():
    assert parse(entry(authorization="Bearer x")).exchanges[0].credential is Credential.UNKNOWN


ALICE, BOB = "Token alice-token", "Token bob-token"


@pytest.mark.parametrize(
    ("token", "alice", "bob"),
    [
        (None, Credential.VALID, Credential.UNKNOWN),
        ("alice-token", Credential.VALID, Credential.UNKNOWN),
        ("bob-token", Credential.UNKNOWN, Credential.VALID),
    ],
)
def test_accepted_account_has_no_wrong_token(token, alice, bob):
    trace = parse(
        entry(authorization=BOB, response=error(404)),
        entry(authorization=BOB, path="/api/v1/users/me/"),
        entry(authorization=ALICE),
        entry(authorization="Token  alice-token"),
        entry(authorization=ALICE),
        entry(authorization=BOB),
        token=token,
    )

    assert [one.credential for one in trace.exchanges] == [bob, alice, alice, alice, bob]


def test_own_token_is_one_that_was_recorded_and_accepted_by_the_server():
    trace = parse(
        *[entry(authorization=BOB, base="https://other.example")] * 2,
        *[entry(authorization="Token ***")] * 3,
        *[entry(authorization="Bearer x")] * 3,
        entry(authorization=BOB, response=error(404)),
        entry(authorization=ALICE),
    )

    credentials = [one.credential for one in trace.exchanges]
    assert credentials == [Credential.UNKNOWN] * 7 + [Credential.VALID]


def test_requests_with_equal_authorization_have_one_sender():
    fields = [ALICE, "Bearer x", None, "Token  alice-token", "Bearer y", "Bearer x"]
    trace = parse(*[entry(authorization=field) for field in fields])

    assert [one.sender for one in trace.exchanges] == [0, 1, None, 0, 2, 1]
    assert {one.sender for one in again(run_gate().conversation.trace).exchanges} == {None}


def test_missing_authorization_in_all_requests_counts_as_removed():
    trace = parse(entry(), entry(response=error(401)), token=TOKEN)

    assert {one.credential for one in trace.exchanges} == {Credential.UNKNOWN}


LISTED = json_answer(
    200, [{"export_id": JOB, "filter": None, "status": "complete", "created_at": EXPIRES_AT}]
)
JOB_PATH = f"{PATH}/{JOB}"


@pytest.mark.parametrize("edition", [None, "2026-11"])
@pytest.mark.parametrize(
    ("one", "other", "token"),
    [
        (ALICE, BOB, None),
        (ALICE, BOB, "alice-token"),
        (ALICE, BOB, "bob-token"),
        ("Bearer x", "Bearer y", None),
        ("Bearer x", "Bearer y", "alice-token"),
    ],
)
def test_job_hidden_from_another_account_is_not_a_violation(one, other, token, edition):
    refused = error(404)
    entries = [
        entry("POST", PATH, one, generating(), 0),
        entry("GET", JOB_PATH, other, refused, 3),
        entry("DELETE", JOB_PATH, other, refused, 4),
        entry("GET", JOB_PATH, one, running(), 5),
        entry("DELETE", JOB_PATH, other, refused, 6),
        entry("GET", JOB_PATH, other, refused, 7),
        entry("GET", JOB_PATH, one, running(), 8),
        entry("GET", JOB_PATH, one, complete(), 9),
        entry("GET", JOB_PATH, other, error(403), 10),
        entry("GET", f"{PATH}/{UNKNOWN_EXPORT_ID}", other, error(403), 11),
        entry("PUT", JOB_PATH, other, refused, 12),
        entry("GET", PATH, one, LISTED, 13),
        entry("GET", PATH, other, error(403), 14),
        # Accepted it is, elsewhere.
        entry("POST", PATH.replace("b1", "b2"), other, generating(OTHER_JOB), 15),
        entry("GET", JOB_PATH, one, complete(), 18),
    ]
    for order in (entries, [*entries[3:], *entries[:3]]):
        trace = parse(*order, token=token)
        found = judge(trace, target="x", profile="full", edition=edition)
        assert [str(each.observations) for each in found.violations] == []


@pytest.mark.parametrize("field", [None, ALICE, "Bearer x", "Token ***"])
def test_job_hidden_from_its_own_account_is_a_violation(field):
    begun = [entry("POST", PATH, field, generating(), 0)]
    lost = entry("GET", JOB_PATH, field, error(404), 6)

    def broken(*entries):
        return [one.law.id for one in verdict(parse(*entries)).violations]

    assert broken(*begun, lost) == ["time.pollable"]
    assert broken(*begun, entry("GET", JOB_PATH, field, running(), 3), lost) == ["time.job-stays"]
