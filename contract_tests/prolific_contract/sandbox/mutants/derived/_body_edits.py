"""Edits of JSON bodies at the path of a member."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import text_of, with_json
from prolific_contract.sandbox.mutants.derived._derivation import Begin, Edit, editing
from prolific_contract.sandbox.mutants.derived._members import FORMS, ITEM, BodyMember

Placed: TypeAlias = Callable[[dict[str, Any], str], object]
"""Edits the object that contains a member, given the member's name."""


def edited(value: Any, path: tuple[str, ...], edit: Placed) -> None:
    """Edit every object that contains the member at a path."""
    step, *rest = path
    if step == ITEM:
        for item in value:
            edited(item, tuple(rest), edit)
    elif rest and isinstance(value.get(step), dict | list):
        edited(value[step], tuple(rest), edit)
    elif not rest and step in value:
        edit(value, step)


def member_edit(member: BodyMember, edit: Placed) -> Begin:
    """A fault that edits one documented member, in the replies that have it."""

    def changed(reply: Reply) -> Reply:
        body = json.loads(text_of(reply))
        edited(body, member.path, edit)
        return with_json(reply, body)

    def has_member(reply: Reply) -> bool:
        if not FORMS[member.form](reply):
            return False
        found: list[object] = []
        edited(json.loads(text_of(reply)), member.path, lambda _, name: found.append(name))
        return bool(found)

    return editing(has_member, lambda _, reply: changed(reply))


def new_value(change: Callable[[Any], object]) -> Placed:
    """Replaces the value of a member."""

    def edit(owner: dict[str, Any], name: str) -> None:
        owner[name] = change(owner[name])

    return edit


def renamed(change: Callable[[str], str]) -> Placed:
    """Renames a member."""

    def edit(owner: dict[str, Any], name: str) -> None:
        owner[change(name)] = owner.pop(name)

    return edit


def removed(owner: dict[str, Any], name: str) -> None:
    """Remove a member."""
    del owner[name]


def body_edit(change: Callable[[Any], object]) -> Edit:
    """An edit of a whole JSON body."""
    return lambda _, reply: with_json(reply, change(json.loads(text_of(reply))))
