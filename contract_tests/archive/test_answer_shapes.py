"""The table of answer shapes and what is written by hand for each type agree."""

from typing import get_args

import attrs
import prolific_exports
import pytest
from prolific_exports import Response, UnknownResponse
from prolific_exports._archive._answer_shapes import SHAPES, TextList
from prolific_exports._archive._responses import parse_response

CLASSES = {one.type: one for one in get_args(Response) if one is not UnknownResponse}


def example(type_):
    """An answer of this type with a text in every documented field."""
    layout = SHAPES[type_].layout
    if isinstance(layout, TextList):
        item = {name: name for name in layout.fields} or "text"
        return {"type": type_, layout.name: [item, item]}
    return {"type": type_, **{name: name for name in layout.names}}


def test_every_known_type_has_a_response_class():
    assert CLASSES.keys() == SHAPES.keys()


@pytest.mark.parametrize("type_", SHAPES)
def test_response_class_is_public(type_):
    assert getattr(prolific_exports, CLASSES[type_].__name__) is CLASSES[type_]


@pytest.mark.parametrize("type_", SHAPES)
def test_response_class_has_the_fields_of_its_shape(type_):
    layout = SHAPES[type_].layout
    names = (layout.name,) if isinstance(layout, TextList) else layout.names
    assert [one.name for one in attrs.fields(CLASSES[type_])] == [*names, "description", "extra"]


@pytest.mark.parametrize("type_", SHAPES)
def test_answer_with_every_documented_field_becomes_its_class(type_):
    response = parse_response(example(type_))
    assert type(response) is CLASSES[type_]
    assert response.extra == {}
    layout = SHAPES[type_].layout
    if isinstance(layout, TextList) and layout.fields:
        for item in getattr(response, layout.name):
            assert [getattr(item, name) for name in layout.fields] == [*layout.fields]
            assert item.extra == {}
            assert getattr(prolific_exports, type(item).__name__) is type(item)
