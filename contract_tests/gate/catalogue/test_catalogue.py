"""The gate detects its mutants without false positives: a sample of ``make gate``.

The sample has every fault in every form, each at one operation and in one edition, and every
variant in one edition. ``make gate`` runs all of them.
"""

from pathlib import Path

import pytest
from helpers.gate_proof import run_second_server
from prolific_contract import KINDS, Operation
from prolific_contract.gate.conversation import Conversation, ConversationPlan, record_conversation
from prolific_contract.gate.laws import LAWS, law
from prolific_contract.gate.proof import (
    CLEAN,
    LIVE_MUTANTS,
    BrokenLaw,
    InProcessTarget,
    MutantResult,
    VariantResult,
    detection_table,
    every_mutant,
    every_variant,
    false_positives,
    is_detected,
    laws_for,
    missed,
    proof_failures,
    row,
    run_mutant,
    run_mutant_live,
    run_variant,
    run_variant_live,
    summary,
    unproved,
)
from prolific_contract.gate.trace import Subject, Trace
from prolific_contract.sandbox import ManualClock, SandboxSettings, Site
from prolific_contract.sandbox.mutants import FAULTS, MUTANTS
from prolific_contract.sandbox.variants import VARIANTS

TABLE = Path(__file__).parents[3] / "docs" / "detection-table.md"
BATCH_STATUS = Operation("batch", "status")


def sample():
    """One mutant of each fault and form."""
    seen = {}
    for one in MUTANTS.values():
        seen.setdefault((one.fault.name, one.trigger), []).append(one)
    for number, mutants in enumerate(seen.values()):
        one = mutants[number % len(mutants)]
        yield one, one.editions[number % len(one.editions)]


def mostly_unmeasured(number, *, odd):
    """Coverage of every tenth case is enough: all but the odd ones execute the same code.

    `make gate` runs all cases, and `.ci/run` with it.
    """
    return [pytest.mark.unmeasured, pytest.mark.sampled] if number % 10 and not odd else []


SAMPLE = [
    pytest.param(
        *pair,
        id=f"{pair[0].name}-{pair[1]}",
        marks=mostly_unmeasured(number, odd=pair[0].fault.name in law("isolation.methods").mutants),
    )
    for number, pair in enumerate(sample())
]
CONFORMING = [
    pytest.param(number, id=one.name, marks=mostly_unmeasured(number, odd=one.additive))
    for number, one in enumerate(VARIANTS.values())
]


def assumed(others=frozenset()):
    """Results in which every law detects the faults that it names, plus other broken laws."""
    mutant_results = []
    for one, edition in every_mutant():
        broken = {
            BrokenLaw(it.id, one.operation) for it in laws_for(one.fault, one.operation, edition)
        }
        shared = {one for one in broken if not law(one.law).editions}
        mutant_results.append(
            MutantResult(one.name, edition, frozenset(broken | others), frozenset(shared | others))
        )
    return mutant_results


def listed(law_, fault):
    """The fault's row in the law's section of the published table."""
    section = TABLE.read_text(encoding="utf-8").partition(f"### `{law_.id}`\n")[2]
    rows = section.partition("\n#")[0].splitlines()
    found = [line for line in rows if line.startswith(f"| `{fault.name}` |")]
    assert found, f"{TABLE.name} lacks {fault.name} at {law_.id}: run make gate"
    return found[0]


@pytest.mark.parametrize(("one", "edition"), SAMPLE)
def test_mutant_is_detected_by_the_laws_that_name_it(one, edition):
    result = run_mutant(one, edition)
    assert list(missed(result)) == []
    assert is_detected(result)
    for naming in laws_for(one.fault, one.operation, edition):
        others = {one.law for one in result.enforced | result.shared} - {naming.id}
        published = listed(naming, one.fault).split("|")[-2]
        assert others <= {name.strip("`, ") for name in published.split()}


@pytest.mark.parametrize("number", CONFORMING)
def test_conforming_server_has_no_false_positives(number):
    variant = list(VARIANTS.values())[number]
    edition = variant.editions[number % len(variant.editions)]
    assert run_variant(variant, edition) == VariantResult(variant.name, edition)


