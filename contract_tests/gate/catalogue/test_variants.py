"""Each variant looks as its sentence says, and says nothing else than the plain sandbox."""

import gzip
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from helpers.export_requests import (
    GENERATION,
    ask,
    body,
    content,
    course,
    looks,
    replay,
    settings_for,
)
from helpers.reply_predicates import api, complete, everything, generating, served, state, succeeded
from helpers.variant_client import VariantClient, members_of
from prolific_contract import EDITIONS, KINDS
from prolific_contract.sandbox import ManualClock, SandboxError
from prolific_contract.sandbox.variants import VARIANTS, VariantSite, variant


def error(label, reply):
    return reply.status >= 400


def time_is(pattern, **off):
    def check(clean, reply):
        text = body(reply)["expires_at"]
        right = datetime.fromisoformat(body(clean)["expires_at"]) + timedelta(**off)
        return re.fullmatch(pattern, text) and datetime.fromisoformat(text.upper()) == right

    return check


def detail_is(detail, **more):
    return lambda clean, reply: (
        body(reply) == {"error": {**body(clean)["error"], "detail": detail, **more}}
    )


def spelt(pattern):
    return lambda clean, reply: (
        re.search(pattern, content(reply).decode()) and body(reply) == body(clean)
    )


def adds(*names):
    return lambda clean, reply: (
        {**body(reply), **body(clean)} == body(reply) and {*names} <= body(reply).keys()
    )


def header(name, value):
    return lambda clean, reply: reply.header(name) == value and content(reply) == content(clean)


def url_has(*names, path="/"):
    def check(clean, reply):
        url = body(reply)["url"]
        return urlsplit(url).path.startswith(path) and {*names} == {*parse_qs(urlsplit(url).query)}

    return check


def packed(change):
    return lambda clean, reply: change(members_of(clean), members_of(reply))


TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
LOOKS = {
    "times-east": (complete, time_is(TIME + r"\+05:30")),
    "times-west": (complete, time_is(TIME + "-08:00")),
    "times-zero": (complete, time_is(TIME + r"\+00:00")),
    "times-small": (complete, time_is(TIME.replace("T", "t") + "z")),
    "times-micro": (complete, time_is(TIME + r"\.123456Z", microseconds=123456)),
    "times-nano": (complete, time_is(TIME + r"\.123456789Z", microseconds=123456)),
    "times-tenth": (complete, time_is(TIME + r"\.5Z", microseconds=500000)),
    "ids-upper": (
        generating,
        lambda clean, reply: body(reply)["export_id"] == body(clean)["export_id"].upper(),
    ),
    "errors-list": (error, detail_is(["There is no such thing.", "Check the id."])),
    "errors-fields": (
        error,
        detail_is({"export_id": ["Not a known id."], "token": ["Check it.", "Or make one."]}),
    ),
    "errors-no-fields": (error, detail_is({})),
    "errors-more": (
        error,
        detail_is("No.", additional_information="See the docs.", traceback="", interactive=False),
    ),
    "json-pretty": (api, spelt(r'^\{\n    "')),
    "json-compact": (api, spelt(r'^\{"\w+":[^ ]')),
    "json-escaped": (api, spelt(r"\\u0073tatus")),
    "extra-fields": (
        api,
        adds("request_id", "meta"),
    ),
    "extra-long": (api, adds("trace")),
    "job-described": (succeeded, adds("export_id", "progress", "reason")),
    "charset": (api, header("content-type", "application/json; charset=utf-8")),
    "content-type-capitals": (api, header("content-type", 'Application/JSON;Charset="UTF-8"')),
    "headers-small": (
        everything,
        lambda clean, reply: all(name.islower() for name, _ in reply.headers),
    ),
    "headers-many": (api, header("cache-control", "no-store")),
    "retry-after-hint": (
        lambda label, reply: reply.status == 202,
        header("retry-after", "3"),
    ),
    "no-date": (everything, header("date", None)),
    "no-challenge": (
        lambda label, reply: reply.status == 401,
        header("www-authenticate", None),
    ),
    "allow-twice": (
        lambda label, reply: reply.status == 405,
        lambda clean, reply: (
            [value for name, value in reply.headers if name == "Allow"]
            == ["OPTIONS", clean.header("allow")]
        ),
    ),
    "gzip": (
        api,
        lambda clean, reply: (
            reply.header("content-encoding") == "gzip"
            and gzip.decompress(content(reply)) == content(clean)
        ),
    ),
    "gzip-members": (
        api,
        lambda clean, reply: (
            reply.header("content-encoding") == "gzip"
            and content(reply).count(b"\x1f\x8b\x08") == 2
            and gzip.decompress(content(reply)) == content(clean)
        ),
    ),
    "chunked": (everything, header("transfer-encoding", "chunked")),
    "keep-alive-off": (everything, header("connection", "close")),
    "http-1.0": (everything, lambda clean, reply: reply.http == "1.0"),
    **{
        f"forbidden-{status}": (
            lambda label, reply: label[1] == "forbidden" and reply.status in (403, 404),
            lambda clean, reply, status=status: reply.status == status,
        )
        for status in (401, 404)
    },
    "forbidden-status-403": (
        lambda label, reply: label == ("status", "forbidden"),
        lambda clean, reply: reply.status == body(reply)["error"]["status"] == 403,
    ),
    "urls-opaque": (complete, url_has(path="/d/")),
    "urls-cloudfront": (
        complete,
        url_has("Expires", "Signature", "Key-Pair-Id", path="/files/"),
    ),
    "urls-gcs": (
        complete,
        url_has(
            *("X-Goog-Algorithm", "X-Goog-Date", "X-Goog-Expires", "X-Goog-SignedHeaders"),
            "X-Goog-Signature",
        ),
    ),
    "urls-cloudfront-policy": (
        complete,
        url_has("Policy", "Signature", "Key-Pair-Id", path="/files/"),
    ),
    "urls-azure": (complete, url_has("sv", "sr", "sp", "se", "sig")),
    "urls-azure-minutes": (complete, url_has("sv", "sr", "sp", "se", "sig")),
    "urls-relative": (complete, url_has("expires", "sig", path="/exports/")),
    "urls-with-id": (complete, url_has("sig", "job", path="/d/")),
    "urls-https": (
        complete,
        lambda clean, reply: body(reply)["url"].startswith("https://exports.example/d/"),
    ),
    "store-binary": (served, header("content-type", "application/octet-stream")),
    "store-no-etag": (served, header("etag", None)),
    "store-weak-etags": (
        served,
        lambda clean, reply: (
            reply.header("etag").startswith('W/"') and content(reply) == content(clean)
        ),
    ),
    "archive-stored": (
        served,
        packed(lambda clean, made: made == clean),
    ),
    "archive-comment": (served, packed(lambda clean, made: made == clean)),
    "archive-folders": (
        served,
        packed(lambda clean, made: {**made, **clean} == made and len(made) == len(clean) + 2),
    ),
}
# What shows only where jobs are listed, deleted or limited in number. In
# test_job_management_variants.
MANAGEMENT = {
    "list-described",
    "list-filter-absent",
    "list-filter-empty",
    "list-filter-nulls",
    "list-clock-behind",
    "list-words",
    "list-behind",
    "studies-checked",
    "delete-200",
    "delete-202",
    "deleted-failed",
    "deleted-archives-stay",
    "used-by-others",
    "ready-between",
    "delete-behind",
    "almost-full",
    *(f"limit-{status}" for status in (400, 403, 409, 422, 429)),
}
# What shows in the course of an export.
COURSES = {
    "limited-at-first",
    "unavailable-at-first",
    "known-later",
    "known-later-in-part",
    "rate-limited",
    "rate-limited-until",
    "rate-limited-silently",
    "ready-at-once",
    "ready-before",
    "ready-before-with-id",
    "slow",
    "very-slow",
    "first-job-fails",
    "every-job-fails",
    "archives-deleted",
    "clock-ahead",
    "clock-behind",
}
# What shows only in requests with an unusual path, id or token. In test_request_variants.
REQUESTS = {
    "ids-checked",
    "resource-ids-checked",
    "ids-checked-422",
    "paths-cleaned",
    "scheme-any-case",
    "slash-redirected",
    "slash-unknown",
    "unknown-resource-403",
    "unknown-resource-hidden",
}
# In test_store_variants.
STORES = {
    "urls-kept",
    "urls-short-lived",
    "store-pieces",
    "store-no-suffix",
    "store-whole",
    "archive-many-files",
    "archive-no-responses-yet",
}
# In test_archive_members.
MEMBERS = {
    "archive-streamed",
    "archive-root-upper",
    "archive-root-east",
    "archive-root-west",
    "archive-root-of-batch",
    "archive-rootless",
    "archive-uploads-bare",
    # In test_archive_content.
    "archive-lines-windows",
    "archive-lines-more",
    "archive-paths-complete",
    "archive-bzip2",
}


def test_every_variant_is_tested():
    groups = (LOOKS.keys(), COURSES, MANAGEMENT, MEMBERS, REQUESTS, STORES)
    assert sorted(VARIANTS) == sorted(chain.from_iterable(groups))


