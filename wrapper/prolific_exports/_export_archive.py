"""An export archive as its users see it."""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from attrs import frozen

from prolific_exports._archive._content import member_chunks, open_member
from prolific_exports._archive._directory import Member, read_members
from prolific_exports._archive._extract import extract
from prolific_exports._archive._json import RawJSON, read_json, read_json_lines, values_of
from prolific_exports._archive._limits import (
    MAX_INSTRUCTIONS,
    TOO_MANY_INSTRUCTIONS,
    beyond_limit,
)
from prolific_exports._archive._lines import blocks
from prolific_exports._archive._metadata import Metadata, parse_metadata
from prolific_exports._archive._plan import ExtractLimits, Names, plan_extraction
from prolific_exports._archive._uploads import (
    FILES,
    ArchiveFile,
    Uploads,
    may_name_files,
    missing_paths,
)
from prolific_exports._archive._verify import verify_zip
from prolific_exports._errors import ArchiveError, CorruptArchiveError, UsageError
from prolific_exports._files._destinations import expanded

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl

    from prolific_exports._archive._records import Record
    from prolific_exports._model._references import Kind
    from prolific_exports._tables import ResponseTable, Shape, TableSummary

_JSON_LINES = {
    "submission": ("responses.jsonl", "responses-by-submission.jsonl"),
    "task": ("responses-by-task.jsonl",),
}
_MARKS: "dict[Kind, set[str]]" = {
    "collection": {"collection.json", "responses.jsonl"},
    "batch": {"batch.json", "responses-by-submission.jsonl", "responses-by-task.jsonl"},
}
# Beside the folder that it was asked to compress, macOS puts what it knows of the files.
_OF_MACOS = ("__MACOSX", "/")
_DEFAULT_LIMITS = ExtractLimits()


@frozen
class RecordFile:
    """A JSON Lines file in an archive.

    Attributes:
        path: The archive.
        member: The file's entry in it.
        where: What messages say of where it is.
    """

    path: Path
    member: Member
    where: str

    def pieces(self) -> Iterator[bytes]:
        """The content, checked while it is read.

        Raises:
            ArchiveError: The archive cannot be read.
            CorruptArchiveError: The file is damaged.
        """
        return member_chunks(self.path, self.member)


