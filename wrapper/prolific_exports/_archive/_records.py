"""One line of an archive's JSON Lines files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, frozen

from prolific_exports._archive._fields import take_instant, take_text
from prolific_exports._archive._responses import Response, parse_response


@frozen(kw_only=True)
class Submission:
    """What one participant submitted.

    Attributes:
        submission_id: Id of the submission.
        participant_id: Id of the participant.
        collection_id: Id of the collection, in a collection's archive.
        batch_id: Id of the batch, where a batch's archive has it.
        task_id: Id of the task, where a batch's archive has it.
        created_at: When it was submitted, with its zone.
        responses: Answers by id of the instruction, in the archive's order.
        extra: Fields that are not documented, and documented ones whose value is not
            of the documented type (the attribute is then None), as they came.
        raw: The whole record as it came.
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
    """A record that is not a submission as documents/003 shows it.

    The records of batches are not documented: those of another shape come as this. So does a
    record in which an object repeats a name, since a dict would lose one of two values.

    Attributes:
        raw: The record's JSON, untouched; its text, a ``RawJSON``, where an object in it
            repeats a name.
    """

    raw: Any


Record: TypeAlias = Submission | UnknownRecord
"""Any record; ``raw`` is on both."""


def parse_record(raw: Any) -> Record:
    """The record that a line holds. Never fails.

    A submission is a JSON object with a text ``submission_id`` and an object
    ``responses``; everything else may be missing.
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
