"""The uploaded files of an archive: their paths, their extracted paths, and missing ones."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from attrs import Factory, define, frozen

from prolific_exports._archive._answer_shapes import SHAPES
from prolific_exports._archive._directory import Member
from prolific_exports._archive._fields import have_responses
from prolific_exports._archive._not_downloaded import FILES, AbsentFile
from prolific_exports._files._names import folded, safe_paths

_FILE_LISTS: Final = {
    type_: shape.file_list for type_, shape in SHAPES.items() if shape.file_list is not None
}
"""By answer type, the field that lists uploaded files."""
_QUOTED_LISTS: Final = frozenset(f'"{name}"'.encode() for name in _FILE_LISTS.values())
_ESCAPED_LETTER: Final = re.compile(rb"\\u00[67]")


@frozen
class ArchiveFile:
    """An uploaded file in an archive.

    Attributes:
        path: Its path relative to the archive's root folder, like ``path`` in records.
        size: Bytes.
        extracted_path: Its path in the folder of ``extract``. It differs from ``path`` if some
            system cannot store that name.
        is_downloaded: Whether the archive contains it. False for the uploaded files of an archive
            that was downloaded with ``only="responses"``.
    """

    path: str
    size: int
    extracted_path: str = Factory(lambda self: self.path, takes_self=True)
    is_downloaded: bool = True

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@define(slots=False)
class Uploads:
    """The members of an archive as files.

    Attributes:
        members: All members, with paths relative to the root folder, in the ZIP's order.
        absent: The uploaded files that were not downloaded.
    """

    members: Sequence[tuple[str, Member]]
    absent: Sequence[AbsentFile] = ()

    @cached_property
    def files(self) -> tuple[ArchiveFile, ...]:
        """The uploaded files, in the ZIP's order; then those that were not downloaded."""
        present = (
            ArchiveFile(path, member.size, self._extracted_paths.get(path, path))
            for path, member in self.members
            if path.startswith(FILES) and not member.is_folder
        )
        places = safe_paths(file.path for file in self.absent)
        absent = (
            ArchiveFile(file.path, file.size, places[file.path], is_downloaded=False)
            for file in self.absent
        )
        return (*present, *absent)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The extracted paths of files that ``extract`` renames, by their paths."""
        paths = (path for path, member in self.members if not member.is_folder)
        places = ((path, self._extracted_paths.get(path, path)) for path in paths)
        return {path: place for path, place in places if path != place}

    def find(self, path: str) -> ArchiveFile | None:
        """Return the file at this path, or the only one that differs in case or composition."""
        return self._by_path.get(path) or self._by_folded.get(folded(path))

    @cached_property
    def _extracted_paths(self) -> Mapping[str, str]:
        return safe_paths(path for path, _ in self.members)

    @cached_property
    def _by_path(self) -> Mapping[str, ArchiveFile]:
        return {file.path: file for file in self.files}

    @cached_property
    def _by_folded(self) -> Mapping[str, ArchiveFile | None]:
        found: dict[str, ArchiveFile | None] = {}
        for file in self.files:
            key = folded(file.path)
            found[key] = None if key in found else file
        return found


def answers_by_part(record: Any) -> Sequence[Mapping[str, Any]] | None:
    """Return the answers of a submission, or of each task; None if it is not a submission."""
    if not isinstance(record, dict) or not isinstance(record.get("submission_id"), str):
        return None
    responses = record.get("responses")
    if isinstance(responses, dict):
        return [responses]
    tasks = record.get("tasks")
    return [task["responses"] for task in tasks or ()] if have_responses(tasks) else None


def may_name_files(text: bytes) -> bool:
    """Return whether JSON text may contain a list of files, whose name may contain escapes."""
    return any(name in text for name in _QUOTED_LISTS) or _ESCAPED_LETTER.search(text) is not None


def missing_paths(
    records: Iterable[Any], find: Callable[[str], ArchiveFile | None]
) -> Iterator[str]:
    """Yield the paths that answers name and an export does not have, in record order."""
    for record in records:
        for answers in answers_by_part(record) or ():
            for answer in answers.values():
                for path in _paths_of(answer):
                    if find(path) is None:
                        yield path


def _paths_of(answer: Any) -> Iterator[str]:
    """Yield the paths of the files that an answer names."""
    type_ = answer.get("type") if isinstance(answer, dict) else None
    name = _FILE_LISTS.get(type_) if isinstance(type_, str) else None
    files = answer.get(name) if name is not None else None
    for file in files if isinstance(files, list) else ():
        path = file.get("path") if isinstance(file, dict) else None
        if isinstance(path, str):
            yield path
