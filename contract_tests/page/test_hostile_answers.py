"""Answers, names and files that try to run something in the page."""

import json

import pytest
from archive.builders import json_lines, write_zip
from prolific_exports import Codebook, ExportArchive, Question
from prolific_exports._archive._codebook_file import codebook_path, write_codebook

from page.studies import picture

pytestmark = pytest.mark.unmeasured

ATTACK = (
    "\"'><img src=x onerror=alert(1)><svg onload=alert(2)></script><script>alert(3)</script>"
    "<!--{{alert(4)}}${alert(5)} javascript:alert(6) \u202e\x00\u2028</style>"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(7)"><script>alert(8)</script></svg>'
HTML = b"<!doctype html><script>alert(9)</script><img src=https://example.com/x.png>"
FILES = {
    "files/a.svg": SVG,
    "files/b.html": HTML,
    # The name of a picture, and the content of a page.
    "files/c.png": HTML,
    # The content of a picture, with a page after it.
    "files/d.html": picture() + HTML,
    "files/%2e%2e#?'\"&x.txt": HTML,
}


def described(kind, **content):
    return {"type": kind, "description": ATTACK, **content}


RECORD = {
    "submission_id": f"s{ATTACK}",
    "participant_id": f"p{ATTACK}",
    "task_id": ATTACK,
    "created_at": "2026-03-19T10:30:00Z",
    ATTACK: ATTACK,
    "responses": {
        f"{ATTACK}1": described("free_text", value=ATTACK),
        f"{ATTACK}2": described("free_text_with_unit", value="3", unit=ATTACK),
        f"{ATTACK}3": described("free_text_with_unit", value=ATTACK, unit=ATTACK),
        f"{ATTACK}4": described("multiple_choice", values=[ATTACK, "other"]),
        f"{ATTACK}5": described(
            "multiple_choice_with_free_text", values=[{"option": ATTACK, "explanation": ATTACK}]
        ),
        f"{ATTACK}6": described("star_rating", value=ATTACK),
        f"{ATTACK}7": described(
            "file_upload",
            files=[{"name": ATTACK, "path": path} for path in (*FILES, f"files/{ATTACK}")],
        ),
        f"{ATTACK}8": {"type": ATTACK, ATTACK: ATTACK},
        f"{ATTACK}9": described("free_text", value=ATTACK, extra=ATTACK),
    },
}


@pytest.fixture(params=["in the page", "in the folder"])
def hostile(request, tmp_path, open_page):
    path = write_zip(
        tmp_path / "data.zip",
        {
            "x/responses.jsonl": json_lines(RECORD, {**RECORD, "submission_id": "s2"}),
            "x/collection.json": json.dumps({"collection_id": ATTACK, "name": ATTACK}).encode(),
            **{f"x/{name}": content for name, content in FILES.items()},
        },
    )
    questions = (Question(id=f"{ATTACK}4", options=(ATTACK, f"{ATTACK}!"), wording=ATTACK),)
    write_codebook(
        Codebook(source="api", name=ATTACK, questions=questions),
        codebook_path(path),
        overwrite=False,
    )
    limit = 10**6 if request.param == "in the page" else 0
    ExportArchive.open(path).to_html(tmp_path / "data.html", embed_limit=limit)
    return open_page(tmp_path / "data.html")


def scripts(page):
    return page.page.evaluate(
        "[...document.querySelectorAll('script')].map((one) => one.type + one.id)"
    )


def test_hostile_content_stays_text(hostile):
    before = scripts(hostile)

    hostile.page.locator("#q4-card .bar").first.click()
    hostile.page.fill("#search", ATTACK[:20])
    hostile.page.locator("tbody button.link").first.click()
    hostile.page.locator("thead button").nth(3).click()
    hostile.page.get_by_role("button", name="Show the submission").first.click()
    assert ATTACK[:40] in hostile.page.locator("dialog").inner_text()
    hostile.page.wait_for_function("() => location.hash.includes('submission=')")
    hostile.page.reload()
    hostile.page.wait_for_selector("html[data-ready]", state="attached")
    assert hostile.page.locator("dialog").is_visible()

    assert scripts(hostile) == before
    # Nothing but pictures by their content, and no element that an answer made.
    assert hostile.page.locator("[onerror], [onload], iframe, object, embed").count() == 0
    sources = hostile.page.evaluate("[...document.images].map((image) => image.src)")
    assert sources
    assert all(one.startswith("data:image/png") or one.endswith("-d.html.png") for one in sources)
    assert hostile.violations() == ""
    hostile.check()


def test_uploads_that_browsers_run_are_only_offered_for_saving(hostile, tmp_path):
    folder = tmp_path / "data_files"
    links = hostile.page.locator("#q7-card a[href]").all()
    if not folder.exists():
        assert links == []
        hostile.page.get_by_role("button", name="Save").first.click()
        hostile.check()
        return
    stored = sorted(path.name for path in folder.iterdir() if path.name != "README.txt")
    assert [name.rpartition(".")[2] for name in stored] == ["txt", "txt", "txt", "png", "txt"]
    # Two submissions name the same four files; the first five links are shown.
    assert len(links) == 5
    for link in links:
        hostile.page.goto(link.evaluate("element => element.href"))
        assert hostile.page.evaluate("document.contentType") == "text/plain"
        hostile.page.go_back()
    hostile.check()


def test_policy_stops_what_a_mistake_would_run(hostile):
    hostile.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"x:\" onerror=\"alert(1)\">')"
    )

    hostile.page.wait_for_function("() => document.querySelector('img[onerror]').complete")
    hostile.page.evaluate("new Promise((done) => setTimeout(done, 0))")
    assert hostile.dialogs == []
    assert any("Content Security Policy" in one for one in hostile.messages)
