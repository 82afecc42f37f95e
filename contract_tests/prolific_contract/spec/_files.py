"""Where the contract's files are, and how they are read and written."""

import json
import tempfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from prolific_exports._errors import ExportsError
from prolific_exports._files._destinations import destination, expanded
from prolific_exports._files._failures import reason
from prolific_exports._files._staging import staged_file

from prolific_contract._errors import DocumentError
from prolific_contract.spec._yaml import load_yaml

_CHECKOUT = Path(__file__).resolve().parents[3]


def checkout() -> Path:
    """The folder of the checkout that this package is installed from: where tools write.

    Raises:
        DocumentError: It was installed from a wheel, which is nothing to write to.
    """
    if not (_CHECKOUT / "openapi" / "overlay.yaml").is_file():
        raise DocumentError(
            "there is no file to take for --output: prolific-contract is installed as a package, "
            "without the project's files; name one"
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
    return read_text(shipped_path(name))


def shipped_path(name: str) -> Path:
    """Where a file of the contract is that came with this package."""
    # A wheel carries it inside the package, an editable install leaves it in the checkout.
    packaged = Path(str(files("prolific_contract") / "openapi" / name))
    return packaged if packaged.is_file() else _CHECKOUT / "openapi" / name


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        DocumentError: It can't be read, or isn't UTF-8.
    """
    try:
        return expanded(path).read_text(encoding="utf-8")
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
        path = expanded(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        target = destination(path, overwrite=True)
        tempfile.TemporaryFile(dir=target.parent).close()
    except (OSError, ValueError, ExportsError) as error:
        raise _unwritable(path, error) from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half written.

    It has the permissions of a new file. A link to a file goes on pointing to it; a device or
    a pipe is not replaced.

    Raises:
        DocumentError: It can't be written.
    """
    try:
        path = expanded(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with staged_file(path, overwrite=True) as partial, partial.open("xb") as file:
            file.write(content)
    except (OSError, ValueError, ExportsError) as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> DocumentError:
    return DocumentError(f"{path} can't be written: {reason(error)}")


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
