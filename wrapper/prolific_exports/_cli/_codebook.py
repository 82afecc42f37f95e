"""``prolific-exports codebook``."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prolific_exports import Clock, Codebook, ExportArchive, Question, SystemClock
from prolific_exports._cli import _codebook_files as codebook_files
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import connect
from prolific_exports._cli._codebook_page import DERIVED
from prolific_exports._cli._resource_ids import id_of
from prolific_exports._console import _streams as streams
from prolific_exports._console._progress import LogLines, working
from prolific_exports._console._text import printable
from prolific_exports._console._warnings import warnings_on_stderr
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import STDOUT, check_suffix, expanded
from prolific_exports._model._references import Kind

_KINDS: Final[dict[str, Kind]] = {"collection": "collection", "batch": "batch"}


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Print the questions of an archive, a collection or a batch, or write them to a file."""
    path = _path(arguments.output)
    codebook = _codebook(arguments, clock or SystemClock())
    if path is not None:
        codebook_files.write(codebook, path, overwrite=arguments.overwrite)
    if codebook.is_derived and not arguments.quiet:
        streams.print_message(DERIVED)
    if arguments.json:
        streams.print_result(json_output.codebook(codebook, None if path is None else str(path)))
    elif path is not None:
        streams.print_result(str(path))
    else:
        streams.print_result("\n".join(_lines(codebook)))
    return exit_codes.DONE


def _path(output: str | None) -> Path | None:
    if output is None:
        return None
    if output == STDOUT:
        raise UsageError(
            "-o needs a file: without -o, the codebook goes to stdout (as JSON with --json)."
        )
    path = expanded(output)
    check_suffix(path, codebook_files.SUFFIXES, "a codebook")
    return path


def _codebook(arguments: argparse.Namespace, clock: Clock) -> Codebook:
    subject: list[str] = arguments.subject
    match subject:
        case [archive]:
            with working(archive, "reading", clock, quiet=arguments.quiet):
                return ExportArchive.open(archive).codebook()
        case [kind, resource_id] if kind in _KINDS:
            found = id_of(resource_id, _KINDS[kind])
            lines = LogLines(clock)
            lines.begin(f"{kind} {found}")
            with (
                warnings_on_stderr("prolific-exports"),
                connect(arguments, beat=lines.beat, on_event=lines.event, clock=clock) as exports,
            ):
                resource = exports.collections if kind == "collection" else exports.batches
                return resource.codebook(found)
        case _:
            raise UsageError(
                "Name one archive, or KIND and ID: prolific-exports codebook data.zip, or "
                "prolific-exports codebook collection ID."
            )


def _lines(codebook: Codebook) -> Iterator[str]:
    if codebook.name is not None:
        yield printable(codebook.name)
    for number, question in enumerate(codebook.questions, 1):
        yield ""
        yield f"q{number}  {printable(question.wording or '(no wording)')}"
        yield f"    {'; '.join(_facts(question))}"
        for option in question.options:
            yield f"    - {printable(option)}"


def _facts(question: Question) -> Iterator[str]:
    yield printable(question.type or "unknown type")
    if question.answer_limit is not None and question.answer_limit > 0:
        yield f"at most {question.answer_limit}"
    if question.units:
        yield f"in {', '.join(map(printable, question.units))}"
    if question.required:
        yield "required"
    yield f"id {printable(question.id)}"
