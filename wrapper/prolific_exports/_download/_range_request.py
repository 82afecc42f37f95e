"""A request for a range of an archive, and what the store's response to it means.

The store is not part of Prolific's contract. These rules follow the object stores that issue
presigned URLs, and stores that imitate them imperfectly.
"""

import re
from enum import Enum
from typing import Final, TypeAlias

from attrs import define, field, frozen

from prolific_exports._flows._effects import Head
from prolific_exports._model._content_coding import can_be_undone, codings_of
from prolific_exports._model._redaction import redact


class NextStep(Enum):
    """What to do when the body of a response is not the archive."""

    REFRESH = "the URL is invalid or expired: request a fresh one"
    RESTART = "the received bytes are useless: request the archive from byte 0"
    FETCH_WHOLE = "parts are useless: request the whole archive over one connection"
    RETRY = "a temporary failure: try again later"
    COMPLETE = "there are no more bytes: all of them have arrived"


@frozen
class Take:
    """The body contains the archive from byte ``offset`` on.

    Attributes:
        offset: Position of the body's first byte in the archive.
        total: Bytes of the archive; None if unknown.
        etag: Strong entity tag of the archive; None without one.
        codings: The content codings to decode, in the order in which they were applied.
    """

    offset: int
    total: int | None
    etag: str | None
    codings: tuple[str, ...] = ()


@frozen
class Follow:
    """The store redirects to another URL."""

    location: str = field(repr=False)


@frozen
class Refuse:
    """No further request can help."""

    # It may quote the store, and the store may repeat the URL.
    reason: str = field(repr=redact)


Decision: TypeAlias = Take | Follow | Refuse | NextStep

# S3 and R2 respond 403 to expired and refused URLs, rclone 400. Other stores respond 401, 404 or
# 410 to an invalid URL or for a deleted object. Only the API knows which, so the client asks it.
_VOID: Final = frozenset({400, 401, 403, 404, 410})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PASSING: Final = frozenset({408, 425, 429})

# Longer numbers are not sizes, and Python refuses to parse very long ones.
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII | re.IGNORECASE)
_UNSATISFIED_RANGE = re.compile(r"bytes \*/(\d{1,18})", re.ASCII | re.IGNORECASE)
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]+"')


