"""Where the contract's files are, and how they are read and written."""

import errno
import json
import os
import secrets
import shutil
import tempfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from prolific_contract._errors import DocumentError
from prolific_contract.spec._yaml import load_yaml

_CHECKOUT = Path(__file__).resolve().parents[3]


def checkout() -> Path:
    """The folder of the checkout that this package is installed from.

    Raises:
        DocumentError: It was installed from a wheel, which is nothing to write to.
    """
    if not (_CHECKOUT / "openapi" / "overlay.yaml").is_file():
        raise DocumentError(
            "prolific-contract is not installed from a checkout, where the contract and its "
            "sources are kept: name the files, or clone the project and run it there"
        )
    return _CHECKOUT


def load_contract() -> dict[str, Any]:
    """The built contract: the union of all editions.

    Raises:
        DocumentError: The installation is incomplete.
    """
    return _read_before(contract_text(), "the contract")


def contract_text() -> str:
    """The built contract's file, as text.

    Raises:
        DocumentError: The installation is incomplete.
    """
    return _shipped("prolific.yaml")


def load_sources() -> tuple[dict[str, Any], dict[str, Any]]:
    """What the contract is built from: the imported document and the overlay.

    Raises:
        DocumentError: The installation is incomplete.
    """
    upstream, overlay = "upstream.yaml", "overlay.yaml"
    return _read_before(_shipped(upstream), upstream), _read_before(_shipped(overlay), overlay)


def _shipped(name: str) -> str:
    # A wheel carries it inside the package, an editable install leaves it in the checkout.
    packaged = files("prolific_contract") / "openapi" / name
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return read_text(_CHECKOUT / "openapi" / name)


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        DocumentError: It can't be read, or isn't UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DocumentError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} is not a text file in UTF-8: {error.reason}") from error


def load_document(path: Path) -> dict[str, Any]:
    """The object that a YAML file holds.

    Raises:
        DocumentError: It can't be read, isn't YAML, or holds something else.
    """
    return _mapping(read_text(path), str(path))


def refuse_unwritable(path: Path) -> None:
    """Try whether `write_atomically` could write a file, before there is anything to write.

    Folders that are not there are made.

    Raises:
        DocumentError: It could not.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        if not _is_no_file(path):
            tempfile.TemporaryFile(dir=Path(os.path.realpath(path)).parent).close()
    except OSError as error:
        raise DocumentError(f"{path} can't be written: {error.strerror}") from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half written.

    A file that is there keeps its permissions, a symbolic link goes on pointing, and into
    what is no file (a device, a pipe) is written as it is.

    Raises:
        DocumentError: It can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if _is_no_file(path):
            path.write_bytes(content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise DocumentError(f"{path} can't be written: {error.strerror}") from error


def _is_no_file(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _replace(target: Path, content: bytes) -> None:
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        # As any new file: with the permissions that the umask leaves.
        with partial.open("xb") as file:
            file.write(content)
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _read_before(text: str, source: str) -> dict[str, Any]:
    """A copy of one's own of what the installation has, however often it is asked for."""
    document: dict[str, Any] = json.loads(_as_json(text, source))
    return document


@lru_cache(maxsize=4)
def _as_json(text: str, source: str) -> str:
    # Read a hundred times as fast as YAML.
    return json.dumps(_mapping(text, source))


def _mapping(text: str, source: str) -> dict[str, Any]:
    document = load_yaml(text, source=source)
    if not isinstance(document, dict):
        raise DocumentError(f"{source} does not hold a YAML mapping")
    return document
