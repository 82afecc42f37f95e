"""A request for one range of an archive, and what the store's response to it means.

`_range_request` resumes a download, and can always begin again at byte 0. This module is for
ranges of which only some are fetched: a store that does not send exactly the requested bytes,
of exactly the known archive, cannot be used like that.
"""

from typing import Final, TypeAlias

from attrs import define, field, frozen

from prolific_exports._download._range_request import (
    ContentRange,
    Follow,
    NextStep,
    Refuse,
    Take,
    decide_without_body,
    is_strong,
)
from prolific_exports._flows._effects import Head
from prolific_exports._model._redaction import redact

# A store may send fewer bytes than requested. With fewer than these, the whole archive takes less
# time.
_LEAST_PART: Final = 64 * 1024


@frozen
class Unusable:
    """The store does not send ranges in a way that can be relied on."""

    # It may quote the store, and the store may repeat the URL.
    reason: str = field(repr=redact)


SpanDecision: TypeAlias = Take | Follow | Refuse | Unusable | NextStep


@define
class SpanRequest:
    """A request for the bytes from ``position`` to ``end``, or for the last ``suffix`` bytes.

    Attributes:
        position: Position of the next byte. For a suffix, known once a response is accepted.
        end: Position after the last byte.
        suffix: Bytes to request, counted from the end of the archive; None for known positions.
        total: Bytes of the archive; None if unknown.
        etag: Strong entity tag of the archive; None if unknown.
        decision: What the response means; None without one.
        part_end: Position after the last byte of the accepted response.
        overflowed: Whether the response had more bytes than it announced.
    """

    position: int = 0
    end: int = 0
    suffix: int | None = None
    total: int | None = None
    etag: str | None = None
    decision: SpanDecision | None = None
    part_end: int = 0
    overflowed: bool = False

    def headers(self) -> dict[str, str]:
        """The header fields of the request."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if self.suffix is not None:
            headers["Range"] = f"bytes=-{self.suffix}"
        else:
            headers["Range"] = f"bytes={self.position}-{self.end - 1}"
        if self.etag is not None:
            headers["If-Match"] = self.etag
        return headers

    def accept(self, head: Head) -> bool:
        """Decide about a response; return whether to take its body."""
        self.decision = decision = self._decide(head)
        if not isinstance(decision, Take):
            return False
        if self.suffix is not None and decision.total is not None:
            self.position, self.end = decision.offset, decision.total
        self.total, self.etag = decision.total, decision.etag
        return True

    def take(self, data: bytes | memoryview) -> tuple[int, bytes | memoryview]:
        """Return the position of a piece of the body, and its bytes that belong to the range."""
        position = self.position
        if len(data) > self.part_end - position:
            self.overflowed, data = True, data[: self.part_end - position]
        self.position += len(data)
        return position, data

    def _decide(self, head: Head) -> SpanDecision:
        status = head.status
        if status == 206 or (status == 200 and "content-range" in head.headers):
            return self._decide_part(head)
        if status == 200:
            return Unusable("the store sends no parts of it")
        if status == 416:
            is_known = self.etag is not None
            return NextStep.RESTART if is_known else Unusable("the store refuses to send parts")
        if status == 412 and self.etag is not None:
            return NextStep.RESTART
        return decide_without_body(head)

    def _decide_part(self, head: Head) -> SpanDecision:
        if head.headers.get("content-encoding", "identity").strip().lower() != "identity":
            return Unusable("the store compresses it")
        text, etag = head.headers.get("content-range", ""), head.headers.get("etag", "")
        part = ContentRange.parse(text)
        if part is None or part.total is None:
            return Unusable(f"the store sends parts without their position ({text or '?'})")
        if self.etag is None and not is_strong(etag):
            return Unusable("the store sends no strong ETag with it")
        # A part may come without a tag, or with the weak form of the tag. Any other tag means
        # another archive.
        if self.etag is not None and etag and etag.removeprefix("W/") != self.etag:
            return NextStep.RESTART
        if self.total not in (None, part.total):
            return NextStep.RESTART
        start, end = self.position, min(self.end, part.total)
        if self.suffix is not None:
            start, end = max(part.total - self.suffix, 0), part.total
        if part.start != start or part.end > end:
            return Unusable(f"the store sends another part than the requested one ({text})")
        if part.end < end and part.end - part.start < _LEAST_PART:
            return Unusable("the store sends small parts only")
        self.part_end = part.end
        return Take(start, part.total, self.etag or etag)
