"""The downloads of one command: one, or many at once."""

from contextlib import closing
from pathlib import Path
from typing import cast

from attrs import define, field

from prolific_exports import (
    Clock,
    Event,
    ExportArchive,
    ExportFilter,
    ExportRef,
    ExportResource,
    ExportsError,
    StorageError,
)
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._download_options import DownloadOptions
from prolific_exports._cli._download_result import DownloadResult
from prolific_exports._cli._follow_up import download_command, suggest, table_command
from prolific_exports._cli._one_download import OneDownload
from prolific_exports._cli._stopwatch import Stopwatch
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import print_error
from prolific_exports._console._many_progress import ManyDisplay, choose_many_display
from prolific_exports._console._progress import NoDisplay, ProgressDisplay, choose_display
from prolific_exports._console._shell import command_line


@define
class Downloads:
    """The downloads of one command, and how they ended.

    Attributes:
        options: The options of the command.
    """

    options: DownloadOptions
    _downloads: dict[str, OneDownload]
    _display: ManyDisplay | None
    _one_display: ProgressDisplay
    _ended: dict[str, DownloadResult] = field(factory=dict, init=False)

    @classmethod
    def create(
        cls, options: DownloadOptions, clock: Clock, folder: Path | None = None
    ) -> "Downloads":
        """The downloads, none of which has begun.

        Args:
            options: The options of the command.
            clock: Returns the time and sleeps.
            folder: Where the archive is kept until it goes to stdout.
        """
        targets = options.targets(folder)
        many = choose_many_display(clock, len(targets), quiet=options.quiet)
        # Those of many share one display.
        one = NoDisplay() if options.is_many else choose_display(clock, quiet=options.quiet)
        downloads = {}
        for number, target in enumerate(targets, 1):
            count = f"[{number}/{len(targets)}] " if len(targets) > 1 else ""
            title = f"{count}{options.kind} {target.resource_id}"
            stopwatch = Stopwatch(clock.monotonic)
            downloads[target.resource_id] = OneDownload(options, target, title, one, stopwatch)
        return cls(options, downloads, many if options.is_many else None, one)

    @property
    def results(self) -> list[DownloadResult]:
        """The results of the downloads that have ended, in the order of the ids."""
        return [self._ended[one] for one in self.options.ids if one in self._ended]

    def on_event(self, event: Event) -> None:
        """Pass an event to its download."""
        # No list is read during downloads.
        download = self._downloads[cast("ExportRef", event.ref).resource_id]
        download.on_event(event)
        if self._display is not None:
            self._display.event(download.title, event)

    def beat(self) -> None:
        """Show that the command is alive."""
        (self._display or self._one_display).beat()

    def run(self, resource: ExportResource) -> KeyboardInterrupt | None:
        """Run all downloads; an interrupt ends them early and is returned."""
        interrupted = None
        try:
            if self._display is None:
                (download,) = self._downloads.values()
                self._end(download, download.run(resource))
            else:
                self._run_many(resource, self._display)
        except KeyboardInterrupt as interrupt:
            interrupted = interrupt
            print_error(interrupt)
            self._interrupt(interrupt)
        suggest("To resume", self.resume_command())
        return interrupted

    def resume_command(self) -> list[str] | None:
        """The command that downloads what is left; None if nothing can be resumed."""
        left = self._left()
        if len(left) > 1:
            return download_command(self.options, [result.resource_id for result in left])
        return left[0].resume if left else None

    def paths(self) -> list[str | None]:
        """The path of each archive; None where it is missing."""
        return [None if result.path is None else str(result.path) for result in self.results]

    def archives(self) -> list[ExportArchive]:
        """The archives that are complete.

        Raises:
            ExportsError, OSError: One of them cannot be opened.
        """
        archives = [download.archive() for download in self._downloads.values()]
        return [archive for archive in archives if archive is not None]

    def exit_code(self) -> int:
        """The exit code of the worst result."""
        failures = [result.error for result in self.results if result.status == "failed"]
        if failures:
            only_storage = all(isinstance(error, StorageError) for error in failures)
            return exit_codes.STORAGE if only_storage else exit_codes.FAILED
        timed_out = any(result.status == "timed_out" for result in self.results)
        return exit_codes.TIMED_OUT if timed_out else exit_codes.DONE

    def suggest_table(self, table: str) -> None:
        """Print how to write the table later, unless a suggested command writes it too."""
        paths = self.paths()
        can_continue = any(paths) or any(result.resume for result in self.results)
        if can_continue and len(self._left()) < len(paths) and len(paths) > 1:
            command = table_command(self.options, [path or "ZIP" for path in paths], table)
            streams.print_message(
                "To write it once you have all archives, run (with a path for each ZIP): "
                f"{command_line(command)}"
            )

    def _run_many(self, resource: ExportResource, display: ManyDisplay) -> None:
        options = self.options
        filter_ = options.filter or ExportFilter()
        ids = [one for one in self._downloads if self._is_possible(one)]
        try:
            outcomes = resource.download_many(
                ids,
                options.output,
                study_id=filter_.study_id,
                from_=filter_.from_,
                to=filter_.to,
                jobs=options.jobs,
                overwrite=options.overwrite,
                reuse=options.reuse_argument,
                verify=not options.no_verify,
                connections=options.connections,
                delete_after=options.delete_after,
                only=options.only,
                on_progress=display.progress,
            )
            with closing(outcomes):
                for outcome in outcomes:
                    download = self._downloads[outcome.ref.resource_id]
                    with display.paused():
                        if outcome.archive is not None:
                            result = download.saved(outcome.archive)
                        else:
                            result = download.failed(cast("ExportsError", outcome.error))
                        self._end(download, result)
        finally:
            display.end()

    def _is_possible(self, resource_id: str) -> bool:
        """Whether a download can succeed; prints the error if not."""
        download = self._downloads[resource_id]
        try:
            download.check()
        except (ExportsError, OSError) as error:
            self._end(download, download.failed(error))
            return False
        return True

    def _end(self, download: OneDownload, result: DownloadResult) -> None:
        self._ended[download.target.resource_id] = result
        if self._display is not None:
            self._display.ended(download.title, failed=result.path is None)
        if result.path is not None and self.options.prints_paths:
            streams.print_result(str(result.path))

    def _interrupt(self, interrupt: KeyboardInterrupt) -> None:
        """Print and record what was interrupted, and what did not begin."""
        remaining = [one for key, one in self._downloads.items() if key not in self._ended]
        continuing = sum(download.is_at_prolific for download in remaining)
        if continuing:
            exports = "The export continues" if continuing == 1 else "The exports continue"
            streams.print_message(f"{exports} at Prolific.")
        for download in remaining:
            self._ended[download.target.resource_id] = download.interrupted(interrupt)

    def _left(self) -> list[DownloadResult]:
        """The results of the downloads that can be resumed."""
        return [result for result in self.results if result.path is None and result.resume]
