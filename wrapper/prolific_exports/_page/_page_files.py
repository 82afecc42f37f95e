"""The uploaded files of a page: which there are, and where their content goes."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from attrs import define, field, frozen

from prolific_exports._archive import ArchiveFile, ArchiveReader
from prolific_exports._page._sniffing import HEAD, MediaType, media_type, stored_suffix
from prolific_exports._page._thumbnails import FORMATS, pillow, thumbnail

_LARGEST_PICTURE: Final = 32 << 20
"""Bytes of a picture that may be read into memory, for its thumbnail."""
SMALL: Final = 64 << 10
"""Bytes of a picture that is its own thumbnail."""
_LONGEST_NAME: Final = 100
"""Bytes of the name of a stored file, without its number and suffix."""
_PIECE: Final = 1 << 18


@frozen
class NumberedFile:
    """An uploaded file of a page."""

    archive: ArchiveReader
    file: ArchiveFile


@define
class PageFiles:
    """The uploaded files that the rows of a page name, in the order in which they occur.

    Attributes:
        archives: The archives.
        missing: Number of files that answers name and the archives do not contain.
        files: The files.
    """

    archives: Sequence[ArchiveReader]
    missing: int = 0
    files: list[NumberedFile] = field(factory=list, init=False)
    _numbers: dict[tuple[int, str], int] = field(factory=dict, init=False)

    def number(self, source: int, path: str) -> int | None:
        """Return the number of an uploaded file; None if the archive does not contain it."""
        archive = self.archives[source]
        file = archive.find(path)
        if file is None or not file.is_downloaded:
            self.missing += 1
            return None
        number = self._numbers.setdefault((source, file.path), len(self.files))
        if number == len(self.files):
            self.files.append(NumberedFile(archive, file))
        return number


@define(kw_only=True)
class FileWriter:
    """Writes the content of files into a page, or into the folder beside it.

    Attributes:
        page: The page, open for writing.
        embed: Whether the page contains the files.
        folder: The folder for the files if the page does not contain them; None to leave them
            out.
        folder_name: The final name of the folder, for links.
        limit: Bytes of thumbnails that the page may contain.
        thumbnails: Number of thumbnails.
        without_thumbnail: Number of pictures that have none and should have one.
    """

    page: IO[str]
    embed: bool
    folder: Path | None
    folder_name: str
    limit: int
    thumbnails: int = 0
    without_thumbnail: int = 0
    _used: int = field(default=0, init=False)
    _pil: Any = field(factory=pillow, init=False)

    @property
    def has_pillow(self) -> bool:
        """Whether thumbnails can be made."""
        return self._pil is not None

    def write(self, number: int, one: NumberedFile) -> dict[str, Any]:
        """Write a file, and return what the page's script reads about it."""
        with one.archive.open_file(one.file.path) as stream:
            head = stream.read(HEAD)
            media = media_type(head)
            pieces: Iterator[bytes] = chain([head], iter(partial(stream.read, _PIECE), b""))
            preview: str | None = None
            if media is not None and media.kind == "picture":
                if one.file.size <= _LARGEST_PICTURE:
                    content = b"".join(pieces)
                    pieces = iter([content])
                    media, preview = self._write_preview(number, content, media)
                else:
                    self.without_thumbnail += 1
            link = None
            if self.embed:
                self._write_script(f"file-{number}", pieces)
            elif self.folder is not None:
                name = _stored_name(number, one.file, head, media)
                link = f"{self.folder_name}/{name}"
                with (self.folder / name).open("xb") as target:
                    target.writelines(pieces)
        return {
            "name": one.file.name,
            "size": one.file.size,
            "kind": None if media is None else media.kind,
            "type": None if media is None else media.name,
            "preview": preview,
            "embedded": self.embed,
            "link": link,
        }

    def _write_preview(
        self, number: int, content: bytes, media: MediaType
    ) -> tuple[MediaType | None, str | None]:
        """Write the thumbnail of a picture.

        Returns:
            What the file is, None if it cannot be decoded; and the media type of its thumbnail,
            None if it has none.
        """
        small, type_ = content, media.name
        if self._pil is not None and media.name in FORMATS:
            made = thumbnail(self._pil, content)
            if made is None:
                # A browser would show nothing, or need too much memory.
                return None, None
            if len(content) > SMALL:
                small, type_ = made, "image/jpeg"
        if self.embed and len(content) <= SMALL:
            # The page contains the picture itself.
            return media, None
        if len(small) > max(SMALL, len(content) // 2) or self._used + len(small) > self.limit:
            self.without_thumbnail += 1
            return media, None
        self._used += len(small)
        self.thumbnails += 1
        self._write_script(f"preview-{number}", [small])
        return media, type_

    def _write_script(self, id_: str, pieces: Iterable[bytes]) -> None:
        self.page.write(f'<script type="text/plain" id="{id_}">')
        self.page.writelines(_base64(pieces))
        self.page.write("</script>\n")


def _base64(pieces: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = len(data) // 3 * 3
        rest = data[whole:]
        yield base64.b64encode(data[:whole]).decode()
    yield base64.b64encode(rest).decode()


def _stored_name(number: int, file: ArchiveFile, head: bytes, media: MediaType | None) -> str:
    """Return a name that every system can store, and that no browser runs."""
    name = PurePosixPath(file.extracted_path)
    stem = name.stem.encode()[:_LONGEST_NAME].decode(errors="ignore")
    return f"{number + 1}-{stem}{stored_suffix(name.suffix, head, media)}"
