"""Names that others chose, as files below a folder.

A name that leads elsewhere on any system is an attack. One that some system can't hold, or takes
for another one, is not: it is changed, and everywhere in the same way.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

# What the strictest system can hold: bytes of one name (Linux, and nearly so all others), and
# of a whole path (macOS).
_LONGEST_NAME = 255
_LONGEST_PATH = 1024
# Folders in a path: each costs memory for the whole path to it.
_DEEPEST = 32
# Bytes up to which the end of a name is its type.
_LONGEST_SUFFIX = 32

_REFUSED_BY_WINDOWS = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\]')
_DROPPED_BY_WINDOWS = ". "
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATOR = re.compile(r"[/\\]")

# With or without an extension these are devices on Windows.
_DEVICES = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]", re.IGNORECASE)


def threat(path: str) -> str | None:
    """Why a path must not be written below a folder on any system; None if it may, once changed."""
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
    """A path for each file and folder that every system can hold, and tells from the others.

    It depends on the paths and their order alone. Names that need no change keep theirs; of
    several that differ in case or Unicode composition alone, the first one does.

    Args:
        paths: Paths with ``/`` between folders; those of folders end in ``/``.

    Returns:
        By each path, without the ``/`` at its end, its place; none for paths that are too long or
        too deep for a file. Folders on the way have theirs.
    """
    wanted = [path.removesuffix("/") for path in paths if _too_long(path) is None]
    places = _Places()
    for path in wanted:
        places.settle(path, unchanged=True)
    for path in wanted:
        places.settle(path, unchanged=False)
    return places.of


def _too_long(path: str) -> str | None:
    if len(path.encode()) > _LONGEST_PATH:
        return f"has a path of more than {_LONGEST_PATH} bytes"
    if path.removesuffix("/").count("/") > _DEEPEST:
        return f"is more than {_DEEPEST} folders deep"
    return None


def folded(path: str) -> str:
    """The path as file systems compare it that ignore case and Unicode composition."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


class _Places:
    def __init__(self) -> None:
        self.of: dict[str, str] = {"": ""}
        self._taken: set[str] = set()
        # Of equal names there can be thousands.
        self._numbers: dict[str, int] = {}

    def settle(self, path: str, *, unchanged: bool) -> None:
        """Give a path, and the folders on its way, their places.

        Args:
            path: The path.
            unchanged: Leave those out that have to be changed.
        """
        if path in self.of:
            return
        folder = ""
        for name in path.split("/"):
            inner = _joined(folder, name)
            if inner not in self.of:
                place = self._place(self.of[folder], name, unchanged=unchanged)
                if place is None:
                    return
                self._taken.add(folded(place))
                self.of[inner] = place
            folder = inner

    def _place(self, parent: str, name: str, *, unchanged: bool) -> str | None:
        safe = _portable(name)
        place = _joined(parent, safe)
        key = folded(place)
        if key not in self._taken:
            return None if unchanged and safe != name else place
        if unchanged:
            return None
        number = self._numbers.get(key, 1)
        while folded(place) in self._taken:
            number += 1
            place = _joined(parent, _numbered(safe, number))
        self._numbers[key] = number
        return place


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


# Files are many and share their folders.
@lru_cache(64)
def _portable(name: str) -> str:
    """The name with ``_`` for what Windows refuses or drops, and behind those that are devices."""
    safe = _REFUSED_BY_WINDOWS.sub("_", name)
    kept = safe.rstrip(_DROPPED_BY_WINDOWS)
    safe = kept.ljust(max(1, len(safe)), "_")
    stem, dot, rest = safe.partition(".")
    if _DEVICES.fullmatch(stem.rstrip(" ")):
        safe = f"{stem}_{dot}{rest}"
    return _numbered(safe, None) if len(safe.encode()) > _LONGEST_NAME else safe


def _numbered(name: str, number: int | None) -> str:
    """The name with a number before its suffix, cut to what a name may have."""
    stem, dot, suffix = name.rpartition(".")
    end = dot + suffix
    if not stem or len(end.encode()) > _LONGEST_SUFFIX:
        stem, end = name, ""
    end = end if number is None else f"_{number}{end}"
    cut = stem.encode()[: _LONGEST_NAME - len(end.encode())].decode(errors="ignore")
    return f"{cut.rstrip(_DROPPED_BY_WINDOWS) if not end else cut}{end}"
