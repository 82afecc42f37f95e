"""Reading YAML by the 1.2 core schema, writing it in one layout."""

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_contract import DocumentError
from prolific_contract.spec import dump_yaml, load_yaml

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))
    | st.from_regex(r"[-+.0-9a-fox_:eT~]{1,8}", fullmatch=True)
    | st.sampled_from(
        ["yes", "No", "null", "True", "2026-03-20", "1:30", "0o17", "010", "", "a\nb"]
    ),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text("abc1:~ ", max_size=4), children)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-20", "2026-03-20"),
        ("2026-03-20T10:30:00Z", "2026-03-20T10:30:00Z"),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("=", "="),
        ("True", True),
        ("false", False),
        ("~", None),
        ("Null", None),
        ("", None),
        ("010", 10),
        ("-7", -7),
        ("0o17", 15),
        ("0xff", 255),
        ("1.5e3", 1500.0),
        ("-.inf", -math.inf),
        ("'404'", "404"),
        ("!!bool TRUE", True),
        ("!!null ''", None),
        ("!!str 404", "404"),
    ],
)
def test_scalars_are_read_by_the_core_schema(text, value):
    read = load_yaml(f"key: {text}", source="x")["key"]

    assert read == value
    assert type(read) is type(value)


def test_nan_is_read_as_a_number():
    assert math.isnan(load_yaml(".nan", source="x"))


def test_keys_are_text_as_in_json():
    assert load_yaml("200: a\ntrue: b\n2026-03-20: c", source="x") == {
        "200": "a",
        "true": "b",
        "2026-03-20": "c",
    }


def test_json_is_yaml():
    assert load_yaml('{"a": [1, null, "x"]}', source="x") == {"a": [1, None, "x"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "page.txt is not readable YAML"),
        ("a: 1\na: 2", "the key 'a' appears twice"),
        ("? [a]\n: 1", "a mapping's key is not a scalar"),
        ("a: !!python/name:os.system x", "could not determine a constructor"),
        ("a: \x00", "page.txt is not readable YAML"),
        ("a: !!int many", "page.txt is not readable YAML"),
        ("a: !!bool foo", "'foo' is neither true nor false"),
        ("a: !!bool yes", "'yes' is neither true nor false"),
        ("a: !!null foo", "'foo' is not null"),
        ("a: !!null {b: c}", "page.txt is not readable YAML"),
        ("a: !!map foo", "a node tagged as a mapping is not one"),
        ("a: !!map [b]", "a node tagged as a mapping is not one"),
        ("a: !!seq foo", "page.txt is not readable YAML"),
        ("a: !!timestamp foo", "could not determine a constructor for the tag"),
        ("a: !!timestamp 2026-03-20", "could not determine a constructor for the tag"),
        ("a: !!set {b}", "could not determine a constructor for the tag"),
        ("a: !!binary aGk=", "could not determine a constructor for the tag"),
        ("a: !!omap [b: c]", "could not determine a constructor for the tag"),
        ("a: !mine b", "could not determine a constructor for the tag"),
    ],
)
def test_unsupported_yaml_is_refused(text, said):
    with pytest.raises(DocumentError, match="page.txt") as caught:
        load_yaml(text, source="page.txt")

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 30_000,
        "{a: " * 600,
        "? " * 600,
        "\n".join(" " * level + "a:" for level in range(600)),
        "[" * 65 + "]" * 65,
        # Each list holds the one before it: flat as text, deep as a value.
        "- &0 []\n" + "".join(f"- &{n + 1} [*{n}]\n" for n in range(64)),
    ],
    ids=["lists", "maps", "keys", "blocks", "too-deep-by-one", "aliases"],
)
def test_too_deeply_nested_yaml_is_refused(text):
    with pytest.raises(DocumentError, match=r"^page.txt is nested deeper than 64 levels$"):
        load_yaml(text, source="page.txt")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 64 + "]" * 64,
        "- &s x\n- " + "[" * 63 + "*s" + "]" * 63,
        "- &l " + "[" * 30 + "]" * 30 + "\n- " + "[" * 33 + "*l" + "]" * 33,
    ],
    ids=["lists", "alias-of-a-scalar", "alias-of-a-list"],
)
def test_yaml_nested_below_the_limit_is_read(text):
    assert load_yaml(text, source="x")


def test_alias_bomb_is_refused():
    lines = ["- &0 [" + "x, " * 9 + "x]"]
    lines += [f"- &{n + 1} [" + f"*{n}, " * 9 + f"*{n}]" for n in range(9)]
    with pytest.raises(DocumentError, match=r"^page.txt expands to more than 1,000,000 values$"):
        load_yaml("\n".join(lines), source="page.txt")
    # Up to a million it is read, each value once.
    assert len(load_yaml("\n".join(lines[:5]), source="x")) == 5


@settings(deadline=None)
@given(JSON_VALUES)
def test_written_yaml_round_trips(value):
    assert load_yaml(dump_yaml(value), source="x") == value


@settings(deadline=None)
@given(st.sampled_from(["yes", "2026-03-20", "1_000", "0o17", "010", "~", "on"]))
def test_yaml_1_1_readers_read_the_same_text(text):
    assert yaml.safe_load(dump_yaml({"k": text})) == {"k": text}


def test_layout_is_stable():
    shared = {"type": "string"}
    document = {"b": shared, "a": [shared, {"long": "word " * 60}], "text": "one\ntwo\n"}

    assert dump_yaml(document) == (
        "b:\n  type: string\n"
        "a:\n  - type: string\n  - long: '" + "word " * 60 + "'\n"
        "text: |\n  one\n  two\n"
    )


@pytest.mark.parametrize("text", ["\x85", "a\u2028b", "\u2029 a\nb", "a\nb\x85", " a\n\x85\n"])
def test_unusual_line_endings_are_kept(text):
    assert load_yaml(dump_yaml({text: [text]}), source="x") == {text: [text]}