@define
class RangeRequest:
    """A request for the bytes of an archive from one position on.

    Attributes:
        received: Position of the next byte: all bytes of this range before it have arrived.
        total: Bytes of the archive; None if the store has not said.
        etag: Strong entity tag of the archive; None without one.
        end: Position after the last byte to request; None for the archive's end.
    """

    received: int = 0
    total: int | None = None
    etag: str | None = None
    end: int | None = None

    @property
    def resumable(self) -> bool:
        """Whether the request may ask for the rest only.

        Only a strong entity tag shows that the rest belongs to the received bytes.
        """
        return self.received > 0 and self.etag is not None

    def headers(self) -> dict[str, str]:
        """The header fields of the request."""
        # A store that compresses on the way also ignores ranges.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if self.resumable and self.etag is not None:
            last = "" if self.end is None else self.end - 1
            headers["Range"] = f"bytes={self.received}-{last}"
            # Not If-Range, which most stores ignore.
            headers["If-Match"] = self.etag
        elif self.end is not None:
            headers["Range"] = f"bytes=0-{self.end - 1}"
        return headers

    def begin(self, take: Take) -> None:
        """Record what an accepted response says about the archive."""
        self.received, self.total, self.etag = take.offset, take.total, take.etag

    def decide(self, head: Head) -> Decision:
        """What to do about the store's response to a request with `headers`."""
        status = head.status
        if status in (200, 206):
            return self._decide_body(head)
        if status == 416 and self.resumable:
            return self._decide_unsatisfied(head.headers.get("content-range", ""))
        if status == 412 and self.resumable:
            return NextStep.RESTART
        return decide_without_body(head)

    def _decide_body(self, head: Head) -> Decision:
        codings = codings_of(head.headers.get("content-encoding", ""))
        if codings:
            return self._decide_compressed(head, codings)
        etag = head.headers.get("etag", "")
        content_range = head.headers.get("content-range")
        # Some stores send a part with status 200, so the field decides.
        if content_range is not None or head.status == 206:
            return self._decide_part(content_range or "", etag)
        return Take(0, _announced(head), _strong(etag))

    def _decide_compressed(self, head: Head, codings: tuple[str, ...]) -> Decision:
        """What to do about a compressed body, although the request excluded compression.

        Size, ranges and entity tag belong to the compressed form. The tag may even stay the same
        when the compression changes, so such a download cannot be resumed.
        """
        if not can_be_undone(codings):
            return Refuse(
                f"the store compresses it in a way that this client can't decode "
                f"({', '.join(codings)})"
            )
        if "content-range" not in head.headers and head.status != 206:
            return Take(0, None, None, codings)
        if self.resumable or self.end is not None:
            return NextStep.FETCH_WHOLE
        return Refuse("the store sent an unrequested part of a compressed archive")

    def _decide_part(self, content_range: str, etag: str) -> Decision:
        expected = self.received if self.resumable else 0
        part = ContentRange.parse(content_range)
        total = part.total if part else None
        if (
            part is None
            or part.start != expected
            or (expected and self.end is not None and part.end > self.end)
        ):
            if expected:
                return NextStep.RESTART
            return Refuse(f"the store sent an unrequested part ({content_range or '?'})")
        if not expected:
            return Take(0, total, _strong(etag))
        # A part may come without a tag, or with the weak form of the tag. Any other tag means
        # another archive.
        if etag and etag.removeprefix("W/") != self.etag:
            return NextStep.RESTART
        if None not in (total, self.total) and total != self.total:
            return NextStep.RESTART
        return Take(expected, self.total if total is None else total, self.etag)

    def _decide_unsatisfied(self, content_range: str) -> NextStep:
        match = _UNSATISFIED_RANGE.fullmatch(content_range.strip())
        size = int(match[1]) if match else self.total
        if self.received == size and self.total in (None, size):
            return NextStep.COMPLETE
        return NextStep.RESTART


@frozen
class ContentRange:
    """The part of an archive that a response contains.

    Attributes:
        start: Position of the first byte.
        end: Position after the last byte.
        total: Bytes of the archive; None if the store does not say.
    """

    start: int
    end: int
    total: int | None

    @classmethod
    def parse(cls, content_range: str) -> "ContentRange | None":
        """Read the header field ``Content-Range``. None if it is invalid or contradicts itself."""
        match = _CONTENT_RANGE.fullmatch(content_range.strip())
        if match is None:
            return None
        start, last, total = int(match[1]), int(match[2]), _length(match[3])
        if last < start or (total is not None and last >= total):
            return None
        return cls(start, last + 1, total)


def decide_without_body(head: Head) -> Decision:
    """What to do about a response that is neither a body nor about a condition."""
    status = head.status
    if status in _REDIRECTS and "location" in head.headers:
        return Follow(head.headers["location"])
    if status in _VOID:
        return NextStep.REFRESH
    if status in _PASSING or status >= 500:
        return NextStep.RETRY
    return Refuse(f"the store answered {status}")


def is_strong(etag: str) -> bool:
    """Whether an entity tag is strong (RFC 9110) and can be sent in a header field."""
    return _STRONG_ETAG.fullmatch(etag) is not None


def _announced(head: Head) -> int | None:
    # The chunks determine the length of a chunked body, whatever a field says.
    if "transfer-encoding" in head.headers:
        return None
    return _length(head.headers.get("content-length", ""))


def _strong(etag: str) -> str | None:
    return etag if is_strong(etag) else None


def _length(value: str) -> int | None:
    return int(value) if _LENGTH.fullmatch(value) else None
