"""The builder of pages that are one file."""

import base64
import hashlib
import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from prolific_exports._html._document import asset, page, theme_button
from prolific_exports._html._markup import element, writable


@given(st.text())
def test_writable_text_replaces_only_unencodable_characters(text):
    written = writable(text)

    written.encode()
    assert len(written) == len(text)
    assert writable(written) == written
    assert all(a in (b, "\ufffd") for a, b in zip(written, text, strict=True))
    assert [c for c in written if ord(c) < 32 and c not in "\t\n\r"] == []


def test_ordinary_text_is_unchanged_by_writable():
    assert writable("a\t\n\r é 漢 😀") == "a\t\n\r é 漢 😀"
    assert writable("\x00\x1b\x7f\ud800\ufffe\uffff") == "\ufffd" * 6


def test_page_allows_only_its_own_style_and_script_and_the_named_sources():
    made = page(
        "A <title>",
        theme_button(),
        element("p", "<script>alert(1)</script>"),
        style="p { color: red; }",
        script="void 0;",
        sources=("img-src data:",),
    )

    [style] = re.findall(r"<style>(.*)</style>", made, re.DOTALL)
    [script] = re.findall(r"<script>(.*)</script>", made, re.DOTALL)
    assert style.endswith("p { color: red; }")
    assert style.startswith(asset("prolific_exports._html", "base.css"))
    assert script.endswith("void 0;")
    assert (
        "default-src 'none'; "
        f"style-src '{digest(style)}'; script-src '{digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    ) in made
    assert "<title>A &lt;title&gt;</title>" in made
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in made


def test_element_leaves_out_what_is_none_and_joins_texts():
    made = element("p", "a", None, "b", element("b", "c"), "d", "e", class_="x", id=None)

    assert ET.tostring(made, encoding="unicode") == '<p class="x">ab<b>c</b>de</p>'


def digest(text):
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
