"""The record with which another process resumes a download."""

import json
import re
from pathlib import Path
from typing import Any, Final, Self

from attrs import frozen

from prolific_exports._download._names import is_hidden
from prolific_exports._download._range_request import is_strong
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._json import parse
from prolific_exports._model._references import Kind

_VERSION: Final = 1
_LARGEST: Final = 10**18
# In bytes, on every common file system.
_LONGEST_NAME: Final = 255
# Like the ids in `_model._references`.
_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,199}")


@frozen
class Sidecar:
    """The recorded state of one download. It contains neither the token nor the URL.

    Attributes:
        resource_id: Id of the collection or batch.
        export_id: Id of the job; None if the server did not name it.
        output: File name of the finished archive, in the sidecar's folder.
        total: Bytes of the archive; None if the store did not say.
        etag: Strong entity tag of the archive; None without one.
        good: Half-open ranges of the bytes that are on the disk, in order.
        filter: Which responses are exported; None for all.
        spans: Whether the partial file has only the wanted ranges of the archive, one after the
            other. ``total`` and ``good`` then count bytes of these.
    """

    kind: Kind
    resource_id: str
    export_id: str | None
    output: str
    total: int | None = None
    etag: str | None = None
    good: tuple[tuple[int, int], ...] = ()
    filter: ExportFilter | None = None
    spans: bool = False

    def dump(self) -> bytes:
        """The file's content."""
        record = {
            "version": _VERSION,
            "kind": self.kind,
            "id": self.resource_id,
            "filter": _conditions(self.filter),
            "export_id": self.export_id,
            "output": self.output,
            "size": self.total,
            "etag": self.etag,
            "good": self.good,
            "spans": self.spans,
        }
        return json.dumps(record).encode()

    @classmethod
    def load(
        cls,
        content: bytes,
        kind: Kind,
        resource_id: str,
        filter_: ExportFilter | None = None,
    ) -> Self | None:
        """Read a sidecar. None if it is damaged or records another download.

        The file may be truncated, or written by another version or another user of the
        folder, so every value is checked.
        """
        try:
            record = parse(content)
        except ValueError:
            return None
        if not isinstance(record, dict) or (
            record.get("version"),
            record.get("kind"),
            record.get("id"),
            record.get("filter"),
        ) != (_VERSION, kind, resource_id, _conditions(filter_)):
            return None
        export_id, output = record.get("export_id"), record.get("output")
        total, etag, good = record.get("size"), record.get("etag"), _pairs(record.get("good"))
        # Sidecars of older versions have no such field.
        spans = record.get("spans", False)
        if (
            isinstance(spans, bool)
            and (export_id is None or (isinstance(export_id, str) and _ID.fullmatch(export_id)))
            and isinstance(output, str)
            and _is_name(output)
            and (total is None or _is_position(total))
            and (etag is None or (isinstance(etag, str) and is_strong(etag)))
            and good is not None
            and (not good or total is None or good[-1][1] <= total)
            # Without an entity tag, bytes of two archives look alike, so they are never recorded.
            # The first range always begins at byte 0.
            and (not good or (etag is not None and good[0][0] == 0))
        ):
            return cls(kind, resource_id, export_id, output, total, etag, good, filter_, spans)
        return None


def _conditions(filter_: ExportFilter | None) -> dict[str, str] | None:
    return None if filter_ is None else filter_.conditions()


def _is_name(output: str) -> bool:
    """Whether this is a plain file name that an archive beside the sidecar can have."""
    try:
        size = len(output.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return False
    return (
        Path(output).name == output
        and output not in ("", "..")
        and "\0" not in output
        and size <= _LONGEST_NAME
        and not is_hidden(output)
    )


def _pairs(value: Any) -> tuple[tuple[int, int], ...] | None:
    if not isinstance(value, list):
        return None
    position = -1
    pairs = []
    for pair in value:
        if not (isinstance(pair, list) and len(pair) == 2 and all(map(_is_position, pair))):
            return None
        start, end = pair
        if not position < start < end:
            return None
        position = end
        pairs.append((start, end))
    return tuple(pairs)


def _is_position(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST
