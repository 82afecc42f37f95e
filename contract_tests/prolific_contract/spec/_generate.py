"""Generates the low-level client, and compares it with the existing one."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from attrs import frozen

from prolific_contract._errors import BuildError, DocumentError, MissingDependencyError
from prolific_contract.spec._files import read_text, write_atomically
from prolific_contract.spec._opening import opened
from prolific_contract.spec._yaml import dump_yaml, load_yaml

PACKAGE = "prolific_api"
"""The import name of the generated client."""

# Identifies a package that the generator wrote.
_GENERATOR_MARK = b"class AuthenticatedClient"
_FILES_SHOWN = 3
# In the folder of the generator's configuration.
_TEMPLATES = "templates"


@frozen
class Difference:
    """The paths at which an existing package differs from the generated one."""

    changed: list[str]
    missing: list[str]
    surplus: list[str]

    def __bool__(self) -> bool:
        return any(self._by_name().values())

    def lines(self) -> list[str]:
        """One line per file: the difference and the path."""
        return [f"{what}: {path}" for what, paths in self._by_name().items() for path in paths]

    def _by_name(self) -> dict[str, list[str]]:
        return {"changed": self.changed, "missing": self.missing, "surplus": self.surplus}


GENERATOR = "openapi-python-client==0.29.1"
"""Pinned, because other versions may generate different code."""


def generate_client(contract: Path, config: Path) -> dict[str, bytes]:
    """Generate the client from a contract.

    The client keeps enum values and union members that the contract does not contain.

    Args:
        contract: The built contract.
        config: The generator's configuration; templates beside it replace the generator's own.

    Returns:
        Content by path in the package; paths use ``/``.

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
        # The generator uses its own version of missing templates.
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
    """Read the files of a package, by path in the package, without Python's caches.

    Raises:
        DocumentError: A file can't be read.
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


def compare(generated: Mapping[str, bytes], present: Mapping[str, bytes]) -> Difference:
    """Compare the files of an existing package with the generated ones."""
    return Difference(
        changed=sorted(
            path for path in generated.keys() & present.keys() if generated[path] != present[path]
        ),
        missing=sorted(generated.keys() - present.keys()),
        surplus=sorted(present.keys() - generated.keys()),
    )


def replace_package(package: Path, generated: Mapping[str, bytes]) -> Difference:
    """Write the generated files to a package and remove all others; equal files are not written.

    Returns:
        The files that were written and removed.

    Raises:
        DocumentError: The folder is not a generated package, so nothing was changed; or a file
            can't be read, written or removed.
    """
    present = read_package(package)
    difference = compare(generated, present)
    foreign = _foreign_files(package, present, difference.surplus)
    if foreign:
        more = ", …" if len(foreign) > _FILES_SHOWN else ""
        raise DocumentError(
            f"{package} is not a generated package: it contains "
            f"{', '.join(foreign[:_FILES_SHOWN])}{more}. Nothing was written. Choose a new or "
            "empty folder"
        )
    for path in (*difference.changed, *difference.missing):
        write_atomically(package / path, generated[path])
    for path in difference.surplus:
        try:
            (package / path).unlink()
            _remove_empty((package / path).parent, package)
        except OSError as error:
            raise DocumentError(f"{package / path} can't be removed: {error.strerror}") from error
    return difference


def _foreign_files(package: Path, present: Mapping[str, bytes], surplus: list[str]) -> list[str]:
    """Files in a folder that the generator did not write; empty if it may be replaced."""
    if not package.is_dir():
        return []
    paths = (path.relative_to(package) for path in package.rglob("*"))
    entries = {path.as_posix() for path in paths if "__pycache__" not in path.parts}
    if _GENERATOR_MARK not in present.get("client.py", b"") or "types.py" not in present:
        return sorted(entries)
    hidden = {path for path in entries if any(part[0] == "." for part in path.split("/"))}
    return sorted({*hidden, *(path for path in surplus if not path.endswith((".py", "py.typed")))})


def _remove_empty(folder: Path, package: Path) -> None:
    """Remove a folder and its parents if they contain nothing but Python's caches."""
    while folder != package and all(item.name == "__pycache__" for item in folder.iterdir()):
        shutil.rmtree(folder)
        folder = folder.parent


def _environment() -> dict[str, str]:
    # The generator formats with the ruff on PATH. Use ours, even if the virtual environment is
    # not active.
    scripts = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", "")
    return {**os.environ, "PATH": os.pathsep.join((scripts, path)), "PYTHONUTF8": "1"}
