"""Writing to stdout and stderr so that no text and no reader makes it fail.

Results go to stdout and everything else to stderr. A reader that goes away early
(``| head``) is not an error: what it does not want is dropped.
"""

import errno
import io
import os
import sys

from prolific_exports._errors import ExportsError

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

# EINVAL is what Windows says of a pipe whose reader has gone.
_READER_LEFT = frozenset({errno.EPIPE, errno.EINVAL})


class OutputError(ExportsError):
    """What stdout is connected to does not take the result."""


def result(text: str) -> None:
    """Write a line (or several) to stdout.

    Raises:
        OutputError: It cannot be written, for another reason than a reader that left.
    """
    try:
        _write(sys.stdout, text)
    except OSError as error:
        abandon(sys.stdout)
        if error.errno not in _READER_LEFT:
            raise OutputError(
                f"The result cannot be written to stdout: {error.strerror or error}."
            ) from error


def message(text: str) -> None:
    """Write a line (or several) to stderr, if anybody reads it."""
    try:
        _write(sys.stderr, text)
    except OSError:
        abandon(sys.stderr)


def _write(stream: "TextIO | None", text: str) -> None:
    # Python has no stream at all where the process was started without one.
    if stream is None:
        return
    try:
        stream.write(f"{text}\n")
    except UnicodeEncodeError:
        if not _write_as_named(stream, text):
            stream.write(f"{encodable(text, stream.encoding)}\n")
    stream.flush()


def _write_as_named(stream: "TextIO", text: str) -> bool:
    """Write a text with the bytes that the system has for the files named in it, if it can be.

    Names may be bytes that are no text. Escaped, they would name no file.
    """
    if not isinstance(stream, io.TextIOWrapper):
        return False
    errors = stream.errors
    stream.reconfigure(errors=sys.getfilesystemencodeerrors())
    try:
        stream.write(f"{text}\n")
    except UnicodeEncodeError:
        return False
    finally:
        stream.reconfigure(errors=errors)
    return True


def encodable(text: str, encoding: str | None) -> str:
    r"""The text with what the encoding does not have as ``\x`` or ``\u`` escapes."""
    encoding = encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def acts_on_escapes(stream: "TextIO | None") -> bool:
    """Whether a stream is a terminal that draws by escape sequences.

    Consoles of Windows do so when they are told to, and show the sequences otherwise. rich asks
    the console of stdout.
    """
    if stream is None or not stream.isatty():
        return False
    from rich.console import detect_legacy_windows  # noqa: PLC0415 - rich, only to draw

    return not detect_legacy_windows()


def abandon(stream: "TextIO") -> None:
    """Connect the stream to nothing, or Python would try again to write what is left in it."""
    from contextlib import suppress  # noqa: PLC0415 - start-up time, and hardly ever needed

    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, stream.fileno())
        finally:
            os.close(nothing)
