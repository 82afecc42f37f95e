"""The page as a file: what it contains, and the folder beside it."""

import json
import re
import sys

import pytest
from archive.builders import json_lines, write_zip
from prolific_exports import (
    CorruptArchiveError,
    ExportArchive,
    StorageError,
    TargetExistsError,
    UsageError,
)
from prolific_exports._files import _staging
from prolific_exports._page import _page_files, _writing

from page.studies import noise, ordinary, picture, sound, study, submission, upload


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def data(page, name):
    """The JSON in one of the page's script elements."""
    text = page.read_text(encoding="utf-8")
    [found] = re.findall(
        rf'<script type="application/json" id="data-{name}">(.*?)</script>', text, re.DOTALL
    )
    return json.loads(found)


def names(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


FILES = {"a.png": noise(), "b.png": picture(), "say.wav": sound(), "x.html": b"<script>"}
UPLOADS = upload(1, **dict(zip(FILES, FILES, strict=True)))


def test_page_without_uploads_is_one_file(folder):
    summary = study(folder, ordinary(0), ordinary(1)).to_html(folder / "data.html")

    assert (summary.submissions, summary.shown, summary.questions) == (2, 2, 7)
    assert (summary.files, summary.embedded_files, summary.folder) == (0, 0, None)
    assert names(folder) == ["data.codebook.json", "data.html", "data.zip"]
    assert len(data(folder / "data.html", "rows")) == 2
    assert data(folder / "data.html", "notes") == []


def test_small_uploads_are_in_the_page(folder):
    summary = study(folder, UPLOADS, files=FILES).to_html(folder / "data.html")

    assert (summary.files, summary.embedded_files, summary.folder) == (4, 4, None)
    files = data(folder / "data.html", "files")
    assert [(one["kind"], one["type"], one["preview"], one["link"]) for one in files] == [
        ("picture", "image/png", "image/jpeg", None),
        ("picture", "image/png", None, None),
        ("audio", "audio/wav", None, None),
        (None, None, None, None),
    ]
    assert data(folder / "data.html", "notes") == []


def test_large_uploads_are_in_a_folder_beside_the_page(folder):
    archive = study(folder, UPLOADS, files=FILES)

    summary = archive.to_html(folder / "data.html", embed_limit=100_000)

    assert (summary.embedded_files, summary.folder) == (0, str(folder / "data_files"))
    assert names(folder / "data_files") == [
        "1-a.png",
        "2-b.png",
        "3-say.wav",
        "4-x.html.txt",
        "README.txt",
    ]
    assert (folder / "data_files/1-a.png").read_bytes() == FILES["a.png"]
    files = data(folder / "data.html", "files")
    assert [one["link"] for one in files] == [
        "data_files/1-a.png",
        "data_files/2-b.png",
        "data_files/3-say.wav",
        "data_files/4-x.html.txt",
    ]
    # A small picture is its own thumbnail.
    assert [one["preview"] for one in files] == ["image/jpeg", "image/png", None, None]
    assert data(folder / "data.html", "notes") == [
        "4 uploaded files in the folder data_files: keep it beside this page."
    ]


@pytest.mark.parametrize(
    ("limit", "copied", "sources"),
    [
        (10**6, True, "img-src data:; media-src blob:;"),
        (0, True, "img-src data: 'self' file:; media-src 'self' file:;"),
        (0, False, "img-src data:; base-uri"),
    ],
    ids=["in the page", "in the folder", "left out"],
)
def test_policy_allows_only_where_the_files_are(folder, limit, copied, sources):
    archive = study(folder, UPLOADS, files=FILES)

    archive.to_html(folder / "data.html", embed_limit=limit, copy_files=copied)

    assert sources in (folder / "data.html").read_text(encoding="utf-8")


def test_large_uploads_can_be_left_out(folder):
    archive = study(folder, UPLOADS, files=FILES)

    summary = archive.to_html(folder / "data.html", embed_limit=100_000, copy_files=False)

    assert (summary.files, summary.embedded_files, summary.folder) == (4, 0, None)
    assert names(folder) == ["data.codebook.json", "data.html", "data.zip"]
    assert data(folder / "data.html", "notes") == [
        "4 uploaded files left out: only names and thumbnails are here."
    ]


def test_page_without_named_uploads_says_nothing_of_them(folder):
    archive = study(folder, ordinary(0), files=FILES)

    summary = archive.to_html(folder / "data.html", embed_limit=0, copy_files=False)

    assert (summary.files, data(folder / "data.html", "notes")) == (0, [])


def test_thumbnails_have_a_limit(folder):
    archive = study(folder, UPLOADS, files=FILES)

    archive.to_html(folder / "data.html", embed_limit=0)

    assert [one["preview"] for one in data(folder / "data.html", "files")] == [None] * 4
    assert data(folder / "data.html", "notes")[1] == (
        "2 pictures without a thumbnail: the limit is 0 bytes, or they are too large."
    )


def test_picture_too_large_for_memory_has_no_thumbnail(folder, monkeypatch):
    monkeypatch.setattr(_page_files, "_LARGEST_PICTURE", 1000)
    archive = study(folder, UPLOADS, files=FILES)

    archive.to_html(folder / "data.html")

    files = data(folder / "data.html", "files")
    assert [one["kind"] for one in files[:2]] == ["picture", "picture"]
    assert [one["preview"] for one in files[:2]] == [None, None]


def test_picture_that_cannot_be_decoded_is_only_a_link(folder):
    archive = study(folder, upload(1, x="x.png"), files={"x.png": picture()[:50]})

    archive.to_html(folder / "data.html")

    [file] = data(folder / "data.html", "files")
    assert (file["kind"], file["embedded"]) == (None, True)


def test_without_pillow_the_page_says_so(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    archive = study(folder, UPLOADS, files=FILES)

    archive.to_html(folder / "data.html")

    files = data(folder / "data.html", "files")
    assert [one["kind"] for one in files] == ["picture", "picture", "audio", None]
    assert [one["preview"] for one in files] == [None] * 4
    assert data(folder / "data.html", "notes") == [
        (
            "1 picture without a thumbnail, since Pillow is not installed "
            "(pip install 'prolific-exports[media]')."
        )
    ]


def test_page_names_what_is_missing(folder):
    archive = study(
        folder,
        upload(1, gone="gone.png"),
        submission(2, meal={"type": "free_text", "value": "x" * 30_000}),
        {"undocumented": 1},
        codebook=None,
    )

    summary = archive.to_html(folder / "data.html")

    assert (summary.missing_files, summary.cut) == (1, 1)
    assert data(folder / "data.html", "notes") == [
        "1 record in an undocumented layout: not shown.",
        (
            "Without a codebook, options that no answer has are missing, and options come in the "
            "order in which they occur."
        ),
        "1 uploaded file named by answers and missing in the archive.",
        "1 text longer than 20,000 characters, cut here.",
    ]


@pytest.mark.parametrize("limit", ["MOST_ROWS", "MOST_BYTES"])
def test_large_archive_is_sampled(folder, monkeypatch, limit):
    archive = study(folder, *map(ordinary, range(10)))
    size = archive.record_file().member.size
    monkeypatch.setattr(_writing, limit, 4 if limit == "MOST_ROWS" else size * 45 // 100)

    summary = archive.to_html(folder / "data.html")

    assert (summary.submissions, summary.shown) == (10, 4)
    assert len(data(folder / "data.html", "rows")) == 4
    assert data(folder / "data.html", "notes") == [
        (
            "A sample: 4 of 10 submissions, evenly spread over the archive. The header and the "
            "response rates count all of them."
        )
    ]


def test_page_is_replaced_only_on_request(folder):
    archive = study(folder, UPLOADS, files=FILES)
    archive.to_html(folder / "data.html", embed_limit=100_000)
    before = (folder / "data.html").read_bytes()

    with pytest.raises(TargetExistsError, match="data_files already exists"):
        archive.to_html(folder / "data.html")
    assert (folder / "data.html").read_bytes() == before

    archive.to_html(folder / "data.html", overwrite=True)
    assert names(folder) == ["data.codebook.json", "data.html", "data.zip"]
    # Before the archive is read, which can take a while.
    archive.path.unlink()
    with pytest.raises(TargetExistsError, match=r"data\.html already exists"):
        archive.to_html(folder / "data.html")


@pytest.mark.parametrize("content", [None, "Something else\n"], ids=["empty", "other"])
def test_folder_of_others_is_never_replaced(folder, content):
    (folder / "data_files").mkdir()
    if content is not None:
        (folder / "data_files/README.txt").write_text(content)
    archive = study(folder, UPLOADS, files=FILES)

    with pytest.raises(TargetExistsError, match="data_files already exists"):
        archive.to_html(folder / "data.html", overwrite=True)

    assert not (folder / "data.html").exists()


def test_failure_leaves_the_earlier_page_and_its_folder(folder, monkeypatch):
    archive = study(folder, UPLOADS, files=FILES)
    archive.to_html(folder / "data.html", embed_limit=100_000)
    before = {name: (folder / name).read_bytes() for name in names(folder)}

    def fail(*arguments, **options):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(_staging, "publish", fail)
    with pytest.raises(StorageError, match="The page cannot be written"):
        archive.to_html(folder / "data.html", overwrite=True, embed_limit=90_000)

    assert {name: (folder / name).read_bytes() for name in names(folder)} == before


def test_damaged_upload_leaves_nothing(folder):
    archive = study(folder, UPLOADS, files=FILES)
    [member] = [one for one in archive.members if one.name.endswith("say.wav")]
    content = bytearray(archive.path.read_bytes())
    content[member.offset + 30 + len(member.stored_name) + 5] ^= 1
    archive.path.write_bytes(content)

    with pytest.raises(CorruptArchiveError, match="say.wav"):
        archive.to_html(folder / "data.html", embed_limit=100_000)

    assert names(folder) == ["data.codebook.json", "data.zip"]


def test_page_never_replaces_its_archive(folder):
    archive = study(folder, ordinary(0))
    path = folder / "data.html"
    archive.path.rename(path)

    with pytest.raises(UsageError, match="only copy"):
        ExportArchive.open(path).to_html(path, overwrite=True)


def test_page_has_a_suffix_of_its_own(folder):
    archive = study(folder, ordinary(0))

    with pytest.raises(UsageError, match=r"ends in \.csv"):
        archive.to_html(folder / "data.csv")
    archive.to_html(folder / "page.htm")


def test_nothing_ends_a_script_element_early(folder):
    hostile = "</script><!--<script>\u2028"
    archive = study(
        folder, submission(1, meal={"type": "free_text", "value": hostile}), title=hostile
    )

    archive.to_html(folder / "data.html")

    [row] = data(folder / "data.html", "rows")
    assert row[5] == [0, "</script><!--<script>\u2028"]
    text = (folder / "data.html").read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script>") == 5


def test_same_file_of_two_answers_is_stored_once(folder):
    archive = study(
        folder, upload(1, one="a.png"), upload(2, other="a.png"), files={"a.png": picture()}
    )

    assert archive.to_html(folder / "data.html").files == 1


def test_batch_counts_its_tasks(folder):
    record = {
        "submission_id": "s1",
        "participant_id": "p1",
        "tasks": [{"task_id": f"t{n}", "responses": {}} for n in range(3)],
    }
    archive = ExportArchive.open(
        write_zip(
            folder / "data.zip",
            {"x/responses-by-submission.jsonl": json_lines(record), "x/batch.json": b"{}"},
        )
    )

    archive.to_html(folder / "data.html")

    text = (folder / "data.html").read_text(encoding="utf-8")
    assert "<dt>Answered tasks</dt><dd>3 from 1 participant</dd>" in text
    # Without a name and an id, the file has one.
    assert "<h1>data.zip</h1>" in text
    assert data(folder / "data.html", "about")["unit"] == "answered task"


@pytest.mark.parametrize(("questions", "scrolls"), [(15, False), (16, True)], ids=str)
def test_many_response_rates_scroll(folder, questions, scrolls):
    answers = {
        f"q{number}": {"type": "free_text", "description": f"Question {number}", "value": "x"}
        for number in range(questions - 7)
    }
    study(folder, submission(1, **answers)).to_html(folder / "data.html")

    text = (folder / "data.html").read_text(encoding="utf-8")
    assert ('<div class="card scroll tall" tabindex="0"' in text) == scrolls
    assert text.count('<span class="share">100 %</span>') == questions - 7
