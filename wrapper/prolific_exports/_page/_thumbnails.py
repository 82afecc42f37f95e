"""Small pictures of uploaded pictures, made by Pillow (the extra ``media``)."""

import io
from importlib import import_module
from typing import Any, Final

SIDE: Final = 320
"""The longer side of a thumbnail, in pixels: twice what the page shows, for sharp screens."""

_QUALITY: Final = 78
_MOST_PIXELS: Final = 100_000_000
"""A picture of more is not decoded: a small file can need all memory."""
FORMATS: Final = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
}
"""The formats that every supported Pillow decodes, by media type."""


def pillow() -> Any:
    """Return the module ``PIL.Image``; None if Pillow is not installed."""
    try:
        return import_module("PIL.Image")
    except ModuleNotFoundError:
        return None


def thumbnail(pil: Any, content: bytes) -> bytes | None:
    """Return a picture as a small JPEG; None if it cannot be decoded.

    Args:
        pil: The module ``PIL.Image``.
        content: The picture.
    """
    operations = import_module("PIL.ImageOps")
    try:
        with pil.open(io.BytesIO(content), formats=tuple(FORMATS.values())) as picture:
            width, height = picture.size
            if width * height > _MOST_PIXELS:
                return None
            # JPEG can be decoded at a fraction of its size.
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            small = operations.exif_transpose(picture)
            small.thumbnail((SIDE, SIDE))
            if small.mode not in ("RGB", "L"):
                # Transparent parts become white.
                layer = small.convert("RGBA")
                small = pil.new("RGB", layer.size, "white")
                small.paste(layer, mask=layer.getchannel("A"))
            target = io.BytesIO()
            small.save(target, "JPEG", quality=_QUALITY, optimize=True)
    except (OSError, ValueError, SyntaxError, IndexError, pil.DecompressionBombError):
        # What damaged pictures cause.
        return None
    return target.getvalue()