@pytest.mark.parametrize("name", LOOKS)
def test_variant_changes_only_the_responses_of_its_operations(name):
    number = list(LOOKS).index(name)
    kind, edition = KINDS[number % 2], EDITIONS[number // 2 % 2]
    applies, check = LOOKS[name]
    steps = course(edition, kind)
    site = VariantSite(VARIANTS[name], settings_for(edition), clock := ManualClock())
    outcomes = replay(site, clock, steps)
    site.close()
    # Lists and deletions are in test_job_management_variants.
    steps = tuple(step for step in steps if step.label[0] not in ("list", "delete"))
    expected = {step.label for step in steps if applies(step.label, step.clean)}
    changed = {step.label for step in steps if looks(outcomes[step.label]) != looks(step.clean)}
    assert changed == expected != set()
    for step in steps:
        if step.label in expected:
            assert check(step.clean, outcomes[step.label]), step.label


def date_of(reply):
    date = reply.header("date")
    assert date is not None
    return parsedate_to_datetime(date)


@pytest.fixture(params=["2026-03", "2026-11"])
def edition(request):
    return request.param


def test_rate_limited_refuses_every_third_request():
    for name, value in (
        ("rate-limited", "2"),
        ("rate-limited-until", "Thu, 19 Mar 2026 10:30:02 GMT"),
        ("rate-limited-silently", None),
    ):
        client = VariantClient(name)
        replies = [client.request() for _ in range(6)]
        assert [one.status for one in replies] == [202, 202, 429, 202, 202, 429]
        assert replies[2].header("retry-after") == value
        assert replies[2].header("date") == "Thu, 19 Mar 2026 10:30:00 GMT"
        assert body(replies[2])["error"]["status"] == 429


def test_rate_limited_does_not_limit_the_store():
    client = VariantClient("rate-limited")
    url = body(client.completed())["url"]
    assert [client.fetch(url).status for _ in range(4)] == [200] * 4


def test_ready_at_once_completes_without_generation_time(edition):
    client = VariantClient("ready-at-once", edition)
    assert state(client.poll(body(client.request())["export_id"])) == "complete"


def test_ready_before_answers_the_request_with_complete():
    client = VariantClient("ready-before")
    assert state(client.request()) == state(client.request()) == "complete"
    assert client.request().status == 200
    assert client.request("unknown").status == 404
    assert ask(client.site, "GET", "/somewhere").status == 404
    with pytest.raises(
        SandboxError, match="the variant ready-before exists in edition 2026-03 only"
    ):
        VariantClient("ready-before", "2026-11")


def test_ready_before_with_id_answers_with_a_job_that_can_be_polled():
    client = VariantClient("ready-before-with-id")
    reply = client.request()
    assert (reply.status, state(reply)) == (200, "complete")
    polled = client.poll(job := body(reply)["export_id"])
    assert (state(polled), body(polled)["export_id"]) == ("complete", job)
    assert body(client.request())["export_id"] == job
    assert client.request("unknown").status == 404
    assert ask(client.site, "GET", "/somewhere").status == 404


@pytest.mark.parametrize(("name", "seconds"), [("slow", 30), ("very-slow", 300)])
def test_slow_variants_complete_after_their_generation_time(name, seconds, edition):
    client = VariantClient(name, edition)
    job = body(client.request())["export_id"]
    client.clock.advance(seconds - 1)
    assert state(client.poll(job)) == "generating"
    client.clock.advance(1)
    assert state(client.poll(job)) == "complete"


def test_failing_job_variants_fail_the_first_or_every_job(edition):
    for name, states in (
        ("first-job-fails", ["failed", "complete"]),
        ("every-job-fails", ["failed", "failed"]),
    ):
        client = VariantClient(name, edition)
        assert [state(client.completed()) for _ in states] == states


def test_archives_deleted_fails_a_job_after_three_complete_responses(edition):
    client = VariantClient("archives-deleted", edition)
    job = body(client.request())["export_id"]
    assert state(client.poll(job)) == "generating"
    client.clock.advance(GENERATION)
    states = [state(client.poll(job)) for _ in range(5)]
    assert states == ["complete", "complete", "complete", "failed", "failed"]
    assert client.poll("unknown").status == 404


@pytest.mark.parametrize(("name", "days"), [("clock-ahead", 3), ("clock-behind", -3)])
def test_clock_variants_shift_date_and_expiry(name, days):
    client = VariantClient(name)
    reply = client.completed()
    sent = date_of(reply)
    assert sent == client.clock.now() + timedelta(days=days)
    assert datetime.fromisoformat(body(reply)["expires_at"]) - sent == timedelta(days=1)


def test_reset_keeps_the_variant():
    client = VariantClient("slow")
    client.site.reset()
    assert client.site.settings.generation_seconds == 30
    client.site.reset(settings_for("2026-11"))
    assert client.site.settings.generation_seconds == 30
    assert client.site.settings.edition == "2026-11"
    assert client.request().status == 202


def test_variant_without_clock_uses_the_system_clock():
    site = VariantSite(VARIANTS["charset"])
    sent = date_of(ask(site, "GET", "/", None))
    assert abs(sent - datetime.now(sent.tzinfo)) < timedelta(minutes=1)


def test_unknown_variant_is_refused():
    with pytest.raises(SandboxError, match="unknown variant 'charsets': did you mean charset?"):
        variant("charsets")
    assert variant("charset") is VARIANTS["charset"]


def test_variant_descriptions_are_well_formed():
    for one in VARIANTS.values():
        assert re.fullmatch(r"(It|Its|Nothing) .+[^. ]", one.sentence), one.name
