"""The list of an archive's uploaded files that were not downloaded with it.

``download(..., only="responses")`` writes it as a member of the archive: JSON Lines with an object
for each file.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeGuard

from attrs import frozen

from prolific_exports._archive._json import read_json_lines
from prolific_exports._archive._limits import beyond_limit
from prolific_exports._errors import CorruptArchiveError

FILES: Final = "files/"
"""The folder of the uploaded files, in the root folder."""

NOT_DOWNLOADED: Final = "not-downloaded.jsonl"
"""The member with the list, in the root folder."""

# As many as the members of the largest archive that is extracted.
_MOST_FILES: Final = 1_000_000
_LARGEST_SIZE: Final = 1 << 64
_LARGEST_CRC: Final = 1 << 32


@frozen
class AbsentFile:
    """An uploaded file that was not downloaded.

    Attributes:
        path: Its path relative to the root folder.
        size: Bytes.
        crc: CRC-32 of the content.
    """

    path: str
    size: int
    crc: int


def lines_of(files: Iterable[AbsentFile]) -> Iterator[bytes]:
    """Yield the lines of the list."""
    for file in files:
        record = {"path": file.path, "size": file.size, "crc32": file.crc}
        yield json.dumps(record).encode() + b"\n"


def read_not_downloaded(pieces: Iterable[bytes], where: str) -> tuple[AbsentFile, ...]:
    """Read the list.

    Args:
        pieces: The content of the member.
        where: How messages refer to it.

    Raises:
        CorruptArchiveError: It is damaged, or not such a list.
        UnsafeArchiveError: It is too long.
    """
    files: list[AbsentFile] = []
    for record in read_json_lines(pieces, where):
        if len(files) == _MOST_FILES:
            raise beyond_limit(where, f"lists more than {_MOST_FILES:,} files")
        file = _file(record)
        if file is None:
            raise CorruptArchiveError(
                f"{where} is not a list of uploaded files that were not downloaded. Download the "
                "archive again."
            )
        files.append(file)
    return tuple(files)


def _file(record: Any) -> AbsentFile | None:
    if not isinstance(record, dict):
        return None
    path, size, crc = record.get("path"), record.get("size"), record.get("crc32")
    if (
        isinstance(path, str)
        and path.startswith(FILES)
        and _is_number(size, _LARGEST_SIZE)
        and _is_number(crc, _LARGEST_CRC)
    ):
        return AbsentFile(path, size, crc)
    return None


def _is_number(value: Any, end: int) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < end
