"""What an omitted value means in two contracts.

The receiver replaces an omitted value by its default. If the new contract changes or removes the
default, the same message means something else, although no side refuses it.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from prolific_contract.diff._forms import Schema, plain
from prolific_contract.diff._messages import ABSENT, sending
from prolific_contract.diff._relation import validator
from prolific_contract.diff._samples import Hints, merged, samples

_EACH: Final = "*"
_BRANCHES = ("oneOf", "anyOf")


@frozen
class Default:
    """A field whose default the new contract changes."""

    path: tuple[str, ...]
    """Path of the field; ``*`` stands for each item or each unnamed field."""
    old: Any
    new: Any
    """`ABSENT` where the new contract has none."""
    within: tuple[tuple[tuple[str, ...], Any], ...]
    """The branches that contain the field, as plain schemas of the sender, with their paths."""
    is_required: bool
    """Whether the sender must send the field."""

    @property
    def pointer(self) -> str:
        """The path as a JSON pointer."""
        return "".join(f"/{step}" for step in self.path)

    @property
    def change(self) -> str:
        """What changes for senders that omit the field."""
        return changed(self.old, self.new)


def changed(old: Any, new: Any) -> str:
    """The change of a default in words."""
    if new is ABSENT:
        return f"if omitted, it meant {json.dumps(old)}; the default is no longer documented"
    return f"if omitted, it now means {json.dumps(new)} instead of {json.dumps(old)}"


def default_of(schema: Schema) -> Any:
    """The default of a schema; `ABSENT` if there is none."""
    return _default(plain(schema, defaults=True))


def is_changed(old: Any, new: Any) -> bool:
    """Whether a default that clients rely on is changed or removed."""
    return old is not ABSENT and (new is ABSENT or json.dumps(old) != json.dumps(new))


def changed_defaults(old: Schema, new: Schema, sender: Schema) -> Iterator[Default]:
    """The fields inside a value whose defaults the new contract changes.

    Args:
        old: The schema in the old contract.
        new: The schema in the new contract.
        sender: The schema of the sender, one of the two.
    """
    forms = plain(old, defaults=True), plain(new, defaults=True)
    sent = 0 if sender is old else 1
    yield from _walk(forms, sent, (), ())


def leaving_out(default: Default, sender: Schema) -> Any:
    """A value that a sender may send without the field; `ABSENT` if none was found."""
    sent = sending(sender)
    may_send = validator(sent)
    guards = [(path, validator(branch)) for path, branch in default.within]
    for value in samples(sent, Hints(sent)):
        if (
            any(default.path[-1] not in parent for parent in _at(value, default.path[:-1]))
            and all(any(map(guard.is_valid, _at(value, path))) for path, guard in guards)
            and may_send.is_valid(value)
        ):
            return value
    return ABSENT


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """The objects at a path of a value."""
    if not path:
        if isinstance(value, dict):
            yield value
    elif path[0] != _EACH:
        if isinstance(value, dict) and path[0] in value:
            yield from _at(value[path[0]], path[1:])
    else:
        inner = value.values() if isinstance(value, dict) else value
        for item in inner if isinstance(value, dict | list) else ():
            yield from _at(item, path[1:])


def _default(form: Any) -> Any:
    return _flat(form).get("default", ABSENT) if isinstance(form, dict) else ABSENT


def _flat(form: dict[str, Any]) -> dict[str, Any]:
    while "allOf" in form:
        form = merged(form)
    return form


def _walk(
    forms: tuple[Any, Any],
    sent: int,
    path: tuple[str, ...],
    within: tuple[tuple[tuple[str, ...], Any], ...],
) -> Iterator[Default]:
    if not all(isinstance(form, dict) for form in forms):
        return
    old, new = map(_flat, forms)
    required = (old, new)[sent].get("required", ())
    fields, kept = old.get("properties", {}), new.get("properties", {})
    for name in fields:
        if name in kept:
            before, after = _default(fields[name]), _default(kept[name])
            if is_changed(before, after):
                yield Default((*path, name), before, after, within, name in required)
            yield from _walk((fields[name], kept[name]), sent, (*path, name), within)
    for key in ("items", "additionalProperties"):
        yield from _walk((old.get(key), new.get(key)), sent, (*path, _EACH), within)
    for key in _BRANCHES:
        for pair in _pairs(old.get(key, ()), new.get(key, ())):
            yield from _walk(pair, sent, path, (*within, (path, pair[sent])))


def _pairs(old: list[Any], new: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The corresponding branches of two unions."""
    for left in old:
        for right in new:
            if _tags(left) & _tags(right) or _without_defaults(left) == _without_defaults(right):
                yield left, right
                break


def _tags(branch: Any) -> set[str]:
    """The constants that distinguish the branches of a union."""
    form = _flat(branch) if isinstance(branch, dict) else {}
    fields = form.get("properties", {})
    return {
        f"{name}={fields[name]['enum'][0]!r}"
        for name in form.get("required", ())
        if isinstance(fields.get(name), dict) and len(fields[name].get("enum", ())) == 1
    }


def _without_defaults(branch: Any) -> Any:
    return plain(Schema({}, branch))
