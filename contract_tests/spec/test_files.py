"""Finding, reading and writing the contract's files."""

import os
import stat
from pathlib import Path

import pytest
from prolific_contract import DocumentError
from prolific_contract.spec import _files, load_contract, load_document
from prolific_contract.spec._files import checkout, read_text, refuse_unwritable, write_atomically


def test_contract_is_read_from_the_checkout_of_an_editable_install(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(_files, "files", lambda package: tmp_path / "nowhere")
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi" / "prolific.yaml").write_text("openapi: 3.1.0", encoding="utf-8")

    assert load_contract() == {"openapi": "3.1.0"}


def test_returned_contract_is_mutable():
    contract = load_contract()
    contract["paths"].clear()

    assert load_contract()["paths"]


def test_contract_is_read_from_the_package_of_a_wheel(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(_files, "files", lambda package: tmp_path / package)
    (tmp_path / "prolific_contract" / "openapi").mkdir(parents=True)
    (tmp_path / "prolific_contract" / "openapi" / "prolific.yaml").write_text(
        "openapi: 3.1.0", encoding="utf-8"
    )

    assert load_contract() == {"openapi": "3.1.0"}


def test_wheel_includes_the_sources_of_the_contract(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(_files, "files", lambda package: tmp_path / package)
    (tmp_path / "prolific_contract" / "openapi").mkdir(parents=True)
    for name in ("upstream", "overlay"):
        (tmp_path / "prolific_contract" / "openapi" / f"{name}.yaml").write_text(f"is: {name}")

    assert _files.load_sources() == ({"is": "upstream"}, {"is": "overlay"})


def test_returned_contracts_are_independent():
    load_contract()["paths"].clear()

    assert load_contract()["paths"]


def test_writing_into_a_wheel_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path)

    with pytest.raises(DocumentError, match="no default for --output"):
        checkout()


def test_files_that_can_not_be_read_are_named(tmp_path):
    (tmp_path / "latin").write_bytes(b"\xff\xfe\xe9")
    (tmp_path / "list").write_text("- a", encoding="utf-8")

    with pytest.raises(DocumentError, match=r"missing can't be read: No such file"):
        read_text(tmp_path / "missing")
    with pytest.raises(DocumentError, match=r"latin is not a text file in UTF-8"):
        read_text(tmp_path / "latin")
    with pytest.raises(DocumentError, match=r"list does not contain a YAML mapping"):
        load_document(tmp_path / "list")


def test_file_is_replaced_atomically(tmp_path):
    path = tmp_path / "folder" / "file"

    write_atomically(path, b"one")
    write_atomically(path, b"two")

    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_failed_write_leaves_no_file(tmp_path):
    (tmp_path / "file").mkdir()

    with pytest.raises(DocumentError, match=r"file can't be written"):
        write_atomically(tmp_path / "file", b"x")

    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    refuse_unwritable(Path("~/folder/file"))
    write_atomically(Path("~/folder/file"), b"x")

    assert read_text(Path("~/folder/file")) == "x"
    assert (tmp_path / "folder" / "file").read_bytes() == b"x"


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
class TestOnPosix:
    @pytest.fixture
    def umask(self):
        before = os.umask(0o027)
        yield
        os.umask(before)

    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_new_file_has_the_permissions_that_the_umask_leaves(self, tmp_path, umask):
        write_atomically(tmp_path / "file", b"x")

        assert self.mode(tmp_path / "file") == 0o640

    def test_replaced_file_has_the_permissions_of_a_new_one(self, tmp_path, umask):
        (tmp_path / "file").touch()
        (tmp_path / "file").chmod(0o606)

        write_atomically(tmp_path / "file", b"x")

        assert ((tmp_path / "file").read_bytes(), self.mode(tmp_path / "file")) == (b"x", 0o640)

    @pytest.mark.parametrize("there", [True, False])
    def test_link_is_kept(self, tmp_path, there):
        (tmp_path / "elsewhere").mkdir()
        file, link = tmp_path / "elsewhere" / "file", tmp_path / "link"
        if there:
            file.touch()
        link.symlink_to(file)

        write_atomically(link, b"x")

        assert link.is_symlink()
        assert file.read_bytes() == b"x"
        assert list(file.parent.iterdir()) == [file]

    def test_pipe_is_refused_before_and_after(self, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)

        for write in (refuse_unwritable, lambda path: write_atomically(path, b"x")):
            with pytest.raises(DocumentError, match="pipe can't be written: .*only a regular file"):
                write(pipe)

        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert list(tmp_path.iterdir()) == [pipe]

    def test_link_into_a_missing_folder_is_refused_before_and_after(self, tmp_path):
        (tmp_path / "link").symlink_to(tmp_path / "gone" / "file")

        for write in (refuse_unwritable, lambda path: write_atomically(path, b"x")):
            with pytest.raises(DocumentError, match="link can't be written: No such file"):
                write(tmp_path / "link")
