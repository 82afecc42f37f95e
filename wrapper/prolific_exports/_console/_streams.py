"""Print on stdout and stderr, whatever the text, the encoding and the reader.

Results go to stdout, everything else to stderr. A reader that leaves early (``| head``)
is not an error: the rest of the output is dropped.
"""

import errno
import io
import os
import sys

from prolific_exports._errors import ExportsError

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, TextIO

# Windows reports EINVAL for a pipe whose reader has left.
_READER_LEFT = frozenset({errno.EPIPE, errno.EINVAL})
_CHUNK = 1 << 20


class OutputError(ExportsError):
    """The result cannot be written to stdout."""


def print_result(text: str) -> None:
    """Print one or more lines on stdout.

    Raises:
        OutputError: Writing failed, for another reason than a reader that left.
    """
    try:
        _write(sys.stdout, text)
    except OSError as error:
        abandon(sys.stdout)
        if error.errno not in _READER_LEFT:
            raise OutputError(
                f"Cannot write the result to stdout: {error.strerror or error}."
            ) from error


def copy_to_stdout(source: "BinaryIO") -> None:
    """Copy a binary file to stdout.

    Raises:
        OutputError: Writing failed, for another reason than a reader that left.
        OSError: Reading failed.
    """
    if sys.stdout is None:
        raise OutputError("There is no stdout to write the result to.")
    sink = sys.stdout.buffer
    while chunk := source.read(_CHUNK):
        try:
            sink.write(chunk)
            sink.flush()
        except OSError as error:
            abandon(sys.stdout)
            if error.errno in _READER_LEFT:
                return
            raise OutputError(
                f"Cannot write the result to stdout: {error.strerror or error}."
            ) from error


def print_message(text: str) -> None:
    """Print one or more lines on stderr; drop them if that fails."""
    try:
        _write(sys.stderr, text)
    except OSError:
        abandon(sys.stderr)


def _write(stream: "TextIO | None", text: str) -> None:
    # Python sets a stream to None if the process was started without it.
    if stream is None:
        return
    try:
        stream.write(f"{text}\n")
    except UnicodeEncodeError:
        if not _write_file_system_bytes(stream, text):
            stream.write(f"{escape_unencodable(text, stream.encoding)}\n")
    stream.flush()


def _write_file_system_bytes(stream: "TextIO", text: str) -> bool:
    """Write a text that contains file names which are not valid text; return whether it worked.

    The names are written with the file system's bytes. Escaped names would name other files.
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


def escape_unencodable(text: str, encoding: str | None) -> str:
    r"""The text with ``\x`` and ``\u`` escapes for characters that the encoding lacks."""
    encoding = encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def supports_escapes(stream: "TextIO | None") -> bool:
    """Whether a stream is a terminal that interprets escape sequences.

    Windows consoles interpret them only in a mode that has to be switched on, and otherwise
    print them. rich reads the mode of the console of stdout.
    """
    if stream is None or not stream.isatty():
        return False
    from rich.console import detect_legacy_windows  # noqa: PLC0415 - rich, only to draw

    return not detect_legacy_windows()


def abandon(stream: "TextIO") -> None:
    """Connect a stream to ``os.devnull``, or Python would write its buffer again at exit."""
    from contextlib import suppress  # noqa: PLC0415 - start-up time; rarely needed

    with suppress(OSError, ValueError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(devnull, stream.fileno())
        finally:
            os.close(devnull)