@pytest.mark.parametrize("edition", CLEAN.editions)
def test_clean_sandbox_has_no_false_positives(edition):
    assert run_variant(CLEAN, edition).false_positives == ()


def test_second_server_has_no_false_positives():
    assert run_second_server().false_positives == ()


def test_second_server_without_envelopes_violates_the_error_laws_only():
    findings = run_second_server(envelopes=False).false_positives
    assert {one.split(": ")[1].split(" ")[0] for one in findings} == {
        "shape.error",
        # The members of a flat error are undocumented, too, which only --strict reports.
        "shape.additive",
    }
    assert all("--strict" in one for one in findings if "shape.additive" in one)


@pytest.mark.parametrize("name", ["http-1.0", "chunked"])
def test_conforming_server_over_a_socket_has_no_false_positives(name):
    assert run_variant_live(VARIANTS[name], "2026-03").false_positives == ()


@pytest.mark.parametrize("name", ["reset@batch-request", "garbage@collection-status"])
def test_mutant_over_a_socket_is_detected(name):
    assert name in LIVE_MUTANTS
    assert list(missed(run_mutant_live(MUTANTS[name], "2026-11"))) == []


# The rules of the catalogue.


def test_laws_name_faults_that_exist_and_every_fault_is_named():
    named = {name for it in LAWS for name in it.mutants}
    assert named == {fault.name for fault in FAULTS}


def test_every_law_has_a_mutant_for_every_operation_and_edition():
    problems = [one for one in unproved(assumed()) if "no mutant proves it" in one]
    assert problems == []


@pytest.mark.unmeasured
@pytest.mark.sampled
@pytest.mark.parametrize("law_", LAWS, ids=lambda it: it.id)
def test_every_law_is_needed_for_some_mutant(law_):
    rows = [listed(law_, fault) for fault in FAULTS if fault.name in law_.mutants]
    # A row joins all editions and triggers: in one of them, the law may be the only one.
    assert any(line.endswith("|  |") for line in rows) or any(
        {one.law for one in run_mutant(its, edition).enforced} == {law_.id}
        for its, edition in every_mutant()
        if its.fault.name in law_.mutants
    )


def test_both_kinds_have_every_mutant_that_is_not_of_one_kind():
    for kind, other in (KINDS, reversed(KINDS)):
        for name, one in MUTANTS.items():
            if one.fault.kinds == KINDS:
                assert name.replace(f"@{kind}-", f"@{other}-") in MUTANTS


# How missing proofs are reported.


def result(name="expired@batch-status", enforced=(), shared=None):
    broken = frozenset(BrokenLaw(*one) for one in enforced)
    return MutantResult(name, "2026-03", broken, broken if shared is None else frozenset(shared))


def test_undetected_mutant_is_reported_as_missed():
    (problem,) = missed(result())
    assert problem == "expired@batch-status (2026-03): missed by value.expiry-future"
    assert not is_detected(result())


def test_mutant_detected_by_another_law_is_missed_by_its_own():
    (problem,) = missed(result(enforced=[("value.url-expiry", BATCH_STATUS)]))
    assert problem.endswith("; only value.url-expiry (batch status) detected it")


def test_law_of_every_edition_must_detect_without_an_enforced_edition():
    one = ("value.expiry-future", BATCH_STATUS)
    assert not is_detected(result(enforced=[one], shared=()))
    assert is_detected(result(enforced=[one]))


def test_detection_at_another_operation_does_not_count():
    request = Operation("batch", "request")
    assert not is_detected(result(enforced=[("value.expiry-future", request)]))


def test_violation_at_the_other_kind_is_a_false_positive():
    broken = [
        ("value.expiry-future", BATCH_STATUS),
        ("shape.body", Operation("collection", "status")),
    ]
    (problem,) = missed(result(enforced=broken))
    assert problem.startswith("expired@batch-status (2026-03): ")
    assert problem.endswith(": false positive at the other kind: shape.body (collection status)")


