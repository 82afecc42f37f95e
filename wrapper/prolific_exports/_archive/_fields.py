"""Fields of a JSON object whose type is looked at before it is believed.

Each function takes one field out of a copy of the object, if it has the
documented type, and leaves it there if not. What is left at the end is
``extra``: unknown fields and those of another type, as they came. Nothing is
converted by guess.
"""

from datetime import datetime
from typing import Any

from prolific_exports._model._timestamps import parse_timestamp


def take_text(fields: dict[str, Any], name: str) -> str | None:
    """The field's text; None when it is missing or something else."""
    return fields.pop(name) if isinstance(fields.get(name), str) else None


def unfold_rating(fields: dict[str, Any]) -> None:
    """Let a star rating's stars be its ``value``, as in other answers that are one text.

    How archives have them is not published. The API has them as its other answers, in a list:
    ``[{"value": "3"}]``.
    """
    for name in ("answer", "values"):
        match fields.get(name):
            case [{"value": stars, **others}] if type(stars) is str and not others:
                if "value" in fields:
                    continue
                del fields[name]
                fields["value"] = stars


def take_instant(fields: dict[str, Any], name: str) -> datetime | None:
    """The field's date and time; None when it is missing, something else or has no zone.

    A text that says more than the date and time can hold stays there, too.
    """
    try:
        moment, is_exact = parse_timestamp(fields[name])
    except (KeyError, TypeError, ValueError):
        return None
    if is_exact:
        del fields[name]
    return moment


def have_responses(items: Any) -> bool:
    """Whether this is a list of objects that each have answers, as some batches' records hold."""
    return (
        isinstance(items, list)
        and bool(items)
        and all(
            isinstance(item, dict) and isinstance(item.get("responses"), dict) for item in items
        )
    )
