"""The gate kills its mutants and accuses no conforming server: a sample of ``make gate``.

Every fault in every form, at one of its actions, for one of the kinds and in one of the
editions; every variant in one edition. ``make gate`` runs all of it.
"""

from pathlib import Path

import pytest
from helpers.gate_proof import hear_second_server
from prolific_contract._vocabulary import KINDS, Operation
from prolific_contract.gate.conversation._recorder import Conversation, converse
from prolific_contract.gate.conversation._scenario import Plan
from prolific_contract.gate.laws import LAWS, law
from prolific_contract.gate.proof._catalogue import (
    CLEAN,
    LIVE_MUTANTS,
    Hearing,
    Hit,
    Trial,
    accusations,
    every_hearing,
    every_trial,
    gaps,
    hear_variant,
    hear_variant_live,
    laws_naming,
    shortcomings,
    survivals,
    try_mutant,
    try_mutant_live,
)
from prolific_contract.gate.proof._detection_table import is_killed, kill_table, row, summary
from prolific_contract.gate.proof._in_process import InProcessTarget
from prolific_contract.gate.trace._exchanges import Subject, Trace
from prolific_contract.sandbox import ManualClock, SandboxSettings
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox.mutants import FAULTS, MUTANTS
from prolific_contract.sandbox.variants import VARIANTS

TABLE = Path(__file__).parents[3] / "docs" / "kill-table.md"
BATCH_STATUS = Operation("batch", "status")


def sample():
    """One mutant of each fault and form."""
    seen = {}
    for one in MUTANTS.values():
        seen.setdefault((one.fault.name, one.shows), []).append(one)
    for number, mutants in enumerate(seen.values()):
        one = mutants[number % len(mutants)]
        yield one, one.editions[number % len(one.editions)]


def hardly_measured(number, *, odd):
    """For all but the odd ones the same is executed: every tenth of them is enough."""
    return [pytest.mark.unmeasured] if number % 10 and not odd else []


SAMPLE = [
    pytest.param(
        *pair,
        id=f"{pair[0].name}-{pair[1]}",
        marks=hardly_measured(number, odd=pair[0].fault.name in law("isolation.methods").mutants),
    )
    for number, pair in enumerate(sample())
]
CONFORMING = [
    pytest.param(number, id=one.name, marks=hardly_measured(number, odd=one.additive))
    for number, one in enumerate(VARIANTS.values())
]


def assumed(others=frozenset()):
    """Trials in which every law notices what it names, and what else is told."""
    trials = []
    for one, edition in every_trial():
        hits = {Hit(it.id, one.operation) for it in laws_naming(one.fault, one.operation, edition)}
        shared = {hit for hit in hits if not law(hit.law).editions}
        trials.append(
            Trial(one.name, edition, frozenset(hits | others), frozenset(shared | others))
        )
    return trials


def listed(law_, fault):
    """The fault's row in the law's section of the published table."""
    section = TABLE.read_text(encoding="utf-8").partition(f"### `{law_.id}`\n")[2]
    rows = section.partition("\n#")[0].splitlines()
    return next(line for line in rows if line.startswith(f"| `{fault.name}` |"))


@pytest.mark.parametrize(("one", "edition"), SAMPLE)
def test_a_mutant_is_killed_by_the_laws_that_name_it(one, edition):
    trial = try_mutant(one, edition)
    assert list(survivals(trial)) == []
    assert is_killed(trial)
    for naming in laws_naming(one.fault, one.operation, edition):
        others = {hit.law for hit in trial.enforced | trial.shared} - {naming.id}
        published = listed(naming, one.fault).split("|")[-2]
        assert others <= {name.strip("`, ") for name in published.split()}


@pytest.mark.parametrize("number", CONFORMING)
def test_a_conforming_server_is_accused_of_nothing(number):
    variant = list(VARIANTS.values())[number]
    edition = variant.editions[number % len(variant.editions)]
    assert hear_variant(variant, edition) == Hearing(variant.name, edition)


