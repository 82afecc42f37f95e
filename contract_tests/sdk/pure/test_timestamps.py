"""Timestamps are those of RFC 3339, whatever version of Python reads them."""

import ast
from datetime import UTC, date, timedelta
from pathlib import Path

import prolific_contract
import prolific_exports
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prolific_exports._model._timestamps import parse_timestamp, utc_moment

DIGITS = st.text("0123456789", min_size=1, max_size=30)
OFFSETS = st.one_of(
    st.sampled_from("Zz"),
    st.builds(
        "{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 23), st.integers(0, 59)
    ),
)


def offset_of(written):
    if written in "Zz":
        return timedelta(0)
    size = timedelta(hours=int(written[1:3]), minutes=int(written[4:]))
    return -size if written[0] == "-" else size


@given(
    day=st.dates(),
    time=st.tuples(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
    separator=st.sampled_from("Tt "),
    fraction=st.none() | DIGITS,
    offset=OFFSETS,
)
@example(date(2026, 3, 19), (10, 30, 0), "T", "1234567", "Z")
@example(date(2026, 3, 19), (10, 30, 0), "T", "999999999", "z")
@example(date(1, 1, 1), (0, 0, 0), " ", None, "+23:59")
@example(date(9999, 12, 31), (23, 59, 59), "t", "9" * 30, "-00:01")
def test_every_timestamp_of_the_grammar_is_read(day, time, separator, fraction, offset):
    point = "" if fraction is None else f".{fraction}"
    text = "{}{}{:02}:{:02}:{:02}{}{}".format(day.isoformat(), separator, *time, point, offset)
    digits = (fraction or "").ljust(6, "0")

    moment, is_exact = parse_timestamp(text)

    wall = (day.year, day.month, day.day, *time, int(digits[:6]))
    assert (*moment.timetuple()[:6], moment.microsecond) == wall
    assert moment.utcoffset() == offset_of(offset)
    assert is_exact is (not digits[6:].strip("0"))
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        expected = None
    assert utc_moment(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        ("2016-12-31t15:59:60.25-08:00", "2016-12-31T16:00:00.250000-08:00"),
        ("2017-01-01T05:29:60+05:30", "2017-01-01T05:30:00+05:30"),
    ],
)
def test_leap_second_is_the_second_that_follows(text, expected):
    moment, is_exact = parse_timestamp(text)

    assert moment.isoformat() == expected
    assert not is_exact


@given(st.datetimes(timezones=st.just(UTC)))
def test_isoformat_output_is_read_back(moment):
    assert parse_timestamp(moment.isoformat()) == (moment, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-03-19",
        "2026-03-19T10:30:00",
        "2026-03-19T10:30Z",
        "2026-03-19T24:00:00Z",
        "2026-03-19T10:60:00Z",
        "2026-03-19T10:30:60Z",
        "2026-03-19T10:30:61Z",
        "2016-12-31T23:59:60+01:00",
        "9999-12-31T23:59:60Z",
        "2026-02-29T10:30:00Z",
        "2026-13-01T10:30:00Z",
        "0000-01-01T10:30:00Z",
        "2026-03-19T10:30:00.Z",
        "2026-03-19T10:30:00,5Z",
        "2026-03-19T10:30:00+0100",
        "2026-03-19T10:30:00+01",
        "2026-03-19T10:30:00+24:00",
        "2026-03-19T10:30:00+01:60",
        "2026-03-19T10:30:00 Z",
        "2026-03-19_10:30:00Z",
        "2026-03-19  10:30:00Z",
        " 2026-03-19T10:30:00Z",
        "2026-03-19T10:30:00Z\n",
        "20260319T103000Z",
        "2026-W12-4T10:30:00Z",
        "+2026-03-19T10:30:00Z",
        "\u0662026-03-19T10:30:00Z",
        "2026-03-19T10:30:00\u2212:00",
    ],
)
def test_text_outside_the_grammar_is_refused(text):
    with pytest.raises(ValueError):
        parse_timestamp(text)
    assert utc_moment(text) is None


@pytest.mark.parametrize("value", [None, 5, 1774002600.5, True, [], {}, b"2026-03-19T10:30:00Z"])
def test_value_that_is_not_text_is_not_a_timestamp(value):
    assert utc_moment(value) is None


def test_no_other_module_reads_timestamps():
    # ``strptime`` reads what presigned URLs say of their time, which is another form.
    readers = {"fromisoformat", "isoparse"}
    found = [
        path
        for package in (prolific_exports, prolific_contract)
        for path in sorted(Path(package.__path__[0]).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in readers
    ]

    assert found == []
