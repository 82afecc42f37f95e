"""Archives with unusual content: a hypothesis strategy, and a writer."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.builders import ROOT, write_zip
from hypothesis import strategies as st
from prolific_exports._archive._answer_shapes import SHAPES, TextList

IDS = ["i1", "i2", "i3", "i4", "i5", "i6", "value", "\ud800", "a.b", '"\u00e9']
TYPES = [*SHAPES, "rating"]
TEXTS = st.sampled_from(
    [
        "",
        "plain",
        "2026-03-19",
        "2026-03-19T10:30:00Z",
        "nul \0 in it",
        "line\r\nbreak\u2028",
        "\ud83d",
        "\U0001f958 \u202e",
        "=1+1",
        "null",
        '": null, "i1": null',
        "x" * 3000,
    ]
) | st.text(max_size=8)
ODD = st.sampled_from([None, 5, -1.50, 1e22, True, "", [], {}, [None], {"a": [1, {"b": None}]}])
MOMENTS = st.sampled_from(
    [
        "2026-03-19T10:30:00Z",
        "2026-03-19T10:30:00.123456Z",
        "2026-03-19T10:30:00.1234567Z",
        "2026-03-19T10:30:00.123456789Z",
        "2026-03-19T10:30:00.1200000Z",
        "2026-03-19t10:30:00z",
        "2016-12-31T23:59:60Z",
        "2026-03-19 10:30:00+05:30",
        "2026-02-30T10:30:00Z",
        "2026-03-19T24:00:00Z",
        "2026-03-19T10:30Z",
        "2026-03-19",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59Z",
    ]
)


def rarely(odd: st.SearchStrategy[Any], usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly the usual, once in a while the odd."""
    return st.integers(0, 11).flatmap(lambda n: odd if n == 0 else usual)


def text() -> st.SearchStrategy[Any]:
    """What is documented as a text."""
    return rarely(ODD, TEXTS)


def fields(**usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object that sometimes lacks a field, or has one too many."""
    extra = rarely(st.dictionaries(st.sampled_from(["new", "\udfff", "type"]), ODD), st.just({}))
    left_out = rarely(st.sampled_from([*usual]), st.just(""))
    return st.builds(
        lambda have, more, gone: {k: v for k, v in have.items() if k != gone} | more,
        st.fixed_dictionaries(usual),
        extra,
        left_out,
    )


def answer(kind: str) -> st.SearchStrategy[Any]:
    """An answer of this type."""
    shown = {"type": rarely(ODD, st.just(kind)), "description": rarely(ODD, st.just("Same words"))}
    shape = SHAPES.get(kind)
    if shape is None:
        return fields(**shown, value=text())
    layout = shape.layout
    if isinstance(layout, TextList):
        objects = rarely(ODD, fields(**{name: text() for name in layout.fields}))
        items = st.lists(objects if layout.fields else text(), max_size=3)
        return fields(**shown, **{layout.name: rarely(ODD, items)})
    answers = fields(**shown, **{name: text() for name in layout.names})
    for name in layout.folded_in:
        folded = st.lists(fields(**{layout.names[0]: text()}), max_size=2)
        answers |= fields(**shown, **{name: rarely(ODD, folded)})
    return answers


def responses(kinds: Mapping[str, str]) -> st.SearchStrategy[Any]:
    """Answers to these instructions, and to others."""
    known = {id_: answer(kind) for id_, kind in kinds.items()}
    other = st.sampled_from(TYPES).flatmap(answer)
    return st.builds(
        lambda have, more, order: {
            id_: (have | more)[id_] for id_ in sorted(have | more, key=lambda id_: order in id_)
        },
        st.fixed_dictionaries({}, optional=known),
        rarely(st.dictionaries(st.sampled_from([*IDS, "late"]), rarely(ODD, other)), st.just({})),
        st.sampled_from(["", "", "1", "i", "3"]),
    )


@st.composite
def archives(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    """Metadata and the bytes of responses.jsonl; most records are ordinary."""
    kinds = draw(st.dictionaries(st.sampled_from(IDS), st.sampled_from(TYPES), max_size=6))
    instructions = [
        {"id": id_, "type": kind, "description": draw(st.sampled_from(["Same words", "Other"]))}
        for id_, kind in kinds.items()
    ]
    instructions += draw(rarely(st.just([{}, {"id": 5}]), st.just([])))
    record = fields(
        submission_id=text(),
        participant_id=text(),
        collection_id=text(),
        created_at=rarely(ODD, MOMENTS),
        responses=rarely(ODD, responses(kinds)),
    )
    records = draw(st.lists(rarely(ODD, record), max_size=6))
    end = draw(rarely(st.sampled_from([b"\r\n", b"\n\n", b" \n"]), st.just(b"\n")))
    escaped = draw(st.booleans())
    lines = [
        json.dumps(one, ensure_ascii=escaped).encode("utf-8", "surrogatepass") for one in records
    ]
    data = end.join(lines) + draw(st.sampled_from([b"", end]))
    return {"instructions": instructions}, draw(
        rarely(st.just(b"\xef\xbb\xbf"), st.just(b""))
    ) + data


def write(path: Path, metadata: Any, data: bytes) -> Path:
    """The archive of this metadata and these lines."""
    members = {
        f"{ROOT}responses.jsonl": data,
        f"{ROOT}collection.json": json.dumps(metadata).encode(),
    }
    return write_zip(path, members)
