"""One line of an archive's JSON Lines files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, frozen

from prolific_exports._archive._fields import take_instant, take_text
from prolific_exports._archive._responses import Response, parse_response


@frozen(kw_only=True)
class Submission:
    """One participant's completed session.

    Attributes:
        collection_id: The collection, in a collection's archive.
        batch_id: The batch, if a batch's archive names it.
        task_id: The task, if a batch's archive names it.
        created_at: When it was submitted, with its time zone.
        responses: The answers by instruction id, in the archive's order.
        extra: Fields that are not documented, or not of the documented type (the attribute is
            then None), unchanged.
        raw: The whole record, unchanged.
    """

    submission_id: str
    participant_id: str | None = None
    collection_id: str | None = None
    batch_id: str | None = None
    task_id: str | None = None
    created_at: datetime | None = None
    responses: Mapping[str, Response]
    extra: Mapping[str, Any]
    raw: Any = field(repr=False)


@frozen
class UnknownRecord:
    """A record that is not a submission as documented (documents/003).

    The records of batches are not documented, and may have any shape. A record in which an
    object repeats a name is unknown too, since a dict would lose one of the values.

    Attributes:
        raw: The record's JSON, unchanged; its text, a ``RawJSON``, if an object in it repeats a
            name.
    """

    raw: Any


Record: TypeAlias = Submission | UnknownRecord
"""Any record; both classes have ``raw``."""


def parse_record(raw: Any) -> Record:
    """Return the record of a line. Never fails.

    A submission is a JSON object with a text ``submission_id`` and an object ``responses``; other
    fields may be missing.
    """
    if not isinstance(raw, dict):
        return UnknownRecord(raw)
    fields = dict(raw)
    submission_id = take_text(fields, "submission_id")
    responses = fields.pop("responses", None)
    if submission_id is None or not isinstance(responses, dict):
        return UnknownRecord(raw)
    return Submission(
        submission_id=submission_id,
        participant_id=take_text(fields, "participant_id"),
        collection_id=take_text(fields, "collection_id"),
        batch_id=take_text(fields, "batch_id"),
        task_id=take_text(fields, "task_id"),
        created_at=take_instant(fields, "created_at"),
        responses={key: parse_response(response) for key, response in responses.items()},
        extra=fields,
        raw=raw,
    )
