"""The derived faults: what operators derive from the contract, and what the gate makes of it."""

import pytest
from helpers.thorough_client import ThoroughClient
from project.tree import ROOT
from prolific_contract import ACTIONS, EDITIONS, KINDS, MANAGEMENT_ACTIONS, Operation
from prolific_contract.gate.conversation import BRISK, CAREFUL
from prolific_contract.gate.proof import (
    DerivedOutcome,
    DerivedResult,
    _derived,
    derived_failures,
    derived_page,
    derived_summary,
    run_derived,
    sample,
    survivors,
    without_fault,
)
from prolific_contract.sandbox import ManualClock, Sandbox, SandboxError, SandboxSettings
from prolific_contract.sandbox.mutants import MutatedSite, mutant
from prolific_contract.sandbox.mutants.derived import OPERATORS, derived_faults
from prolific_contract.sandbox.mutants.derived._members import members_of

PAGE = ROOT / "docs" / "derived-faults.md"
FAULTS = derived_faults()
NAMES = [(one.name, one.edition) for one in FAULTS]
TOKEN = "token-of-the-derived"


def index_of(name, edition):
    return NAMES.index((name, edition))


def asked(mutant_, edition, kind):
    """The replies of a mutant to a thorough client."""
    settings = SandboxSettings(
        edition=edition, token=TOKEN, submissions=3, files=1, generation_seconds=3
    )
    clock = ManualClock()
    site = MutatedSite(mutant_, settings, clock)
    try:
        return ThoroughClient(site, clock, kind).run()
    finally:
        site.close()


@pytest.fixture(scope="module")
def asked_without_fault():
    known = {}

    def replies(edition, kind, *, first_job_fails):
        key = (edition, kind, first_job_fails)
        if key not in known:
            clean = without_fault(edition, kind, first_job_fails=first_job_fails)
            known[key] = asked(clean, edition, kind)
        return known[key]

    return replies


# Enumeration.


def test_every_derived_fault_has_its_own_name():
    assert len(set(NAMES)) == len(NAMES)
    assert {one.derivation.operator for one in FAULTS} == set(OPERATORS)


def test_every_operation_has_faults_in_each_of_its_editions():
    operations = {(one.edition, one.mutant.operation) for one in FAULTS}
    assert operations == {
        (edition, Operation(kind, action))
        for edition in EDITIONS
        for kind in KINDS
        for action in ACTIONS
        if edition == "2026-11" or action not in MANAGEMENT_ACTIONS
    }


@pytest.mark.parametrize("operator", ["omit", "type", "case"])
def test_every_required_member_of_the_contract_has_a_fault(operator):
    for edition in EDITIONS:
        for member in members_of(edition, "batch", "status"):
            derived = [name for name, its in NAMES if its == edition and "@batch-status" in name]
            found = any(name.startswith(f"{operator}/{member.name}") for name in derived)
            assert found == member.required, member.name


def test_later_forms_begin_with_the_second_time_for_batches_and_the_third_for_collections():
    later = {(one.kind, one.first) for one in FAULTS if one.first > 1}
    assert later == {("batch", 2), ("collection", 3)}
    one = FAULTS[index_of("omit/complete.url-2nd@batch-status", "2026-03")]
    assert one.mutant.sentence == "It omits url; only from the second time on"


def test_later_form_is_right_before():
    name = "omit/complete.url-3rd@collection-status"
    replies = asked(mutant(name), "2026-03", "collection")
    complete = [body for *_, body in replies if b'"status": "complete"' in body]
    assert [b"url" in body for body in complete[:4]] == [True, True, False, False]


# The faults.


