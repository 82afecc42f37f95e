"""What an uploaded file is, by its first bytes."""

import io

import pytest
from PIL import Image
from prolific_exports._page._sniffing import media_type, stored_suffix
from prolific_exports._page._thumbnails import FORMATS

from page.studies import picture, sound

WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm"
SHOWN = {
    "gif": (b"GIF89a" + bytes(20), "image/gif"),
    "jpeg": (picture(kind="JPEG"), "image/jpeg"),
    "png": (picture(), "image/png"),
    "webp": (picture(kind="WEBP"), "image/webp"),
    "bmp": (picture(kind="BMP"), "image/bmp"),
    "avif": (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
    "mp3 with tags": (b"ID3\x04\0", "audio/mpeg"),
    "mp3": (b"\xff\xfb\x90\x64\0", "audio/mpeg"),
    "aac": (b"\xff\xf1\x50\x80\0", "audio/aac"),
    "wav": (sound(), "audio/wav"),
    "flac": (b"fLaC\0", "audio/flac"),
    "ogg": (b"OggS\0\x02" + bytes(22) + b"OpusHead", "audio/ogg"),
    "ogv": (b"OggS\0\x02" + bytes(22) + b"\x80theora", "video/ogg"),
    "m4a": (b"\0\0\0\x20ftypM4A \0\0\0\0", "audio/mp4"),
    "mp4": (b"\0\0\0\x20ftypisom\0\0\0\0", "video/mp4"),
    "webm": (WEBM + b"V_VP9 A_OPUS", "video/webm"),
    "webm without codecs": (WEBM, "video/webm"),
    "webm audio": (WEBM + b"A_OPUS", "audio/webm"),
}
NOT_SHOWN = {
    "empty": b"",
    "short": b"\xff\xfb",
    "text": b"Hello",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7",
    "heic": b"\0\0\0\x20ftypheic\0\0\0\0",
    "matroska": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska",
    "avi": b"RIFF\0\0\0\0AVI ",
    "text that begins as a bitmap": b"BM is short for bitmap",
    "bitmap without a header": b"BM" + bytes(12) + b"\x28\0\0\x01",
    "utf-16": b"\xff\xfeH\0e\0",
}


@pytest.mark.parametrize("name", SHOWN)
def test_format_that_browsers_show_is_recognised(name):
    content, expected = SHOWN[name]
    found = media_type(content)

    assert found is not None
    assert found.name == expected
    assert found.name.replace("image", "picture").startswith(found.kind)


@pytest.mark.parametrize("name", NOT_SHOWN)
def test_other_content_is_never_shown(name):
    assert media_type(NOT_SHOWN[name]) is None


def test_thumbnails_are_made_of_formats_that_are_recognised():
    for name, format_ in FORMATS.items():
        target = io.BytesIO()
        Image.new("RGB", (2, 2)).save(target, format_)
        found = media_type(target.getvalue())
        assert found is not None
        assert found.name == name


@pytest.mark.parametrize(
    ("suffix", "content", "stored"),
    [
        (".PNG", picture(), ".PNG"),
        (".html", picture(), ".html.png"),
        ("", sound(), ".wav"),
        (".pdf", b"%PDF", ".pdf"),
        (".html", b"<script>", ".html.txt"),
        (".svg", b"<svg>", ".svg.txt"),
        (".png", b"<script>", ".png.txt"),
        ("", b"<script>", ".txt"),
        (".exe", b"MZ\0", ".exe.bin"),
    ],
    ids=str,
)
def test_stored_file_has_a_suffix_that_no_browser_runs(suffix, content, stored):
    assert stored_suffix(suffix, content, media_type(content)) == stored
