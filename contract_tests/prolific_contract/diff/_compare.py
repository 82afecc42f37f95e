"""Compares two contracts operation by operation.

A client of the old contract talks to a server of the new one. The client sends requests and the
server receives them; for responses it is the other way round. A change is *breaking* if there is a
message that the sender's contract documents and the receiver's contract refuses or misreads.
"""

from typing import Any

from attrs import frozen

from prolific_contract.diff._contract import ContractOperation, OperationKey, operations
from prolific_contract.diff._findings import Finding, unconfirmed, worst
from prolific_contract.diff._messages import NoSampleError, request_as_json, simplest_request
from prolific_contract.diff._relation import Compatibility, Judge
from prolific_contract.diff._requests import Requests
from prolific_contract.diff._responses import Responses


@frozen
class OperationDiff:
    """One operation in both contracts."""

    key: OperationKey
    path: str
    old: ContractOperation | None
    new: ContractOperation | None
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """Method and path."""
        return f"{self.key.method} {self.path}"

    @property
    def verdict(self) -> Compatibility:
        """The worst of the findings."""
        return worst([finding.verdict for finding in self.findings])


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[OperationDiff]:
    """What a new contract changes for clients of the old one, by path and method.

    Args:
        old: A valid OpenAPI document of version 3.1 or 3.2.
        new: Another one.
    """
    before, after = operations(old), operations(new)
    judge = Judge()
    diffs = []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key.path, key.method)):
        left, right = before.get(key), after.get(key)
        if left is not None and right is not None:
            findings = (
                *Requests(left, right, judge).findings(),
                *Responses(left, right, judge).findings(),
            )
            path = right.path
        elif left is not None:
            findings, path = (_removed(left),), left.path
        else:
            assert right is not None  # noqa: S101 - the key is of one of the two
            findings, path = (Finding("operation", "compatible", "is new"),), right.path
        diffs.append(OperationDiff(key, path, left, right, findings))
    return diffs


def _removed(operation: ContractOperation) -> Finding:
    sentence = "is removed, but clients of the old contract still call it"
    try:
        request = simplest_request(operation)
    except NoSampleError:
        return unconfirmed("operation", sentence)
    example = request_as_json(operation, request)
    return Finding("operation", "breaking", sentence, request, example)
