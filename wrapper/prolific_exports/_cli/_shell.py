"""Command lines as one can paste them."""

import os
import re
import shlex
import subprocess
from collections.abc import Sequence

_WINDOWS = os.name == "nt"
# What neither cmd.exe nor PowerShell acts upon.
_PLAIN = re.compile(r"[A-Za-z0-9_./\\:=+-]+")


def quoted(arguments: Sequence[str], *, windows: bool = _WINDOWS) -> str:
    """The arguments as one line for the system's shell."""
    return " ".join(map(_quoted_on_windows, arguments)) if windows else shlex.join(arguments)


def _quoted_on_windows(argument: str) -> str:
    if _PLAIN.fullmatch(argument):
        return argument
    # For programs only blanks need quotes, so it gets one: shells act upon "&" and others, too.
    return '"' + subprocess.list2cmdline([f" {argument}"]).removeprefix('" ')