@pytest.mark.parametrize("edition", CLEAN.editions)
def test_the_clean_sandbox_is_accused_of_nothing(edition):
    assert hear_variant(CLEAN, edition).accusations == ()


def test_the_second_server_is_accused_of_nothing():
    assert hear_second_server().accusations == ()


def test_flat_errors_are_what_the_second_server_is_accused_of_without_envelopes():
    said = hear_second_server(envelopes=False).accusations
    assert {one.split(": ")[1].split(" ")[0] for one in said} == {
        "shape.error",
        # A flat error's members are no members of an envelope, either: only --strict says so.
        "shape.additive",
    }
    assert all("--strict" in one for one in said if "shape.additive" in one)


@pytest.mark.parametrize("name", ["http-1.0", "chunked"])
def test_a_conforming_server_is_accused_of_nothing_over_a_socket(name):
    assert hear_variant_live(VARIANTS[name], "2026-03").accusations == ()


@pytest.mark.parametrize("name", ["reset@batch-request", "garbage@collection-status"])
def test_a_mutant_is_killed_over_a_socket(name):
    assert name in LIVE_MUTANTS
    assert list(survivals(try_mutant_live(MUTANTS[name], "2026-11"))) == []


# The rules of the catalogue.


def test_laws_name_faults_that_exist_and_every_fault_is_named():
    named = {name for it in LAWS for name in it.mutants}
    assert named == {fault.name for fault in FAULTS}


def test_every_law_has_a_mutant_for_every_operation_and_edition():
    problems = [one for one in gaps(assumed()) if "no mutant proves it" in one]
    assert problems == []


@pytest.mark.parametrize("law_", LAWS, ids=lambda it: it.id)
def test_every_law_is_needed_for_some_mutant(law_):
    rows = [listed(law_, fault) for fault in FAULTS if fault.name in law_.mutants]
    assert any(line.endswith("|  |") for line in rows)


def test_both_kinds_have_every_mutant():
    for kind, other in (KINDS, reversed(KINDS)):
        for name in MUTANTS:
            assert name.replace(f"@{kind}-", f"@{other}-") in MUTANTS


# What is said when it is no proof.


def trial(name="expired@batch-status", enforced=(), shared=None):
    hits = frozenset(Hit(*one) for one in enforced)
    return Trial(name, "2026-03", hits, hits if shared is None else frozenset(shared))


def test_a_mutant_that_nobody_notices_survives():
    (problem,) = survivals(trial())
    assert problem == (
        "expired@batch-status (2026-03): value.expiry-future names it and does not notice it; "
        "it survives"
    )
    assert not is_killed(trial())


def test_a_mutant_that_only_others_notice_is_no_proof():
    (problem,) = survivals(trial(enforced=[("value.url-expiry", BATCH_STATUS)]))
    assert problem.endswith("; noticed by value.url-expiry (batch status)")


def test_a_law_that_holds_in_every_edition_has_to_notice_without_one():
    hit = ("value.expiry-future", BATCH_STATUS)
    assert not is_killed(trial(enforced=[hit], shared=()))
    assert is_killed(trial(enforced=[hit]))


def test_the_fault_has_to_be_noticed_where_it_is():
    request = Operation("batch", "request")
    assert not is_killed(trial(enforced=[("value.expiry-future", request)]))


def test_a_mutant_of_one_kind_says_nothing_of_the_other():
    hits = [
        ("value.expiry-future", BATCH_STATUS),
        ("shape.body", Operation("collection", "status")),
    ]
    assert list(survivals(trial(enforced=hits))) == [
        "expired@batch-status (2026-03): the other kind is accused: shape.body (collection status)"
    ]


def test_a_fault_that_no_law_names_is_no_proof(monkeypatch):
    monkeypatch.setattr("prolific_contract.gate.proof._catalogue.LAWS", ())
    assert list(survivals(trial())) == ["expired@batch-status (2026-03): no law names it"]


