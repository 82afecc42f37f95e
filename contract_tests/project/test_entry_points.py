"""How the two commands begin and end, whatever they do in between."""

import errno
import io
import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import prolific_exports
import pytest
from prolific_contract import _commands, cli

COMMANDS = {
    "prolific_exports": "prolific-exports",
    "prolific_contract": "prolific-contract",
}


def command(name, run):
    """A command of its own that does this."""
    return SimpleNamespace(
        add_parser=lambda subparsers: subparsers.add_parser(name).set_defaults(run=run)
    )


def ending(error):
    """A command of its own that ends with this error."""

    def end(arguments):
        raise error

    return command("end", end)


@pytest.mark.parametrize(("package", "command"), COMMANDS.items())
def test_package_runs_as_its_command(monkeypatch, capsys, package, command):
    monkeypatch.setattr(sys, "argv", ["x", "--version"])
    # A command keeps its process from importing numpy; this process is not the command's.
    monkeypatch.setitem(sys.modules, "numpy", None)
    main = Path(import_module(package).__path__[0]) / "__main__.py"

    with pytest.raises(SystemExit) as exited:
        runpy.run_path(str(main), run_name="__main__")

    assert not exited.value.code
    assert capsys.readouterr().out == f"{command} {prolific_exports.__version__}\n"


@pytest.mark.parametrize("package", COMMANDS)
def test_importing_a_package_main_runs_nothing(monkeypatch, capsys, package):
    monkeypatch.setattr(sys, "argv", ["x", "--version"])
    monkeypatch.delitem(sys.modules, f"{package}.__main__", raising=False)

    import_module(f"{package}.__main__")

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("module", ["yaml", "starlette.routing"])
def test_missing_package_of_an_extra_is_named(monkeypatch, capsys, module):
    missing = ModuleNotFoundError(f"No module named {module!r}", name=module)
    monkeypatch.setattr(_commands, "ALL", (ending(missing),))

    assert cli.main(["end"]) == 2
    assert capsys.readouterr().err == (
        f"prolific-contract: error: {module} is not installed: "
        "pip install 'prolific-exports[contract]'\n"
    )


@pytest.mark.parametrize("name", ["prolific_contract.nothing", None])
def test_other_missing_module_raises(monkeypatch, name):
    monkeypatch.setattr(_commands, "ALL", (ending(ModuleNotFoundError("No module", name=name)),))

    with pytest.raises(ModuleNotFoundError):
        cli.main(["end"])


def test_interrupted_tool_exits_with_130(monkeypatch, capsys):
    monkeypatch.setattr(_commands, "ALL", (ending(KeyboardInterrupt()),))

    assert cli.main(["end"]) == 130
    assert capsys.readouterr() == ("", "")


class Stream(io.StringIO):
    """A stdout that fails, of a terminal that can be asked."""

    encoding = "ascii"

    def __init__(self, number, *, late):
        super().__init__()
        self.error, self.late = OSError(number, "No space left on device"), late

    def write(self, text: str, /) -> int:
        if not self.late:
            raise self.error
        return len(text)

    def flush(self):
        raise self.error

    def isatty(self):
        return True


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (errno.EPIPE, 1, ""),
        (errno.EINVAL, 1, ""),
        (errno.ENOSPC, 2, "error: can't write the result to stdout: No space left on device"),
    ],
)
def test_gate_ignores_a_closed_pipe_and_fails_on_a_full_disk(
    monkeypatch, capsys, number, code, said, late
):
    def tell(arguments):
        sys.stdout.write("one")
        assert (sys.stdout.encoding, sys.stdout.isatty()) == ("ascii", True)
        sys.stdout.flush()
        sys.stdout.write("two")
        return 1

    monkeypatch.setattr(_commands, "ALL", (command("tell", tell),))
    monkeypatch.setattr(sys, "stdout", Stream(number, late=late))

    assert cli.main(["tell"]) == code
    assert said in capsys.readouterr().err


def test_gate_escapes_what_the_encoding_of_stdout_lacks(monkeypatch):
    def tell(arguments):
        sys.stdout.write("naïve шi\n")
        return 1

    stdout = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\n")
    monkeypatch.setattr(_commands, "ALL", (command("tell", tell),))
    monkeypatch.setattr(sys, "stdout", stdout)

    assert cli.main(["tell"]) == 1
    assert stdout.buffer.getvalue() == b"na\xefve \\u0448i\n"


def test_gate_runs_without_standard_streams(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)

    assert cli.main(["laws"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize("arguments", [["laws"], ["--help"]], ids=" ".join)
def test_closed_pipe_is_not_an_error(arguments):
    command = subprocess.Popen(
        [sys.executable, "-m", "prolific_contract", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert command.stdout is not None
    assert command.stderr is not None
    command.stdout.close()
    said = command.stderr.read()
    command.stderr.close()

    assert (command.wait(), said) == (0, b"")


def test_check_does_not_import_what_only_building_a_contract_needs():
    """It takes as long to import as everything else that a check needs."""
    script = (
        "import sys; from prolific_contract.gate import _check, _judge\n"
        "_judge.contract_of('2026-11'); sys.exit('openapi_spec_validator' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)

    assert done.returncode == 0
