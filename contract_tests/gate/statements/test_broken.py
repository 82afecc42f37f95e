"""The statements that a violation concerns."""

import ast
import json
import re

import pytest
from helpers import verdicts
from helpers.traces import (
    OTHER_JOB,
    TraceBuilder,
    body_answer,
    complete,
    error,
    generating,
    job,
    json_answer,
    running,
)
from project.tree import ROOT, python_files
from prolific_contract import UNKNOWN_EXPORT_ID, Operation
from prolific_contract.gate import Cell
from prolific_contract.gate.laws import Observation, Outcome
from prolific_contract.gate.reports._json import document
from prolific_contract.gate.statements import STATEMENTS, broken, checked_by
from prolific_contract.gate.trace import Credential, Subject

REQUEST, STATUS, LIST = (Operation("batch", action) for action in ("request", "status", "list"))


def ids(statements):
    return [statement.id for statement in statements]


def violation_of(law_id, send):
    builder = TraceBuilder("batch")
    send(builder)
    return builder.violation(law_id, "2026-11" if law_id == "shape.body" else None)


def without(name, response):
    value = json.loads(response.body)
    return json_answer(response.status, {k: v for k, v in value.items() if k != name})


BODIES = [
    (lambda builder: builder.request(generating("x")), ["generating.field.export-id"]),
    (
        lambda builder: builder.request(without("export_id", generating())),
        ["generating.field.export-id"],
    ),
    (lambda builder: builder.poll(without("url", complete())), ["complete.field.url"]),
    (
        lambda builder: builder.poll(without("url", complete(expires_at="x"))),
        ["complete.field.url", "complete.field.expires-at"],
    ),
    (lambda builder: builder.poll(json_answer(200, {"status": "done"})), ["status.field.states"]),
    (lambda builder: builder.poll(without("status", complete())), ["status.field.states"]),
    (lambda builder: builder.poll(json_answer(200, [])), ["status.field.states"]),
    (lambda builder: builder.list(response=json_answer(200, {})), ["list.field.array"]),
    (lambda builder: builder.list(job(created_at=0)), ["list.field.created-at"]),
    (lambda builder: builder.list(job(), job(filter="none")), ["list.field.filter"]),
]
ERRORS = [
    (error(404, title=None), ["api.field.error-title"]),
    (error(404, status=400), ["api.relation.error-status"]),
    (error(404, detail={"id": [0]}), ["api.field.error-detail"]),
    (error(404, additional_information=1), ["api.field.error-information"]),
    (error(404, traceback=["line 1"]), ["api.field.error-traceback"]),
    (error(404, interactive="no"), ["api.field.error-interactive"]),
    (json_answer(404, {"detail": "Not found."}), ["api.field.error"]),
    (body_answer(404, b"<html>", "application/json"), ["api.field.error"]),
]


@pytest.mark.parametrize(("send", "statements"), BODIES)
def test_violation_of_a_body_concerns_the_members_that_are_wrong(send, statements):
    violation = violation_of("shape.body", send)

    found = broken("shape.body", violation.operation, about=violation.about)
    assert ids(found) == statements


@pytest.mark.parametrize(("response", "statements"), ERRORS)
def test_violation_of_an_error_concerns_the_members_that_are_wrong(response, statements):
    violation = violation_of("shape.error", lambda builder: builder.poll(response))

    found = broken("shape.error", violation.operation, about=violation.about)
    assert ids(found) == statements


def test_violation_without_members_concerns_all_statements_of_the_law_and_operation():
    assert ids(broken("value.list-order", LIST)) == [
        "list.order.recent-first",
        "list.identity.once",
    ]


def test_violation_of_an_unstated_member_concerns_all_statements_of_the_law_and_operation():
    assert broken("shape.error", STATUS, about=["error.error.new"]) == checked_by(
        "shape.error", STATUS
    )


@pytest.mark.parametrize(
    ("send", "edition", "statements"),
    [
        (lambda builder: builder.poll(error(500)), None, ["api.status.documented"]),
        (lambda builder: builder.poll(error(400)), None, ["api.status.documented"]),
        (lambda builder: builder.poll(generating(status=201)), None, ["status.status.200"]),
        (
            lambda builder: builder.request(generating(status=201)),
            "2026-03",
            ["request.status.202", "request.status.200"],
        ),
        (
            lambda builder: builder.request(complete()),
            "2026-11",
            ["request.status.202", "request.status.only-202"],
        ),
        (lambda builder: builder.request(error(405)), None, ["request.method.post"]),
        (lambda builder: builder.poll(error(405)), None, ["status.method.get"]),
        (lambda builder: builder.list(response=error(405)), "2026-11", ["list.method.get"]),
        (lambda builder: builder.delete(error(405)), "2026-11", ["delete.method.delete"]),
        (
            lambda builder: builder.request(error(411)),
            None,
            ["api.status.documented", "request.method.no-body"],
        ),
        (
            lambda builder: builder.request(complete(status=202)),
            "2026-03",
            ["request.relation.202-generating"],
        ),
        (
            lambda builder: builder.request(generating(status=200)),
            "2026-03",
            ["request.relation.200-complete"],
        ),
    ],
)
def test_violation_of_a_status_concerns_the_state_or_the_documented_statuses(
    send, edition, statements
):
    builder = TraceBuilder("batch")
    send(builder)
    violation = builder.violation("shape.status", edition)

    found = broken("shape.status", violation.operation, edition=edition, about=violation.about)
    assert ids(found) == statements


