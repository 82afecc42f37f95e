"""Relates what a sender may send to what a receiver accepts.

Each pair of schemas gets a proof and a search. The proof shows that the receiver accepts everything
that the sender may send: jsonschema_rs decides this on canonical schemas; where it can't, fields,
items and branches are compared one by one. The search looks for a value that the sender may send
and the receiver refuses. A value that both validators confirm outweighs a proof, so an incomplete
or faulty proof can't hide a breaking change that the search finds.
"""

from itertools import combinations
from typing import Any, Literal

import jsonschema_rs
from attrs import frozen
from jsonschema_rs.canonical import CanonicalizationError, Containment, Satisfiability

from prolific_contract._errors import DocumentError
from prolific_contract.diff._directions import Direction, sendable, takeable
from prolific_contract.diff._forms import Schema, closed, is_recursive, key_of, plain, unrolled
from prolific_contract.diff._samples import Hints, samples

Compatibility = Literal["same", "compatible", "breaking", "unknown"]
"""How a new contract, or a part of it, relates to the old one."""

_ANY_VALUE = object()


@frozen
class Relation:
    """How what a sender may send relates to what a receiver accepts."""

    kind: Compatibility
    example: Any = None
    """For ``breaking``: a value that may be sent and is refused."""
    reason: str = ""
    """For ``breaking``: why the example is refused. For ``unknown``: why there is no answer."""


class Judge:
    """Relates schemas and caches the relation of each pair.

    The error envelope, for example, occurs under every status of every operation.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, bool, Direction | None], Relation] = {}

    def relate(self, sender: Schema, receiver: Schema) -> Relation:
        """How what the sender may send relates to what the receiver accepts."""
        sent, taken = plain(sender), plain(receiver)
        recursive = is_recursive(sent) or is_recursive(taken)
        key = key_of(sent), key_of(taken), recursive, receiver.direction
        if key[0] == key[1]:
            return Relation("same")
        if key not in self._known:
            self._known[key] = (
                _relate_recursive(sender, receiver)
                if recursive
                else _relate(sendable(sent, sender.direction), takeable(taken, receiver.direction))
            )
        return self._known[key]


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """A validator that checks formats, too.

    Raises:
        DocumentError: The schema is invalid.
    """
    try:
        return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    except (jsonschema_rs.ValidationError, ValueError) as error:
        detail = str(error).partition("\n")[0]
        raise DocumentError(f"invalid schema in the contract: {detail}") from error


def _relate(sent: Any, taken: Any) -> Relation:
    found = _refused(sent, taken)
    if found is not None:
        return found
    if _is_contained(sent, taken):
        written_otherwise = _covers(sent, taken) and _covers(taken, sent)
        return Relation("same" if written_otherwise else "compatible")
    return Relation(
        "unknown",
        reason="no proof (a pattern, a negation or a combination that the canonical form does "
        "not decide), and no example found",
    )


def _relate_recursive(sender: Schema, receiver: Schema) -> Relation:
    found = _refused(
        sendable(unrolled(sender, end=False), sender.direction),
        takeable(unrolled(receiver, end=True), receiver.direction),
    )
    return found or Relation(
        "unknown",
        reason="no proof (the schema is recursive), and no example found",
    )


def _refused(sent: Any, taken: Any) -> Relation | None:
    """The simplest value that may be sent and is refused; None if none was found."""
    sent = closed(sent)
    may_send, takes = validator(sent), validator(taken)
    hints = Hints(sent, taken)
    sources = [sent]
    difference = _difference(sent, taken)
    if difference is not None:
        sources.append(difference)
    best: Any = _ANY_VALUE
    size = 0
    for source in sources:
        for value in samples(source, hints):
            if takes.is_valid(value) or not may_send.is_valid(value):
                continue
            if best is _ANY_VALUE or _size(value) < size:
                best, size = value, _size(value)
    if best is _ANY_VALUE:
        return None
    return Relation("breaking", best, _why(takes, best))


def _why(takes: jsonschema_rs.Draft202012Validator, value: Any) -> str:
    error = next(takes.iter_errors(value))
    pointer = "".join(f"/{step}" for step in error.instance_path)
    message = error.message if len(error.message) <= 200 else f"{error.message[:200]}…"
    return f"{pointer}: {message}" if pointer else message


def _size(value: Any) -> int:
    """The size of a value as an example: number of its parts."""
    if isinstance(value, dict):
        return 1 + sum(1 + _size(item) for item in value.values())
    if isinstance(value, list):
        return 1 + sum(map(_size, value))
    return 2 if value == "" else 1


def _canonical(schema: Any) -> Any:
    return jsonschema_rs.canonicalize(
        schema, draft=jsonschema_rs.Draft202012, validate_formats=True
    )


def _difference(sent: Any, taken: Any) -> Any:
    """The schema of values that may be sent and are refused; None if it can't be computed."""
    try:
        difference = _canonical(sent).subtract(_canonical(taken))
    except (CanonicalizationError, ValueError):
        return None
    return None if difference.satisfiability() == Satisfiability.NO else difference.to_json_schema()


