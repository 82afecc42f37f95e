"""``prolific-contract laws``: the laws, and what there is to say of one."""

import pytest
from prolific_contract.cli import main
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.reports._documents import page


def test_every_law_is_listed_with_its_statement(capsys):
    assert main(["laws"]) == 0
    out = capsys.readouterr().out
    text = " ".join(out.split())

    for law in LAWS:
        assert f"{law.id} {law.statement}" in text
    assert max(map(len, out.splitlines())) <= 96


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_law_is_explained(law, capsys):
    assert main(["laws", law.id]) == 0
    out = capsys.readouterr().out
    text = " ".join(out.split())

    assert out.startswith(f"{law.id}\n")
    for what in (law.statement, law.source.says, law.source.document, law.needs, *law.mutants):
        assert " ".join(what.split()) in text
    for operation in law.operations:
        assert str(operation) in text
    assert all(discrepancy in text for discrepancy in law.source.discrepancies)
    assert page(law.source).address in out
    assert all(edition in text for edition in law.editions)
    # An address that is cut cannot be clicked.
    assert max(len(line) for line in out.splitlines() if "https:" not in line) <= 96


@pytest.mark.parametrize(
    ("law_id", "hint"),
    [
        ("time.samesid", "did you mean time.same-id"),
        ("???", "`prolific-contract laws` lists them"),
    ],
)
def test_unknown_law_is_reported_with_a_message(law_id, hint, capsys):
    assert main(["laws", law_id]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert err.startswith(f"prolific-contract: error: unknown law '{law_id}'")
    assert hint in err
