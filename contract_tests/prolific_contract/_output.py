"""Standard streams that nothing fails on: whoever judges goes on judging."""

import errno
import sys
from typing import Any, TextIO

from prolific_exports._console._streams import abandon, escape_unencodable

from prolific_contract._errors import DocumentError

# EINVAL is what Windows says of a pipe whose reader has gone.
_READER_LEFT = frozenset({errno.EPIPE, errno.EINVAL})


class Output:
    """A stream that drops what can't be written to the stream behind it.

    A reader that goes away early (``| head``) is no reason to end: the exit code still says
    what was found. Nor is a character that the stream's encoding lacks, which is escaped: what
    Windows sends to a file or pipe has 256 characters.

    Attributes:
        failure: Why something was lost; None if nothing was, or only a reader left.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream."""
        self._stream = stream
        self.failure: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text, if that is possible."""
        try:
            try:
                self._stream.write(text)
            except UnicodeEncodeError:
                self._stream.write(escape_unencodable(text, self._stream.encoding))
        except OSError as error:
            self._drop(error)
        return len(text)

    def flush(self) -> None:
        """Pass on what was written, if that is possible."""
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
    """Write to stdout what nothing may be escaped in.

    Raises:
        DocumentError: Its encoding lacks characters.
    """
    encoding = sys.stdout.encoding or "utf-8"
    if escape_unencodable(text, encoding) != text:
        raise DocumentError(
            f"stdout's encoding, {encoding}, lacks characters of the document: set PYTHONUTF8=1, "
            "or name a file with --output"
        )
    sys.stdout.write(text)
