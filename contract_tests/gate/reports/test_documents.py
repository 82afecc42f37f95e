"""Where a law comes from, in words and as an address."""

from helpers import verdicts
from prolific_contract.gate.laws import LAWS, LawSource
from prolific_contract.gate.reports._documents import citation, page


def test_page_of_the_operation_is_preferred():
    source = LawSource("documents/000, 002, 004", "")

    assert page(source, verdicts.REQUEST).title == "Request a Batch Export"
    assert page(source, verdicts.COLLECTION_REQUEST).title == "Request a Collection Export"
    assert page(source, verdicts.COLLECTION_STATUS).title == "Get Collection Export Status"


def test_first_named_page_is_used_otherwise():
    source = LawSource("API reference, errors; documents/003, 001; documents/004", "")

    assert page(source).title == "Exporting Collection Data"
    assert page(source, verdicts.COLLECTION_REQUEST).title == "Exporting Collection Data"
    assert page(source, verdicts.STATUS).title == "Get Batch Export Status"


def test_page_about_the_same_kind_is_used_before_the_reference():
    source = LawSource("documents/000, 002, 004", "")

    assert page(source, verdicts.ARCHIVE).title == "Request a Batch Export"


def test_source_without_known_page_uses_the_api_reference():
    assert page(LawSource("API reference, errors", "")).address.endswith("/api-reference")
    assert page(LawSource("documents/999", ""), verdicts.STATUS).title == "API reference"


def test_discrepancies_are_cited():
    assert citation(LawSource("documents/003", "")) == "documents/003"
    assert citation(LawSource("documents/003", "", ("D-1", "D-2"))) == (
        "documents/003; D-1 202 missing; D-2 always 202, or 200 or 202"
    )


def test_every_law_has_a_page():
    for law in LAWS:
        assert page(law.source).address.startswith("https://docs.prolific.com/api-reference")
