"""What an uploaded file is, by its first bytes: never by its name, which can be anything."""

from typing import Final, Literal, TypeAlias

from attrs import frozen

MediaKind: TypeAlias = Literal["picture", "audio", "video"]

HEAD: Final = 4096
"""Bytes from the start of a file that decide what it is."""


@frozen
class MediaType:
    """A format that browsers show without running anything in it.

    Attributes:
        kind: How to show it.
        name: Its media type, such as ``image/png``.
        suffixes: The suffixes of such files; the first one is the usual one.
    """

    kind: MediaKind
    name: str
    suffixes: tuple[str, ...]


_PNG: Final = MediaType("picture", "image/png", (".png",))
_JPEG: Final = MediaType("picture", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
_GIF: Final = MediaType("picture", "image/gif", (".gif",))
_WEBP: Final = MediaType("picture", "image/webp", (".webp",))
_BMP: Final = MediaType("picture", "image/bmp", (".bmp",))
_AVIF: Final = MediaType("picture", "image/avif", (".avif",))
_MP3: Final = MediaType("audio", "audio/mpeg", (".mp3",))
_AAC: Final = MediaType("audio", "audio/aac", (".aac",))
_WAV: Final = MediaType("audio", "audio/wav", (".wav",))
_FLAC: Final = MediaType("audio", "audio/flac", (".flac",))
_OGG: Final = MediaType("audio", "audio/ogg", (".ogg", ".oga", ".opus"))
_M4A: Final = MediaType("audio", "audio/mp4", (".m4a", ".m4b", ".mp4"))
_WEBA: Final = MediaType("audio", "audio/webm", (".weba", ".webm"))
_OGV: Final = MediaType("video", "video/ogg", (".ogv", ".ogg"))
_MP4: Final = MediaType("video", "video/mp4", (".mp4", ".m4v", ".mov", ".3gp"))
_WEBM: Final = MediaType("video", "video/webm", (".webm",))

_STARTS: Final = (
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"\xff\xd8\xff", _JPEG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"ID3", _MP3),
    (b"fLaC", _FLAC),
)
_RIFF: Final = {b"WEBP": _WEBP, b"WAVE": _WAV}
# Brands of the format that MP4 began; other brands are pictures that few browsers show.
_BRANDS: Final = {
    **dict.fromkeys((b"M4A ", b"M4B "), _M4A),
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
    **dict.fromkeys(
        (
            *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42"),
            *(b"avc1", b"dash", b"M4V ", b"MSNV", b"qt  ", b"3gp4", b"3gp5", b"3gp6"),
        ),
        _MP4,
    ),
}
# Headers of MPEG audio without ID3: the version and the layer are in the second byte.
_MPEG_AUDIO: Final = {
    **dict.fromkeys((0xFB, 0xFA, 0xF3, 0xF2, 0xE3, 0xE2), _MP3),
    **dict.fromkeys((0xF1, 0xF9), _AAC),
}
_BMP_HEADERS: Final = frozenset((12, 40, 52, 56, 108, 124))


def media_type(head: bytes) -> MediaType | None:
    """Return the format of a file that begins with these bytes; None if it is not shown.

    Formats that can contain programs, such as SVG, HTML and PDF, are never shown.

    Args:
        head: The first ``HEAD`` bytes, or the whole file.
    """
    for start, found in _STARTS:
        if head.startswith(start):
            return found
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head.startswith(b"OggS"):
        return _OGV if b"\x80theora" in head else _OGG
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _matroska(head)
    if head.startswith(b"BM") and head[14:18] and head[14] in _BMP_HEADERS:
        return _BMP if head[15:18] == b"\0\0\0" else None
    if len(head) > 4 and head[0] == 0xFF:
        return _MPEG_AUDIO.get(head[1])
    return None


def _matroska(head: bytes) -> MediaType | None:
    if b"webm" not in head[:64]:
        return None
    is_audio = b"A_OPUS" in head or b"A_VORBIS" in head
    return _WEBA if is_audio and b"V_" not in head else _WEBM


# Formats that browsers open without running anything in them, or leave to other programs.
_KEPT_SUFFIXES: Final = frozenset(
    {
        *(".csv", ".doc", ".docx", ".heic", ".heif", ".md", ".odp", ".ods", ".odt", ".pdf"),
        *(".ppt", ".pptx", ".rtf", ".tif", ".tiff", ".tsv", ".txt", ".xls", ".xlsx", ".zip"),
    }
)


def stored_suffix(suffix: str, head: bytes, media: MediaType | None) -> str:
    """Return the suffix that a file gets beside a page: browsers go by it, and run some.

    Args:
        suffix: The suffix that the file has, with its dot; empty if it has none.
        head: Its first bytes.
        media: What it is, if it is shown.
    """
    lower = suffix.lower()
    if media is not None:
        return suffix if lower in media.suffixes else suffix + media.suffixes[0]
    if lower in _KEPT_SUFFIXES:
        return suffix
    return suffix + (".bin" if b"\0" in head else ".txt")
