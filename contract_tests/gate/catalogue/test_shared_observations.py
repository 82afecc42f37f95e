"""Laws that judge one conversation in several settings, and observe it once."""

import pytest
from attrs import evolve
from prolific_contract import EDITIONS
from prolific_contract.gate import contract_of, judge
from prolific_contract.gate.laws import LAWS, LawContext, law
from prolific_contract.gate.proof._catalogue import converse_with_mutant
from prolific_contract.gate.proof._shared_observations import SHARED_LAWS, shared
from prolific_contract.gate.trace import Trace
from prolific_contract.sandbox.mutants import mutant

SETTINGS = [(edition, strict) for edition in (None, *EDITIONS) for strict in (False, True)]


@pytest.fixture(scope="module")
def exchanges():
    """A conversation in which many laws observe something, and some find violations."""
    one = mutant("field-extra@batch-status")
    return converse_with_mutant(one, "2026-11", "full").trace


@pytest.fixture(scope="module")
def expected(exchanges):
    """The verdict in each setting, each without the others."""
    return {setting: judged(evolve(exchanges), LAWS, setting) for setting in SETTINGS}


def judged(trace, laws, setting):
    edition, strict = setting
    verdict = judge(
        trace, target="http://t", laws=laws, edition=edition, strict=strict, profile="full"
    )
    return [(cell.law.id, cell.operation, cell.observations) for cell in verdict.cells]


@pytest.mark.unmeasured
@pytest.mark.parametrize("first", SETTINGS)
def test_verdict_in_each_setting_is_independent_of_the_settings_before(exchanges, expected, first):
    trace = evolve(exchanges)

    assert {one: judged(trace, SHARED_LAWS, one) for one in (first, *SETTINGS)} == expected


@pytest.mark.unmeasured
def test_verdicts_differ_between_settings(expected):
    assert len({str(verdict) for verdict in expected.values()}) > 3


@pytest.mark.parametrize(
    ("reads", "times"),
    [
        (lambda context: None, 1),
        (lambda context: context.strict, 2),
        (lambda context: context.edition, 2),
        (lambda context: context.contract, 2),
    ],
)
def test_only_a_law_that_reads_the_setting_observes_twice(reads, times):
    called = []

    def check(trace, context):
        called.append(trace)
        reads(context)
        return ()

    one, trace = shared(evolve(law("shape.status"), check=check)), Trace(())
    for edition in EDITIONS:
        assert one.check(trace, LawContext(contract_of(edition), edition)) == ()

    assert called == [trace] * times
    one.check(Trace(()), LawContext(contract_of(None)))
    assert len(called) == times + 1
