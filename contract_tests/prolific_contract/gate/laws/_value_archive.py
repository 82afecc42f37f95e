"""Laws about the archive that a download URL serves, as far as its directory shows."""

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from prolific_contract._vocabulary import Kind, Operation
from prolific_contract.gate.laws._complete_exports import CompleteExport, complete_exports
from prolific_contract.gate.laws._jobs import before, is_regular, resource_of, state
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import ARCHIVE, held, quote, violated
from prolific_contract.gate.trace._body_parts import is_data, part_of
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._zip_directory import Damaged, Directory, FilePart, read_directory

# Bytes of a body that a finding quotes if it is not an archive. Participants' data is quoted
# only as far as needed to show that it is not a ZIP file.
_OF_DATA: Final = 4
_OF_PAGE: Final = 40

_MEMBERS: Final[dict[Kind, frozenset[str]]] = {
    "batch": frozenset({"responses-by-submission.jsonl", "responses-by-task.jsonl", "batch.json"}),
    "collection": frozenset({"responses.jsonl", "collection.json"}),
}


@frozen
class _ArchiveFetch:
    """All requests of a conversation to one download URL, without the token.

    Attributes:
        operation: The archive operation.
        export: The export whose response contained the URL.
        fetched: The requests, in order, each with its response.
    """

    operation: Operation
    export: CompleteExport
    fetched: tuple[tuple[Exchange, HttpResponse], ...]


def _archive_fetches(trace: Trace) -> Iterator[_ArchiveFetch]:
    promises: dict[str, CompleteExport] = {}
    for export in complete_exports(trace):
        promises.setdefault(export.url, export)
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
        export = promises[url]
        operation = Operation(export.operation.kind, "archive")
        yield _ArchiveFetch(operation, export, tuple(answers))


def _archive(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for fetch in _archive_fetches(trace):
        served = [
            (exchange, response)
            for exchange, response in fetch.fetched
            if response.status in (200, 206)
        ]
        if served:
            yield from _contents(fetch.operation, served)
            continue
        if _was_deleted(trace, fetch.export):
            continue
        for exchange, response in fetch.fetched:
            if _is_refusal(response) and _is_due(fetch.export, exchange, response):
                yield violated(
                    fetch.operation,
                    f"the URL returned {response.status} to a request without the token before "
                    "expires_at",
                    fetch.export.exchange,
                    exchange,
                )
                break


def _is_refusal(response: HttpResponse) -> bool:
    """Whether a response means that the URL serves nothing.

    Excluded are redirects, requests to retry later, and responses to a condition or a range
    that the client chose.
    """
    return response.status >= 400 and response.status not in (412, 416, 429, 503)


def _was_deleted(trace: Trace, export: CompleteExport) -> bool:
    """Whether a job of the resource failed later, as after the deletion of its archive."""
    failed = [
        (exchange.address.export_id, exchange)
        for exchange in trace.exchanges
        if is_regular(exchange)
        and state(exchange) == "failed"
        and exchange.address is not None
        and export.exchange.address is not None
        and resource_of(exchange.address) == resource_of(export.exchange.address)
    ]
    had_failed = {job for job, exchange in failed if before(exchange, export.exchange)}
    return any(
        job not in had_failed and before(export.exchange, exchange) for job, exchange in failed
    )


def _is_due(export: CompleteExport, exchange: Exchange, response: HttpResponse) -> bool:
    now = response.date or exchange.sent
    return export.expires_at is not None and (now is None or now < export.expires_at)


def _contents(
    operation: Operation, served: list[tuple[Exchange, HttpResponse]]
) -> Iterator[Observation]:
    exchanges = [exchange for exchange, _ in served]
    parts: list[FilePart] = []
    size: int | None = None
    for exchange, response in served:
        part, total = part_of(response)
        if part is None:
            continue
        if part.start == 0 and len(part.data) >= 4 and not part.data.startswith(b"PK"):
            excerpt_length = _OF_DATA if is_data(response) else _OF_PAGE
            beginning = part.data[:excerpt_length].decode("latin-1")
            yield violated(
                operation,
                f"the URL does not serve a ZIP file: the body begins with {quote(beginning)}",
                exchange,
            )
            return
        parts.append(part)
        size = size if total is None else total
    if size is None:
        return
    found = read_directory(parts, size)
    if isinstance(found, Damaged):
        yield violated(operation, f"the file {found.reason}", *exchanges)
    elif isinstance(found, Directory):
        missing = _missing(operation.kind, found.names)
        if missing:
            yield violated(
                operation,
                f"the archive lacks {' and '.join(missing)}",
                *exchanges,
            )
        else:
            yield held(operation, *exchanges)


def _missing(kind: Kind, names: Iterable[str]) -> list[str]:
    """The documented members that an archive lacks, in one folder or at the top level."""
    found: dict[str, set[str]] = {"": set()}
    for name in names:
        folder, _, member = name.rpartition("/")
        if "/" not in folder:
            found.setdefault(folder, set()).add(member)
    lacking = [sorted(_MEMBERS[kind] - members) for members in found.values()]
    return min(lacking, key=len)


LAWS: Final = (
    Law(
        id="value.archive",
        statement=(
            "Without the token, the URL serves a ZIP file whose directory lists the documented "
            "members."
        ),
        source=LawSource(
            "documents/003; the guide to exporting batch data",
            "A collection's archive contains responses.jsonl and collection.json; a batch's "
            "contains responses-by-submission.jsonl, responses-by-task.jsonl and batch.json. "
            "README.md and files/ are not required. The name of the root folder is not judged: "
            "for batches it is not published. Any object store may serve the file. Not judged: "
            "redirects, 429, 503, and refusals for a job that later fails, because its archive "
            "was deleted.",
        ),
        operations=ARCHIVE,
        needs=(
            "requests without the token for a returned url, sent before it expires and "
            "reaching the archive's directory"
        ),
        check=_archive,
        mutants=(
            "archive-html",
            "archive-truncated",
            "archive-empty",
            "archive-nothing",
            "archive-no-members",
            "archive-no-responses",
            "archive-no-metadata",
            "archive-other-kind",
            "archive-needs-token",
            "archive-missing",
            "archive-refused",
        ),
    ),
)
