"""The API token: from an argument, an environment variable or a file."""

import os
import stat
from collections.abc import Mapping
from typing import Final

from prolific_exports._base_errors import UsageError

TOKEN_VARIABLE: Final = "PROLIFIC_TOKEN"  # noqa: S105 - the variable's name, not a token
FILE_VARIABLE: Final = "PROLIFIC_TOKEN_FILE"

_SCHEME: Final = "token "
_QUOTES: Final = ("'", '"')
# Far longer than any token: a file that is longer is another file.
_LONGEST: Final = 4096


def find_token(given: str | None, environment: Mapping[str, str]) -> str:
    """Return the token that is given, or that the environment has or names a file for.

    Args:
        given: The token; None to look in the environment.
        environment: ``PROLIFIC_TOKEN`` has the token; else ``PROLIFIC_TOKEN_FILE`` has the path
            of a file with it, as Docker and Kubernetes provide secrets.

    Raises:
        UsageError: There is no token, it is invalid, or its file cannot be read. The message
            never contains it.
    """
    token = read_token(given, environment)
    if not token:
        raise UsageError(
            f"No API token: set the environment variable {TOKEN_VARIABLE}, or {FILE_VARIABLE} to "
            "the path of a file with it (or in Python token=…). Create a token in Prolific's "
            "settings.",
            hint=f"Set the environment variable {TOKEN_VARIABLE} or {FILE_VARIABLE}.",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        # Do not quote the value: it may be a real token with a stray character.
        raise UsageError(
            "The API token contains white space or characters that a header cannot contain. "
            "Give the token alone."
        )
    return token


def read_token(given: str | None, environment: Mapping[str, str]) -> str:
    """Return the token as `find_token` does, unchecked, or an empty text.

    Removes white space, quotes and the word ``Token`` around it, which are often pasted with it.

    Raises:
        UsageError: The file cannot be read.
    """
    source = environment.get(TOKEN_VARIABLE, "") if given is None else given
    path = environment.get(FILE_VARIABLE)
    if given is None and not source.strip() and path:
        source = _read(path)
    return _without_wrapping(source)


def _without_wrapping(text: str) -> str:
    previous = None
    while text != previous:
        previous, text = text, text.strip()
        if len(text) > 1 and text[0] in _QUOTES and text[0] == text[-1]:
            text = text[1:-1]
        if text[: len(_SCHEME)].lower() == _SCHEME:
            text = text[len(_SCHEME) :]
    return text


def _read(path: str) -> str:
    try:
        # Without O_NONBLOCK, opening a pipe would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            is_regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            content = file.read(_LONGEST + 1) if is_regular else b""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            f"Cannot read the token file {path}: {reason}. Check {FILE_VARIABLE}."
        ) from error
    except ValueError:
        raise UsageError(f"The path in {FILE_VARIABLE} is invalid.") from None
    if not is_regular:
        raise UsageError(f"The token file {path} ({FILE_VARIABLE}) is not a regular file.")
    if len(content) > _LONGEST:
        raise UsageError(
            f"The token file {path} is longer than {_LONGEST} bytes, so it is not a token. Check "
            f"{FILE_VARIABLE}."
        )
    return content.decode("utf-8-sig", "replace")
