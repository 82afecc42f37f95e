"""Virtual environments for the tests: made in no time, without a network."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

# Where the locked packages are: the environment that runs the tests.
LOCKED = tuple({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


class Environment:
    """A virtual environment that has nothing of the one that made it.

    Attributes:
        folder: Where it is.
        site_packages: Where its packages are.
    """

    def __init__(self, folder: Path) -> None:
        """Make it."""
        self.folder = folder
        venv.create(folder, symlinks=os.name != "nt")
        paths = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
        self.site_packages = Path(paths["purelib"])
        self._scripts = Path(paths["scripts"])

    def install(self, wheel: Path) -> None:
        """Install a wheel without what it requires. To be done first, as pip looks around."""
        command = [sys.executable, "-m", "pip", "--python", str(self.folder), "install"]
        # Compiling is left to the first import: most modules are never imported here.
        options = ["--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel)]
        subprocess.run([*command, *options], env=environment_variables(), check=True)

    def add_locked_packages(self) -> None:
        """Let it see all packages of the environment that runs the tests, ours left out."""
        # A path file of a path file is not read: our editable installation is one.
        (self.site_packages / "locked.pth").write_text("\n".join(LOCKED), encoding="utf-8")

    def run(self, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run one of its programs, which have a minute."""
        return subprocess.run(
            [self._scripts / program, *arguments],
            cwd=cwd,
            env=environment_variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def python(self, script: str, *, cwd: Path) -> str:
        """What a script prints, which must not fail."""
        ran = self.run("python", "-c", script, cwd=cwd)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.rstrip()


def copy_packages(names: list[str], folder: Path) -> None:
    """Copy installed packages, with all that they require and nothing else, to a folder."""
    for package in _with_requirements(names):
        for file in package.files or ():
            if ".." not in file.parts:  # programs are outside
                target = folder.joinpath(*file.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                # With its time of change, by which bytecode is found current.
                shutil.copy2(str(package.locate_file(file)), target)


def environment_variables() -> dict[str, str]:
    """The environment's variables without those that lead back here."""
    leading = ("PYTHON", "PIP_", "COV_", "COVERAGE_", "PYTEST_", "PROLIFIC_", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(leading)}
    return kept | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONUTF8": "1",
    }


def _with_requirements(names: list[str]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = distribution(name)
            requirements = map(Requirement, found[name].requires or ())
            waiting += [
                requirement.name
                for requirement in requirements
                if not requirement.marker or requirement.marker.evaluate({"extra": ""})
            ]
    return list(found.values())
