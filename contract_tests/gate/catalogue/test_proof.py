"""``make gate``: what it writes, says and exits with."""

import pytest
from helpers import gate_proof
from prolific_contract.gate.proof._catalogue import Hearing, Hit, Trial, laws_naming
from prolific_contract.sandbox.mutants import MUTANTS

NAME = "expired@batch-status"
EDITION = "2026-03"


def outcomes(*accusations, killed=True, killed_live=True):
    one = MUTANTS[NAME]
    hits = frozenset(
        Hit(law.id, one.operation) for law in laws_naming(one.fault, one.operation, EDITION)
    )
    trial, live = (
        Trial(NAME, EDITION, hits if dead else frozenset(), hits if dead else frozenset())
        for dead in (killed, killed_live)
    )
    return [Hearing("charset", EDITION, accusations)], [trial], [live]


@pytest.fixture
def prove(monkeypatch, tmp_path, capsys):
    """Run the command over given outcomes; its exit code, what it says and the table."""

    def run(found):
        monkeypatch.setattr(gate_proof, "_outcomes", lambda: found)
        # One mutant proves little of the catalogue, which is not what is tested here.
        monkeypatch.setattr("prolific_contract.gate.proof._catalogue.gaps", lambda trials: [])
        code = gate_proof.main([str(tmp_path / "table.md")])
        return code, capsys.readouterr().out, (tmp_path / "table.md").read_text(encoding="utf-8")

    return run


def test_a_proof_exits_with_0(prove):
    code, said, table = prove(outcomes())
    assert code == 0
    assert "killed 1 of 1" in said
    assert "accused 0 of 1" in said
    assert table.startswith("# The kill table\n")
    assert "| `charset` |" in table


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (outcomes(killed=False), f"{NAME} ({EDITION}): value.expiry-future names it"),
        (outcomes(killed_live=False), f"over a socket: {NAME} ({EDITION}): "),
        (outcomes("because"), "charset (2026-03) conforms and is accused: because"),
    ],
)
def test_a_shortcoming_exits_with_1_and_says_which(prove, found, sentence):
    code, said, _ = prove(found)
    assert code == 1
    assert sentence in said
