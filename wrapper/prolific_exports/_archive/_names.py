"""Which member names can be written below a folder.

What leads elsewhere on any system (POSIX, Windows, macOS), becomes another name there or is too
long for it is objected to on all of them. The characters that Windows merely refuses are
objected to there alone: elsewhere nothing is wrong with them.
"""

import os
import re
import unicodedata
from functools import lru_cache

# What the strictest system can hold: bytes of one name (Linux, and nearly so all others), and
# of a whole path (macOS).
_LONGEST_NAME = 255
_LONGEST_PATH = 1024

_ON_WINDOWS = os.name == "nt"
_REFUSED_BY_WINDOWS = re.compile(r'[<>"|?*]')

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# With or without an extension these are devices on Windows.
_DEVICES = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]", re.IGNORECASE)


def objection(name: str) -> str | None:
    """Why a member of this name must not be written; None when it can be."""
    if _CONTROL.search(name):
        return "has a control character in its name"
    if "\\" in name:
        return "has a backslash in its name, which is a folder on Windows"
    if name.startswith("/"):
        return "has an absolute path"
    if ":" in name:
        return "has a colon in its name, which is a drive or a hidden stream on Windows"
    if _ON_WINDOWS and (found := _REFUSED_BY_WINDOWS.search(name)):
        return f"has {found[0]!r} in its name, which Windows refuses; other systems take it"
    if len(name.encode()) > _LONGEST_PATH:
        return f"has a name of more than {_LONGEST_PATH} bytes"
    parts = name.removesuffix("/").split("/")
    return next((f"has {why}" for part in parts if (why := _objection_to_part(part))), None)


# Files are many and share their folders.
@lru_cache(64)
def _objection_to_part(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"{part!r} in its path"
    if len(part.encode()) > _LONGEST_NAME:
        return f"more than {_LONGEST_NAME} bytes between two slashes"
    if part[-1] in ". ":
        return f"{part!r} in its path, whose end Windows drops"
    if _DEVICES.fullmatch(part.partition(".")[0].rstrip(" ")):
        return f"{part!r} in its path, which is a device on Windows"
    return None


def folded(name: str) -> str:
    """The name as file systems compare it that ignore case and Unicode composition."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
