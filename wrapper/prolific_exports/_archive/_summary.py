"""Summarises an archive: submissions, answers per instruction, files."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, assert_never

from attrs import Factory, define, frozen

from prolific_exports._archive._answer_shapes import SHAPES
from prolific_exports._archive._distribution import (
    ChoiceCount,
    ChoiceCounter,
    NumberCounter,
    Spread,
    SpreadCounter,
)
from prolific_exports._archive._fields import take_instant, take_items, take_text
from prolific_exports._archive._json import read_json_lines
from prolific_exports._archive._limits import (
    MAX_INSTRUCTIONS,
    TOO_MANY_INSTRUCTIONS,
    beyond_limit,
)
from prolific_exports._archive._reader import ArchiveReader
from prolific_exports._archive._responses import parse_response
from prolific_exports._archive._uploads import ArchiveFile, answers_by_part, missing_paths
from prolific_exports._model._html import facts_table, records_table
from prolific_exports._model._references import Kind

_MOMENT: Final = "created_at"
_EXAMPLES: Final = 3
_EXAMPLE_WIDTH: Final = 80
_SUFFIX_WIDTH: Final = 12
_SUFFIXES: Final = 100
_SHOWN_CHOICES: Final = 6
# Control characters and lone surrogates.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@frozen(kw_only=True)
class InstructionSummary:
    """The answers to one instruction.

    Attributes:
        type: Its type, from the metadata or else from its first answer.
        description: Its wording, from the metadata or else from its first answer.
        answered: Number of submissions (of tasks, in batches with recognised tasks) with an answer
            that is not empty.
        missing: Number of the other submissions or tasks.
        odd: Number of answers that are not of a documented type and shape.
        choices: The chosen options or numbers of stars, the most frequent first; at most 1000.
        other_choices: Number of choices of further options.
        lengths: The lengths of answers that are plain texts, in characters.
        numbers: The answers with a unit that are plain numbers, by unit, the most frequent unit
            first; at most 20 units.
        not_numbers: Number of the other answers with a unit.
        files: Number of files that answers name.
        examples: The first different answers, each as one short line (see ``one_line``).
    """

    id: str
    type: str | None
    description: str | None
    answered: int
    missing: int
    odd: int = 0
    choices: tuple[ChoiceCount, ...] = ()
    other_choices: int = 0
    lengths: Spread | None = None
    numbers: tuple[Spread, ...] = ()
    not_numbers: int = 0
    files: int = 0
    examples: tuple[str, ...] = ()

    def _counts(self) -> tuple[int, int, str]:
        """The cells of a table: how many answered, how many did not, and what."""
        shown = [f"{one.option}: {one.count:,}" for one in self.choices[:_SHOWN_CHOICES]]
        if len(self.choices) > _SHOWN_CHOICES or self.other_choices:
            shown.append("…")
        shown += [f"median {one.median:,g} {one.unit}" for one in self.numbers]
        if self.lengths is not None:
            shown.append(f"median {self.lengths.median:,g} characters")
        if self.files:
            shown.append(f"{self.files:,} files")
        return self.answered, self.missing, " · ".join(shown)


@frozen
class FileTypeSummary:
    """The uploaded files with the same suffix.

    Attributes:
        suffix: The suffix in lower case with its dot, such as ``".jpg"``; empty for names without
            one, and for all types after the first 100.
        count: Number of files.
        size: Bytes of these files.
    """

    suffix: str
    count: int
    size: int


@frozen(kw_only=True)
class ArchiveSummary:
    """The content of an archive in numbers.

    Attributes:
        kind: See ``ExportArchive.kind``.
        id: Id of the collection or batch.
        name: Name of the collection or batch.
        exported_at: When the archive was created.
        submissions: Number of submissions.
        tasks: Number of tasks, in batches with recognised tasks; else 0.
        participants: Number of different participants.
        unknown_records: Number of records without recognised answers.
        first_created_at: When the earliest submission was created.
        last_created_at: When the latest submission was created.
        instructions: The metadata's instructions in their order, then those that only records
            name.
        files: Number of uploaded files.
        files_size: Bytes of the uploaded files.
        file_types: The uploaded files by type, the largest total size first.
        missing_files: Number of files that answers name and the archive does not contain (see
            ``ExportArchive.find``).
        renamed_files: Number of files that ``extract`` renames (see ``ExportArchive.renamed``).
        files_not_downloaded: Number of uploaded files that the archive does not contain since it
            was downloaded with ``only="responses"``; they count in ``files``.
    """

    kind: Kind | None
    id: str | None
    name: str | None
    exported_at: datetime | None
    submissions: int
    tasks: int = 0
    participants: int
    unknown_records: int
    first_created_at: datetime | None
    last_created_at: datetime | None
    instructions: tuple[InstructionSummary, ...]
    files: int
    files_size: int
    file_types: tuple[FileTypeSummary, ...]
    missing_files: int = 0
    renamed_files: int = 0
    files_not_downloaded: int = 0

    def _repr_html_(self) -> str:
        """Return two tables for notebooks: the archive, and its questions."""
        facts = facts_table(
            f"Summary of {self.name or self.id or 'an archive'}",
            (
                ("Kind", self.kind or "unknown"),
                ("Id", self.id),
                ("Exported", self.exported_at),
                ("Submissions", self.submissions),
                ("Tasks", self.tasks or None),
                ("Participants", self.participants),
                ("Unknown records", self.unknown_records or None),
                ("First", self.first_created_at),
                ("Last", self.last_created_at),
                ("Uploaded files", f"{self.files:,} ({self.files_size:,} bytes)"),
                ("Missing files", self.missing_files or None),
            ),
        )
        questions = records_table(
            "Questions",
            ("No.", "Question", "Type", "Answered", "Missing", "Answers"),
            [
                (f"q{number}", one.description or one.id, one.type, *one._counts())
                for number, one in enumerate(self.instructions, 1)
            ],
        )
        return facts + questions


def summarise(archive: ArchiveReader) -> ArchiveSummary:
    """Read an archive once and summarise it.

    Keeps the participants' ids, the different options and a few answers in memory, but not the
    records.

    Raises:
        ArchiveError: The archive has no records by submission.
        CorruptArchiveError: It is damaged, or a record is not JSON.
        UnsafeArchiveError: It exceeds a limit of the reader.
    """
    metadata = archive.metadata
    counters = {
        instruction.id: _InstructionCounter(
            instruction.id, instruction.type, instruction.description
        )
        for instruction in metadata.instructions
        if instruction.id is not None
    }
    submissions = tasks = unknown = parts = missing = 0
    participants: set[str] = set()
    first: datetime | None = None
    last: datetime | None = None
    file = archive.record_file()
    for record in read_json_lines(file.pieces(), file.where):
        parts_of_record = answers_by_part(record)
        if parts_of_record is None:
            unknown += 1
            continue
        submissions += 1
        parts += len(parts_of_record)
        missing += sum(1 for _ in missing_paths([record], archive.find))
        tasks += 0 if isinstance(record.get("responses"), dict) else len(parts_of_record)
        participant = record.get("participant_id")
        if isinstance(participant, str):
            participants.add(participant)
        moment = take_instant({_MOMENT: record.get(_MOMENT)}, _MOMENT)
        if moment is not None:
            first = min(first or moment, moment)
            last = max(last or moment, moment)
        for responses in parts_of_record:
            for id_, raw in responses.items():
                if id_ not in counters:
                    if len(counters) == MAX_INSTRUCTIONS:
                        raise beyond_limit(file.where, TOO_MANY_INSTRUCTIONS)
                    seen = parse_response(raw)
                    counters[id_] = _InstructionCounter(id_, seen.type, seen.description)
                counters[id_].add(raw)
    return ArchiveSummary(
        kind=archive.kind,
        id=metadata.id,
        name=metadata.name,
        exported_at=metadata.exported_at,
        submissions=submissions,
        tasks=tasks,
        participants=len(participants),
        unknown_records=unknown,
        first_created_at=first,
        last_created_at=last,
        instructions=tuple(counter.summary(parts) for counter in counters.values()),
        files=len(archive.files),
        files_size=sum(file.size for file in archive.files),
        file_types=_file_types(archive.files),
        missing_files=missing,
        renamed_files=len(archive.renamed),
        files_not_downloaded=sum(not file.is_downloaded for file in archive.files),
    )


def _file_types(files: Sequence[ArchiveFile]) -> tuple[FileTypeSummary, ...]:
    counts: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for file in files:
        stem, dot, end = file.name.rpartition(".")
        suffix = f".{end.lower()}" if stem and dot and end.isalnum() else ""
        if len(suffix) > _SUFFIX_WIDTH or (suffix not in counts and len(counts) >= _SUFFIXES):
            suffix = ""
        counts[suffix] = counts.get(suffix, 0) + 1
        sizes[suffix] = sizes.get(suffix, 0) + file.size
    found = (FileTypeSummary(suffix, counts[suffix], sizes[suffix]) for suffix in counts)
    return tuple(sorted(found, key=lambda one: (-one.size, one.suffix)))


def one_line(text: str, width: int = _EXAMPLE_WIDTH) -> str:
    """Return a text in a form that fits on one line of a terminal.

    White space becomes single spaces. Control characters and lone surrogates, which could control
    the terminal or stop the output, become U+FFFD. A text longer than ``width`` characters ends
    in an ellipsis.
    """
    # Process only the beginning of long texts.
    beginning = " ".join(text[: 8 * width].split())
    line = _UNPRINTABLE.sub("\ufffd", beginning)
    is_complete = len(line) <= width and len(text) <= 8 * width
    return line if is_complete else line[: width - 1].rstrip() + "…"


@define
class _InstructionCounter:
    id: str
    type: str | None
    description: str | None
    answered: int = 0
    odd: int = 0
    files: int = 0
    choices: ChoiceCounter = Factory(ChoiceCounter)
    lengths: SpreadCounter = Factory(SpreadCounter)
    numbers: NumberCounter = Factory(NumberCounter)
    # A dict keeps the order and removes duplicates.
    examples: dict[str, None] = Factory(dict)

    def add(self, raw: Any) -> None:
        """Count an answer."""
        fields = dict(raw) if isinstance(raw, dict) else {}
        shape = SHAPES.get(take_text(fields, "type") or "")
        items = take_items(fields, shape.layout) if shape else None
        if shape is None or items is None:
            self._add_example(lambda: json.dumps(raw, ensure_ascii=False))
            self.odd += 1
            return
        texts = [texts for texts, _ in items]
        match shape.measure:
            case "lengths":
                [(value,)] = texts
                self._add_text(value)
            case "numbers":
                [(value, unit)] = texts
                self._add_number(value, unit)
            case "choices":
                self._add_choices(texts)
            case "files":
                self._add_files(texts)
            case _:
                assert_never(shape.measure)

    def _add_text(self, value: str) -> None:
        if value and not value.isspace():
            self._add_example(lambda: value)
            self.lengths.add(len(value))

    def _add_number(self, value: str, unit: str) -> None:
        if value.strip():
            self._add_example(lambda: f"{value} {unit}")
            self.numbers.add(value, unit)

    def _add_choices(self, choices: Sequence[Sequence[str]]) -> None:
        explained = [
            f"{option} ({' '.join(explanation)})" if any(explanation) else option
            for option, *explanation in choices
        ]
        if any(map(str.strip, explained)):
            self._add_example(lambda: ", ".join(explained))
            for option, *_ in choices:
                self.choices.add(option)

    def _add_files(self, files: Sequence[Sequence[str]]) -> None:
        names = [name or path for name, path in files]
        if any(map(str.strip, names)):
            self._add_example(lambda: ", ".join(names))
        self.files += len(files)

    def _add_example(self, example: Callable[[], str]) -> None:
        self.answered += 1
        if len(self.examples) < _EXAMPLES:
            self.examples[one_line(example())] = None

    def summary(self, parts: int) -> InstructionSummary:
        return InstructionSummary(
            id=self.id,
            type=self.type,
            description=self.description,
            answered=self.answered,
            missing=parts - self.answered,
            odd=self.odd,
            choices=self.choices.choices(),
            other_choices=self.choices.others,
            lengths=self.lengths.spread("characters"),
            numbers=self.numbers.spreads(),
            not_numbers=self.numbers.others,
            files=self.files,
            examples=tuple(self.examples),
        )
