"""Renders a comparison as text and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from prolific_contract.diff._client import OurClient
from prolific_contract.diff._compare import OperationDiff, compare
from prolific_contract.diff._findings import ORDER, Finding, worst
from prolific_contract.diff._reading import shown
from prolific_contract.diff._relation import Compatibility

# If a compatible change affects more operations than this, the report gives their number only.
_MOST_NAMED = 4


@frozen
class ClientFinding:
    """A finding, and how this project's client handles it."""

    finding: Finding
    client: str | None


@frozen
class ContractComparison:
    """Two contracts compared."""

    old: str
    new: str
    operations: tuple[tuple[OperationDiff, tuple[ClientFinding, ...]], ...]

    @property
    def verdict(self) -> Compatibility:
        """The most severe verdict."""
        return worst([diff.verdict for diff, _ in self.operations])

    def counts(self) -> dict[Compatibility, int]:
        """The number of operations by verdict, the most severe first."""
        counts = Counter(diff.verdict for diff, _ in self.operations)
        return {verdict: counts[verdict] for verdict in reversed(ORDER)}


def comparison(
    old: dict[str, Any], new: dict[str, Any], *, old_name: str, new_name: str
) -> ContractComparison:
    """Compare two contracts, and try the breaking changes on this project's client.

    Args:
        old: The contract of the clients.
        new: The contract of the servers.
        old_name: File or URL of the old one; displayed without secrets.
        new_name: File or URL of the new one.
    """
    client = OurClient(new)
    return ContractComparison(
        shown(old_name),
        shown(new_name),
        tuple(
            (diff, tuple(ClientFinding(f, client.reading(diff, f)) for f in diff.findings))
            for diff in compare(old, new)
        ),
    )


def as_json(compared: ContractComparison) -> dict[str, Any]:
    """The comparison as a JSON object; unchanged operations have no findings."""
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
                "findings": [_finding_as_json(item) for item in findings],
            }
            for diff, findings in compared.operations
        ],
    }


def _finding_as_json(item: ClientFinding) -> dict[str, Any]:
    finding = item.finding
    shown: dict[str, Any] = {
        "where": finding.where,
        "verdict": finding.verdict,
        "sentence": finding.sentence,
    }
    if finding.example is not None:
        shown["example"] = finding.example
    if item.client is not None:
        shown["client"] = item.client
    return shown


def as_text(compared: ContractComparison) -> str:
    """The comparison as text: serious changes by operation, compatible ones by change."""
    lines = [f"from  {compared.old}", f"to    {compared.new}", ""]
    shown: dict[tuple[str, str], str] = {}
    ranked = sorted(compared.operations, key=lambda item: -ORDER.index(item[0].verdict))
    for diff, findings in ranked:
        serious = [item for item in findings if item.finding.verdict != "compatible"]
        if serious:
            lines += [f"{diff.verdict:<10}  {diff.title}", *_findings(diff, serious, shown), ""]
    harmless = list(_compatible(compared))
    if harmless:
        lines += ["compatible", *harmless, ""]
    return "\n".join([*lines, summary(compared), ""])


def _compatible(compared: ContractComparison) -> Iterator[str]:
    """Each compatible change once, with its operations."""
    operations: dict[str, list[str]] = {}
    for diff, findings in compared.operations:
        for item in findings:
            if item.finding.verdict == "compatible":
                change = f"{item.finding.where}: {item.finding.sentence}"
                operations.setdefault(change, []).append(diff.title)
    for change, titles in operations.items():
        yield f"  {change}"
        if len(titles) > _MOST_NAMED:
            yield f"      in {len(titles)} operations"
        else:
            yield from (f"      {title}" for title in titles)


def summary(compared: ContractComparison) -> str:
    """The comparison in one line."""
    counts = ", ".join(
        f"{count} {verdict}" for verdict, count in compared.counts().items() if count
    )
    total = len(compared.operations)
    return f"{total} operation{'s' if total != 1 else ''}: {counts or 'none'}"


def _irrelevant_parts(where: str) -> set[str]:
    """The parts of an example that are irrelevant to the finding."""
    if where == "operation":
        return set()
    if where.startswith("path parameter "):
        return {"method", "path"}
    return {"method", "path", "path_parameters"}


def _findings(
    diff: OperationDiff, findings: Sequence[ClientFinding], shown: dict[tuple[str, str], str]
) -> Iterator[str]:
    for item in sorted(findings, key=lambda item: -ORDER.index(item.finding.verdict)):
        finding = item.finding
        yield f"  {finding.verdict:<10}  {finding.where}: {finding.sentence}"
        if finding.example is not None:
            left_out = _irrelevant_parts(finding.where)
            message = {k: v for k, v in finding.example.items() if k not in left_out}
            key = finding.where, json.dumps(message, sort_keys=True)
            if key in shown:
                yield f"              example: see {shown[key]}"
            else:
                shown[key] = diff.title
                yield f"              example: {json.dumps(finding.example, ensure_ascii=False)}"
        if item.client is not None:
            yield f"              client: {item.client}"
