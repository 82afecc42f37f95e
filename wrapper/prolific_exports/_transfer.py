"""How to read the store's answers: the pure part of a download.

The store is not part of Prolific's contract; these are the habits of the object
stores that hand out presigned URLs, and of the ones that do not quite.
"""

import re
from enum import Enum
from typing import Final, TypeAlias

from attrs import define, frozen

from prolific_exports._effects import Head


class Step(Enum):
    """What an answer means when its body is not the archive."""

    REFRESH = "the URL does not work (any more): get a fresh one"
    RESTART = "the bytes so far are of no use: ask for all of them"
    RETRY = "a passing failure: try again after a while"
    WHOLE = "there are no more bytes: what is there is everything"


@frozen
class Take:
    """The body is the archive, from byte ``offset`` on."""

    offset: int
    total: int | None
    etag: str | None


@frozen
class Follow:
    """The archive is elsewhere."""

    location: str


@frozen
class Refuse:
    """There is nothing to be done about this answer."""

    reason: str


Verdict: TypeAlias = Take | Follow | Refuse | Step

# Expired and refused URLs are 403 on S3 and R2, 400 on rclone; 401, 404 and 410 are
# what other stores say of one that is void or an object that is gone. The API knows
# which it is, so it is asked.
_VOID: Final = frozenset({400, 401, 403, 404, 410})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PASSING: Final = frozenset({408, 425, 429})

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)", re.ASCII)


@define
class Transfer:
    """An archive as far as it has arrived.

    Attributes:
        received: Bytes that are there.
        total: Bytes in all, as far as the store has said.
        etag: The archive's strong entity tag, None without one.
    """

    received: int = 0
    total: int | None = None
    etag: str | None = None

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
            headers["Range"] = f"bytes={self.received}-"
            # If-Match and not If-Range, which most stores ignore.
            headers["If-Match"] = self.etag
        return headers

    def begin(self, take: Take) -> None:
        """Note what an accepted answer says of the archive."""
        self.received, self.total, self.etag = take.offset, take.total, take.etag

    def restart(self) -> None:
        """Forget everything."""
        self.received, self.total, self.etag = 0, None, None

    def judge(self, head: Head) -> Verdict:
        """What to do about the store's answer to a request with `headers`."""
        status = head.status
        if status in (200, 206):
            return self._judge_body(head)
        if status in _REDIRECTS and "location" in head.headers:
            return Follow(head.headers["location"])
        if status == 416:
            return Step.WHOLE if self.received == self.total else Step.RESTART
        if status == 412:
            return Step.RESTART
        if status in _VOID:
            return Step.REFRESH
        if status in _PASSING or status >= 500:
            return Step.RETRY
        return Refuse(f"the store answered {status}")

    def _judge_body(self, head: Head) -> Verdict:
        encoding = head.headers.get("content-encoding", "identity").lower()
        if encoding != "identity":
            return Refuse(f"the store compresses on the way ({encoding}), which was not asked for")
        etag = _strong(head.headers.get("etag"))
        content_range = head.headers.get("content-range")
        # Some stores send a part with 200: the field decides, not the status.
        if content_range is not None or head.status == 206:
            return self._judge_part(content_range or "", etag)
        return Take(0, _length(head.headers.get("content-length")), etag)

    def _judge_part(self, content_range: str, etag: str | None) -> Verdict:
        match = _CONTENT_RANGE.fullmatch(content_range.strip())
        expected = self.received if self.resumable else 0
        if match is None or int(match[1]) != expected:
            if not expected:
                return Refuse(f"the store sent a part that was not asked for ({content_range})")
            return Step.RESTART
        total = None if match[3] == "*" else int(match[3])
        if expected and (etag not in (None, self.etag) or total not in (None, self.total)):
            return Step.RESTART
        return Take(expected, total or self.total, self.etag if expected else etag)


def _strong(etag: str | None) -> str | None:
    return etag if etag and re.fullmatch(r'"[^"]*"', etag) else None


def _length(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() else None
