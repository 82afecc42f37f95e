"""The generated client: making it anew and comparing it with what is there."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from prolific_contract._errors import BuildError, DocumentError, MissingDependencyError
from prolific_contract.spec._files import read_text, write_atomically
from prolific_contract.spec._opening import opened
from prolific_contract.spec._yaml import dump_yaml, load_yaml

PACKAGE = "prolific_api"
"""The import name of the generated client."""

# What the generator's own client has, and hardly a package that somebody wrote.
_HALLMARK = b"class AuthenticatedClient"
_NAMED = 3
# Beside the generator's configuration.
_TEMPLATES = "templates"


class Difference(NamedTuple):
    """How a generated package differs from what is generated now (paths within it)."""

    changed: list[str]
    missing: list[str]
    surplus: list[str]

    def __bool__(self) -> bool:
        return any(self)

    def lines(self) -> list[str]:
        """One line a file: what is wrong with it, and its path."""
        return [
            f"{what}: {path}"
            for what, paths in zip(self._fields, self, strict=True)
            for path in paths
        ]


GENERATOR = "openapi-python-client==0.29.1"
"""Another version of the generator may write another client."""


def generate_client(contract: Path, config: Path) -> dict[str, bytes]:
    """The files of the client that the generator makes of a contract.

    The client is open where the contract is closed: it keeps values of enums and members of
    unions that the contract does not have.

    Args:
        contract: The built contract.
        config: The generator's configuration; templates beside it replace the generator's own.

    Returns:
        Content by path within the package, with ``/`` between its parts.

    Raises:
        MissingDependencyError: The generator is not installed.
        DocumentError: The contract or the configuration can't be read.
        BuildError: The generator refused the contract or warned about it.
    """
    if find_spec("openapi_python_client") is None:
        raise MissingDependencyError(
            f"openapi-python-client is not installed: pip install {GENERATOR}"
        )
    read_text(config)
    document = load_yaml(read_text(contract), source=str(contract))
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / PACKAGE
        source = Path(folder) / "contract.yaml"
        source.write_text(dump_yaml(opened(document)), encoding="utf-8")
        command = [sys.executable, "-m", "openapi_python_client", "generate"]
        command += ["--path", str(source), "--config", str(config.resolve())]
        command += ["--meta", "none", "--output-path", str(package), "--fail-on-warning"]
        # What is not there is the generator's own.
        command += ["--custom-template-path", str(config.resolve().parent / _TEMPLATES)]
        done = subprocess.run(  # noqa: S603 - our own interpreter and arguments
            command,
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode != 0:
            raise BuildError(
                f"the generator failed on {contract} (exit code {done.returncode}):\n"
                f"{done.stdout}{done.stderr}".rstrip()
            )
        # PEP 561: the generator writes the marker only with packaging metadata.
        return {**read_package(package), "py.typed": b""}


def read_package(package: Path) -> dict[str, bytes]:
    """The files of a package by path within it, without what Python leaves there.

    Raises:
        DocumentError: One of them can't be read.
    """
    paths = [path for path in sorted(package.rglob("*")) if path.is_file()]
    return {
        path.relative_to(package).as_posix(): _content(path).replace(b"\r\n", b"\n")
        for path in paths
        if "__pycache__" not in path.relative_to(package).parts
    }


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path} can't be read: {error.strerror}") from error


def compare(wanted: Mapping[str, bytes], present: Mapping[str, bytes]) -> Difference:
    """How the files of a package differ from those wanted."""
    return Difference(
        changed=sorted(
            path for path in wanted.keys() & present.keys() if wanted[path] != present[path]
        ),
        missing=sorted(wanted.keys() - present.keys()),
        surplus=sorted(present.keys() - wanted.keys()),
    )


def replace_package(package: Path, wanted: Mapping[str, bytes]) -> Difference:
    """Make a package hold exactly the files wanted; what is right already stays untouched.

    Returns:
        What was written and removed.

    Raises:
        DocumentError: The folder holds something else than a generated package, and nothing
            was touched; or a file can't be read, written or removed.
    """
    present = read_package(package)
    difference = compare(wanted, present)
    strange = _strange(package, present, difference.surplus)
    if strange:
        more = ", …" if len(strange) > _NAMED else ""
        raise DocumentError(
            f"{package} is not a generated package, whose files may be replaced: it holds "
            f"{', '.join(strange[:_NAMED])}{more}. Nothing was written; name a new or empty folder"
        )
    for path in (*difference.changed, *difference.missing):
        write_atomically(package / path, wanted[path])
    for path in difference.surplus:
        try:
            (package / path).unlink()
            _remove_empty((package / path).parent, package)
        except OSError as error:
            raise DocumentError(f"{package / path} can't be removed: {error.strerror}") from error
    return difference


def _strange(package: Path, present: Mapping[str, bytes], surplus: list[str]) -> list[str]:
    """What a folder holds that the generator didn't write; nothing if it may be replaced."""
    if not package.is_dir():
        return []
    paths = (path.relative_to(package) for path in package.rglob("*"))
    entries = {path.as_posix() for path in paths if "__pycache__" not in path.parts}
    if _HALLMARK not in present.get("client.py", b"") or "types.py" not in present:
        return sorted(entries)
    hidden = {path for path in entries if any(part[0] == "." for part in path.split("/"))}
    return sorted({*hidden, *(path for path in surplus if not path.endswith((".py", "py.typed")))})


def _remove_empty(folder: Path, package: Path) -> None:
    """Remove a folder, and those that held it, that hold nothing but what Python leaves."""
    while folder != package and all(item.name == "__pycache__" for item in folder.iterdir()):
        shutil.rmtree(folder)
        folder = folder.parent


def _environment() -> dict[str, str]:
    # The generator formats with the ruff that it finds on PATH: ours, whether or not the
    # virtual environment is active.
    scripts = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    return {**os.environ, "PATH": os.pathsep.join((scripts, path)), "PYTHONUTF8": "1"}
