"""Checks before a download starts, so that nothing fails after it for a known reason."""

import argparse
import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from prolific_exports._cli._stdout import check_stdout_takes_bytes
from prolific_exports._errors import ArchiveError, UsageError
from prolific_exports._files._failures import explained
from prolific_exports._files._staging import vacant


def check_ids_differ(ids: Sequence[str]) -> None:
    """Check that the files of all ids have different names on every file system.

    Raises:
        UsageError: Two ids differ only in upper and lower case.
    """
    seen: dict[str, str] = {}
    for resource_id in ids:
        other = seen.setdefault(resource_id.casefold(), resource_id)
        if other != resource_id:
            raise UsageError(
                f"{other} and {resource_id} differ only in upper and lower case, and so would "
                "their files: download them to different folders, in two commands."
            )


def check_archive_to_stdout(arguments: argparse.Namespace, *, is_one: bool) -> None:
    """Check the options of a download whose archive goes to stdout.

    Args:
        arguments: The parsed command line.
        is_one: Whether it names exactly one export.

    Raises:
        UsageError: They contradict each other, or stdout is a terminal.
    """
    if not is_one:
        raise UsageError(
            "--output - writes one archive to stdout: give one id as an argument, or a folder for "
            "--output."
        )
    for option, is_given, reason in (
        ("--extract", arguments.extract is not None, "reads a saved archive"),
        ("--table", arguments.table is not None, "reads a saved archive"),
        ("--json", arguments.json, "also writes to stdout"),
        (
            "--delete-after",
            arguments.delete_after,
            "needs a saved archive, since the reader of stdout may end early",
        ),
    ):
        if is_given:
            raise UsageError(f"{option} {reason}: give a file for --output, or leave out {option}.")
    check_stdout_takes_bytes("--output -", "prolific-exports download ... --output - > data.zip")


def check_extract_folder(folder: Path, output: Path) -> None:
    """Check that the archive does not go into the folder that it is extracted to.

    Raises:
        UsageError: It does.
    """
    target, folder_path = Path(os.path.abspath(output)), Path(os.path.abspath(folder))  # noqa: PTH100 - Path.absolute keeps ".."
    if folder_path == target or folder_path in target.parents:
        raise UsageError(
            f"--extract {folder} needs a folder of its own, but the archive would be saved in it: "
            "extract to a subfolder, or save the archive elsewhere."
        )


def check_extract_folder_is_empty(folder: Path) -> None:
    """Check that a folder to extract to is empty or does not exist.

    Raises:
        TargetExistsError: It exists and is not empty.
        ArchiveError, StorageError: The system refuses.
    """
    with explained(f"Cannot extract to {folder}", ArchiveError):
        vacant(folder)


def check_table(
    path: str,
    *,
    overwrite: bool,
    other_paths: Iterable[tuple[str, Path]],
    created_folders: Collection[Path],
) -> None:
    """Check that the table can be written after the downloads.

    Args:
        path: ``--table``.
        overwrite: ``--overwrite``.
        other_paths: The other options that name a path, and each path.
        created_folders: Folders that will exist by then.

    Raises:
        UsageError: The format is unknown, a library is missing, the path is that of another
            option, or the folder does not exist.
        TargetExistsError: The file exists, without ``--overwrite``.
    """
    from prolific_exports._tables._output import check_target  # noqa: PLC0415 - only for --table
    from prolific_exports._tables._writing import check_format  # noqa: PLC0415

    check_format(path)
    table = real_path(path)
    # The table is written last: it would replace the download.
    for option, other in other_paths:
        if table == other or table in other.parents:
            raise UsageError(
                f"--table {path} would replace what {option} saves: choose another file."
            )
    folder = Path(path).parent
    if not folder.is_dir() and (table.parent.exists() or table.parent not in created_folders):
        raise UsageError(
            f"--table {path}: the folder {folder} does not exist. Create it, or choose another "
            "file."
        )
    check_target(Path(path), overwrite=overwrite)


def real_path(path: str | Path) -> Path:
    """A path that equals another one if both lead to the same file."""
    return Path(os.path.normcase(os.path.realpath(path)))
