"""The laws about the content of archives, as the recorder noted it."""

from datetime import timedelta

import pytest
from attrs import evolve
from helpers.exported_archives import archive
from helpers.traces import OTHER_JOB, START, URL, TraceBuilder, complete, dated, generating
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import HttpResponse
from prolific_contract.gate.trace._archive_content import ArchiveContent, ContentFlaw

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
INTACT, CONTENT, OWN = "value.archive-intact", "value.archive-content", "value.archive-own"
FILTER = "value.archive-filter"
LATER = "2026-11"
ID = OTHER_JOB
LAWS = (INTACT, CONTENT, OWN)


@pytest.fixture(params=["batch", "collection"])
def builder(request) -> TraceBuilder:
    return TraceBuilder(request.param)


def served(builder: TraceBuilder, **content) -> TraceBuilder:
    builder.request(dated(generating(), START), resource=ID)
    builder.poll(dated(complete(), START), resource=ID)
    builder.fetch(with_content(builder, **content))
    return builder


def with_content(builder: TraceBuilder, **content) -> HttpResponse:
    return evolve(archive(builder), content=ArchiveContent(**{"read": 3, **content}))


def later(**by: float) -> str:
    return (START + timedelta(**by)).isoformat()


def test_archive_that_was_not_read_is_not_judged(builder):
    builder.request(generating(), resource=ID)
    builder.poll(complete(), resource=ID)
    builder.fetch(archive(builder))
    assert [builder.outcomes(law) for law in LAWS] == [[], [], []]
    served(builder, read=0)
    assert [builder.outcomes(law) for law in LAWS] == [[], [], []]


def test_intact_documented_archive_of_the_resource_holds(builder):
    served(builder, resource_ids=(f"{builder.kind} {ID.upper()}",), exported_at=later())
    assert [builder.outcomes(law) for law in LAWS] == [[HELD], [HELD], [HELD]]


def test_archive_without_ids_and_times_shows_no_other_resource(builder):
    served(builder)
    assert [builder.outcomes(law) for law in LAWS] == [[HELD], [HELD], []]


def test_every_damaged_member_is_violation(builder):
    damage = [ContentFlaw("archive.field.zip", f"{name} fails") for name in ("a", "b")]
    served(builder, read=0, damaged=tuple(damage))
    first, second = builder.judged(INTACT)
    assert (first.outcome, first.seen, first.about) == (VIOLATED, "a fails", ("archive.field.zip",))
    assert (second.operation, second.exchanges) == (builder.fetching, (2,))
    assert builder.outcomes(CONTENT) == []


def test_every_flaw_is_violation_of_its_statement(builder):
    flaws = (ContentFlaw("archive.field.lines", "x"), ContentFlaw("archive.field.unit", "y"))
    served(builder, flaws=flaws)
    found = builder.judged(CONTENT)
    assert [(one.outcome, one.seen, *one.about) for one in found] == [
        (VIOLATED, "x", "archive.field.lines"),
        (VIOLATED, "y", "archive.field.unit"),
    ]
    assert builder.outcomes(INTACT) == [HELD]


# The resource and the times.


def test_id_of_another_resource_or_kind_is_violation(builder):
    other = {"batch": "collection", "collection": "batch"}[builder.kind]
    for kind, some_id in ((builder.kind, "r2"), (other, ID)):
        found = TraceBuilder(builder.kind)
        served(found, resource_ids=(f"{builder.kind} {ID}", f"{kind} {some_id}"))
        violation = found.violation(OWN)
        assert violation.seen == (
            f"the archive has the {kind}_id {some_id!r}, but the export is of the "
            f"{builder.kind} {ID}"
        )
        assert violation.exchanges == (1, 2)


@pytest.mark.parametrize(("minutes", "right"), [(4, True), (6, False)])
@pytest.mark.parametrize("name", ["exported_at", "latest_start"])
def test_time_after_the_response_is_violation(builder, name, minutes, right):
    served(builder, resource_ids=(f"{builder.kind} {ID}",), **{name: later(minutes=minutes)})
    assert builder.outcomes(OWN) == [HELD if right else VIOLATED]
    if not right:
        shown = {"latest_start": "created_at"}.get(name, name)
        assert builder.violation(OWN).seen == (
            f"the archive has the {shown} {later(minutes=6)}, later than {later()}, when the "
            "export was reported complete"
        )


# The job may have been generating for the longest wait (ten minutes).
@pytest.mark.parametrize(("minutes", "right"), [(14, True), (16, False)])
def test_export_long_before_the_request_is_violation(builder, minutes, right):
    served(builder, exported_at=later(minutes=-minutes))
    assert builder.outcomes(OWN) == [HELD if right else VIOLATED]
    if not right:
        assert builder.violation(OWN).seen == (
            f"the archive has the exported_at {later(minutes=-16)}, but the export was requested "
            f"at {later()}"
        )


