"""Secrets that are known are hidden in whole and in part, however they are written."""

import html
import json
import threading
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prolific_exports._model._redaction import MARK
from prolific_exports._model._redactor import FRAGMENT, Cause, Redactor

TOKEN = "kq3v9Xw2/Lr7tYb5n+Mz8cHd4f_Gj6sPa1e-"
SIGNATURE = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
CREDENTIAL = "AKIA5Q7EXAMPLE/20260320/eu-west-1/s3/aws4_request"
SIGNED = (
    "https://store.example/a.zip?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    f"&X-Amz-Credential={quote(CREDENTIAL, safe='')}&X-Amz-Date=20260320T100000Z"
    f"&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature={SIGNATURE}"
)


def every(form):
    return lambda text: "".join(form(ord(character)) for character in text)


ONE_BY_ONE = {
    "json": every("\\u{:04x}".format),
    "json, upper case": every("\\u{:04X}".format),
    "javascript": every("\\u{{{:x}}}".format),
    "bytes": every("\\x{:02x}".format),
    "octal": every("\\{:03o}".format),
    "url": every("%{:02X}".format),
    "old url": every("%u{:04x}".format),
    "html": every("&#{};".format),
    "html, filled": every("&#{:07};".format),
    "html, hex": every("&#x{:X};".format),
}
WHOLE = {
    "as it is": str,
    "lower case": str.lower,
    "upper case": str.upper,
    "json, slashes escaped": lambda text: json.dumps(text).replace("/", "\\/"),
    "json in json": lambda text: json.dumps(json.dumps(text)),
    "url": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "html, by name": lambda text: text.replace("/", "&sol;").replace("+", "&plus;"),
    "html": html.escape,
    "bytes": lambda text: repr(text.encode()),
    "bytes of utf-16": lambda text: repr(text.encode("utf-16")),
    "utf-16 taken for another": lambda text: text.encode("utf-16-le").decode("latin-1"),
}
FORMS = WHOLE | ONE_BY_ONE
forms = st.lists(st.sampled_from(sorted(FORMS)), max_size=2)
# None of it is in the token, so that the remaining characters of the token can be counted.
around = st.text(st.sampled_from(" <>{}[],;:!?é\U0001f642"), max_size=20)


def left_of(secret, text):
    """The longest part of a secret that a text holds, in any case."""
    text, secret = text.lower(), secret.lower()
    sizes = range(len(secret), 0, -1)
    return next(
        (n for n in sizes if any(secret[i : i + n] in text for i in range(len(secret) - n + 1))), 0
    )


@settings(deadline=None)
@given(around, around, forms)
@example("", "", [])
def test_token_in_two_nested_encodings_is_hidden(before, after, chosen):
    written = TOKEN
    for name in chosen:
        written = FORMS[name](written)
    shown = Redactor(TOKEN).text(f"{before}{written}{after}")

    assert MARK in shown
    assert left_of(TOKEN, shown) < FRAGMENT


@pytest.mark.parametrize("form", FORMS)
def test_text_around_the_token_is_unchanged(form):
    shown = Redactor(TOKEN).text(f"before {FORMS[form]('and' + TOKEN + 'or')} after")

    assert shown.startswith("before ")
    assert shown.endswith(" after")


@settings(deadline=None)
@given(around, st.data(), st.sampled_from(sorted(FORMS)))
def test_twelve_characters_of_a_secret_are_hidden_and_eleven_are_not(before, data, form):
    size = data.draw(st.integers(FRAGMENT - 1, len(TOKEN)))
    start = data.draw(st.integers(0, len(TOKEN) - size))
    written = FORMS[form](TOKEN[start : start + size])
    shown = Redactor(TOKEN).known(f"{before}{written}")

    assert (shown == f"{before}{written}") == (size < FRAGMENT)
    assert left_of(TOKEN, shown) < FRAGMENT


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "T", "To", "Token ", "Authorization: Token "])
@pytest.mark.parametrize("after", ["", ".", "\r\n"])
def test_token_in_base64_is_hidden(encode, before, after):
    shown = Redactor(TOKEN).text(encode(f"{before}{TOKEN}{after}".encode()).decode())
    middle = encode(TOKEN[3:-3].encode()).decode().rstrip("=")

    assert MARK in shown
    assert left_of(middle, shown) < FRAGMENT


def test_invalid_escapes_are_unchanged():
    text = r"100% \q &nosuch; &#; \u12 %zz & \0 &#x110000; \u{110000}"
    assert Redactor(TOKEN).text(f"{text} {TOKEN}") == f"{text} {MARK}"


