"""What notebooks show of archives, summaries, codebooks and jobs."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from archive.builders import ROOT, collection_members, write_zip
from attrs import evolve
from helpers import api
from prolific_exports import (
    ArchiveError,
    ChoiceCount,
    Codebook,
    ExportArchive,
    ExportFilter,
    InstructionSummary,
    ListedJob,
    Question,
    Spread,
    summarise,
)
from prolific_exports._model._html import facts_table, records_table
from prolific_exports._model._listed_jobs import ListedJobs

HOSTILE = "<script>alert('1')</script>&\x00\ud800"
MOMENT = datetime(2026, 3, 20, 10, 30, tzinfo=UTC)


def rows(html):
    """The texts of all cells by row; fails if the HTML is not well-formed."""
    root = ET.fromstring(f"<body>{html}</body>")
    assert {element.tag for element in root.iter()} <= {
        "body",
        "caption",
        "table",
        "td",
        "th",
        "tr",
    }
    html.encode()
    return [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]


@pytest.fixture
def archive(tmp_path):
    return ExportArchive.open(write_zip(tmp_path / "export.zip", collection_members()))


def test_facts_table_leaves_out_what_is_unknown():
    html = facts_table("About", [("Kind", "batch"), ("Name", None), ("Size", 1234)])

    assert rows(html) == [["Kind", "batch"], ["Size", "1,234"]]
    assert '<th scope="row" style="text-align: left">Kind</th>' in html


def test_records_table_has_headers_for_columns_and_shows_at_most_100_rows():
    html = records_table("Numbers", ("n", "at"), [(n, MOMENT) for n in range(1234)])
    shown = rows(html)

    assert shown[0] == ["n", "at"]
    assert shown[100] == ["99", "2026-03-20 10:30 UTC"]
    assert shown[101] == ["and 1,134 more"]
    assert html.count('scope="col"') == 2


def test_records_table_with_100_rows_shows_all():
    assert len(rows(records_table("Numbers", ("n",), [(n,) for n in range(100)]))) == 101


@pytest.mark.parametrize("table", [facts_table, records_table])
def test_texts_are_escaped_and_isolated(table):
    html = (
        facts_table(HOSTILE, [(HOSTILE, HOSTILE)])
        if table is facts_table
        else records_table(HOSTILE, (HOSTILE,), [(HOSTILE,)])
    )

    assert "<script" not in html
    shown = rows(html)
    assert shown[-1][-1] == "<script>alert('1')</script>&\ufffd\ufffd"
    assert '<td dir="auto" ' in html


def test_long_texts_are_cut():
    assert rows(facts_table("", [("n", "x" * 301)])) == [["n", "x" * 300 + "…"]]
    assert rows(facts_table("", [("n", "x" * 300)])) == [["n", "x" * 300]]


def test_archive_shows_its_description(archive):
    html = archive._repr_html_()

    shown = dict(rows(html))
    assert str(archive.path) in html
    assert shown["Kind"] == "collection"
    assert shown["Id"] == archive.metadata.id
    assert shown["Name"] == archive.metadata.name
    assert shown["Questions"] == str(len(archive.metadata.instructions))
    assert shown["Uploaded files"] == f"1 ({archive.files[0].size} bytes)"
    assert "Problem" not in shown


def test_archive_with_a_damaged_description_is_shown_with_the_problem(tmp_path):
    members = {**collection_members(), f"{ROOT}collection.json": b"[]"}
    archive = ExportArchive.open(write_zip(tmp_path / "export.zip", members))

    shown = dict(rows(archive._repr_html_()))

    with pytest.raises(ArchiveError) as raised:
        _ = archive.metadata
    assert shown["Problem"] == str(raised.value)
    assert "Name" not in shown


def test_archive_of_unknown_layout_says_so(tmp_path):
    archive = ExportArchive.open(write_zip(tmp_path / "export.zip", {"a": b""}))

    assert dict(rows(archive._repr_html_()))["Kind"] == "unknown"


def test_summary_has_a_table_of_the_archive_and_one_of_the_questions(archive):
    summary = summarise(archive)

    shown = rows(summary._repr_html_())

    assert ["Submissions", str(summary.submissions)] in shown
    header = shown.index(["No.", "Question", "Type", "Answered", "Missing", "Answers"])
    assert len(shown[header + 1 :]) == len(summary.instructions)
    first = summary.instructions[0]
    assert shown[header + 1][:5] == [
        "q1",
        first.description,
        first.type,
        str(first.answered),
        str(first.missing),
    ]


def test_summary_of_a_question_counts_its_answers():
    spread = Spread(3, 1, 1, 2.5, 4, 4, "hours")
    choices = tuple(ChoiceCount(option, 2000) for option in "abcdefg")
    summary = InstructionSummary(
        id="i1", type=None, description=None, answered=3, missing=1, files=1200, numbers=(spread,)
    )

    assert summary._counts() == (3, 1, "median 2.5 hours · 1,200 files")
    assert evolve(summary, lengths=spread, files=0)._counts()[2] == (
        "median 2.5 hours · median 2.5 characters"
    )
    few = evolve(summary, choices=choices[:6], numbers=(), files=0)
    assert few._counts()[2] == " · ".join(f"{option}: 2,000" for option in "abcdef")
    for more in (evolve(few, choices=choices), evolve(few, other_choices=1)):
        assert more._counts()[2] == few._counts()[2] + " · …"


def test_codebook_shows_options_and_where_it_is_from():
    codebook = Codebook(
        source="api",
        name="Diary",
        questions=(
            Question(id="i1", type="multiple_choice", wording="How often?", options=("a", "b")),
            Question(id="i2", units=("hours",), required=True),
            Question(id="i3", required=False),
        ),
    )
    html = codebook._repr_html_()

    assert "Codebook of Diary, from Prolific" in html
    assert rows(html)[1:] == [
        ["q1", "How often?", "multiple_choice", "a · b", ""],
        ["q2", "i2", "", "hours", "yes"],
        ["q3", "i3", "", "", "no"],
    ]


def test_derived_codebook_says_so():
    html = Codebook(source="archive")._repr_html_()

    assert "Codebook of an archive, derived from the answers" in html


def test_job_list_is_a_tuple_and_shows_a_row_for_each_job():
    job = ListedJob("e1", "complete", MOMENT, ExportFilter("s1"))
    jobs = ListedJobs((job, ListedJob("e2", "generating", MOMENT)))

    assert isinstance(jobs, tuple)
    assert rows(jobs._repr_html_()) == [
        ["Job", "Status", "Requested", "Filter"],
        ["e1", "complete", "2026-03-20 10:30 UTC", str(job.filter)],
        ["e2", "generating", "2026-03-20 10:30 UTC", "none"],
    ]
    assert rows(job._repr_html_())[0] == ["Job", "e1"]


def test_listed_jobs_are_shown_as_a_table(router, clients, kind):
    router.get(api.post_url(kind)).mock(return_value=api.jobs(api.listed()))
    exports = clients.make(base_url=api.BASE)
    resource = exports.collections if kind == "collection" else exports.batches

    jobs = resource.list(api.RESOURCE[kind])

    assert rows(jobs._repr_html_())[1][0] == jobs[0].export_id


def test_job_shows_its_state(clients, kind):
    exports = clients.make(base_url=api.BASE)
    resource = exports.collections if kind == "collection" else exports.batches

    job = resource.job(api.RESOURCE[kind], "e1", study_id="s1")

    assert rows(job._repr_html_()) == [
        [kind.capitalize(), api.RESOURCE[kind]],
        ["Job", "e1"],
        ["Status", "not requested yet"],
        ["Filter", str(job.ref.filter)],
    ]
