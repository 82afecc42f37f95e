"""Reads an export archive: its records, files and description."""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from prolific_exports._archive._content import open_member
from prolific_exports._archive._directory import Member, read_members
from prolific_exports._archive._extract import extract
from prolific_exports._archive._json import read_json_lines, values_of
from prolific_exports._archive._lines import blocks
from prolific_exports._archive._member_index import MemberFile, MemberIndex
from prolific_exports._archive._metadata import Metadata, read_metadata
from prolific_exports._archive._not_downloaded import NOT_DOWNLOADED
from prolific_exports._archive._plan import ExtractLimits, Names, plan_extraction
from prolific_exports._archive._uploads import ArchiveFile, may_name_files, missing_paths
from prolific_exports._archive._verify import verify_zip
from prolific_exports._errors import ArchiveError
from prolific_exports._files._destinations import expanded
from prolific_exports._model._html import TableValue, facts_table
from prolific_exports._model._only import Only

if TYPE_CHECKING:
    from prolific_exports._archive._records import Record
    from prolific_exports._model._references import Kind

_DEFAULT_LIMITS = ExtractLimits()


class ArchiveReader:
    """Reads a downloaded export: everything of ``ExportArchive`` but its tables."""

    def __init__(self, path: Path, members: Sequence[Member]) -> None:
        """Use ``open``; this takes the directory of an archive that was read already."""
        self.path = path
        self.members = tuple(members)
        self._index = MemberIndex(path, self.members)
        self.root = self._index.root
        self.kind: Kind | None = self._index.kind

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Open an archive.

        Raises:
            ArchiveError: The file cannot be opened.
            CorruptArchiveError: It is not a ZIP, is incomplete, or its directory is damaged.
        """
        path = expanded(path)
        archive = cls(path, read_members(path))
        # Reads the list of files that were not downloaded, if there is one.
        _ = archive._index.uploads
        return archive

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {str(self.path)!r}: {self.kind or 'unknown layout'}, "
            f"{len(self.members)} members, {len(self.files)} uploaded files>"
        )

    def _repr_html_(self) -> str:
        """Return a table for notebooks. Reads the archive's description, but no records."""
        return facts_table(f"{type(self).__name__}: {self.path}", _facts(self))

    @property
    def only(self) -> Only | None:
        """Which part of the export was downloaded; None for everything."""
        return "responses" if NOT_DOWNLOADED in self._index else None

    @property
    def files(self) -> tuple[ArchiveFile, ...]:
        """The uploaded files, in the ZIP's order.

        An archive that was downloaded with ``only="responses"`` does not contain them: then
        ``is_downloaded`` is False.
        """
        return self._index.uploads.files

    @property
    def downloaded_files(self) -> tuple[ArchiveFile, ...]:
        """The uploaded files that the archive contains, in the ZIP's order."""
        return tuple(file for file in self.files if file.is_downloaded)

    @property
    def renamed(self) -> Mapping[str, str]:
        """Map the paths of files that ``extract`` renames to their new paths.

        It changes names that some system cannot store: with trailing dots or spaces, refused by
        Windows, too long, or different only in case or Unicode composition. The result is the
        same on every system.
        """
        return self._index.uploads.renamed

    def find(self, path: str) -> ArchiveFile | None:
        """Return the uploaded file that an answer names; None if the export does not have it.

        Args:
            path: The ``path`` of an ``UploadedFile``. A file matches if its path is equal, or if
                it is the only one that differs just in case or Unicode composition.

        Returns:
            The file, also if it was not downloaded (``is_downloaded``).
        """
        return self._index.uploads.find(path)

    def missing_files(self) -> Iterator[str]:
        """Yield the paths that answers name and ``find`` cannot find, once for each mention.

        Files that were not downloaded are not missing: the export has them.

        Raises:
            ArchiveError: As ``responses``.
        """
        file = self.record_file()
        records = (
            record
            for block in blocks(file.pieces(), file.where, 1)
            if may_name_files(block.text)
            for record in values_of(block, file.where)
        )
        return missing_paths(records, self.find)

    @cached_property
    def metadata(self) -> Metadata:
        """The content of ``collection.json`` or ``batch.json``; empty without such a file.

        Raises:
            CorruptArchiveError: The file is damaged, is not a JSON object, or an object in it
                repeats a name.
            UnsafeArchiveError: It exceeds a limit of the reader.
        """
        return read_metadata(self._index)

    def responses(self, *, by: Literal["submission", "task"] = "submission") -> "Iterator[Record]":
        """Yield the records as typed objects.

        A collection has one record per submission. A batch has the same data twice, by submission
        and by task, and the shape of its records is not documented: a record that looks like a
        collection's submission is a ``Submission``, any other an ``UnknownRecord``.

        The checksum is compared after the last record, so an error may follow good records.
        ``verify_zip`` checks it in advance; downloads do so.

        Args:
            by: Which of a batch's files to read.

        Raises:
            ArchiveError: The archive has no such records.
            CorruptArchiveError: A line is not JSON, or the ZIP is damaged (while iterating).
            UnsafeArchiveError: A line exceeds a limit of the reader (while iterating).
            UsageError: ``by`` has another value.
        """
        from prolific_exports._archive._records import parse_record  # noqa: PLC0415 - start-up time

        file = self.record_file(by)
        return map(parse_record, read_json_lines(file.pieces(), file.where))

    def records(self, name: str) -> Iterator[Any]:
        """Yield the JSON values of a JSON Lines file, unchanged.

        A line in which an object repeats a name is a ``RawJSON``: its text.

        Args:
            name: The file relative to the root folder, such as ``"responses.jsonl"``.

        Raises:
            ArchiveError: There is no such file.
            CorruptArchiveError: A line is not JSON, or the ZIP is damaged (while iterating).
            UnsafeArchiveError: A line exceeds a limit of the reader (while iterating).
        """
        file = self._index.file(name)
        return read_json_lines(file.pieces(), file.where)

    def record_file(self, by: Literal["submission", "task"] = "submission") -> MemberFile:
        """Return the file that ``responses`` reads, for access to its bytes.

        Raises:
            ArchiveError: The archive has no such records.
            UsageError: ``by`` has another value.
        """
        return self._index.record_file(by)

    def open_file(self, path: str | ArchiveFile) -> io.BufferedReader:
        """Open a file of the archive for reading in binary. It cannot seek.

        Close it, or use it in a ``with`` block.

        Args:
            path: One of ``files``, or a path relative to the root folder: the ``path`` of an
                ``UploadedFile`` (see ``find``) or an ``ArchiveFile``.

        Raises:
            ArchiveError: There is no such file.
            CorruptArchiveError: The file is damaged (while reading).
        """
        inner = path.path if isinstance(path, ArchiveFile) else path
        return open_member(self.path, self._index.member(inner))

    def extract(
        self,
        directory: str | os.PathLike[str],
        *,
        limits: ExtractLimits = _DEFAULT_LIMITS,
        names: Names = "safe",
    ) -> Path:
        """Write all members to a folder, without the archive's root folder.

        The records are then at ``DIRECTORY/responses.jsonl``, and the ``path`` of an uploaded file
        (documents/003) is relative to ``DIRECTORY``. Sizes and checksums are compared while
        writing. The folder appears when everything is written; a failure leaves nothing.

        Refuses links, devices and members that would be outside the folder. Changes names that
        some system cannot store: see ``renamed``. Does not restore file modes and dates.

        Args:
            directory: A folder that does not exist, or is empty.
            limits: When to refuse an archive for its size.
            names: ``"safe"`` changes names that some system cannot store; ``"strict"`` refuses an
                archive with such names.

        Returns:
            ``directory``.

        Raises:
            ArchiveError: The archive cannot be read, or the system refuses to write.
            StorageError: The disk is full, read-only, over quota or gone.
            CorruptArchiveError: A member is damaged.
            UnsafeArchiveError: A member cannot be written safely, or the archive exceeds
                ``limits``; nothing was written.
            TargetExistsError: ``directory`` exists and is not an empty folder.
        """
        plan = plan_extraction(self.path, self.members, self._index.prefix, limits, names)
        folder = expanded(directory)
        extract(self.path, plan, folder)
        return folder


