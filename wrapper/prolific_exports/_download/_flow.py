"""From a job to a verified archive at the destination: the pure part of a download."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from attrs import evolve, frozen

from prolific_exports._download._archive_download import ArchiveDownload
from prolific_exports._download._codebook import save_codebook
from prolific_exports._download._opening import open_workspace
from prolific_exports._download._part_events import PartEvents
from prolific_exports._download._reusable_files import FoundFile, Inspect, find_file, note_filter
from prolific_exports._download._selected_download import SelectedDownload
from prolific_exports._download._system import System
from prolific_exports._errors import TargetExistsError
from prolific_exports._events import Reused, Saved
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Flow, Run
from prolific_exports._flows._jobs import delete_saved
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._polling import PendingExport
from prolific_exports._model._codebook import Codebook
from prolific_exports._model._only import Only


@frozen
class Options:
    """How to download an archive.

    Attributes:
        overwrite: Whether a file at the destination may be replaced.
        verify: Raises a `CorruptArchiveError` for a damaged file. Runs before the file gets its
            final name. None skips verification.
        connections: The most parts of the archive that are fetched at once.
        delete_after: Whether to delete the job on the server once its archive is verified and
            saved.
        inspect: Checks a file that is used in place of a new export; None if none is.
        store_codebook: Writes the questions beside the archive, whose path is its second argument,
            and returns the file. None if they are not wanted.
        only: Which part of the archive to download; None for everything. ``verify`` then only
            decides whether checksums are compared.
    """

    overwrite: bool = False
    verify: Callable[[Path], object] | None = None
    connections: int = 1
    delete_after: bool = False
    store_codebook: Callable[[Codebook, Path], Path] | None = None
    inspect: Inspect | None = None
    only: Only | None = None


def download(
    job: PendingExport,
    path: str | os.PathLike[str] | None,
    context: Context,
    policy: Policy,
    *,
    options: Options,
    system: System,
    part_events: PartEvents | None = None,
) -> Flow[Path]:
    """Wait for the archive, then fetch, verify and publish it.

    Resumes a partial download left by an earlier run; can itself be resumed.

    Args:
        job: What to download.
        path: A file or folder; None is the working directory.
        context: Clock, randomness, secrets, events.
        policy: Timeouts and retries.
        options: How to download.
        system: Files and processes.
        part_events: Passes on events; None for one of the thread that runs the flow.

    Returns:
        The destination. The file there is complete and verified.

    Raises:
        DownloadError: The destination is unchanged.
        ArchiveError: The store sends a damaged archive.
        ExportsError: Anything that waiting raises.
    """
    part_events = part_events or PartEvents(context.notify)
    context = evolve(context, notify=part_events.put)
    refusal = ""
    if job.may_reuse is not None and options.inspect is not None:
        find = partial(
            find_file, job, path, job.may_reuse, inspect=options.inspect, only=options.only
        )
        found: FoundFile = yield Run(
            partial(find, disk=system.disk, now=context.clock.now()), reads_only=True
        )
        if found.path is not None:
            context.notify(Reused(job.ref, found.path, found.size))
            return found.path
        refusal = found.refusal
    # Not in a Run: an interruption between the Run's end and the `try` would leave the claim.
    with _explaining(refusal):
        workspace = open_workspace(
            job,
            path,
            system,
            context.clock.now(),
            overwrite=options.overwrite,
            only=options.only,
        )
    try:
        if workspace.finished is None:
            kind = ArchiveDownload if options.only is None else SelectedDownload
            fetch: ArchiveDownload | SelectedDownload = kind(
                job,
                context,
                policy,
                workspace,
                options.verify,
                options.connections,
                part_events.deliver,
            )
            size = yield from fetch.run()
            transferred = fetch.transferred
            yield Run(partial(workspace.publish, overwrite=options.overwrite))
            yield Run(partial(note_filter, workspace.target, job, system.disk, options.only))
        else:
            if options.delete_after and options.verify is not None:
                # The earlier run may have skipped verification.
                yield Run(partial(options.verify, workspace.target), reads_only=True)
            size, transferred = workspace.finished, 0
    finally:
        workspace.close()
    context.notify(Saved(job.ref, workspace.target, size, transferred))
    if options.delete_after:
        saved = job.export_id if workspace.finished is None else workspace.finished_export
        deleted = yield from delete_saved(evolve(job.ref, export_id=saved), context, policy)
        if deleted and saved == job.export_id:
            job.note_deletion()
    if options.store_codebook is not None:
        yield from save_codebook(job.ref, workspace.target, options.store_codebook, context, policy)
    return workspace.target


@contextmanager
def _explaining(refusal: str) -> Iterator[None]:
    """Say in an error about an existing file why it was not used again."""
    try:
        yield
    except TargetExistsError as error:
        if refusal:
            error.args = (f"{error} The existing file was not used: {refusal}",)
        raise
