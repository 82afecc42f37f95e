"""The public API as its users write it, for the type checkers: nothing here is run.

Where a type is stated with ``assert_type``, changing it breaks users' type checks.
A line with ``type: ignore`` has to be an error: both checkers report the comment
when there is nothing to ignore.
"""

import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from random import Random
from typing import Any, Literal, assert_never, assert_type

import duckdb
import httpx
import polars as pl
import prolific_contract.sandbox
import prolific_exports as px
from prolific_contract.sandbox import Fate, Sandbox, SandboxSettings
from prolific_contract.spec import load_contract
from prolific_exports import (
    AsyncExportJob,
    AsyncExportResource,
    AsyncExports,
    Complete,
    Downloading,
    Event,
    ExportArchive,
    ExportJob,
    ExportRef,
    ExportResource,
    Exports,
    ExportState,
    Failed,
    Generating,
    Kind,
    Record,
    Response,
    Submission,
    UnknownRecord,
)
from prolific_exports.testing import FakeClock


def listed(exports: px.Exports) -> None:
    """Lists are iterators of typed entries."""
    assert_type(exports.workspaces(), Iterator[px.Workspace])
    assert_type(exports.collections.find("id"), Iterator[px.Resource])
    assert_type([one.status for one in exports.batches.find("id")], list[str | None])
    assert_type(exports.find("id"), Iterator[px.Resource])
    for outcome in exports.download_many(exports.batches.find("id"), "folder", jobs=2):
        assert_type(outcome, px.DownloadOutcome)
        assert_type(outcome.archive, ExportArchive | None)
        assert_type(outcome.result(), ExportArchive)
        assert_type(outcome.error, px.ExportsError | None)
        assert_type(outcome.ref, ExportRef)
    assert_type(exports.batches.download_many(["id"]), Generator[px.DownloadOutcome, None, None])
    exports.batches.download_many(["id"], on_progress=progress_values).close()


def progress_values(progress: px.DownloadProgress) -> None:
    """Progress has numbers and one of three causes."""
    assert_type(progress.planned, int)
    assert_type(progress.running, int)
    assert_type(progress.limited_by, Literal["generation", "rate", "transfers"])


async def listed_async(exports: px.AsyncExports) -> None:
    """The async lists have the same entries."""
    assert_type(exports.workspaces(), AsyncIterator[px.Workspace])
    async for outcome in exports.batches.download_many(["id"], "folder"):
        assert_type(outcome, px.DownloadOutcome)
    assert_type(exports.find("id"), AsyncIterator[px.Resource])
    async for outcome in exports.download_many(exports.find("id"), "folder"):
        assert_type(outcome.result(), ExportArchive)
    async for found in exports.batches.find("id"):
        assert_type(found.kind, Kind)


def blocking(folder: Path) -> None:
    with Exports() as exports:
        assert_type(exports, Exports)
        assert_type(exports.collections, ExportResource)
        assert_type(exports.batches, ExportResource)
        job = exports.collections.export("65f0")
        assert_type(job, ExportJob)
        assert_type(job.export_id, str | None)
        assert_type(job.ref, ExportRef)
        assert_type(job.status(), ExportState)
        assert_type(job.wait(timeout=60), Complete)
        assert_type(job.download(), ExportArchive)
        assert_type(job.download(folder / "x.zip", overwrite=True, timeout=1.5), ExportArchive)
        assert_type(exports.batches.job("0192", "a1b2").wait().url, str)
        assert_type(exports.batches.download("0192", "data"), ExportArchive)
    assert_type(px.download("collection", "65f0", folder, token="t"), ExportArchive)
    exports.close()


async def awaited(folder: Path) -> None:
    async with AsyncExports("t") as exports:
        assert_type(exports, AsyncExports)
        assert_type(exports.collections, AsyncExportResource)
        job = await exports.batches.export("0192")
        assert_type(job, AsyncExportJob)
        assert_type(job.export_id, str | None)
        assert_type(job.ref, ExportRef)
        assert_type(await job.status(), ExportState)
        assert_type(await job.wait(timeout=60), Complete)
        assert_type(await job.download(folder, overwrite=True), ExportArchive)
        assert_type(await exports.collections.job("65f0", "a1b2").wait(), Complete)
        assert_type(await exports.collections.download("65f0"), ExportArchive)
    await exports.close()


