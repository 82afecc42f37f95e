"""How all reports name operations, resources and responses."""

from collections.abc import Iterable
from itertools import groupby

from prolific_contract._vocabulary import ACTIONS, Operation
from prolific_contract.gate._verdict import DocumentedAnswer
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.trace._exchanges import Subject


def column(operation: Operation) -> tuple[str, int]:
    """The key that orders operations by kind and action."""
    return operation.kind, ACTIONS.index(operation.action)


def operation_name(operation: Operation) -> str:
    """Kind and action: ``batch request``."""
    return f"{operation.kind} {operation.action}"


def operation_id(operation: Operation) -> str:
    """The operation's name in machine-readable reports: ``batch-request``."""
    return f"{operation.kind}-{operation.action}"


def operation_names(operations: Iterable[Operation]) -> str:
    """Several operations, grouped by kind: ``batch request, status; collection status``."""
    by_kind = groupby(sorted(set(operations), key=column), key=lambda operation: operation.kind)
    return "; ".join(
        f"{kind} {', '.join(operation.action for operation in group)}" for kind, group in by_kind
    )


def subject_name(subject: Subject) -> str:
    """Kind and id, safe to display."""
    return f"{subject.kind} {display.line(subject.id)}"


def answer_name(answer: DocumentedAnswer) -> str:
    """Status and state: ``202 generating``."""
    return f"{answer.status} {answer.branch}".rstrip()
