"""``prolific-exports download``."""

import argparse
from collections.abc import Sequence
from typing import Final

from attrs import define, field

from prolific_exports import (
    AuthenticationError,
    Clock,
    CorruptArchiveError,
    Deleted,
    DownloadError,
    Event,
    ExportArchive,
    ExportFilter,
    ExportRef,
    ExportResource,
    Exports,
    ExportsError,
    ExportTimeoutError,
    NoAnswerError,
    NotDeleted,
    NotFoundError,
    RateLimitedError,
    ResponseTable,
    Resuming,
    Saved,
    ServerError,
    StartedOver,
    StorageError,
    SystemClock,
    TargetExistsError,
    TargetInUseError,
    UnsafeArchiveError,
    UnsafeUrlError,
    UnsupportedError,
)
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _reports as reports
from prolific_exports._cli._extracted import Extracted
from prolific_exports._cli._order import Order, Task, check_empty
from prolific_exports._cli._results import Result, Status
from prolific_exports._cli._shell import quoted
from prolific_exports._cli._table import told
from prolific_exports._cli._warnings import shown
from prolific_exports._console import _progress as progress
from prolific_exports._console import _streams as streams
from prolific_exports._console._text import printable
from prolific_exports._flows._policy import DEFAULT_POLL_INTERVAL, DEFAULT_TIMEOUT, STALL_TIMEOUT
from prolific_exports._model._references import Kind

