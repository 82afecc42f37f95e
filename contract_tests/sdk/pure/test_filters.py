"""A filter is a value: the same conditions are the same filter, however they were written."""

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from prolific_exports import ExportFilter, ExportRef, Kind, UsageError
from prolific_exports._flows import _boundary as boundary
from prolific_exports._flows._effects import ApiReply
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import check_filter

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
OFFSETS = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59))
ZONES = OFFSETS.map(timezone) | st.sampled_from(
    [UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")]
)
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)  # noqa: DTZ001 - the bounds are naive, the values are not


def sent(filter_, kind: Kind = "collection"):
    """The query of the request."""
    return boundary.export_request(ExportRef(kind, "65f0", filter=filter_)).params


def read(conditions):
    """The filter of a listed job."""
    reply = ApiReply(200, {}, json.dumps([conditions]).encode())
    request = boundary.list_request(ExportRef("batch", "65f0"))
    (job,) = boundary.interpret_list(request, reply, redactor=Redactor(), retry_after=None)
    return job.filter


def job(conditions):
    return {
        "export_id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890",
        "status": "complete",
        "created_at": "2026-03-20T10:00:00Z",
        "filter": conditions,
    }


@given(MOMENTS, MOMENTS, st.none() | st.just("65a1"))
def test_listed_filter_equals_the_sent_filter(one, other, study_id):
    # In an hour that clocks leave out, times of two zones cannot be compared (PEP 495).
    first, last = sorted([one.astimezone(UTC), other.astimezone(UTC)])
    assume(first != last)
    first, last = (one, other) if one.astimezone(UTC) == first else (other, one)
    asked = check_filter(study_id, first, last)
    query = sent(asked)
    assert read(job(query)) == asked
    assert asked is not None
    assert read(job(asked.conditions())) == asked
    assert query.get("study_id") == study_id
    assert datetime.fromisoformat(query["from"]) == first.astimezone(UTC)
    assert datetime.fromisoformat(query["to"]) == last.astimezone(UTC)


@given(MOMENTS, ZONES)
def test_time_zone_of_a_moment_does_not_matter(moment, zone):
    moment = moment.astimezone(UTC)
    one, other = ExportFilter(from_=moment), ExportFilter(from_=moment.astimezone(zone))
    assert one == other
    assert hash(one) == hash(other)
    assert (one.key, one.label, str(one)) == (other.key, other.label, str(other))
    assert sent(one) == sent(other)
    assert one.from_ is not None
    assert one.from_.tzinfo is UTC


CONDITIONS = st.tuples(
    st.none() | st.sampled_from(["65a1", "65a2"]),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.none() | st.datetimes(timezones=st.just(UTC)),
)


@given(CONDITIONS, CONDITIONS)
def test_different_filters_have_different_keys(one, other):
    first, second = ExportFilter(*one), ExportFilter(*other)
    assert (first == second) == (first.key == second.key) == (one == other)
    assert all(character in "0123456789abcdef" for character in first.key)


@given(CONDITIONS)
def test_label_is_valid_in_any_file_name(conditions):
    assert not set(ExportFilter(*conditions).label) & set('/\\:*?"<>|%#&+ ')


def test_filter_is_displayed_in_words():
    asked = ExportFilter("65a1", MARCH, APRIL)
    assert str(asked) == "study 65a1, from 2026-03-01T00:00:00Z, to 2026-04-01T00:00:00Z"
    assert asked.label == "study-65a1-from-20260301T000000Z-to-20260401T000000Z"
    assert str(ExportFilter(to=MARCH, extra={"deleted": False})) == (
        "to 2026-03-01T00:00:00Z, deleted False"
    )
    ref = ExportRef("batch", "65f0", "0192", ExportFilter("65a1"))
    assert str(ref) == "batch 65f0 (study 65a1, export 0192)"
    assert str(ExportRef("batch", "65f0", filter=ExportFilter("65a1"))) == "batch 65f0 (study 65a1)"


