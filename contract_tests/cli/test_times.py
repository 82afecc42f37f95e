"""``--from``, ``--to``, ``--since`` and ``--timezone``: the moments that they stand for."""

import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from helpers import api
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import UsageError
from prolific_exports._cli._times import time_range
from prolific_exports._model._local_times import parse_age, time_zone

NOW = datetime(2026, 3, 20, 10, 5, 30, 123456, UTC)


def moments(*, from_=None, to=None, since=None, zone=None, now=NOW):
    """The range of the options, in RFC 3339."""
    return [
        None if one is None else one.astimezone(UTC).isoformat().replace("+00:00", "Z")
        for one in time_range(from_=from_, to=to, since=since, zone=zone, now=now)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T00:00:00Z",
        "2026-03-01t00:00:00z",
        " 2026-03-01 00:00+00:00 ",
        "2026-03-01T00:00:00.0000000Z",
        "2026-03-01T00:00Z",
    ],
)
def test_time_with_an_offset_is_itself_for_both_options(text):
    for zone in (None, "Asia/Tokyo"):
        assert moments(from_=text, to=text, zone=zone) == ["2026-03-01T00:00:00Z"] * 2


@pytest.mark.parametrize(
    ("day", "zone", "first", "end"),
    [
        ("2026-03-01", None, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ("2026-03-01", "UTC", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ("2026-03-01Z", "Asia/Tokyo", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        (" 2026-03-01+09:00 ", None, "2026-02-28T15:00:00Z", "2026-03-01T15:00:00Z"),
        ("2026-03-01", "Asia/Tokyo", "2026-02-28T15:00:00Z", "2026-03-01T15:00:00Z"),
        # Clocks go forward at two, so the day has 23 hours; and back in autumn: 25.
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        # Clocks go forward at midnight: the day begins at one.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        # Clocks go back at one, to midnight: the day begins at the first midnight.
        ("2026-11-01", "America/Havana", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        # A day that Samoa left out.
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
    ],
)
def test_day_is_whole_in_its_zone(day, zone, first, end):
    assert moments(from_=day, to=day, zone=zone) == [first, end]


# Their clocks go forward or back at midnight, by half an hour, or at no fixed date.
ZONES = [
    *("UTC", "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "America/Santiago"),
    *("America/Asuncion", "Africa/Cairo", "Asia/Beirut", "Asia/Amman", "Asia/Tehran"),
    *("Australia/Lord_Howe", "Pacific/Apia"),
]


@settings(deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(2014, 1, 1), date(2030, 12, 31)))
def test_day_begins_with_its_first_moment_and_ends_before_the_next(name, day):
    zone = time_zone(name)
    first, end = time_range(from_=str(day), to=str(day), since=None, zone=name, now=NOW)
    second = timedelta(seconds=1)

    assert first.astimezone(zone).date() == (end - second).astimezone(zone).date() == day
    assert (first - second).astimezone(zone).date() < day < end.astimezone(zone).date()
    assert timedelta(hours=22) < end - first < timedelta(hours=26)


def test_time_without_an_offset_is_in_the_zone():
    assert moments(
        from_="2026-03-01T09:00", to="2026-07-01T09:00:30.5", zone="europe/berlin".title()
    ) == ["2026-03-01T08:00:00Z", "2026-07-01T07:00:30.500000Z"]


@pytest.mark.parametrize(
    ("time", "problem", "step"),
    [
        ("2026-03-29T02:30", "does not exist in", "one in UTC such as 2026-03-29T01:30:00Z."),
        ("2026-10-25T02:30", "occurs twice in", "2026-10-25T00:30:00Z or 2026-10-25T01:30:00Z."),
    ],
)
def test_time_that_clocks_skip_or_repeat_is_refused(time, problem, step):
    with pytest.raises(UsageError) as caught:
        moments(from_=time, zone="Europe/Berlin")
    assert str(caught.value).startswith(f"{time.replace('T', ' ')} {problem} Europe/Berlin")
    assert str(caught.value).endswith(step)


@pytest.mark.parametrize(
    ("age", "first"),
    [
        ("90m", "2026-03-20T08:35:30Z"),
        ("36h", "2026-03-18T22:05:30Z"),
        ("7d", "2026-03-13T10:05:30Z"),
        (" 2W ", "2026-03-06T10:05:30Z"),
    ],
)
def test_since_counts_back_from_now_in_whole_seconds(age, first):
    assert moments(since=age) == [first, None]
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    assert moments(since=age, to="2026-03-18", now=elsewhere) == [first, "2026-03-19T00:00:00Z"]


@pytest.mark.parametrize(
    "text", ["", "7", "d", "0d", "-7d", "7 d", "1.5d", "7y", "\u0667d", "7d12h"]
)
def test_age_in_another_form_is_refused(text):
    with pytest.raises(ValueError, match="not a number with a unit"):
        parse_age(text)
    with pytest.raises(UsageError, match="such as 90m, 36h, 7d or 2w"):
        moments(since=text)


@pytest.mark.parametrize("option", ["--from", "--to"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-03-01T10:00", "has no time zone: write 2026-03-01T10:00Z for UTC"),
        ("yesterday", "'yesterday' is not a date and time: write a day like 2026-03-01"),
        ("2026-02-30T00:00:00Z", "is not a date and time"),
        ("2026-02-30", "is not a date and time"),
        ("2026-03-01+24:00", "is not a date and time"),
        ("", "is not a date and time"),
        ("20260301T000000Z", "is not a date and time"),
        ("2026-03-01T00:00:00.1234567Z", "finer than a microsecond"),
        ("2016-12-31T23:59:60Z", "is a leap second"),
        ("0001-01-01T00:00:00+10:00", "is out of range in UTC"),
        ("0001-01-01+10:00", "is out of range in UTC"),
    ],
)
def test_ambiguous_time_exits_with_2_and_explains_the_form(cli, router, option, value, message):
    if option == "--to" and value == "0001-01-01+10:00":
        value = "9999-12-31"
    outcome = cli("download", "batch", api.BATCH, option, value, "--json")
    assert outcome.code == 2
    assert message in outcome.err
    assert message in outcome.json["error"]["message"]
    assert "Traceback" not in outcome.err
    assert not router.calls


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since", "7d", "--from", "2026-03-01"], "both set the beginning: leave out one"),
        (["--since", "999999w"], "is out of range: give a shorter time"),
        (["--since", "7d", "--to", "2020-01-01"], "Empty time range"),
        (["--timezone", "UTC"], "--timezone needs --from or --to"),
        (["--from", "2026-03-01", "--timezone", "europe/berlln"], "Did you mean Europe/Berlin?"),
        (["--from", "2026-03-01", "--timezone", "../../etc/passwd"], "use a name such as"),
        (["--from", "2026-03-01", "--timezone", "Europe"], "Unknown time zone 'Europe'"),
        (["--from", "2016-12-31T23:59:60", "--timezone", "utc"], "is a leap second"),
    ],
)
def test_contradictory_or_unknown_times_exit_with_2(cli, router, arguments, message):
    outcome = cli("download", "batch", api.BATCH, *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert not router.calls


def test_system_without_time_zones_still_has_utc(cli, router, monkeypatch):
    def unknown(name):
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", unknown)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    assert moments(from_="2026-03-01", zone="utc") == ["2026-03-01T00:00:00Z", None]
    with pytest.raises(UsageError, match="pip install tzdata"):
        moments(from_="2026-03-01", zone="Europe/Berlin")


def test_download_echoes_the_moments_used(cli, folder, router):
    filter_ = {"from": "2026-02-28T23:00:00Z", "to": "2026-03-31T22:00:00Z"}
    router.get(api.post_url("batch")).mock(return_value=api.jobs(api.listed(filter_=filter_)))
    router.get(api.get_url("batch")).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    request = router.post(api.post_url("batch")).mock(return_value=api.generating())
    days = ("--from", "2026-03-01", "--to", "2026-03-31", "--timezone", "Europe/Berlin")

    outcome = cli("download", "batch", api.BATCH, *days, "--json")

    assert outcome.code == 0
    shown = "from 2026-02-28T23:00:00Z, to 2026-03-31T22:00:00Z ('to' is not included)"
    assert outcome.err.splitlines()[0] == f"filter: {shown}"
    assert outcome.json["filter"] == filter_
    assert dict(request.calls.last.request.url.params) == {
        "from": "2026-02-28T23:00:00+00:00",
        "to": "2026-03-31T22:00:00+00:00",
    }
    without_to = cli("download", "batch", api.BATCH, "--from", "2026-03-01", "--overwrite")
    assert without_to.err.splitlines()[0] == "filter: from 2026-03-01T00:00:00Z"
    quiet = cli("download", "batch", api.BATCH, *days, "--quiet", "--overwrite")
    assert (quiet.code, quiet.err) == (0, "")


def test_download_since_continues_with_the_moment_used(cli, router, clock):
    router.get(api.post_url("batch")).mock(
        return_value=api.jobs(api.listed(filter_={"from": "2026-03-13T10:00:00Z"}))
    )
    router.get(api.get_url("batch")).mock(return_value=api.generating())
    router.post(api.post_url("batch")).mock(return_value=api.generating())
    assert clock.now().isoformat() == "2026-03-20T10:00:00+00:00"

    outcome = cli("download", "batch", api.BATCH, "--since", "7d", "--timeout", "9", "--json")

    assert outcome.code == 3
    resume = outcome.json["resume"]
    assert resume[resume.index("--from") + 1] == "2026-03-13T10:00:00Z"
    assert "--since" not in resume
