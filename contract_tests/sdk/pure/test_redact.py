"""No text that went through `redact` gives a secret away, and other text stays as it was."""

import html
import json
import string
import time
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports._model._redaction import MARK, redact
from prolific_exports._model._redactor import Redactor

TOKEN = "kq3v9Xw2Lr7tYb5nMz8cHd4fGj6sPa1e"
# How the same characters look in what a server, a library or a terminal writes.
WRITTEN = {
    "plain": str,
    "json": json.dumps,
    "json, slashes escaped": lambda text: json.dumps(text).replace("/", "\\/"),
    "json for html": lambda text: (
        json.dumps(text).replace("&", "\\u0026").replace("=", "\\u003d").replace("'", "\\u0027")
    ),
    "json in json": lambda text: json.dumps(json.dumps({"url": text})),
    "json, all for html": lambda text: (
        json.dumps(text).replace("<", "\\u003c").replace(">", "\\u003e").replace('\\"', "\\u0022")
    ),
    "html": html.escape,
    "xml": lambda text: f"<Resource>{html.escape(text)}</Resource>",
    "python": repr,
    "python bytes": lambda text: repr(text.encode()),
    "python tuple": lambda text: repr([(b"Location", text.encode()), ("x",)]),
}
written = st.sampled_from(sorted(WRITTEN)).map(WRITTEN.__getitem__)
# What is secret is written with Z, and nothing else is.
secret = st.text("Z", min_size=1, max_size=20)
around = st.text(st.characters(exclude_characters="Z", codec="utf-8"), max_size=30)
lower = string.ascii_lowercase + string.digits
path = st.text(lower + "-._~!$&'()*+,;=:@/%", max_size=30)
value = st.builds(
    "{}{}{}".format, st.text(lower + "-._~!$'()*+,;:@/?%", max_size=10), secret, st.text("%2b'")
)


@st.composite
def signed_urls(draw: st.DrawFn) -> str:
    parameters = draw(st.lists(st.tuples(st.text(lower, max_size=8), value), min_size=1))
    query = "&".join(f"{name}={value}" for name, value in parameters)
    scheme = draw(st.sampled_from(["https", "http", "HTTPS", "s3"]))
    return f"{scheme}://{draw(st.text(lower, min_size=1))}/{draw(path)}?{query}"


@settings(deadline=None)
@given(around, signed_urls(), around, written)
def test_query_of_a_url_is_hidden_anywhere_in_a_text(before, url, after, write):
    assert "Z" not in redact(before + write(url) + after)


@settings(deadline=None)
@given(around, signed_urls(), around, written, st.data())
def test_query_is_hidden_in_truncated_text(before, url, after, write, data):
    text = before + write(url) + after
    start = data.draw(st.integers(0, text.index("?")))
    end = data.draw(st.integers(start, len(text)))
    assert "Z" not in redact(text[start:end])


@settings(deadline=None)
@given(around, signed_urls(), around)
def test_query_is_hidden_in_a_percent_encoded_url(before, url, after):
    assert "Z" not in redact(before + quote(url, safe="") + after)


passwords = st.text(lower + "!$&'()*+,;=:/?#%@", max_size=5)


@settings(deadline=None)
@given(around, passwords, secret, passwords, path, written)
def test_password_with_any_characters_is_hidden(before, one, middle, other, rest, write):
    assert "Z" not in redact(before + write(f"https://user:{one}{middle}{other}@host/{rest}"))


@pytest.mark.parametrize(
    "name",
    [
        "X-Amz-Signature",
        "X-Amz-Credential",
        "X-Amz-Security-Token",
        "x-goog-signature",
        "Signature",
        "AWSAccessKeyId",
        "Key-Pair-Id",
        "sig",
        "token",
        "access_token",
    ],
)
@pytest.mark.parametrize("equals", ["=", "%3D", "\\u003d"])
def test_signing_parameter_is_hidden_without_its_url(name, equals):
    assert redact(f"Bad value {name}{equals}SECRET&x=SECRET here") == (
        f"Bad value {name}{equals}{MARK} here"
    )