def test_filter_and_reference_with_filter_compare_by_value():
    asked = ExportFilter("65a1", MARCH, APRIL, {"more": [1]})
    for way in (copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))):
        assert way(asked) == asked
    assert len({ExportRef("batch", "1", filter=f) for f in (asked, None, ExportFilter("x"))}) == 3
    assert asked != ExportFilter("65a1", MARCH, APRIL)
    assert "more" not in repr(asked)


def test_filter_without_conditions_is_refused():
    assert check_filter(None, None, None) is None
    assert not ExportFilter()
    assert ExportFilter(extra={"deleted": False})
    assert sent(None) == {}
    assert read(job({})) is None
    assert read(job(None)) is None


@pytest.mark.parametrize("name", ["from_", "to"])
def test_naive_time_is_refused_with_a_suggestion(name):
    naive: dict[str, Any] = {name: datetime(2026, 3, 1)}  # noqa: DTZ001 - the mistake
    with pytest.raises(UsageError, match=r"no time zone.*replace\(tzinfo=timezone\.utc\)"):
        ExportFilter(**naive)


class ZoneWithoutOffset(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, when):
        return None


def test_time_zone_without_offset_is_refused():
    with pytest.raises(UsageError, match="has no time zone"):
        ExportFilter(from_=datetime(2026, 3, 1, tzinfo=ZoneWithoutOffset()))


@pytest.mark.parametrize("value", ["2026-03-01T00:00:00Z", 1772323200, MARCH.date()])
def test_value_that_is_not_a_datetime_is_refused(value):
    with pytest.raises(UsageError, match="is not a datetime: give one with a time zone"):
        ExportFilter(from_=value)


def test_moment_beyond_the_calendar_of_utc_is_refused():
    east = timezone(timedelta(hours=1))
    with pytest.raises(UsageError, match="is out of range in UTC"):
        ExportFilter(from_=datetime.min.replace(tzinfo=east))


def test_timestamps_of_other_libraries_are_accepted():
    timestamp: Any = pd.Timestamp("2026-03-01T01:00:00.000000+01:00")
    not_a_time: Any = pd.NaT
    asked = ExportFilter(from_=timestamp)
    assert asked == ExportFilter(from_=MARCH)
    assert type(asked.from_) is datetime
    with pytest.raises(UsageError, match="has no time zone"):
        ExportFilter(from_=not_a_time)


def test_hour_repeated_by_daylight_saving_is_unambiguous():
    """Such times of two zones are never equal to Python (PEP 495)."""
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    second = first.replace(fold=1)
    assert ExportFilter(from_=first) != ExportFilter(from_=second)
    assert ExportFilter(from_=first) == ExportFilter(from_=first.astimezone(UTC))


@pytest.mark.parametrize("to", [MARCH, MARCH - timedelta(microseconds=1)])
def test_reversed_time_range_is_refused(to):
    with pytest.raises(UsageError, match=r"from 2026-03-01T00:00:00Z.*must be later"):
        check_filter(None, MARCH, to)


@pytest.mark.parametrize("study_id", ["", "a/b", "https://app.prolific.com/x", 7])
def test_study_is_given_by_its_id(study_id):
    with pytest.raises(UsageError, match="is not the id of a study"):
        check_filter(study_id, None, None)
    assert check_filter(" 65a1 ", None, None) == ExportFilter("65a1")


@pytest.mark.parametrize(
    ("listed", "applied"),
    [
        (ExportFilter("65a1", MARCH, APRIL), True),
        (ExportFilter("65a1", MARCH, APRIL, {"deleted": False}), True),
        (ExportFilter("65a1", MARCH.replace(microsecond=999_999), APRIL), True),
        (ExportFilter("65a1", MARCH + timedelta(seconds=1), APRIL), False),
        (ExportFilter("65a1", MARCH, APRIL - timedelta(seconds=1)), False),
        (ExportFilter("65a1", MARCH), False),
        (ExportFilter("65a1", None, APRIL), False),
        (ExportFilter("65a2", MARCH, APRIL), False),
        (ExportFilter(None, MARCH, APRIL), False),
        (None, False),
    ],
)
def test_listed_filter_is_compared_with_the_conditions(listed, applied):
    assert ExportFilter("65a1", MARCH, APRIL).is_applied_by(listed) == applied
