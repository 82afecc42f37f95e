"""Command lines that users can paste into their shell."""

import os
import re
import shlex
import subprocess
from collections.abc import Sequence

_WINDOWS = os.name == "nt"
# Neither cmd.exe nor PowerShell gives these characters a meaning.
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_./\\:=+-]+")


def command_line(arguments: Sequence[str], *, windows: bool = _WINDOWS) -> str:
    """The arguments as one line for the system's shell."""
    return " ".join(map(_quoted_on_windows, arguments)) if windows else shlex.join(arguments)


def _quoted_on_windows(argument: str) -> str:
    if _NEEDS_NO_QUOTES.fullmatch(argument):
        return argument
    # list2cmdline quotes only arguments with blanks, but shells give "&" and others a meaning
    # too: add a blank, then remove it.
    return '"' + subprocess.list2cmdline([f" {argument}"]).removeprefix('" ')