@pytest.mark.parametrize("depth", range(6))
def test_four_layers_of_escapes_are_decoded(depth):
    written = ONE_BY_ONE["url"](TOKEN)
    for _ in range(depth):
        written = written.replace("%", "%25")
    assert (Redactor(TOKEN).known(written) == MARK) == (depth < 4)


@pytest.mark.parametrize("token", ["a", "200", "short", "Token", "a.b"])
def test_short_token_does_not_change_other_words(token):
    words = "GET /a answered 200 OK: a short Token is a.b in key-200, token_short, tokens"
    assert Redactor(token).text(words) == words


@pytest.mark.parametrize("token", ["a", "200", "short", "a.b"])
@pytest.mark.parametrize(
    "place",
    ["Token {}", "authorization: {}", "Bearer {},", "'token': '{}'", '{{\\"api_key\\":\\"{}\\"}}'],
)
def test_short_token_is_hidden_where_tokens_are_expected(token, place):
    assert Redactor(token).known(f"the {place.format(token)}") == f"the {place.format(MARK)}"


def test_token_of_eight_characters_is_hidden_as_a_complete_word():
    assert Redactor("a8bcdef9").text("xa8bcdef9y %618BCDEF9 a8bcdef") == f"x{MARK}y {MARK} a8bcdef"


@pytest.mark.parametrize("secret", [SIGNATURE, CREDENTIAL, SIGNATURE[7:19], CREDENTIAL[:20]])
def test_url_signature_is_hidden_outside_its_url(secret):
    redactor = Redactor()
    assert secret in redactor.known(f"the store says {secret}.")
    redactor.learn(SIGNED)

    assert redactor.text(f"the store says {secret}.") == f"the store says {MARK}."
    assert MARK in redactor.text(f"<a>{html.escape(quote(secret, safe=''))}</a>")


def test_public_parts_of_a_url_stay_readable():
    redactor = Redactor()
    redactor.learn(
        f"{SIGNED}&response-content-disposition=attachment&se=2026-03-20T10:00:00Z"
        "&export_id=a1b2c3d4-e5f6-4890-abcd-ef1234567890&of=store.example%2Fa.zip"
    )
    public = (
        "AWS4-HMAC-SHA256 20260320T100000Z 3600 host attachment 2026-03-20T10:00:00Z "
        "a1b2c3d4-e5f6-4890-abcd-ef1234567890 https://store.example/a.zip"
    )

    assert redactor.text(public) == public


@pytest.mark.parametrize(
    "url", ["https://h/x", "https://h/x?", "https://h/x?a&b=&c=short#long-fragment"]
)
def test_url_without_secrets_teaches_nothing(url):
    redactor = Redactor()
    redactor.learn(url)

    assert redactor.known(f"{url} short long-fragment") == f"{url} short long-fragment"


def test_latest_urls_are_remembered():
    redactor = Redactor()
    values = [f"{number:0128}" for number in range(1100)]
    for value in values:
        redactor.learn(f"https://h/x?{value}")

    assert redactor.known(values[-1]) == MARK
    assert redactor.known(values[100]) == MARK
    assert MARK not in Redactor().known(values[0])


def test_too_long_url_is_recognised_by_its_start():
    redactor = Redactor()
    redactor.learn(f"https://h/x?sig={'0123456789abcdef' * 1024}ghijklmnopqrstuv")

    assert redactor.known("x 0123456789abcdef x") == f"x {MARK} x"
    assert redactor.known("ghijklmnopqrstuv") == "ghijklmnopqrstuv"


def test_json_and_header_fields_are_hidden_in_names_and_values():
    redactor = Redactor(TOKEN)

    assert redactor.json({f"x {TOKEN}": [TOKEN.lower(), 1, None, {"a": SIGNED}]}) == {
        f"x {MARK}": [MARK, 1, None, {"a": f"https://store.example/a.zip?{MARK}"}]
    }
    assert redactor.headers([(f"X-{TOKEN}", "1"), ("X", f"<{TOKEN}>")]) == (
        (f"X-{MARK}", "1"),
        ("X", f"<{MARK}>"),
    )


# Parts of secrets, of escapes and of words that announce a token: what one text ends with, the
# next one may continue.
PARTS = st.sampled_from(
    [
        *(FORMS[form](TOKEN)[start:stop] for form in FORMS for start, stop in ((0, 40), (3, None))),
        *("\\", "\\u00", "\\u{0", "\\x4", "%", "%2", "%25", "&", "&#", "&#x4", "&#84", "&so", "l;"),
        *(
            "54",
            "4",
            "u0054",
            "/",
            '"',
            "\0",
            "\n",
            "token",
            "Bearer ",
            ": ",
            "short",
            "é",
            "\u20ac",
        ),
    ]
)
texts_of_parts = st.lists(st.lists(PARTS, max_size=4).map("".join), max_size=6)
redactors = st.sampled_from([Redactor(TOKEN), Redactor("short"), Redactor("a8bcdef9"), Redactor()])


