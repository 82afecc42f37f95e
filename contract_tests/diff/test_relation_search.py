"""A search with random schemas, which knows nothing of how the verdicts come about."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract.diff._forms import Schema, closed, plain
from prolific_contract.diff._relation import (
    validator,
)
from prolific_contract.spec._structure import walk

from diff.relations import CONTRACT, SCHEMAS, UUID, object_of, relate

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1e30]),
    st.sampled_from(["text", "", "a", "new", "2026-03-20T10:30:00Z", "https://a.example"]),
    st.just("a1b2c3d4-e5f6-4890-abcd-ef1234567890"),
)
_ANY = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=2), max_leaves=3)


@st.composite
def _instances(draw, schema):
    """Values by a schema, in most places."""
    if not isinstance(schema, dict) or draw(st.integers(0, 30)) == 0:
        return draw(_ANY)
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return draw(_instances(draw(st.sampled_from(schema[key]))))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kind = schema.get("type")
    kind = draw(st.sampled_from(kind)) if isinstance(kind, list) else kind
    if kind == "object" or "properties" in schema:
        fields = schema.get("properties", {})
        kept = [n for n in fields if n in schema.get("required", ()) or draw(st.booleans())]
        return {name: draw(_instances(fields[name])) for name in kept}
    if kind == "array":
        return [draw(_instances(schema.get("items"))) for _ in range(draw(st.integers(0, 2)))]
    return draw(_SCALARS)


_LEAVES = st.sampled_from(
    [
        *({"type": kind} for kind in ("string", "integer", "number", "boolean", "null")),
        {"type": ["string", "null"]},
        UUID,
        {"type": "string", "format": "date-time"},
        {"type": "string", "enum": ["a", "new"]},
        {"enum": ["a"]},
        {},
    ]
)
_NAMES = st.sampled_from(["a", "b", "c"])


def _larger(inner):
    fields = st.dictionaries(_NAMES, inner, max_size=3)
    objects = st.builds(
        lambda fields, required: object_of([n for n in fields if n in required], **fields),
        fields,
        st.sets(_NAMES),
    )
    return st.one_of(
        objects,
        st.builds(lambda node: {**node, "additionalProperties": False}, objects),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda more: {"type": "object", "additionalProperties": more}, inner),
        st.builds(lambda branches: {"oneOf": branches}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(inner, min_size=1, max_size=2)),
    )


_ANY_SCHEMA = st.recursive(_LEAVES, _larger, max_leaves=8)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_search_contradicts_a_verdict(data):
    sent, taken = data.draw(_ANY_SCHEMA), data.draw(_ANY_SCHEMA)
    relation = relate(sent, taken)
    may_send, takes = validator(closed(sent)), validator(taken)

    if relation.kind == "breaking":
        assert may_send.is_valid(relation.example)
        assert not takes.is_valid(relation.example)
    elif relation.kind != "unknown":
        for _ in range(5):
            value = data.draw(_instances(sent))
            assert takes.is_valid(value) or not may_send.is_valid(value), json.dumps(value)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_no_search_contradicts_a_verdict_on_the_contract(data):
    name = data.draw(st.sampled_from(sorted(SCHEMAS)))
    sent = plain(Schema(CONTRACT, SCHEMAS[name]))
    taken = json.loads(json.dumps(sent))
    _edit(data, taken)
    if data.draw(st.booleans()):
        sent, taken = taken, sent
    relation = relate(sent, taken)
    may_send, takes = validator(closed(sent)), validator(taken)

    assert relation.kind != "unknown"
    if relation.kind == "breaking":
        assert may_send.is_valid(relation.example)
        assert not takes.is_valid(relation.example)
    else:
        for _ in range(3):
            value = data.draw(_instances(sent))
            assert takes.is_valid(value) or not may_send.is_valid(value), json.dumps(value)


def _edit(data, schema):
    """Change one place of a schema."""
    places = [place.node for place in walk(schema, "schema")]
    node = data.draw(st.sampled_from(places))
    if node.get("enum"):
        node["enum"] = [*node["enum"][1:], "another"]
    elif node.get("required") and data.draw(st.booleans()):
        node["required"] = node["required"][1:]
    elif node.get("properties"):
        node["properties"].pop(min(node["properties"]))
        node["required"] = [n for n in node.get("required", ()) if n in node["properties"]]
    elif node.get("oneOf"):
        node["oneOf"] = node["oneOf"][1:] or [{"type": "null"}]
    else:
        node.pop("format", None)
        node["type"] = data.draw(st.sampled_from(["string", "integer", "boolean"]))
