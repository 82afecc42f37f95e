"""Hears everything that leaves a process, and finds secrets in it however they are written.

It knows nothing of how the product hides them.
"""

import html
import logging
import pickle
import re
import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from attrs import evolve
from prolific_exports import Complete

FRAGMENT = 12
_NUMBERED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_UNDO: tuple[Callable[[str], str], ...] = (
    unquote,
    html.unescape,
    lambda text: _NUMBERED.sub(lambda match: chr(int(match[1] or match[2], 16)), text),
    lambda text: text.replace("\\/", "/").replace("\\\\", "\\"),
)


class Eavesdropper:
    """What was logged, shown, raised, returned and written."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self.heard: dict[str, None] = {}

    def hear(self, text: str) -> None:
        self.heard[text] = None

    def read(self, folder: Path) -> None:
        """Hear every file in a folder, its name included."""
        for path in folder.rglob("*"):
            self.hear(str(path.relative_to(folder)))
            if path.is_file():
                self.hear(path.read_bytes().decode("latin-1"))

    def take(self, value: Any) -> None:
        """Hear a value that the product gave: an event, a result."""
        if isinstance(value, Complete):
            # The URL is what was asked for, and whoever has it may use it.
            self.hear(repr(value))
            value = evolve(value, url="")
        self.hear(f"{value!r} {value!s}")
        self.hear(pickle.dumps(value).decode("latin-1"))
        self.hear(pickle.dumps(value, 0).decode("latin-1"))

    def catch(self, error: BaseException) -> None:
        """Hear an error, and everything that it came from."""
        self.hear("".join(traceback.format_exception(error)))
        known: list[BaseException | None] = [None]
        left: list[BaseException | None] = [error]
        while left:
            one = left.pop()
            if one is not None and one not in known:
                known.append(one)
                self.take(one)
                self.hear(repr(vars(one)))
                left += [one.__cause__, one.__context__]

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While this lasts, everything logs as much as it can, and is heard."""
        root, listener = logging.getLogger(), _Listener(self)
        before = root.level
        root.addHandler(listener)
        root.setLevel(1)
        try:
            yield
        finally:
            root.setLevel(before)
            root.removeHandler(listener)

    def check(self, *secrets: str) -> None:
        """Find none of the secrets, and no part of one."""
        text = "\n".join(self.heard)
        assert text
        readings = {text}
        for _ in range(2):
            readings |= {undo(one) for one in readings for undo in _UNDO}
        parts = {part for secret in secrets for part in _parts(secret)}
        for reading in readings:
            folded = reading.lower()
            for part in parts:
                at = folded.find(part)
                assert at < 0, reading[max(at - 300, 0) : at + 300]


def _parts(secret: str) -> Iterator[str]:
    secret = secret.lower()
    for start in range(len(secret) - FRAGMENT + 1):
        yield secret[start : start + FRAGMENT]
    for encode in (b64encode, urlsafe_b64encode):
        for shift in range(3):
            yield encode(bytes(shift) + secret.encode()).decode()[4:-4].lower()


class _Listener(logging.Handler):
    def __init__(self, ear: Eavesdropper) -> None:
        super().__init__(1)
        self._ear = ear
        self._formatter = logging.Formatter("%(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        # Arguments may hold what the message leaves out, for handlers of another kind.
        arguments: Any = record.args
        self._ear.hear(f"{self._formatter.format(record)} {arguments!r}")
