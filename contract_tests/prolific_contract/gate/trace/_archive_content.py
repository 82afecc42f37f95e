"""What the members of an archive contain, without participants' data.

A recording keeps no answers. So the recorder, which has the bytes, notes what is wrong with them
and the few values that laws compare with the rest of the conversation.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import asdict, frozen

_LONGEST_ID: Final = 80


@frozen
class ContentFlaw:
    """Something in an archive that contradicts the documents.

    Attributes:
        about: The id of the statement.
        says: What is wrong: a sentence without its full stop and without participants' data.
    """

    about: str
    says: str


@frozen
class ArchiveContent:
    """The content of an archive, as far as it was read.

    Attributes:
        read: How many members were extracted.
        damaged: What can't be extracted.
        flaws: What contradicts the documents in the members that could be extracted.
        resource_ids: The different ids of batches and collections in the records and in the
            metadata, each after its kind and a space.
        records: The number of lines in the file with one line for each submission; None if it was
            not read.
        times: The first, a middle and the last time of the records that have one ``created_at``, in
            RFC 3339.
        earliest_end: The earliest of the latest ``created_at`` in each record, in RFC 3339.
        latest_start: The latest of the earliest ``created_at`` in each record, in RFC 3339.
        exported_at: The time of the export in the metadata; None if there is none.
    """

    read: int = 0
    damaged: tuple[ContentFlaw, ...] = ()
    flaws: tuple[ContentFlaw, ...] = ()
    resource_ids: tuple[str, ...] = ()
    records: int | None = None
    times: tuple[str, ...] = ()
    earliest_end: str | None = None
    latest_start: str | None = None
    exported_at: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The content for a recording."""
        members = asdict(self).items()
        return {name: list(value) if isinstance(value, tuple) else value for name, value in members}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ArchiveContent":
        """The content in a recording of the gate.

        Raises:
            ValueError: It has a member of the wrong type.
        """
        try:
            return cls(
                int(value["read"]),
                tuple(_flaw(one) for one in value["damaged"]),
                tuple(_flaw(one) for one in value["flaws"]),
                tuple(map(str, value["resource_ids"])),
                None if value["records"] is None else int(value["records"]),
                tuple(map(str, value["times"])),
                *(_text(value[name]) for name in ("earliest_end", "latest_start", "exported_at")),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("the content of an archive is malformed") from error


def _flaw(value: Any) -> ContentFlaw:
    return ContentFlaw(str(value["about"]), str(value["says"]))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def masked(name: str) -> str:
    """The form of a member's name: participants may have chosen parts of it."""
    return re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "9", name))


def shortened(some_id: str) -> str:
    """An id, cut if it is too long for one."""
    return some_id[:_LONGEST_ID]
