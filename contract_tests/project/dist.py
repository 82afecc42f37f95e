"""Build the distributions, check them, and install them in clean environments: ``make dist``.

``build`` writes ``dist/`` (wheel and source distribution) and ``release/`` (checksums, the notes
of the version, the software bill of materials). It builds twice, in different folders, and fails
if the results differ. ``install`` installs the wheel with each extra alone, and uses it.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SMOKE = HERE / "smoke.py"
# Where the documents of a release are, beside the distributions that are uploaded.
DIST, RELEASE = "dist", "release"


class DistError(Exception):
    """A distribution is not as it should be."""


def build(source: Path, target: Path) -> list[Path]:
    """Build the wheel and the source distribution of a commit twice, and compare them.

    Args:
        source: A checkout. Its last commit is built, not its uncommitted changes.
        target: Folder for the two files; emptied first.

    Raises:
        DistError: The two builds differ.
    """
    stamp = _run("git", "log", "-1", "--format=%ct", cwd=source).strip()
    with tempfile.TemporaryDirectory() as folder:
        first, second = (_build_once(source, Path(folder, name), stamp) for name in ("a", "b/c"))
        different = [
            one.name for one, other in zip(first, second, strict=True) if _differ(one, other)
        ]
        if different:
            raise DistError(f"Two builds of the same commit differ: {', '.join(different)}.")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        return [Path(shutil.copy2(file, target)) for file in first]


def _build_once(source: Path, folder: Path, stamp: str) -> list[Path]:
    _run("git", "clone", "--quiet", str(source), str(folder), cwd=source)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "built")]
    _run(*command, cwd=folder, SOURCE_DATE_EPOCH=stamp)
    return sorted((folder / "built").iterdir())


def _differ(one: Path, other: Path) -> bool:
    return one.name != other.name or one.read_bytes() != other.read_bytes()


def check(source: Path, files: Sequence[Path]) -> None:
    """Check the metadata and the contents with three independent tools.

    Raises:
        DistError: A tool has found something.
    """
    names = [str(file) for file in files]
    wheel = next(name for name in names if name.endswith(".whl"))
    sdist = next(name for name in names if name.endswith(".tar.gz"))
    _run("twine", "check", "--strict", *names, cwd=source)
    _run("check-wheel-contents", wheel, cwd=source)
    # The missing two points are an address of e-mail, which the project does not have.
    _run("pyroma", "--min", "8", sdist, cwd=source)


def write_release(source: Path, files: Sequence[Path], folder: Path) -> None:
    """Write the checksums, the notes and the software bill of materials of a version."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    _write(folder / "SHA256SUMS", "".join(sums))
    version = version_of(files)
    _write(folder / "notes.md", notes((source / "CHANGELOG.md").read_text("utf-8"), version))
    _write_materials(source, files, folder / "sbom.cdx.json")


def _write_materials(source: Path, files: Sequence[Path], path: Path) -> None:
    """Write what an installation with all extras consists of, in the format of CycloneDX."""
    wheel = next(file for file in files if file.suffix == ".whl")
    with tempfile.TemporaryDirectory() as name:
        python = _environment_with(wheel, sys.executable, "all", Path(name))
        options = ["--output-reproducible", "--pyproject", "pyproject.toml", "--output-file"]
        _run("cyclonedx-py", "environment", *options, str(path), str(python), cwd=source)


def version_of(files: Sequence[Path]) -> str:
    """The version in the names of the distributions."""
    return next(file.name.split("-")[1] for file in files if file.suffix == ".whl")


def notes(changelog: str, version: str) -> str:
    """The section of a version in the changelog, without its heading.

    Raises:
        DistError: There is no such section, or it is empty.
    """
    pattern = rf"(?ms)^## {re.escape(version)}(?=[ \n])[^\n]*\n(.*?)(?=^## |\Z)"
    found = re.search(pattern, changelog)
    if found is None or not found[1].strip():
        raise DistError(f"CHANGELOG.md has no section for version {version}: write one.")
    return found[1].strip() + "\n"


def extras(wheel: Path) -> list[str]:
    """The extras that a wheel offers."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        text = archive.read(name).decode()
    return re.findall(r"(?m)^Provides-Extra: (.+)$", text)


def install(wheel: Path, python: str, extra: str, constraint: Path | None = None) -> None:
    """Install a wheel with one extra (empty: none) in a new environment, and use it.

    Args:
        wheel: What to install.
        python: The interpreter.
        extra: The extra.
        constraint: File with the versions to install; None takes the newest.

    Raises:
        DistError: Installing failed, or what was installed does not work.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installed = _environment_with(wheel, python, extra, folder, constraint)
        path = os.pathsep.join((str(installed.parent), os.environ.get("PATH", "")))
        # -I: only what was installed, nothing of the folder or of PYTHONPATH.
        _run(str(installed), "-I", str(SMOKE), extra, cwd=folder, PATH=path)


def _environment_with(
    wheel: Path, python: str, extra: str, folder: Path, constraint: Path | None = None
) -> Path:
    """Make an environment in a folder, install a wheel in it, and return its interpreter."""
    _run(python, "-m", "venv", str(folder / "env"), cwd=folder)
    installed = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(installed), "-m", "pip", "--disable-pip-version-check"]
    limit = [] if constraint is None else ["--constraint", str(constraint)]
    target = f"{wheel}[{extra}]" if extra else str(wheel)
    _run(*pip, "install", "--quiet", *limit, target, cwd=folder)
    _run(*pip, "check", cwd=folder)
    return installed


def _run(*command: str, cwd: Path, **variables: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**_environment(), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        output = (done.stdout + done.stderr).strip()
        raise DistError(f"{' '.join(command)} failed ({done.returncode}):\n{output}")
    return done.stdout


def _environment() -> dict[str, str]:
    leading = ("PYTHON", "PROLIFIC_", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(leading)}
    # Tools installed beside this interpreter.
    path = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", "")))
    return kept | {"PATH": path, "PYTHONUTF8": "1"}


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _pythons() -> list[str]:
    found = _run(sys.executable, str(HERE / "interpreters.py"), cwd=ROOT)
    return [line.partition(" ")[2] for line in found.splitlines()]


def _build_command(_: argparse.Namespace) -> None:
    files = build(ROOT, ROOT / DIST)
    check(ROOT, files)
    write_release(ROOT, files, ROOT / RELEASE)
    for file in files:
        _report(f"{DIST}/{file.name}: {file.stat().st_size} bytes, built twice alike, checked")


def _install_command(arguments: argparse.Namespace) -> None:
    (wheel,) = (ROOT / DIST).glob("*.whl")
    for python in arguments.python or _pythons():
        version = _run(python, "-c", "import sys; print(sys.version.split()[0])", cwd=ROOT).strip()
        for extra in arguments.extra or ["", *extras(wheel)]:
            install(wheel, python, extra, arguments.constraint)
            _report(f"Python {version}, {f'extra {extra}' if extra else 'no extra'}: works")


def _report(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if all is well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="build dist/ and release/, and check them")
    command.set_defaults(run=_build_command)
    command = commands.add_parser("install", help="install the wheel in clean environments")
    command.add_argument("--python", action="append", help="interpreter (default: all found)")
    command.add_argument("--extra", action="append", help="extra (default: none, and each alone)")
    command.add_argument("--constraint", type=Path, help="file with the versions to install")
    command.set_defaults(run=_install_command)
    parsed = parser.parse_args(arguments)
    try:
        parsed.run(parsed)
    except DistError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
