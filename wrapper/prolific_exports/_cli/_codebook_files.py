"""The files of ``prolific-exports codebook``: JSON, CSV and HTML."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from prolific_exports import Codebook
from prolific_exports._archive._codebook_file import write_codebook, writing_codebook
from prolific_exports._cli import _codebook_page as codebook_page
from prolific_exports._tables._output import write_csv
from prolific_exports._tables._values import encodable

SUFFIXES: Final = (".json", ".csv", ".html")
_COLUMNS: Final = (
    "number",
    "question_id",
    "type",
    "wording",
    "required",
    "answer_limit",
    "kind",
    "position",
    "value",
)


def write(codebook: Codebook, path: Path, *, overwrite: bool) -> None:
    """Write a codebook in the format of the suffix: CSV, HTML, or else JSON.

    Raises:
        ArchiveError, StorageError, TargetExistsError: As for `write_codebook`.
    """
    match path.suffix.lower():
        case ".csv":
            with writing_codebook(path, overwrite=overwrite) as temporary:
                # For spreadsheets, which would run some wordings and options as formulas.
                write_csv(temporary, _COLUMNS, _rows(codebook), "escape")
        case ".html":
            with writing_codebook(path, overwrite=overwrite) as temporary:
                text = codebook_page.render(codebook)
                temporary.write_text(text, encoding="utf-8", newline="\n")
        case _:
            write_codebook(codebook, path, overwrite=overwrite)


def _rows(codebook: Codebook) -> Iterator[tuple[Any, ...]]:
    """One row for each option and unit; one for a question that has neither."""
    for number, question in enumerate(codebook.questions, 1):
        about = (
            number,
            question.id,
            question.type,
            question.wording,
            question.required,
            question.answer_limit,
        )
        for kind, values in (("option", question.options), ("unit", question.units)):
            for position, value in enumerate(values, 1):
                yield _encodable((*about, kind, position, value))
        if not question.options and not question.units:
            yield _encodable((*about, None, None, None))


def _encodable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(encodable(value) if isinstance(value, str) else value for value in row)
