"""What of a conversation may be shown."""

import pytest
from attrs import evolve
from helpers import traces, verdicts
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.trace import HttpResponse

OUTSIDE = "https://store.example/x"


def body(answer, url=f"{traces.BASE}/api/v1/data-collection/batches/r1/export"):
    builder = traces.TraceBuilder()
    return display.body(builder.send("GET", url, answer), answer)


def answer(content, status=200, content_type="application/json", **changes):
    return evolve(HttpResponse(status, (("Content-Type", content_type),), content), **changes)


def test_exchange_numbers_start_at_one():
    assert display.number(0) == 1


def test_line_has_no_line_breaks_or_secrets():
    text = display.line(f"a\n\x1b[1mb https://ada:{verdicts.PASSWORD}@h/x")

    assert text == "a \\x1b[1mb https://[redacted]@h/x"


def test_empty_body_is_described_as_empty():
    assert body(answer(b"")) == display.DisplayedBody("", 0, "empty")


def test_body_keeps_its_lines():
    assert body(answer(b'{\r\n\t"a": 1\n}')) == display.DisplayedBody('{\n    "a": 1\n}', 12)


def test_url_queries_in_bodies_are_redacted():
    text = body(answer(f'{{"url": "{verdicts.PRESIGNED}"}}'.encode())).text

    assert text == '{"url": "https://store.example/b.zip?[redacted]"}'


def test_control_and_direction_characters_are_replaced():
    assert body(answer("a\x1bb\u202ec\u2028d\xa0e".encode())).text == "a\ufffdb\ufffdc d e"


def test_binary_body_is_not_shown():
    assert body(answer(b"ab\0cd")) == display.DisplayedBody("", 5, "binary data, not shown")


def test_invalid_utf8_is_shown_with_replacement_characters():
    assert body(answer(b"caf\xe9")).text == "caf\ufffd"


def test_long_body_is_truncated():
    text = body(answer(b"x" * 2001))

    assert (len(text.text), text.size) == (display.MAX_BODY_CHARACTERS, 2001)
    assert text.note == "truncated"
    assert body(answer(b"x" * 2000)) == display.DisplayedBody("x" * 2000, 2000)


@pytest.mark.parametrize(("size", "cut"), [(70_000, False), (100, True)])
def test_truncated_password_is_not_shown(size, cut):
    text = body(answer(b"see https://ada:" + b"p" * size, cut=cut))

    assert text.text == "see "
    assert text.note == "truncated"


def test_completely_read_body_is_not_called_truncated():
    # Hidden values take less room: this is 65536 bytes, and short when it is shown.
    start = b"https://h.example/?key="
    whole = start + b"k" * (65536 - len(start))

    assert body(answer(whole)) == display.DisplayedBody("https://h.example/?[redacted]", 65536)
    text = body(answer(whole + b"k"))
    assert (text.text, text.note) == ("", "truncated")


def test_store_body_is_shown_only_for_page_content_types():
    for status, content_type, visible in (
        (200, "application/zip", False),
        (206, "text/csv", False),
        (200, "application/json", False),
        (200, "text/htmlish", False),
        (200, "text/html; charset=utf-8", True),
        (200, "application/xml", True),
        (200, "application/problem+xml", True),
        (399, "application/octet-stream", False),
        (400, "application/octet-stream", True),
        (401, "application/octet-stream", True),
    ):
        text = body(answer(b"words", status, content_type), OUTSIDE)
        expected = display.DisplayedBody("words", 5)
        if not visible:
            expected = display.DisplayedBody("", 5, "archive data, not shown")
        assert text == expected, (status, content_type)


def test_store_body_without_content_type_is_not_shown():
    assert body(HttpResponse(200, (), b"words"), OUTSIDE).text == ""


def test_headers_are_redacted_and_truncated():
    fields = [
        ("Set-COOKIE", "a=b"),
        ("x-api-key", "k"),
        ("X-Auth-Token", "t"),
        ("Location", verdicts.PRESIGNED),
        ("X-Long", "y" * 400),
        ("X\x07", "a\nb"),
    ]

    assert display.headers(fields) == (
        ("Set-COOKIE", "[redacted]"),
        ("x-api-key", "[redacted]"),
        ("X-Auth-Token", "[redacted]"),
        ("Location", "https://store.example/b.zip?[redacted]"),
        ("X-Long", "y" * 297 + "..."),
        ("X\\x07", "a b"),
    )


def test_query_of_a_fuzzed_request_is_shown():
    builder = traces.TraceBuilder()
    exchange = builder.request(None, query="?key=1")

    assert display.url(exchange).endswith("/export?[redacted]")
    assert display.url(evolve(exchange, generated=True)).endswith("/export?key=1")
