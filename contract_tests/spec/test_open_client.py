"""The generated client keeps what the contract does not have yet."""

import copy
import json
import pickle
from enum import Enum
from itertools import chain

import pytest
from prolific_api import models
from prolific_contract.spec import load_contract
from prolific_contract.spec._opening import TAGS, opened

CONTRACT = load_contract()
SCHEMAS = CONTRACT["components"]["schemas"]
MODELS = [name for name in SCHEMAS if hasattr(getattr(models, name, None), "from_dict")]
ENUMS = [
    one
    for one in (getattr(models, name) for name in models.__all__)
    if isinstance(one, type) and issubclass(one, Enum)
]
TEXTS = {
    "date-time": "2026-03-20T10:30:00+00:00",
    "uuid": "0192a3b4-c5d6-4e8f-9a0b-1c2d3e4f5a6b",
    "uri": "https://store.example.org/x",
}


def resolved(schema):
    name = schema.get("$ref", "").removeprefix("#/components/schemas/")
    return SCHEMAS[name] if name else schema


def sample(schema):
    """A value of a schema with all of its properties."""
    schema = resolved(schema)
    if "oneOf" in schema:
        return sample(schema["oneOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            return {name: sample(one) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema["items"])]
        case "string":
            return TEXTS.get(schema.get("format"), "text")
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return None


def places(schema, path=()):
    """Where in a schema's sample an enum or a union stands, and a value that it does not have."""
    schema = resolved(schema)
    if "oneOf" in schema:
        yield path, {"type": "brand_new", "status": "brand_new", "new": [1]}
        yield from places(schema["oneOf"][0], path)
    elif "enum" in schema:
        yield path, "brand_new"
    elif schema.get("type") == "array":
        yield from places(schema["items"], (*path, 0))
    for name, one in schema.get("properties", {}).items():
        yield from places(one, (*path, name))


def put(value, path, new):
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = put(value[path[0]], path[1:], new)
    return value


CASES = [
    pytest.param(name, path, new, id=f"{name}-{'.'.join(map(str, path))}-{type(new).__name__}")
    for name in MODELS
    for path, new in places(SCHEMAS[name])
]


@pytest.mark.parametrize("name", MODELS)
def test_sample_of_contract_round_trips(name):
    value = sample(SCHEMAS[name])

    assert getattr(models, name).from_dict(value).to_dict() == value


@pytest.mark.parametrize(("name", "path", "new"), CASES)
def test_unknown_enum_value_or_union_member_round_trips(name, path, new):
    value = put(sample(SCHEMAS[name]), path, new)

    written = getattr(models, name).from_dict(value).to_dict()

    assert written == value
    assert json.loads(json.dumps(written)) == value


def test_every_enum_and_union_of_contract_is_covered():
    covered = {
        id(schema) for name in MODELS for schema in chain([SCHEMAS[name]], inner(SCHEMAS[name]))
    }
    unread = [
        name
        for name, schema in SCHEMAS.items()
        if ("enum" in schema or "oneOf" in schema) and id(schema) not in covered
    ]

    # The states of exports are whole answers, and no part of another: see below.
    assert unread == ["BatchExportStatus", "CollectionExportStatus"]


def inner(schema):
    schema = resolved(schema)
    yield schema
    for one in (*schema.get("oneOf", ()), *schema.get("properties", {}).values()):
        yield from inner(one)
    if isinstance(schema.get("items"), dict):
        yield from inner(schema["items"])


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_unknown_value_of_enum_is_kept_as_member(enum):
    member = enum("brand_new")

    assert isinstance(member, enum)
    assert (member.value, str(member), member.name) == ("brand_new", "brand_new", "UNKNOWN")
    assert member == enum("brand_new") == "brand_new"
    assert hash(member) == hash("brand_new")
    assert copy.deepcopy(member) == pickle.loads(pickle.dumps(member)) == member
    assert member not in list(enum)


@pytest.mark.parametrize("value", [None, 1, ["brand_new"]])
def test_value_of_other_type_than_enum_is_refused(value):
    with pytest.raises(ValueError, match="is not a valid BatchStatus"):
        models.BatchStatus(value)


def test_known_member_is_typed_although_one_of_its_enums_has_unknown_value():
    item = {"type": "rich_text", "content": "c", "content_format": "brand_new"}

    (read,) = models.BatchItemsColumn.from_dict({"items": [item]}).items

    assert isinstance(read, models.BatchItemsItemRichText)
    assert read.content_format == "brand_new"


def test_unknown_member_of_union_is_plain_json():
    item = {"type": "brand_new", "description": "d"}

    assert models.BatchItemsColumn.from_dict({"items": [item]}).items == [item]


def test_star_rating_is_typed():
    item = {"type": "star_rating", "description": "How good is it?", "max_stars": 7}

    (read,) = models.BatchItemsColumn.from_dict({"items": [item]}).items

    assert isinstance(read, models.BatchItemsItemStarRating)
    assert read.max_stars == 7


def test_opened_contract_tags_objects_by_disjoint_required_enums():
    contract = {
        "components": {
            "schemas": {
                "U": {"oneOf": [{"$ref": "#/components/schemas/" + name} for name in "AB"]},
                "A": {
                    "type": "object",
                    "properties": {
                        "kind": {"enum": ["a", "b"]},
                        "side": {"enum": ["x"]},
                        "size": {"enum": [1]},
                        "free": {"enum": ["f"]},
                        "odd": True,
                    },
                    "required": ["kind", "side", "size", "odd"],
                },
                "B": {
                    "type": "object",
                    "properties": {
                        "kind": {"$ref": "#/components/schemas/C"},
                        "side": {"enum": ["x", "y"]},
                        "size": {"enum": [2]},
                        "free": {"enum": ["g"]},
                        "odd": {"enum": ["o"]},
                    },
                    "required": ["kind", "side", "size", "free", "odd"],
                },
                "C": {"type": "string", "enum": ["c"]},
                "D": True,
                "N": {"oneOf": [{"$ref": "#/components/schemas/D"}, {"type": "null"}]},
            }
        }
    }
    before = copy.deepcopy(contract)

    schemas = opened(contract)["components"]["schemas"]

    assert schemas["A"][TAGS] == {"kind": ["a", "b"]}
    assert schemas["B"][TAGS] == {"kind": ["c"]}
    assert schemas["U"]["oneOf"][2:] == schemas["N"]["oneOf"][2:] == [{}]
    assert contract == before
