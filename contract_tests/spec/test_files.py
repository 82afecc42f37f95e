"""Finding, reading and writing the contract's files."""

import pytest
from prolific_contract._errors import DocumentError
from prolific_contract.spec import _files, load_contract
from prolific_contract.spec._files import checkout, load_document, read_text, write_atomically


def test_the_contract_is_read_from_the_checkout_of_an_editable_install(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path)
    monkeypatch.setattr(_files, "files", lambda package: tmp_path / "nowhere")
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi" / "prolific.yaml").write_text("openapi: 3.1.0", encoding="utf-8")

    assert load_contract() == {"openapi": "3.1.0"}


def test_the_contract_is_read_from_the_package_of_a_wheel(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(_files, "files", lambda package: tmp_path / package)
    (tmp_path / "prolific_contract" / "openapi").mkdir(parents=True)
    (tmp_path / "prolific_contract" / "openapi" / "prolific.yaml").write_text(
        "openapi: 3.1.0", encoding="utf-8"
    )

    assert load_contract() == {"openapi": "3.1.0"}


def test_what_the_contract_is_built_from_comes_along(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(_files, "files", lambda package: tmp_path / package)
    (tmp_path / "prolific_contract" / "openapi").mkdir(parents=True)
    for name in ("upstream", "overlay"):
        (tmp_path / "prolific_contract" / "openapi" / f"{name}.yaml").write_text(f"is: {name}")

    assert _files.load_sources() == ({"is": "upstream"}, {"is": "overlay"})


def test_callers_of_the_contract_share_nothing():
    load_contract()["paths"].clear()

    assert load_contract()["paths"]


def test_a_wheel_is_nothing_to_write_to(monkeypatch, tmp_path):
    monkeypatch.setattr(_files, "_CHECKOUT", tmp_path)

    with pytest.raises(DocumentError, match="not installed from a checkout"):
        checkout()


def test_files_that_can_not_be_read_are_named(tmp_path):
    (tmp_path / "latin").write_bytes(b"\xff\xfe\xe9")
    (tmp_path / "list").write_text("- a", encoding="utf-8")

    with pytest.raises(DocumentError, match=r"missing can't be read: No such file"):
        read_text(tmp_path / "missing")
    with pytest.raises(DocumentError, match=r"latin is not a text file in UTF-8"):
        read_text(tmp_path / "latin")
    with pytest.raises(DocumentError, match=r"list does not hold a YAML mapping"):
        load_document(tmp_path / "list")


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "folder" / "file"

    write_atomically(path, b"one")
    write_atomically(path, b"two")

    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_left_of_a_file_that_can_not_be_written(tmp_path):
    (tmp_path / "file").mkdir()

    with pytest.raises(DocumentError, match=r"file can't be written"):
        write_atomically(tmp_path / "file", b"x")

    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
