"""Archives that tests damage."""

import zipfile
from pathlib import Path

import pytest
from archive.builders import ROOT
from prolific_exports import CorruptArchiveError, ExportsError, UnreadableMemberError, verify_zip

RECORDS = f"{ROOT}responses.jsonl"
SMALL = {"r/a.txt": b"some text, some text", "r/b": b"\0"}


def refused(path: Path, *parts: str, error: type[ExportsError] = CorruptArchiveError) -> str:
    """The error about an archive, which contains its path and these parts."""
    with pytest.raises(error) as caught:
        verify_zip(path)
    message = str(caught.value)
    assert str(path) in message
    for part in parts:
        assert part in message
    return message


def unreadable(path: Path, *parts: str) -> None:
    """Require the error about an archive that may be intact."""
    message = refused(path, *parts, "may be intact", error=UnreadableMemberError)
    assert "again" not in message


PACKED_OTHERWISE = [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
