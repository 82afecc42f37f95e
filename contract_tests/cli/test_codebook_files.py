"""Codebooks as JSON, CSV and HTML files, and texts in them that no file can contain."""

import csv
import json
import re
from html.parser import HTMLParser

import pytest
from archive.builders import write_zip
from helpers import api
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import Codebook, ExportArchive, Question
from prolific_exports._archive._codebook_file import write_codebook
from prolific_exports._cli._codebook_files import write
from prolific_exports._cli._codebook_page import render

HOSTILE = '=1+1 <script>alert("&")</script> \ud83d \x00'
CODEBOOK = Codebook(
    source="api",
    kind="batch",
    resource_id=api.BATCH,
    name="Müller's <study>",
    questions=(
        Question(
            id="i1",
            type="multiple_choice",
            wording="How often?",
            options=("daily", "never"),
            answer_limit=1,
            required=True,
        ),
        Question(
            id="i2",
            type="free_text_with_unit",
            wording=HOSTILE,
            options=(HOSTILE,),
            units=("h", "min"),
            answer_limit=-1,
            required=False,
        ),
        Question(id="i3"),
    ),
)


class Texts(HTMLParser):
    """The tags of a page, and its texts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def table_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_has_a_row_for_each_option_and_unit(tmp_path):
    write(CODEBOOK, tmp_path / "c.csv", overwrite=False)
    rows = table_of(tmp_path / "c.csv")
    replaced = HOSTILE.replace("\ud83d", "\ufffd")
    assert [(row["number"], row["kind"], row["position"], row["value"]) for row in rows] == [
        ("1", "option", "1", "daily"),
        ("1", "option", "2", "never"),
        ("2", "option", "1", f"'{replaced}"),
        ("2", "unit", "1", "h"),
        ("2", "unit", "2", "min"),
        ("3", "", "", ""),
    ]
    assert rows[0] == {
        "number": "1",
        "question_id": "i1",
        "type": "multiple_choice",
        "wording": "How often?",
        "required": "true",
        "answer_limit": "1",
        "kind": "option",
        "position": "1",
        "value": "daily",
    }
    assert (rows[2]["wording"], rows[2]["required"]) == (f"'{replaced}", "false")
    assert [name for name, value in rows[5].items() if value] == ["number", "question_id"]


def test_page_has_every_question_and_escapes_it():
    page = render(CODEBOOK)
    page.encode()
    texts = Texts(page)
    assert texts.tags.count("script") == texts.tags.count("style") == 1
    assert "<script>alert" not in page
    shown = [one for one in texts.texts if one.strip()]
    assert "Müller's <study>" in shown
    replaced = HOSTILE.replace("\ud83d", "\ufffd").replace("\x00", "\ufffd")
    assert shown.count(replaced) == 2
    for text in (
        "daily",
        "never",
        "at most 1",
        "any number",
        "h, min",
        "yes",
        "no",
        "(no wording)",
    ):
        assert text in shown
    assert f"3 questions; batch {api.BATCH}; as Prolific describes them" in shown


def test_page_is_accessible_in_structure():
    texts = Texts(render(CODEBOOK))
    assert re.search('<html lang="en">', render(CODEBOOK))
    assert [tag for tag in texts.tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h2", "h2"]
    assert texts.tags.count("main") == texts.tags.count("header") == 1
    assert texts.tags.count("dt") == texts.tags.count("dd")


def test_page_of_a_derived_codebook_says_so():
    texts = Texts(render(Codebook(source="archive", resource_id="r1")))
    assert texts.texts.count("r1") == 1
    assert any(
        text.startswith("0 questions; resource r1; derived from the answers")
        for text in texts.texts
    )
    assert "Codebook" in Texts(render(Codebook(source="archive"))).texts


@given(st.text())
def test_any_text_stays_one_text_in_the_page(text):
    question = Question(id="i", wording=text, options=(text,), units=(text,))
    tags = Texts(render(Codebook(source="api", name="n", questions=(question,)))).tags
    plain = Question(id="i", wording="w", options=("o",), units=("u",))
    assert tags == Texts(render(Codebook(source="api", name="n", questions=(plain,)))).tags


@pytest.mark.parametrize("suffix", [".csv", ".html", ".json"])
def test_command_writes_the_format_of_the_name(cli, router, folder, suffix):
    outcome = cli("codebook", "collection", api.COLLECTION, "-o", f"c{suffix}")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"c{suffix}\n", "")
    text = (folder / f"c{suffix}").read_text("utf-8-sig")
    assert text.startswith({".csv": '"number"', ".html": "<!DOCTYPE html>", ".json": "{"}[suffix])
    assert "Why?" in text
    again = cli("codebook", "collection", api.COLLECTION, "-o", f"c{suffix}")
    assert (again.code, again.out) == (1, "")
    assert (
        cli("codebook", "collection", api.COLLECTION, "-o", f"c{suffix}", "--overwrite").code == 0
    )
    assert [path.name for path in folder.iterdir()] == [f"c{suffix}"]


def test_command_writes_a_derived_codebook_and_says_so(cli, folder):
    members = {
        "c/responses.jsonl": b'{"responses": {"i1": {"type": "free_text", "value": "v"}}}\n',
        "c/collection.json": b"{}",
    }
    write_zip(folder / "data.zip", members)
    outcome = cli("codebook", "data.zip", "-o", "c.html")
    assert (outcome.code, outcome.out) == (0, "c.html\n")
    assert outcome.err.startswith("derived from the answers in the archive")
    assert "derived from the answers" in (folder / "c.html").read_text("utf-8")


def test_codebook_with_lone_surrogates_names_the_options_as_answers_do(folder):
    answer = {"i2": {"type": "multiple_choice", "values": ["a\ud83d"]}}
    members = {
        "c/responses.jsonl": json.dumps({"responses": answer}).encode() + b"\n",
        "c/collection.json": b"{}",
    }
    archive = ExportArchive.open(write_zip(folder / "data.zip", members))
    question = Question(
        id="i2", wording="\ud83d", options=("a\ud83d", "b"), units=("\ud83d",), answer_limit=1
    )
    codebook = Codebook(source="api", questions=(question,))
    write_codebook(codebook, folder / "data.codebook.json", overwrite=False)
    assert archive.codebook() == codebook
    table = archive.table(shape="tidy")
    (column,) = [one for one in table.schema if one.name.startswith("q1")]
    assert column.metadata[b"label"] == "\ufffd".encode()
    # The original, with the surrogate, is only in the long shape.
    with pytest.warns(UserWarning, match="^1 answer is not in the columns"):
        chunk = table.to_arrow()[column.name].chunk(0)
    assert chunk.dictionary.to_pylist() == ["a\ufffd", "b"]
    assert chunk.to_pylist() == ["a\ufffd"]
