"""Stores that serve something made of the archive, in parts as the clean one."""

import io
import zipfile
from collections.abc import Callable

from attrs import evolve

from prolific_contract.sandbox._http import Call, FileSlice, Headers, Reply, StoreError, xml_reply
from prolific_contract.sandbox._store import requested_span


def archive_of(call: Call, answer: Callable[[Call], Reply]) -> bytes | None:
    """The whole archive behind a request to the store; None when the store refuses."""
    whole = answer(
        evolve(call, headers={k: v for k, v in call.headers.items() if k not in _CONDITIONS})
    )
    return whole.body.path.read_bytes() if isinstance(whole.body, FileSlice) else None


_CONDITIONS = frozenset({"range", "if-match", "if-range"})


def served(call: Call, content: bytes, content_type: str = "application/zip") -> Reply:
    """What a store answers that has these bytes, and no ETag of them."""
    span = requested_span(call.headers.get("range"), len(content))
    if isinstance(span, StoreError):
        return xml_reply(span, (("Content-Range", f"bytes */{len(content)}"),))
    headers: Headers = (("Content-Type", content_type), ("Accept-Ranges", "bytes"))
    if span is None:
        return Reply(200, (*headers, ("Content-Length", str(len(content)))), content)
    piece = content[span.start : span.start + span.length]
    place = f"bytes {span.start}-{span.start + span.length - 1}/{len(content)}"
    return Reply(
        206, (*headers, ("Content-Range", place), ("Content-Length", str(len(piece)))), piece
    )


def repacked(content: bytes, name: Callable[[str], str | None]) -> bytes:
    """The archive with members renamed, or left out where the name is None."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            renamed = name(member.filename)
            if renamed is not None:
                new.writestr(renamed, old.read(member))
    return target.getvalue()
