"""Generates small files of the types that participants upload."""

import struct
import zlib

from attrs import frozen

from prolific_contract.sandbox._random import SeededChoices

_NAMES: tuple[tuple[str, str], ...] = (
    ("photo", "jpg"),
    ("screenshot", "png"),
    ("scanned page", "pdf"),
    ("ノート", "txt"),
    ("IMG_2041", "jpg"),
    ("captura de mañana", "png"),
)


@frozen
class Upload:
    """An uploaded file: the participant's file name, and the content."""

    name: str
    extension: str
    content: bytes


def make_upload(draw: SeededChoices, number: int) -> Upload:
    """A valid JPEG, PNG, PDF or text file.

    Args:
        draw: Chooses the content.
        number: Index of the file in the archive; selects the type.
    """
    stem, extension = _NAMES[number % len(_NAMES)]
    shade = draw.below(256)
    note = f"File {number + 1} of an export of the sandbox, {draw.below(1000)} words short."
    if extension == "jpg":
        content = _jpeg(shade)
    elif extension == "png":
        content = _png(shade)
    elif extension == "pdf":
        content = _pdf(note)
    else:
        content = f"{note}\n".encode()
    return Upload(f"{stem}.{extension}", extension, content)


def _png(shade: int) -> bytes:
    side = 16
    rows = b"".join(
        b"\x00" + bytes(v for x in range(side) for v in (shade, x * 16, y * 16))
        for y in range(side)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    # Stored, not compressed, so that the bytes don't depend on the version of zlib.
    pixels = zlib.compress(rows, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", pixels),
            chunk(b"IEND", b""),
        )
    )


def _jpeg(shade: int) -> bytes:
    """A grey square of 8 by 8 pixels, baseline coded."""

    def segment(marker: int, data: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

    # Both code tables contain one code, the single bit 0: for the DC coefficient it means
    # that 7 bits follow, for the AC coefficients that none follow.
    one_code = bytes([1, *[0] * 15])
    # Seven bits encode 64 to 127, or -127 to -64 if the first is 0; with a quantiser of 8,
    # one step of the coefficient is one step of grey.
    coefficient = shade >> 1
    scan = coefficient << 8 | 0b1111111
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            segment(0xDB, bytes([0, *[8] * 64])),
            segment(0xC0, struct.pack(">BHHBBBB", 8, 8, 8, 1, 1, 0x11, 0)),
            segment(0xC4, b"\x00" + one_code + b"\x07"),
            segment(0xC4, b"\x10" + one_code + b"\x00"),
            segment(0xDA, bytes([1, 1, 0, 0, 63, 0])),
            struct.pack(">H", scan),
            b"\xff\xd9",
        )
    )


def _pdf(note: str) -> bytes:
    """One page with one line, in a font that every reader has."""
    stream = b"BT /F1 14 Tf 20 100 Td (%s) Tj ET" % note.encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 420 200] >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    content = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%s"
        b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, entries, size, len(content))
    )
