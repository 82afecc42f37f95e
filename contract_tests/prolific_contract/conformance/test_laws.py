"""One test for each law and operation."""

from typing import NoReturn

import pytest

from prolific_contract._vocabulary import Operation
from prolific_contract.conformance._session import (
    SessionResult,
    check_of,
    family_of,
    hold,
    laws_and_operations,
)
from prolific_contract.gate._check import CheckUsageError
from prolific_contract.gate._verdict import CellState, Verdict
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Law
from prolific_contract.gate.reports._ci_logs import without_ci_commands
from prolific_contract.gate.reports._summary import Summary


@pytest.fixture(scope="session")
def outcome(request: pytest.FixtureRequest) -> SessionResult:
    return hold(request.config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "family" in metafunc.fixturenames:
        families = dict.fromkeys(family_of(law) for law in LAWS)
        metafunc.parametrize(
            "family", [pytest.param(family, marks=_mark(family)) for family in families]
        )
    if "law" not in metafunc.fixturenames:
        return
    try:
        cells = laws_and_operations(check_of(metafunc.config))
    except CheckUsageError:
        cells = []
    metafunc.parametrize(
        ("law", "operation"),
        [
            pytest.param(
                law,
                operation,
                id=f"{law.id}-{operation.kind}-{operation.action}",
                marks=_mark(family_of(law)),
            )
            for law, operation in cells
        ],
    )


def _mark(family: str) -> pytest.MarkDecorator:
    mark: pytest.MarkDecorator = getattr(pytest.mark, f"prolific_{family}")
    return mark


def _fail(text: str) -> NoReturn:
    pytest.fail(without_ci_commands(text), pytrace=False)


def _require_conclusive(outcome: SessionResult) -> None:
    if outcome.verdict is None:
        _fail(outcome.error)
    if not outcome.verdict.conclusive:
        _fail("; ".join(Summary(outcome.verdict).why_inconclusive))


def _require_verdict(outcome: SessionResult, request: pytest.FixtureRequest) -> Verdict:
    """The verdict; skips the test if there is none.

    If the check is inconclusive, the first selected test fails, because
    `test_conversation_is_conclusive` may not be selected.
    """
    if request.node is next(item for item in request.session.items if item.path == request.path):
        _require_conclusive(outcome)
    if outcome.verdict is None:
        pytest.skip(without_ci_commands(f"no verdict: {outcome.error}"))
    return outcome.verdict


def test_conversation_is_conclusive(outcome: SessionResult) -> None:
    _require_conclusive(outcome)


def test_law(
    outcome: SessionResult, request: pytest.FixtureRequest, law: Law, operation: Operation
) -> None:
    verdict = _require_verdict(outcome, request)
    cell = outcome.cell(law, operation)
    if cell is None:
        pytest.skip("the server does not list or delete export jobs")
    if cell.state is CellState.NOT_EXERCISED:
        pytest.skip(cell.reason)
    for violation in verdict.violations:
        if (violation.law, violation.operation) == (law, operation):
            _fail(Summary(verdict).description(violation))


def test_no_other_violations(
    outcome: SessionResult, request: pytest.FixtureRequest, family: str
) -> None:
    """Violations of operations that are not parametrized: probes may use the other kind."""
    verdict = _require_verdict(outcome, request)
    tested = laws_and_operations(check_of(request.config))
    accounts = [
        Summary(verdict).description(violation)
        for violation in verdict.violations
        if family_of(violation.law) == family
        if (violation.law, violation.operation) not in tested
    ]
    if accounts:
        _fail("\n\n".join(accounts))
