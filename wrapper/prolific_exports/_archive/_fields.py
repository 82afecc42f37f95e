"""Takes documented fields out of a JSON object, and leaves all others.

Each function removes a field from a copy of the object if the field has the documented
type. The rest is ``extra``: unknown fields, and fields of another type, unchanged.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from prolific_exports._archive._answer_shapes import TextList, Texts
from prolific_exports._model._timestamps import parse_timestamp

Item: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]
"""The documented texts of an item, and its other fields."""


def take_text(fields: dict[str, Any], name: str) -> str | None:
    """Take a text; None if the field is missing or has another type."""
    return fields.pop(name) if isinstance(fields.get(name), str) else None


def unfold_text(fields: dict[str, Any], layout: Texts) -> None:
    """Move a text that is folded in a list of one object, ``[{"value": "3"}]``, to its field."""
    name = layout.names[0]
    for folded in layout.folded_in:
        match fields.get(folded):
            case [dict() as only] if list(only) == [name] and type(only[name]) is str:
                if name not in fields:
                    del fields[folded]
                    fields[name] = only[name]


def take_items(fields: dict[str, Any], layout: Texts | TextList) -> list[Item] | None:
    """Take the content of an answer: the items of its list, or one item for its texts.

    Returns:
        None if a field is missing or has another type; ``fields`` may then lack others.
    """
    if isinstance(layout, Texts):
        unfold_text(fields, layout)
        texts = _take_texts(fields, layout.names)
        return None if texts is None else [(texts, {})]
    values = fields.pop(layout.name, None)
    if not isinstance(values, list):
        return None
    items = [item for value in values if (item := _item(value, layout)) is not None]
    return items if len(items) == len(values) else None


def _item(raw: Any, layout: TextList) -> Item | None:
    if not layout.fields:
        return ((raw,), {}) if isinstance(raw, str) else None
    if not isinstance(raw, dict):
        return None
    fields = dict(raw)
    texts = _take_texts(fields, layout.fields)
    return None if texts is None else (texts, fields)


def _take_texts(fields: dict[str, Any], names: Sequence[str]) -> tuple[str, ...] | None:
    texts = tuple(text for name in names if (text := take_text(fields, name)) is not None)
    return texts if len(texts) == len(names) else None


def take_instant(fields: dict[str, Any], name: str) -> datetime | None:
    """Take a date and time; None if the field is missing, has another type or no time zone.

    The field stays if it is more precise than a ``datetime``.
    """
    try:
        moment, is_exact = parse_timestamp(fields[name])
    except (KeyError, TypeError, ValueError):
        return None
    if is_exact:
        del fields[name]
    return moment


def have_responses(items: Any) -> bool:
    """Return whether this is a list of objects with answers, as in records of some batches."""
    return (
        isinstance(items, list)
        and bool(items)
        and all(
            isinstance(item, dict) and isinstance(item.get("responses"), dict) for item in items
        )
    )
