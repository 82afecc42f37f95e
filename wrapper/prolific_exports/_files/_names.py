"""Turn names from an archive into safe paths below a folder.

A name that points outside the folder on any system is an attack, and is refused. A name that
some system rejects or confuses with another is changed, in the same way on every system.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

# The strictest limits, in bytes: of one name (Linux; others are similar) and of a whole path
# (macOS).
_LONGEST_NAME = 255
_LONGEST_PATH = 1024
# Folders in a path. Each folder needs memory for its whole path.
_DEEPEST = 32
# The longest suffix in bytes that is kept when a name is shortened.
_LONGEST_SUFFIX = 32

_REFUSED_BY_WINDOWS = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\]')
_DROPPED_BY_WINDOWS = ". "
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATOR = re.compile(r"[/\\]")

# These names are devices on Windows, with or without a suffix.
_DEVICES = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]", re.IGNORECASE)


def threat(path: str) -> str | None:
    """Why a path is dangerous on some system; None if `safe_paths` can make it safe."""
    if "\0" in path:
        return "has a NUL in its name"
    if _SEPARATOR.match(path) or _DRIVE.match(path):
        return "has an absolute path"
    parts = _SEPARATOR.split(path.removesuffix("/"))
    for part in ("", ".", ".."):
        if part in parts:
            return f"has {part!r} in its path"
    return _too_long(path)


def safe_paths(paths: Iterable[str]) -> Mapping[str, str]:
    """For each file and folder, a distinct path that every system accepts.

    The result depends only on the paths and their order. Valid names stay unchanged; of several
    that differ only in case or Unicode composition, the first one does.

    Args:
        paths: Paths with ``/`` between folders; those of folders end in ``/``.

    Returns:
        The safe path for each path without its final ``/``, and for each parent folder. Paths
        that are too long or too deep are missing.
    """
    wanted = [path.removesuffix("/") for path in paths if _too_long(path) is None]
    safe = _SafePaths()
    for path in wanted:
        safe.choose(path, unchanged=True)
    for path in wanted:
        safe.choose(path, unchanged=False)
    return safe.of


def _too_long(path: str) -> str | None:
    if len(path.encode()) > _LONGEST_PATH:
        return f"has a path of more than {_LONGEST_PATH} bytes"
    if path.removesuffix("/").count("/") > _DEEPEST:
        return f"is more than {_DEEPEST} folders deep"
    return None


def folded(path: str) -> str:
    """The path as a file system compares it if it ignores case and Unicode composition."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


class _SafePaths:
    def __init__(self) -> None:
        self.of: dict[str, str] = {"": ""}
        self._taken: set[str] = set()
        # The last number of each name: there can be thousands of equal names.
        self._numbers: dict[str, int] = {}

    def choose(self, path: str, *, unchanged: bool) -> None:
        """Choose safe paths for a path and its parent folders.

        Args:
            path: The path.
            unchanged: Skip names that need a change.
        """
        if path in self.of:
            return
        folder = ""
        for name in path.split("/"):
            inner = _joined(folder, name)
            if inner not in self.of:
                chosen = self._chosen(self.of[folder], name, unchanged=unchanged)
                if chosen is None:
                    return
                self._taken.add(folded(chosen))
                self.of[inner] = chosen
            folder = inner

    def _chosen(self, parent: str, name: str, *, unchanged: bool) -> str | None:
        safe = _portable(name)
        chosen = _joined(parent, safe)
        key = folded(chosen)
        if key not in self._taken:
            return None if unchanged and safe != name else chosen
        if unchanged:
            return None
        number = self._numbers.get(key, 1)
        while folded(chosen) in self._taken:
            number += 1
            chosen = _joined(parent, _numbered(safe, number))
        self._numbers[key] = number
        return chosen


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


# Many files share few folders.
@lru_cache(64)
def _portable(name: str) -> str:
    """The name with ``_`` for characters that Windows rejects, and after device names."""
    safe = _REFUSED_BY_WINDOWS.sub("_", name)
    kept = safe.rstrip(_DROPPED_BY_WINDOWS)
    safe = kept.ljust(max(1, len(safe)), "_")
    stem, dot, rest = safe.partition(".")
    if _DEVICES.fullmatch(stem.rstrip(" ")):
        safe = f"{stem}_{dot}{rest}"
    return _numbered(safe, None) if len(safe.encode()) > _LONGEST_NAME else safe


def _numbered(name: str, number: int | None) -> str:
    """The name with a number before its suffix, cut to the longest valid name."""
    stem, dot, suffix = name.rpartition(".")
    end = dot + suffix
    if not stem or len(end.encode()) > _LONGEST_SUFFIX:
        stem, end = name, ""
    end = end if number is None else f"_{number}{end}"
    cut = stem.encode()[: _LONGEST_NAME - len(end.encode())].decode(errors="ignore")
    return f"{cut.rstrip(_DROPPED_BY_WINDOWS) if not end else cut}{end}"