def filtered(exports: Exports, first: datetime, last: datetime) -> None:
    job = exports.collections.export("65f0", study_id="65a1", from_=first, to=last)
    assert_type(job.ref.filter, px.ExportFilter | None)
    exports.batches.job("0192", "a1b2", study_id="65a1")
    assert_type(
        exports.batches.download("0192", to=last, from_=first, delete_after=True), ExportArchive
    )
    px.download("batch", "0192", study_id="65a1", from_=first, to=last, delete_after=True)
    assert_type(job.download("x.zip", delete_after=True), ExportArchive)
    exports.collections.export("65f0", "65a1")  # type: ignore[call-arg]
    exports.collections.export("65f0", from_="2026-03-01")  # type: ignore[arg-type]


def managed(exports: Exports) -> list[str]:
    jobs = exports.collections.list("65f0")
    assert_type(jobs, tuple[px.ListedJob, ...])
    for job in jobs:
        assert_type(job.status, str)
        assert_type(job.created_at, datetime)
        if job.filter is not None:
            assert_type(job.filter.study_id, str | None)
            assert_type(job.filter.from_, datetime | None)
            assert_type(job.filter.to, datetime | None)
        exports.collections.delete("65f0", job.export_id)
    chosen = px.select_jobs(jobs, before=jobs[0].created_at, keep=3)
    assert_type(chosen, px.JobSelection)
    assert_type(chosen.selected + chosen.kept + chosen.unfinished, tuple[px.ListedJob, ...])
    exports.batches.job("0192", "a1b2").delete()
    return [job.export_id for job in jobs]


async def managed_awaited(exports: AsyncExports, first: datetime) -> None:
    assert_type(await exports.batches.list("0192"), tuple[px.ListedJob, ...])
    await exports.batches.delete("0192", "a1b2")
    job = await exports.collections.export("65f0", from_=first)
    assert_type(await job.download(delete_after=True), ExportArchive)
    await job.delete()


def configured(on_event: px.ProgressCallback) -> None:
    clock: px.Clock = FakeClock()
    Exports(
        "t",
        base_url="https://api.example",
        http_client=httpx.Client(),
        timeout=60,
        poll_interval=4,
        call_timeout=10.5,
        on_event=on_event,
        clock=clock,
        random=Random(1),
    )
    AsyncExports(http_client=httpx.AsyncClient(), on_event=print, clock=px.SystemClock())


def state_in_words(state: ExportState) -> str:
    assert_type(state.extra, Mapping[str, Any])
    match state:
        case Generating(export_id=export_id):
            return assert_type(export_id, str)
        case Complete(url=url, expires_at=expires_at):
            assert_type(expires_at, datetime | None)
            return assert_type(url, str)
        case Failed():
            return state.status
        case _:
            assert_never(state)


def progress(event: Event) -> None:
    assert_type(event.ref, ExportRef | px.ListRef)
    match event:
        case px.Requested(status=status) | px.Polled(status=status):
            assert_type(status, str)
        case (
            px.Retrying(error=error) | px.NotDeleted(error=error) | px.CodebookNotSaved(error=error)
        ):
            assert_type(error, px.ExportsError)
        case px.Restarted() | px.Adopted() | px.Deleted() | px.Reused():
            pass
        case px.Refreshed(received=received):
            assert_type(received, int)
        case px.Resuming(received=received, total=total):
            assert_type(received, int)
            assert_type(total, int | None)
        case px.StartedOver(reason=reason):
            assert_type(reason, str)
        case Downloading(received=received, total=total):
            assert_type(received, int)
            assert_type(total, int | None)
        case px.Verifying(size=size):
            assert_type(size, int)
        case px.Saved(path=path) | px.CodebookSaved(path=path):
            assert_type(path, Path)
        case _:
            assert_never(event)


def patience(event: px.Retrying | px.Polled) -> float:
    if isinstance(event, px.Retrying):
        return assert_type(event.delay, float)
    return assert_type(event.elapsed, float)


