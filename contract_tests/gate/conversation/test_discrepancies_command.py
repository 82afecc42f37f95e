"""``prolific-contract discrepancies``: what the numbers D-1 … of reports stand for."""

import re

import pytest
from prolific_contract.cli import main
from prolific_contract.gate import DISCREPANCIES
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.reports._documents import _PAGES


def test_every_discrepancy_is_listed_with_its_title(capsys):
    assert main(["discrepancies"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert [line.split(maxsplit=1) for line in lines] == [
        [one.id, one.title] for one in DISCREPANCIES.values()
    ]


@pytest.mark.parametrize("one", DISCREPANCIES.values(), ids=DISCREPANCIES)
def test_discrepancy_is_explained_with_its_laws(one, capsys):
    assert main(["discrepancies", one.id.lower()]) == 0
    out = capsys.readouterr().out
    text = " ".join(out.split())

    assert out.startswith(f"{one.id}  {one.title}\n")
    assert f"documents {one.says} handling {one.handling} laws " in text
    for law in LAWS:
        about = one.id in law.source.discrepancies
        assert (re.search(rf"[ ,]{law.id}(,|$)", text) is not None) == about
    assert max(map(len, out.splitlines())) <= 96


def test_unknown_discrepancy_is_reported_with_a_message(capsys):
    assert main(["discrepancies", "D-99"]) == 2
    out, err = capsys.readouterr()

    assert out == ""
    assert err == (
        "prolific-contract: error: unknown discrepancy 'D-99'; "
        "`prolific-contract discrepancies` lists them\n"
    )


def test_discrepancies_refer_to_known_pages_and_discrepancies():
    for one in DISCREPANCIES.values():
        text = f"{one.says} {one.handling}"
        assert one.says.endswith(".")
        assert one.handling.endswith(".")
        assert set(re.findall(r"D-\d+", text)) <= set(DISCREPANCIES)
        for names in re.findall(r"documents/((?:\d{3}(?:, | and )?)+)", text):
            assert set(re.findall(r"\d{3}", names)) <= set(_PAGES)
