"""Secrets are removed from recordings, and nothing else is."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract.gate.laws._urls import readable_expiry
from prolific_contract.gate.trace import Credential, Exchange, HttpResponse
from prolific_contract.gate.trace._redaction import (
    HarRedactor,
    learn_signatures,
    urls_of,
    without_signatures,
)
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._urls import unsafe_reason

FEW = settings(max_examples=25, deadline=None)

SECRETS = st.text(
    st.characters(codec="ascii", categories=("L", "N"), include_characters="+/=%-_.~"),
    min_size=6,
    max_size=30,
).map(lambda text: f"S3cr3t{text}")
NAMES = st.sampled_from(
    ["X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "sig", "Signature", "anything"]
)
QUERIES = st.lists(st.tuples(NAMES, SECRETS.map(lambda value: quote(value, safe=""))), min_size=1)
HEADS = st.sampled_from(
    ["https://store.example/a/b.zip", "http://127.0.0.1:80/x", "/relative", "//host/x", "x"]
)

FEW = settings(max_examples=25, deadline=None)


def url_of(head, query):
    return f"{head}?{'&'.join(f'{name}={value}' for name, value in query)}"


URLS = st.builds(url_of, HEADS, QUERIES)
KEPT = "X-Amz-Date=20260320T100000Z&X-Amz-Expires=3600"


@FEW
@given(HEADS, QUERIES)
def test_query_values_are_hidden(head, query):
    hidden = HarRedactor().url(url_of(head, query))

    assert "S3cr3t" not in hidden
    assert hidden.startswith(f"{head}?")
    assert [pair.partition("=")[0] for pair in hidden.partition("?")[2].split("&")] == [
        name for name, _ in query
    ]


@FEW
@given(st.lists(URLS, min_size=1, max_size=6))
def test_hidden_urls_are_equal_only_if_the_originals_are(urls):
    hider = HarRedactor()
    hidden = [hider.url(url) for url in urls]

    assert len(set(hidden)) == len(set(urls))
    assert [hider.url(url) for url in urls] == hidden


@FEW
@given(URLS)
def test_expiry_of_a_url_is_not_hidden(url):
    url = f"{url}&{KEPT}"

    assert readable_expiry(HarRedactor().url(url)) == readable_expiry(url)
    assert readable_expiry(url)


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("https://h/x", "https://h/x"),
        ("https://h/x?", "https://h/x?"),
        ("https://h/x?a=&b=1", "https://h/x?a=&b=redacted-1"),
        ("https://h/x?opaque", "https://h/x?redacted-1"),
        ("https://h/x?a=1&b=1&c=2", "https://h/x?a=redacted-1&b=redacted-1&c=redacted-2"),
        ("https://h/x?Expires=1800000000", "https://h/x?Expires=1800000000"),
        ("https://h/x?expires=soon", "https://h/x?expires=redacted-1"),
        ("https://h/x?X-Goog-Date=20260320T100000Z", "https://h/x?X-Goog-Date=20260320T100000Z"),
        ("https://h/x?a=1#frag", "https://h/x?a=redacted-1#redacted"),
        ("https://user:pw@h/x?a=1", "https://redacted@h/x?a=redacted-1"),
        ("https://user:p?w@h/x?a=1", "https://[redacted]"),
    ],
)
def test_url_is_hidden_as_expected(url, hidden):
    assert HarRedactor().url(url) == hidden


@pytest.mark.parametrize(
    "url", ["https://u:p@h/x?a=1", "http://h/x?a=1", "https://h/x?a=1", "/x?a=1", "https://h/?a"]
)
def test_invalid_url_stays_invalid_after_redaction(url):
    assert (unsafe_reason(HarRedactor().url(url)) is None) == (unsafe_reason(url) is None)


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "cookie", "SET-COOKIE", "Proxy-Authorization", "X-Api-Key"),
        *("X-Amz-Security-Token", "X-Auth-Token", "X-CSRF", "Session-Id", "Client-Secret"),
        *("X-Goog-Signature", "X-Password", "X-Amz-Credential", "Authentication"),
    ],
)
def test_secret_headers_are_hidden_completely(name):
    assert HarRedactor().field(name, "whatever") == "[redacted]"


@pytest.mark.parametrize(
    "name", ["WWW-Authenticate", "Proxy-Authenticate", ":authority", "Content-Type", "Range"]
)
def test_headers_about_secrets_without_secrets_are_kept(name):
    assert HarRedactor().field(name, "whatever") == "whatever"


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ("application/json; charset=utf-8", "application/json; charset=utf-8"),
        ('"d41d8cd98f00b204e9800998ecf8427e"', '"d41d8cd98f00b204e9800998ecf8427e"'),
        ("https://h/x?sig=1", "https://h/x?sig=redacted-1"),
        ("<https://h/x?sig=1>; rel=next", "<https://h/x?[redacted]>; rel=next"),
    ],
)
def test_headers_that_contain_a_secret_are_hidden_in_part(value, hidden):
    assert HarRedactor().field("X-Any", value) == hidden


def escaped(url):
    return json.dumps(url).replace("/", "\\/").replace("&", "\\u0026").replace("=", "\\u003D")


@FEW
@given(URLS, st.sampled_from([json.dumps, escaped]), st.booleans())
def test_secrets_in_bodies_are_hidden(url, written, alone):
    text = (
        written(url) if alone else f'{{"status": "complete",\n "url": {written(url)}, "n": 1.50}}'
    )
    hidden, more = HarRedactor().body(text.encode())

    assert "S3cr3t" not in repr(json.loads(hidden))
    assert b"S3cr3t" not in hidden
    assert not more
    if not alone:
        assert hidden.startswith(b'{"status": "complete",\n "url": "')
        assert hidden.endswith(b', "n": 1.50}')


URL = "https://h/x?sig=S3cr3t"


@pytest.mark.parametrize(
    "body",
    [
        f'{{"url": "{URL}", "url": "{URL}2"}}',
        f'{{"url": "{URL}", "n": NaN, "m": -Infinity}}',
        f'\ufeff{{"url": "{URL}"}}',
        f'{{"url": "{URL}"}}{{"url": "{URL}"}}',
        f'{{"url": "{URL}"}} and so on: {URL}',
        f'{{"a\nb": "{URL}"}}',
        f"{{'url': '{URL}'}}",
        f'<a href="{URL}">x</a>',
        f"no JSON but {URL} in it",
        f'["{URL}"',
        f'"{URL}',
        "[" * 100_000 + f'"{URL}"',
        f'{{"{URL}": ["{URL}", {{"x": "see {URL} for more"}}]}}',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32", "latin-1"])
def test_secrets_in_malformed_bodies_are_hidden(body, encoding):
    if encoding == "latin-1":
        body = body.removeprefix("\ufeff") + "é"
    hidden, _ = HarRedactor().body(body.encode(encoding))

    for read in ("utf-8", "utf-16", "utf-16-be", "utf-32", "latin-1"):
        assert "S3cr3t" not in hidden.decode(read, "replace")
    # Of what is no JSON and has more than one byte a character nothing is left.
    if not encoding.startswith("utf-1") and not encoding.startswith("utf-3"):
        assert hidden.decode(encoding)[:1] == body[:1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"status": "generating", "export_id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890"}',
        b'\xef\xbb\xbf{"a" : 1, "a" : 2, "b":NaN}  \n',
        b'{"a": "\\u00e9\\/"} trailing',
        b'{"a": "caf\xe9"}',
        b"<html>503</html>",
        '{"a": "\\ud83d\\ude42 é"}'.encode(),
        '{"a": "é"}'.encode("utf-16"),
        '\ufeff{"a": "é"}'.encode("utf-16-be"),
    ],
)
def test_body_without_secrets_is_unchanged(body):
    assert HarRedactor().body(body) == (body, False)


def test_authorization_in_text_is_hidden():
    body = b'{"detail": "Authorization: Token abcdef is wrong"}'
    hidden, more = HarRedactor().body(body)

    assert b"abcdef" not in hidden
    assert more


def _until(moment):
    return {"DateLessThan": {"AWS:EpochTime": moment}}


def test_expiry_of_every_store_stays_readable():
    policy = {"Statement": [{"Resource": "https://h/*", "Condition": _until(1774004400)}]}
    encoded = base64.b64encode(json.dumps(policy).encode()).decode()
    for query in (
        "X-Amz-Date=20260320T100000Z&X-Amz-Expires=3600",
        "Expires=1774004400",
        "se=2026-03-20T11%3A00%3A00Z&sig=s3cr3t",
        f"Policy={encoded.translate(str.maketrans('+=/', '-_~'))}&Signature=s3cr3t",
    ):
        shown = HarRedactor().url(f"https://h/a.zip?{query}")
        assert readable_expiry(shown) == datetime(2026, 3, 20, 11, tzinfo=UTC)
        assert "s3cr3t" not in shown
    assert encoded[:40] not in shown


@pytest.mark.parametrize("value", ["", "s3cr3t", "eyJTdGF0ZW1lbnQiOltdfQ__", "W10_"])
def test_policy_without_a_time_is_redacted(value):
    shown = HarRedactor().url(f"https://h/a.zip?Policy={value}")
    assert shown == f"https://h/a.zip?Policy={'redacted-1' if value else ''}"


def test_ids_in_a_url_are_not_signatures():
    path = "/api/v1/data-collection/batches/batch-0001/export/a1b2c3d4-e5f6-4890"
    body = b'{"url": "https://h/?job=A1B2C3D4-e5f6-4890.s3cr3ts3cr3t&a=a1b2c3d4-e5f6"}'
    response = HttpResponse(200, body=body)
    whole = Exchange(0, "GET", f"https://a{path}", "https://a", Credential.VALID, response=response)
    part = evolve(whole, url=whole.url.removesuffix("-4890"))
    signatures, ids = Redactor(), set()
    for one in (part, whole):
        learn_signatures(signatures, one, ids)
    assert signatures.known("a1b2c3d4-e5f6-4890") == "a1b2c3d4-e5f6-4890"
    assert signatures.known(".s3cr3ts3cr3t") == "[redacted]"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"\xff\x00\x01?sig=S3cr3t", b"\xff" + bytes(13)),
        (b"\x1f\x8b\x08\x00\x00\x01?sig", b"\x1f\x8b\x08\x00\x00" + bytes(5)),
        (b"\x28\xb5\x2f\xfd\x04\x58", b"\x28\xb5\x2f\xfd\x04" + bytes(1)),
        (b"https://h/?sig=S3cr3t \xff\x00", b"https://h/?[redacted] \xff\x00"),
        (b"a\x00 https://h/?sig=S3cr3t", b"a\x00 https://h/?[redacted]"),
        (b"xhttps://h/?sig=S3cr3t", b"xhttps://h/?[redacted]"),
    ],
)
def test_bytes_that_are_not_text_become_nulls(body, shown):
    assert HarRedactor().body(body) == (shown, False)


@FEW
@given(st.binary(max_size=200))
def test_redaction_accepts_any_bytes(body):
    HarRedactor().body(body)


SIGNED = "https://h/x.zip?X-Amz-Signature=S3cr3tS3cr3tS3cr3t"
ALONE = "S3cr3tS3cr3tS3cr3t"


def exchanged(response=None, **more) -> Exchange:
    given = {"index": 0, "method": "GET", "url": SIGNED, "base_url": "https://api"}
    return Exchange(**(given | more), credential=Credential.NONE, response=response)


def known():
    signatures = Redactor()
    signatures.learn(SIGNED)
    return signatures


def test_urls_of_an_exchange_are_fetched_issued_or_redirect_targets():
    response = HttpResponse(200, (("Location", "/y?a=b"),), b'{"url": "https://h/z?c=d"}')
    path = "https://api/api/v1/data-collection/batches/b1/export"

    assert list(urls_of(exchanged(response))) == [SIGNED, "https://h/z?c=d", "/y?a=b"]
    assert list(urls_of(exchanged(url=path))) == []


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        (f'{{"url": "{SIGNED}"}}', f'{{"url": "{SIGNED}"}}'),
        (f'{{"said": "{ALONE}"}}', '{"said": "[redacted]"}'),
        (f"see {SIGNED} or {ALONE}", f"see {SIGNED} or [redacted]"),
        (f"https://{ALONE}/?a={ALONE}", f"https://[redacted]/?a={ALONE}"),
        (f"what?{ALONE}", "what?[redacted]"),
        (f"\0{ALONE}", f"\0{'*' * len(ALONE)}"),
        ("nothing", "nothing"),
    ],
)
def test_signatures_appear_only_in_urls(body, hidden):
    response = HttpResponse(200, ((f"X-{ALONE}", ALONE), ("Location", SIGNED)), body.encode())
    kept = without_signatures(exchanged(response), known()).response

    assert kept is not None

    assert kept.headers == (("X-[redacted]", "[redacted]"), ("Location", SIGNED))
    assert kept.body == hidden.encode()
    assert kept.redacted


def test_failures_do_not_show_url_signatures():
    kept = without_signatures(exchanged(failure=f"no {ALONE}"), known())

    assert kept.failure == "no [redacted]"


def test_exchange_without_signatures_is_unchanged():
    for exchange in (exchanged(), exchanged(HttpResponse(200, (("Location", SIGNED),), b"{}"))):
        assert without_signatures(exchange, known()) == exchange


@FEW
@given(
    st.lists(
        st.sampled_from(
            [ALONE, ALONE[:11], ALONE[3:16], SIGNED, ALONE.upper(), "{", '"', " ", "\0", "%41", "x"]
        ),
        max_size=5,
    ).map("".join),
    st.sampled_from(["body", "name", "value", "failure"]),
)
def test_search_of_a_whole_exchange_changes_what_a_search_of_its_parts_does(text, where):
    parts = {"body": "{}", "name": "X", "value": "1", "failure": None} | {where: text}
    response = HttpResponse(
        200, (("Location", SIGNED), (parts["name"], parts["value"])), parts["body"].encode()
    )
    exchange = exchanged(response, failure=parts["failure"])
    thorough = known()
    thorough.may_find = lambda texts, body=b"": True

    assert without_signatures(exchange, known()) == without_signatures(exchange, thorough)
