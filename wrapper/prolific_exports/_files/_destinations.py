"""Check where a file may be written.

Only a regular file may be replaced; a link to one is followed. Replacing a device, a pipe or a
socket with a file would break other programs.
"""

import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Final

from prolific_exports._errors import DownloadError, TargetExistsError, UsageError
from prolific_exports._files._failures import failure

STDOUT: Final = "-"
"""What stands for stdout where a command expects a path."""
_HOME: Final = "~"
_BELOW_HOME: Final = ("~/", f"~{os.sep}")
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# Programs open files with these suffixes and expect exactly this format.
_TAKEN_SUFFIXES: Final = frozenset(
    {
        *(".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip", ".zst"),
        *(".csv", ".ods", ".tsv", ".xls", ".xlsb", ".xlsm", ".xlsx"),
        *(".arrow", ".db", ".duckdb", ".feather", ".parquet", ".sqlite"),
        *(".html", ".json", ".jsonl", ".ndjson", ".pdf", ".xml", ".yaml", ".yml"),
    }
)


def expanded(path: str | os.PathLike[str]) -> Path:
    """Replace a leading ``~`` by the home folder; ``./~`` is a file.

    Raises:
        UsageError: The home folder is unknown.
    """
    return Path(expanded_text(os.fspath(path)))


def expanded_text(path: str) -> str:
    """Like `expanded`, but keeps a final separator, which marks a folder.

    Raises:
        UsageError: The home folder is unknown.
    """
    if path != _HOME and not path.startswith(_BELOW_HOME):
        return path
    home = os.path.expanduser(_HOME)  # noqa: PTH111 - Path raises errors of several kinds
    if home == _HOME:
        raise UsageError(
            f"Cannot find your home folder for {path}. Give the full path, or ./~ for a file "
            "named ~."
        )
    return home + path[len(_HOME) :]


def check_is_file_system_path(option: str, path: str | os.PathLike[str] | None) -> None:
    """Refuse ``-`` for a file or folder that cannot go to stdout.

    Args:
        option: The option or argument that names the path.
        path: Its value; None if it is not given.

    Raises:
        UsageError: The path is ``-``.
    """
    if path is not None and os.fspath(path) == STDOUT:
        raise UsageError(
            f"{option} cannot write to stdout ('-'): give a path. Nothing was written."
        )


def make_folder(path: str | os.PathLike[str] | None) -> Path:
    """Return a folder, created if it is missing; the working directory for None.

    Raises:
        UsageError: The home folder is unknown.
        DownloadError, StorageError: The folder cannot be created, or is a file.
    """
    folder = Path() if path is None else expanded(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise failure(f"Cannot create the folder {folder}", error, DownloadError) from error
    return folder


def destination(path: Path, *, overwrite: bool) -> Path:
    """Where to write a file: the path itself, or the file that a link there points to.

    Args:
        path: Where the caller wants the file.
        overwrite: Whether an existing file may be replaced.

    Raises:
        TargetExistsError: Something exists there that may not be replaced.
        OSError: The system refuses.
        ValueError: The name is not valid for a file.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return path
    if stat.S_ISLNK(found.st_mode):
        if overwrite and _is_planted(found, path):
            raise TargetExistsError(
                f"{path} is a link that another user created in a shared folder, so it is not "
                "followed. Choose another path.",
                path=path,
            )
        pointed_to = Path(os.path.realpath(path))
        try:
            found = pointed_to.stat()
        except FileNotFoundError:
            if overwrite:
                return pointed_to
            raise target_exists(path) from None
    else:
        pointed_to = path
    if not stat.S_ISREG(found.st_mode):
        raise TargetExistsError(
            f"{path} is {kind_of(found.st_mode)}, and only a regular file can be replaced. Choose "
            "another path.",
            path=path,
        )
    if not overwrite:
        raise target_exists(path)
    return pointed_to


def _is_planted(link: os.stat_result, path: Path) -> bool:
    """Whether a link may be a trap of another user, by the rule of Linux (protected_symlinks)."""
    folder = path.parent.stat()
    shared = stat.S_ISVTX | stat.S_IWOTH
    if os.name == "nt" or folder.st_mode & shared != shared:
        return False
    return link.st_uid not in (os.geteuid(), folder.st_uid)


def kind_of(mode: int) -> str:
    """The type of a file, in words."""
    return next((words for test, words in _KINDS if test(mode)), "a special file")


def target_exists(path: Path, more: str = "") -> TargetExistsError:
    """The error for a destination that exists; ``more`` are sentences to append."""
    return TargetExistsError(
        f"{path} already exists and was not changed. "
        "Choose another path, or allow overwriting (overwrite=True, --overwrite)."
        f"{more}",
        path=path,
    )


def check_suffix(path: str | os.PathLike[str], own: Collection[str], what: str) -> None:
    """Refuse a file name with the suffix of another format.

    Args:
        path: Where to write.
        own: The suffixes of the written format, such as ``.csv``.
        what: The format, with its article.

    Raises:
        UsageError: The suffix belongs to another format.
    """
    suffix = Path(path).suffix.lower()
    if suffix in _TAKEN_SUFFIXES and suffix not in own:
        raise UsageError(
            f"{os.fspath(path)} would be {what}, but its name ends in {suffix}. Nothing was "
            f"written. Choose a name that ends in {' or '.join(own)}."
        )
