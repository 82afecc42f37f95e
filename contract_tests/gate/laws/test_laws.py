"""What holds for all laws, whatever they say."""

import importlib
import json
import pkgutil
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from helpers.traces import BASE, JOB, OTHER_JOB, URL, TraceBuilder, complete, error, generating
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract import KINDS, UNKNOWN_EXPORT_ID, path_of
from prolific_contract.gate import DISCREPANCIES, contract_of, judge, laws
from prolific_contract.gate.laws import LAWS, LawContext, Outcome, law
from prolific_contract.gate.trace import Credential, Exchange, HttpResponse, Subject, Trace

IDS = st.sampled_from([JOB, OTHER_JOB, JOB.upper(), UNKNOWN_EXPORT_ID, "", "%2F", "ü", "a b"])
RESOURCES = st.sampled_from(["r1", "r2", "closed", "%00"])
JUNK_URLS = st.sampled_from(
    [URL, "http://[", "https://store.example/%zz?X-Amz-Date=9", "", f"{BASE}/"]
)
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.sampled_from(
    [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
TEXTS = st.sampled_from(
    ["generating", "complete", "failed", "COMPLETE", URL, JOB, OTHER_JOB, "\ud800", "\x00<\u2028"]
) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
BODIES = st.builds(
    lambda value: json.dumps(value).encode(),
    st.fixed_dictionaries(
        {},
        optional={
            "status": TEXTS | VALUES,
            "export_id": IDS | VALUES,
            "url": JUNK_URLS | VALUES,
            "expires_at": VALUES | MOMENTS.map(str) | st.just("2026-03-20T11:00:00Z"),
            "error": VALUES
            | st.fixed_dictionaries(
                {
                    "status": st.sampled_from([404, 404.0, 1]),
                    "error_code": st.just(1),
                    "title": TEXTS,
                    "detail": VALUES,
                }
            ),
        },
    )
    | VALUES,
) | st.binary(max_size=40)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Date", "content-type", "Content-Length", "Content-Range", "Allow"]),
        st.sampled_from(
            [
                "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
                "application/json",
                "99",
                "bytes 0-5/9",
            ]
        )
        | st.text(max_size=5),
    ),
    max_size=3,
).map(tuple)
ANSWERS = st.builds(
    HttpResponse,
    st.sampled_from([200, 201, 202, 204, 206, 302, 304, 401, 403, 404, 405, 429, 500, -1, 10**9]),
    HEADERS,
    BODIES,
    cut=st.booleans(),
    redacted=st.booleans(),
    echoes_token=st.none() | st.booleans(),
)
URLS = (
    st.builds(
        lambda kind, resource, export_id, query: (
            f"{BASE}{path_of(kind, resource, export_id)}{query}"
        ),
        st.sampled_from(KINDS),
        RESOURCES,
        st.none() | IDS,
        st.sampled_from(["", "", "?from=x", "#x", "?"]),
    )
    | JUNK_URLS
)
EXCHANGES = st.builds(
    Exchange,
    st.just(0),
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "get", ""]),
    URLS,
    st.just(BASE),
    st.sampled_from(Credential),
    at=st.floats(-9, 9000) | st.sampled_from([float("inf"), float("nan")]),
    sent=st.none() | MOMENTS,
    took=st.floats(0, 9),
    response=st.none() | ANSWERS,
    failure=st.none() | TEXTS,
    generated=st.booleans(),
)
TRACES = st.builds(
    lambda exchanges, subjects, max_wait: Trace(
        tuple(evolve(exchange, index=index) for index, exchange in enumerate(exchanges)),
        tuple(subjects),
        max_wait,
    ),
    st.lists(EXCHANGES, max_size=12),
    st.lists(st.builds(Subject, st.sampled_from(KINDS), RESOURCES, st.booleans()), max_size=2),
    st.floats(0, 900),
)


