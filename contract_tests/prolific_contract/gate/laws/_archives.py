"""The archives that download URLs serve, as far as the conversation read them."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, TypeAlias

from attrs import frozen

from prolific_contract._vocabulary import Kind, Operation
from prolific_contract.gate.laws._complete_exports import CompleteExport, complete_exports
from prolific_contract.gate.laws._jobs import JobKey
from prolific_contract.gate.laws._lists import first_requests
from prolific_contract.gate.laws._observations import once, quote
from prolific_contract.gate.trace._archive_content import ArchiveContent, masked
from prolific_contract.gate.trace._body_parts import part_of
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._zip_directory import Damaged, Directory, FilePart, read_directory

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MEMBERS: Final[dict[Kind, frozenset[str]]] = {
    "batch": frozenset(
        {"responses-by-submission.jsonl", "responses-by-task.jsonl", "batch.json", "README.md"}
    ),
    "collection": frozenset({"responses.jsonl", "collection.json", "README.md"}),
}
# What the README of a batch contains is not published.
_NEVER_EMPTY: Final[dict[Kind, frozenset[str]]] = {
    "batch": frozenset({"batch.json"}),
    "collection": frozenset({"collection.json", "README.md"}),
}


@frozen
class ArchiveFetch:
    """All requests of a conversation to one download URL of a resource, without the token.

    A URL that was returned for two resources makes two of them: each resource has its own archive.

    Attributes:
        operation: The archive operation.
        exports: The complete exports of the resource that have the URL, in order.
        fetched: The requests, in order, each with its response.
    """

    operation: Operation
    exports: tuple[CompleteExport, ...]
    fetched: tuple[tuple[Exchange, HttpResponse], ...]

    @property
    def export(self) -> CompleteExport:
        """The first export that has the URL."""
        return self.exports[0]

    def promise(self, exchange: Exchange) -> CompleteExport | None:
        """The export before an exchange that promises the URL for the longest time; None if none.

        A URL may be returned again with another expires_at.
        """
        known = [one for one in self.exports if one.exchange.index < exchange.index]
        return max(known, key=_promised_until, default=None)

    @property
    def served(self) -> list[tuple[Exchange, HttpResponse]]:
        """The requests that got the file or a part of it."""
        return [one for one in self.fetched if one[1].status in (200, 206)]


def _promised_until(export: CompleteExport) -> datetime:
    return export.expires_at or _LONG_AGO


def _is_separate(export: CompleteExport, others: Iterable[list[CompleteExport]]) -> bool:
    """Whether an export of another resource than others with its URL should have its own archive.

    That a job is found under another resource is judged by another law.
    """
    first = [one[0] for one in others]
    job = export.job_id
    return not first or (
        export.is_recognizable and (job is None or job not in [one.job_id for one in first])
    )


def archive_fetches(trace: Trace) -> Iterator[ArchiveFetch]:
    """The requests without the token for each download URL that a response contained."""
    promises: dict[str, dict[object, list[CompleteExport]]] = {}
    for export in complete_exports(trace):
        by_resource = promises.setdefault(export.url, {})
        if export.resource in by_resource or _is_separate(export, by_resource.values()):
            by_resource.setdefault(export.resource, []).append(export)
    fetched: dict[str, list[tuple[Exchange, HttpResponse]]] = {}
    for exchange in trace.exchanges:
        if (
            exchange.url in promises
            and exchange.method == "GET"
            and exchange.credential is Credential.NONE
            and exchange.response is not None
        ):
            fetched.setdefault(exchange.url, []).append((exchange, exchange.response))
    for url, answers in fetched.items():
        for exports in promises[url].values():
            operation = Operation(exports[0].operation.kind, "archive")
            yield ArchiveFetch(operation, tuple(exports), tuple(answers))


def is_refusal(response: HttpResponse) -> bool:
    """Whether a response means that the URL serves nothing.

    Excluded are redirects, requests to retry later, and responses to a condition or a range
    that the client chose.
    """
    return response.status >= 400 and response.status not in (412, 416, 429, 503)


@frozen
class NoArchive:
    """What a download URL serves is not a ZIP file.

    Attributes:
        exchange: The request that shows it.
        response: Its response.
    """

    exchange: Exchange
    response: HttpResponse


ArchiveReading: TypeAlias = Directory | Damaged | NoArchive


def read_archive(served: list[tuple[Exchange, HttpResponse]]) -> ArchiveReading | None:
    """The directory of a served archive; None if the recording lacks a part of it."""
    parts: list[FilePart] = []
    size: int | None = None
    for exchange, response in served:
        part, total = part_of(response)
        if part is None:
            continue
        if part.start == 0 and len(part.data) >= 4 and not part.data.startswith(b"PK"):
            return NoArchive(exchange, response)
        parts.append(part)
        size = size if total is None else total
    if size is None:
        return None
    found = read_directory(parts, size)
    return found if isinstance(found, Directory | Damaged) else None


@frozen
class ReadArchive:
    """An archive whose directory is known.

    Attributes:
        operation: The archive operation.
        export: The export whose response contained the URL.
        exchanges: The requests that got the file or a part of it.
        content: What its members contain; None if they were not read.
    """

    operation: Operation
    export: CompleteExport
    exchanges: tuple[Exchange, ...]
    directory: Directory
    content: ArchiveContent | None = None

    @property
    def root(self) -> str:
        """The folder that contains the documented members; empty for the top level."""
        return min(_lacking_by_folder(self.operation.kind, self.directory.names), key=_by_count)[0]

    @property
    def is_documented(self) -> bool:
        """Whether the archive has a documented member, so that its root folder is known."""
        lacking = missing_members(self.operation.kind, self.directory.names)
        return len(lacking) < len(_MEMBERS[self.operation.kind])

    @property
    def names(self) -> list[tuple[str, int]]:
        """Name below the root folder, and size, of every file in it."""
        return [
            (member.name.removeprefix(self._prefix), member.size)
            for member in self.directory.members
            if member.name.startswith(self._prefix) and not member.is_folder
        ]

    @property
    def file_names(self) -> list[str]:
        """Name of every file, below the root folder if it is in it."""
        return [
            name.removeprefix(self._prefix)
            for name in self.directory.names
            if not name.endswith("/")
        ]

    @property
    def _prefix(self) -> str:
        return f"{self.root}/" if self.root else ""


@once
def archives_of(trace: Trace) -> list[ReadArchive]:
    """Every archive whose directory the conversation contains."""
    found = []
    for fetch in archive_fetches(trace):
        served = fetch.served
        directory = read_archive(served)
        if isinstance(directory, Directory):
            exchanges = tuple([exchange for exchange, _ in served])
            contents = (response.content for _, response in served)
            content = next(filter(None, contents), None)
            found.append(ReadArchive(fetch.operation, fetch.export, exchanges, directory, content))
    return found


def form(name: str) -> str:
    """The form of a member's name for reports: participants may have chosen parts of it."""
    return quote(masked(name))


