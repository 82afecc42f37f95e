"""OpenAPI Overlay 1.0, with evidence for every action.

Beyond the specification, each action must state the source of its correction
(``x-evidence``: a document, and a discrepancy if one is recorded), and may be limited to
one edition of the contract (``x-edition``). A target that matches nothing is an error:
the published document has changed, and the correction needs a review.
"""

import re
from collections.abc import Sequence
from typing import Any

from attrs import frozen
from jsonpath_rfc9535 import JSONPathError, find

from prolific_contract._errors import OverlayError
from prolific_contract._vocabulary import EDITIONS, Edition
from prolific_contract.spec._structure import copy_json

_ACTION_KEYS = {"target", "description", "update", "remove", "x-evidence", "x-edition"}
_DISCREPANCY = re.compile(r"D-[1-9][0-9]*")


@frozen
class OverlayEvidence:
    """The source of a correction."""

    document: str
    discrepancy: str | None


@frozen
class OverlayAction:
    """One correction: removes the nodes that ``target`` selects, or merges ``update`` into them."""

    label: str
    target: str
    update: Any
    remove: bool
    edition: Edition | None
    evidence: tuple[OverlayEvidence, ...]


def parse_overlay(overlay: Any) -> list[OverlayAction]:
    """Parse an overlay document.

    Raises:
        OverlayError: The overlay is invalid, or an action has no evidence.
    """
    if not isinstance(overlay, dict) or not re.fullmatch(
        r"1\.0\.\d+", str(overlay.get("overlay", ""))
    ):
        raise OverlayError("the overlay is not an OpenAPI Overlay 1.0 document (overlay: 1.0.0)")
    info = overlay.get("info")
    if not isinstance(info, dict) or not {"title", "version"} <= info.keys():
        raise OverlayError("the overlay has no info with title and version")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        raise OverlayError("the overlay has no actions")
    return [_parse_action(number, action) for number, action in enumerate(actions, 1)]


def select(actions: Sequence[OverlayAction], edition: Edition | None) -> list[OverlayAction]:
    """The actions for one edition, or for the union of all editions.

    The union admits what any edition admits: it includes the updates of every edition and
    excludes removals that are limited to one.
    """
    return [
        action
        for action in actions
        if action.edition in {None, edition} or (edition is None and not action.remove)
    ]


def apply(document: Any, actions: Sequence[OverlayAction]) -> Any:
    """A copy of a document with the actions applied in order.

    Raises:
        OverlayError: A target is not a JSONPath, matches nothing, or can't be updated.
    """
    document = copy_json(document)
    for action in actions:
        locations = _matches(document, action)
        if action.remove:
            _remove(document, locations, action)
        else:
            for location in locations:
                _update(_at(document, location), action)
    return document


def _parse_action(number: int, action: Any) -> OverlayAction:
    target = action.get("target") if isinstance(action, dict) else None
    if not isinstance(target, str) or not target.strip():
        raise OverlayError(f"action {number} of the overlay has no target")
    label = f"action {number} of the overlay (target {target})"
    unknown = sorted(action.keys() - _ACTION_KEYS)
    if unknown:
        raise OverlayError(f"{label} has unknown keys: {', '.join(unknown)}")
    remove = action.get("remove", False)
    if not isinstance(remove, bool) or remove == ("update" in action):
        raise OverlayError(f"{label} must have either an update or remove: true")
    edition = action.get("x-edition")
    if edition is not None and edition not in EDITIONS:
        raise OverlayError(
            f"{label} has the unknown edition {edition!r}: use {' or '.join(EDITIONS)}"
        )
    return OverlayAction(
        label, target, action.get("update"), remove, edition, _evidence(label, action)
    )


def _evidence(label: str, action: dict[str, Any]) -> tuple[OverlayEvidence, ...]:
    stated = action.get("x-evidence")
    items = stated if isinstance(stated, list) else [stated]
    evidence = []
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("document"), str):
            raise OverlayError(
                f"{label} has no evidence: add x-evidence with the document that supports the "
                "correction, and the discrepancy if one is recorded"
            )
        discrepancy = item.get("discrepancy")
        if discrepancy is not None and not _DISCREPANCY.fullmatch(str(discrepancy)):
            raise OverlayError(
                f"{label} has the invalid discrepancy {discrepancy!r}: use the form D-7"
            )
        evidence.append(OverlayEvidence(item["document"], discrepancy))
    if not evidence:
        raise OverlayError(f"{label} has an empty list of evidence")
    return tuple(evidence)


_Location = tuple[int | str, ...]


def _matches(document: Any, action: OverlayAction) -> list[_Location]:
    try:
        locations = [node.location for node in find(action.target, document)]
    except JSONPathError as error:
        raise OverlayError(f"{action.label} is not an RFC 9535 JSONPath: {error}") from error
    if not locations:
        raise OverlayError(
            f"{action.label} matches nothing: the document has changed, so correct or remove "
            "the action"
        )
    # A filter or a union of selectors may select one node twice.
    return list(dict.fromkeys(locations))


def _at(document: Any, location: _Location) -> Any:
    for step in location:
        document = document[step]
    return document


def _remove(document: Any, locations: list[_Location], action: OverlayAction) -> None:
    if () in locations:
        raise OverlayError(f"{action.label} would remove the whole document")
    # Last first: removing an array item moves the items after it, and nested nodes must be
    # removed before the nodes that contain them.
    for location in sorted(locations, key=_document_order, reverse=True):
        del _at(document, location[:-1])[location[-1]]


def _document_order(location: _Location) -> tuple[tuple[bool, int | str], ...]:
    return tuple((isinstance(step, str), step) for step in location)


def _update(node: Any, action: OverlayAction) -> None:
    if isinstance(node, list):
        node.append(copy_json(action.update))
    elif isinstance(node, dict) and isinstance(action.update, dict):
        _merge(node, action.update)
    else:
        raise OverlayError(
            f"{action.label} can't apply its update: Overlay 1.0 merges an object into an object "
            "and appends an entry to an array. To replace another value, update the object that "
            "contains it"
        )


def _merge(node: dict[str, Any], update: dict[str, Any]) -> None:
    for key, value in update.items():
        present = node.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(copy_json(value))
        else:
            node[key] = copy_json(value)
