"""The instructions of a table: those of the metadata, and those that only records name."""

from collections.abc import Iterator, Sequence
from typing import Any

from prolific_exports._archive._limits import (
    MAX_INSTRUCTIONS,
    TOO_MANY_INSTRUCTIONS,
    beyond_limit,
)
from prolific_exports._tables._fast import FastWide
from prolific_exports._tables._optional_libraries import is_installed
from prolific_exports._tables._record_parts import answers_of
from prolific_exports._tables._sources import Source
from prolific_exports._tables._wide import Column, columns


def described_instructions(source: Source) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield id, type and wording of the instructions in an archive's metadata."""
    for one in source.archive.metadata.instructions:
        if one.id is not None:
            yield one.id, one.type, one.description


def all_columns(sources: Sequence[Source]) -> tuple[Column, ...]:
    """Return the columns of the wide shape; those of undescribed instructions come last.

    Raises:
        UnsafeArchiveError: There are more instructions than ``MAX_INSTRUCTIONS``.
    """
    described = columns(one for source in sources for one in described_instructions(source))
    undescribed: list[tuple[str, str | None, str | None]] = []
    ids = {column.id for column in described}
    for source in sources:
        for id_, raw in _odd_answers(source, described):
            if id_ in ids:
                continue
            ids.add(id_)
            undescribed.append(_instruction_of(id_, raw))
            if len(ids) > MAX_INSTRUCTIONS:
                where = source.archive.record_file(source.by).where
                raise beyond_limit(where, TOO_MANY_INSTRUCTIONS)
    return columns([*((one.id, one.type, one.description) for one in described), *undescribed])


def _odd_answers(source: Source, described: Sequence[Column]) -> Iterator[tuple[str, Any]]:
    """Yield the answers of records that may have others than to the described instructions."""
    fast = not source.is_small and is_installed("pyarrow")
    for record in source.odd_records(FastWide(described) if fast else None):
        yield from answers_of(record)


def _instruction_of(id_: str, raw: Any) -> tuple[str, str | None, str | None]:
    fields = raw if isinstance(raw, dict) else {}
    kind, description = fields.get("type"), fields.get("description")
    return (
        id_,
        kind if type(kind) is str else None,
        description if type(description) is str else None,
    )
