"""Store replies with modified archives, whole or in ranges."""

import io
import zipfile
from collections.abc import Callable

from attrs import evolve

from prolific_contract.sandbox._http import Call, FileSlice, Headers, Reply, StoreError, xml_reply
from prolific_contract.sandbox._store import requested_span


def whole_archive(call: Call, answer: Callable[[Call], Reply]) -> bytes | None:
    """The whole archive that a store request is about; None if the store refuses it."""
    whole = answer(
        evolve(call, headers={k: v for k, v in call.headers.items() if k not in _CONDITIONS})
    )
    return whole.body.path.read_bytes() if isinstance(whole.body, FileSlice) else None


_CONDITIONS = frozenset({"range", "if-match", "if-range"})


def archive_reply(call: Call, content: bytes, content_type: str = "application/zip") -> Reply:
    """The reply of a store that contains these bytes and sends no ETag."""
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
    """The archive with renamed members; members whose new name is None are removed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            renamed = name(member.filename)
            if renamed is not None:
                info = zipfile.ZipInfo(member.filename)
                # Its constructor would change an unusual name.
                info.filename = renamed
                new.writestr(info, old.read(member))
    return target.getvalue()


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The archive with other contents of its members.

    Args:
        content: The archive.
        change: The new content of a member, given its name below the root folder and its content.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            own = member.filename.partition("/")[2]
            new.writestr(member, change(own, old.read(member)))
    return target.getvalue()
