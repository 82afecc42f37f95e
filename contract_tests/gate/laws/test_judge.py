from datetime import timedelta

import pytest
from attrs import evolve
from helpers.traces import (
    BASE,
    JOB,
    OTHER_JOB,
    START,
    TraceBuilder,
    body_answer,
    complete,
    error,
    failed,
    generating,
    json_answer,
    running,
)
from prolific_contract._vocabulary import OPERATIONS, Action, Kind, Operation
from prolific_contract.gate._judge import contract_of, judge
from prolific_contract.gate._verdict import CellState, Verdict
from prolific_contract.gate.laws import LAWS, law
from prolific_contract.gate.laws._law import Outcome
from prolific_contract.gate.trace._exchanges import Credential, Subject, Trace

BATCH, COLLECTION = Subject("batch", "r1"), Subject("collection", "r1")


def judged(builder: TraceBuilder, **options) -> Verdict:
    return judge(builder.trace, target=BASE, **options)


def cell(verdict: Verdict, law_id: str, action: Action, kind: Kind = "batch"):
    (found,) = (
        cell
        for cell in verdict.cells
        if cell.law.id == law_id and cell.operation == Operation(kind, action)
    )
    return found


def conforming(*subjects: Subject) -> TraceBuilder:
    builder = TraceBuilder("batch", *subjects)
    builder.request(generating())
    builder.poll(running())
    builder.poll(complete())
    return builder


def test_conversation_without_violations_conforms():
    verdict = judged(conforming(BATCH))
    assert (verdict.conforms, verdict.exit_code, verdict.violations) == (True, 0, ())
    assert verdict.target == BASE
    assert (verdict.profile, verdict.strict, verdict.edition_asked) == ("polite", False, None)


def test_violations_are_grouped_by_law_and_operation_with_all_their_evidence():
    builder = conforming(BATCH)
    builder.poll(running())
    builder.poll(running())
    verdict = judged(builder)
    (violation,) = verdict.violations
    assert violation.law is law("time.complete-stays")
    assert violation.operation == Operation("batch", "status")
    assert [seen.exchanges[-1] for seen in violation.observations] == [3, 4]
    assert (verdict.exit_code, verdict.conforms) == (1, False)


def test_accepted_violation_does_not_fail_the_check():
    builder = conforming(BATCH)
    builder.poll(running())
    accepted = frozenset({"time.complete-stays batch status"})
    verdict = judged(builder, accepted=accepted)
    assert [violation.accepted for violation in verdict.violations] == [True]
    assert verdict.exit_code == 0
    builder.poll(error(500))
    assert judged(builder, accepted=accepted).exit_code == 1


def test_observations_keep_the_order_of_the_conversation():
    builder = TraceBuilder("batch", BATCH)
    for _ in range(2):
        for export_id in (JOB, OTHER_JOB):
            builder.poll(running(), export_id)
            builder.poll(complete(), export_id)
    found = cell(judged(builder), "time.complete-stays", "status")
    assert [seen.exchanges[-1] for seen in found.observations] == sorted(
        seen.exchanges[-1] for seen in found.observations
    )
    assert found.state is CellState.VIOLATED


def test_verdict_has_a_cell_for_each_law_and_operation_of_the_given_kinds():
    verdict = judged(conforming(BATCH), edition="2026-11")
    assert [(cell.law.id, cell.operation) for cell in verdict.cells] == [
        (law.id, operation)
        for law in LAWS
        if law.profile == "polite"
        for operation in law.operations
        if operation.kind == "batch"
    ]
    both = judged(conforming(BATCH, COLLECTION), profile="full", edition="2026-11")
    assert {cell.operation for cell in both.cells} == set(OPERATIONS)
    assert {cell.law for cell in both.cells} == set(LAWS)


def test_kinds_are_taken_from_the_conversation_without_given_subjects():
    builder = conforming()
    builder.poll(error(404), kind="collection", generated=True)
    builder.send("GET", "https://elsewhere.example/", error(404))
    assert {cell.operation.kind for cell in judged(builder).cells} == {"batch"}
    builder.poll(error(404), kind="collection")
    assert {cell.operation.kind for cell in judged(builder).cells} == {"batch", "collection"}


def test_probe_under_the_other_kind_has_a_cell_only_if_it_fails():
    builder = conforming(BATCH)
    builder.poll(error(404), kind="collection")
    assert {cell.operation.kind for cell in judged(builder).cells} == {"batch"}
    builder.poll(failed(), kind="collection")
    other = [cell for cell in judged(builder).cells if cell.operation.kind == "collection"]
    assert [(cell.law.id, cell.state) for cell in other] == [
        ("isolation.job-scope", CellState.VIOLATED)
    ]


def test_cell_shows_its_state_or_why_it_was_not_exercised():
    builder = conforming(BATCH)
    builder.poll(json_answer(200, {"status": "failed", "reason": "x"}))
    verdict = judged(builder)
    assert cell(verdict, "shape.body", "status").state is CellState.HELD
    assert cell(verdict, "shape.body", "status").reason == ""
    assert cell(verdict, "shape.additive", "status").state is CellState.NOTED
    silent = cell(verdict, "shape.error", "request")
    assert (silent.state, silent.reason) == (CellState.NOT_EXERCISED, "needs a documented error")
    assert verdict.exit_code == 0
    assert judged(builder, strict=True).exit_code == 1


