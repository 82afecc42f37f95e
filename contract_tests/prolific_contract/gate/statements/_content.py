"""What the documents state about the content of an archive's members."""

from typing import Final

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._observations import ARCHIVE
from prolific_contract.gate.statements._statement import Statement

_GUIDE: Final = "documents/003"
_BATCH_GUIDE: Final = "the guide to exporting batch data"
_BATCH: Final = (Operation("batch", "archive"),)
_COLLECTION: Final = (Operation("collection", "archive"),)
_CONTENT: Final = ("value.archive-content",)
_NOTHING_TO_COMPARE: Final = "The API offers no other list of responses to compare them with."


def _answers(name: str, says: str) -> Statement:
    """A statement about the responses of a collection."""
    return Statement(
        id=f"archive.field.{name}",
        says=says,
        source=_GUIDE,
        operations=_COLLECTION,
        laws=_CONTENT,
    )


STATEMENTS: Final = (
    Statement(
        id="archive.relation.all-responses",
        says="An archive has all responses and uploaded files of the resource.",
        source="documents/002, 004",
        operations=ARCHIVE,
        unchecked=_NOTHING_TO_COMPARE,
    ),
    Statement(
        id="archive.relation.active-only",
        says="Deleted responses, and those without a submission, are not in it.",
        source=_GUIDE,
        operations=_COLLECTION,
        unchecked=_NOTHING_TO_COMPARE,
    ),
    _answers("lines", "Each line of responses.jsonl is a JSON object about one submission."),
    _answers("submission-id", "A line has a submission_id, a string."),
    _answers("participant-id", "A line has a participant_id, a string."),
    _answers("collection-id", "A line has the collection_id, a string."),
    _answers("created-at", "A line has created_at, a date-time."),
    _answers("responses", "A line has responses, an object by the id of the instruction."),
    _answers("type", "A response has a type, the one of its instruction."),
    _answers("description", "A response has the description of its instruction, a string."),
    _answers("free-text", "A free_text response has a value, a string."),
    _answers("unit", "A free_text_with_unit response has a value and a unit, both strings."),
    _answers("choice", "A multiple_choice response has values, a list of strings."),
    _answers(
        "choice-with-text",
        "A multiple_choice_with_free_text response has values, each an object with option and "
        "explanation, both strings.",
    ),
    _answers(
        "file-upload",
        "A file_upload response has files, each an object with name and path, both strings.",
    ),
    Statement(
        id="archive.relation.upload-path",
        says="The path of an uploaded file is relative to the folder at the root.",
        source=_GUIDE,
        operations=_COLLECTION,
        laws=_CONTENT,
    ),
    Statement(
        id="archive.relation.upload-submission",
        says="The name of an uploaded file begins with the submission_id of its line.",
        source=_GUIDE,
        operations=_COLLECTION,
        laws=_CONTENT,
    ),
    Statement(
        id="archive.field.metadata",
        says=(
            "collection.json has collection_id, name, exported_at and instructions, each with "
            "id, type and description."
        ),
        source=_GUIDE,
        operations=_COLLECTION,
        laws=_CONTENT,
    ),
    Statement(
        id="archive.relation.metadata",
        says="The collection_id in collection.json is the exported collection.",
        source=_GUIDE,
        operations=_COLLECTION,
        laws=("value.archive-own",),
    ),
    Statement(
        id="archive.relation.instructions",
        says="collection.json lists every instruction that a response answers.",
        source=_GUIDE,
        operations=_COLLECTION,
        laws=_CONTENT,
    ),
    Statement(
        id="archive.field.batch-metadata",
        says="batch.json has metadata of the batch and its instructions.",
        source=_BATCH_GUIDE,
        operations=_BATCH,
        laws=_CONTENT,
    ),
    Statement(
        id="archive.relation.batch-records",
        says=(
            "responses-by-submission.jsonl has a line for each submission, "
            "responses-by-task.jsonl one for each task, with the same responses."
        ),
        source=_BATCH_GUIDE,
        operations=_BATCH,
        laws=_CONTENT,
    ),
    Statement(
        id="archive.field.readme-content",
        says="README.md explains the archive, with an example in pandas.",
        source=_GUIDE,
        operations=_COLLECTION,
        laws=("value.archive",),
    ),
)
