"""The members of an export archive by their paths below its root folder."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from prolific_exports._archive._content import member_chunks
from prolific_exports._archive._directory import Member
from prolific_exports._archive._not_downloaded import FILES, NOT_DOWNLOADED, read_not_downloaded
from prolific_exports._archive._uploads import Uploads
from prolific_exports._errors import ArchiveError, CorruptArchiveError, UsageError

if TYPE_CHECKING:
    from prolific_exports._model._references import Kind

_KIND_FILES: "dict[Kind, set[str]]" = {
    "collection": {"collection.json", "responses.jsonl"},
    "batch": {
        "batch.json",
        "responses-by-submission.jsonl",
        "responses-by-task.jsonl",
    },
}
_RECORD_FILES = {
    "submission": ("responses.jsonl", "responses-by-submission.jsonl"),
    "task": ("responses-by-task.jsonl",),
}
# macOS adds this folder when it packs an archive again.
_MACOS_FOLDER = ("__MACOSX", "/")
_LISTED = 8


@frozen
class MemberFile:
    """A file in an archive.

    Attributes:
        path: The archive.
        member: The file's entry in the archive.
        where: How messages refer to the file.
    """

    path: Path
    member: Member
    where: str

    def pieces(self) -> Iterator[bytes]:
        """Yield the content, checked while it is read.

        Raises:
            ArchiveError: The archive cannot be read.
            CorruptArchiveError: The file is damaged.
        """
        return member_chunks(self.path, self.member)


class MemberIndex:
    """Finds members by path.

    Attributes:
        root: The folder that contains all members; ``""`` if there is none.
        prefix: ``root`` with its ``/``; ``""`` without a root folder.
        kind: The kind of export; None if the members fit no kind, or both.
    """

    def __init__(self, path: Path, members: Sequence[Member]) -> None:
        """Index the members of the archive at ``path``, which is for messages."""
        self._path = path
        self.root = root_of(members)
        self.prefix = f"{self.root}/" if self.root else ""
        inside = [
            (member.name.removeprefix(self.prefix), member)
            for member in members
            if member.name != self.prefix
        ]
        self._inside = inside
        self._by_path: dict[str, list[Member]] = {}
        for inner, member in inside:
            if not member.is_folder:
                self._by_path.setdefault(inner, []).append(member)
        self.kind: Kind | None = _kind(set(self._by_path))

    def __contains__(self, path: str) -> bool:
        return path in self._by_path

    @cached_property
    def uploads(self) -> Uploads:
        """The uploaded files, with those that were not downloaded.

        Raises:
            CorruptArchiveError: The list of files that were not downloaded is damaged.
        """
        if NOT_DOWNLOADED not in self:
            return Uploads(self._inside)
        file = self.file(NOT_DOWNLOADED)
        return Uploads(self._inside, read_not_downloaded(file.pieces(), file.where))

    def member(self, path: str) -> Member:
        """Return the only member with this path.

        Raises:
            ArchiveError: There is no such file.
            CorruptArchiveError: Several members have this path.
        """
        variant = None if path in self else self.uploads.find(path)
        if variant is not None and not variant.is_downloaded:
            raise ArchiveError(
                f"{self._path} does not contain {path!r}: it was downloaded with --only responses "
                "(only='responses'). Download the whole archive for its uploaded files."
            )
        found = self._by_path.get(variant.path if variant else path, [])
        if not found:
            raise ArchiveError(f"{self._path} has no file {path!r}. {self._listing()}")
        if len(found) > 1:
            raise CorruptArchiveError(
                f"{self._where(path)} occurs {len(found)} times in the archive, so its content is "
                "ambiguous. Request a new export."
            )
        return found[0]

    def file(self, path: str) -> MemberFile:
        """Return the only file with this path.

        Raises:
            ArchiveError: There is no such file.
            CorruptArchiveError: Several members have this path.
        """
        return MemberFile(self._path, self.member(path), self._where(path))

    def record_file(self, by: str) -> MemberFile:
        """Return the JSON Lines file of the records by submission or by task.

        Raises:
            ArchiveError: The archive has no such records.
            UsageError: ``by`` has another value.
        """
        if by not in _RECORD_FILES:
            raise UsageError(f"Unknown by={by!r}: use 'submission' or 'task'.")
        for name in _RECORD_FILES[by]:
            if name in self:
                return self.file(name)
        raise ArchiveError(
            f"{self._path} has no {' and no '.join(_RECORD_FILES[by])}: it is an export of another "
            f"kind, or has a layout that this version does not know. {self._listing()}"
        )

    def _where(self, path: str) -> str:
        """Return how messages refer to a file of the archive."""
        return f"{self._path}: {self.prefix}{path}"

    def _listing(self) -> str:
        """Return a sentence that lists the first files, without uploads."""
        names = [name for name in self._by_path if not name.startswith(FILES)]
        listed = ", ".join(map(repr, names[:_LISTED])) + (", ..." if len(names) > _LISTED else "")
        return f"It has {listed or 'no files'}."


def root_of(members: Sequence[Member]) -> str:
    """Return the folder that contains all members; ``""`` if there is none."""
    tops = {member.name.partition("/")[:2] for member in members} - {_MACOS_FOLDER}
    top, slash = tops.pop() if len(tops) == 1 else ("", "")
    # Records refer to "files/..." below the root folder, so that folder cannot be the root.
    return top if slash and top + slash != FILES else ""


def _kind(names: set[str]) -> "Kind | None":
    kinds: list[Kind] = [kind for kind, files in _KIND_FILES.items() if names & files]
    return kinds[0] if len(kinds) == 1 else None
