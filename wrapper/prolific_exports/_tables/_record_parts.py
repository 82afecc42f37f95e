"""Splits records into parts, each with the answers of one submission.

A collection has one record per submission, with ``responses`` (documents/003). The records of
batches are not documented. This module recognises the same shape, and records with a list of such
objects in ``tasks`` or ``submissions``, which inherit the fields of their record. It keeps every
other record whole.
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
    """The answers of one submission (and one task, in some batches).

    Attributes:
        identity: The values of the columns ``IDENTITY``.
        responses: The answers' JSON by instruction id; None if none are recognised.
        extra: The rest of the record, by where it was found.
    """

    identity: tuple[Any, ...]
    responses: Mapping[str, Any] | None
    extra: Mapping[str, Any]


def record_parts(record: Any) -> Iterator[RecordPart]:
    """Yield the parts of a record: at least one, and together its whole content."""
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


def answers_of(record: Any) -> Iterator[tuple[str, Any]]:
    """Yield the answers of all parts of a record by instruction id, without the rest."""
    responses = record.get("responses") if isinstance(record, dict) else None
    if isinstance(responses, dict):
        yield from responses.items()
        return
    for part in record_parts(record):
        yield from (part.responses or {}).items()


def take_text(fields: dict[str, Any], name: str) -> str | None:
    """Take a text out of an object.

    Removes the field, unless it is not a text or has lone surrogates. Removes a null too, since
    it counts as missing.
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
    # A timestamp more precise than microseconds is also kept in ``extra``.
    if is_exact:
        del fields[name]
    return moment


def _values(identity: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(map(identity.get, IDENTITY))


def _level(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields} if fields else {}
