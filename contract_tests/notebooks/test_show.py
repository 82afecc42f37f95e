"""``archive.show()``: the page of the data below a cell, or in the browser."""

import tempfile
import webbrowser
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from archive.builders import ROOT, collection_members, write_zip
from prolific_exports import ExportArchive, UsageError

HEADING = "A collection"


@pytest.fixture
def archive(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return ExportArchive.open(write_zip(tmp_path / "data.zip", collection_members()))


def opened_file(url):
    return Path(url2pathname(urlsplit(url).path))


def test_browser_opens_the_page(archive):
    opened = []

    archive.show(open_page=lambda url: opened.append(url) or True)

    (url,) = opened
    assert url.startswith("file:///")
    assert opened_file(url).name == "data.html"
    assert HEADING in opened_file(url).read_text(encoding="utf-8")


def test_browser_of_the_system_is_the_default(archive, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)

    archive.show()

    assert opened_file(opened[0]).is_file()


def test_page_is_named_in_the_error_if_there_is_no_browser(archive):
    opened = []

    with pytest.raises(UsageError, match="No browser could be opened") as raised:
        archive.show(open_page=opened.append)

    assert str(opened_file(opened[0])) in str(raised.value)


def test_notebook_shows_the_page_below_the_cell(archive, kernel, tmp_path):
    archive.show()

    ((content,),) = kernel.outputs
    assert content["text/plain"] == f"Answers in {archive.path}"
    frame = content["text/html"]
    assert frame.startswith(f'<iframe title="Answers in {archive.path}" sandbox="allow-scripts ')
    assert "allow-same-origin" not in frame
    assert HEADING in frame
    # Whatever the page has, it is one attribute of the frame.
    assert (frame.count("<"), frame.count('"')) == (2, 8)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_notebook_stores_no_large_files(tmp_path, kernel):
    members = collection_members() | {
        f"{ROOT}files/sub1_i2_0.jpg": b"\xff\xd8\xff" + bytes(2_000_000)
    }
    archive = ExportArchive.open(write_zip(tmp_path / "large.zip", members))

    archive.show()

    assert len(kernel.outputs[0][0]["text/html"]) < 1_000_000