def sampled_faults():
    """Some faults of each operator at each action, in one edition and kind each."""
    groups = {}
    for one in FAULTS:
        if one.first == 1 and not one.derivation.open_because:
            key = (one.derivation.operator, one.derivation.action)
            groups.setdefault(key, []).append(one)
    for number, (key, faults) in enumerate(groups.items()):
        step = max(1, len(faults) // 6)
        yield pytest.param(faults[number % step :: step], id="-".join(key))


@pytest.mark.parametrize("faults", [*sampled_faults()])
def test_derived_fault_shows_in_some_response(faults, asked_without_fault):
    for one in faults:
        right = asked_without_fault(
            one.edition, one.kind, first_job_fails=one.mutant.first_job_fails
        )
        assert asked(one.mutant, one.edition, one.kind) != right, one.name


def one_of_each_target():
    """A fault for each operator, action and beginning of a target, and kind of its behaviour."""
    found = {}
    for one in FAULTS:
        derivation = one.derivation
        target = derivation.target.rpartition(".")[2] if derivation.operator in WHOLE else ""
        key = (derivation.operator, derivation.action, target or derivation.target.split(".")[0])
        if one.first == 1:
            own = (derivation.operator, derivation.target)
            found.setdefault(own if own in ALONE else key, one)
    return list(found.values())


# Targets with a behaviour of their own.
ALONE = {
    ("accept", "unknown-job.complete"),
    ("accept", "unknown-job.204"),
    ("accept", "generating.204"),
    ("accept", "expired"),
    ("refuse", "token"),
    ("omit", "content.folder"),
    ("swap", "content.kind"),
    ("swap", "job-of-kind"),
    ("type", "complete.expires_at.naive"),
}
# Operators whose targets end in what they do.
WHOLE = {"accept", "refuse", "repeat", "leak"}


def test_fault_of_each_target_responds_to_every_request():
    for one in one_of_each_target():
        replies = asked(one.mutant, one.edition, one.kind)
        assert len(replies) > 100, one.name


def test_survivor_at_the_first_pace_is_judged_at_the_slower_one(monkeypatch):
    index = index_of("omit/complete.url@batch-status", "2026-03")
    at_pace = {
        BRISK: DerivedResult(index, (), shown=True, conclusive=True),
        CAREFUL: DerivedResult(index, (), shown=False, conclusive=True),
    }
    paces = []

    def judged(_index, _fault, pace):
        paces.append(pace)
        return at_pace[pace]

    monkeypatch.setattr(_derived, "_judged", judged)

    result = run_derived(index)

    assert paces == [BRISK, CAREFUL]
    assert result.shown, "it showed at one pace"


def test_sandbox_serves_derived_faults_by_name():
    name = "omit/list.filter@batch-list"
    assert mutant(name).editions == ("2026-11",)
    with Sandbox(SandboxSettings(edition="2026-11"), mutant=name) as sandbox:
        assert sandbox.url
    assert mutant("omit/complete.url@batch-status", "2026-11").editions == ("2026-11",)
    assert mutant("omit/complete.url@batch-status").editions == ("2026-03",)
    with pytest.raises(SandboxError, match=r"did you mean omit/complete\.url@batch-status"):
        mutant("omit/complete.ulr@batch-status")


# Judging.


def test_detected_fault_names_the_laws():
    result = run_derived(index_of("omit/complete.url@batch-status", "2026-03"))
    assert (result.outcome, result.shown, result.conclusive) == (
        DerivedOutcome.DETECTED,
        True,
        True,
    )
    assert "shape.body" in result.laws
    assert list(derived_failures([result])) == []


def result(name="omit/complete.url@batch-status", *laws, shown=True, conclusive=True):
    return DerivedResult(index_of(name, "2026-03"), laws, shown, conclusive)


LATER = "omit/complete.url-2nd@batch-status"
LEFT_OPEN = "off-by-one/error.error.error_code.plus@batch-status"


def test_undetected_fault_survives():
    lost = result(conclusive=False)
    assert lost.outcome is DerivedOutcome.SURVIVED
    assert list(survivors([lost, result("omit/complete.url@batch-status", "shape.body")])) == [lost]
    (problem,) = derived_failures([lost])
    assert problem == (
        "survivor: omit/complete.url@batch-status (2026-03): shown, but no law is violated; "
        "the verdict is inconclusive"
    )


def test_fault_that_nothing_asks_about_survives():
    (problem,) = derived_failures([result(shown=False)])
    assert problem.endswith("(2026-03): never shown")


def test_later_form_that_never_shows_is_too_rare():
    assert result(LATER, shown=False).outcome is DerivedOutcome.RARE
    assert result(LATER, shown=True).outcome is DerivedOutcome.SURVIVED


def test_fault_that_the_documents_leave_open_is_none():
    assert result(LEFT_OPEN).outcome is DerivedOutcome.OPEN
    assert list(derived_failures([result(LEFT_OPEN)])) == []


def test_open_fault_that_is_detected_has_the_wrong_reason():
    assert list(derived_failures([result(LEFT_OPEN, "shape.error")])) == [
        f"left open, but detected by shape.error: {LEFT_OPEN} (2026-03)"
    ]


def test_sample_is_determined_by_its_seed():
    first = sample(range(1000), 10, 1)
    assert first == sample(range(1000), 10, 1) == sorted(first)
    assert first != sample(range(1000), 10, 2)
    assert sample(range(3), None, 1) == sample(range(3), 5, 1) == range(3)


# The page.


def test_page_has_a_rate_for_each_operator():
    page = derived_page(
        [
            result("omit/complete.url@batch-status", "shape.body"),
            result("omit/complete.status@batch-status"),
            result(LATER, shown=False),
            result(LEFT_OPEN),
        ]
    )
    assert f"| omit | {OPERATORS['omit']} | 1 | 1 | 0 | 1 | 50.0 % |" in page
    assert f"| off-by-one | {OPERATORS['off-by-one']} | 0 | 0 | 1 | 0 | - |" in page
    assert "| **all** |  | 1 | 1 | 1 | 1 | 50.0 % |" in page
    assert "\n- `omit/complete.status@batch-status` (2026-03)\n" in page
    assert (
        "| No document lists the error codes. | `off-by-one/error.error.error_code.plus` |" in page
    )


def test_page_without_survivors_says_so():
    results = [result("omit/complete.url@batch-status", "shape.body")]
    assert "\n## Survivors\n\nNone.\n" in derived_page(results)
    assert derived_summary(results) == (
        "- **1 of 1 derived faults detected** (0 left open, 0 too rare)"
    )
