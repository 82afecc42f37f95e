"""``prolific-exports delete``."""

import argparse
from collections.abc import Sequence
from typing import TypeAlias

from attrs import define, field

from prolific_exports import (
    Clock,
    ConflictError,
    ExportRef,
    ExportResource,
    ExportsError,
    JobSelection,
    SystemClock,
    select_jobs,
)
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import connect
from prolific_exports._cli._confirmation import is_confirmed
from prolific_exports._cli._delete_options import DeleteOptions
from prolific_exports._cli._deletion import JobDeletion
from prolific_exports._cli._list import JOB_HEADINGS, job_row
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._progress import LogLines
from prolific_exports._console._text import aligned, plural
from prolific_exports._console._warnings import warnings_on_stderr

_Pair: TypeAlias = tuple[str, str]
"""The ids of a collection or batch and of one of its exports."""


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Delete exports one after another, and print the id of each deleted one.

    With ``--json``, an interrupt does not lose what was deleted before it.
    """
    clock = clock or SystemClock()
    options = DeleteOptions.from_arguments(arguments, clock.now())
    deletions = _Deletions(arguments, options, clock)
    failure: ExportsError | OSError | KeyboardInterrupt | None = None
    code = exit_codes.DONE
    try:
        code = deletions.run()
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        if not options.json:
            raise
        print_error(error)
        failure = error
        code = exit_codes.of_error(error)
    if options.json:
        streams.print_result(
            json_output.delete(
                deletions.results,
                kind=options.kind,
                resource_id=options.resource_id,
                workspace_id=options.workspace,
                error=failure,
            )
        )
    return code


@define
class _Deletions:
    """The deletions of one command.

    Attributes:
        arguments: Select the account.
        options: Select the exports.
        results: What happened so far.
    """

    arguments: argparse.Namespace
    options: DeleteOptions
    clock: Clock
    results: list[JobDeletion] = field(factory=list, init=False)
    _lines: LogLines = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._lines = LogLines(self.clock)

    def run(self) -> int:
        """Delete what the options name or choose; return the exit code."""
        with (
            warnings_on_stderr("prolific-exports"),
            connect(
                self.arguments,
                beat=self._lines.beat,
                on_event=self._lines.event,
                clock=self.clock,
            ) as exports,
        ):
            resource = exports.collections if self.options.kind == "collection" else exports.batches
            pairs = self._named() if self.options.export_ids else self._chosen(resource)
            if self.options.dry_run:
                for resource_id, export_id in pairs:
                    self._add(
                        JobDeletion(
                            resource_id=resource_id, export_id=export_id, outcome="would_delete"
                        )
                    )
                return exit_codes.DONE
            if pairs and self.options.asks and not is_confirmed(self._question(len(pairs))):
                streams.print_message("Nothing was deleted.")
                self.results += [
                    JobDeletion(resource_id=one, export_id=export_id, outcome="kept")
                    for one, export_id in pairs
                ]
                return exit_codes.FAILED
            for resource_id, export_id in pairs:
                self._add(self._delete(resource, resource_id, export_id))
        failed = any(one.outcome == "failed" for one in self.results)
        return exit_codes.FAILED if failed else exit_codes.DONE

    def _named(self) -> list[_Pair]:
        resource_id = str(self.options.resource_id)
        return [(resource_id, export_id) for export_id in self.options.export_ids]

    def _chosen(self, resource: ExportResource) -> list[_Pair]:
        """The exports that the conditions choose. Prints them, and those that cannot be deleted.

        All lists are read before anything is deleted.
        """
        found = {
            resource_id: self._selection(resource, resource_id)
            for resource_id in self._resource_ids(resource)
        }
        rows = [
            (resource_id, *job_row(job, self.clock.now()))
            for resource_id, selection in found.items()
            for job in selection.selected
        ]
        if rows:
            headings = (f"{self.options.kind.upper()}_ID", *JOB_HEADINGS)
            streams.print_message(aligned([headings, *rows]))
        else:
            streams.print_message("No export matches: there is nothing to delete.")
        for resource_id, selection in found.items():
            self._keep(resource_id, selection)
        return [
            (resource_id, job.export_id)
            for resource_id, selection in found.items()
            for job in selection.selected
        ]

    def _resource_ids(self, resource: ExportResource) -> Sequence[str]:
        if self.options.workspace is None:
            return [str(self.options.resource_id)]
        self._lines.begin(f"workspace {self.options.workspace}")
        return list(dict.fromkeys(one.id for one in resource.find(self.options.workspace)))

    def _selection(self, resource: ExportResource, resource_id: str) -> JobSelection:
        self._lines.begin(f"{self.options.kind} {resource_id}")
        return select_jobs(
            resource.list(resource_id), before=self.options.before, keep=self.options.keep
        )

    def _keep(self, resource_id: str, selection: JobSelection) -> None:
        for job in selection.kept:
            self.results.append(
                JobDeletion(resource_id=resource_id, export_id=job.export_id, outcome="kept")
            )
        for job in selection.unfinished:
            self._add(
                JobDeletion(resource_id=resource_id, export_id=job.export_id, outcome="generating")
            )

    def _delete(self, resource: ExportResource, resource_id: str, export_id: str) -> JobDeletion:
        self._lines.begin(f"{self.options.kind} {resource_id}")
        try:
            resource.delete(resource_id, export_id)
        except ExportsError as error:
            # Chosen from a list, it may have started to generate again since.
            if isinstance(error, ConflictError) and not self.options.export_ids:
                return JobDeletion(
                    resource_id=resource_id,
                    export_id=export_id,
                    outcome="generating",
                    error=error,
                )
            ref = ExportRef(self.options.kind, resource_id, export_id)
            print_error(error, str(ref))
            return JobDeletion(
                resource_id=resource_id, export_id=export_id, outcome="failed", error=error
            )
        return JobDeletion(resource_id=resource_id, export_id=export_id, outcome="deleted")

    def _add(self, deletion: JobDeletion) -> None:
        self.results.append(deletion)
        if deletion.outcome == "generating":
            streams.print_message(
                f"{self.options.kind} {deletion.resource_id}: skipped export "
                f"{deletion.export_id}, which is still being generated"
            )
        elif deletion.outcome in ("deleted", "would_delete") and not self.options.json:
            streams.print_result(deletion.export_id)

    def _question(self, count: int) -> str:
        return (
            f"Delete {plural(count, 'export')} from Prolific, with the archives? This cannot be "
            "undone."
        )
