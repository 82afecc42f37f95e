"""``prolific-exports show --html``."""

import pytest
from page.studies import ordinary, picture, study, upload
from prolific_exports._page import _writing


@pytest.fixture
def export(folder):
    return study(folder, *map(ordinary, range(3)))


def test_page_is_written_and_its_path_printed(cli, folder, export):
    outcome = cli("show", "data.zip", "--html", "data.html")

    assert (outcome.code, outcome.out) == (0, "data.html\n")
    assert outcome.err.splitlines()[-1] == "data.html: 3 submissions"
    assert (folder / "data.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_json_describes_the_page(cli, folder):
    study(folder, upload(1, a="a.png", b="gone.png"), files={"a.png": picture()})

    outcome = cli("show", "data.zip", "--html", "data.html", "--embed-limit", "0", "--json")

    assert outcome.json == {
        "archive": None,
        "page": {
            "path": "data.html",
            "submissions": 1,
            "shown": 1,
            "questions": 7,
            "files": 1,
            "embedded_files": 0,
            "folder": "data_files",
            "missing_files": 1,
            "cut": 0,
        },
        "error": None,
    }
    assert outcome.err.splitlines()[-1] == (
        "data.html: 1 submission; 1 uploaded file in data_files: keep it beside the page; "
        "1 file that answers refer to is not in the archive"
    )


def test_files_beyond_the_limit_can_be_left_out(cli, folder):
    study(folder, upload(1, a="a.png"), files={"a.png": picture()})

    outcome = cli("show", "data.zip", "--html", "data.html", "--embed-limit", "0", "--no-files")

    assert outcome.err.splitlines()[-1] == "data.html: 1 submission; 1 uploaded file left out"
    assert not (folder / "data_files").exists()


def test_one_page_shows_several_archives(cli, folder, export):
    study(folder, ordinary(4), name="other.zip", title="Other meals")
    study(folder, ordinary(5), name="third.zip", title="Meals")

    outcome = cli("show", "data.zip", "other.zip", "third.zip", "--html", "all.html")

    assert outcome.err.splitlines()[-1] == "all.html: 5 submissions"
    text = (folder / "all.html").read_text(encoding="utf-8")
    assert "<h1>Meals and 1 more archive</h1>" in text
    assert "<dd>data.zip, other.zip, third.zip</dd>" in text


def test_large_archive_is_sampled(cli, export, monkeypatch):
    monkeypatch.setattr(_writing, "MOST_ROWS", 2)

    outcome = cli("show", "data.zip", "--html", "data.html")

    assert outcome.err.splitlines()[-1] == "data.html: a sample of 2 from 3 submissions"


def test_existing_page_is_replaced_only_with_overwrite(cli, folder, export):
    (folder / "data.html").write_text("mine")

    outcome = cli("show", "data.zip", "--html", "data.html")
    assert outcome.code == 1
    assert "data.html already exists" in outcome.err
    assert (folder / "data.html").read_text() == "mine"

    assert cli("show", "data.zip", "--html", "data.html", "--overwrite").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["data.zip", "data.zip"], "Without --html, show summarises one archive."),
        (["data.zip", "--overwrite"], "add --html OUT"),
        (["data.zip", "--no-files"], "add --html OUT"),
        (["data.zip", "--embed-limit", "3"], "add --html OUT"),
        (["data.zip", "--html", "-"], "--html cannot write to stdout"),
        (["data.zip", "--html", "a.html", "--embed-limit", "-1"], "0 or more"),
        (["data.zip", "--html", "a.html", "--embed-limit", "nan"], "0 or more"),
    ],
    ids=["two archives", "overwrite", "no files", "limit", "stdout", "negative", "nan"],
)
def test_wrong_usage_writes_nothing(cli, folder, export, words, message):
    outcome = cli("show", *words)

    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert not list(folder.glob("*.html"))