def callbacks(log: list[Event], total: Callable[[Downloading], None]) -> None:
    Exports("t", on_event=progress)
    Exports("t", on_event=log.append)
    Exports("t", on_event=lambda event: event.ref)
    Exports("t", on_event=total)  # type: ignore[arg-type]


def references(kind: Kind) -> None:
    ref = ExportRef(kind, "65f0")
    assert_type(ref.kind, Literal["collection", "batch"])
    assert_type(ref.resource_id, str)
    assert_type(ref.export_id, str | None)
    assert_type(ref == ExportRef("batch", "0192", "a1b2"), bool)
    hash(ref)


def api_errors(exports: Exports) -> None:
    try:
        exports.collections.download("65f0")
    except px.RateLimitedError as error:
        assert_type(error.retry_after, float | None)
    except (px.AuthenticationError, px.AccessDeniedError, px.NotFoundError) as error:
        assert_type(error.operation, str)
        assert_type(error.ref, ExportRef | px.ListRef)
        assert_type(error.status, int)
        assert_type(error.title, str | None)
        assert_type(error.code, int | None)
    except (px.BadRequestError, px.ConflictError, px.ServerError) as error:
        root: px.ApiError = error
        assert_type(root.status, int)
    except px.TooManyExportsError as error:
        assert_type(error.jobs, tuple[px.ListedJob, ...])
    except px.UnsupportedError as error:
        assert_type(error.status, int)
    except px.FilterIgnoredError as error:
        assert_type(error.ref, ExportRef)
    except px.UnknownStatusError as error:
        violation: px.ContractViolation = error
        assert_type(violation.pointer, str)
        assert_type(violation.excerpt, str)
    except px.NoAnswerError as error:
        assert_type(error.sent, bool)


def job_errors(exports: Exports) -> px.ExportsError | None:
    try:
        exports.collections.download("65f0")
    except px.ExportFailedError as error:
        assert_type(error.ref, ExportRef)
    except px.ExportTimeoutError as error:
        assert_type(error.waited, float)
        if error.ref.export_id:
            exports.collections.job(error.ref.resource_id, error.ref.export_id).wait()
    except px.TargetExistsError as error:
        assert_type(error.path, Path)
    except (px.UnsafeUrlError, px.CorruptArchiveError, px.UnsafeArchiveError) as error:
        return error
    except (px.DownloadError, px.ArchiveError, px.UsageError) as error:
        return error
    return None


def bad_id_is_a_value_error(error: px.UsageError) -> ValueError:
    return error


def archive(path: str, target: os.PathLike[str]) -> None:
    archive = ExportArchive.open(path)
    assert_type(archive, ExportArchive)
    assert_type(archive.path, Path)
    assert_type(archive.kind, Kind | None)
    assert_type(archive.metadata.name, str | None)
    assert_type(archive.metadata.exported_at, datetime | None)
    assert_type([file.size for file in archive.files], list[int])
    assert_type(archive.responses(), Iterator[Record])
    assert_type(archive.responses(by="task"), Iterator[Record])
    assert_type(archive.extract(target, limits=px.ExtractLimits(size=1 << 30)), Path)
    with archive.open_file("files/x.png") as stream:
        assert_type(stream, BufferedReader)
    Path(archive).unlink()
    assert_type(px.summarise(archive).submissions, int)
    assert_type(px.verify_zip(path).size, int)
    assert_type(px.__version__, str)


def tables(archive: ExportArchive, target: Path) -> None:
    table = px.ResponseTable([archive, archive], shape="wide", by="task", files=target)
    assert_type(table.archives, tuple[ExportArchive, ...])
    assert_type(table.column_names, tuple[str, ...])
    assert_type(table.rows(), Iterator[tuple[Any, ...]])
    assert_type(table.iter_batches(), Iterator[Any])
    assert_type(table.to_arrow(), Any)
    assert_type(table.to_polars(), pl.DataFrame)
    assert_type(table.to_duckdb(duckdb.connect()), duckdb.DuckDBPyRelation)
    assert_type(table.to_parquet("o.parquet", overwrite=True).rows, int)
    assert_type(archive.to_html(target / "o.html", overwrite=True), px.PageSummary)
    assert_type(table.write(target / "o.csv", formulas="keep"), px.TableSummary)
    assert_type(archive.table(by="submission", files="up"), px.ResponseTable)
    assert_type(archive.to_polars(shape="wide"), pl.DataFrame)
    assert_type(archive.to_duckdb(), duckdb.DuckDBPyRelation)
    assert_type(archive.to_csv("o.csv", formulas="escape").escaped, int)
    archive.table(shape="tall")  # type: ignore[arg-type]
    archive.to_csv("o.csv", formulas=True)  # type: ignore[arg-type]