@pytest.mark.parametrize(
    ("credential", "response", "statement"),
    [
        (Credential.EXTENDED, running(), "api.access.token"),
        (Credential.TRUNCATED, running(), "api.access.token"),
        (Credential.WRONG_SCHEME, running(), "api.access.scheme"),
        (Credential.NEAR_SCHEME, running(), "api.access.scheme"),
        (Credential.WRONG_TOKEN, error(403), "api.status.401"),
        (Credential.MALFORMED, error(404), "api.status.401"),
    ],
)
def test_violation_of_credentials_concerns_the_token_the_scheme_or_the_status(
    credential, response, statement
):
    violation = violation_of(
        "isolation.credentials", lambda builder: builder.poll(response, credential=credential)
    )

    found = broken("isolation.credentials", STATUS, about=violation.about)
    assert ids(found) == [statement]


@pytest.mark.parametrize(
    ("response", "statement"),
    [(generating(), "api.access.workspace"), (error(409), "api.status.403")],
)
def test_violation_of_access_concerns_the_access_or_the_status(response, statement):
    builder = TraceBuilder("batch", Subject("batch", "closed", forbidden=True))
    builder.request(response, "closed")
    violation = builder.violation("isolation.forbidden")

    assert ids(broken("isolation.forbidden", REQUEST, about=violation.about)) == [statement]


def test_violation_of_an_unknown_job_concerns_its_status():
    def poll(builder):
        builder.poll(running(), UNKNOWN_EXPORT_ID)

    violation = violation_of("isolation.unknown-job", poll)

    found = broken("isolation.unknown-job", STATUS, about=violation.about)
    assert ids(found) == ["api.status.404-job"]


@pytest.mark.parametrize(
    ("jobs", "statement"),
    [
        ((job(), job()), "list.identity.once"),
        ((job(), job(OTHER_JOB, created_at="2026-03-20T11:00:00Z")), "list.order.recent-first"),
    ],
)
def test_violation_of_a_list_concerns_its_order_or_a_repeated_job(jobs, statement):
    violation = violation_of("value.list-order", lambda builder: builder.list(*jobs))

    assert ids(broken("value.list-order", LIST, about=violation.about)) == [statement]


def test_what_laws_say_is_wrong_is_stated():
    known = {statement.id for statement in STATEMENTS} | {
        part.rpartition(" ")[0] if part.endswith((" required", " optional")) else part.split()[0]
        for statement in STATEMENTS
        for part in statement.contract
    }
    named = {
        constant.value
        for name in python_files("contract_tests/prolific_contract/gate/laws")
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "about"
        for constant in ast.walk(node.value)
        if isinstance(constant, ast.Constant)
        and re.fullmatch(r"[a-z][\w-]*(\.[\w-]+)+", str(constant.value))
    }

    assert "list.order.recent-first" in named
    assert named - known == set()


def test_violation_concerns_only_statements_of_the_edition():
    law = "time.request-after-complete"

    assert ids(broken(law, REQUEST, edition="2026-03")) == ["request.identity.after-complete"]
    assert ids(broken(law, REQUEST, edition="2026-11")) == [
        "request.status.only-202",
        "request.identity.never-reused",
    ]
    assert len(broken(law, REQUEST)) == 3


@pytest.mark.parametrize(
    ("changes", "has_limit"),
    [
        ({"edition_asked": "2026-11", "edition_found": "2026-03"}, True),
        ({"edition_asked": None, "edition_found": "2026-03"}, False),
        ({"edition_asked": None, "edition_found": None}, True),
    ],
)
def test_report_follows_the_enforced_edition_then_the_one_that_the_responses_show(
    changes, has_limit
):
    found = verdicts.cells(
        verdicts.law("time.limit", REQUEST), verdicts.broken(REQUEST, "there were 11 jobs")
    )
    report = document(verdicts.verdict(*found, **changes))

    assert ("request.limit.ten" in report["violations"][0]["statements"]) is has_limit


def test_report_describes_the_statements_that_its_violations_name_once():
    found = verdicts.cells(
        verdicts.law("time.deleted", Operation("batch", "delete")),
        verdicts.broken(Operation("batch", "delete"), "it is still listed"),
    )
    wrong = Observation(STATUS, Outcome.VIOLATED, (0,), "flat", ("error.error", "error"))
    cell = Cell(verdicts.law("shape.error"), STATUS, (wrong, wrong))
    report = document(verdicts.verdict(found[0], cell, edition_found="2026-11"))

    named = [one["statements"] for one in report["violations"]]
    assert named == [
        [
            "delete.method.delete",
            "delete.time.at-once",
            "delete.time.final",
            "delete.relation.not-listed",
        ],
        ["api.field.error"],
    ]
    assert [one["id"] for one in report["statements"]] == [*named[1], *named[0]]
    assert report["statements"][0] == {
        "id": "api.field.error",
        "says": "An error is an object with the member error, which is an object.",
        "category": "field",
        "source": "documents/000, 002, 004",
        "discrepancies": ["D-10"],
    }
