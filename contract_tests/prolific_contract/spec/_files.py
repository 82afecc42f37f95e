"""Locates, reads and writes the contract's files."""

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
from prolific_contract._paths import refuse_stdout
from prolific_contract.spec._yaml import load_yaml

_CHECKOUT = Path(__file__).resolve().parents[3]


def checkout() -> Path:
    """The checkout from which this package is installed, where tools write their output.

    Raises:
        DocumentError: The package was installed from a wheel.
    """
    if not (_CHECKOUT / "openapi" / "overlay.yaml").is_file():
        raise DocumentError(
            "no default for --output: prolific-contract is installed without the project's "
            "files. Give a path with --output"
        )
    return _CHECKOUT


def load_contract() -> dict[str, Any]:
    """The built contract: the union of all editions.

    Raises:
        DocumentError: The installation is incomplete.
    """
    return _parsed_copy(contract_text(), "the contract")


def contract_text() -> str:
    """The built contract's file, as text.

    Raises:
        DocumentError: The installation is incomplete.
    """
    return _shipped("prolific.yaml")


def load_sources() -> tuple[dict[str, Any], dict[str, Any]]:
    """The sources of the contract: the imported document and the overlay.

    Raises:
        DocumentError: The installation is incomplete.
    """
    upstream, overlay = "upstream.yaml", "overlay.yaml"
    return _parsed_copy(_shipped(upstream), upstream), _parsed_copy(_shipped(overlay), overlay)


def _shipped(name: str) -> str:
    return read_text(shipped_path(name))


def shipped_path(name: str) -> Path:
    """The path of a contract file that is shipped with this package."""
    # A wheel contains the file; an editable install uses the one in the checkout.
    packaged = Path(str(files("prolific_contract") / "openapi" / name))
    return packaged if packaged.is_file() else _CHECKOUT / "openapi" / name


def read_text(path: Path) -> str:
    """Read a text file.

    Raises:
        DocumentError: The file can't be read, or is not UTF-8.
    """
    try:
        return expanded(path).read_text(encoding="utf-8")
    except OSError as error:
        raise DocumentError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path} is not a text file in UTF-8: {error.reason}") from error


def load_document(path: Path) -> dict[str, Any]:
    """Read a YAML file that contains a mapping.

    Raises:
        DocumentError: The file can't be read, is not YAML, or contains something else.
    """
    return _mapping(read_text(path), str(path))


def refuse_unwritable(path: Path) -> None:
    """Check that `write_atomically` can write a file; create missing folders.

    Raises:
        DocumentError: The file can't be written.
    """
    refuse_stdout(path)
    try:
        path = expanded(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        target = destination(path, overwrite=True)
        tempfile.TemporaryFile(dir=target.parent).close()
    except (OSError, ValueError, ExportsError) as error:
        raise _unwritable(path, error) from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that no reader sees a partial one.

    It has the permissions of a new file. Links to a file are kept; a device or a pipe is not
    replaced.

    Raises:
        DocumentError: The file can't be written.
    """
    refuse_stdout(path)
    try:
        path = expanded(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with staged_file(path, overwrite=True) as partial, partial.open("xb") as file:
            file.write(content)
    except (OSError, ValueError, ExportsError) as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> DocumentError:
    return DocumentError(f"{path} can't be written: {reason(error)}")


def _parsed_copy(text: str, source: str) -> dict[str, Any]:
    """Parse a shipped file. Every call returns a new copy."""
    document: dict[str, Any] = json.loads(_as_json(text, source))
    return document


@lru_cache(maxsize=4)
def _as_json(text: str, source: str) -> str:
    # Parsed a hundred times as fast as YAML.
    return json.dumps(_mapping(text, source))


def _mapping(text: str, source: str) -> dict[str, Any]:
    document = load_yaml(text, source=source)
    if not isinstance(document, dict):
        raise DocumentError(f"{source} does not contain a YAML mapping")
    return document
