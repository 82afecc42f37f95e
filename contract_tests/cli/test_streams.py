"""Results and messages on streams that fail, and in any encoding."""

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import api
from helpers.command import main

FULL = Path("/dev/full")


class Broken(io.StringIO):
    """A stream whose other end does not take anything."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def flush(self):
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EINVAL])
def test_reader_that_leaves_is_not_an_error(cli, export, monkeypatch, number):
    monkeypatch.setattr(sys, "stdout", Broken(number))
    outcome = cli("show", "export.zip")
    assert (outcome.code, outcome.err) == (0, "")


def test_version_that_cannot_be_written_exits_with_1(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", Broken(errno.ENOSPC))
    assert main(["--version"]) == 1
    assert capsys.readouterr().err.startswith("prolific-exports: error: Cannot write the result")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_result_that_cannot_be_written_exits_with_1(cli, router, monkeypatch, options):
    router.get(api.get_url("collection")).mock(return_value=api.generating())
    monkeypatch.setattr(sys, "stdout", Broken(errno.ENOSPC))
    outcome = cli("status", "collection", api.COLLECTION, api.EXPORT_ID, *options)
    assert outcome.code == 1
    assert outcome.err == (
        "prolific-exports: error: Cannot write the result to stdout: "
        f"{os.strerror(errno.ENOSPC)}.\n"
    )


def test_json_error_that_cannot_be_written_is_on_stderr(cli, router, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Broken(errno.ENOSPC))
    outcome = cli("download", "collection", "a b", "--json")
    assert outcome.code == 2
    assert [line[:40].rstrip() for line in outcome.err.splitlines()] == [
        "prolific-exports: error: 'a b' is not th",
        "prolific-exports: error: Cannot write th",
    ]


@pytest.mark.parametrize("stderr", [None, Broken(errno.EPIPE)])
def test_closed_stderr_does_not_stop_a_download(cli, router, monkeypatch, stderr):
    router.get(api.get_url("collection")).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    monkeypatch.setattr(sys, "stderr", stderr)
    outcome = cli(
        *("download", "collection", api.COLLECTION, "--export-id", api.EXPORT_ID, "-o", "a.zip")
    )
    assert (outcome.code, outcome.out) == (0, "a.zip\n")


def run(*arguments, stdout=subprocess.PIPE):
    return subprocess.run(
        [sys.executable, "-m", "prolific_exports", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


def test_pipe_without_a_reader_exits_with_0(export):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stdout:
        process = run("show", str(export), stdout=stdout)
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("command", [["show", "export.zip"], ["--version"], ["show", "--help"]])
def test_full_disk_behind_stdout_exits_with_1(export, command):
    with FULL.open("w") as stdout:
        process = run(*command, stdout=stdout)
    assert process.returncode == 1
    assert process.stderr.startswith("prolific-exports: error: Cannot write the result")
    assert process.stderr.count("\n") == 1


def test_json_is_written_in_any_encoding(cli, monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert cli("download", "collection", "ä\udcff", "--json").code == 2
    assert "ä" in json.loads(out.buffer.getvalue())["error"]["message"]


@pytest.mark.skipif(
    sys.getfilesystemencodeerrors() != "surrogateescape", reason="names of Windows are always text"
)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_path_of_undecodable_bytes_is_printed_unchanged(export, folder, monkeypatch, encoding):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    monkeypatch.setattr(sys, "stdout", out)
    path = os.fsdecode(b"d\xe4t\xe4")
    try:
        (folder / path).mkdir()
    except OSError:
        pytest.skip("the file system takes no such names")
    assert main(["extract", str(export), path]) == 0
    assert os.listdir(out.buffer.getvalue().removesuffix(b"\n"))  # noqa: PTH208 - as bytes
    # Only for what cannot be written otherwise.
    assert out.errors == "strict"
    out.write("after")
    out.flush()
    assert out.buffer.getvalue() == b"d\xe4t\xe4\nafter"


def test_path_on_a_stream_without_bytes_is_escaped(export, monkeypatch):
    class Strict(io.StringIO):
        encoding = "ascii"

        def write(self, text):
            text.encode("ascii")
            return super().write(text)

    monkeypatch.setattr(sys, "stdout", Strict())
    assert main(["extract", str(export), "dät"]) == 0
    assert sys.stdout.getvalue() == "d\\xe4t\n"


def test_path_that_the_encoding_lacks_is_escaped(export, folder, monkeypatch, capsys):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["extract", str(export), "dätä"]) == 0
    assert out.buffer.getvalue() == b"d\\xe4t\\xe4\n"
    assert (folder / "dätä").is_dir()
