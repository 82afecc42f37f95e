"""Errors as one line on stderr."""

import os
from contextlib import suppress

from prolific_exports._console import _streams as streams
from prolific_exports._console._text import printable
from prolific_exports._errors import UsageError
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._token import read_token

# Tokens of this process that are not in its environment.
_TOKENS: set[str] = set()


def hide(token: str) -> None:
    """Remove a token from all messages of errors from now on."""
    _TOKENS.add(token)


def print_error(
    error: BaseException, subject: str | None = None, *, command: str = "prolific-exports"
) -> None:
    """Print an error on stderr.

    Args:
        error: The error.
        subject: What it concerns; printed unless the error's message contains it.
        command: The name that the line starts with.
    """
    # Indented lines stay lines. No other text in a message can look like a message of ours.
    message = "\n  ".join(map(printable, error_message(error).split("\n  ")))
    if subject is not None and subject not in message:
        message = f"{subject}: {message}"
    streams.print_message(f"{command}: error: {message}")


def error_message(error: BaseException) -> str:
    """The message of an error, without errno numbers and secrets."""
    message = str(error) or "interrupted"
    if isinstance(error, OSError) and error.strerror:
        message = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    # Errors of archives quote the archive, whose content comes from a server.
    for token in (_token(), *_TOKENS):
        message = Redactor(token).known(message)
    return message


def _token() -> str:
    # The message that the file cannot be read does not contain the token.
    with suppress(UsageError):
        return read_token(None, os.environ)
    return ""
