"""The findings of a comparison, and their wording."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from prolific_contract.diff._forms import Schema
from prolific_contract.diff._messages import RequestExample, ResponseExample, taking_text
from prolific_contract.diff._relation import Compatibility, Judge, Relation

ORDER: tuple[Compatibility, ...] = ("same", "compatible", "unknown", "breaking")
"""The verdicts, the most severe last."""

UNCONFIRMED = "no example could be constructed that confirms it"


@frozen
class Finding:
    """One difference."""

    where: str
    """The part of the operation."""
    verdict: Compatibility
    sentence: str
    """The change and its consequence."""
    message: RequestExample | ResponseExample | None = None
    """For breaking changes: a message that one side may send and the other refuses or misreads."""
    example: Mapping[str, Any] | None = None
    """The message as JSON."""
    is_misread: bool = False
    """Whether the other side accepts the message but misreads it."""


def worst(verdicts: Sequence[Compatibility]) -> Compatibility:
    """The most severe verdict; *same* if there are none."""
    ranks = [ORDER.index(verdict) for verdict in verdicts]
    return ORDER[max(ranks, default=0)]


def unconfirmed(where: str, sentence: str) -> Finding:
    """A difference that may be breaking, but without an example."""
    return Finding(where, "unknown", f"{sentence}, but {UNCONFIRMED}")


def of_relation(where: str, relation: Relation, compatible: str) -> Finding:
    """A difference of schemas without a refused message."""
    if relation.kind == "unknown":
        return Finding(where, "unknown", f"changed, with unknown consequences: {relation.reason}")
    return Finding(where, relation.kind, f"changed: it {compatible}")


def relate_text(judge: Judge, sender: Schema, receiver: Schema) -> Relation:
    """How parameters or headers relate; numbers are sent as text."""
    relation = judge.relate(sender, receiver)
    if relation.kind == "same":
        return relation
    sent = Schema(sender.document, sender.schema)
    widened = judge.relate(sent, Schema(receiver.document, taking_text(receiver)))
    # One more accepted type does not make the schemas the same.
    return Relation("compatible") if widened.kind == "same" else widened


def listed(content: Mapping[str, Any]) -> str:
    """Content types in words."""
    return ", ".join(sorted(content)) or "no body"
