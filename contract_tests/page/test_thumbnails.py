"""Thumbnails of pictures."""

import io
import struct
import sys
import zlib

import pytest
from PIL import Image
from prolific_exports._page._thumbnails import SIDE, pillow, thumbnail

from page.studies import noise, picture


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK", "I;16"])
def test_thumbnail_of_any_mode_is_a_small_jpeg(mode):
    target = io.BytesIO()
    format_ = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (900, 600)).save(target, format_)

    small = opened(thumbnail(pillow(), target.getvalue()))

    assert (small.format, small.size) == ("JPEG", (SIDE, SIDE * 2 // 3))


def test_transparent_parts_become_white():
    target = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(target, "PNG")

    assert opened(thumbnail(pillow(), target.getvalue())).getpixel((0, 0)) == (255, 255, 255)


def test_thumbnail_is_turned_as_the_camera_was():
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 40)).save(target, "JPEG", exif=exif)

    assert opened(thumbnail(pillow(), target.getvalue())).size == (40, 80)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        picture()[:40],
        noise()[:4000],
        b"\xff\xd8\xff" + bytes(100),
        # 20,000 by 20,000 pixels in few bytes.
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(100))),
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, 9_000, 1, 0, 0, 0, 0)),
    ],
    ids=["empty", "text", "cut PNG", "cut noise", "cut JPEG", "bomb", "large without data"],
)
def test_picture_that_cannot_be_decoded_has_no_thumbnail(content):
    assert thumbnail(pillow(), content) is None


def test_pillow_is_optional(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)

    assert pillow() is None
