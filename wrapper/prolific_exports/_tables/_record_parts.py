"""Where in a record the answers are, and whose they are.

Collections: one record a submission, with ``responses`` (documents/003). The records of batches
are not published: recognised are the same shape, and records whose ``tasks`` or ``submissions``
are a list of such objects, which inherit what their record says. Every other record is kept whole.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from prolific_exports._archive._fields import have_responses
from prolific_exports._model._timestamps import parse_timestamp
from prolific_exports._tables._column_names import IDENTITY
from prolific_exports._tables._values import encodable, is_text

_TEXTS: Final = IDENTITY[:-1]
_LISTS: Final = ("tasks", "submissions")


@frozen
class RecordPart:
    """Answers that belong to one submission (and one task, in some batches).

    Attributes:
        identity: The values of the columns ``IDENTITY``.
        responses: The answers' JSON by instruction id; None when none were recognised.
        extra: What is left of the record, by the place that it was found in.
    """

    identity: tuple[Any, ...]
    responses: Mapping[str, Any] | None
    extra: Mapping[str, Any]


def record_parts(record: Any) -> Iterator[RecordPart]:
    """The parts of a record; at least one, and between them they have all of it."""
    if isinstance(record, dict):
        fields = dict(record)
        identity = _take_identity(fields)
        responses = fields.pop("responses", None)
        if isinstance(responses, dict):
            yield RecordPart(_values(identity), responses, _level("record", fields))
            return
        for name in _LISTS:
            if have_responses(record.get(name)):
                items = record[name]
                fields = {key: value for key, value in fields.items() if key != name}
                if responses is not None:
                    fields["responses"] = responses
                for number, item in enumerate(items):
                    own = dict(item)
                    inherited = identity | _take_identity(own)
                    answers = own.pop("responses")
                    outer = _level("record", fields) if not number else {}
                    yield RecordPart(_values(inherited), answers, outer | _level("part", own))
                return
    yield RecordPart((None,) * len(IDENTITY), None, {"record": record})


def take_text(fields: dict[str, Any], name: str) -> str | None:
    """Take a text out of an object; what is no text, or no table's text can hold, stays there.

    A null is what a missing field is, and is taken too.
    """
    value = fields.get(name)
    if value is None:
        fields.pop(name, None)
        return None
    if not is_text(value):
        return None
    text = encodable(value)
    if text == value:
        del fields[name]
    return text


def _take_identity(fields: dict[str, Any]) -> dict[str, Any]:
    taken: dict[str, Any] = {name: take_text(fields, name) for name in _TEXTS}
    taken[IDENTITY[-1]] = _take_moment(fields, IDENTITY[-1])
    return {name: value for name, value in taken.items() if value is not None}


def _take_moment(fields: dict[str, Any], name: str) -> datetime | None:
    value = fields.get(name)
    if value is None:
        fields.pop(name, None)
        return None
    if not is_text(value):
        return None
    try:
        moment, is_exact = parse_timestamp(value)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # What a table's microseconds cannot hold is in ``extra``, besides.
    if is_exact:
        del fields[name]
    return moment


def _values(identity: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(map(identity.get, IDENTITY))


def _level(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields} if fields else {}
