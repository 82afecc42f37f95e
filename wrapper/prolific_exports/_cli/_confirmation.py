"""Asks the user before something that cannot be undone."""

import sys

from prolific_exports._console import _streams as streams


def can_ask() -> bool:
    """Whether a user can read a question and answer it."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def is_confirmed(question: str) -> bool:
    """Ask a question on stderr; return whether the answer is yes. The default is no."""
    streams.print_message(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