def test_fault_without_a_law_is_reported(monkeypatch):
    monkeypatch.setattr("prolific_contract.gate.proof._catalogue.LAWS", ())
    assert list(missed(result())) == ["expired@batch-status (2026-03): no law claims to detect it"]


def test_operation_without_a_mutant_is_reported():
    mutant_results = [
        one
        for one in assumed()
        if not one.name.startswith("get-creates@batch") and "complete-reused" not in one.name
    ]
    problems = [one for one in unproved(mutant_results) if "no mutant proves it" in one]
    path = "GET /api/v1/data-collection/batches/{batch_id}/export/{export_id}"
    assert f"time.get-is-safe: no mutant proves it for {path}" in problems
    after = [one for one in problems if one.startswith("time.request-after-complete")]
    assert len(after) == 2
    assert all(one.endswith(" in edition 2026-11") for one in after)
    assert len(problems) == 3


def test_law_that_never_detects_alone_is_reported():
    everywhere = frozenset({BrokenLaw("shape.status", BATCH_STATUS)})
    problems = [one for one in unproved(assumed(everywhere)) if "other laws detect" in one]
    assert len(problems) == len(LAWS) - 1
    assert "time.same-id: other laws detect every mutant that it detects" in problems


def test_false_positive_is_a_failure_of_the_proof():
    variant_results = [
        VariantResult("charset", "2026-11", ("--edition auto: shape.body (batch status): x",))
    ]
    assert list(proof_failures(assumed(), variant_results)) == [
        "false positive: charset (2026-11): --edition auto: shape.body (batch status): x"
    ]


def test_conversation_that_proves_nothing_counts_as_false_positive():
    silent = Conversation(Trace((), (Subject("batch", "b"),)), cut_short="the time is up")
    findings = list(false_positives(silent, "2026-03"))
    assert findings[0] == "the conversation ended early: the time is up"
    assert findings[1:] == [
        f"{setting}: no verdict"
        for setting in (
            "--edition auto",
            "--edition auto --strict",
            "--edition 2026-03",
            "--edition 2026-03 --strict",
        )
    ]


def test_wrong_edition_found_counts_as_false_positive():
    clock = ManualClock()
    site = Site(SandboxSettings(edition="2026-11", token="token-of-a-test"), clock)
    subject = Subject("batch", site.settings.id_of("batch"))
    conversation = record_conversation(
        InProcessTarget(site, clock),
        "http://127.0.0.1:1",
        "token-of-a-test",
        ConversationPlan((subject,)),
    )
    assert "--edition auto: taken for edition 2026-11" in list(
        false_positives(conversation, "2026-03")
    )
    assert list(false_positives(conversation, "2026-11")) == []


# The published table.


def test_detection_table_is_current():
    variant_results = [VariantResult(one.name, edition) for one, edition in every_variant()]
    variant_results.append(VariantResult("second-server", "2026-03"))
    made = detection_table(assumed(), variant_results).splitlines()
    published = TABLE.read_text(encoding="utf-8").splitlines()

    def without_others(lines):
        """Without the last column, which takes running every mutant to fill."""
        return [
            line if line.count("|") < 6 else line.removesuffix("|").rpartition("|")[0]
            for line in lines
        ]

    assert without_others(published) == without_others(made), "run make gate"


def test_table_counts_missed_mutants_and_false_positives():
    mutant_results = [result(), result(enforced=[("value.expiry-future", BATCH_STATUS)])]
    fault = MUTANTS["expired@batch-status"].fault
    assert row(law("value.expiry-future"), fault, mutant_results) == (
        "| `expired` | It sends an expires_at one hour in the past | - | 1/2 | - | - |  |"
    )
    failing = [VariantResult("charset", "2026-03", ("x",)), VariantResult("charset", "2026-11")]
    assert "**1 of 2 detected**" in summary(mutant_results, failing)[1]
    assert "**1 of 2 with false positives**" in summary(mutant_results, failing)[2]
    assert "| `charset` |" in (table := detection_table(mutant_results, failing))
    assert "| 2026-03, 2026-11 | **1** |" in table
