"""Find every supported Python on this machine: a line for each version, oldest first.

It runs before anything is installed, by whichever Python is there:
``python contract_tests/project/interpreters.py [--oldest | --newest]``.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
# Where version managers put interpreters without naming them on PATH.
_MANAGED = {
    "PYENV_ROOT": ("~/.pyenv", "versions/*/bin/python3"),
    "UV_PYTHON_INSTALL_DIR": ("~/.local/share/uv/python", "*/bin/python3"),
}


def find_interpreters() -> dict[str, str]:
    """The path of one interpreter for each supported version, by version."""
    found: dict[str, str] = {}
    for candidate in _candidates():
        version, _, executable = _identify(candidate).partition(" ")
        if version in SUPPORTED:
            found.setdefault(version, executable)
    return {version: found[version] for version in SUPPORTED if version in found}


def _candidates() -> Iterator[str]:
    yield sys.executable
    for name in [f"python{version}" for version in SUPPORTED] + ["python3", "python"]:
        path = shutil.which(name)
        if path:
            yield path
    for variable, (default, pattern) in _MANAGED.items():
        root = Path(os.environ.get(variable) or default).expanduser()
        yield from map(str, sorted(root.glob(pattern), reverse=True))


def _identify(candidate: str) -> str:
    """Version and real path of an interpreter; empty for what does not run."""
    try:
        done = subprocess.run(
            [candidate, "-c", _VERSION], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def main(arguments: list[str]) -> int:
    """Print the interpreters, or only the oldest or newest."""
    found = list(find_interpreters().items())
    if arguments == ["--oldest"]:
        found = found[:1]
    elif arguments == ["--newest"]:
        found = found[-1:]
    for version, executable in found:
        sys.stdout.write(f"{version} {executable}\n")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
