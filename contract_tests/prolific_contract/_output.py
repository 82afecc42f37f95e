"""Standard streams that never raise, so that a lost reader does not change the exit code."""

import errno
import sys
from typing import Any, TextIO

from prolific_exports._console._streams import abandon, escape_unencodable

from prolific_contract._errors import DocumentError

# Windows reports EINVAL for a pipe whose reader has left.
_READER_LEFT = frozenset({errno.EPIPE, errno.EINVAL})


class Output:
    """A wrapper that drops text which the underlying stream can't take.

    A reader that leaves early (``| head``) does not end the command, so the exit code still
    reports the result. Characters that the stream's encoding lacks are escaped: on Windows, the
    encoding of files and pipes has only 256 characters.

    Attributes:
        failure: The error that lost text; None if no text was lost or the reader left.
    """

    def __init__(self, stream: TextIO) -> None:
        """Wrap a stream."""
        self._stream = stream
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text if the stream takes it."""
        try:
            try:
                self._stream.write(text)
            except UnicodeEncodeError:
                self._stream.write(escape_unencodable(text, self._stream.encoding))
        except OSError as error:
            self._drop(error)
        return len(text)

    def flush(self) -> None:
        """Flush the stream if it takes the text."""
        try:
            self._stream.flush()
        except OSError as error:
            self._drop(error)

    def _drop(self, error: OSError) -> None:
        abandon(self._stream)
        if error.errno not in _READER_LEFT:
            self.failure = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def write_document(text: str) -> None:
    """Write a text to stdout without escaping any character.

    Raises:
        DocumentError: The encoding of stdout lacks some characters.
    """
    encoding = sys.stdout.encoding or "utf-8"
    if escape_unencodable(text, encoding) != text:
        raise DocumentError(
            f"the encoding of stdout ({encoding}) lacks some characters of the document: set "
            "PYTHONUTF8=1, or write to a file with --output"
        )
    sys.stdout.write(text)
