"""The command ``prolific-exports mcp``, without an agent."""

import sys

import pytest
from prolific_exports._cli import main
from prolific_exports._mcp import _server


class Server:
    """Stands in for the server of the package mcp."""

    def __init__(self, calls):
        self.calls = calls

    def run(self, transport):
        self.calls.append(transport)


@pytest.fixture
def started(monkeypatch):
    """The arguments with which servers were created, and what they were told to serve."""
    calls = []

    def create_server(settings, folder, **options):
        calls.append((settings.base_url, folder.path, options))
        return Server(calls)

    monkeypatch.setattr(_server, "create_server", create_server)
    monkeypatch.setenv("PROLIFIC_TOKEN", "t0ken-of-a-test")
    monkeypatch.setenv("PROLIFIC_URL", "http://127.0.0.1:9")
    return calls


@pytest.mark.parametrize("allowed", [False, True])
def test_command_serves_stdio_with_the_folder_and_permission(started, tmp_path, allowed):
    options = ["--allow-delete"] if allowed else []
    assert main(["mcp", str(tmp_path / "new"), *options]) == 0
    assert started == [
        (
            "http://127.0.0.1:9",
            tmp_path / "new",
            {"allow_delete": allowed, "clock": None},
        ),
        "stdio",
    ]
    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize("terminal", [False, True])
def test_person_at_a_terminal_learns_what_the_command_waits_for(
    started, tmp_path, monkeypatch, capsys, terminal
):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal, raising=False)
    assert main(["mcp", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    # stdout belongs to the protocol.
    assert out == ""
    assert ("Stop it with Ctrl-C." in err) == terminal
    assert started[-1] == "stdio"


def test_command_without_stdin_starts(started, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["mcp", str(tmp_path)]) == 0
    assert started[-1] == "stdio"


def test_file_in_place_of_the_folder_is_an_error(started, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["mcp", str(tmp_path / "file")]) == 1
    assert "Cannot create the folder" in capsys.readouterr().err
    assert started == []


def test_missing_token_is_an_error_before_anything_is_served(
    started, tmp_path, monkeypatch, capsys
):
    monkeypatch.delenv("PROLIFIC_TOKEN")
    assert main(["mcp", str(tmp_path)]) == 2
    assert "PROLIFIC_TOKEN" in capsys.readouterr().err
    assert started == []


@pytest.mark.parametrize("library", ["mcp", "pydantic"])
def test_missing_extra_is_an_error_that_names_it(started, tmp_path, monkeypatch, capsys, library):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {library!r}", name=f"{library}.server")

    monkeypatch.setattr("prolific_exports._cli._mcp.import_module", missing)
    assert main(["mcp", str(tmp_path)]) == 2
    assert (
        f"{library} is not installed, and this command needs it: "
        "pip install 'prolific-exports[mcp]'." in capsys.readouterr().err
    )


def test_other_missing_module_is_not_blamed_on_the_extra(started, tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError("No module named 'colorsys'", name="colorsys")

    monkeypatch.setattr("prolific_exports._cli._mcp.import_module", missing)
    with pytest.raises(ModuleNotFoundError, match="colorsys"):
        main(["mcp", str(tmp_path)])
