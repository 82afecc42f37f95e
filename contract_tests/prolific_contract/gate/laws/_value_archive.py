"""The law about what a download URL serves."""

from collections.abc import Iterator
from typing import Final

from prolific_contract.gate.laws._archives import (
    ArchiveFetch,
    NoArchive,
    archive_fetches,
    empty_members,
    is_refusal,
    missing_members,
    read_archive,
)
from prolific_contract.gate.laws._complete_exports import CompleteExport
from prolific_contract.gate.laws._jobs import (
    JobKey,
    before,
    is_regular,
    resource_of,
    same_id,
    state,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import may_have_been_deleted
from prolific_contract.gate.laws._observations import ARCHIVE, held, joined, quote, violated
from prolific_contract.gate.trace._body_parts import is_data
from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._zip_directory import Damaged, Directory

# Bytes of a body that a finding quotes if it is not an archive. Participants' data is quoted
# only as far as needed to show that it is not a ZIP file.
_OF_DATA: Final = 4
_OF_PAGE: Final = 40
_ABOUT_CONTENT: Final = {
    "batch.json": "archive.field.batch-metadata",
    "collection.json": "archive.field.metadata",
    "README.md": "archive.field.readme-content",
}


def _archive(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for fetch in archive_fetches(trace):
        for exchange, response in fetch.fetched:
            # 203 is a 200 that a proxy changed.
            if 200 <= response.status < 300 and response.status not in (200, 203, 206):
                yield violated(
                    fetch.operation,
                    f"the URL returned {response.status}, which is neither a file nor a refusal",
                    fetch.export.exchange,
                    exchange,
                )
        if fetch.served:
            yield from _contents(fetch)
            continue
        if _was_deleted(trace, fetch.export):
            continue
        for exchange, response in fetch.fetched:
            if _is_deleted(trace, fetch.export, exchange):
                break
            promise = fetch.promise(exchange)
            if promise and is_refusal(response) and _is_due(promise, exchange, response):
                yield violated(
                    fetch.operation,
                    f"the URL returned {response.status} to a request without the token before "
                    "expires_at",
                    promise.exchange,
                    exchange,
                    about=("archive.access.presigned", "archive.time.until-expiry"),
                )
                break


def _was_deleted(trace: Trace, export: CompleteExport) -> bool:
    """Whether the job failed later, as after the deletion of its archive.

    The response to a request does not name its job, so any job of the resource counts.
    """
    own = export.exchange.address
    failed = [
        (exchange.address.export_id, exchange)
        for exchange in trace.exchanges
        if is_regular(exchange)
        and state(exchange) == "failed"
        and exchange.address is not None
        and own is not None
        and resource_of(exchange.address) == resource_of(own)
        and (own.export_id is None or same_id(own.export_id, exchange.address.export_id or ""))
    ]
    had_failed = {job for job, exchange in failed if before(exchange, export.exchange)}
    return any(
        job not in had_failed and before(export.exchange, exchange) for job, exchange in failed
    )


def _is_deleted(trace: Trace, export: CompleteExport, exchange: Exchange) -> bool:
    """Whether the job may be deleted; no document says what becomes of its URL."""
    address = export.exchange.address
    if address is None or address.export_id is None:
        return False
    return may_have_been_deleted(trace, JobKey.of(address), export.exchange, exchange)


def _is_due(export: CompleteExport, exchange: Exchange, response: HttpResponse) -> bool:
    now = response.date or exchange.sent
    return export.expires_at is not None and (now is None or now < export.expires_at)


def _contents(fetch: ArchiveFetch) -> Iterator[Observation]:
    operation, served = fetch.operation, fetch.served
    exchanges = [exchange for exchange, _ in served]
    match read_archive(served):
        case NoArchive(exchange, response):
            excerpt_length = _OF_DATA if is_data(response) else _OF_PAGE
            beginning = quote(response.body[:excerpt_length].decode("latin-1"))
            yield violated(
                operation,
                f"the URL does not serve a ZIP file: the body begins with {beginning}",
                exchange,
                about=("archive.field.zip",),
            )
        case Damaged(reason):
            yield violated(
                operation, f"the file {reason}", *exchanges, about=("archive.field.zip",)
            )
        case Directory() as found:
            missing = missing_members(operation.kind, found.names)
            empty = empty_members(operation.kind, found)
            if missing:
                yield violated(
                    operation,
                    f"the archive lacks {joined(missing)}",
                    *exchanges,
                    about=[
                        "archive.field.readme"
                        if name == "README.md"
                        else f"archive.field.{operation.kind}-members"
                        for name in missing
                    ],
                )
            elif empty:
                yield violated(
                    operation,
                    f"{joined(empty)} in the archive {'is' if len(empty) == 1 else 'are'} "
                    "empty (0 bytes)",
                    *exchanges,
                    about=[_ABOUT_CONTENT[name] for name in empty],
                )
            else:
                yield held(operation, *exchanges)


LAWS: Final = (
    Law(
        id="value.archive",
        statement=(
            "Without the token, the URL serves a ZIP file whose directory lists the documented "
            "members. Its metadata is not empty."
        ),
        source=LawSource(
            "documents/003; the guide to exporting batch data",
            "A collection's archive contains responses.jsonl, collection.json and README.md; a "
            "batch's contains responses-by-submission.jsonl, responses-by-task.jsonl, batch.json "
            "and README.md. files/ is there only if there are uploads. The .json file describes "
            "the resource and a collection's README.md the archive, so they are not empty; the "
            "responses may be. Any object store may serve the file. Not judged: redirects, 429, "
            "503, and refusals for a job that later fails, because its archive was deleted.",
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
            "archive-no-readme",
            "archive-other-kind",
            "archive-empty-metadata",
            "archive-empty-readme",
            "archive-needs-token",
            "archive-missing",
            "archive-refused",
        ),
    ),
)
