"""Standard streams that nothing fails on: whoever judges goes on judging."""

import errno
from typing import Any, TextIO

from prolific_exports._cli._streams import abandon

# EINVAL is what Windows says of a pipe whose reader has gone.
_READER_LEFT = frozenset({errno.EPIPE, errno.EINVAL})


class Output:
    """A stream that drops what can't be written to the stream behind it.

    A reader that goes away early (``| head``) is no reason to end: the exit code still says
    what was found.

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
            self._stream.write(text)
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