def test_edition_law_is_judged_only_for_an_enforced_edition():
    builder = conforming(BATCH)
    builder.request(complete())
    asked = "time.request-after-complete"
    assert cell(judged(builder), asked, "request").reason == "no edition is enforced (--edition)"
    assert cell(judged(builder, edition="2026-03"), asked, "request").state is CellState.HELD
    assert cell(judged(builder, edition="2026-11"), asked, "request").state is CellState.VIOLATED


def test_law_of_another_edition_has_no_cell():
    later = evolve(law("shape.answered"), id="time.later", editions=("2026-11",))
    builder = conforming(BATCH)
    assert judged(builder, laws=[later], edition="2026-03").cells == ()
    assert judged(builder, laws=[later], edition="2026-11").exit_code == 0


# What is enough


def test_empty_conversation_proves_nothing():
    verdict = judge(Trace(()), target=BASE)
    assert (verdict.exit_code, verdict.exercised, verdict.cells, verdict.answers) == (
        2,
        False,
        (),
        (),
    )
    assert (verdict.started, verdict.took) == (None, 0.0)


def test_server_that_refuses_everything_as_documented_proves_nothing():
    builder = TraceBuilder("batch", BATCH)
    builder.request(error(403))
    builder.poll(error(404))
    verdict = judged(builder)
    assert (verdict.exit_code, verdict.violations, verdict.subjects_without_state) == (
        2,
        (),
        (BATCH,),
    )


def test_verdict_needs_a_state_of_each_given_resource_except_forbidden_ones():
    closed = Subject("batch", "closed", forbidden=True)
    builder = conforming(BATCH, Subject("batch", "r2"), closed)
    builder.request(error(403), "closed")
    assert judged(builder).subjects_without_state == (Subject("batch", "r2"),)
    assert judged(builder).exit_code == 2
    builder.request(complete(), "r2")
    assert judged(builder).exit_code == 0


def test_violations_are_reported_even_if_little_was_exercised():
    builder = TraceBuilder("batch", BATCH)
    builder.request(None, failure="reset")
    assert judged(builder).exit_code == 1
    assert judged(builder, accepted=frozenset({"shape.answered batch request"})).exit_code == 2


@pytest.mark.parametrize(
    "options", [{"generated": True}, {"response": body_answer(200, b"x")}, {"response": None}]
)
def test_recording_of_another_tool_without_a_state_proves_nothing(options):
    builder = TraceBuilder()
    builder.poll(**{"response": failed(), **options})
    assert not judged(builder).exercised
    builder.poll(failed())
    assert judged(builder).exercised


# What else a verdict says


def test_edition_is_detected_from_a_request_after_completion():
    builder = conforming(BATCH)
    assert judged(builder).edition_found is None
    builder.request(complete())
    assert judged(builder).edition_found == "2026-03"

    builder = conforming(BATCH)
    builder.request(generating(OTHER_JOB))
    assert judged(builder).edition_found is None
    builder.poll(complete())
    assert judged(builder).edition_found == "2026-11"
    builder.request(complete())
    assert judged(builder).edition_found is None


def test_new_job_after_deletion_of_the_archive_shows_no_edition():
    builder = conforming(BATCH)
    builder.request(generating(OTHER_JOB))
    builder.poll(failed())
    builder.request(error(429))
    assert judged(builder).edition_found is None


def test_documented_responses_are_listed_as_seen_or_not_seen():
    builder = conforming(BATCH)
    builder.request(error(401), credential=Credential.NONE)
    listed = {
        (response.operation.action, response.status, response.branch): response.seen
        for response in judged(builder).answers
    }
    assert listed == {
        ("request", 200, "complete"): False,
        ("request", 202, "generating"): True,
        ("request", 401, ""): True,
        ("request", 403, ""): False,
        ("request", 404, ""): False,
        ("request", 429, ""): False,
        ("status", 200, "generating"): True,
        ("status", 200, "complete"): True,
        ("status", 200, "failed"): False,
        ("status", 401, ""): False,
        ("status", 404, ""): False,
        ("status", 429, ""): False,
    }
    assert ("request", 200) not in {
        (response.operation.action, response.status)
        for response in judged(builder, edition="2026-11").answers
    }


def test_verdict_has_start_and_duration_of_the_conversation():
    builder = conforming(BATCH)
    builder.poll(complete(), took=0.5, sent=None)
    verdict = judged(builder)
    assert verdict.started == START + timedelta(seconds=3)
    assert verdict.took == pytest.approx(9.5)


def test_contract_is_built_once_per_edition():
    assert contract_of("2026-11") is contract_of("2026-11")
    assert contract_of(None) is contract_of(None)


def test_cell_outcomes_equal_law_outcomes():
    verdict = judged(conforming(BATCH))
    outcomes = {seen.outcome for cell in verdict.cells for seen in cell.observations}
    assert outcomes == {Outcome.HELD}
