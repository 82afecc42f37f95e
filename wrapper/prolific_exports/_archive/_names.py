"""Which member names can be written below a folder, on every system alike.

The rules are the union of what POSIX, Windows and macOS object to, so that an
archive that extracts on one machine extracts on all.
"""

import re
import unicodedata

# With or without an extension these are devices on Windows.
_DEVICES = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³]", re.IGNORECASE)


def objection(name: str) -> str | None:
    """Why a member of this name must not be written; None when it can be."""
    if any(unicodedata.category(character) == "Cc" for character in name):
        return "has a control character in its name"
    if "\\" in name:
        return "has a backslash in its name, which is a folder on Windows"
    if name.startswith("/"):
        return "has an absolute path"
    if ":" in name:
        return "has a colon in its name, which is a drive or a hidden stream on Windows"
    for part in name.removesuffix("/").split("/"):
        if part in ("", ".", ".."):
            return f"has {part!r} in its path"
        if part[-1] in ". ":
            return f"has {part!r} in its path, whose end Windows drops"
        if _DEVICES.fullmatch(part.partition(".")[0].rstrip(" ")):
            return f"has {part!r} in its path, which is a device on Windows"
    return None


def folded(name: str) -> str:
    """The name as file systems compare it that ignore case and Unicode composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