def figures_of(summary: px.ArchiveSummary) -> Iterator[int | float]:
    for instruction in summary.instructions:
        assert_type(instruction.lengths, px.Spread | None)
        yield from (choice.count for choice in instruction.choices)
        yield from (numbers.median for numbers in instruction.numbers)
    yield from (files.size for files in summary.file_types)


def rows(archive: ExportArchive) -> Iterator[tuple[str | None, str, str]]:
    for record in archive.responses():
        match record:
            case Submission(participant_id=participant_id, responses=responses):
                assert_type(record.created_at, datetime | None)
                assert_type(responses, Mapping[str, Response])
                for instruction_id, response in responses.items():
                    yield participant_id, instruction_id, answer(response)
            case UnknownRecord(raw=raw):
                yield None, "", str(raw)
            case _:
                assert_never(record)


def answer(response: Response) -> str:
    assert_type(response.description, str | None)
    match response:
        case px.FreeText(value=value):
            return assert_type(value, str)
        case px.FreeTextWithUnit(value=value, unit=unit):
            return assert_type(value, str) + assert_type(unit, str)
        case px.MultipleChoice(values=options):
            return ", ".join(assert_type(options, tuple[str, ...]))
        case px.MultipleChoiceWithFreeText(values=choices):
            return ", ".join(f"{choice.option}: {choice.explanation}" for choice in choices)
        case px.FileUpload(files=files):
            return ", ".join(file.path for file in files)
        case px.StarRating(value=stars):
            return assert_type(stars, str)
        case px.UnknownResponse(raw=raw):
            return str(raw)
        case _:
            assert_never(response)


def users_test(prolific_sandbox: Sandbox) -> None:
    """The pytest fixture's value."""
    assert_type(prolific_sandbox.url, str)
    assert_type(prolific_sandbox.token, str)
    assert_type(prolific_sandbox.collection_id, str)
    assert_type(prolific_sandbox.batch_id, str)
    assert_type(prolific_sandbox.forbidden_collection_id, str)
    assert_type(prolific_sandbox.settings, SandboxSettings)
    assert_type(prolific_sandbox.settings.id_of("batch", Fate.FAILS), str)
    with Sandbox(SandboxSettings(edition="2026-11", generation_seconds=0.5)) as sandbox:
        Exports(sandbox.token, base_url=sandbox.url)
    SandboxSettings(resources=[prolific_contract.sandbox.SandboxResource("batch", "65f0")])
    SandboxSettings(edition="2025-01")  # type: ignore[arg-type]
    prolific_contract.sandbox.NoSuchName  # type: ignore[attr-defined]
    assert_type(load_contract(), dict[str, Any])


def mistakes(exports: Exports, job: ExportJob, state: ExportState, complete: Complete) -> None:
    Exports(token=1)  # type: ignore[arg-type]
    Exports("t", "https://api.example")  # type: ignore[call-arg]
    Exports(http_client=httpx.AsyncClient())  # type: ignore[arg-type]
    AsyncExports(http_client=httpx.Client())  # type: ignore[arg-type]
    exports.collections.export()  # type: ignore[call-arg]
    exports.collections.job("65f0")  # type: ignore[call-arg]
    exports.studies  # type: ignore[attr-defined]
    job.download("x.zip", True)  # type: ignore[call-arg]
    px.download("study", "65f0")  # type: ignore[arg-type]
    state.url  # type: ignore[union-attr]
    complete.url = ""  # type: ignore[misc]
    job.export_id.upper()  # type: ignore[union-attr]
    px.NoSuchName  # type: ignore[attr-defined]
