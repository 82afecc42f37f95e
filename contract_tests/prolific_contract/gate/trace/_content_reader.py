"""Reads the content of small archives, and of the documented members of larger ones."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import field, mutable

from prolific_contract.gate.trace._archive_content import ArchiveContent, ContentFlaw, masked
from prolific_contract.gate.trace._content_records import DOCUMENTED, describe
from prolific_contract.gate.trace._zip_directory import FilePart, MissingBytes

CONTENT_LIMIT: Final = 1024 * 1024
"""Bytes of an archive that are read at most, besides its directory.

A smaller archive is read whole. Of a larger one, the responses and the metadata are read if they
are within so many bytes.
"""

_EXTRACTED_LIMIT: Final = 32 * 1024 * 1024
_README: Final = "README.md"
_STEP: Final = 64 * 1024
# What the standard library raises for damaged data.
_DAMAGED: Final = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


class _UnknownBytesError(Exception):
    """The recording lacks bytes of the archive."""


def missing_content(parts: Iterable[FilePart], size: int) -> MissingBytes | None:
    """The bytes to request for the content of an archive; None if nothing more is needed.

    Args:
        parts: The known parts of the file, with its directory.
        size: Length of the complete file in bytes.
    """
    parts = list(parts)
    start, stop = (0, size) if size <= CONTENT_LIMIT else _documented_span(parts, size)
    if stop - start > CONTENT_LIMIT:
        return None
    for part in sorted(parts, key=lambda part: part.start):
        if part.start <= start < part.stop:
            start = part.stop
    for part in sorted(parts, key=lambda part: part.stop, reverse=True):
        if part.start < stop <= part.stop:
            stop = part.start
    return MissingBytes(start, stop) if start < stop else None


def read_content(parts: Iterable[FilePart], size: int) -> ArchiveContent | None:
    """Read the content of an archive; None if its directory can't be read.

    Members that are unknown, encrypted, or compressed in an unusual way are not read.

    Args:
        parts: The known parts of the file.
        size: Length of the complete file in bytes.
    """
    archive = _opened(parts, size)
    if archive is None:
        return None
    extraction = _Extraction(archive)
    names = [member.filename for member in archive.infolist() if not member.filename.endswith("/")]
    texts = dict(extraction.documented())
    return describe(
        names,
        texts,
        ArchiveContent(read=extraction.read, damaged=tuple(extraction.damaged)),
        unread=extraction.unread,
    )


def _documented_span(parts: list[FilePart], size: int) -> tuple[int, int]:
    """From the first to after the last documented member; the whole file if there is none."""
    archive = _opened(parts, size)
    members = [] if archive is None else archive.infolist()
    offsets = sorted({member.header_offset for member in members})
    own = [member.header_offset for member in members if _is_documented(member)]
    if archive is None or not own:
        return 0, size
    after = next((one for one in offsets if one > max(own)), archive.start_dir)
    return min(own), after


def _is_documented(member: zipfile.ZipInfo) -> bool:
    folder, _, name = member.filename.rpartition("/")
    return name in DOCUMENTED and "/" not in folder


def _opened(parts: Iterable[FilePart], size: int) -> zipfile.ZipFile | None:
    try:
        return zipfile.ZipFile(_KnownParts(list(parts), size))
    except (_UnknownBytesError, zipfile.BadZipFile, NotImplementedError, *_DAMAGED):
        return None


@mutable
class _Extraction:
    """Extracts the members of an archive.

    Attributes:
        read: How many members were extracted.
        damaged: What can't be extracted.
        unread: The names of documented members that were not extracted.
    """

    archive: zipfile.ZipFile
    read: int = 0
    damaged: list[ContentFlaw] = field(factory=list)
    unread: set[str] = field(factory=set)
    _left: int = _EXTRACTED_LIMIT

    def documented(self) -> Iterator[tuple[str, bytes]]:
        """Extract all members; yield those whose content is documented, by complete name."""
        for member in self.archive.infolist():
            if member.filename.endswith("/"):
                continue
            kept = _is_documented(member)
            content = self._extract(member, kept=kept)
            if content is None:
                self.unread |= {member.filename} if kept else set()
            else:
                self.read += 1
                if kept:
                    yield member.filename, content

    def _extract(self, member: zipfile.ZipInfo, *, kept: bool) -> bytes | None:
        content = bytearray()
        length = 0
        try:
            with self.archive.open(member) as stream:
                while chunk := stream.read(_STEP):
                    length += len(chunk)
                    self._left -= len(chunk)
                    if self._left < 0:
                        return None
                    content += chunk if kept else b""
        except (_UnknownBytesError, NotImplementedError, RuntimeError):
            # Encrypted, or compressed in a way that this Python does not support.
            return None
        except zipfile.BadZipFile as error:
            crc = "CRC" in str(error)
            self._damage(member, "fails its CRC-32 check" if crc else "has a damaged header")
            return None
        except _DAMAGED:
            self._damage(member, "can't be decompressed")
            return None
        if length != member.file_size:
            self._damage(member, f"has {length} bytes, and {member.file_size} in the directory")
            return None
        return bytes(content)

    def _damage(self, member: zipfile.ZipInfo, problem: str) -> None:
        name = member.filename.rpartition("/")[2]
        shown = name if name in {*DOCUMENTED, _README} else masked(name)
        self.damaged.append(ContentFlaw("archive.field.zip", f"{shown} {problem}"))


class _KnownParts(io.RawIOBase):
    """A file of which only parts are known."""

    def __init__(self, parts: list[FilePart], size: int) -> None:
        self._parts = sorted(parts, key=lambda part: part.start)
        self._size = size
        self._at = 0

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        stop = self._size if size is None or size < 0 else min(self._at + size, self._size)
        found = bytearray()
        for part in self._parts:
            at = self._at + len(found)
            if part.start <= at < part.stop:
                found += part.data[at - part.start : stop - part.start]
        if len(found) < stop - self._at:
            raise _UnknownBytesError
        self._at = max(stop, self._at)
        return bytes(found)