@settings(deadline=None)
@given(redactors, texts_of_parts, texts_of_parts)
@example(Redactor("short"), ["the token", "short"], [])
@example(Redactor(TOKEN), ["&#75", TOKEN[1:13], "\\"], ["u006b", TOKEN[:12]])
def test_one_search_of_many_texts_misses_nothing_that_a_search_of_each_finds(
    redactor, texts, parts
):
    body = "".join(parts).encode()
    hidden = [redactor.known(text) for text in texts]
    changed = hidden != texts or redactor.body(body) != body

    assert redactor.may_find(texts, body) or not changed
    fields = tuple(zip(texts, reversed(texts), strict=True))
    assert redactor.headers(fields) == tuple(zip(hidden, reversed(hidden), strict=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_secret_in_any_of_many_texts_is_found(form, at):
    texts = ["Content-Type", "application/json", ""]
    texts[at] += FORMS[form](TOKEN)

    assert Redactor(TOKEN).may_find(texts)
    assert Redactor(TOKEN).may_find([], "".join(texts).encode())


def test_secret_divided_between_texts_does_not_count():
    assert not Redactor(TOKEN).may_find(
        [TOKEN[:11], TOKEN[11:22], TOKEN[22:33]], TOKEN[33:].encode()
    )


def test_secrets_side_by_side_are_hidden_one_by_one():
    redactor = Redactor()
    for secret in ("abcdefghijkl", "mnopqrstuvwx"):
        redactor.learn_value(secret)

    assert redactor.known("abcdefghijklmnopqrstuvwx") == MARK * 2
    assert redactor.known("<abcdefghijkl mnopqrstuvwx>") == f"<{MARK} {MARK}>"


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"PK\x03\x04\0\0"])
def test_body_without_secrets_is_unchanged(body):
    assert Redactor(TOKEN).body(body) is body


def test_binary_body_keeps_its_length():
    body = b"PK\x03\x04\0\0" + TOKEN.encode() + b"\xff"

    assert Redactor(TOKEN).body(body) == b"PK\x03\x04\0\0" + b"*" * len(TOKEN) + b"\xff"
    assert Redactor(TOKEN).body(b"\xff" + TOKEN.encode()) == b"\xff" + MARK.encode()


def test_cause_has_only_classes_and_messages_of_its_chain():
    request = httpx.Request("GET", "https://h/x", headers={"Authorization": f"Token {TOKEN}"})
    try:
        try:
            try:
                raise OSError(5, f"no {TOKEN}")
            except OSError:
                raise KeyError  # noqa: B904 - its context
        except KeyError as error:
            raise httpx.ReadError(f"illegal {TOKEN}", request=request) from error
    except httpx.ReadError as error:
        cause: Any = Redactor(TOKEN).cause(error)

    chain = [cause, cause.__cause__, cause.__cause__.__cause__]
    assert list(map(str, chain)) == [
        f"httpx.ReadError: illegal {MARK}",
        "KeyError",
        f"OSError: [Errno 5] no {MARK}",
    ]
    for one in chain:
        assert type(one) is Cause
        assert (one.__context__, one.__traceback__, vars(one)) == (None, None, {})
    assert chain[-1].__cause__ is None


def test_cause_of_a_circular_or_endless_chain_terminates():
    cut = ValueError("cut")
    cut.__context__, cut.__suppress_context__ = KeyError("hidden"), True
    assert Redactor().cause(cut).__cause__ is None

    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert str(Redactor().cause(one).__cause__) == "ValueError: other"
    cause: Any = Redactor().cause(one)
    assert cause.__cause__.__cause__ is None

    deep = ValueError(0)
    for number in range(50):
        deeper = ValueError(number)
        deeper.__cause__ = deep
        deep = deeper
    cause, length = Redactor().cause(deep), 0
    while cause is not None:
        cause, length = cause.__cause__, length + 1
    assert length == 8


def test_many_threads_may_learn_and_redact():
    redactor = Redactor(TOKEN)
    shown = []

    def work(number):
        for each in range(20):
            redactor.learn(f"https://h/x?sig={number:08}{each:08}")
            shown.append(redactor.known(f"{number:08}{each:08} {TOKEN}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(shown) == {f"{MARK} {MARK}"}