def test_a_law_without_a_proof_somewhere_is_a_gap():
    trials = [
        one
        for one in assumed()
        if not one.name.startswith("get-creates@batch") and "complete-reused" not in one.name
    ]
    problems = [one for one in gaps(trials) if "no mutant proves it" in one]
    path = "GET /api/v1/data-collection/batches/{batch_id}/export/{export_id}"
    assert f"time.get-is-safe: no mutant proves it for {path}" in problems
    after = [one for one in problems if one.startswith("time.request-after-complete")]
    assert len(after) == 2
    assert all(one.endswith(" in edition 2026-11") for one in after)
    assert len(problems) == 3


def test_a_law_that_is_never_alone_is_not_needed():
    everywhere = frozenset({Hit("shape.status", BATCH_STATUS)})
    problems = [one for one in gaps(assumed(everywhere)) if "another law" in one]
    assert len(problems) == len(LAWS) - 1
    assert "time.same-id: every mutant that it notices is noticed by another law, too" in problems


def test_a_conforming_server_that_is_accused_is_a_shortcoming():
    hearings = [Hearing("charset", "2026-11", ("--edition auto: shape.body (batch status): x",))]
    assert list(shortcomings(assumed(), hearings)) == [
        "charset (2026-11) conforms and is accused: --edition auto: shape.body (batch status): x"
    ]


def test_a_conversation_that_proves_nothing_acquits_nobody():
    silent = Conversation(Trace((), (Subject("batch", "b"),)), cut_short="the lights went out")
    said = list(accusations(silent, "2026-03"))
    assert said[0] == "the conversation ended early: the lights went out"
    assert said[1:] == [
        f"{setting}: nothing was exercised"
        for setting in (
            "--edition auto",
            "--edition auto --strict",
            "--edition 2026-03",
            "--edition 2026-03 --strict",
        )
    ]


def test_a_server_that_is_taken_for_another_edition_is_accused():
    clock = ManualClock()
    site = Site(SandboxSettings(edition="2026-11", token="token-of-a-test"), clock)
    subject = Subject("batch", site.settings.id_of("batch"))
    conversation = converse(
        InProcessTarget(site, clock), "http://127.0.0.1:1", "token-of-a-test", Plan((subject,))
    )
    assert "--edition auto: taken for edition 2026-11" in list(accusations(conversation, "2026-03"))
    assert list(accusations(conversation, "2026-11")) == []


# The published table.


def test_the_table_is_current():
    hearings = [Hearing(one.name, edition) for one, edition in every_hearing()]
    hearings.append(Hearing("second-server", "2026-03"))
    made = kill_table(assumed(), hearings).splitlines()
    published = TABLE.read_text(encoding="utf-8").splitlines()

    def without_others(lines):
        """What else noticed a fault takes trying every mutant to say."""
        return [
            line if line.count("|") < 6 else line.removesuffix("|").rpartition("|")[0]
            for line in lines
        ]

    assert without_others(published) == without_others(made), "run make gate"


def test_the_table_tells_what_survived_and_who_was_accused():
    trials = [trial(), trial(enforced=[("value.expiry-future", BATCH_STATUS)])]
    fault = MUTANTS["expired@batch-status"].fault
    assert row(law("value.expiry-future"), fault, trials) == (
        "| `expired` | It says an expires_at that is an hour ago | - | 1/2 | - | - |  |"
    )
    accused = [Hearing("charset", "2026-03", ("x",)), Hearing("charset", "2026-11")]
    assert "**killed 1 of 2**" in summary(trials, accused)[1]
    assert "**accused 1 of 2**" in summary(trials, accused)[2]
    assert "| `charset` |" in (table := kill_table(trials, accused))
    assert "| 2026-03, 2026-11 | **yes** |" in table
