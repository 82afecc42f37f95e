"""The statements: complete with respect to the contract and the laws, each once."""

from collections import Counter

import pytest
from helpers.contract_parts import contract_parts
from prolific_contract import EDITIONS, OPERATIONS, Operation
from prolific_contract.gate import DISCREPANCIES, contract_of
from prolific_contract.gate.laws import LAWS, law
from prolific_contract.gate.statements import CATEGORIES, STATEMENTS, checked_by

LAW_IDS = {one.id for one in LAWS}
SUBJECTS = {"api", "request", "status", "archive", "list", "delete"}
STATES = {"generating", "complete", "failed"}


def repeated(values):
    return [value for value, times in Counter(values).items() if times > 1]


def test_statements_are_made_once():
    assert not repeated(statement.id for statement in STATEMENTS)
    assert not repeated(statement.says for statement in STATEMENTS)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)
def test_statement_is_well_formed(statement):
    subject, category, name = statement.id.split(".")

    assert subject in SUBJECTS | STATES
    assert category in CATEGORIES
    assert statement.category == category
    assert name
    assert statement.says.endswith(".")
    assert statement.source
    assert statement.operations
    assert not repeated(statement.operations)
    assert not repeated(statement.laws)
    assert set(statement.discrepancies) <= DISCREPANCIES.keys()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)
def test_statement_has_laws_or_a_reason_and_not_both(statement):
    assert bool(statement.laws) != bool(statement.unchecked)
    assert not statement.unchecked or statement.unchecked.endswith(".")
    # What a law could check is a gap, not a reason.
    assert not {"yet", "todo"} & set(statement.unchecked.lower().replace(".", "").split())


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)
def test_statement_with_laws_is_checked_in_every_place(statement):
    assert set(statement.laws) <= LAW_IDS
    assert all(set(law(one).operations) & set(statement.operations) for one in statement.laws)
    laws = [law(law_id) for law_id in statement.laws]
    unchecked = [
        (str(operation), edition)
        for operation, edition in statement.places()
        if laws
        and not any(
            operation in one.operations and edition in (one.editions or EDITIONS) for one in laws
        )
    ]

    assert unchecked == []


@pytest.mark.parametrize("law_id", sorted(LAW_IDS))
def test_law_checks_a_statement_about_each_of_its_operations(law_id):
    stated = {operation for one in checked_by(law_id) for operation in one.operations}
    missing = [str(operation) for operation in law(law_id).operations if operation not in stated]

    assert missing == [], f"name {law_id} in the statements that it checks (gate/statements)"


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_part_of_the_contract_is_stated(operation, edition):
    stated = {
        part
        for statement in STATEMENTS
        if (operation, edition) in statement.places()
        for part in statement.contract
    }

    assert contract_parts(contract_of(edition), operation) - stated == set()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)
def test_statement_names_only_parts_that_the_contract_has(statement):
    for operation in statement.operations:
        parts = frozenset().union(
            *(
                contract_parts(contract_of(edition), operation)
                for place, edition in statement.places()
                if place == operation
            )
        )
        assert set(statement.contract) - parts == set()


def test_statements_of_a_law_can_be_limited_to_an_operation():
    batch_list, batch_request = Operation("batch", "list"), Operation("batch", "request")

    assert [one.id for one in checked_by("isolation.list-scope", batch_list)] == [
        "list.identity.own-jobs",
    ]
    assert "list.identity.own-jobs" not in [
        one.id for one in checked_by("isolation.list-scope", batch_request)
    ]
