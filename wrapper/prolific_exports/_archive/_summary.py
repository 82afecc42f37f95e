"""An archive at a glance."""

import json
import re
from datetime import datetime

from attrs import Factory, define, frozen

from prolific_exports._archive._export_archive import ExportArchive
from prolific_exports._archive._records import Submission
from prolific_exports._archive._responses import (
    FileUpload,
    FreeText,
    FreeTextWithUnit,
    MultipleChoice,
    MultipleChoiceWithFreeText,
    Response,
)
from prolific_exports._refs import Kind

_EXAMPLES = 3
_EXAMPLE_WIDTH = 80
# Control characters and lone surrogates.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@frozen
class InstructionSummary:
    """What participants were asked, and how they answered.

    Attributes:
        id: Id of the instruction.
        type: Its type, from the metadata or else from its first answer.
        description: Its wording, from the metadata or else from its first answer.
        answered: Number of submissions with an answer that is not empty.
        examples: The first few different answers, each as one short line (see ``one_line``).
    """

    id: str
    type: str | None
    description: str | None
    answered: int
    examples: tuple[str, ...]


@frozen
class ArchiveSummary:
    """What an archive holds.

    Attributes:
        kind: As ``ExportArchive.kind``.
        id: Id of the collection or batch.
        name: Name of the collection or batch.
        exported_at: When the archive was made.
        submissions: Number of submissions.
        participants: Number of different participants.
        unknown_records: Number of records that do not have a submission's shape.
        first_created_at: When the earliest submission was made.
        last_created_at: When the latest submission was made.
        instructions: The metadata's instructions in their order, then those that only
            the records name.
        files: Number of uploaded files.
        files_size: Bytes of the uploaded files.
    """

    kind: Kind | None
    id: str | None
    name: str | None
    exported_at: datetime | None
    submissions: int
    participants: int
    unknown_records: int
    first_created_at: datetime | None
    last_created_at: datetime | None
    instructions: tuple[InstructionSummary, ...]
    files: int
    files_size: int


def summarise(archive: ExportArchive) -> ArchiveSummary:
    """Read an archive once and count.

    Takes memory for the ids of the participants and a few answers, not for the records.

    Raises:
        ArchiveError: The archive has no records by submission.
        CorruptArchiveError: It is damaged, or holds something that is not JSON.
    """
    metadata = archive.metadata
    tallies = {
        instruction.id: _Tally(instruction.id, instruction.type, instruction.description)
        for instruction in metadata.instructions
        if instruction.id is not None
    }
    submissions = unknown = 0
    participants: set[str] = set()
    first: datetime | None = None
    last: datetime | None = None
    for record in archive.responses():
        if not isinstance(record, Submission):
            unknown += 1
            continue
        submissions += 1
        if record.participant_id is not None:
            participants.add(record.participant_id)
        if record.created_at is not None:
            first = min(first or record.created_at, record.created_at)
            last = max(last or record.created_at, record.created_at)
        for id_, response in record.responses.items():
            if id_ not in tallies:
                tallies[id_] = _Tally(id_, response.type, response.description)
            tallies[id_].add(response)
    return ArchiveSummary(
        kind=archive.kind,
        id=metadata.id,
        name=metadata.name,
        exported_at=metadata.exported_at,
        submissions=submissions,
        participants=len(participants),
        unknown_records=unknown,
        first_created_at=first,
        last_created_at=last,
        instructions=tuple(tally.summary() for tally in tallies.values()),
        files=len(archive.files),
        files_size=sum(file.size for file in archive.files),
    )


def one_line(text: str, width: int = _EXAMPLE_WIDTH) -> str:
    """A text fit for one line of a terminal.

    White space becomes single spaces, control characters and lone surrogates (which
    could steer the terminal, or stop the output) become U+FFFD, and what is longer
    than ``width`` characters ends in an ellipsis.
    """
    # What is cut off below need not be gone through, and texts can be long.
    beginning = " ".join(text[: 8 * width].split())
    shown = _UNPRINTABLE.sub("\ufffd", beginning)
    whole = len(shown) <= width and len(text) <= 8 * width
    return shown if whole else shown[: width - 1].rstrip() + "…"


@define
class _Tally:
    id: str
    type: str | None
    description: str | None
    answered: int = 0
    # A dict keeps the order, and each answer once.
    examples: dict[str, None] = Factory(dict)

    def add(self, response: Response) -> None:
        answer = _answer(response)
        if not answer.strip():
            return
        self.answered += 1
        if len(self.examples) < _EXAMPLES:
            self.examples[one_line(answer)] = None

    def summary(self) -> InstructionSummary:
        return InstructionSummary(
            id=self.id,
            type=self.type,
            description=self.description,
            answered=self.answered,
            examples=tuple(self.examples),
        )


def _answer(response: Response) -> str:
    match response:
        case FreeText(value=value):
            return value
        case FreeTextWithUnit(value=value, unit=unit):
            return f"{value} {unit}" if value.strip() else ""
        case MultipleChoice(values=values):
            return ", ".join(values)
        case MultipleChoiceWithFreeText(values=choices):
            return ", ".join(
                f"{choice.option} ({choice.explanation})" if choice.explanation else choice.option
                for choice in choices
            )
        case FileUpload(files=files):
            return ", ".join(file.name or file.path for file in files)
        case _:
            return json.dumps(response.raw, ensure_ascii=False)
