"""The project's files, as a clone of it has them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Where the three packages of the distribution are.
PACKAGES = (
    "generated/prolific_api",
    "wrapper/prolific_exports",
    "contract_tests/prolific_contract",
)


def project_files() -> list[str]:
    """The files that are, or are about to be, under version control, relative to the root."""
    if not (ROOT / ".git").exists():
        return sorted(_files_without_git())
    # A tree of another owner, as in containers, is safe here: it is only listed.
    git = ["git", "-c", f"safe.directory={ROOT.as_posix()}"]
    listed = subprocess.run(
        [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = listed.stdout.decode().split("\0")
    return sorted(name for name in names if name and (ROOT / name).is_file())


def python_files(*folders: str) -> list[str]:
    """The Python files below some folders, relative to the root."""
    prefixes = tuple(f"{folder}/" for folder in folders)
    return [name for name in project_files() if name.endswith(".py") and name.startswith(prefixes)]


def imported_modules(path: Path) -> Iterator[str]:
    """The absolute dotted names that a module imports, wherever in it: a name for each import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files_without_git() -> Iterator[str]:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    for path in ROOT.rglob("*"):
        relative = path.relative_to(ROOT)
        parts = [f"{part}/" for part in relative.parts[:-1]] + [relative.name]
        if path.is_file() and not any(
            Path(part).match(pattern.rstrip("/")) for part in parts for pattern in ignored
        ):
            yield relative.as_posix()
