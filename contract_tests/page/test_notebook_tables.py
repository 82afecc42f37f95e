"""The tables that notebooks show, in a browser."""

from datetime import UTC, datetime

import pytest
from archive.builders import collection_members, write_zip
from axe_playwright_python.sync_playwright import Axe
from prolific_exports import Codebook, ExportArchive, ListedJob, Question, summarise
from prolific_exports._console._notebook import show_page
from prolific_exports._model._listed_jobs import ListedJobs


@pytest.fixture
def archive(tmp_path):
    return ExportArchive.open(write_zip(tmp_path / "export.zip", collection_members()))


def test_tables_have_no_accessibility_violations(browser, archive):
    """In a page that gives them its colours, as a dark notebook does."""
    codebook = Codebook(source="api", questions=(Question(id="i1", options=("a",)),))
    job = ListedJob("e1", "complete", datetime(2026, 3, 20, 10, 30, tzinfo=UTC))
    tables = (archive, summarise(archive), codebook, ListedJobs((job,)), job)
    shown = "".join(one._repr_html_() for one in tables)
    page = browser.new_page()
    page.set_content(
        "<!doctype html><html lang=en><title>Notebook</title>"
        "<style>body { background: #111; color: #eee }</style>"
        f"<main><h1>Notebook</h1>{shown}</main></html>"
    )

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    texts = page.eval_on_selector_all("td", "all => all.map(one => getComputedStyle(one).color)")
    assert set(texts) == {"rgb(238, 238, 238)"}


def test_page_in_the_frame_of_a_notebook_filters_without_errors(browser, archive, monkeypatch):
    shown = []
    monkeypatch.setattr("prolific_exports._console._notebook.in_notebook", lambda: True)
    monkeypatch.setattr(
        "prolific_exports._console._notebook.show_page",
        lambda html, title: show_page(html, title, lambda content, raw: shown.append(content)),
    )
    archive.show()
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(f"<!doctype html><title>Notebook</title>{shown[0]['text/html']}")
    frame = page.frame_locator("iframe")

    frame.locator("button", has_text="No answer").first.click()

    frame.locator(".filter-chip").wait_for()
    # The address is written a moment later.
    page.wait_for_timeout(300)
    assert errors == []
