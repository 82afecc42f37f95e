"""Settings and clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from prolific_contract import KINDS, ContractToolError, sandbox
from prolific_contract.sandbox import (
    EDITIONS,
    KNOWN_RESOURCES,
    Fate,
    ManualClock,
    SandboxError,
    SandboxResource,
    SandboxSettings,
    SteadyClock,
)


@pytest.mark.parametrize("edition", EDITIONS)
def test_url_lifetime_defaults_to_the_editions(edition):
    by_default = SandboxSettings(edition=edition).url_lifetime
    chosen = SandboxSettings(edition=edition, url_lifetime_seconds=90).url_lifetime

    assert by_default == {"2026-03": timedelta(hours=24), "2026-11": timedelta(hours=1)}[edition]
    assert chosen == timedelta(seconds=90)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fate", Fate)
def test_each_kind_and_fate_has_a_known_resource(kind, fate):
    settings = SandboxSettings()
    resource = settings.resource(kind, settings.id_of(kind, fate))

    assert resource == SandboxResource(kind, settings.id_of(kind, fate), fate)


def test_known_ids_are_distinct():
    assert len({resource.id for resource in KNOWN_RESOURCES}) == len(KNOWN_RESOURCES)


def test_id_is_valid_only_for_its_kind():
    settings = SandboxSettings(resources=[SandboxResource("batch", "one")])

    assert settings.resource("batch", "one") == SandboxResource("batch", "one", Fate.COMPLETES)
    assert settings.resource("collection", "one") is None
    assert settings.resource("batch", "two") is None
    with pytest.raises(SandboxError, match="no collection in the settings has the fate"):
        settings.id_of("collection")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"edition": "2025-01"}, "unknown edition '2025-01': choose 2026-03 or 2026-11"),
        ({"generation_seconds": -0.1}, "generation_seconds -0.1: it must be between 0 and"),
        ({"generation_seconds": float("nan")}, "generation_seconds nan"),
        ({"generation_seconds": float("inf")}, "generation_seconds inf"),
        ({"generation_seconds": 1e15}, r"a year \(31536000 seconds\)"),
        ({"submissions": -1}, "submissions -1: it must be 0 or more"),
        ({"files": -1}, "files -1: it must be 0 or more"),
        ({"url_lifetime_seconds": 0}, "url_lifetime_seconds 0: it must be between 1 second"),
        ({"url_lifetime_seconds": 604_801}, "7 days"),
        ({"limit_status": 200}, "limit_status 200: choose one of 400, 403, 409, 422, 429"),
        ({"token": ""}, "invalid token"),
        ({"token": "two words"}, "invalid token"),
        ({"token": "tökén"}, "invalid token"),
        ({"resources": [SandboxResource("batch", "a/b")]}, "'a/b' can't be the id of a batch"),
        ({"resources": [SandboxResource("batch", "..")]}, "can't be the id"),
        ({"resources": [SandboxResource("batch", "")]}, "can't be the id"),
    ],
)
def test_invalid_value_is_refused_with_the_allowed_ones(settings, message):
    with pytest.raises(SandboxError, match=message) as caught:
        SandboxSettings(**settings)

    assert isinstance(caught.value, ContractToolError)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("generation_seconds", 0),
        ("generation_seconds", 365 * 86_400),
        ("submissions", 0),
        ("files", 0),
        ("url_lifetime_seconds", 1),
        ("url_lifetime_seconds", 604_800),
    ],
)
def test_limit_value_is_accepted(setting, value):
    assert getattr(SandboxSettings(**{setting: value}), setting) == value


def test_manual_clock_moves_only_when_advanced():
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    first, second = clock.now(), clock.now()
    clock.advance(1.5)

    assert first == second == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.now() - first == timedelta(seconds=1.5)


def test_system_clock_tells_the_time_in_utc():
    before = datetime.now(UTC)
    clock = SteadyClock()

    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - before) < timedelta(minutes=1)


def test_system_clock_follows_the_monotonic_clock(monkeypatch):
    monotonic = [100.0]
    # Not of the module `time`, by which the loops of servers in other threads go, too.
    monkeypatch.setattr(SteadyClock, "_monotonic", lambda _: monotonic[0])
    clock = SteadyClock()
    first = clock.now()
    monotonic[0] += 2

    assert clock.now() - first == timedelta(seconds=2)


def test_package_exports_exactly_its_public_names():
    assert {name: getattr(sandbox, name) for name in sandbox.__all__}
    name = "nothing"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(sandbox, name)


def test_exports_of_edition_2026_11_cannot_be_ready():
    with pytest.raises(SandboxError, match="ready needs edition 2026-03"):
        SandboxSettings(ready=True, edition="2026-11")
