"""A server may send any JSON in any place: there is always a verdict, and every report."""

import pytest
from helpers.traces import BASE, JOB, TraceBuilder, complete, job, json_answer, running
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract import EDITIONS, path_of
from prolific_contract.gate import judge
from prolific_contract.gate.reports import FORMATS
from prolific_contract.gate.trace import Subject

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(
        ["generating", "complete", "failed", JOB, "https://x/?X-Amz-Expires=1", "\ud800"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "status", "export_id", "url"]), inner, max_size=2)
    ),
    max_leaves=4,
)
STATES = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {"status": st.sampled_from(["generating", "complete", "failed"]) | VALUES},
        optional={"export_id": VALUES, "url": VALUES, "expires_at": VALUES},
    ),
)
JOBS = st.fixed_dictionaries(
    {},
    optional={
        "export_id": VALUES | st.just(JOB),
        "status": VALUES,
        "created_at": VALUES,
        "filter": VALUES | st.dictionaries(st.sampled_from(["study_id", "from", "to"]), VALUES),
    },
)


@pytest.mark.parametrize("edition", [None, *EDITIONS])
@settings(deadline=None, max_examples=40)
@given(requested=STATES, polled=STATES, listed=st.lists(JOBS | VALUES, max_size=3) | VALUES)
def test_any_json_leads_to_a_verdict_and_to_reports(edition, requested, polled, listed):
    builder = TraceBuilder("batch", Subject("batch", "r1"))
    builder.request(json_answer(202, requested))
    builder.poll(json_answer(200, polled))
    builder.send("GET", f"{BASE}{path_of('batch', 'r1')}", json_answer(200, listed))
    builder.poll(running())
    builder.send("GET", f"{BASE}{path_of('batch', 'r1')}", json_answer(200, [job()]))
    builder.poll(complete())
    builder.send("DELETE", f"{BASE}{path_of('batch', 'r1', JOB)}", json_answer(409, polled))

    verdict = judge(builder.trace, target=BASE, edition=edition)

    assert verdict.exit_code in (0, 1, 2)
    for render in FORMATS.values():
        assert render(verdict)
