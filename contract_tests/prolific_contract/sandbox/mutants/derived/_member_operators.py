"""Operators on the documented members of bodies: omit, add, type, case, off by one."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from attrs import frozen
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import Action, Edition, Kind
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox.mutants.derived._body_edits import (
    Placed,
    body_edit,
    member_edit,
    new_value,
    removed,
    renamed,
)
from prolific_contract.sandbox.mutants.derived._derivation import Derivation, editing
from prolific_contract.sandbox.mutants.derived._members import FORMS, ITEM, BodyMember, members_of

_NO_CODES: Final = "No document lists the error codes."
_NO_WORDS: Final = "No document lists the states of a listed job, so any string can be one."
_SAME_UUID: Final = "RFC 9562 compares UUIDs without regard to case."
_ROUNDING: Final = (
    "Times are rounded, and two machines of one service differ by seconds: the laws allow a minute."
)

# One value of each JSON type.
_VALUES: Final[dict[str, object]] = {
    "null": None,
    "boolean": True,
    "integer": 140000,
    "string": "text",
    "array": [],
    "object": {},
}

_UNITS: Final = {
    "second": timedelta(seconds=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


@frozen
class _Change:
    """A change of the value of a member, with the words for it."""

    target: str
    words: str
    edit: Placed
    open_because: str = ""


def on_members(edition: Edition, kind: Kind, action: Action) -> Iterator[Derivation]:
    """Every derivation from the documented members of an operation."""
    members = members_of(edition, kind, action)
    for member in members:
        for operator, changes in _OPERATORS.items():
            for change in changes(member):
                yield _derivation(operator, action, member, change)
    for form in dict.fromkeys(member.form for member in members):
        yield Derivation(
            operator="add",
            target=f"{form}.member",
            sentence=f"It adds an undocumented member to the body of form {form}",
            action=action,
            begin=editing(FORMS[form], body_edit(_with_member)),
            needs_failed_job=form == "failed",
            strict=True,
        )


def _derivation(operator: str, action: Action, member: BodyMember, change: _Change) -> Derivation:
    suffix = f".{change.target}" if change.target else ""
    # The server does not know the id that it sends in another case.
    is_lost = change.open_because == _SAME_UUID and action == "request"
    return Derivation(
        operator=operator,
        target=f"{member.name}{suffix}",
        sentence=change.words.format(name=".".join(s for s in member.path if s != ITEM)),
        action=action,
        begin=member_edit(member, change.edit),
        needs_failed_job=member.form == "failed",
        # Whether a value is wrong late shows with one wrong value as well as with another.
        repeats=operator not in ("type", "case"),
        open_because="" if is_lost else change.open_because,
    )


def _with_member(body: Any) -> object:
    if isinstance(body, list):
        return [_with_member(item) for item in body]
    return {**body, "retention": {"days": 30}}


def _is_sent(member: BodyMember) -> bool:
    """Whether the sandbox sends it: an optional member of an error is never sent."""
    return member.required or "filter" in member.path


def _omitted(member: BodyMember) -> Iterator[_Change]:
    if _is_sent(member):
        yield _Change("", "It omits {name}", removed)


def _retyped(member: BodyMember) -> Iterator[_Change]:
    if not _is_sent(member):
        return
    for name, value in _VALUES.items():
        if name not in member.types:
            yield _Change(name, f"It sends {{name}} as {name}", new_value(_always(value)))
    for name, change in _FORMATS.get(member.format or "", {}).items():
        yield _Change(name, f"It sends {{name}} as {name}", new_value(change))


def _naive(text: str) -> str:
    return text.removesuffix("Z")


_FORMATS: Final[dict[str, dict[str, Callable[[str], object]]]] = {
    "uuid": {
        "braces": lambda text: f"{{{text}}}",
        "hex": lambda text: text.replace("-", ""),
        "prefixed": lambda text: f"exp_{text}",
        "empty": lambda _: "",
    },
    "date-time": {
        "naive": _naive,
        "date": lambda text: text[:10],
        "spaced": lambda text: text.replace("T", " ").replace("Z", " UTC"),
        "empty": lambda _: "",
    },
    "uri": {
        "relative": lambda text: urlunsplit(("", "", *urlsplit(text)[2:])),
        "bare": lambda text: text.partition("://")[2],
        "spaced": lambda text: f" {text}",
        "empty": lambda _: "",
    },
}


def _recased(member: BodyMember) -> Iterator[_Change]:
    if not _is_sent(member):
        return
    name = member.path[-1]
    for form, change in (("upper", str.upper), ("camel", _camel)):
        if change(name) != name:
            yield _Change(f"name-{form}", f"It sends {{name}} as {change(name)}", renamed(change))
    listed = member.form == "list" and name == "status"
    for form, change in (("upper", str.upper), ("title", str.title)):
        if member.values or listed:
            yield _Change(
                f"value-{form}",
                f"It sends the value of {{name}} in {form} case",
                new_value(change),
                _NO_WORDS if listed and not member.values else "",
            )
    if member.format == "uuid":
        yield _Change(
            "value-upper", "It sends {name} in upper case", new_value(str.upper), _SAME_UUID
        )
    if member.format == "uri":
        yield _Change(
            "value-lower",
            "It sends {name} with its query in lower case",
            new_value(lambda url: "?".join([url.split("?")[0], url.split("?")[1].lower()])),
        )


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


def _off_by_one(member: BodyMember) -> Iterator[_Change]:
    if not _is_sent(member):
        return
    code = _NO_CODES if member.path[-1] == "error_code" else ""
    if "integer" in member.types:
        for sign, step in (("plus", 1), ("minus", -1)):
            yield _Change(sign, f"It sends {{name}} {sign} one", new_value(step.__add__), code)
    if member.format == "date-time":
        for unit, size in _UNITS.items():
            for words, span in (("later", size), ("earlier", -size)):
                yield _Change(
                    f"{unit}-{words}",
                    f"It sends {{name}} one {unit} {words}",
                    new_value(_moved(span)),
                    _ROUNDING if unit == "second" and "filter" not in member.path else "",
                )
    if member.format == "uuid":
        yield _Change("next", "It sends {name} with its last digit changed", new_value(next_id))


def _moved(span: timedelta) -> Callable[[str], str]:
    return lambda text: utc_timestamp(parse_timestamp(text).moment + span)


def _always(value: object) -> Callable[[object], object]:
    return lambda _: value


def next_id(some_id: str) -> str:
    """The id with another last digit."""
    return f"{some_id[:-1]}{(int(some_id[-1], 16) + 1) % 16:x}"


_OPERATORS: Final[dict[str, Callable[[BodyMember], Iterator[_Change]]]] = {
    "omit": _omitted,
    "type": _retyped,
    "case": _recased,
    "off-by-one": _off_by_one,
}
