"""The report as a page, as a browser reads it."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from attrs import evolve
from helpers import traces, verdicts
from helpers.verdicts import ARCHIVE, REQUEST, STATUS, broken, cells, held, law, noted
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract import OPERATIONS
from prolific_contract.gate.reports._html import render
from prolific_contract.gate.trace import Credential, HttpResponse, Trace
from prolific_exports._html._markup import element

# HTML has no end tag for these.
VOID = {"br", "input", "meta"}
NAMES = """
    html head title style body script a div header main footer nav section article p h1 h2 h3 h4
    ul ol li dl dt dd table thead tbody tr th td span strong b code pre details summary button
    label select option svg line circle rect path text
"""
TAGS = VOID | set(NAMES.split())
# What would load something, or run something.
LOADING = re.compile(r"^(src|srcset|action|formaction|data|poster|background|on\w+|style)$")


class Page(HTMLParser):
    """Elements, texts and attributes of a page; complains of what does not fit together."""

    def __init__(self, content):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.texts = []
        self._open = []
        self.feed(content)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self._open[-1] if self._open else "", data))

    def text(self, *tags):
        return "".join(data for tag, data in self.texts if not tags or tag in tags)

    def attributes(self, name):
        return [attrs[name] for _, attrs in self.elements if name in attrs]

    def count(self, tag):
        return sum(name == tag for name, _ in self.elements)

    def having(self, **wanted):
        return [
            attrs
            for _, attrs in self.elements
            if all(attrs.get(name.rstrip("_")) == value for name, value in wanted.items())
        ]


def page(verdict):
    return Page(render(verdict))


def readable(report):
    """The text of a page without that of scripts and style sheets."""
    return "".join(data for tag, data in report.texts if tag not in ("script", "style"))


EVERY = {
    "passing": verdicts.verdict(),
    "failing": verdicts.failing(),
    "accepted": verdicts.failing(accepted=frozenset({"value.archive batch archive"})),
    "hostile": verdicts.hostile(),
    "empty": verdicts.verdict(trace=Trace(()), cells=(), started=None),
}


@pytest.fixture(params=EVERY)
def any_page(request):
    return render(EVERY[request.param])


def test_page_is_complete_with_known_elements(any_page):
    report = Page(any_page)

    assert any_page.startswith("<!DOCTYPE html>\n<html")
    assert {tag for tag, _ in report.elements} <= TAGS
    assert [tag for tag, _ in report.elements if tag in ("script", "style")] == ["style", "script"]


def test_page_of_a_real_verdict_has_known_elements(real_verdict):
    report = page(real_verdict)

    assert {tag for tag, _ in report.elements} <= TAGS
    assert "shape.error" in report.text("code")


def test_page_does_not_scroll_sideways_on_a_phone(any_page):
    style = Page(any_page).text("style")

    # Wide tables scroll by themselves, with the hidden texts in them; all other words wrap.
    assert re.search(r"\.scroll \{ position: relative; overflow-x: auto;", style)
    assert re.search(r"^body \{ overflow-wrap: break-word;", style, re.MULTILINE)
    nowrap = re.findall(r"^(.+?) \{[^}]*white-space: nowrap", style, re.MULTILINE)
    assert nowrap == [".unseen", ".top button", ".chip", ".answers td:first-child"]


def test_page_loads_nothing_and_allows_only_its_own_script(any_page):
    report = Page(any_page)
    (meta,) = report.having(**{"http-equiv": "Content-Security-Policy"})

    def digest(tag):
        text = "".join(data for within, data in report.texts if within == tag)
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert meta["content"] == (
        f"default-src 'none'; style-src 'sha256-{digest('style')}'; "
        f"script-src 'sha256-{digest('script')}'; base-uri 'none'; form-action 'none'"
    )
    assert [n for _, attrs in report.elements for n in attrs if LOADING.match(n)] == []
    assert "url(" not in report.text("style")
    assert "@import" not in report.text("style")
    assert not re.search(r"fetch|XMLHttp|WebSocket|import\(|innerHTML", report.text("script"))


def test_links_in_the_page_have_targets(any_page):
    report = Page(any_page)
    ids = report.attributes("id")

    assert len(ids) == len(set(ids))
    for target in report.attributes("href"):
        assert target.startswith("https://docs.prolific.com/") or target.removeprefix("#") in ids
    for named in report.attributes("aria-labelledby"):
        assert named in ids


def test_scrollable_regions_are_focusable_and_labelled(any_page):
    for attrs in Page(any_page).having(tabindex="0"):
        assert attrs["role"] == "group"
        assert attrs["aria-label"]


def test_headings_do_not_skip_a_level(any_page):
    levels = [int(tag[1]) for tag, _ in Page(any_page).elements if re.fullmatch(r"h\d", tag)]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_script_controls_are_hidden_until_the_script_runs(any_page):
    for attrs in Page(any_page).having(**{"data-control": ""}):
        assert attrs["hidden"] == ""
    controls = [t for t, _ in Page(any_page).elements if t in ("button", "select", "input")]
    assert controls[0] == "button"


@pytest.mark.parametrize(
    ("verdict", "word", "tone"),
    [
        (verdicts.verdict(), "Passed", "held"),
        (verdicts.failing(), "Failed", "violated"),
        (verdicts.verdict(trace=Trace(())), "Inconclusive", "noted"),
    ],
)
def test_verdict_is_at_the_top_of_the_page(verdict, word, tone):
    report = page(verdict)

    assert report.text("title").startswith(f"{word}: https://api.example · prolific-contract")
    assert f"Contract check of the export APITheme{word}" in readable(report)
    assert report.having(class_=f"card verdict {tone}")


def test_page_shows_profile_counts_duration_and_version():
    report = readable(page(verdicts.verdict(strict=True)))

    assert "polite, strict" in report
    assert "5 requests in 12 s, started 2026-03-20 10:00 UTC" in report
    assert "prolific-contract 1.2.3" in report
    assert ", began" not in readable(page(verdicts.verdict(started=None)))


def sections(verdict):
    ids = [attrs["id"] for tag, attrs in page(verdict).elements if tag == "section"]
    return " ".join(ids)


def test_sections_without_content_are_left_out():
    assert sections(verdicts.failing()) == (
        "violations matrix not-exercised notes timeline conversation answers laws"
    )
    assert sections(verdicts.verdict()) == "matrix timeline conversation laws"
    assert sections(verdicts.verdict(trace=Trace(()))) == "matrix laws"
    assert sections(verdicts.verdict(trace=Trace(()), cells=())) == ""


def test_violation_shows_statement_source_exchanges_and_command():
    report = page(verdicts.failing())
    text = readable(report)

    assert "Every error is enveloped." in text
    assert "documents/002, 004; D-9 field errors; D-10 real error bodies" in report.text("a")
    assert "the error is empty (#2, #5)" in text
    assert "the error is a page (#3)" in text
    assert "curl -sS -i -X POST -H 'Content-Length: 0'" in report.text("code")
    assert "Exchange #2: GET, 200 generating" not in text
    assert "Exchange #5: GET, 401" in text
    (place,) = report.having(id="broken-shape.error-batch-status")
    assert place["class"] == "place"


def test_violation_shows_the_statement_that_it_concerns():
    page = Page(render(verdicts.verdict(*cells(law("time.same-id", STATUS), broken(STATUS, "x")))))

    assert "The export_id in the response is the one in the path." in page.text("dd")
    assert "status.identity.export-id" in page.text("code")
    assert "Stated" in [text for tag, text in page.texts if tag == "dt"]


@pytest.mark.parametrize(
    ("law_id", "operation", "title"),
    [
        ("shape.additive", STATUS, "Stated"),
        ("isolation.credentials", STATUS, "Stated, one of"),
        # It checks five statements about archives.
        ("value.archive", ARCHIVE, None),
    ],
)
def test_violation_shows_several_statements_only_if_they_are_few(law_id, operation, title):
    found = cells(law(law_id, operation), broken(operation, "x"))
    titles = [text for tag, text in Page(render(verdicts.verdict(*found))).texts if tag == "dt"]

    assert [text for text in titles if text.startswith("Stated")] == ([title] if title else [])


def test_first_exchange_of_each_law_is_expanded():
    folds = page(verdicts.failing()).having(class_="fold")

    assert ["open" in fold for fold in folds] == [True, False, True]


def test_accepted_violations_are_marked_as_accepted():
    report = page(verdicts.failing(accepted=frozenset({"value.archive batch archive"})))

    assert report.having(class_="card violation accepted")
    assert "accepted by the baseline" in readable(report)
    assert not page(verdicts.failing()).having(class_="chip accepted")


def test_long_lists_of_findings_and_exchanges_are_folded():
    seen = [broken(REQUEST, f"way {number}", 0) for number in range(7)]
    often = [broken(STATUS, "same", index) for index in range(14)]
    trace = evolve(
        verdicts.example_trace(),
        exchanges=tuple(
            evolve(verdicts.example_trace().exchanges[0], index=index) for index in range(14)
        ),
    )

    text = readable(page(verdicts.verdict(*cells(law(), *seen, *often), trace=trace)))

    assert "way 4 (#1)and 2 more" in text
    assert "way 5" not in text
    assert "#11, #12 and 2 more)" in text


def test_unlisted_exchange_is_named_without_link():
    builder = traces.TraceBuilder()
    builder.request(traces.generating())
    builder.send("GET", "https://elsewhere.example/x", HttpResponse(200))

    report = page(verdicts.verdict(*cells(law(), broken(STATUS, "x", 1)), trace=builder.trace))

    assert "x (#2)" in readable(report)
    assert "#x2" not in report.attributes("href")
    assert "Exchange #2: GET, 200" in readable(report)


def test_matrix_has_every_law_and_operation():
    found = (
        *cells(law("a.b", *OPERATIONS), broken(REQUEST, "x"), noted(STATUS, "n"), held(ARCHIVE)),
        *cells(law("c.d"), broken(STATUS, "y")),
    )
    report = page(verdicts.verdict(*found, accepted=frozenset({"c.d batch status"})))

    marks = [attrs for _, attrs in report.elements if "title" in attrs]
    assert [(m["class"], m.get("href")) for m in marks] == [
        ("mark violated", "#broken-a.b-batch-request"),
        ("mark noted", "#notes"),
        ("mark held", None),
        *[("mark idle", "#not-exercised")] * 8,
        ("mark accepted", "#broken-c.d-batch-status"),
    ]
    assert marks[0]["title"] == "violated: 1 observation"
    assert marks[3]["title"] == "not exercised: needs an error"
    assert report.attributes("data-states") == ["held idle noted violated", "accepted idle"]
    assert [a["colspan"] for a in report.having(scope="colgroup")] == ["5", "5"]
    assert "All 12" in readable(report)
    assert "Not exercised 8" in readable(report)


def test_timeline_has_a_text_alternative():
    builder = traces.TraceBuilder()
    builder.request(traces.generating(), after=0.0)
    builder.poll(traces.running())
    builder.poll(traces.error(429))
    builder.poll(traces.complete())
    builder.request(traces.generating(traces.OTHER_JOB))
    builder.poll(traces.failed(), export_id=traces.OTHER_JOB)

    report = page(verdicts.verdict(*cells(law(), broken(STATUS, "x", 3)), trace=builder.trace))
    text = readable(report)

    assert f"batch r1 · export {traces.JOB}" in text
    assert "generating 2 times, 0.0 to 3.0 s → 429 6.0 s → complete 9.0 s" in text
    assert "generating 12.0 s → failed 15.0 s" in text
    shapes = [(tag, a["class"]) for tag, a in report.elements if tag in ("circle", "rect", "path")]
    assert shapes == [
        ("circle", "generating"),
        ("circle", "generating"),
        ("path", "other"),
        ("circle", "complete"),
        ("circle", "ring"),
        ("circle", "generating"),
        ("rect", "failed"),
    ]
    runs = [a["class"] for tag, a in report.elements if tag == "line" and a.get("class")]
    assert runs == [
        "rail",
        "run generating",
        "run generating",
        "run generating",
        "rail",
        "run generating",
    ]
    assert "#4 GET: complete, 9.0 s after the start" in report.text("title")
    assert all(a["tabindex"] == "-1" for t, a in report.elements if t == "a" and "tabindex" in a)


def test_responses_before_the_first_state_have_no_colour():
    builder = traces.TraceBuilder()
    builder.poll(traces.error(429))
    builder.poll(traces.running())

    report = page(verdicts.verdict(trace=builder.trace))

    assert not report.having(class_="run generating")


def test_responses_at_the_same_time_are_shown_as_one_time():
    builder = traces.TraceBuilder()
    builder.request(traces.generating(), after=0.0)
    builder.poll(traces.running(), after=0.0)

    assert "generating 2 times, 0.0 s" in readable(page(verdicts.verdict(trace=builder.trace)))


def test_ready_export_without_id_is_marked():
    builder = traces.TraceBuilder()
    builder.request(traces.complete())

    assert "no export id" in readable(page(verdicts.verdict(trace=builder.trace)))


@pytest.mark.parametrize(("count", "width"), [(2, 48 + 60), (26, 48 + 25 * 40)])
def test_short_timelines_fill_the_available_width(count, width):
    builder = traces.TraceBuilder()
    for _ in range(count):
        builder.poll(traces.running())

    assert page(verdicts.verdict(trace=builder.trace)).attributes("width")[0] == str(width)


def test_long_timelines_keep_their_scale():
    builder = traces.TraceBuilder()
    for _ in range(100):
        builder.poll(traces.running())

    report = page(verdicts.verdict(trace=builder.trace))
    (width, *_) = report.attributes("width")

    assert int(width) == 3 * 16 + 26 * 99
    assert "3.0 s" in report.text("text")
    assert report.text("text").count(" s") == 34


def test_every_exchange_is_listed():
    report = page(verdicts.failing())

    assert [a["data-tags"] for _, a in report.elements if "data-tags" in a] == [
        "batch-request broken",
        "batch-status broken",
        "batch-status broken",
        "batch-archive broken",
        "batch-status broken",
    ]
    text = readable(report)
    assert f"/batches/r1/export/{traces.JOB} no Authorization header" in text
    assert "→ complete" in text
    assert "(20 bytes: archive data, not shown)" in text
    assert "participants said" not in text


def test_exchanges_without_violations_are_not_marked():
    report = page(verdicts.verdict())

    assert not report.having(class_="chip violated")
    assert report.attributes("data-tags")[0] == "batch-request"


def test_only_api_exchanges_of_a_recording_are_listed():
    builder = traces.TraceBuilder()
    builder.request(traces.generating())
    builder.send(
        "PUT", f"{traces.BASE}/api/v1/data-collection/batches/r1/export", HttpResponse(405)
    )
    builder.send("GET", "https://elsewhere.example/page", HttpResponse(200))

    report = page(verdicts.verdict(trace=builder.trace))

    assert [a["data-tags"] for _, a in report.elements if "data-tags" in a] == ["batch-request", ""]
    assert "1 more exchange not listed." in readable(report)
    assert "elsewhere" not in readable(report)


def test_very_long_conversations_are_truncated():
    builder = traces.TraceBuilder()
    for _ in range(800):
        builder.poll(traces.running())
    seen = [broken(STATUS, "x", index) for index in (0, 200, *range(300, 600))]

    report = page(verdicts.verdict(*cells(law(), *seen), trace=builder.trace))
    listed = [attrs["id"] for _, attrs in report.elements if "data-tags" in attrs]

    # The first and the last two hundred, and as many that break a law: the first one twice.
    assert listed == [f"x{n}" for n in [*range(1, 202), *range(301, 499), *range(601, 801)]]
    assert "201 more exchanges not listed." in readable(report)
    # What is not listed is not linked to either, but still report.
    assert set(report.attributes("href")) >= {"#x800", "#x498"}
    assert "#x499" not in report.attributes("href")
    assert report.count("circle") == len(listed) + 200


def test_missing_response_is_shown_with_its_failure():
    builder = traces.TraceBuilder()
    builder.request(traces.generating())
    builder.poll(None, failure="reset by peer")
    builder.poll(None)
    builder.poll(HttpResponse(204))

    found = cells(law("a.b"), broken(STATUS, "x", 1))

    text = readable(page(verdicts.verdict(*found, trace=builder.trace)))

    assert "Exchange #2: GET, no response" in text
    assert "No responsereset by peer" in text
    assert "No responsenot recorded" in text
    assert "(empty)" in text


def test_credentials_other_than_the_token_are_shown():
    builder = traces.TraceBuilder()
    for credential in Credential:
        builder.poll(traces.running(), credential=credential)

    text = readable(page(verdicts.verdict(trace=builder.trace)))

    assert f"({Credential.VALID.value})" not in text
    assert f"({Credential.WRONG_SCHEME.value})" in text
    assert f"export/{traces.JOB} {Credential.WRONG_SCHEME.value}" in text
    assert f"export/{traces.JOB} {Credential.UNKNOWN.value}" not in text


def test_documented_responses_are_shown_as_seen_or_not_seen():
    answers = (
        verdicts.answer(200, "complete", seen=True),
        verdicts.answer(404, seen=False),
        verdicts.answer(202, "generating", seen=True, action="request"),
    )
    report = page(verdicts.verdict(answers=answers))

    text = readable(report)
    assert "batch status✓200 complete·404: not seen" in text
    assert "batch request✓202 generating" in text


def test_notes_and_stale_baseline_entries_are_shown():
    verdict = verdicts.verdict(
        *cells(law("a.b"), noted(REQUEST, "new: x", 0), noted(REQUEST, "new: x", 1), held(STATUS)),
        accepted=frozenset({"a.b batch status"}),
    )
    text = readable(page(verdict))

    assert "new: x (#1), 2 times" in text
    assert "a.b batch statusin the baseline, but fixed" in text
    stale = readable(page(verdicts.verdict(accepted=frozenset({"shape.error batch request"}))))
    assert "shape.error batch requestin the baseline" in stale


def test_server_text_stays_text():
    report = page(verdicts.hostile())

    assert "<script>alert('x')</script></style></pre><img src=x onerror=alert(1)>" in report.text(
        "code"
    )
    assert not set(render(verdicts.hostile())) & set("\x00\x1b\x7f\u2028\u202e\ud800\ufffe")


WORDS = "< > </ <!-- --> ]]> <![CDATA[ <script> </script> </style> & &lt; &#60; \" ' ` a ="
TOKENS = st.sampled_from([*WORDS.split(), "\x00", "\u2028", "\ud800", "\r", "\n", " "])


@settings(max_examples=30, deadline=None)
@given(st.lists(TOKENS, max_size=12).map("".join))
def test_arbitrary_text_never_becomes_markup(text):
    def made(value):
        builder = traces.TraceBuilder("batch", verdicts.Subject("batch", value))
        builder.request(traces.generating(value), resource=value, headers=((value, value),))
        body = value.encode("utf-8", "surrogatepass")
        builder.poll(HttpResponse(200, ((value, value),), body), export_id=value)
        builder.poll(None, failure=value)
        found = cells(law(), broken(REQUEST, value, 0), noted(STATUS, value, 1))
        return page(verdicts.verdict(*found, trace=builder.trace, target=value))

    report, plain = made(text), made("plain")

    # Lanes and entries may be fewer: an id with a slash makes no address of the API.
    assert {tag for tag, _ in report.elements} <= TAGS
    for tag in ("script", "style", "meta", "h1", "article"):
        assert report.count(tag) == plain.count(tag)
    for tag in ("script", "style"):
        assert report.text(tag) == plain.text(tag)


def test_element_is_built_from_texts_and_elements():
    made = element("p", "a", None, "b", element("b", "c"), "d", "e\x00", class_="x", data_y=None)

    assert made.text == "ab"
    assert (made[0].text, made[0].tail) == ("c", "de\ufffd")
    assert made.attrib == {"class": "x"}