class ExportArchive:
    """A downloaded export: its records, files and description.

    ``ExportArchive.open`` reads the ZIP's directory; content is read when it is asked
    for, in pieces, and checked against its checksum on the way. Between calls the file
    is not held open, so there is nothing to close.

    Attributes:
        path: The ZIP, as it was given.
        kind: ``"collection"`` or ``"batch"``, told by the members; None when they are
            those of neither, or of both.
        root: The folder that holds all members of the ZIP, but for the ``__MACOSX`` of archives
            that macOS packed again; ``""`` when there is none.
        members: All members of the ZIP, in its order.
    """

    def __init__(self, path: Path, members: Sequence[Member]) -> None:
        """Use ``open``; this takes a directory that was read already."""
        self.path = path
        self.members = tuple(members)
        self.root = _root(self.members)
        self._prefix = f"{self.root}/" if self.root else ""
        inside = [
            (member.name.removeprefix(self._prefix), member)
            for member in self.members
            if member.name != self._prefix
        ]
        self._uploads = Uploads(inside)
        self._by_path: dict[str, list[Member]] = {}
        for inner, member in inside:
            if not member.is_folder:
                self._by_path.setdefault(inner, []).append(member)
        self.kind: Kind | None = _kind(set(self._by_path))

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Open an archive.

        Raises:
            ArchiveError: The file cannot be opened.
            CorruptArchiveError: It is no ZIP, is cut off, or its directory is damaged.
        """
        path = expanded(path)
        return cls(path, read_members(path))

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return (
            f"<ExportArchive {str(self.path)!r}: {self.kind or 'unknown layout'}, "
            f"{len(self.members)} members, {len(self.files)} uploaded files>"
        )

    @property
    def files(self) -> tuple[ArchiveFile, ...]:
        """The uploaded files, in the ZIP's order."""
        return self._uploads.files

    @property
    def renamed(self) -> Mapping[str, str]:
        """By the paths of files whose names not every system can hold, where ``extract`` puts them.

        Trailing dots and spaces, characters and names that Windows refuses, names that are too
        long, and names that differ in case or Unicode composition alone are changed, and in the
        same way on every system.
        """
        return self._uploads.renamed

    def find(self, path: str) -> ArchiveFile | None:
        """The uploaded file that an answer names; None when the archive does not have it.

        Args:
            path: The ``path`` of an ``UploadedFile``. A file counts as the one that is meant if
                its path is equal, or the only one that differs in upper and lower case or in
                Unicode composition alone.
        """
        return self._uploads.find(path)

    def missing_files(self) -> Iterator[str]:
        """The paths that answers name and ``find`` does not, as often as they are named.

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
        """What the archive says about itself; empty when it has no such file.

        Raises:
            CorruptArchiveError: The file is damaged, is not a JSON object, or an object in it
                repeats a name.
            UnsafeArchiveError: It is beyond a limit of the reader.
        """
        name = f"{self.kind}.json"
        if self.kind is None or name not in self._by_path:
            return Metadata()
        raw = read_json(member_chunks(self.path, self._member(name)), self._where(name))
        if isinstance(raw, RawJSON):
            raise CorruptArchiveError(
                f"{self._where(name)} repeats a name in one object, so one of its values would "
                "be lost. Request a new export, or extract the archive to look at the file."
            )
        if not isinstance(raw, dict):
            raise CorruptArchiveError(
                f"{self._where(name)} is not a JSON object. Request a new export."
            )
        metadata = parse_metadata(raw, self.kind)
        if len(metadata.instructions) > MAX_INSTRUCTIONS:
            raise beyond_limit(self._where(name), TOO_MANY_INSTRUCTIONS)
        return metadata

    def responses(self, *, by: Literal["submission", "task"] = "submission") -> "Iterator[Record]":
        """The records, typed, one at a time.

        Collections have one record for each submission. Batches have the same data
        twice, by submission and by task, and the shape of their records is not
        published: those that look like a submission of a collection come as
        ``Submission``, all others as ``UnknownRecord``.

        The checksum is compared when the last record was read: an error may come after
        good records. ``verify_zip`` checks beforehand; downloads do that.

        Args:
            by: Which of a batch's files to read.

        Raises:
            ArchiveError: The archive has no such records.
            CorruptArchiveError: A line is not JSON, or the ZIP is damaged (while iterating).
            UnsafeArchiveError: A line is beyond a limit of the reader (while iterating).
            UsageError: ``by`` is something else.
        """
        from prolific_exports._archive._records import parse_record  # noqa: PLC0415 - start-up time

        return map(parse_record, self.records(self._records_name(by)))

    def _records_name(self, by: str) -> str:
        if by not in _JSON_LINES:
            raise UsageError(f"by={by!r}: records come by 'submission' or by 'task'.")
        for name in _JSON_LINES[by]:
            if name in self._by_path:
                return name
        raise ArchiveError(
            f"{self.path} has no {' and no '.join(_JSON_LINES[by])}: it is not an export of "
            f"this kind, or has a layout that this version does not know. {self._listing()}"
        )

    def records(self, name: str) -> Iterator[Any]:
        """The JSON values of a JSON Lines file, untouched, one at a time.

        A line in which an object repeats a name comes as its text, a ``RawJSON``.

        Args:
            name: The file relative to the root folder, such as ``"responses.jsonl"``.

        Raises:
            ArchiveError: There is no such file.
            CorruptArchiveError: A line is not JSON, or the ZIP is damaged (while iterating).
            UnsafeArchiveError: A line is beyond a limit of the reader (while iterating).
        """
        return read_json_lines(member_chunks(self.path, self._member(name)), self._where(name))

    def table(
        self,
        *,
        shape: "Shape" = "long",
        by: Literal["submission", "task"] = "submission",
        files: str | os.PathLike[str] | None = None,
        names: Names = "safe",
    ) -> "ResponseTable":
        """The responses as a table: see ``ResponseTable``, which takes several archives too.

        Args:
            shape: ``"long"``: a row for each value; ``"wide"``: a row for each submission.
            by: Which of a batch's files to read.
            files: A folder for the uploaded files, that ``file_path`` is to point into.
            names: As for ``extract``.

        Raises:
            UsageError: An argument is something else.
        """
        from prolific_exports._tables import ResponseTable  # noqa: PLC0415 - imports this

        return ResponseTable(self, shape=shape, by=by, files=files, names=names)

    def iter_batches(self, *, shape: "Shape" = "long") -> Iterator[Any]:
        """As ``ResponseTable.iter_batches``."""
        return self.table(shape=shape).iter_batches()

    def to_arrow(self, *, shape: "Shape" = "long") -> Any:
        """As ``ResponseTable.to_arrow``."""
        return self.table(shape=shape).to_arrow()

    def to_polars(self, *, shape: "Shape" = "long") -> "pl.DataFrame":
        """As ``ResponseTable.to_polars``."""
        return self.table(shape=shape).to_polars()

    def to_pandas(self, *, shape: "Shape" = "long") -> "pd.DataFrame":
        """As ``ResponseTable.to_pandas``."""
        return self.table(shape=shape).to_pandas()

    def to_duckdb(
        self, connection: "duckdb.DuckDBPyConnection | None" = None, *, shape: "Shape" = "long"
    ) -> "duckdb.DuckDBPyRelation":
        """As ``ResponseTable.to_duckdb``."""
        return self.table(shape=shape).to_duckdb(connection)

    def to_parquet(
        self, path: str | os.PathLike[str], *, shape: "Shape" = "long", overwrite: bool = False
    ) -> "TableSummary":
        """As ``ResponseTable.to_parquet``."""
        return self.table(shape=shape).to_parquet(path, overwrite=overwrite)

    def to_csv(
        self,
        path: str | os.PathLike[str],
        *,
        shape: "Shape" = "long",
        formulas: Literal["escape", "keep"] = "escape",
        overwrite: bool = False,
    ) -> "TableSummary":
        """As ``ResponseTable.to_csv``."""
        return self.table(shape=shape).to_csv(path, formulas=formulas, overwrite=overwrite)

    def record_file(self, by: Literal["submission", "task"] = "submission") -> RecordFile:
        """The file that ``responses`` reads, as bytes.

        Raises:
            ArchiveError: The archive has no such records.
            UsageError: ``by`` is something else.
        """
        name = self._records_name(by)
        return RecordFile(self.path, self._member(name), self._where(name))

    def open_file(self, path: str) -> io.BufferedReader:
        """A file of the archive, open for reading in binary; it cannot seek.

        Close it, or use it in a ``with`` block.

        Args:
            path: The file relative to the root folder: the ``path`` of an ``UploadedFile``
                (see ``find``) or an ``ArchiveFile``.

        Raises:
            ArchiveError: There is no such file.
            CorruptArchiveError: The file is damaged (while reading).
        """
        return open_member(self.path, self._member(path))

    def extract(
        self,
        directory: str | os.PathLike[str],
        *,
        limits: ExtractLimits = _DEFAULT_LIMITS,
        names: Names = "safe",
    ) -> Path:
        """Write all members below a folder, without the archive's root folder.

        So the records are at ``DIRECTORY/responses.jsonl``, and the ``path`` of an
        uploaded file, which is relative to the root folder (documents/003), is relative
        to ``DIRECTORY``. Sizes and checksums are compared on the way. The folder appears
        when everything is written; after a failure nothing is left.

        Members that lead elsewhere, links and devices are refused. Names that not every system
        can hold are changed, see ``renamed``. File modes and dates are not restored.

        Args:
            directory: A folder that does not exist, or is empty.
            limits: What is too much.
            names: ``"safe"`` changes names that not every system can hold; ``"strict"``
                refuses the archive.

        Returns:
            ``directory``.

        Raises:
            ArchiveError: The archive cannot be read, or the system refuses to write.
            StorageError: The disk is full, read-only, over quota or gone.
            CorruptArchiveError: A member is damaged.
            UnsafeArchiveError: A member cannot be written safely, or all together are
                more than ``limits``; nothing was written.
            TargetExistsError: ``directory`` is there and is not an empty folder.
        """
        plan = plan_extraction(self.path, self.members, self._prefix, limits, names)
        folder = expanded(directory)
        extract(self.path, plan, folder)
        return folder

    def _member(self, path: str) -> Member:
        variant = None if path in self._by_path else self.find(path)
        found = self._by_path.get(variant.path if variant else path, [])
        if not found:
            raise ArchiveError(f"{self.path} has no file {path!r}. {self._listing()}")
        if len(found) > 1:
            raise CorruptArchiveError(
                f"{self._where(path)} is there {len(found)} times, and nothing says which one is "
                "meant. Request a new export."
            )
        return found[0]

    def _where(self, path: str) -> str:
        return f"{self.path}: {self._prefix}{path}"

    def _listing(self) -> str:
        names = [name for name in self._by_path if not name.startswith(FILES)]
        shown = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
        return f"It has {shown or 'no files'}."


def _root(members: Sequence[Member]) -> str:
    tops = {member.name.partition("/")[:2] for member in members} - {_OF_MACOS}
    top, slash = tops.pop() if len(tops) == 1 else ("", "")
    # Records say "files/..." for what is below the root: that folder is none.
    return top if slash and top + slash != FILES else ""


def _kind(names: set[str]) -> "Kind | None":
    kinds: list[Kind] = [kind for kind, marks in _MARKS.items() if names & marks]
    return kinds[0] if len(kinds) == 1 else None


def verify_export(path: Path, kind: "Kind") -> None:
    """Check that a downloaded file is a whole ZIP, and not an export of the other kind.

    Members that are of neither kind are no reason to refuse it: the layout of batches'
    archives is published only in part.

    Raises:
        ArchiveError: The file cannot be opened or read.
        CorruptArchiveError: It is not a whole ZIP, or the archive of the other kind.
    """
    verify_zip(path)
    found = ExportArchive(path, read_members(path)).kind
    if found not in (kind, None):
        raise CorruptArchiveError(f"{path} is the archive of a {found}, not of a {kind}.")
