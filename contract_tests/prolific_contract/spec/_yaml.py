"""Reads YAML by the 1.2 core schema, and writes it in one stable layout."""

import re
from collections.abc import Iterator
from typing import Any, cast

import yaml

from prolific_contract._errors import DocumentError

# YAML 1.2.2, section 10.3.2. PyYAML implements YAML 1.1, where an unquoted
# 2026-03-20 is a date, "no" is false and 010 is eight.
_CORE_SCHEMA = (
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    (
        "tag:yaml.org,2002:int",
        re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"),
        list("-+0123456789"),
    ),
    (
        "tag:yaml.org,2002:float",
        re.compile(
            r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
        ),
        list("-+.0123456789"),
    ),
)

# Functions that walk a document recurse at least once per level; the published one has 11.
_DEEPEST = 64
# Aliases count as their targets; the published document has 23,000.
_MOST_NODES = 1_000_000


def _construct_null(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> None:
    text = loader.construct_scalar(node)
    if text not in {"", "~", "null", "Null", "NULL"}:
        raise _misfit(node, f"{text!r} is not null")


def _construct_bool(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> bool:
    text = loader.construct_scalar(node)
    if text not in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        raise _misfit(node, f"{text!r} is neither true nor false")
    return text.lower() == "true"


def _construct_int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)


def _construct_float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    text = loader.construct_scalar(node).lower()
    return float(text.replace(".inf", "inf").replace(".nan", "nan"))


def _construct_str(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return loader.construct_scalar(node)


def _construct_seq(loader: yaml.SafeLoader, node: yaml.SequenceNode) -> list[Any]:
    return loader.construct_sequence(node, deep=True)


def _construct_mapping(loader: yaml.SafeLoader, node: yaml.Node) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise _misfit(node, "a node tagged as a mapping is not one")
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        # As in JSON, keys are text, even an unquoted status code.
        key = key_node.value
        if not isinstance(key, str):
            raise _misfit(key_node, "a mapping's key is not a scalar")
        if key in mapping:
            raise _misfit(key_node, f"the key {key!r} appears twice")
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _misfit(node: yaml.Node, what: str) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


def _core_schema_loader() -> type[yaml.SafeLoader]:
    # The C parser is ten times faster and missing from PyYAML builds without libyaml.
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = cast("type[yaml.SafeLoader]", type("_CoreSchemaLoader", (base,), {}))
    loader.yaml_implicit_resolvers = {}
    for tag, pattern, first in _CORE_SCHEMA:
        loader.add_implicit_resolver(tag, pattern, first)
    # The default constructors would create dates, sets and bytes, which JSON does not have.
    loader.yaml_constructors = {None: yaml.SafeLoader.construct_undefined}
    loader.add_constructor("tag:yaml.org,2002:null", _construct_null)
    loader.add_constructor("tag:yaml.org,2002:bool", _construct_bool)
    loader.add_constructor("tag:yaml.org,2002:str", _construct_str)
    loader.add_constructor("tag:yaml.org,2002:seq", _construct_seq)
    loader.add_constructor("tag:yaml.org,2002:int", _construct_int)
    loader.add_constructor("tag:yaml.org,2002:float", _construct_float)
    loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
    return loader


_LOADER = _core_schema_loader()


class _StableDumper(yaml.SafeDumper):
    """Block style, items indented under their key, no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        super().increase_indent(flow, False)  # noqa: FBT003 - PyYAML passes it by position


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML treats U+0085 as a line break, and would not read back the same text.
    style = '"' if "\x85" in text else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_StableDumper.add_representer(str, _represent_text)
for _tag, _pattern, _first in _CORE_SCHEMA:
    # In addition to the 1.1 resolvers: text that either version would read as
    # another type is quoted.
    _StableDumper.add_implicit_resolver(_tag, _pattern, _first)


def load_yaml(text: str, *, source: str) -> Any:
    """Read YAML by the 1.2 core schema, with every mapping key as text.

    Args:
        text: The document.
        source: Names the document in errors; usually a path.

    Raises:
        DocumentError: The text is not YAML, is nested too deep, has too many values, a duplicate
            key in a mapping, or a tag that the core schema does not have.
    """
    try:
        for height, nodes in _extents(text):
            if height > _DEEPEST:
                raise DocumentError(f"{source} is nested deeper than {_DEEPEST} levels")
            if nodes > _MOST_NODES:
                raise DocumentError(f"{source} expands to more than {_MOST_NODES:,} values")
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: the parser accepts a scalar as a number, but Python does not.
        detail = " ".join(str(error).split())
        raise DocumentError(f"{source} is not readable YAML: {detail}") from error


def _extents(text: str) -> Iterator[tuple[int, int]]:
    """Depth and number of values of a document so far; aliases count as their targets.

    Works on events: composing a document uses stack for every level, and libyaml's composer
    crashes the process on overflow.
    """
    # For each open collection: its anchor, and the height and number of values in it.
    opened: list[tuple[str | None, int, int]] = [(None, 0, 0)]
    known: dict[str | None, tuple[int, int]] = {}
    for event in yaml.parse(text, Loader=_LOADER):
        height, nodes = 0, 1
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append((event.anchor, 0, 0))
            yield len(opened) - 1, 0
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, height, nodes = opened.pop()
            known[anchor] = height, nodes = height + 1, nodes + 1
        elif isinstance(event, yaml.AliasEvent):
            height, nodes = known.get(event.anchor, (height, nodes))
        elif not isinstance(event, yaml.ScalarEvent):
            continue
        anchor, highest, count = opened.pop()
        opened.append((anchor, max(highest, height), count + nodes))
        yield len(opened) - 1 + max(highest, height), count + nodes


def dump_yaml(document: Any) -> str:
    """Write YAML in one stable layout, with keys in the given order and without aliases."""
    return yaml.dump(
        document,
        Dumper=_StableDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        # Without folding, the diff of a long line does not depend on its breaks.
        width=2**16,
    )
