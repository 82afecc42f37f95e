"""A comparison as text and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from prolific_contract.diff._client import OurClient
from prolific_contract.diff._compare import OperationDiff, compare
from prolific_contract.diff._findings import ORDER, Finding, worst
from prolific_contract.diff._reading import shown
from prolific_contract.diff._relation import Kind

# More operations than this, for one and the same compatible change, are only counted.
_MOST_NAMED = 4


@dataclass(frozen=True)
class Told:
    """A finding, and what this project's client makes of it."""

    finding: Finding
    client: str | None


@dataclass(frozen=True)
class Comparison:
    """Two contracts compared."""

    old: str
    new: str
    operations: tuple[tuple[OperationDiff, tuple[Told, ...]], ...]

    @property
    def verdict(self) -> Kind:
        """The worst verdict of all."""
        return worst([diff.verdict for diff, _ in self.operations])

    def counts(self) -> dict[Kind, int]:
        """The number of operations by verdict, the worst first."""
        counts = Counter(diff.verdict for diff, _ in self.operations)
        return {verdict: counts[verdict] for verdict in reversed(ORDER)}


def comparison(
    old: dict[str, Any], new: dict[str, Any], *, old_name: str, new_name: str
) -> Comparison:
    """Compare two contracts and ask this project's client about what breaks.

    Args:
        old: The contract that clients know.
        new: The contract that servers keep now.
        old_name: What to call the old one: its file or URL, of which no secret is told.
        new_name: What to call the new one.
    """
    client = OurClient(new)
    return Comparison(
        shown(old_name),
        shown(new_name),
        tuple(
            (diff, tuple(Told(f, client.reading(diff, f)) for f in diff.findings))
            for diff in compare(old, new)
        ),
    )


def as_json(compared: Comparison) -> dict[str, Any]:
    """The comparison as a JSON object; operations that stayed the same have no findings."""
    return {
        "old": compared.old,
        "new": compared.new,
        "verdict": compared.verdict,
        "operations_by_verdict": compared.counts(),
        "operations": [
            {
                "method": diff.key.method,
                "path": diff.path,
                "verdict": diff.verdict,
                "findings": [_finding_as_json(told) for told in tolds],
            }
            for diff, tolds in compared.operations
        ],
    }


def _finding_as_json(told: Told) -> dict[str, Any]:
    finding = told.finding
    shown: dict[str, Any] = {
        "where": finding.where,
        "verdict": finding.verdict,
        "sentence": finding.sentence,
    }
    if finding.example is not None:
        shown["example"] = finding.example
    if told.client is not None:
        shown["client"] = told.client
    return shown


def as_text(compared: Comparison) -> str:
    """The comparison for a terminal: what breaks by operation, what does not by change."""
    lines = [f"from  {compared.old}", f"to    {compared.new}", ""]
    shown: dict[tuple[str, str], str] = {}
    ranked = sorted(compared.operations, key=lambda item: -ORDER.index(item[0].verdict))
    for diff, tolds in ranked:
        serious = [told for told in tolds if told.finding.verdict != "compatible"]
        if serious:
            lines += [f"{diff.verdict:<10}  {diff.title}", *_findings(diff, serious, shown), ""]
    harmless = list(_compatible(compared))
    if harmless:
        lines += ["compatible", *harmless, ""]
    return "\n".join([*lines, summary(compared), ""])


def _compatible(compared: Comparison) -> Iterator[str]:
    """Every compatible change once, with the operations that have it."""
    operations: dict[str, list[str]] = {}
    for diff, tolds in compared.operations:
        for told in tolds:
            if told.finding.verdict == "compatible":
                change = f"{told.finding.where}: {told.finding.sentence}"
                operations.setdefault(change, []).append(diff.title)
    for change, titles in operations.items():
        yield f"  {change}"
        if len(titles) > _MOST_NAMED:
            yield f"      in {len(titles)} operations"
        else:
            yield from (f"      {title}" for title in titles)


def summary(compared: Comparison) -> str:
    """The comparison in one line."""
    counts = ", ".join(
        f"{count} {verdict}" for verdict, count in compared.counts().items() if count
    )
    total = len(compared.operations)
    return f"{total} operation{'s' if total != 1 else ''}: {counts or 'none'}"


def _beside_the_point(where: str) -> set[str]:
    """What of an example does not matter for what it shows."""
    if where == "operation":
        return set()
    if where.startswith("path parameter "):
        return {"method", "path"}
    return {"method", "path", "path_parameters"}


def _findings(
    diff: OperationDiff, tolds: Sequence[Told], shown: dict[tuple[str, str], str]
) -> Iterator[str]:
    for told in sorted(tolds, key=lambda told: -ORDER.index(told.finding.verdict)):
        finding = told.finding
        yield f"  {finding.verdict:<10}  {finding.where}: {finding.sentence}"
        if finding.example is not None:
            left_out = _beside_the_point(finding.where)
            message = {k: v for k, v in finding.example.items() if k not in left_out}
            key = finding.where, json.dumps(message, sort_keys=True)
            if key in shown:
                yield f"              example: as in {shown[key]}"
            else:
                shown[key] = diff.title
                yield f"              example: {json.dumps(finding.example, ensure_ascii=False)}"
        if told.client is not None:
            yield f"              client: {told.client}"
