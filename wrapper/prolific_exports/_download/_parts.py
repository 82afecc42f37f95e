"""Which parts of an archive to request next."""

from typing import Final

from attrs import define

from prolific_exports._download._partial_file import PartialFile
from prolific_exports._download._range_request import (
    Decision,
    NextStep,
    RangeRequest,
    Refuse,
    Take,
)
from prolific_exports._flows._effects import Fetched
from prolific_exports._model._content_coding import Decoder

# The smallest part in bytes, where there are several connections. The first part has this size.
SMALLEST_PART: Final = 1024 * 1024


@define
class ArchivePart:
    """One part of an archive that is being fetched.

    Attributes:
        decision: What the response means; None without one.
        decoder: Decodes a compressed body; None if the body is not compressed.
    """

    request: RangeRequest
    decision: Decision | None = None
    decoder: Decoder | None = None

    @property
    def is_short(self) -> bool:
        """Whether bytes of the part, or of an archive of unknown end, are missing."""
        end = self.request.end
        return end is None or self.request.received < end


@define
class PartPlanner:
    """Plans the parts that are fetched at once.

    Attributes:
        file: The bytes that have arrived.
        connections: The most parts at once. Falls to 1 where the store does not send parts.
    """

    file: PartialFile
    connections: int

    def plan(self) -> list[ArchivePart]:
        """The parts to request next; none if no byte is missing."""
        file, connections = self.file, self.connections
        total, etag, holes = file.total, file.etag, file.good.holes(file.total)
        if not holes:
            return []
        start, stop = holes[0]
        if etag is None or start == 0:
            # Only a tag shows that the rest belongs to the received bytes. With several
            # connections, a small first part shows whether the store sends parts.
            end = SMALLEST_PART if connections > 1 else None
            return [ArchivePart(RangeRequest(file.received, total, etag, end))]
        if connections == 1 or total is None:
            end = None if stop == total else stop
            return [ArchivePart(RangeRequest(start, total, etag, end))]
        size = max(-(-(total - file.received) // connections), SMALLEST_PART)
        cuts = [
            (first, min(first + size, last or total))
            for begin, last in holes
            for first in range(begin, last or total, size)
        ]
        return [
            ArchivePart(RangeRequest(first, total, etag, last))
            for first, last in cuts[:connections]
        ]


def severity(ended: tuple[ArchivePart, Fetched]) -> int:
    """A number that is higher for more severe responses; the most severe one decides."""
    part, fetched = ended
    if fetched.permanent:
        return 6
    match part.decision:
        case Refuse():
            return 5
        case NextStep.RESTART | NextStep.FETCH_WHOLE:
            return 4
        case NextStep.REFRESH:
            return 3
        case Take():
            return int(fetched.failure is not None or part.is_short)
        case _:
            return 2