@settings(deadline=None)
@given(TRACES, st.sampled_from([None, "2026-03", "2026-11"]), st.booleans())
def test_laws_never_raise_for_any_recording(trace, edition, strict):
    for any_law in LAWS:
        for seen in any_law.check(trace, LawContext(contract_of(edition), edition, strict)):
            assert seen.operation in any_law.operations
            assert seen.exchanges
            assert all(trace.exchanges[index].index == index for index in seen.exchanges)
            assert bool(seen.seen) == (seen.outcome is not Outcome.HELD)
            assert len(seen.seen) < 600
            assert all(part.isprintable() for part in seen.seen)
    verdict = judge(trace, target="a file", edition=edition, strict=strict, profile="full")
    assert verdict.exit_code in (0, 1, 2)


@settings(deadline=None)
@given(TRACES)
def test_rate_limited_responses_are_never_violations(trace):
    limited = HttpResponse(429, (("Retry-After", "3"),), b"slow down")
    paused = evolve(
        trace,
        exchanges=tuple(
            evolve(exchange, response=limited if exchange.response else None, failure=None)
            for exchange in trace.exchanges
        ),
    )
    verdict = judge(paused, target="a file", profile="full")
    assert verdict.violations == ()


@settings(deadline=None)
@given(TRACES, st.data())
def test_rate_limited_responses_in_between_do_not_change_the_outcomes(trace, data):
    """A violation found with pauses is also found without them."""
    limited = HttpResponse(429)
    paused: list[Exchange] = []
    origin: dict[int, int] = {}
    for exchange in trace.exchanges:
        if data.draw(st.booleans()):
            paused.append(evolve(exchange, index=len(paused), response=limited, failure=None))
        origin[len(paused)] = exchange.index
        paused.append(evolve(exchange, index=len(paused)))
    context = LawContext(contract_of(None))
    for any_law in LAWS:
        # Whether there was any Authorization header at all may be seen from a pause.
        if any_law.id == "isolation.credentials":
            continue
        before = _broken(any_law.check(trace, context), {})
        after = _broken(any_law.check(evolve(trace, exchanges=tuple(paused)), context), origin)
        assert before == after


def _broken(observations, origin):
    return sorted(
        (str(seen.operation), [origin.get(index, index) for index in seen.exchanges], seen.seen)
        for seen in observations
        if seen.outcome is Outcome.VIOLATED
    )


def test_law_ids_are_unique_and_find_their_laws():
    assert len({any_law.id for any_law in LAWS}) == len(LAWS)
    assert all(law(any_law.id) is any_law for any_law in LAWS)
    with pytest.raises(KeyError):
        law("shape.nothing")


def test_law_is_in_the_module_of_its_id_prefix():
    found = []
    for module_info in pkgutil.iter_modules(laws.__path__):
        module = importlib.import_module(f"{laws.__name__}.{module_info.name}")
        own = getattr(module, "LAWS", ())
        family = module_info.name.split("_")[1]
        assert {any_law.id.partition(".")[0] for any_law in own} <= {family}
        found += own
    assert sorted(found, key=LAWS.index) == list(LAWS)


@pytest.mark.parametrize("any_law", LAWS, ids=lambda any_law: any_law.id)
def test_every_law_has_an_explanation(any_law):
    assert any_law.id.partition(".")[0] in ("shape", "value", "time", "isolation")
    assert any_law.statement[0].isupper()
    assert any_law.statement.endswith(".")
    assert any_law.source.says.endswith(".")
    assert any_law.source.document
    assert set(any_law.source.discrepancies) <= set(DISCREPANCIES)
    assert not any_law.needs.endswith(".")
    assert any_law.mutants
    assert {operation.kind for operation in any_law.operations} == set(KINDS)


def test_laws_use_recorded_times_instead_of_the_clock():
    builder = TraceBuilder()
    builder.request(generating())
    builder.poll(complete())
    early = evolve(builder.trace.exchanges[1], sent=None)
    late = evolve(early, sent=datetime(2026, 3, 20, 11, tzinfo=UTC) + timedelta(days=1))
    for exchange, count in ((early, 0), (late, 1)):
        trace = evolve(builder.trace, exchanges=(builder.trace.exchanges[0], exchange))
        verdict = judge(trace, target="a file")
        assert [violation.law.id for violation in verdict.violations] == (
            ["value.expiry-future"] * count
        )


def test_error_of_a_rate_limited_request_is_judged_by_the_documented_shape():
    builder = TraceBuilder()
    builder.request(error(429))
    assert builder.outcomes("shape.status") == [Outcome.HELD]
