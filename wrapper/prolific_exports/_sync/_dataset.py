"""The Delta tables of a dataset. Only the driver commits; readers see whole waves of a table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from attrs import define, field

from prolific_exports._errors import StorageError, UsageError
from prolific_exports._sync._parts import part_path
from prolific_exports._sync._receipts import Receipt
from prolific_exports._sync._schemas import RESOURCES, schema_of
from prolific_exports._sync._windows import ResourceKey, ResourceState
from prolific_exports._tables._arrow import batch_from_rows
from prolific_exports._tables._column_names import IDENTITY
from prolific_exports._tables._optional_libraries import require

# Delta keeps the last version of each application: the number of the last wave.
_APPLICATION: Final = "prolific-exports"


def require_delta() -> Any:
    """Import deltalake.

    Raises:
        UsageError: It is not installed.
    """
    try:
        return import_module("deltalake")
    except ModuleNotFoundError as error:
        raise UsageError(
            "deltalake is not installed, and a dataset needs it: "
            "pip install 'prolific-exports[sync]'."
        ) from error


@define
class Dataset:
    """The tables of responses, and the table of resources.

    Attributes:
        root: The dataset's folder.
    """

    root: Path
    _delta: Any = field(factory=require_delta, init=False, repr=False)

    def wave(self, table: str) -> int:
        """Number of the last wave that a table has; 0 without one."""
        opened = self._open(table)
        return 0 if opened is None else opened.transaction_version(_APPLICATION) or 0

    def commit(self, table: str, wave: int, receipts: Sequence[Receipt]) -> None:
        """Replace the rows of some exports by those of their new archives.

        Raises:
            StorageError: The system refuses.
        """
        paths = [str(part_path(self.root, receipt, table)) for receipt in receipts]
        parts = require("pyarrow.dataset").dataset(paths, schema_of(table), format="parquet")
        self._write(table, wave, parts.scanner().to_reader(), _replaced(table, receipts))

    def commit_states(
        self, wave: int, states: Mapping[ResourceKey, ResourceState], receipts: Sequence[Receipt]
    ) -> None:
        """Record how far the resources of some exports are.

        Raises:
            StorageError: The system refuses.
        """
        schema = schema_of(RESOURCES)
        rows = []
        for receipt in receipts:
            ref = receipt.planned.ref
            state = states[ref.kind, ref.resource_id]
            origin = (receipt.planned.workspace_id, ref.kind, ref.resource_id, receipt.export_id)
            rows.append((state.synced_to, state.news_at, *origin))
        data = require("pyarrow").Table.from_batches([batch_from_rows(rows, schema)])
        self._write(RESOURCES, wave, data, _of_resources(receipts))

    def compact(self, table: str, kept: timedelta) -> None:
        """Merge the files of a table, and remove those that were replaced a while ago.

        Raises:
            StorageError: The system refuses.
        """
        opened = self._open(table)
        if opened is None:
            return
        with self._explained(table):
            opened.optimize.compact()
            opened.create_checkpoint()
            hours = int(kept / timedelta(hours=1))
            opened.vacuum(hours, dry_run=False, enforce_retention_duration=False)

    def upload_keys(self) -> set[str]:
        """The keys of the uploaded files that answers name."""
        opened = self._open("files")
        if opened is None:
            return set()
        return set(opened.to_pyarrow_table(columns=["key"])["key"].to_pylist())

    def states(self) -> dict[ResourceKey, ResourceState]:
        """How far each resource is."""
        opened = self._open(RESOURCES)
        if opened is None:
            return {}
        return {
            (row["kind"], row["resource_id"]): ResourceState(row["synced_to"], row["news_at"])
            for row in opened.to_pyarrow_table().to_pylist()
        }

    def with_news(self, receipts: Sequence[Receipt]) -> list[bool]:
        """Whether each export has another response than the dataset, or lacks one."""
        known: dict[ResourceKey, set[tuple[Any, ...]]] = {}
        columns = (*IDENTITY, "digest", "kind", "resource_id")
        opened = self._open("submissions")
        if opened is not None:
            asked = [receipt.planned.ref.resource_id for receipt in receipts]
            filters = [("resource_id", "in", asked)]
            found = opened.to_pyarrow_table(columns=list(columns), filters=filters)
            for row in found.to_pylist():
                key = (row["kind"], row["resource_id"])
                known.setdefault(key, set()).add(tuple(row[name] for name in columns[:-2]))
        return [self._has_news(receipt, known) for receipt in receipts]

    def _has_news(
        self, receipt: Receipt, known: Mapping[ResourceKey, set[tuple[Any, ...]]]
    ) -> bool:
        ref = receipt.planned.ref
        begin = ref.filter.from_ if ref.filter else None
        before = known.get((ref.kind, ref.resource_id), set())
        created = len(IDENTITY) - 1
        if begin is not None:
            before = {row for row in before if row[created] is not None and row[created] >= begin}
        path = part_path(self.root, receipt, "submissions")
        with require("pyarrow.parquet").ParquetFile(path) as part:
            rows = part.read(columns=[*IDENTITY, "digest"]).to_pylist()
        return {tuple(row.values()) for row in rows} != before

    def _open(self, table: str) -> Any:
        path = self.root / table
        if not self._delta.DeltaTable.is_deltatable(str(path)):
            return None
        with self._explained(table):
            return self._delta.DeltaTable(str(path))

    def _write(self, table: str, wave: int, data: Any, predicate: str) -> None:
        delta = self._delta
        about = delta.CommitProperties(
            app_transactions=[delta.Transaction(_APPLICATION, wave)],
        )
        with self._explained(table):
            opened = self._open(table)
            if opened is None:
                delta.write_deltalake(
                    str(self.root / table), data, mode="append", commit_properties=about
                )
            else:
                delta.write_deltalake(
                    opened, data, mode="overwrite", predicate=predicate, commit_properties=about
                )

    @contextmanager
    def _explained(self, table: str) -> Iterator[None]:
        try:
            yield
        except (self._delta.exceptions.DeltaError, OSError) as error:
            raise StorageError(
                f"The table {table} of the dataset {self.root} is not accessible: {error}"
            ) from error


def _replaced(table: str, receipts: Sequence[Receipt]) -> str:
    """The rows that new archives replace, as a condition of SQL."""
    if table == "instructions":
        # Every archive describes all of them.
        return _of_resources(receipts)
    by_window: dict[tuple[datetime | None, datetime | None], list[Receipt]] = {}
    for receipt in receipts:
        filter_ = receipt.planned.ref.filter
        begin = filter_.from_ if filter_ else None
        end = filter_.to if filter_ and begin else None
        by_window.setdefault((begin, end), []).append(receipt)
    conditions = []
    for (begin, end), group in by_window.items():
        condition = _of_resources(group)
        if begin is not None and end is not None:
            times = f"created_at >= {_literal(begin)} AND created_at < {_literal(end)}"
            condition = f"({condition}) AND {times}"
        conditions.append(f"({condition})")
    return " OR ".join(conditions)


def _of_resources(receipts: Sequence[Receipt]) -> str:
    ids: dict[str, list[str]] = {}
    for receipt in receipts:
        ref = receipt.planned.ref
        # Ids have been checked: they contain no quote.
        ids.setdefault(ref.kind, []).append(f"'{ref.resource_id}'")
    return " OR ".join(
        f"(kind = '{kind}' AND resource_id IN ({', '.join(some)}))" for kind, some in ids.items()
    )


def _literal(moment: datetime) -> str:
    return f"'{moment.isoformat().replace('+00:00', 'Z')}'"
