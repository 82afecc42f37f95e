"""Paths that commands write to. Needs no library: the demo uses it, too."""

from pathlib import Path

from prolific_exports._files._destinations import STDOUT

from prolific_contract._errors import DocumentError


def refuse_stdout(path: Path) -> None:
    """Refuse ``-``, which stands for stdout, where a command writes files only.

    Raises:
        DocumentError: The path is ``-``.
    """
    if str(path) == STDOUT:
        raise DocumentError("'-' stands for stdout, but this is written to files only: give a path")
