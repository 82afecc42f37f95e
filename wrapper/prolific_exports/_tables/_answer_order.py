"""The order in which a block's answers were written: pyarrow's JSON reader does not keep it.

An answer is known by its key: the number of its record, times the number of instructions and one,
plus the number of its instruction. A name and a colon behind a quote are nowhere in JSON but where
an answer begins, if no other field has that name: inside of a text, the quote would be escaped.
What is between two texts, as commas and colons, is taken for no name.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from prolific_exports._archive._answer_shapes import FIELD_NAMES
from prolific_exports._tables._column_names import IDENTITY

_FIELDS: Final = frozenset((*IDENTITY, "responses", *FIELD_NAMES))
"""The names of all other fields that ordinary records have."""

# Where most answers end. Searching no further keeps CPython at its method for short texts.
_NEAR: Final = 2000


def answer_prefix(id_: str) -> bytes | None:
    """What the answer to an instruction begins with; None when that can be something else too."""
    written = json.dumps(id_, ensure_ascii=False)
    clear = id_[:1].isalnum() and written == f'"{id_}"' and id_ not in _FIELDS
    return f"{written}:".encode() if clear else None


def occur_in_order(text: bytes, beginnings: Iterable[bytes]) -> bool:
    """Whether these are in the text one after the other."""
    place = 0
    try:
        for one in beginnings:
            try:
                place = text.index(one, place, place + _NEAR) + 1
            except ValueError:
                place = text.index(one, place) + 1
    except ValueError:
        return False
    return True


def ranks_in_text(
    text: bytes, beginnings: Sequence[bytes], keys: Sequence[int], records: int
) -> list[int] | None:
    """For each key the number that it would have if instructions came in the record's order.

    Args:
        text: The records, one a line.
        beginnings: What the answers to each instruction begin with.
        keys: The answers' keys in ascending order.
        records: How many records there are.

    Returns:
        None when an answer does not begin as usual.
    """
    width = len(beginnings) + 1
    table = list(range(records * width))
    begin = first = 0
    for record in range(records):
        end = text.find(b"\n", begin)
        end = len(text) if end < 0 else end
        last = first
        while last < len(keys) and keys[last] < (record + 1) * width:
            last += 1
        own = keys[first:last]
        found = sorted((text.find(beginnings[key % width], begin, end), key) for key in own)
        if found and found[0][0] < 0:
            return None
        for number, (_, key) in zip(own, found, strict=True):
            table[key] = number
        begin, first = end + 1, last
    return table
