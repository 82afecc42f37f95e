"""Reads JSON and JSON Lines from an archive; errors name the file and line."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prolific_exports._archive._limits import MAX_TEXT_SIZE, MAX_VALUES, beyond_limit
from prolific_exports._archive._lines import BOM, Block, blocks
from prolific_exports._errors import ArchiveError, CorruptArchiveError
from prolific_exports._model._json import JSONLimitError, check_limits


class RawJSON(str):
    """The text of a JSON value in which an object repeats a name; a dict would lose a value."""

    __slots__ = ()


class RepeatedNameError(Exception):
    """An object repeats a name."""


def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object with these members; for ``object_pairs_hook``.

    Raises:
        RepeatedNameError: Two members have the same name.
    """
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise RepeatedNameError
    return fields


_decode = json.JSONDecoder(object_pairs_hook=unrepeated).decode


def read_json(pieces: Iterable[bytes], where: str) -> Any:
    """Return the value of a JSON file.

    Raises:
        CorruptArchiveError: It is not JSON.
        UnsafeArchiveError: It exceeds a limit (see ``_limits``).
    """
    text = bytearray()
    for piece in pieces:
        text += piece
        if len(text) > MAX_TEXT_SIZE:
            raise beyond_limit(where, f"has more than {MAX_TEXT_SIZE >> 20} MiB of JSON")
    return parse_json(text.removeprefix(BOM), where)


def read_json_lines(pieces: Iterable[bytes], where: str) -> Iterator[Any]:
    """Yield the values of a JSON Lines file; skips blank lines.

    A line in which an object repeats a name is a ``RawJSON``.

    Raises:
        CorruptArchiveError: A line is not JSON. The message contains its number, counted from 1
            and including blank lines.
        UnsafeArchiveError: A line exceeds a limit (see ``_limits``).
    """
    # Each piece ends a block, so that values are available as soon as their lines are.
    for block in blocks(pieces, where, 1):
        yield from values_of(block, where)


def values_of(block: Block, where: str, loads: Callable[[str], Any] = _decode) -> Iterator[Any]:
    """Yield the values of a block of lines.

    Args:
        block: The lines.
        where: The file, for messages.
        loads: Parses a line, and builds objects with ``unrepeated``.

    Raises:
        CorruptArchiveError: As ``read_json_lines``.
        UnsafeArchiveError: As ``read_json_lines``.
    """
    for place, line in block.lines():
        try:
            yield _value(line, loads)
        except _FlawError as flaw:
            raise flaw.at(f"{where}, line {block.number_at(place)}") from flaw.__cause__


def parse_json(text: bytes | bytearray, where: str) -> Any:
    """Return the value of a JSON text; a ``RawJSON`` if an object in it repeats a name.

    Raises:
        CorruptArchiveError: It is not JSON; the message begins with ``where``.
        UnsafeArchiveError: It exceeds a limit (see ``_limits``).
    """
    try:
        return _value(text, _decode)
    except _FlawError as flaw:
        raise flaw.at(where) from flaw.__cause__


class _FlawError(Exception):
    """A text cannot be read; the caller adds where it is."""

    def __init__(self, what: str, *, is_limit: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.is_limit = is_limit

    def at(self, where: str) -> ArchiveError:
        if self.is_limit:
            return beyond_limit(where, self.what)
        return CorruptArchiveError(
            f"{where} {self.what}. Download the archive again; if the problem persists, request a "
            "new export."
        )


def _value(text: bytes | bytearray, loads: Callable[[str], Any]) -> Any:
    try:
        check_limits(text, MAX_VALUES)
        # Accept lone surrogates as bytes too, since JSON allows them as escapes.
        decoded = text.decode("utf-8", "surrogatepass")
        try:
            return loads(decoded)
        except RepeatedNameError:
            # Decoding stopped at the repeated name: check the rest of the text.
            json.loads(decoded)
            return RawJSON(decoded.strip())
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        what = "is incomplete" if cut_off else f"is not JSON ({error.msg}, column {error.colno})"
        raise _FlawError(what) from error
    except UnicodeDecodeError as error:
        raise _FlawError("is not UTF-8 text") from error
    except JSONLimitError as error:
        raise _FlawError(str(error), is_limit=True) from error
    except ValueError as error:
        raise _FlawError(f"is beyond what Python reads as JSON ({error})") from error
