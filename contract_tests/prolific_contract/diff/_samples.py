"""Candidate values for a schema, varied one part at a time.

The search for a counterexample checks each candidate with two validators, so candidates may be
invalid. What matters is that for any change in a schema there is a candidate that varies in this
part only. The first candidate is plain. In the others, one part varies and the rest stays plain, so
their number grows with the size of the schema, not with the combinations.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeGuard

_UUID = "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
_BY_FORMAT: dict[str, tuple[str, ...]] = {
    "uuid": (_UUID, _UUID.upper()),
    "date-time": (
        "2026-03-20T10:30:00Z",
        "2026-03-20T10:30:00+02:00",
        "2026-03-20T10:30:00.250Z",
    ),
    "date": ("2026-03-20",),
    "time": ("10:30:00Z",),
    "duration": ("P1D",),
    "uri": ("https://files.example/export.zip", "urn:example:export"),
    "uri-reference": ("/export.zip", "https://files.example/export.zip"),
    "iri": ("https://files.example/export.zip",),
    "email": ("someone@files.example",),
    "hostname": ("files.example",),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
    "json-pointer": ("/field",),
    "regex": ("^a$",),
}
_NUMERIC_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_LENGTH_BOUNDS = ("minLength", "maxLength", "minItems", "maxItems")
# Names that typical rules for names distinguish, alone and after the prefix of a pattern.
_NAMES = ("x", "X", "1", "_", "-", ".", " ", "é", "", "xx", "x1", "x_x", "x-x", "x x", "xX")
_BEGINNING = re.compile(r"\^([\w-]*\w)(?![*?{])")
_ANYTHING: tuple[Any, ...] = ("text", 1, 0.5, True, None, [], {})
_UNDOCUMENTED = "field"
# Longest strings: for lengths from any schema, and for a schema's own lengths.
_LONGEST = 2000
_LONGEST_OWN = 100_000
_MOST = 20_000


class Hints:
    """Constants, bounds, lengths, formats and names that the compared schemas mention.

    For rules on the names of fields (``propertyNames``), also names to try.
    """

    def __init__(self, *schemas: Any) -> None:
        self.texts: dict[str, None] = {}
        self.numbers: dict[float, None] = {}
        self.lengths: dict[int, None] = {}
        self.names: dict[str, None] = {}
        self.formats: dict[str, None] = {}
        self.ruled: dict[str, None] = {}
        for schema in schemas:
            self._read(schema)

    def _read(self, node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                self._read(item)
        if isinstance(node, dict):
            self._read_constants(node)
            self._read_bounds(node)
            if "propertyNames" in node:
                self.ruled |= dict.fromkeys(_ruled(node["propertyNames"]))
            for value in node.values():
                self._read(value)

    def _read_constants(self, node: dict[str, Any]) -> None:
        for value in (*_listed(node.get("enum")), node.get("const")):
            if isinstance(value, str):
                self.texts[value] = None
            elif _is_number(value):
                self.numbers[value] = None
        if isinstance(node.get("format"), str):
            self.formats[node["format"]] = None
        if isinstance(node.get("properties"), dict):
            self.names |= dict.fromkeys(node["properties"])

    def _read_bounds(self, node: dict[str, Any]) -> None:
        for key in _NUMERIC_BOUNDS:
            if _is_number(bound := node.get(key)):
                self.numbers |= dict.fromkeys((bound, bound - 1, bound + 1))
        for key in _LENGTH_BOUNDS:
            if _is_number(bound := node.get(key)):
                lengths = (int(bound), int(bound) - 1, int(bound) + 1)
                self.lengths |= dict.fromkeys(n for n in lengths if 0 <= n <= _LONGEST)


def _ruled(rule: Any) -> Iterator[str]:
    """Names to try against a rule for names."""
    yield from _NAMES
    if isinstance(rule, dict):
        yield from (name for name in _values({**rule, "type": "string"}, Hints(rule)))
        match = _BEGINNING.match(str(rule.get("pattern", "")))
        if match:
            yield from (match[1] + name for name in _NAMES)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def samples(schema: Any, hints: Hints | None = None) -> Iterator[Any]:
    """Candidate values for a plain schema, plain ones first.

    Args:
        schema: A plain schema.
        hints: Further values to use; default: those of the schema.
    """
    return islice(_values(schema, hints or Hints(schema)), _MOST)


def _values(schema: Any, hints: Hints) -> Iterator[Any]:
    if schema is False:
        return
    if not isinstance(schema, dict):
        schema = {}
    if "const" in schema:
        yield schema["const"]
    elif isinstance(schema.get("enum"), list):
        yield from schema["enum"]
    elif "allOf" in schema:
        yield from _values(merged(schema), hints)
    elif "oneOf" in schema:
        yield from _of_branches("oneOf", schema, hints)
    elif "anyOf" in schema:
        yield from _of_branches("anyOf", schema, hints)
    elif types := _types(schema):
        for kind in types:
            yield from _of_type(kind, schema, hints)
    else:
        yield from _ANYTHING
        yield from hints.texts
        yield from hints.numbers


def _of_branches(key: str, schema: dict[str, Any], hints: Hints) -> Iterator[Any]:
    rest = {name: value for name, value in schema.items() if name != key}
    for branch in schema[key]:
        if branch is not False:
            yield from _values(merged({"allOf": [rest, branch]}), hints)


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """Merge a conjunction into one schema with roughly the same values."""
    merged: dict[str, Any] = {}
    parts = [{key: value for key, value in schema.items() if key != "allOf"}, *schema["allOf"]]
    for part in parts:
        if not isinstance(part, dict):
            continue
        for key, value in part.items():
            if key == "properties":
                merged[key] = {**merged.get(key, {}), **value}
            elif key in {"required", "allOf"}:
                merged[key] = [*merged.get(key, ()), *value]
            else:
                merged[key] = value
    return merged


def _types(schema: dict[str, Any]) -> tuple[str, ...]:
    types = schema.get("type")
    if isinstance(types, str):
        return (types,)
    if isinstance(types, list):
        return tuple(types)
    if "properties" in schema or "required" in schema:
        return ("object",)
    return ("array",) if "items" in schema else ()


def _of_type(kind: str, schema: dict[str, Any], hints: Hints) -> Iterator[Any]:
    if kind == "string":
        yield from _texts(schema, hints)
    elif kind in {"integer", "number"}:
        yield from _numbers(kind, schema, hints)
    elif kind == "boolean":
        yield from (True, False)
    elif kind == "null":
        yield None
    elif kind == "array":
        yield from _arrays(schema, hints)
    else:
        yield from _objects(schema, hints)


def _texts(schema: dict[str, Any], hints: Hints) -> Iterator[str]:
    yield from _BY_FORMAT.get(schema.get("format", ""), ())
    yield "text"
    yield from hints.texts
    yield ""
    for name in hints.formats:
        yield _BY_FORMAT.get(name, ("text",))[0]
    for length in (*_own_lengths(schema, "minLength", "maxLength"), *hints.lengths):
        yield "x" * length


def _own_lengths(schema: dict[str, Any], *keys: str) -> Iterator[int]:
    # Many generators write the largest 32-bit number for "unlimited".
    lengths = (schema[key] for key in keys if _is_number(schema.get(key)))
    yield from (int(length) for length in lengths if 0 <= length <= _LONGEST_OWN)


def _numbers(kind: str, schema: dict[str, Any], hints: Hints) -> Iterator[float]:
    own = Hints({key: schema[key] for key in _NUMERIC_BOUNDS if key in schema})
    step = schema.get("multipleOf")
    numbers = [1, 0, -1, *([step] if step else []), *own.numbers, *hints.numbers, 2**31, 2**63]
    if kind == "number":
        numbers += [0.5, -0.5]
    yield from numbers


def _arrays(schema: dict[str, Any], hints: Hints) -> Iterator[list[Any]]:
    if schema.get("minItems", 0) > _LONGEST_OWN:
        return
    prefix = [next(_values(item, hints), None) for item in schema.get("prefixItems", ())]
    items = schema.get("items", {})
    lengths = [*_own_lengths(schema, "minItems", "maxItems"), *hints.lengths]
    least = max(0, int(schema.get("minItems", 0)) - len(prefix))
    first = next(_values(items, hints), None)
    if not least:
        yield prefix
    for value in _values(items, hints):
        yield [*prefix, value, *[first] * (least - 1)]
    if items is not False:
        yield [*prefix, first, first]
        for length in lengths:
            yield [*prefix, *[first] * (length - len(prefix))]


def _objects(schema: dict[str, Any], hints: Hints) -> Iterator[dict[str, Any]]:
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    first = {
        name: value
        for name, field in properties.items()
        for value in [next(_values(field, hints), _NOTHING)]
        if value is not _NOTHING
    }
    least = {name: first.get(name, "text") for name in dict.fromkeys(required)}
    yield least
    yield {**least, **first}
    for name, field in properties.items():
        for value in _values(field, hints):
            yield {**least, name: value}
    for name in first:
        yield {other: value for other, value in first.items() if other != name}
    more = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    if more is False:
        return
    for name in (_UNDOCUMENTED, *(hint for hint in hints.names if hint not in properties)):
        for value in _values(more, hints):
            yield {**least, name: value}
    plain = next(_values(more, hints), "text")
    for name in hints.ruled:
        yield {**least, name: plain}


_NOTHING = object()
