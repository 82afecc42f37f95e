"""Transfers of an archive that break off, their rest, and what they leave in a folder."""

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx

from helpers import api

SIZE = len(api.ARCHIVE)
HALF = SIZE // 2
FRESH = f"{api.STORE}?X-Amz-Signature=fr3sh"


class BrokenBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that raises an error after its bytes."""

    def __init__(self, body: bytes, error: type[BaseException] | BaseException) -> None:
        self._body, self._error = body, error

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body
        raise self._error


def cut(
    body: bytes = api.ARCHIVE[:HALF],
    *,
    error: type[BaseException] | BaseException | None = None,
    etag: str | None = api.ETAG,
    status: int = 200,
    **headers: str,
) -> httpx.Response:
    """The archive, whose connection breaks after ``body``."""
    known = {"Content-Length": str(SIZE)} | ({"ETag": etag} if etag else {})
    stream = BrokenBody(body, error or httpx.ReadError("connection reset"))
    return httpx.Response(status, stream=stream, headers=known | headers)


def interrupted(body: bytes = api.ARCHIVE[:HALF], *, etag: str | None = api.ETAG) -> httpx.Response:
    """The archive, during which the user presses Ctrl-C."""
    return cut(body, error=KeyboardInterrupt, etag=etag)


def part(start: int = HALF, *, etag: str = api.ETAG, total: int = SIZE) -> httpx.Response:
    """The rest of the archive."""
    headers = {"Content-Range": f"bytes {start}-{total - 1}/{total}", "ETag": etag}
    return httpx.Response(206, content=api.ARCHIVE[start:], headers=headers)


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted."""
    return sorted(path.name for path in folder.iterdir())


def events_of(events: Iterable[Any], kind: type) -> list[Any]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]