@settings(deadline=None)
@given(
    around,
    st.sampled_from(
        [
            "<SignatureProvided>{}</SignatureProvided>",
            "<Credential>\n  {}\n</Credential>",
            '{{"X-Amz-Signature":"{}"}}',
            '{{"X-Amz-Security-Token" : "{}", "n": 1}}',
            "X-Amz-Signature: {}\r\n",
            "AWSAccessKeyId:{}",
            "{{'sig': '{}'}}",
        ]
    ),
    st.text("Z+/=%-_.~", min_size=15, max_size=64).map("Z{}".format),
    around,
    written,
)
def test_signature_in_a_field_value_is_hidden(before, field, secret, after, write):
    assert "Z" not in redact(before + write(field.format(secret)) + after)


def test_value_that_looks_like_a_signature_is_hidden():
    digest = "0123456789abcdef" * 4
    assert redact(f"ature={digest}&x=1") == f"ature={MARK}"
    assert redact("export_id=0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b") == (
        "export_id=0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://h/x?sig=1 now", f"see https://h/x?{MARK} now"),
        ("https://h/O'Brien.zip?a=1", f"https://h/O'Brien.zip?{MARK}"),
        ("https://h/x?justone", f"https://h/x?{MARK}"),
        ('{"url":"https:\\/\\/h\\/x?a=1","n":2}', f'{{"url":"https:\\/\\/h\\/x?{MARK}","n":2}}'),
        ("GET /key?X-Amz-Date=1 HTTP/1.1", f"GET /key?{MARK} HTTP/1.1"),
        ("https://h/my file.zip?a=1", f"https://h/my file.zip?{MARK}"),
        ("https://user:pw@h/x", f"https://{MARK}@h/x"),
        ("https://user:pw@h/x?a=1", f"https://{MARK}@h/x?{MARK}"),
        ("socks5://user:p/w@h", f"socks5://{MARK}@h"),
        ("https://user:p?w@h", f"https://{MARK}"),
        ("https://h/x?mail=a@b", f"https://{MARK}"),
        ("?u=https://h/a@b", MARK),
        ("authorization: Token abc", f"authorization: Token {MARK}"),
        ("[(b'Authorization', b'Token abc')]", f"[(b'Authorization', b'Token {MARK}')]"),
        ('"Authorization":"Bearer abc"', f'"Authorization":"Bearer {MARK}"'),
        ("<Signature>0123456789abcdef</Signature>", f"<Signature>{MARK}</Signature>"),
        ('{"sig":"0123456789abcdef","n":1}', f'{{"sig":"{MARK}","n":1}}'),
        ("X-Amz-Signature: 0123456789abcdef, n", f"X-Amz-Signature: {MARK}, n"),
    ],
)
def test_other_text_stays_readable(text, shown):
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Is it there? Yes, x=1.",
        "Who asks?me",
        "a@b.example wrote: 3 < 4 & 5 > 4",
        "https://api.prolific.com/api/v1/data-collection/batches/",
        "Invalid token.",
        "Authorization required",
        "signature does not match",
        "signature: does not match",
        "The token: https://docs.example/tokens",
    ],
)
def test_text_without_secrets_is_unchanged(text):
    assert Redactor(TOKEN).text(text) == text


@settings(deadline=None)
@given(st.one_of(around, signed_urls()), st.one_of(around, signed_urls()))
def test_redaction_is_idempotent(one, other):
    once = Redactor(TOKEN).text(f"{one} {other}")
    assert Redactor(TOKEN).text(once) == once


tokens = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "-_.+/=&\\'\"~"),
    min_size=12,
    max_size=40,
)


def fragments(text):
    return {text[start : start + 12] for start in range(len(text) - 11)}