def request_of(trace: Trace, export: CompleteExport) -> Exchange | None:
    """The request that returned the job of an export while it was generating."""
    address = export.exchange.address
    if address is None or address.export_id is None:
        return None
    return first_requests(trace).get(JobKey.of(address))


def missing_members(kind: Kind, names: Iterable[str]) -> list[str]:
    """The documented members that an archive lacks, in one folder or at the top level."""
    return min(_lacking_by_folder(kind, names), key=_by_count)[1]


def empty_members(kind: Kind, directory: Directory) -> list[str]:
    """The documented members of 0 bytes that describe the resource or the archive."""
    root = min(_lacking_by_folder(kind, directory.names), key=_by_count)[0]
    prefix = f"{root}/" if root else ""
    return sorted(
        member.name.removeprefix(prefix)
        for member in directory.members
        if not member.size and member.name.removeprefix(prefix) in _NEVER_EMPTY[kind]
    )


def _lacking_by_folder(kind: Kind, names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """For the top level and each folder in it, the documented members that it lacks."""
    found: dict[str, set[str]] = {"": set()}
    for name in names:
        folder, _, member = name.rpartition("/")
        if "/" not in folder:
            found.setdefault(folder, set()).add(member)
    return [(folder, sorted(_MEMBERS[kind] - members)) for folder, members in found.items()]


def _by_count(lacking: tuple[str, list[str]]) -> int:
    return len(lacking[1])
