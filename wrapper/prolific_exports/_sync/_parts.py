"""The work of one worker: from a verified archive to Parquet files and uploads."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen

from prolific_exports._archive import ArchiveReader, Member
from prolific_exports._errors import ArchiveError, FilterIgnoredError, StorageError
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import staged_file
from prolific_exports._model._references import ExportRef
from prolific_exports._sync._export_queue import PlannedExport
from prolific_exports._sync._receipts import Receipt, receipt_record, to_json
from prolific_exports._sync._schemas import TABLES, schema_of
from prolific_exports._sync._storage import LocalFolder
from prolific_exports._tables import TableContent
from prolific_exports._tables._arrow import batch_from_rows
from prolific_exports._tables._column_names import IDENTITY, LONG
from prolific_exports._tables._output import write_parquet
from prolific_exports._tables._sources import Row, bounded_lists

RECEIPTS: Final = "_sync/receipts"
_PARTS: Final = "_sync/parts"
_PIECE: Final = 1 << 20
# Ids come from records, which can contain anything.
_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", re.ASCII)
_SAFE_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,10}", re.ASCII)
_HASH_LENGTH: Final = 32


@frozen
class Work:
    """What a worker is given: no token and no URL.

    Attributes:
        root: The dataset's folder.
        archive: The archive.
        planned: The export.
        export_id: Id of its job, if known.
        files: Whether to copy the uploaded files.
    """

    root: Path
    archive: Path
    planned: PlannedExport
    export_id: str | None
    files: bool

    @property
    def name(self) -> str:
        """Names the export in the dataset."""
        ref = self.planned.ref
        return f"{ref.kind}-{ref.resource_id}-{self.export_id or 'latest'}"


def work_on(work: Work) -> Receipt:
    """Write the tables and uploaded files of one archive, and at last the receipt.

    A second run of the same work writes the same files.

    Raises:
        ArchiveError: The archive cannot be read.
        FilterIgnoredError: A response is outside the window.
        StorageError: The dataset cannot be written.
    """
    storage = LocalFolder(work.root)
    parts = f"{_PARTS}/{work.name}"
    what = f"The dataset {work.root} cannot be written"
    with explained(what, StorageError):
        storage.path(_PARTS).mkdir(parents=True, exist_ok=True)
        tables = _ExportTables(work, storage)
        for table, rows in tables.rows():
            with staged_file(storage.path(f"{parts}.{table}.parquet"), overwrite=True) as path:
                write_parquet(path, schema_of(table), _batches(rows, schema_of(table)))
        receipt = tables.receipt(parts)
        storage.put_if_absent(f"{RECEIPTS}/{work.name}.json", to_json(receipt_record(receipt)))
    return receipt


def _batches(rows: Iterable[Row], schema: Any) -> Iterator[Any]:
    for some in bounded_lists(rows):
        yield batch_from_rows(some, schema)


@define
class _ExportTables:
    """The rows of one export. ``answers`` is read first; the other tables follow from it."""

    work: Work
    storage: LocalFolder
    archive: ArchiveReader = field(init=False)
    _counts: dict[str, int] = field(factory=dict, init=False)
    _digests: dict[Row, tuple[int, Any]] = field(factory=dict, init=False)
    _uploads: list[Row] = field(factory=list, init=False)
    _answered: dict[str, Row] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.archive = ArchiveReader.open(self.work.archive)

    @property
    def _ref(self) -> ExportRef:
        return self.work.planned.ref

    @property
    def _origin(self) -> Row:
        ref = self._ref
        return (self.work.planned.workspace_id, ref.kind, ref.resource_id, self.work.export_id)

    def rows(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """Yield each table with its rows."""
        makers = (self._answers, self._submissions, self._files, self._instructions)
        for table, make in zip(TABLES, makers, strict=True):
            yield table, self._counted(table, make())

    def receipt(self, parts: str) -> Receipt:
        """The receipt, after all rows."""
        counts = self._counts
        return Receipt(
            self.work.planned,
            self.work.export_id,
            parts,
            rows=counts["answers"],
            submissions=counts["submissions"],
            files=counts["files"],
            size=self.work.archive.stat().st_size,
        )

    def _counted(self, table: str, rows: Iterable[Row]) -> Iterator[Row]:
        self._counts[table] = 0
        for row in rows:
            self._counts[table] += 1
            yield row + self._origin

    def _answers(self) -> Iterator[Row]:
        content = TableContent(
            [self.archive], shape="long", by="submission", files=None, names="safe", missing=False
        )
        path, numbers = LONG.index("file_path"), count()
        for row in content.rows():
            identity = row[: len(IDENTITY)]
            self._check_time(identity[-1])
            known, digest = self._digests.get(identity) or (0, hashlib.sha256())
            digest.update(repr(row).encode())
            self._digests[identity] = (known + 1, digest)
            if row[path] is not None:
                self._uploads.append(row)
            if row[len(IDENTITY)] is not None:
                self._answered.setdefault(row[len(IDENTITY)], row[len(IDENTITY) + 1 :][:2])
            yield (*row, next(numbers))

    def _check_time(self, created_at: datetime | None) -> None:
        filter_ = self._ref.filter
        if filter_ is None or (created_at is None and filter_.from_ is None):
            return
        if created_at is None:
            raise ArchiveError(
                f"A response of {self._ref.kind} {self._ref.resource_id} has no valid time, so it "
                "cannot be replaced later. Export everything instead: --reconcile "
                "(reconcile=True)."
            )
        is_early = filter_.from_ is not None and created_at < filter_.from_
        if is_early or (filter_.to is not None and created_at >= filter_.to):
            raise FilterIgnoredError(
                f"The server sent a response of {created_at} for {self._ref}: it did not apply "
                "the filter. Export everything instead: --reconcile (reconcile=True).",
                ref=self._ref,
            )

    def _submissions(self) -> Iterator[Row]:
        for identity, (rows, digest) in self._digests.items():
            yield (*identity, rows, digest.hexdigest())

    def _files(self) -> Iterator[Row]:
        root = f"{self.archive.root}/" if self.archive.root else ""
        members = {member.name: member for member in self.archive.members}
        for row in self._uploads:
            values = dict(zip(LONG, row, strict=True))
            found = self.archive.find(values["file_path"])
            member = None if found is None else members[root + found.path]
            key = None if member is None or not self.work.files else self._store(member, values)
            yield (
                *row[: len(IDENTITY)],
                *(values[name] for name in ("instruction_id", "position")),
                *(values[name] for name in ("file_name", "file_path")),
                key,
                *((None, None) if member is None else (member.size, member.crc)),
            )

    def _store(self, member: Member, values: dict[str, Any]) -> str:
        """Copy an uploaded file, unless it is there; return its key."""
        name = f"{_safe(values['instruction_id'])}_{values['position'] or 0}-{member.crc:08x}"
        submission = _safe(values["submission_id"])
        suffix = _suffix(values["file_name"] or member.name)
        folder = f"uploads/{self._ref.kind}/{self._ref.resource_id}/{submission}"
        key = f"{folder}/{name}{suffix}"
        path = self.storage.path(key)
        if not (path.is_file() and path.stat().st_size == member.size):
            path.parent.mkdir(parents=True, exist_ok=True)
            inner = member.name[len(self.archive.root) + 1 :] if self.archive.root else member.name
            with (
                self.archive.open_file(inner) as source,
                staged_file(path, overwrite=True) as temporary,
                temporary.open("wb") as target,
            ):
                while piece := source.read(_PIECE):
                    target.write(piece)
        return key

    def _instructions(self) -> Iterator[Row]:
        described = self.archive.metadata.instructions
        found: dict[str | None, Row] = {one.id: (one.type, one.description) for one in described}
        for answered, about in self._answered.items():
            found.setdefault(answered, about)
        for position, (id_, about) in enumerate(found.items()):
            yield (id_, *about, position)


def _safe(text: str | None) -> str:
    """A part of a key: the id itself, or a hash of it if it is unusual."""
    if text is not None and _SAFE_NAME.fullmatch(text):
        return text
    # No id that stands for itself begins like this.
    digest = hashlib.sha256((text or "").encode("utf-8", "replace")).hexdigest()
    return f"~{digest[:_HASH_LENGTH]}"


def _suffix(name: str) -> str:
    suffix = os.path.splitext(name)[1]  # noqa: PTH122 - of a name in an archive
    return suffix.lower() if _SAFE_SUFFIX.fullmatch(suffix) else ""


def part_path(root: Path, receipt: Receipt, table: str) -> Path:
    """The Parquet file of a table of one export."""
    return LocalFolder(root).path(f"{receipt.parts}.{table}.parquet")