@settings(deadline=None)
@given(
    around,
    tokens,
    around,
    st.sampled_from([str, html.escape, lambda t: json.dumps(t)[1:-1], lambda t: quote(t, safe="")]),
    st.integers(1, 3),
)
def test_token_is_hidden_in_any_encoding(before, token, after, write, times):
    form = write(token)
    shown = Redactor(token).text(before + form * times + after)
    assert not any(fragment in shown for fragment in fragments(form))


@settings(deadline=None)
@given(around, st.data(), around)
def test_part_of_the_token_is_hidden(before, data, after):
    start = data.draw(st.integers(0, len(TOKEN)))
    end = data.draw(st.integers(start, len(TOKEN)))
    shown = Redactor(TOKEN).text(before + TOKEN[start:end] + after)
    assert not any(fragment in shown for fragment in fragments(TOKEN))


def test_less_than_12_characters_of_the_token_are_not_hidden():
    assert Redactor(TOKEN).text(f"a {TOKEN[5:17]} b") == f"a {MARK} b"
    assert Redactor(TOKEN).text(f"a {TOKEN[5:16]} b") == f"a {TOKEN[5:16]} b"


def test_only_the_token_is_replaced():
    assert Redactor(TOKEN).text(f"a {TOKEN}{TOKEN} b {TOKEN[:20]}… c") == (
        f"a {MARK}{MARK} b {MARK}… c"
    )
    assert Redactor("longish1").text("the longish1 one") == f"the {MARK} one"
    assert Redactor("").text("nothing to hide") == "nothing to hide"


@pytest.mark.parametrize(
    "text",
    [
        *("https://" * 8192, "a" * 65536, "?=" * 32768, "signature" * 7281, "@:/" * 21845),
        *("=a" * 32768, "sig" + '"' * 65536, "sig:" * 16384, "sig&quot;:&quot;" * 4096),
        *("%25" * 21845, "\\\\" * 32768, "&#" + "0" * 65536, "\0" * 65536, TOKEN[:11] * 5957),
        *(TOKEN * 2048, f"token {TOKEN[0]}" * 8192),
    ],
)
def test_redaction_time_is_linear(text):
    began = time.process_time()
    Redactor(TOKEN).text(text)
    # It takes about 0.01 s; with patterns that look back it was 6 s.
    assert time.process_time() - began < 1


@settings(deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode)), st.integers(1, 50))
def test_excerpt_is_one_short_printable_line(body, limit):
    shown = Redactor(TOKEN).excerpt(body, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    assert shown == shown.strip()


def test_truncated_excerpt_is_marked():
    assert Redactor().excerpt(b"abcdef", limit=6) == "abcdef"
    assert Redactor().excerpt(b"abcdefg", limit=6) == "abcde…"
    assert len(Redactor().excerpt(b"x" * 1000)) == 300


def test_excerpt_folds_whitespace_and_replaces_control_characters():
    assert Redactor().excerpt(b"  a\r\n\tb \x1b[2Jc\x00\xff ") == "a b \ufffd[2Jc\ufffd\ufffd"


def test_excerpt_hides_secrets_before_truncation():
    body = f"{'a' * 280} {TOKEN} https://h/x?X-Amz-Signature=SECRET".encode()
    assert Redactor(TOKEN).excerpt(body) == f"{'a' * 280} {MARK} https:/…"


@pytest.mark.parametrize("space", [b" ", b"\n", b"\t", b'"', b"<", b">"])
def test_partial_secret_at_the_end_is_not_shown(space):
    body = b" " * 65519 + space + b"https://user:password@host/"
    assert len(body) > 65536
    assert "user" not in Redactor().excerpt(body)


def test_complete_last_word_is_shown():
    assert Redactor().excerpt(b" " * 65530 + b"whole!") == "whole!"
    assert Redactor().excerpt(b" " * 65530 + b"whole!?") == ""


def test_long_single_word_body_is_shown():
    assert Redactor().excerpt(b"x" * 70000) == "x" * 299 + "…"
