"""Small pictures of uploaded pictures, made by Pillow (the extra ``media``)."""

import io
import warnings
from importlib import import_module
from typing import Any, Final

SIDE: Final = 320
"""The longer side of a thumbnail, in pixels: twice what the page shows, for sharp screens."""

_QUALITY: Final = 78
FORMATS: Final = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
}
"""The formats that every supported Pillow decodes, by media type."""

_DAMAGED: Final = (OSError, ValueError, SyntaxError, IndexError)
"""What Pillow raises for damaged pictures."""


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
        with (
            # A small file can need all memory: Pillow warns of the size before it decodes.
            warnings.catch_warnings(action="error", category=pil.DecompressionBombWarning),
            pil.open(io.BytesIO(content), formats=tuple(FORMATS.values())) as picture,
        ):
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
    except (pil.DecompressionBombError, pil.DecompressionBombWarning, *_DAMAGED):
        return None
    return target.getvalue()
