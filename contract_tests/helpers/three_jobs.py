"""Three export jobs, for tests of the command."""

import os
import re
from pathlib import Path
from typing import Any

from helpers import api

A, B, C = ("65f0c1d2e3a4b5c6d7e8f90" + letter for letter in "abc")
OUT = f"out{os.sep}"


def job_id(number: int) -> str:
    """The id of the first, second or third job."""
    return api.EXPORT_ID[:-1] + str(number)


def url(resource_id: str, number: int | None = None, kind: str = "collection") -> str:
    """Where a job is requested; with a number, where it is polled."""
    base = f"{api.BASE}/api/v1/data-collection/{api.PLURAL[kind]}/{resource_id}/export"
    return base if number is None else f"{base}/{job_id(number)}"


def undated(path: str) -> str:
    """A path with "/" and without the time in a default name."""
    return re.sub(r"-export-[0-9]{8}-[0-9]{6}\.zip$", ".zip", path.replace(os.sep, "/"))


def files_in(folder: Path) -> list[str]:
    """The files below a folder, sorted, their names undated; codebooks have tests of their own."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    files = [path for path in files if not path.name.endswith(".codebook.json")]
    return sorted(undated(str(path.relative_to(folder))) for path in files)


def printed(outcome: Any) -> list[str]:
    """The printed paths; those of several ids are printed as the downloads finish."""
    return sorted(undated(line) for line in outcome.out.splitlines())
