"""What comparing two operations finds, and how it is worded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prolific_contract.diff._messages import Request, Response, taking_text
from prolific_contract.diff._relation import Judge, Kind, Relation, Schema

ORDER: tuple[Kind, ...] = ("same", "compatible", "unknown", "breaking")
"""The verdicts, the worst last."""

UNCONFIRMED = "no example of it could be made that both contracts agree on"


@dataclass(frozen=True)
class Finding:
    """One difference."""

    where: str
    """The part of the operation."""
    verdict: Kind
    sentence: str
    """What changed and what follows from it."""
    message: Request | Response | None = None
    """Where the verdict is breaking: what one side may send and the other refuses or misreads."""
    example: Mapping[str, Any] | None = None
    """The message as JSON."""
    is_misread: bool = False
    """Whether the other side takes the message, and takes it to mean something else."""


def worst(verdicts: Sequence[Kind]) -> Kind:
    """The worst of some verdicts; *same* where there are none."""
    ranks = [ORDER.index(verdict) for verdict in verdicts]
    return ORDER[max(ranks, default=0)]


def unconfirmed(where: str, sentence: str) -> Finding:
    """A difference that would break, if there were an example of it."""
    return Finding(where, "unknown", f"{sentence}, but {UNCONFIRMED}")


def of_relation(where: str, relation: Relation, compatible: str) -> Finding:
    """A difference of schemas that nothing is refused for."""
    if relation.kind == "unknown":
        return Finding(
            where, "unknown", f"changed, and what follows is not known: {relation.reason}"
        )
    return Finding(where, relation.kind, f"changed: it {compatible}")


def relate_text(judge: Judge, sender: Schema, receiver: Schema) -> Relation:
    """How parameters or headers relate, where numbers travel as text."""
    relation = judge.relate(sender, receiver)
    if relation.kind == "same":
        return relation
    sent = Schema(sender.document, sender.schema)
    widened = judge.relate(sent, Schema(receiver.document, taking_text(receiver)))
    # A type more on the receiver's side is no change to "same".
    return Relation("compatible") if widened.kind == "same" else widened


def listed(content: Mapping[str, Any]) -> str:
    """Content types for people."""
    return ", ".join(sorted(content)) or "no body"
