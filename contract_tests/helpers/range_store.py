"""A store of one archive in memory, whose range responses a test chooses."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from attrs import define, field
from prolific_exports._flows._effects import Fetch, Fetched, Flow, Head, Run, Sleep

ETAG = '"0a1b"'
ROOT = "collection-export-c1-20260320T100000/"
RESPONSES = b'{"submission_id":"s1","participant_id":"p1","responses":{}}\n' * 40
_RECORDS = {
    "collection": ("responses.jsonl",),
    "batch": ("responses-by-submission.jsonl", "responses-by-task.jsonl"),
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def export_bytes(
    *,
    uploads: int = 3,
    upload_size: int = 1000,
    responses: bytes = RESPONSES,
    root: str = ROOT,
    last: bool = False,
    comment: bytes = b"",
    method: int = zipfile.ZIP_DEFLATED,
    kind: str = "collection",
) -> bytes:
    """The archive of an export.

    Args:
        uploads: Number of uploaded files.
        upload_size: Bytes of each.
        responses: The content of the responses.
        root: The root folder with its slash.
        last: Whether the responses follow the uploaded files.
        comment: The archive's comment.
        method: Compression method.
        kind: ``"collection"`` or ``"batch"``.
    """
    noise = random.Random(1)
    files = {
        f"{root}files/s{number}_i1_0.jpg": noise.randbytes(upload_size) for number in range(uploads)
    }
    names = _RECORDS[kind]
    texts = {f"{root}{name}": responses for name in names}
    texts[f"{root}{kind}.json"] = b'{"name": "A"}'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in (files | texts if last else texts | files).items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
        archive.comment = comment
    return stream.getvalue()


@define
class RangeStore:
    """Answers requests for one archive.

    Attributes:
        body: The archive.
        etag: Its entity tag; None for none.
        suffixes: Whether ranges may count from the end; else it refuses them with 400.
        ranges: Whether it sends parts.
        faults: By number of the request, from 1: changes the answer to it.
        always: Changes every answer.
        requests: The header fields of all requests.
    """

    body: bytes
    etag: str | None = ETAG
    suffixes: bool = True
    ranges: bool = True
    faults: Mapping[int, Callable[["Answer"], "Answer"]] = field(factory=dict)
    always: Callable[["Answer"], "Answer"] | None = None
    requests: list[dict[str, str]] = field(factory=list)
    sent: int = 0

    def answer(self, headers: Mapping[str, str]) -> "Answer":
        """Answer a request."""
        self.requests.append({name.lower(): value for name, value in headers.items()})
        answer = self._answer(self.requests[-1])
        if change := self.faults.get(len(self.requests)):
            answer = change(answer)
        if self.always is not None:
            answer = self.always(answer)
        self.sent += len(answer.body)
        return answer

    def _answer(self, asked: Mapping[str, str]) -> "Answer":
        tag = {} if self.etag is None else {"etag": self.etag}
        if "if-match" in asked and asked["if-match"] != self.etag:
            return Answer(412, {}, b"<Error/>")
        wanted = _RANGE.fullmatch(asked.get("range", ""))
        if wanted is None or not self.ranges:
            return Answer(200, tag, self.body)
        size = len(self.body)
        if wanted[1]:
            start, end = int(wanted[1]), min(int(wanted[2]) + 1, size) if wanted[2] else size
        elif self.suffixes:
            start, end = max(size - int(wanted[2]), 0), size
        else:
            return Answer(400, {}, b"<Error>InvalidHeaderValue</Error>")
        if start >= size:
            return Answer(416, {"content-range": f"bytes */{size}"}, b"")
        place = f"bytes {start}-{end - 1}/{size}"
        return Answer(206, {**tag, "content-range": place}, self.body[start:end])

    def fetch(self, effect: Fetch) -> Fetched:
        """Carry out a `Fetch` in memory."""
        answer = self.answer(effect.headers)
        if answer.status == 0:
            return Fetched(None, failure="no connection", permanent=answer.permanent)
        length = {"content-length": str(len(answer.body))}
        head = Head(answer.status, {**length, **answer.headers})
        if not effect.accept(head):
            return Fetched(head, answer.body[:100])
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        for start in range(0, len(body), answer.piece):
            effect.write(memoryview(body)[start : start + answer.piece])
        return Fetched(head, failure=None if answer.cut is None else "the connection broke")

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of httpx."""
        answer = self.answer(dict(request.headers))
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


@define
class Answer:
    """A response.

    Attributes:
        status: HTTP status; 0 for no response.
        headers: Header fields in lower case.
        body: The body.
        cut: Bytes after which the connection breaks; None for a whole body.
        piece: Bytes that arrive at once.
        permanent: Whether another attempt would fail in the same way.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    cut: int | None = None
    piece: int = 100_000
    permanent: bool = False


def drive(flow: Flow[Any], store: RangeStore) -> Any:
    """Run a flow that only reads from a store; it does not wait."""
    result: Any = None
    try:
        while True:
            effect = flow.send(result)
            match effect:
                case Fetch():
                    result = store.fetch(effect)
                case Run():
                    result = effect.work()
                case Sleep():
                    result = None
                case _:
                    raise AssertionError(effect)
    except StopIteration as stop:
        return stop.value
    finally:
        flow.close()
