"""Command lines for the user to run next, as lists of arguments."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prolific_exports._console import _streams as streams
from prolific_exports._console._shell import command_line
from prolific_exports._flows._policy import DEFAULT_JOBS

if TYPE_CHECKING:
    from prolific_exports._archive._plan import Names
    from prolific_exports._cli._download_options import DownloadOptions
    from prolific_exports._model._references import Kind


def suggest(purpose: str, command: list[str] | None) -> None:
    """Print a command line with its purpose; nothing without a command."""
    if command is not None:
        streams.print_message(f"{purpose}, run: {command_line(command)}")


def download_command(
    options: "DownloadOptions", ids: Sequence[str], export_id: str | None = None
) -> list[str]:
    """The command that downloads some of the ids to the same files as the whole command.

    Args:
        options: The options of the whole command.
        ids: Some of its ids.
        export_id: The export job to continue with; for a single id.
    """
    output, extract = options.output, options.extract
    if len(ids) == 1 and options.is_many:
        output = os.path.join(output, "") if output is not None else None  # noqa: PTH118 - pathlib drops the separator at the end, which marks a folder
        extract = str(options.extract_folder(ids[0])) if extract is not None else None
    command = ["prolific-exports", "download", options.kind, *ids]
    conditions = options.filter.conditions() if options.filter is not None else {}
    for option, value in (
        ("--export-id", export_id),
        ("--study-id", conditions.get("study_id")),
        ("--from", conditions.get("from")),
        ("--to", conditions.get("to")),
        ("--only", options.only),
        ("--output", output),
        ("--extract", extract),
        ("--names", options.names if options.names != "safe" else None),
        # A table of only some ids could be mistaken for the table of all.
        ("--table", options.table if tuple(ids) == options.ids else None),
        ("--timeout", _number(options.timeout)),
        ("--poll-interval", _number(options.poll_interval)),
        ("--jobs", str(options.jobs) if options.jobs != DEFAULT_JOBS else None),
        ("--connections", str(options.connections) if options.connections > 1 else None),
        ("--stall-timeout", _number(options.stall_timeout)),
        # A named export is not looked for.
        ("--reuse", options.reuse if export_id is None else None),
        ("--profile", options.profile),
    ):
        if value is not None:
            # argparse would take a separate value that starts with "-" for an option.
            command += [f"{option}={value}"] if value.startswith("-") else [option, value]
    return command + _flags(
        ("--overwrite", options.overwrite),
        ("--no-verify", options.no_verify),
        ("--no-codebook", options.no_codebook),
        ("--delete-after", options.delete_after),
        ("--json", options.json),
        ("--quiet", options.quiet),
    )


def table_command(options: "DownloadOptions", archives: Iterable[str], table: str) -> list[str]:
    """The command that writes the table that ``download --table`` would have written."""
    paths = map(_positional, (*archives, table))
    flags = _flags(("--overwrite", options.overwrite), ("--quiet", options.quiet))
    return ["prolific-exports", "table", *paths, *flags]


def extract_command(archive: Path, folder: Path, names: "Names") -> list[str]:
    """The command that extracts an archive."""
    strict = ["--names", names] if names != "safe" else []
    paths = [_positional(str(path)) for path in (archive, folder)]
    return ["prolific-exports", "extract", *strict, *paths]


def delete_command(
    kind: "Kind", resource_id: str, export_id: str, profile: str | None
) -> list[str]:
    """The command that deletes an export job."""
    command = ["prolific-exports", "delete", kind, resource_id, export_id]
    return command if profile is None else [*command, f"--profile={profile}"]


def _flags(*flags: tuple[str, bool]) -> list[str]:
    return [flag for flag, is_set in flags if is_set]


def _positional(path: str) -> str:
    # argparse would take a positional argument that starts with "-" for an option.
    return f"./{path}" if path.startswith("-") else path


def _number(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if value.is_integer() else str(value)