def _facts(archive: ArchiveReader) -> tuple[tuple[str, TableValue], ...]:
    """The facts about an archive for notebooks: a name and a value each."""
    files = archive.files
    try:
        about, problem = archive.metadata, None
    except ArchiveError as error:
        about, problem = Metadata(), str(error)
    return (
        ("Kind", archive.kind or "unknown"),
        ("Id", about.id),
        ("Name", about.name),
        ("Exported", about.exported_at),
        ("Questions", len(about.instructions) or None),
        ("Uploaded files", f"{len(files):,} ({sum(one.size for one in files):,} bytes)"),
        ("Downloaded", "responses only" if archive.only else None),
        ("Problem", problem),
    )


def inspect_export(
    path: Path, *, kind: "Kind", resource_id: str, verify: bool, only: Only | None = None
) -> datetime | None:
    """Check that a file is the complete archive of a collection or batch.

    Args:
        path: The file.
        kind: The kind of the export.
        resource_id: Id of the collection or batch.
        verify: Whether to compare all checksums, too.
        only: Which part of the export it must have; None for everything.

    Returns:
        When it was exported; None if it does not say so.

    Raises:
        ArchiveError: It is not, or cannot be read.
    """
    archive = ArchiveReader.open(path)
    metadata = archive.metadata
    if archive.kind != kind or metadata.id not in (resource_id, None):
        what = f"{archive.kind} {metadata.id}" if archive.kind and metadata.id else "another export"
        raise ArchiveError(f"{path} is the archive of {what}, not of {kind} {resource_id}.")
    if archive.only not in (None, only):
        raise ArchiveError(f"{path} has only the {archive.only}, not the uploaded files.")
    if verify:
        verify_zip(path)
    return metadata.exported_at
