"""Command lines as one can paste them."""

import os
import shlex
import subprocess
from collections.abc import Sequence

_WINDOWS = os.name == "nt"


def quoted(arguments: Sequence[str], *, windows: bool = _WINDOWS) -> str:
    """The arguments as one line for the system's shell."""
    return subprocess.list2cmdline(arguments) if windows else shlex.join(arguments)
