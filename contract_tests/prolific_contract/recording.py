"""Records the HTTP traffic of a test, for the gate to judge.

``record_traffic`` records what httpx sends in this process, and the downloads of this package. It
suits tests with stand-ins for the API: those of respx, of ``httpx.MockTransport``, of a server. ::

    with record_traffic() as recording:
        my_pipeline()
    assert recording.judge().violations == ()

The fixture ``prolific_recording`` does this in pytest.
"""

import base64
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import httpx
from prolific_exports._http._store_client import StoreClient
from prolific_exports._model._content_coding import BodyExcerpt, CodingError

from prolific_contract._vocabulary import Edition
from prolific_contract.gate import Verdict, judge
from prolific_contract.gate.trace import Trace, parse_har, write_har

_MOST_BYTES: Final = 8 * 1024**2
"""The most bytes of one body that are kept. Laws about archives read their directories."""


class Recording:
    """The traffic of a test: in memory, and with its secrets until it is written or judged."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []

    def __len__(self) -> int:
        """The number of requests."""
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} requests>"

    def trace(self, *, token: str | None = None) -> Trace:
        """The requests for exports, and the downloads from their URLs, without secrets.

        Args:
            token: The token of the API. Default: the one with the most successful requests.

        Raises:
            DocumentError: There was no request for an export.
        """
        text = json.dumps({"log": {"entries": self._entries}})
        return parse_har(text, "the recording", token=token)

    def write(self, path: Path) -> Path:
        """Write a HAR file without secrets, which ``prolific-contract check --har`` reads.

        Raises:
            ContractToolError: There was no request for an export, or the file can't be written.
        """
        write_har(path, self.trace())
        return path

    def judge(self, *, edition: Edition | None = None, strict: bool = False) -> Verdict:
        """Judge the traffic by the laws.

        Args:
            edition: The edition to enforce; None applies the rules that both editions share.
            strict: Whether undocumented members are violations.

        Raises:
            DocumentError: There was no request for an export.
        """
        return judge(self.trace(), target="the recording", edition=edition, strict=strict)

    def _begin(self, request: httpx.Request) -> "_Entry":
        entry = _Entry(request)
        self._entries.append(entry.content)
        return entry


class _Entry:
    """One request, as an entry of a HAR file that is completed as the response arrives."""

    def __init__(self, request: httpx.Request) -> None:
        self._began = time.monotonic()
        self._body = BodyExcerpt.of("", _MOST_BYTES)
        self._failure: str | None = None
        self.content: dict[str, Any] = {
            "startedDateTime": datetime.now(UTC).isoformat(),
            "time": 0.0,
            "request": {
                "method": request.method,
                "url": str(request.url),
                "headers": _fields(request.headers),
            },
            # HAR's way to say that there was no response.
            "response": {"status": 0},
        }

    def note(self, response: httpx.Response) -> None:
        """Note the head of a response, whose body arrives later."""
        self.content["response"] = {
            "status": response.status_code,
            "headers": _fields(response.headers),
            # Until the body arrives, it is not known.
            "_cut": True,
        }
        if response.is_stream_consumed:
            # The response of a stand-in that never was a stream; httpx has decoded it.
            self.add(response.content)
            self.finish(is_complete=True)
        else:
            encoding = response.headers.get("content-encoding", "")
            self._body = BodyExcerpt.of(encoding, _MOST_BYTES)

    def add(self, chunk: bytes) -> None:
        """Add bytes of the body, as they were sent."""
        if self._failure is None and not self._body.is_cut:
            try:
                self._body.is_enough(chunk)
            except CodingError as error:
                self._failure = str(error)

    def finish(self, *, is_complete: bool) -> None:
        """Note the body, in so far as it arrived."""
        self.content["time"] = (time.monotonic() - self._began) * 1000
        if self._failure is not None:
            # As in a conversation of the gate: a body that can't be decoded is not a response.
            self.content |= {"response": {"status": 0}, "_failure": self._failure}
            return
        self.content["response"] |= {
            "content": {
                "size": len(self._body.data),
                "text": base64.b64encode(self._body.data).decode(),
                "encoding": "base64",
            },
            "_cut": self._body.is_cut or not is_complete,
        }


def _fields(headers: httpx.Headers) -> list[dict[str, str]]:
    return [
        {"name": name.decode("latin-1"), "value": value.decode("latin-1")}
        for name, value in headers.raw
    ]


class _RecordedStream(httpx.SyncByteStream):
    """The body of a response, recorded as it is read."""

    def __init__(self, stream: Any, entry: _Entry) -> None:
        self._stream = stream
        self._entry = entry
        self._is_complete = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._entry.add(chunk)
            yield chunk
        self._is_complete = True

    def close(self) -> None:
        self._entry.finish(is_complete=self._is_complete)
        self._stream.close()


class _RecordedAsyncStream(httpx.AsyncByteStream):
    """The same for an asynchronous client."""

    def __init__(self, stream: Any, entry: _Entry) -> None:
        self._stream = stream
        self._entry = entry
        self._is_complete = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._entry.add(chunk)
            yield chunk
        self._is_complete = True

    async def aclose(self) -> None:
        self._entry.finish(is_complete=self._is_complete)
        await self._stream.aclose()


@contextmanager
def record_traffic() -> Iterator[Recording]:
    """Record what httpx sends in this process, in all threads, until the context ends.

    Other HTTP libraries are not recorded. Downloads of `prolific_exports` use httpx meanwhile. A
    body is kept up to 8 MiB.
    """
    recording = Recording()
    with (
        patch.object(httpx.Client, "send", _recorded(httpx.Client.send, recording)),
        patch.object(httpx.AsyncClient, "send", _recorded_async(httpx.AsyncClient.send, recording)),
        # The package's own client for stores gives way to httpx.
        patch.object(StoreClient, "reaches", lambda _self, _url: False),
    ):
        yield recording


def _recorded(send: Callable[..., httpx.Response], recording: Recording) -> Any:
    @wraps(send)
    def recorded(
        client: httpx.Client, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        entry = recording._begin(request)
        response = send(client, request, stream=True, **options)
        entry.note(response)
        if not response.is_stream_consumed:
            response.stream = _RecordedStream(response.stream, entry)
        if not stream:
            try:
                response.read()
            finally:
                response.close()
        return response

    return recorded


def _recorded_async(send: Callable[..., Any], recording: Recording) -> Any:
    @wraps(send)
    async def recorded(
        client: httpx.AsyncClient, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        entry = recording._begin(request)
        response: httpx.Response = await send(client, request, stream=True, **options)
        entry.note(response)
        if not response.is_stream_consumed:
            response.stream = _RecordedAsyncStream(response.stream, entry)
        if not stream:
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response

    return recorded
