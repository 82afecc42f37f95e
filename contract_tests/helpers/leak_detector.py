"""Whether a secret shows: in logs, on the terminal, in errors, on the disk, on the wire."""

import http.client
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_plus

import pytest
from prolific_contract.sandbox.faults._client_connection import ClientConnection

_SIGNATURE: Final = re.compile(rb"X-Amz-(?:Signature|Credential)=([^&\s]+)")
_LOGGERS: Final = ("", "prolific_exports", "httpx", "httpcore", "asyncio", "http.client", "ssl")


class LeakDetector:
    """Sees everything that a download says and leaves.

    Attributes:
        token: The API token, for the API's eyes only.
        heads: Heads of requests, as they came over the socket.
        said: Everything that was logged, told, raised or shown.
        left: Everything that files held at some time, their names included.
    """

    def __init__(self, token: str, folder: Path) -> None:
        """Watch a folder."""
        self.token = token
        self.heads: list[bytes] = []
        self.said: list[str] = []
        self.left: set[bytes] = set()
        self._folder = folder

    @contextmanager
    def watching(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        """While this lasts, everything logs as much as it can, and is listened to."""
        read_head = ClientConnection.read_head

        def noting(line: ClientConnection) -> bytes:
            head = read_head(line)
            self.heads.append(head)
            return head

        patch.setattr(ClientConnection, "read_head", noting)
        patch.setattr(http.client.HTTPConnection, "debuglevel", 1)
        handler = _Listener(self.said)
        levels = {name: logging.getLogger(name).level for name in _LOGGERS}
        logging.getLogger().addHandler(handler)
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.DEBUG)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
            self.look()

    def notice(self, event: object) -> None:
        """Take an event, and look at what there is on the disk just now."""
        self.said += [repr(event), str(event)]
        self.look()

    def hear(self, error: BaseException) -> None:
        """Take an error, and everything that it came from."""
        self.said += traceback.format_exception(error)
        cause: BaseException | None = error
        while cause is not None:
            self.said += [str(cause), repr(cause), repr(vars(cause))]
            cause = cause.__cause__ or cause.__context__

    def look(self) -> None:
        """Read every file that there is."""
        for path in self._folder.rglob("*"):
            self.left.add(str(path).encode())
            if path.is_file():
                self.left.add(path.read_bytes())

    def check(self, *shown: str) -> None:
        """Look for the secrets.

        Args:
            shown: What else was shown, on the terminal for one.
        """
        signatures = {one for head in self.heads for one in _SIGNATURE.findall(head)}
        assert signatures, "the store was never asked"
        secrets = {self.token, *(_plain(one) for one in signatures), *map(_text, signatures)}
        for secret in secrets:
            assert not [text for text in (*self.said, *shown) if secret in text]
            assert not [content for content in self.left if secret.encode() in content]
        for head in self.heads:
            self._check_head(head, signatures)

    def _check_head(self, head: bytes, signatures: set[bytes]) -> None:
        request, _, fields = head.partition(b"\r\n")
        assert not [one for one in signatures if one in fields]
        token = self.token.encode()
        assert token not in request
        if request.startswith(b"GET /store/"):
            assert token not in fields
        else:
            assert not [one for one in signatures if one in request]


class _Listener(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._said = said
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        # Arguments may hold what the message leaves out, for handlers of another kind.
        arguments: Any = record.args
        self._said += [self._formatter.format(record), repr(arguments)]


def _text(value: bytes) -> str:
    return value.decode("ascii")


def _plain(value: bytes) -> str:
    return unquote_plus(_text(value))
