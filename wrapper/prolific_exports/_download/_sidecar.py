"""What is recorded of a download, for a run of another process to go on with."""

import json
import re
from pathlib import Path
from typing import Any, Final, Self

from attrs import frozen

from prolific_exports._download._names import is_hidden
from prolific_exports._download._store_answers import is_strong
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._json import parse
from prolific_exports._model._references import Kind

_VERSION: Final = 1
_LARGEST: Final = 10**18
# In bytes, on any file system there is.
_LONGEST_NAME: Final = 255
# As `_refs` has ids.
_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,199}")


@frozen
class Sidecar:
    """One download. Neither the token nor the URL is part of it.

    Attributes:
        kind: What is exported.
        resource_id: Id of the collection or batch.
        export_id: Id of the job; None where the server did not name it.
        output: Name that the archive is to get, in the sidecar's folder.
        total: Bytes of the archive, None where the store did not say.
        etag: Its strong entity tag, None without one.
        good: Half-open ranges of bytes that are on the disk, in order.
        filter: Which responses it is of; None for all.
    """

    kind: Kind
    resource_id: str
    export_id: str | None
    output: str
    total: int | None = None
    etag: str | None = None
    good: tuple[tuple[int, int], ...] = ()
    filter: ExportFilter | None = None

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
        """The download that a file records; None if it is damaged or of something else.

        The file may have been cut off, written by another version or by anybody who may
        write in the folder: nothing in it is taken on trust.
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
        if (
            (export_id is None or (isinstance(export_id, str) and _ID.fullmatch(export_id)))
            and isinstance(output, str)
            and _is_name(output)
            and (total is None or _is_position(total))
            and (etag is None or (isinstance(etag, str) and is_strong(etag)))
            and good is not None
            and (not good or total is None or good[-1][1] <= total)
            # Bytes that cannot be told from another archive's are never recorded, and the
            # first ones come first.
            and (not good or (etag is not None and good[0][0] == 0))
        ):
            return cls(kind, resource_id, export_id, output, total, etag, good, filter_)
        return None


def _conditions(filter_: ExportFilter | None) -> dict[str, str] | None:
    return None if filter_ is None else filter_.conditions()


def _is_name(output: str) -> bool:
    """Whether an archive in the sidecar's folder can have the name, and nothing else has."""
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
