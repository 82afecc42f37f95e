"""Waves: what a run commits together, in an order from which every crash is recovered.

1. The plan is written before any export is requested.
2. Workers write Parquet files, and then a receipt.
3. The wave is written: its number, its receipts, and which of them have news.
4. Each table is committed with the wave's number, which is read first, so that no table gets a
   wave twice.
5. The table of resources is committed in the same way: now the exports count as done.
6. The jobs are deleted on the server.
7. Receipts, Parquet files and the wave are removed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from attrs import define, field, frozen

from prolific_exports._model._references import ExportRef
from prolific_exports._sync._export_queue import PlannedExport
from prolific_exports._sync._lease import Lease
from prolific_exports._sync._parts import RECEIPTS
from prolific_exports._sync._receipts import (
    Receipt,
    plan_content,
    read_plan,
    read_receipt,
    receipt_record,
    to_json,
)
from prolific_exports._sync._schemas import RESOURCES, TABLES
from prolific_exports._sync._storage import Storage
from prolific_exports._sync._windows import ResourceKey, ResourceState

_PLANS: Final = "_sync/plans"
_WAVES: Final = "_sync/waves"
_DIGITS: Final = 12


class Tables(Protocol):
    """The tables of a dataset."""

    def wave(self, table: str) -> int:
        """Number of the last wave that a table has."""
        ...

    def commit(self, table: str, wave: int, receipts: Sequence[Receipt]) -> None:
        """Replace the rows of some exports."""
        ...

    def commit_states(
        self, wave: int, states: Mapping[ResourceKey, ResourceState], receipts: Sequence[Receipt]
    ) -> None:
        """Record how far some resources are."""
        ...

    def states(self) -> dict[ResourceKey, ResourceState]:
        """How far each resource is."""
        ...

    def with_news(self, receipts: Sequence[Receipt]) -> list[bool]:
        """Whether each export has another response than the dataset, or lacks one."""
        ...


@frozen
class Wave:
    """Exports that are committed together.

    Attributes:
        number: Increases by one with each wave of the dataset.
        receipts: The exports.
        news: Whether each has news. The tables of responses change only for these.
    """

    number: int
    receipts: tuple[Receipt, ...]
    news: tuple[bool, ...]

    @property
    def key(self) -> str:
        """The file of the wave."""
        return f"{_WAVES}/{self.number:0{_DIGITS}}.json"

    @property
    def jobs(self) -> list[ExportRef]:
        """The jobs to delete."""
        return [job_of(one) for one in self.receipts if one.export_id is not None]


def job_of(receipt: Receipt) -> ExportRef:
    """The job of an export."""
    ref = receipt.planned.ref
    return ExportRef(ref.kind, ref.resource_id, receipt.export_id, ref.filter)


@frozen
class LeftWork:
    """What earlier runs left.

    Attributes:
        waves: Waves whose jobs may exist.
        receipts: Exports that no wave has.
        exports: Planned exports without a receipt, whose jobs may exist.
        plans: The files of the plans.
    """

    waves: tuple[Wave, ...]
    receipts: tuple[Receipt, ...]
    exports: tuple[PlannedExport, ...]
    plans: tuple[str, ...]


@define
class Waves:
    """Plans and commits, on a dataset whose lease this driver holds."""

    storage: Storage
    tables: Tables
    lease: Lease
    _last: int | None = field(default=None, init=False)

    def write_plan(self, run: str, number: int, exports: Iterable[PlannedExport]) -> str:
        """Write a plan, before its exports are requested; return its key."""
        self.lease.confirm()
        key = f"{_PLANS}/{run}-{number:0{_DIGITS}}.json"
        self.storage.put_if_absent(key, plan_content(exports))
        return key

    def close_plans(self, keys: Iterable[str]) -> None:
        """Remove plans whose exports have all ended."""
        for key in keys:
            self.storage.delete(key)

    def commit(self, receipts: Sequence[Receipt]) -> Wave:
        """Commit the exports of some receipts, at least one, as one wave."""
        self.lease.confirm()
        known = self.tables.states()
        # The first export of a resource is news, even if it has no response.
        news = [
            has_news or _resource_of(one.planned) not in known
            for one, has_news in zip(receipts, self.tables.with_news(receipts), strict=True)
        ]
        wave = Wave(self._next_number(), tuple(receipts), tuple(news))
        records = [receipt_record(one) for one in receipts]
        self.storage.put_if_absent(wave.key, to_json({"receipts": records, "news": news}))
        self._last = wave.number
        self.redo(wave)
        return wave

    def redo(self, wave: Wave) -> None:
        """Commit what is missing of a wave."""
        new = [one for one, is_new in zip(wave.receipts, wave.news, strict=True) if is_new]
        for table in TABLES:
            if new and self.tables.wave(table) < wave.number:
                self.lease.confirm()
                self.tables.commit(table, wave.number, new)
        if self.tables.wave(RESOURCES) < wave.number:
            self.lease.confirm()
            self.tables.commit_states(wave.number, self._states(wave), wave.receipts)

    def finish(self, wave: Wave) -> None:
        """Remove the files of a wave whose jobs are deleted."""
        for receipt in wave.receipts:
            self.forget(receipt)
        self.storage.delete(wave.key)

    def forget(self, receipt: Receipt) -> None:
        """Remove the receipt of an export, then its Parquet files."""
        self.storage.delete(f"{RECEIPTS}/{receipt.parts.rpartition('/')[2]}.json")
        for table in TABLES:
            self.storage.delete(f"{receipt.parts}.{table}.parquet")

    def unfinished(self) -> LeftWork:
        """What earlier runs left."""
        waves = tuple(map(self._wave, self.storage.list(_WAVES)))
        in_waves = {one for wave in waves for one in wave.receipts}
        found = [read_receipt(self._read(key)) for key in self.storage.list(RECEIPTS)]
        plans = tuple(self.storage.list(_PLANS))
        planned = {one: None for key in plans for one in read_plan(self._content(key))}
        receipts = []
        for receipt in found:
            if receipt in in_waves:
                continue
            if receipt.planned in planned:
                receipts.append(receipt)
            else:
                # A worker of a driver that was killed wrote it again.
                self.forget(receipt)
        committed = self.tables.states()
        known = {one.planned for one in (*in_waves, *receipts)}
        exports = [one for one in planned if one not in known and not _is_committed(one, committed)]
        return LeftWork(waves, tuple(receipts), tuple(exports), plans)

    def _states(self, wave: Wave) -> dict[ResourceKey, ResourceState]:
        """The new state of each resource of a wave."""
        known = self.tables.states()
        states: dict[ResourceKey, ResourceState] = {}
        for receipt, is_new in zip(wave.receipts, wave.news, strict=True):
            key = _resource_of(receipt.planned)
            synced_to = receipt.planned.synced_to
            before = known.get(key)
            news_at = synced_to if is_new or before is None else before.news_at
            states[key] = ResourceState(synced_to, news_at)
        return states

    def _next_number(self) -> int:
        if self._last is None:
            left = [self._wave_number(key) for key in self.storage.list(_WAVES)]
            self._last = max([*left, *map(self.tables.wave, (*TABLES, RESOURCES))])
        return self._last + 1

    def _wave(self, key: str) -> Wave:
        record = self._read(key)
        receipts = map(read_receipt, record["receipts"])
        return Wave(self._wave_number(key), tuple(receipts), tuple(record["news"]))

    def _wave_number(self, key: str) -> int:
        return int(key.rpartition("/")[2].partition(".")[0])

    def _read(self, key: str) -> Any:
        return json.loads(self._content(key))

    def _content(self, key: str) -> bytes:
        return self.storage.get(key) or b"[]"


def _resource_of(planned: PlannedExport) -> ResourceKey:
    return planned.ref.kind, planned.ref.resource_id


def _is_committed(planned: PlannedExport, states: Mapping[ResourceKey, ResourceState]) -> bool:
    state = states.get(_resource_of(planned))
    return state is not None and state.synced_to >= planned.synced_to
