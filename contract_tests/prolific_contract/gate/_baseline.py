"""The baseline: known violations that do not fail a check, each with a reason.

A JSON file to keep next to the code::

    {
      "format": "prolific-contract baseline",
      "version": 1,
      "accepted": [
        {"fingerprint": "shape.error batch request", "reason": "fixed in the next release"}
      ]
    }

A fingerprint is the id of a law plus the kind and action of the operation that breaks it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from prolific_exports._model._json import parse

from prolific_contract._errors import DocumentError
from prolific_contract._vocabulary import ACTIONS, KINDS
from prolific_contract.gate._verdict import CellState, Verdict
from prolific_contract.gate.laws import LAWS
from prolific_contract.spec._files import read_text, write_atomically

_FORMAT: Final = "prolific-contract baseline"
_VERSION: Final = 1
_FINGERPRINT = re.compile(rf"[a-z0-9.-]+ ({'|'.join(KINDS)}) ({'|'.join(ACTIONS)})")


@frozen
class Accepted:
    """A violation that does not fail the check.

    Attributes:
        fingerprint: `Violation.fingerprint`.
        reason: Why it is accepted, for later readers of the file.
    """

    fingerprint: str
    reason: str = ""


@frozen
class Baseline:
    """The known violations.

    Attributes:
        accepted: In the order of the file, without repetitions.
    """

    accepted: tuple[Accepted, ...] = ()

    @cached_property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints, as `judge` takes them."""
        return frozenset(entry.fingerprint for entry in self.accepted)

    def updated(self, verdict: Verdict) -> "Baseline":
        """The baseline that accepts the violations of a verdict.

        Entries keep their reason and order. Fixed violations are removed. Entries that the
        verdict did not exercise stay. New entries have no reason yet.
        """
        gone = set(stale(self.fingerprints, verdict))
        kept = [entry for entry in self.accepted if entry.fingerprint not in gone]
        new = [
            Accepted(violation.fingerprint)
            for violation in verdict.violations
            if violation.fingerprint not in self.fingerprints
        ]
        return Baseline((*kept, *new))


def stale(accepted: Iterable[str], verdict: Verdict) -> tuple[str, ...]:
    """The accepted fingerprints that a verdict shows to be fixed.

    A fingerprint that the check did not exercise is not stale: the check says nothing about it.
    """
    kept = {
        f"{cell.law.id} {cell.operation.kind} {cell.operation.action}"
        for cell in verdict.cells
        if cell.state in (CellState.HELD, CellState.NOTED)
    }
    return tuple(sorted(kept.intersection(accepted)))


def read_baseline(path: Path) -> Baseline:
    """Read a baseline file.

    Raises:
        DocumentError: The file can't be read or is not a baseline file.
    """
    text = read_text(path)
    try:
        document = parse(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise DocumentError(f"{path} is not JSON: {error}") from error
    if not isinstance(document, Mapping) or document.get("format") != _FORMAT:
        raise DocumentError(f'{path} is not a baseline file: its "format" is not "{_FORMAT}"')
    if document.get("version") != _VERSION:
        raise DocumentError(
            f'{path} has "version" {document.get("version")!r}, but this prolific-contract '
            f"reads version {_VERSION}"
        )
    entries = document.get("accepted")
    if not isinstance(entries, list):
        raise DocumentError(f'{path}: "accepted" is not a list')
    baseline = Baseline(
        tuple(_entry(entry, f"{path}: accepted[{at}]") for at, entry in enumerate(entries))
    )
    seen: set[str] = set()
    for entry in baseline.accepted:
        if entry.fingerprint in seen:
            raise DocumentError(
                f'{path} accepts "{entry.fingerprint}" twice: remove one of the entries'
            )
        seen.add(entry.fingerprint)
    return baseline


def _entry(entry: Any, where: str) -> Accepted:
    if not isinstance(entry, Mapping):
        raise DocumentError(f"{where} is not an object")
    unknown = sorted(set(entry) - {"fingerprint", "reason"})
    if unknown:
        raise DocumentError(
            f'{where}: unknown member "{unknown[0]}"; the members are "fingerprint" and "reason"'
        )
    fingerprint, reason = entry.get("fingerprint"), entry.get("reason", "")
    if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
        raise DocumentError(
            f'{where}: invalid "fingerprint": expected the id of a law and an operation, such as '
            '"shape.error batch request"'
        )
    if fingerprint not in _judgeable():
        raise DocumentError(
            f'{where}: no law matches "{fingerprint}": correct or remove the entry; '
            "prolific-contract laws lists the laws"
        )
    if not isinstance(reason, str):
        raise DocumentError(f'{where}: "reason" is not a string')
    return Accepted(fingerprint, reason)


@cache
def _judgeable() -> frozenset[str]:
    return frozenset(
        f"{law.id} {operation.kind} {operation.action}"
        for law in LAWS
        for operation in law.operations
    )


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline file atomically.

    Raises:
        DocumentError: The file can't be written.
    """
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        "accepted": [
            {"fingerprint": entry.fingerprint, "reason": entry.reason}
            for entry in baseline.accepted
        ],
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    write_atomically(path, f"{text}\n".encode("utf-8", "backslashreplace"))
