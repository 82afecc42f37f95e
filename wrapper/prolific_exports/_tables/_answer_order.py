"""Finds the order in which a block's answers were written, which pyarrow's JSON reader loses.

The key of an answer is the number of its record, times the number of instructions plus one, plus
the number of its instruction. An instruction's id in quotes, followed by a colon, occurs in JSON
only where an answer begins, if no other field has that name: inside a text, the quotes would be
escaped. Ids begin with a letter or digit, so that the characters between two texts, such as commas
and colons, are never taken for an id.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from prolific_exports._archive._answer_shapes import FIELD_NAMES
from prolific_exports._tables._column_names import IDENTITY

_FIELDS: Final = frozenset((*IDENTITY, "responses", *FIELD_NAMES))
"""The names of all other fields of ordinary records."""

# Most answers are shorter, and CPython searches short ranges with a faster method.
_NEAR: Final = 2000


def answer_prefix(id_: str) -> bytes | None:
    """Return how the answer to an instruction begins; None if that is ambiguous."""
    written = json.dumps(id_, ensure_ascii=False)
    is_unique = id_[:1].isalnum() and written == f'"{id_}"' and id_ not in _FIELDS
    return f"{written}:".encode() if is_unique else None


def occur_in_order(text: bytes, prefixes: Iterable[bytes]) -> bool:
    """Return whether the prefixes occur in the text one after the other."""
    offset = 0
    try:
        for prefix in prefixes:
            try:
                offset = text.index(prefix, offset, offset + _NEAR) + 1
            except ValueError:
                offset = text.index(prefix, offset) + 1
    except ValueError:
        return False
    return True


def ranks_in_text(
    text: bytes, prefixes: Sequence[bytes], keys: Sequence[int], records: int
) -> list[int] | None:
    """Return, for each key, its rank if sorted by the order of answers in the text.

    Args:
        text: The records, one per line.
        prefixes: How the answers to each instruction begin.
        keys: The answers' keys, in ascending order.
        records: Number of records.

    Returns:
        None if an answer does not begin with its prefix.
    """
    width = len(prefixes) + 1
    table = list(range(records * width))
    begin = first = 0
    for record in range(records):
        end = text.find(b"\n", begin)
        end = len(text) if end < 0 else end
        last = first
        while last < len(keys) and keys[last] < (record + 1) * width:
            last += 1
        own = keys[first:last]
        found = sorted((text.find(prefixes[key % width], begin, end), key) for key in own)
        if found and found[0][0] < 0:
            return None
        for number, (_, key) in zip(own, found, strict=True):
            table[key] = number
        begin, first = end + 1, last
    return table
