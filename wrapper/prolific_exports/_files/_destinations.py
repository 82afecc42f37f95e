"""Where a file may be written.

Only a regular file may be replaced, and a link to one is followed: a device, a pipe or a socket
that is replaced by a file breaks more than this package's work.
"""

import os
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Final

from prolific_exports._errors import TargetExistsError, UsageError

_HOME: Final = "~"
_BELOW_HOME: Final = ("~/", f"~{os.sep}")
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# Files of these names are opened by programs that expect this format, and nothing else.
_TAKEN_SUFFIXES: Final = frozenset(
    {
        *(".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip", ".zst"),
        *(".csv", ".ods", ".tsv", ".xls", ".xlsb", ".xlsm", ".xlsx"),
        *(".arrow", ".db", ".duckdb", ".feather", ".parquet", ".sqlite"),
        *(".html", ".json", ".jsonl", ".ndjson", ".pdf", ".xml", ".yaml", ".yml"),
    }
)


def expanded(path: str | os.PathLike[str]) -> Path:
    """A path whose first part may be ``~``, which is the home folder; ``./~`` is a file.

    Raises:
        UsageError: The home folder is not known.
    """
    return Path(expanded_text(os.fspath(path)))


def expanded_text(path: str) -> str:
    """As `expanded`, with the separator at the end that tells a folder.

    Raises:
        UsageError: The home folder is not known.
    """
    if path != _HOME and not path.startswith(_BELOW_HOME):
        return path
    home = os.path.expanduser(_HOME)  # noqa: PTH111 - Path raises errors of several kinds
    if home == _HOME:
        raise UsageError(
            f"{path}: your home folder, ~, is not known here. Give the whole path, or ./~ for a "
            "file of that name."
        )
    return home + path[len(_HOME) :]


def destination(path: Path, *, overwrite: bool) -> Path:
    """Where to write a file: the path itself, or the file that a link at it leads to.

    Args:
        path: Where the caller wants the file.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        TargetExistsError: Something is there that may not be replaced.
        OSError: The system refuses.
        ValueError: No file can have the name.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return path
    if stat.S_ISLNK(found.st_mode):
        if overwrite and _is_planted(found, path):
            raise TargetExistsError(
                f"{path} is a link that another user made in a folder for everyone, so it is not "
                "followed. Choose another path.",
                path=path,
            )
        leads_to = Path(os.path.realpath(path))
        try:
            found = leads_to.stat()
        except FileNotFoundError:
            if overwrite:
                return leads_to
            raise target_exists(path) from None
    else:
        leads_to = path
    if not stat.S_ISREG(found.st_mode):
        raise TargetExistsError(
            f"{path} is {kind_of(found.st_mode)}, and only a regular file can be replaced. Choose "
            "another path.",
            path=path,
        )
    if not overwrite:
        raise target_exists(path)
    return leads_to


def _is_planted(link: os.stat_result, path: Path) -> bool:
    """Whether another user may have laid a link as a trap: the rule of Linux for such folders."""
    folder = path.parent.stat()
    shared = stat.S_ISVTX | stat.S_IWOTH
    if os.name == "nt" or folder.st_mode & shared != shared:
        return False
    return link.st_uid not in (os.geteuid(), folder.st_uid)


def kind_of(mode: int) -> str:
    """What a file is, in words."""
    return next((words for test, words in _KINDS if test(mode)), "a special file")


def target_exists(path: Path, more: str = "") -> TargetExistsError:
    """The error for a destination that is taken; ``more`` are sentences to append."""
    return TargetExistsError(
        f"{path} exists already and was left as it is. "
        "Choose another path, or allow it to be overwritten (overwrite=True, --overwrite)."
        f"{more}",
        path=path,
    )


def check_suffix(path: str | os.PathLike[str], own: Collection[str], what: str) -> None:
    """Refuse a file whose name promises another format.

    Args:
        path: Where to write.
        own: The suffixes of the format that is written, such as ``.csv``.
        what: The format, with its article.

    Raises:
        UsageError: The name ends in the suffix of another format.
    """
    suffix = Path(path).suffix.lower()
    if suffix in _TAKEN_SUFFIXES and suffix not in own:
        raise UsageError(
            f"{os.fspath(path)} would be {what}, and its name says {suffix}. Nothing was written: "
            f"let the name end in {' or '.join(own)}."
        )
