"""How to read the store's answers: the pure part of a download.

The store is not part of Prolific's contract; these are the habits of the object
stores that hand out presigned URLs, and of the ones that do not quite.
"""

import re
from enum import Enum
from typing import Final, TypeAlias

from attrs import define, field, frozen

from prolific_exports._flows._effects import Head
from prolific_exports._model._content_coding import can_be_undone, codings_of
from prolific_exports._model._redaction import redact


class Step(Enum):
    """What an answer means when its body is not the archive."""

    REFRESH = "the URL does not work (any more): get a fresh one"
    RESTART = "the bytes so far are of no use: ask for all of them"
    UNCUT = "parts of it are of no use: ask for all of it, in one"
    RETRY = "a passing failure: try again after a while"
    WHOLE = "there are no more bytes: what is there is everything"


@frozen
class Take:
    """The body is the archive, from byte ``offset`` on.

    Attributes:
        offset: Where it begins.
        total: Bytes of the archive; None where that is not known.
        etag: Its strong entity tag, None without one.
        codings: The compression to undo, in the order it was applied.
    """

    offset: int
    total: int | None
    etag: str | None
    codings: tuple[str, ...] = ()


@frozen
class Follow:
    """The archive is elsewhere."""

    location: str = field(repr=False)


@frozen
class Refuse:
    """There is nothing to be done about this answer."""

    # It may quote the store, which may repeat the URL.
    reason: str = field(repr=redact)


Verdict: TypeAlias = Take | Follow | Refuse | Step

# Expired and refused URLs are 403 on S3 and R2, 400 on rclone; 401, 404 and 410 are
# what other stores say of one that is void or an object that is gone. The API knows
# which it is, so it is asked.
_VOID: Final = frozenset({400, 401, 403, 404, 410})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PASSING: Final = frozenset({408, 425, 429})

# Longer numbers are no sizes, and Python refuses to read the longest.
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII | re.IGNORECASE)
_UNSATISFIED_RANGE = re.compile(r"bytes \*/(\d{1,18})", re.ASCII | re.IGNORECASE)
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]+"')


@define
class Transfer:
    """An archive as far as it has arrived.

    Attributes:
        received: Bytes that are there.
        total: Bytes in all, as far as the store has said.
        etag: The archive's strong entity tag, None without one.
        end: Where the next request ends, exclusive; None for the archive's end.
    """

    received: int = 0
    total: int | None = None
    etag: str | None = None
    end: int | None = None

    @property
    def resumable(self) -> bool:
        """Whether the next request may ask for the rest only.

        Without a strong entity tag nobody could tell that the rest belongs to the
        bytes that are there.
        """
        return self.received > 0 and self.etag is not None

    def headers(self) -> dict[str, str]:
        """The header fields of the next request."""
        # A store that compresses on the way also ignores ranges.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if self.resumable and self.etag is not None:
            last = "" if self.end is None else self.end - 1
            headers["Range"] = f"bytes={self.received}-{last}"
            # If-Match and not If-Range, which most stores ignore.
            headers["If-Match"] = self.etag
        elif self.end is not None:
            headers["Range"] = f"bytes=0-{self.end - 1}"
        return headers

    def begin(self, take: Take) -> None:
        """Note what an accepted answer says of the archive."""
        self.received, self.total, self.etag = take.offset, take.total, take.etag

    def judge(self, head: Head) -> Verdict:
        """What to do about the store's answer to a request with `headers`."""
        status = head.status
        if status in (200, 206):
            return self._judge_body(head)
        if status in _REDIRECTS and "location" in head.headers:
            return Follow(head.headers["location"])
        if status == 416 and self.resumable:
            return self._judge_unsatisfied(head.headers.get("content-range", ""))
        if status == 412 and self.resumable:
            return Step.RESTART
        if status in _VOID:
            return Step.REFRESH
        if status in _PASSING or status >= 500:
            return Step.RETRY
        return Refuse(f"the store answered {status}")

    def _judge_body(self, head: Head) -> Verdict:
        codings = codings_of(head.headers.get("content-encoding", ""))
        if codings:
            return self._judge_compressed(head, codings)
        etag = head.headers.get("etag", "")
        content_range = head.headers.get("content-range")
        # Some stores send a part with 200: the field decides, not the status.
        if content_range is not None or head.status == 206:
            return self._judge_part(content_range or "", etag)
        return Take(0, _announced(head), _strong(etag))

    def _judge_compressed(self, head: Head, codings: tuple[str, ...]) -> Verdict:
        """What to do about a body that is compressed, which was not asked for.

        Size, ranges and entity tag are those of the compressed form. The tag does not even
        have to change with the archive's compression, so nothing of this can be resumed.
        """
        if not can_be_undone(codings):
            return Refuse(
                f"the store compresses it ({', '.join(codings)}), which was not asked for and "
                "can't be undone here"
            )
        if "content-range" not in head.headers and head.status != 206:
            return Take(0, None, None, codings)
        if self.resumable or self.end is not None:
            return Step.UNCUT
        return Refuse("the store sent a part of a compressed archive that was not asked for")

    def _judge_part(self, content_range: str, etag: str) -> Verdict:
        match = _CONTENT_RANGE.fullmatch(content_range.strip())
        expected = self.received if self.resumable else 0
        total = _length(match[3]) if match else None
        if (
            match is None
            or int(match[1]) != expected
            or int(match[2]) < expected
            or (total is not None and int(match[2]) >= total)
            or (expected and self.end is not None and int(match[2]) >= self.end)
        ):
            if expected:
                return Step.RESTART
            return Refuse(f"the store sent a part that was not asked for ({content_range or '?'})")
        if not expected:
            return Take(0, total, _strong(etag))
        # A part may come with no tag, or with its weak form: with another, it is of
        # another archive.
        if etag and etag.removeprefix("W/") != self.etag:
            return Step.RESTART
        if None not in (total, self.total) and total != self.total:
            return Step.RESTART
        return Take(expected, self.total if total is None else total, self.etag)

    def _judge_unsatisfied(self, content_range: str) -> Step:
        match = _UNSATISFIED_RANGE.fullmatch(content_range.strip())
        size = int(match[1]) if match else self.total
        if self.received == size and self.total in (None, size):
            return Step.WHOLE
        return Step.RESTART


def is_strong(etag: str) -> bool:
    """Whether an entity tag is one that stands for every byte, and can be sent."""
    return _STRONG_ETAG.fullmatch(etag) is not None


def _announced(head: Head) -> int | None:
    # What comes in chunks has its length from them, whatever a field says.
    if "transfer-encoding" in head.headers:
        return None
    return _length(head.headers.get("content-length", ""))


def _strong(etag: str) -> str | None:
    return etag if is_strong(etag) else None


def _length(value: str) -> int | None:
    return int(value) if _LENGTH.fullmatch(value) else None
