"""ZIPs for the tests: good ones, and ones that are wrong in one place."""

import json
import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = "collection-export-col1-20260319T103000/"

SUBMISSION: Mapping[str, Any] = {
    "submission_id": "sub1",
    "participant_id": "part1",
    "collection_id": "col1",
    "created_at": "2026-03-19T10:30:00Z",
    "responses": {
        "i1": {"type": "free_text", "description": "Say something", "value": "Something"},
        "i2": {
            "type": "file_upload",
            "description": "Show it",
            "files": [{"name": "Photo.JPG", "path": "files/sub1_i2_0.jpg"}],
        },
    },
}

METADATA: Mapping[str, Any] = {
    "collection_id": "col1",
    "name": "A collection",
    "exported_at": "2026-03-20T10:30:00Z",
    "instructions": [
        {"id": "i1", "type": "free_text", "description": "Say something"},
        {"id": "i2", "type": "file_upload", "description": "Show it"},
    ],
}

PHOTO = b"\xff\xd8 a photo \x00" * 50


def json_lines(*records: Any) -> bytes:
    """Records as a JSON Lines file."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def collection_members(*records: Any, root: str = ROOT) -> dict[str, bytes]:
    """The members of a collection's archive with one uploaded file."""
    return {
        f"{root}responses.jsonl": json_lines(*(records or (SUBMISSION,))),
        f"{root}collection.json": json.dumps(METADATA).encode(),
        f"{root}README.md": b"# Read me\n",
        f"{root}files/sub1_i2_0.jpg": PHOTO,
    }


def write_zip(
    path: Path,
    members: dict[str, bytes] | list[tuple[str, bytes]],
    *,
    method: int = zipfile.ZIP_DEFLATED,
    mode: int | None = None,
) -> Path:
    """Write a ZIP with exactly these names, however hostile.

    ``mode`` is the Unix mode of every member; None leaves it to the usual regular one.
    """
    pairs = list(members.items()) if isinstance(members, dict) else members
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in pairs:
            info = zipfile.ZipInfo("x", (2026, 3, 19, 10, 30, 0))
            # Set afterwards, since the constructor cuts names at NUL.
            info.filename = name
            info.compress_type = method
            regular = 0o040755 if name.endswith("/") else 0o100644
            info.external_attr = (regular if mode is None else mode) << 16
            archive.NameToInfo.clear()  # else it warns of duplicates, which are wanted here
            archive.writestr(info, content)
    return path


def patch_directory(path: Path, name: str, offset: int, layout: str, value: int) -> None:
    """Overwrite one field of a member's entry in the central directory.

    Offsets: 8 flags, 10 method, 16 CRC, 20 compressed size, 24 size, 42 place.
    """
    data = bytearray(path.read_bytes())
    struct.pack_into(layout, data, directory_entry(data, name) + offset, value)
    path.write_bytes(data)


def patch_member(path: Path, name: str, offset: int, layout: str, value: int) -> None:
    """As ``patch_directory``, in the member's own header too; for flags and method."""
    patch_directory(path, name, offset, layout, value)
    data = bytearray(path.read_bytes())
    # The own header has 30 bytes before the name, and no version that made it.
    header = data_of(data, name) - len(name.encode()) - 30
    struct.pack_into(layout, data, header + offset - 2, value)
    path.write_bytes(data)


def directory_entry(data: bytes | bytearray, name: str) -> int:
    """Where a member's entry in the central directory begins."""
    entry = re.search(rb"PK\x01\x02.{42}" + re.escape(name.encode()), data, re.DOTALL)
    assert entry is not None  # noqa: S101 - guards the tests themselves
    return entry.start()


def data_of(data: bytes | bytearray, name: str) -> int:
    """Where a member's compressed data begin; its local header must have no extra field."""
    return data.index(name.encode()) + len(name.encode())
