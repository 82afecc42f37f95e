"""Records everything that leaves a process, and finds secrets in it.

`LeakDetector` finds a secret in any encoding, and any part of it, without knowing how the product
hides secrets. `TransferLeakDetector` also reads the requests of a download, and finds the token
and the signatures of its URLs.
"""

import html
import http.client
import logging
import pickle
import re
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

import pytest
from attrs import evolve
from prolific_contract.sandbox.faults._client_connection import ClientConnection
from prolific_exports import Complete

FRAGMENT = 12
_SIGNATURE: Final = re.compile(rb"X-Amz-(?:Signature|Credential)=([^&\s]+)")
_LOGGERS: Final = ("", "prolific_exports", "httpx", "httpcore", "asyncio", "http.client", "ssl")
_NUMBERED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_DECODERS: tuple[Callable[[str], str], ...] = (
    unquote,
    html.unescape,
    lambda text: _NUMBERED.sub(lambda match: chr(int(match[1] or match[2], 16)), text),
    lambda text: text.replace("\\/", "/").replace("\\\\", "\\"),
)


class _Recorder:
    """What was logged, shown, raised, returned and written, in order and each text once."""

    def __init__(self) -> None:
        self.recorded: dict[str, None] = {}

    def record(self, text: str) -> None:
        self.recorded[text] = None

    def record_folder(self, folder: Path) -> None:
        """Record every file in a folder, with its name."""
        for path in folder.rglob("*"):
            self.record(str(path.relative_to(folder)))
            if path.is_file():
                self.record(path.read_bytes().decode("latin-1"))

    def record_value(self, value: Any) -> None:
        """Record a value that the product returned: an event, a result."""
        if isinstance(value, Complete):
            # The caller asked for the URL and may use it.
            self.record(repr(value))
            value = evolve(value, url="")
        self.record(f"{value!r} {value!s}")
        self.record(pickle.dumps(value).decode("latin-1"))
        self.record(pickle.dumps(value, 0).decode("latin-1"))

    def record_error(self, error: BaseException) -> None:
        """Record an error with its causes and contexts."""
        self.record("".join(traceback.format_exception(error)))
        known: list[BaseException | None] = [None]
        left: list[BaseException | None] = [error]
        while left:
            one = left.pop()
            if one is not None and one not in known:
                known.append(one)
                self.record_value(one)
                self.record(repr(vars(one)))
                left += [one.__cause__, one.__context__]

    @contextmanager
    def recording_logs(self) -> Iterator[None]:
        """Let everything log as much as it can, and record it.

        Only here: pytest's handlers would format every record three more times.
        """
        root = logging.getLogger()
        handlers = root.handlers
        root.handlers = [_Handler(self)]
        levels = {name: logging.getLogger(name).level for name in _LOGGERS}
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(1)
        try:
            yield
        finally:
            root.handlers = handlers
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)


class LeakDetector(_Recorder):
    """Finds secrets in any encoding."""

    def check(self, *secrets: str) -> None:
        """Assert that no secret and no part of one was recorded."""
        text = "\n".join(self.recorded)
        assert text
        readings = {text}
        for _ in range(2):
            readings |= {decode(one) for one in readings for decode in _DECODERS}
        parts = {part for secret in secrets for part in _parts(secret)}
        for reading in readings:
            folded = reading.lower()
            for part in parts:
                at = folded.find(part)
                assert at < 0, reading[max(at - 300, 0) : at + 300]


class TransferLeakDetector(_Recorder):
    """Finds the token and the signatures of URLs in what a download shows, stores and sends.

    Attributes:
        token: The API token, which only requests to the API may carry.
        heads: Heads of requests, as they came over the socket.
    """

    def __init__(self, token: str, folder: Path) -> None:
        """Watch a folder."""
        super().__init__()
        self.token = token
        self.heads: list[bytes] = []
        self._folder = folder

    @contextmanager
    def watching(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        """Record logs, requests, and the folder at the end."""
        read_head = ClientConnection.read_head

        def recording(connection: ClientConnection) -> bytes:
            head = read_head(connection)
            self.heads.append(head)
            return head

        patch.setattr(ClientConnection, "read_head", recording)
        patch.setattr(http.client.HTTPConnection, "debuglevel", 1)
        with self.recording_logs():
            try:
                yield
            finally:
                self.record_folder(self._folder)

    def record_event(self, event: object) -> None:
        """Record an event, and the folder as it is at this moment."""
        self.record_value(event)
        self.record_folder(self._folder)

    def check(self, *shown: str) -> None:
        """Assert that the secrets appear only where they must.

        Args:
            shown: What else was shown, for example on the terminal.
        """
        signatures = {one for head in self.heads for one in _SIGNATURE.findall(head)}
        assert signatures, "the store was never asked"
        texts = {one.decode("ascii") for one in signatures}
        secrets = {self.token, *texts, *map(unquote_plus, texts)}
        for secret in secrets:
            assert not [text for text in (*self.recorded, *shown) if secret in text]
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


class _Handler(logging.Handler):
    def __init__(self, recorder: _Recorder) -> None:
        super().__init__(1)
        self._recorder = recorder
        self._formatter = logging.Formatter("%(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        # Handlers of other kinds may write the arguments, which the message leaves out.
        arguments: Any = record.args
        self._recorder.record(f"{self._formatter.format(record)} {arguments!r}")


def _parts(secret: str) -> Iterator[str]:
    secret = secret.lower()
    for start in range(len(secret) - FRAGMENT + 1):
        yield secret[start : start + FRAGMENT]
    for encode in (b64encode, urlsafe_b64encode):
        for shift in range(3):
            yield encode(bytes(shift) + secret.encode()).decode()[4:-4].lower()
