"""Compares a verdict with the report of an earlier check, for pull requests."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from prolific_exports._model._json import parse

from prolific_contract._errors import DocumentError
from prolific_contract.gate._baseline import stale
from prolific_contract.gate._verdict import Verdict
from prolific_contract.spec._files import read_text

REPORT_FORMAT: Final = "prolific-contract report"
_VERSION: Final = 1


@frozen
class Comparison:
    """What changed since an earlier report. All members are fingerprints, sorted.

    Attributes:
        new: Violations that the earlier report does not have and the baseline does not accept.
        remaining: Violations in both.
        fixed: Violations of the earlier report whose law now held.
        not_exercised: Violations of the earlier report about which this check says nothing.
    """

    new: tuple[str, ...]
    remaining: tuple[str, ...]
    fixed: tuple[str, ...]
    not_exercised: tuple[str, ...]

    def lines(self) -> Iterator[tuple[str, str]]:
        """Every fingerprint, after what became of it."""
        for name, fingerprints in (
            ("new", self.new),
            ("remaining", self.remaining),
            ("fixed", self.fixed),
            ("not exercised", self.not_exercised),
        ):
            for fingerprint in fingerprints:
                yield name, fingerprint


def comparison_of(verdict: Verdict) -> Comparison | None:
    """The comparison of a verdict with the earlier report; None without one."""
    earlier = verdict.earlier
    if earlier is None:
        return None
    found = {violation.fingerprint for violation in verdict.violations}
    new = {violation.fingerprint for violation in verdict.violations if not violation.accepted}
    fixed = stale(earlier - found, verdict)
    return Comparison(
        new=tuple(sorted(new)),
        remaining=tuple(sorted(found & earlier)),
        fixed=fixed,
        not_exercised=tuple(sorted(earlier - found - set(fixed))),
    )


def read_violations(path: Path) -> frozenset[str]:
    """The fingerprints of the violations in a JSON report.

    Raises:
        DocumentError: The file can't be read or is not a JSON report.
    """
    text = read_text(path)
    try:
        document: Any = parse(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise DocumentError(f"{path} is not JSON: {error}") from error
    if not isinstance(document, Mapping) or document.get("format") != REPORT_FORMAT:
        raise DocumentError(
            f"{path} is not a report in JSON: write one with --report json=report.json"
        )
    if document.get("version") != _VERSION:
        raise DocumentError(
            f'{path} has "version" {document.get("version")!r}, but this prolific-contract '
            f"reads version {_VERSION}"
        )
    violations = document.get("violations")
    fingerprints = [
        one.get("fingerprint") if isinstance(one, Mapping) else None
        for one in (violations if isinstance(violations, list) else [None])
    ]
    found = frozenset(one for one in fingerprints if isinstance(one, str))
    if len(found) < len(fingerprints):
        raise DocumentError(f'{path}: "violations" is not a list of violations')
    return found