# What may end otherwise the next time, with the same export job.
_PASSING: Final = (
    AuthenticationError,
    CorruptArchiveError,
    DownloadError,
    NoAnswerError,
    RateLimitedError,
    ServerError,
    StorageError,
)
_LASTING: Final = (TargetExistsError, TargetInUseError, UnsafeUrlError)


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Download one archive after the other."""
    order = Order.from_arguments(arguments)
    clock = clock or SystemClock()
    downloads = _Downloads(order, progress.choose(clock, quiet=order.quiet))
    with (
        shown("prolific-exports"),
        Exports(
            timeout=DEFAULT_TIMEOUT if order.timeout is None else order.timeout,
            poll_interval=DEFAULT_POLL_INTERVAL
            if order.poll_interval is None
            else order.poll_interval,
            stall_timeout=STALL_TIMEOUT if order.stall_timeout is None else order.stall_timeout,
            on_event=downloads.notice,
            clock=clock,
        ) as exports,
    ):
        order.make_folder()
        interrupt = downloads.run(
            exports.collections if order.kind == "collection" else exports.batches
        )
    error: ExportsError | OSError | KeyboardInterrupt | None = interrupt
    table = None
    if order.table is not None:
        archives = [str(result.path) for result in downloads.results if result.path is not None]
        if len(archives) < len(order.ids):
            streams.message("The table was not written, since archives are missing.")
            downloads.advise_table(order.table)
        elif interrupt is not None:
            streams.message("The table was not written.")
            _advise(order.table_command(archives, order.table))
        else:
            try:
                table = _write_table(order, order.table, archives)
            except (ExportsError, OSError, KeyboardInterrupt) as failure:
                reports.complain(failure, f"the table {order.table}")
                _advise(order.table_command(archives, order.table))
                error = failure
    if order.json:
        streams.result(reports.download(downloads.results, error, table))
    elif table is not None:
        streams.result(table)
    if error is not None:
        return exit_codes.of_error(error)
    return downloads.exit_code()


def _write_table(order: Order, target: str, archives: Sequence[str]) -> str:
    opened = [ExportArchive.open(archive) for archive in archives]
    summary = ResponseTable(opened).write(target, overwrite=order.overwrite)
    if not order.quiet:
        streams.message(told(target, summary))
    return target


@define
class _Downloads:
    """The downloads of one command.

    Attributes:
        order: What was asked for.
        progress: What shows it.
        results: How those ended that did.
    """

    order: Order
    progress: progress.Progress
    results: list[Result] = field(factory=list)
    _ref: ExportRef | None = field(default=None, init=False)
    _saved: Saved | None = field(default=None, init=False)
    _resumed_from: int = field(default=0, init=False)
    _deletion: Deleted | NotDeleted | None = field(default=None, init=False)
    _all_at_once: bool = field(default=False, init=False)

    def notice(self, event: Event) -> None:
        """Remember what an event tells of the download in hand, and show it."""
        if isinstance(event, Deleted | NotDeleted):
            self._deletion = event
        else:
            self._ref = event.ref
        if isinstance(event, Saved):
            self._saved = event
        elif isinstance(event, Resuming):
            self._resumed_from = event.received
        elif isinstance(event, StartedOver):
            self._resumed_from = 0
        self.progress.event(event)

    def exit_code(self) -> int:
        """That of the worst result."""
        statuses = {result.status for result in self.results}
        failures = [result.error for result in self.results if result.status == "failed"]
        if failures:
            of_storage = all(isinstance(error, StorageError) for error in failures)
            return exit_codes.STORAGE if of_storage else exit_codes.FAILED
        return exit_codes.TIMED_OUT if "timed_out" in statuses else exit_codes.DONE

    def advise_table(self, table: str) -> None:
        """Say how to write the table later, unless a command that was advised does it."""
        paths = [None if result.path is None else str(result.path) for result in self.results]
        left = any(paths) or any(result.resume for result in self.results)
        if left and not self._all_at_once:
            command = self.order.table_command([path or "ZIP" for path in paths], table)
            streams.message(
                f"Once they are there, write it with (their paths for ZIP): {quoted(command)}"
            )

    def run(self, resource: ExportResource) -> KeyboardInterrupt | None:
        """Download everything; an interrupt ends it early and is returned."""
        tasks = self.order.tasks()
        try:
            for number, task in enumerate(tasks, 1):
                place = f"[{number}/{len(tasks)}] " if len(tasks) > 1 else ""
                result = self._download(resource, task, f"{place}{self._name(task)}")
                self._ref = self._saved = self._deletion = None
                self._resumed_from = 0
                self.results.append(result)
                if result.path is not None and not self.order.json:
                    streams.result(str(result.path))
        except KeyboardInterrupt as interrupt:
            self._stop(tasks[len(self.results) :], interrupt)
            return interrupt
        return None

    def _download(self, resource: ExportResource, task: Task, title: str) -> Result:
        try:
            check_empty(task)
            self.progress.begin(title)
            try:
                archive = self._fetch(resource, task)
            finally:
                self.progress.end()
            self._tell_deletion(task)
            extracted = None
            if task.extract_to is not None:
                extracted = Extracted.extract(archive, task.extract_to, task.names)
                if not self.order.quiet:
                    streams.message(f"{title}: extracted to {printable(str(task.extract_to))}")
                    for note in extracted.notes():
                        streams.message(f"{title}: {note}")
        except (ExportsError, OSError) as error:
            return self._fail(task, error)
        return self._result(task, "saved", extracted=extracted)

    def _fetch(self, resource: ExportResource, task: Task) -> ExportArchive:
        order = self.order
        asked = order.filter or ExportFilter()
        if order.export_id is None:
            return resource.download(
                task.resource_id,
                task.target,
                study_id=asked.study_id,
                from_=asked.from_,
                to=asked.to,
                overwrite=order.overwrite,
                verify=not order.no_verify,
                connections=order.connections,
                delete_after=order.delete_after,
            )
        job = resource.job(
            task.resource_id,
            order.export_id,
            study_id=asked.study_id,
            from_=asked.from_,
            to=asked.to,
        )
        return job.download(
            task.target,
            overwrite=order.overwrite,
            verify=not order.no_verify,
            connections=order.connections,
            delete_after=order.delete_after,
        )

    def _tell_deletion(self, task: Task) -> None:
        """Say why a job could not be deleted; its archive is there, so that this is no failure."""
        if not isinstance(self._deletion, NotDeleted):
            return
        ref, error = self._deletion.ref, self._deletion.error
        told = printable(reports.explain(error))
        streams.message(f"{self._name(task)}: saved, but not deleted at Prolific: {told}")
        if ref.export_id is not None and not isinstance(error, NotFoundError | UnsupportedError):
            _advise_deletion(ref.kind, ref.resource_id, ref.export_id)

    def _tell_doubt(self) -> None:
        """After an interrupt while a job was being deleted, say that nobody knows how it ended."""
        ref = self._ref
        if self._deletion is None and ref is not None and ref.export_id is not None:
            streams.message(f"Whether export {ref.export_id} was deleted at Prolific is not known.")
            _advise_deletion(ref.kind, ref.resource_id, ref.export_id)

    def _fail(self, task: Task, error: ExportsError | OSError) -> Result:
        reports.complain(error, self._name(task))
        resume = self._resume(task, error)
        _advise(resume)
        status: Status = "timed_out" if isinstance(error, ExportTimeoutError) else "failed"
        return self._result(task, status, error=error, resume=resume)

    def _stop(self, tasks: Sequence[Task], interrupt: KeyboardInterrupt) -> None:
        """Account for what was not finished: the download in hand, and those after it."""
        reports.complain(interrupt)
        if tasks and (self._export_id or self._saved):
            if not self._saved:
                streams.message("The export goes on at Prolific.")
            elif not self.order.json:
                streams.result(str(self._saved.path))
            if self._saved and self.order.delete_after:
                self._tell_doubt()
            result = self._interrupted(tasks[0], interrupt)
            _advise(result.resume)
            self.results.append(result)
            self._ref = self._saved = self._deletion = None
            tasks = tasks[1:]
        if tasks:
            _advise(self._command([task.resource_id for task in tasks]))
        self.results += [self._interrupted(task, interrupt) for task in tasks]

    def _interrupted(self, task: Task, interrupt: KeyboardInterrupt) -> Result:
        resume = self._resume(task, interrupt)
        return self._result(task, "interrupted", error=interrupt, resume=resume)

    def _resume(self, task: Task, error: BaseException) -> list[str] | None:
        """The command that goes on after an error, if one can."""
        if self._saved is not None:
            # Only extracting is left, which another try does not change for a bad archive.
            bad = isinstance(error, CorruptArchiveError | UnsafeArchiveError)
            return None if bad else task.extract_command(self._saved.path)
        passing = isinstance(error, _PASSING) and not isinstance(error, _LASTING)
        if isinstance(error, ExportTimeoutError | KeyboardInterrupt) or (
            passing and self._export_id is not None
        ):
            return self._command([task.resource_id], self._export_id)
        return None

    def _command(self, ids: Sequence[str], export_id: str | None = None) -> list[str]:
        """The command to go on with, and a note whether it does all that was asked for."""
        self._all_at_once = self._all_at_once or tuple(ids) == self.order.ids
        return self.order.command(ids, export_id)

    @property
    def _export_id(self) -> str | None:
        return self._ref.export_id if self._ref is not None else self.order.export_id

    def _name(self, task: Task) -> str:
        return f"{self.order.kind} {task.resource_id}"

    def _result(
        self,
        task: Task,
        status: Status,
        *,
        extracted: Extracted | None = None,
        error: BaseException | None = None,
        resume: list[str] | None = None,
    ) -> Result:
        return Result(
            kind=self.order.kind,
            resource_id=task.resource_id,
            status=status,
            export_id=self._export_id,
            path=self._saved.path if self._saved else None,
            size=self._saved.size if self._saved else None,
            resumed_from=self._resumed_from,
            extracted=extracted,
            deleted=isinstance(self._deletion, Deleted) if self._deletion else None,
            error=error,
            resume=resume,
        )


def _advise_deletion(kind: Kind, resource_id: str, export_id: str) -> None:
    command = ["prolific-exports", "delete", kind, resource_id, export_id]
    streams.message(f"Delete it with: {quoted(command)}")


def _advise(command: list[str] | None) -> None:
    if command is not None:
        streams.message(f"Go on with: {quoted(command)}")
