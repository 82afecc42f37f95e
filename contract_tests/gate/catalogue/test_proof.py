"""``make gate``: its table, output and exit code."""

import pytest
from helpers import gate_proof
from prolific_contract.gate.proof import (
    BrokenLaw,
    DerivedResult,
    MutantResult,
    VariantResult,
    laws_for,
)
from prolific_contract.sandbox.mutants import MUTANTS

NAME = "expired@batch-status"
EDITION = "2026-03"


def outcomes(*false_positives, detected=True, detected_live=True):
    one = MUTANTS[NAME]
    broken = frozenset(
        BrokenLaw(law.id, one.operation) for law in laws_for(one.fault, one.operation, EDITION)
    )
    result, live = (
        MutantResult(NAME, EDITION, laws, laws)
        for laws in (broken if found else frozenset() for found in (detected, detected_live))
    )
    return [VariantResult("charset", EDITION, false_positives)], [result], [live]


@pytest.fixture
def prove(monkeypatch, tmp_path, capsys):
    """Run the command over given outcomes; returns its exit code, output and table."""

    asked = []

    def run(found, *options, laws=("shape.body",)):
        def derived(*sample):
            asked.append(sample)
            return [DerivedResult(0, laws, shown=True, conclusive=True)]

        monkeypatch.setattr(gate_proof, "_outcomes", lambda: found)
        monkeypatch.setattr(gate_proof, "_derived_outcomes", derived)
        # A single mutant leaves most laws unproved.
        monkeypatch.setattr("prolific_contract.gate.proof._catalogue.unproved", lambda _: [])
        pages = [tmp_path / "table.md", tmp_path / "derived.md"]
        code = gate_proof.main([*map(str, pages), *options])
        return code, capsys.readouterr().out, pages[0].read_text(encoding="utf-8")

    return run, asked


def test_complete_proof_exits_with_0(prove):
    code, output, table = prove[0](outcomes())
    assert code == 0
    assert "1 of 1 detected" in output
    assert "0 of 1 with false positives" in output
    assert "1 of 1 mutants detected over a socket" in output
    assert table.startswith("# The detection table\n")
    assert "| `charset` |" in table


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (outcomes(detected=False), f"{NAME} ({EDITION}): missed by value.expiry-future"),
        (outcomes(detected_live=False), f"over a socket: {NAME} ({EDITION}): "),
        (outcomes("because"), "false positive: charset (2026-03): because"),
    ],
)
def test_incomplete_proof_exits_with_1_and_prints_why(prove, found, sentence):
    code, output, _ = prove[0](found)
    assert code == 1
    assert sentence in output


def test_survivor_exits_with_1_and_is_printed(prove):
    code, output, _ = prove[0](outcomes(), laws=())
    assert code == 1
    assert "survivor: " in output
    assert "@batch-request (2026-03): shown, but no law is violated" in output
    assert "- 0 of 1 derived faults detected (0 left open, 0 too rare)" in output


def test_only_a_complete_run_writes_the_page_of_derived_faults(prove, tmp_path):
    run, asked = prove
    run(outcomes(), "--derived", "5", "--seed", "3")
    assert asked.pop() == (5, 3)
    assert not (tmp_path / "derived.md").exists()
    run(outcomes(), "--derived", "all")
    assert asked.pop() == (None, 1)
    assert (tmp_path / "derived.md").read_text(encoding="utf-8").startswith("# Derived faults\n")
