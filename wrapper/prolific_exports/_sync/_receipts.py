"""Plans and receipts, as the dataset stores them: no token, no URL."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._references import ExportRef
from prolific_exports._model._timestamps import parse_timestamp, utc_moment
from prolific_exports._sync._export_queue import PlannedExport

_COUNTS: Final = ("rows", "submissions", "files", "size")


@frozen
class Receipt:
    """What a worker made of one export: Parquet files that a wave commits.

    Attributes:
        planned: The export.
        export_id: Id of its job; None if the server did not send it (edition 2026-03).
        parts: Beginning of the names of the Parquet files.
        rows: Rows of ``answers``.
        submissions: Rows of ``submissions``.
        files: Rows of ``files``.
        size: Bytes of the archive.
    """

    planned: PlannedExport
    export_id: str | None
    parts: str
    rows: int
    submissions: int
    files: int
    size: int


def to_json(value: object) -> bytes:
    """A value as the content of a file."""
    return json.dumps(value, indent=1).encode()


def planned_record(planned: PlannedExport) -> dict[str, Any]:
    """A planned export as JSON."""
    filter_ = planned.ref.filter or ExportFilter()
    return {
        "workspace_id": planned.workspace_id,
        "kind": planned.ref.kind,
        "resource_id": planned.ref.resource_id,
        "synced_to": planned.synced_to.isoformat(),
        **{name: filter_.conditions().get(name) for name in ("from", "to")},
    }


def read_planned(record: Mapping[str, Any]) -> PlannedExport:
    """A planned export from JSON."""
    filter_ = window(utc_moment(record["from"]), utc_moment(record["to"]))
    ref = ExportRef(record["kind"], record["resource_id"], filter=filter_)
    synced_to = parse_timestamp(record["synced_to"]).moment
    return PlannedExport(ref, record["workspace_id"], synced_to)


def window(from_: datetime | None, to: datetime | None) -> ExportFilter | None:
    """The filter of a window; None if it has no limits."""
    return ExportFilter(from_=from_, to=to) or None


def receipt_record(receipt: Receipt) -> dict[str, Any]:
    """A receipt as JSON."""
    return {
        **planned_record(receipt.planned),
        "export_id": receipt.export_id,
        "parts": receipt.parts,
        **{name: getattr(receipt, name) for name in _COUNTS},
    }


def read_receipt(record: Mapping[str, Any]) -> Receipt:
    """A receipt from JSON."""
    return Receipt(
        read_planned(record),
        record["export_id"],
        record["parts"],
        **{name: record[name] for name in _COUNTS},
    )


def plan_content(exports: Iterable[PlannedExport]) -> bytes:
    """The content of a plan."""
    return to_json([planned_record(one) for one in exports])


def read_plan(content: bytes) -> list[PlannedExport]:
    """The exports of a plan."""
    return [read_planned(one) for one in json.loads(content)]