def _covers(receiver: Any, sender: Any) -> bool:
    try:
        return bool(_canonical(receiver).covers(_canonical(sender)) == Containment.YES)
    except (CanonicalizationError, ValueError):
        return False


def _disjoint(left: Any, right: Any) -> bool:
    try:
        common = _canonical(left).intersect(_canonical(right)).satisfiability()
    except (CanonicalizationError, ValueError):
        return False
    return bool(common == Satisfiability.NO)


def _is_contained(sent: Any, taken: Any) -> bool:
    """Whether the receiver provably accepts everything that may be sent."""
    if taken is True or taken == {} or sent is False:
        return True
    if key_of(sent) == key_of(taken) or _covers(taken, closed(sent)):
        return True
    if not isinstance(sent, dict) or not isinstance(taken, dict):
        return False
    return _every_alternative(sent, taken) or _some_branch(sent, taken) or _same_type(sent, taken)


# Keywords that may document fields of an object.
_DOCUMENTING = {
    *("properties", "patternProperties", "unevaluatedProperties"),
    *("allOf", "oneOf", "anyOf"),
}


def _every_alternative(sent: dict[str, Any], taken: dict[str, Any]) -> bool:
    # Ignoring the sender's other keywords makes it more permissive, which is safe unless they
    # document fields.
    for key in ("oneOf", "anyOf"):
        if key in sent:
            rest = sent.keys() - {key}
            return not rest & _DOCUMENTING and all(
                _is_contained(branch, taken) for branch in sent[key]
            )
    if isinstance(sent.get("type"), list):
        return all(_is_contained({**sent, "type": kind}, taken) for kind in sent["type"])
    return False


def _some_branch(sent: dict[str, Any], taken: dict[str, Any]) -> bool:
    if isinstance(taken.get("type"), list):
        return any(_is_contained(sent, {**taken, "type": kind}) for kind in taken["type"])
    for key in ("oneOf", "anyOf"):
        if key in taken:
            rest = {name: value for name, value in taken.items() if name != key}
            branches = taken[key]
            if key == "oneOf" and not all(_disjoint(*pair) for pair in combinations(branches, 2)):
                return False
            return _is_contained(sent, rest) and any(
                _is_contained(sent, branch) for branch in branches
            )
    return False


_READ = {
    "object": {"type", "properties", "required", "additionalProperties", "propertyNames"},
    "array": {"type", "items", "minItems"},
}


def _same_type(sent: dict[str, Any], taken: dict[str, Any]) -> bool:
    """Compare part by part, if the receiver has no other keywords than the compared ones."""
    kind = sent.get("type")
    if kind not in ("object", "array") or taken.get("type", kind) != kind:
        return False
    if taken.keys() - _READ[kind]:
        return False
    if kind == "array":
        # ``items`` does not apply to items in the prefix.
        return (
            "prefixItems" not in sent
            and sent.get("minItems", 0) >= taken.get("minItems", 0)
            and _is_contained(sent.get("items", True), taken.get("items", True))
        )
    return _fields_are_contained(sent, taken)


def _fields_are_contained(sent: dict[str, Any], taken: dict[str, Any]) -> bool:
    if not set(taken.get("required", ())) <= set(sent.get("required", ())):
        return False
    if sent.keys() & (_DOCUMENTING - {"properties"}):
        return False
    fields, known = sent.get("properties", {}), taken.get("properties", {})
    rest = taken.get("additionalProperties", True)
    if not all(_is_contained(field, known.get(name, rest)) for name, field in fields.items()):
        return False
    # A sender with documented fields sends no others, unless it says so.
    more = sent.get("additionalProperties", "properties" not in sent)
    if not _names_are_contained(sent, taken.get("propertyNames", True), more):
        return False
    return _is_contained(more, rest) and all(
        _is_contained(more, known[name]) for name in known.keys() - fields.keys()
    )


def _names_are_contained(sent: dict[str, Any], rule: Any, more: Any) -> bool:
    """Whether all field names that a sender may use satisfy the receiver's rule for names."""
    takes = validator(rule)
    documented = (name for name, field in sent.get("properties", {}).items() if field is not False)
    if not all(map(takes.is_valid, documented)):
        return False
    return more is False or _is_contained(_text(sent.get("propertyNames", True)), _text(rule))


def _text(rule: Any) -> Any:
    return {**rule, "type": "string"} if isinstance(rule, dict) else rule and {"type": "string"}
