"""The ids of collections and batches, from arguments, a file, stdin and web addresses."""

import codecs
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import expanded_text
from prolific_exports._model._references import Kind, check_id

STDIN: Final = "-"
_FILE: Final = "@"
# The forms of Prolific's own ids. Other words at the end of an address are parts of the site.
_PROLIFIC_ID = re.compile(
    r"[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE
)
_AFTER_PATH = re.compile(r"[?#]")
_USER = re.compile(r"//[^/@]*@")
# A "#" within a word belongs to an address.
_COMMENT = re.compile(r"(?<!\S)#.*")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_list(given: str) -> bool:
    """Whether an argument stands for a list of ids: ``-`` or ``@FILE``."""
    return given == STDIN or given.startswith(_FILE)


def looks_like_ids(given: Sequence[str]) -> bool:
    """Whether all arguments are lists, or have the form of Prolific's own ids."""
    return bool(given) and all(is_list(one) or _prolific_id(one) is not None for one in given)


def read_ids(given: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """The ids that the arguments name, each once.

    Args:
        given: Ids, web addresses that end in an id, ``-`` for stdin, and ``@FILE``.
        kind: The kind of the resources, for messages.

    Raises:
        UsageError: An id is malformed, a list is empty, or a file cannot be read.
    """
    found: dict[str, None] = {}
    for one in dict.fromkeys(given):
        found.update(dict.fromkeys(_ids_in(one, kind) if is_list(one) else [id_of(one, kind)]))
    return tuple(found)


def id_of(text: str, kind: Kind) -> str:
    """The id that a text is, or the last part of a web address.

    Raises:
        UsageError: It is neither. The message has neither the query nor the user of an address.
    """
    found = _prolific_id(text)
    if found is not None:
        return found
    path = _AFTER_PATH.split(text, maxsplit=1)[0]
    # Marked, or the rest of an address that was cut could look like an id.
    return check_id(_USER.sub("//", path) + ("?..." if path != text else ""), kind)


def _prolific_id(text: str) -> str | None:
    path = _AFTER_PATH.split(text.strip(), maxsplit=1)[0]
    last = path.rstrip("/").rpartition("/")[2]
    return last if _PROLIFIC_ID.fullmatch(last) else None


def _ids_in(given: str, kind: Kind) -> Iterator[str]:
    """The ids in a list: separated by white space, without comments."""
    name, data = ("stdin", _stdin()) if given == STDIN else _file(given.removeprefix(_FILE))
    empty = True
    for number, line in enumerate(_text(data, name).splitlines(), 1):
        for word in _COMMENT.sub("", line).split():
            empty = False
            try:
                yield id_of(word, kind)
            except UsageError as error:
                raise UsageError(f"{name}, line {number}: {error}") from None
    if empty:
        raise UsageError(f"{name} contains no id: give the id of a {kind} on each line.")


def _stdin() -> bytes:
    if sys.stdin is None:
        raise UsageError("There is no stdin to read ids from: give them as arguments.")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise UsageError(f"Cannot read ids from stdin: {error.strerror or error}.") from error


def _file(path: str) -> tuple[str, bytes]:
    try:
        return path, Path(expanded_text(path)).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"Cannot read ids from the file {path!r}: {reason}.") from error


def _text(data: bytes, name: str) -> str:
    # Windows PowerShell writes UTF-16.
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name} is not text in UTF-8: give the id of one resource on each line."
        ) from error
