"""The codebook beside an archive: ``data.codebook.json`` for ``data.zip``."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prolific_exports._errors import ArchiveError
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import staged_file
from prolific_exports._model._codebook import Codebook, from_json, to_json

SUFFIX: Final = ".codebook.json"
_MOST_BYTES: Final = 16 * 1024**2
"""Far more than thousands of questions take."""


def codebook_path(archive: Path) -> Path:
    """Return where the codebook of an archive is."""
    # Only the suffix of a ZIP is left out: data.2026 and data.2027 are different archives.
    name = archive.stem if archive.suffix.lower() == ".zip" else archive.name
    return archive.with_name(name + SUFFIX)


def read_codebook(archive: Path) -> Codebook | None:
    """Return the codebook beside an archive; None if there is none.

    Raises:
        ArchiveError: The file cannot be read, or is not a codebook.
    """
    path = codebook_path(archive)
    if not path.is_file():
        return None
    what = f"The codebook {path} cannot be read"
    with explained(what, ArchiveError, lambda: ""), path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    reason = "it is too large"
    if len(data) <= _MOST_BYTES:
        try:
            return from_json(json.loads(data))
        except (ValueError, RecursionError) as error:
            reason = "it is not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
    raise ArchiveError(
        f"The codebook {path} cannot be used: {reason}. Write it again (prolific-exports codebook "
        "KIND ID -o FILE --overwrite), or delete it: then tables use what the answers show."
    )


@contextmanager
def writing_codebook(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield a temporary file, which becomes ``path`` if the block succeeds.

    Raises:
        ArchiveError: The system refuses.
        StorageError: The disk is full, read-only, over quota or gone.
        TargetExistsError: The file exists and may not be replaced.
    """
    what = f"The codebook cannot be written to {path}"
    with (
        explained(what, ArchiveError, lambda: " No partial file remains."),
        staged_file(path, overwrite=overwrite) as temporary,
    ):
        yield temporary


def write_codebook(codebook: Codebook, path: Path, *, overwrite: bool) -> None:
    """Write a codebook as JSON.

    Raises:
        ArchiveError, StorageError, TargetExistsError: As for `writing_codebook`.
    """
    with (
        writing_codebook(path, overwrite=overwrite) as temporary,
        temporary.open("x", encoding="utf-8", newline="\n") as stream,
    ):
        json.dump(to_json(codebook), stream, ensure_ascii=True, indent=2)
        stream.write("\n")


def store_beside(codebook: Codebook, archive: Path, *, overwrite: bool) -> Path:
    """Write a codebook beside an archive, unless the file there has the same content.

    Returns:
        The file.

    Raises:
        ArchiveError, StorageError, TargetExistsError: As for `write_codebook`.
    """
    path = codebook_path(archive)
    # A file that cannot be read is replaced, or refused, like any other.
    with suppress(ArchiveError):
        if read_codebook(archive) == codebook:
            return path
    write_codebook(codebook, path, overwrite=overwrite)
    return path
