from datetime import timedelta

import pytest
from attrs import evolve
from helpers.traces import (
    BASE,
    JOB,
    OTHER_JOB,
    START,
    URL,
    TraceBuilder,
    body_answer,
    complete,
    error,
    failed,
    generating,
    json_answer,
    running,
)
from prolific_contract import OPERATIONS, Action, Kind, Operation, path_of
from prolific_contract.gate import (
    CellState,
    Evidence,
    Requirements,
    Unmet,
    Verdict,
    contract_of,
    judge,
)
from prolific_contract.gate.laws import LAWS, Outcome, law
from prolific_contract.gate.trace import Credential, HttpResponse, Subject, Trace

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
    assert (judged(builder).subjects_without_state, judged(builder).exit_code) == ((), 2)
    builder.poll(complete(), OTHER_JOB, "r2")
    assert judged(builder).exit_code == 0


@pytest.mark.parametrize(
    "responses", [[running()], [failed(), failed()], [running(), failed()], []], ids=repr
)
def test_conversation_without_a_complete_export_is_inconclusive(responses):
    builder = TraceBuilder("batch", BATCH)
    builder.request(generating())
    for response in responses:
        builder.poll(response)
    verdict = judged(builder)
    assert (verdict.violations, verdict.exercised, verdict.exit_code) == ((), False, 2)


def test_conversation_without_a_poll_is_inconclusive():
    builder = TraceBuilder("batch", BATCH)
    builder.request(complete())
    builder.poll(error(404), OTHER_JOB)
    assert judged(builder).exit_code == 2
    builder.poll(complete())
    assert judged(builder).exit_code == 0


def test_violation_outweighs_missing_evidence():
    builder = TraceBuilder("batch", BATCH)
    builder.poll(error(500))
    assert (judged(builder).exercised, judged(builder).exit_code) == (False, 1)


def test_evidence_counts_what_the_conversation_shows():
    builder = conforming(BATCH, COLLECTION, Subject("batch", "closed", forbidden=True))
    builder.send("GET", f"{BASE}{path_of('batch', 'r1')}", json_answer(200, []))
    for url, status in ((URL, 206), (URL, 200), (f"{URL}&other", 200)):
        builder.fetch(HttpResponse(status), url)
    builder.send("DELETE", f"{BASE}{path_of('batch', 'r1', JOB)}", HttpResponse(204))
    builder.request(complete(), "closed")
    batch, collection = judged(builder).evidence
    assert batch == Evidence(
        BATCH, reported=3, jobs=1, polls=2, complete=1, archives=1, lists=1, deleted=1
    )
    assert batch.is_enough
    assert collection == Evidence(COLLECTION, 0, 0, 0, 0, 0, 0, 0)
    assert not collection.is_enough


def test_evidence_has_no_forbidden_resource():
    builder = TraceBuilder("batch", Subject("batch", "closed", forbidden=True))
    builder.request(complete(), "closed")
    assert judged(builder).evidence == ()


def test_evidence_of_a_recording_has_every_resource_that_was_exported():
    builder = conforming()
    builder.request(generating(), "r2")
    builder.request(error(403), "r3")
    verdict = judged(builder)
    assert [(one.subject, one.is_enough) for one in verdict.evidence] == [
        (BATCH, True),
        (Subject("batch", "r2"), False),
    ]
    assert (verdict.exercised, verdict.subjects_without_state) == (True, ())


@pytest.mark.parametrize(
    ("laws", "number", "exit_code"),
    [
        (("time.complete-stays",), 0, 2),
        (("time.pollable", "shape.status"), 0, 0),
        (("time.pollable", "shape.error"), 0, 2),
        ((), 12, 0),
        ((), 60, 2),
    ],
)
def test_required_laws_have_to_be_exercised(laws, number, exit_code):
    verdict = judged(conforming(BATCH), requirements=Requirements(laws, number))
    assert (verdict.exercised, verdict.exit_code) == (True, exit_code)
    assert verdict.conforms is verdict.conclusive is (exit_code == 0)


def test_required_law_has_to_be_exercised_for_every_kind():
    builder = conforming(BATCH, COLLECTION)
    builder.request(generating(), kind="collection")
    builder.poll(complete(), kind="collection")
    builder.poll(complete())
    verdict = judged(builder, requirements=Requirements(("time.complete-stays",)))
    assert verdict.unmet == (
        Unmet(
            "time.complete-stays",
            "collection",
            "needs a poll that returns complete, and a later poll",
        ),
    )


@pytest.mark.parametrize(
    ("required", "options", "reason"),
    [
        ("time.limit", {"edition": "2026-03"}, "needs --edition 2026-11"),
        ("time.limit", {"edition": "2026-11"}, "needs --profile full"),
        ("time.limit", {"profile": "full"}, "no edition is enforced (--edition)"),
        ("isolation.methods", {}, "needs --profile full"),
        ("time.listed", {}, "needs --edition 2026-11, or a server that lists and deletes jobs"),
        ("time.request-after-complete", {}, "no edition is enforced (--edition)"),
    ],
)
def test_required_law_that_does_not_apply_says_what_it_needs(required, options, reason):
    verdict = judged(conforming(BATCH), requirements=Requirements((required,)), **options)
    assert [unmet.reason for unmet in verdict.unmet] == [reason]
    assert verdict.exit_code == 2


def test_server_that_follows_another_edition_than_the_enforced_one_never_passes():
    builder = conforming(BATCH)
    builder.request(generating(OTHER_JOB))
    builder.poll(complete(), OTHER_JOB)
    builder.poll(complete())
    verdict = judged(builder, edition="2026-03")
    assert (verdict.edition_found, verdict.exit_code) == ("2026-11", 1)
    builder = conforming(BATCH)
    builder.request(complete())
    verdict = judged(builder, edition="2026-11")
    assert (verdict.edition_found, verdict.exit_code) == ("2026-03", 1)


def test_new_job_beside_an_older_complete_one_shows_the_later_edition():
    builder = TraceBuilder("batch", BATCH)
    for export_id in (JOB, OTHER_JOB):
        builder.request(generating(export_id))
        builder.poll(complete(), export_id)
    builder.request(generating("7d1b0e6c-2f3a-4b5c-8d9e-0f1a2b3c4d5e"))
    builder.poll(complete())
    verdict = judged(builder, edition="2026-03")
    assert [one.fingerprint for one in verdict.violations] == [
        "time.request-after-complete batch request"
    ]
    assert len(verdict.violations[0].observations) == 2


def test_list_of_jobs_is_an_addition_to_the_earlier_edition():
    builder = conforming(BATCH)
    builder.send("GET", f"{BASE}{path_of('batch', 'r1')}", json_answer(200, []))
    assert judged(builder).edition_found == "2026-11"
    assert judged(builder, edition="2026-03").edition_found is None
    assert judged(builder, edition="2026-03").exit_code == 0


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
    builder.poll(**{"response": complete(), **options})
    assert not judged(builder).exercised
    builder.poll(complete())
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
