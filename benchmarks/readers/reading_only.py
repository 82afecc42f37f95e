"""What no way with pyarrow's JSON reader goes below: records inflated and parsed, and nothing else.

Each processor parses blocks while this thread inflates, as this project does it. Nothing is
checked, laid out or written, and only what that needs is imported.
"""

import json
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa
import pyarrow.json as pj
from documented import FIELDS, IDS, S
from prolific_exports import ExportArchive

BLOCK = 4 << 20


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines, about as many bytes each."""
    held: list[bytes] = []
    for piece in pieces:
        end = piece.rfind(b"\n") + 1
        if not end or sum(map(len, held)) < BLOCK:
            held.append(piece)
            continue
        yield b"".join([*held, piece[:end]])
        held = [piece[end:]]
    yield b"".join(held)


def main(source: str) -> None:
    """Read an archive's records."""
    archive = ExportArchive.open(source)
    with archive.open_file("collection.json") as metadata:
        asked = [(one["id"], one["type"]) for one in json.load(metadata)["instructions"]]
    answers = [
        (id_, pa.struct([("type", S), ("description", S), *FIELDS[kind]])) for id_, kind in asked
    ]
    schema = pa.schema([*((name, S) for name in IDS), ("responses", pa.struct(answers))])

    def parse(block: bytes) -> None:
        pj.read_json(
            pa.BufferReader(block),
            pj.ReadOptions(use_threads=False, block_size=len(block) + 1),
            pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )

    workers = os.cpu_count() or 1
    parsing: deque[Future[None]] = deque()
    file = archive.record_file("submission")
    with ThreadPoolExecutor(workers) as pool:
        for block in blocks(file.pieces()):
            parsing.append(pool.submit(parse, block))
            if len(parsing) > workers:
                parsing.popleft().result()
        for one in parsing:
            one.result()


main(sys.argv[1])
