"""``make gate``: its table, output and exit code."""

import pytest
from helpers import gate_proof
from prolific_contract.gate.proof._catalogue import BrokenLaw, MutantResult, VariantResult, laws_for
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

    def run(found):
        monkeypatch.setattr(gate_proof, "_outcomes", lambda: found)
        # A single mutant leaves most laws unproved.
        monkeypatch.setattr("prolific_contract.gate.proof._catalogue.unproved", lambda _: [])
        code = gate_proof.main([str(tmp_path / "table.md")])
        return code, capsys.readouterr().out, (tmp_path / "table.md").read_text(encoding="utf-8")

    return run


def test_complete_proof_exits_with_0(prove):
    code, output, table = prove(outcomes())
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
    code, output, _ = prove(found)
    assert code == 1
    assert sentence in output
