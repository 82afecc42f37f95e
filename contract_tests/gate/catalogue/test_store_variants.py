"""The variants of download URLs and of the store behind them, over the course of an export."""

import base64
import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from helpers.export_requests import BASE, body, content
from helpers.variant_client import VariantClient, members_of
from prolific_contract import EDITIONS
from prolific_contract.sandbox.variants import VARIANTS


def query_of(url):
    return {name: values for name, [values] in parse_qs(urlsplit(url).query).items()}


def expiry_of(reply):
    return datetime.fromisoformat(body(reply)["expires_at"])


def test_urls_short_lived_expire_after_an_hour():
    client = VariantClient("urls-short-lived", "2026-03")
    assert expiry_of(client.completed()) == client.clock.now() + timedelta(hours=1)


@pytest.mark.parametrize("name", [name for name in VARIANTS if name.startswith("urls-")])
def test_url_form_variants_serve_the_archive(name):
    client = VariantClient(name)
    url = client.archive_url().replace("https://exports.example", BASE)
    assert members_of(client.fetch(url))
    assert client.fetch(url, range="bytes=-22").status == 206


def test_cloudfront_policy_contains_the_expiry():
    reply = VariantClient("urls-cloudfront-policy").completed()
    encoded = query_of(body(reply)["url"])["Policy"]
    policy = json.loads(base64.b64decode(encoded.translate(str.maketrans("-_~", "+=/"))))

    [statement] = policy["Statement"]
    seconds = statement["Condition"]["DateLessThan"]["AWS:EpochTime"]
    assert seconds == expiry_of(reply).timestamp()


def test_azure_expiry_without_seconds_is_the_minute_of_expires_at():
    client = VariantClient("urls-azure-minutes")
    client.clock.advance(25)
    reply = client.completed()
    expiry = expiry_of(reply)

    assert expiry.second
    assert query_of(body(reply)["url"])["se"] == f"{expiry:%Y-%m-%dT%H:%MZ}"


@pytest.mark.parametrize("edition", EDITIONS)
def test_urls_kept_sends_one_url_until_it_expires(edition):
    client = VariantClient("urls-kept", edition)
    job = client.completed_job()
    first = client.poll(job)
    client.clock.advance(60)
    again = client.poll(job)
    client.clock.advance((expiry_of(first) - client.clock.now()).total_seconds())
    renewed = client.poll(job)

    assert content(again) == content(first)
    assert again.header("date") != first.header("date")
    assert body(renewed)["url"] != body(first)["url"]
    assert expiry_of(renewed) > expiry_of(first) == client.clock.now()
    assert client.fetch(body(first)["url"]).status == 403
    assert members_of(client.fetch(body(renewed)["url"]))


def test_urls_kept_keeps_the_urls_of_two_jobs_apart():
    client = VariantClient("urls-kept", "2026-11")
    urls = [client.archive_url() for _ in range(2)]

    assert urls[0] != urls[1]
    assert all(members_of(client.fetch(url)) for url in urls)


def test_plain_sandbox_signs_a_url_for_every_response():
    client = VariantClient(None)
    job = client.completed_job()
    first = body(client.poll(job))["url"]
    client.clock.advance(60)

    assert body(client.poll(job))["url"] != first


def test_store_whole_ignores_ranges():
    client = VariantClient("store-whole")
    reply = client.fetch(client.archive_url(), range="bytes=-22")
    assert reply.status == 200
    assert reply.header("accept-ranges") is None
    assert members_of(reply)


def test_store_no_suffix_refuses_ranges_from_the_end_only():
    client = VariantClient("store-no-suffix")
    url = client.archive_url()
    assert client.fetch(url, range="bytes=-22").status == 400
    assert client.fetch(url, range="bytes=0-21").status == 206
    assert members_of(client.fetch(url))


@pytest.mark.parametrize(
    ("asked", "start", "length"),
    [
        ("bytes=0-", 0, 1024),
        ("bytes=10-1034", 10, 1024),
        ("bytes=10-1033", 10, 1024),
        ("bytes=10-19", 10, 10),
        ("bytes=-1025", -1025, 1024),
        ("bytes=-22", -22, 22),
    ],
)
def test_store_pieces_sends_at_most_a_kilobyte_of_a_range(asked, start, length):
    client = VariantClient("store-pieces")
    url = client.archive_url()
    whole = content(client.fetch(url))
    start %= len(whole)
    piece = client.fetch(url, range=asked)

    assert piece.status == 206
    assert content(piece) == whole[start : start + length]
    assert piece.header("content-range") == f"bytes {start}-{start + length - 1}/{len(whole)}"


def test_store_pieces_sends_the_whole_archive_without_a_range():
    client = VariantClient("store-pieces")
    url = client.archive_url()
    whole = client.fetch(url)

    assert whole.status == 200
    assert len(content(whole)) > 1025
    assert members_of(whole)
    assert client.fetch(url, range=f"bytes={len(content(whole))}-").status == 416


def test_store_weak_etags_sends_another_etag_with_every_response():
    client = VariantClient("store-weak-etags")
    url = client.archive_url()
    replies = [client.fetch(url), client.fetch(url), client.fetch(url, range="bytes=0-9")]

    assert [one.header("etag") for one in replies] == ['W/"0"', 'W/"1"', 'W/"2"']
    assert content(replies[0]) == content(replies[1])
    assert content(replies[2]) == content(replies[0])[:10]
    # A weak ETag never matches (RFC 9110, section 13.1.1).
    assert client.fetch(url, **{"if-match": 'W/"2"'}).status == 412


def test_archive_comment_is_served_in_ranges():
    client = VariantClient("archive-comment")
    url = client.archive_url()
    reply = client.fetch(url, range="bytes=-20")
    assert (reply.status, content(reply)) == (206, content(client.fetch(url))[-20:])
    assert content(reply).endswith(b"on request. ")
    assert client.fetch(url.partition("?")[0]).status == 403


def test_archive_many_files_has_a_directory_over_64_kib():
    client = VariantClient("archive-many-files")
    data = content(client.fetch(client.archive_url()))
    assert len(data) - int.from_bytes(data[-6:-2], "little") > 0xFFFF + 22


def test_archive_no_responses_yet_has_empty_response_files():
    client = VariantClient("archive-no-responses-yet")
    files = members_of(client.fetch(client.archive_url()))
    assert [it for name, it in files.items() if name.endswith(".jsonl")] == [b"", b""]
