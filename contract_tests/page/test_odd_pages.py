"""Pages of unusual archives in a browser."""

import pytest
from archive.builders import json_lines, write_zip
from prolific_exports import ExportArchive
from prolific_exports._page import write_page

from page.studies import OFTEN, TIME, WHY, answer, ordinary, study, submission

pytestmark = pytest.mark.unmeasured


@pytest.fixture
def opened(tmp_path, open_page):
    def opened(*archives, fragment=""):
        write_page(archives, tmp_path / "data.html")
        return open_page(tmp_path / "data.html", fragment)

    return opened


def test_archives_of_one_page_can_be_chosen(tmp_path, opened):
    page = opened(
        study(tmp_path, *map(ordinary, range(3))),
        study(tmp_path, *map(ordinary, range(4, 6)), name="more.zip"),
    )
    assert page.status == "All 5 submissions"

    page.page.select_option("#archive", "more.zip")

    assert page.status == "2 of 5 submissions (40 %)"
    assert page.cells(3) == ["more.zip", "more.zip"]
    page.fragment("#archive=more.zip")
    page.check()


def test_tasks_of_a_batch_have_rows_of_their_own(tmp_path, opened):
    record = {
        "submission_id": "s1",
        "tasks": [{"task_id": f"t{n}", "responses": {}} for n in range(3)],
    }
    archive = ExportArchive.open(
        write_zip(
            tmp_path / "data.zip",
            {"x/responses-by-submission.jsonl": json_lines(record), "x/batch.json": b"{}"},
        )
    )

    page = opened(archive, fragment="#submission=s1&task=t1")

    assert page.status == "All 3 answered tasks"
    assert page.cells(3) == ["t0", "t1", "t2"]
    assert "t1" in page.page.locator("dialog").inner_text()
    page.check()


def test_archive_without_submissions_has_a_page(tmp_path, opened):
    page = opened(study(tmp_path))

    assert page.status == "All 0 submissions"
    assert page.cells(0) == []
    assert page.violations() == ""
    page.check()


def test_answers_in_an_undocumented_form_are_shown_as_json(tmp_path, opened):
    archive = study(
        tmp_path,
        {**submission(1, often={"type": "slider", "value": 3}, new={"type": "dial"}), "device": 7},
        submission(2, often=answer(OFTEN, values=["Daily"]), new=None),
    )
    page = opened(archive, fragment="#submission=s1")

    shown = page.page.locator("dialog").inner_text()
    for text in ('{"type":"slider","value":3}', '{"type":"dial"}', '{"record":{"device":7}}'):
        assert text in shown
    page.page.keyboard.press("Escape")
    card = page.page.locator("#q3-card").inner_text()
    assert "2 of 2 answered (100 %); required; 1 answer in an undocumented form" in card
    assert page.page.locator("#q8-card .example").all_inner_texts() == ['{"type":"dial"}']
    page.check()


def test_question_with_many_options_shows_the_first_until_asked(tmp_path, opened):
    records = [submission(n, often=answer(OFTEN, values=[f"Option {n}"])) for n in range(30)]
    page = opened(study(tmp_path, *records, codebook=None))
    assert len(page.bars("q3")) == 12

    page.page.get_by_role("button", name="Show all 30 options").click()

    assert len(page.bars("q3")) == 30
    assert page.page.evaluate("document.activeElement.innerText").startswith("Option 12")
    page.check()


def test_outliers_share_the_last_column(tmp_path, opened):
    amounts = [*(str(n) for n in range(10, 30)), "1000000", "-5000", "soon"]
    records = [
        submission(n, time=answer(TIME, value=one, unit="minutes")) for n, one in enumerate(amounts)
    ]
    page = opened(study(tmp_path, *records))

    columns = page.page.locator("#q2-card .column")
    assert columns.last.get_attribute("title").endswith("or more minutes: 1")
    assert columns.first.get_attribute("title").startswith("below ")
    columns.last.click()
    assert page.status.startswith("1 of 23")
    assert "1 answer without a plain number" in page.page.locator("#q2-card").inner_text()
    page.check()


def test_explanations_can_all_be_shown(tmp_path, opened):
    records = [
        submission(n, why=answer(WHY, values=[{"option": "Taste", "explanation": f"Reason {n}"}]))
        for n in range(9)
    ]
    page = opened(study(tmp_path, *records))
    examples = page.page.locator("#q5-card .example")
    assert examples.count() == 5

    page.page.locator("#q5-card").get_by_role("button", name="Show more").click()

    assert examples.count() == 9
    assert page.page.evaluate("document.activeElement.innerText") == "Reason 5"
    examples.last.click()
    assert "Reason 8" in page.page.locator("dialog").inner_text()
    page.check()


def test_rows_without_an_answer_are_filtered_and_come_last(tmp_path, opened):
    archive = study(tmp_path, submission(1), ordinary(2), ordinary(3))
    page = opened(archive, fragment="#sort=q1")
    assert page.cells(3) == ["Soup number 2", "Soup number 3", ""]

    page.page.locator("#q1-card").get_by_role("button", name="No answer").click()

    assert page.status == "1 of 3 submissions (33 %)"
    page.fragment("#q1.is=none&sort=q1")
    page.page.get_by_role("button", name="Remove the filter").click()
    page.bar("q3", "No answer").click()
    page.fragment("#q3.none=1&sort=q1")
    page.check()