def test_export_that_no_request_started_may_be_old(builder):
    builder.request(dated(complete(), START), resource=ID)
    builder.fetch(with_content(builder, exported_at=later(days=-300)))
    assert builder.outcomes(OWN) == [HELD]


def test_times_are_not_judged_if_the_recording_has_none(builder):
    builder.request(generating(), resource=ID, sent=None)
    builder.poll(complete(), resource=ID, sent=None)
    builder.fetch(with_content(builder, exported_at=later(days=300)))
    assert builder.outcomes(OWN) == [HELD]


# The period of a filter.

FROM, TO = later(days=-2), later(days=-1)
PERIOD = "?from=2026-03-18T10:00:00Z&to=2026-03-19T10:00:00Z"
SECOND = f"{URL}&n=2"


def filtered(builder: TraceBuilder, query: str, **content) -> TraceBuilder:
    """An archive with a filter, after one without."""
    served(builder, times=(later(days=-3), FROM, TO), records=9)
    builder.request(generating(OTHER_JOB), resource=ID, query=query)
    builder.poll(complete(SECOND), OTHER_JOB, resource=ID)
    builder.fetch(with_content(builder, **{"records": 1, **content}), SECOND)
    return builder


def of(*moments: str) -> dict[str, object]:
    """What is noted about responses of some times."""
    return {"times": moments, "earliest_end": moments[0], "latest_start": moments[-1]}


@pytest.mark.parametrize("query", [PERIOD, PERIOD.partition("&")[0], PERIOD.replace("to=", "x=")])
def test_responses_within_the_period_hold(builder, query):
    last = later(days=-1, seconds=-1) if query == PERIOD else TO
    filtered(builder, query, **of(FROM, last))
    assert builder.outcomes(FILTER, LATER) == [HELD]


def test_response_before_the_period_is_violation():
    builder = filtered(TraceBuilder("collection"), PERIOD, **of(later(days=-2, seconds=-1), FROM))
    violation = builder.violation(FILTER, LATER)
    assert violation.seen == (
        f"the filter begins at {FROM}, but the archive has a response of "
        f"{later(days=-2, seconds=-1)}"
    )
    assert violation.exchanges == (3, 5)


def test_response_at_the_end_of_the_period_is_violation():
    builder = filtered(TraceBuilder("collection"), PERIOD, **of(FROM, TO))
    assert builder.violation(FILTER, LATER).seen == (
        f"the filter ends before {TO}, but the archive has a response of {TO}"
    )


@pytest.mark.parametrize(("hours", "right"), [(23, True), (25, False)])
def test_line_of_a_batch_may_be_a_day_outside(hours, right):
    for moments in (
        (later(days=-2, hours=-hours), FROM),
        (FROM, later(days=-1, hours=hours)),
    ):
        builder = filtered(TraceBuilder("batch"), PERIOD, **of(*moments))
        assert builder.outcomes(FILTER, LATER) == [HELD if right else VIOLATED]


@pytest.mark.parametrize(
    "moments", [(), (later(days=-2, seconds=1),), (later(days=-2, seconds=1), later(days=-1.5))]
)
def test_response_of_the_period_that_is_missing_is_violation_only_for_collections(builder, moments):
    filtered(builder, PERIOD, **(of(*moments) if moments else {}))
    if builder.kind == "batch":
        assert builder.outcomes(FILTER, LATER) == [HELD]
        return
    violation = builder.violation(FILTER, LATER)
    assert violation.seen == (
        f"the archive lacks the response of {FROM}, which is within the period of the filter and "
        "in the archive without a filter"
    )
    assert violation.exchanges == (2, 3, 5)


def test_filter_with_a_study_may_select_less():
    builder = filtered(TraceBuilder("collection"), f"{PERIOD}&study_id=s", times=())
    assert builder.outcomes(FILTER, LATER) == [HELD]
    builder = filtered(TraceBuilder("collection"), "?study_id=s", times=())
    assert builder.outcomes(FILTER, LATER) == []


def test_period_is_compared_only_with_an_archive_that_was_read():
    builder = TraceBuilder("collection")
    builder.request(generating(), resource=ID)
    builder.poll(complete(), resource=ID)
    builder.fetch(archive(builder))
    builder.request(generating(OTHER_JOB), resource=ID, query=PERIOD)
    builder.poll(complete(SECOND), OTHER_JOB, resource=ID)
    builder.fetch(with_content(builder, records=0), SECOND)
    assert builder.outcomes(FILTER, LATER) == [HELD]


@pytest.mark.parametrize("content", [{"records": None}, None])
def test_period_of_an_archive_whose_lines_were_not_read_is_not_judged(builder, content):
    builder.request(generating(), resource=ID, query=PERIOD)
    builder.poll(complete(), resource=ID)
    builder.fetch(archive(builder) if content is None else with_content(builder, **content))
    assert builder.outcomes(FILTER, LATER) == []
