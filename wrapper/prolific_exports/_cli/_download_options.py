"""The arguments of ``download``, checked."""

import argparse
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Self

from attrs import evolve, frozen

from prolific_exports._archive._plan import Names
from prolific_exports._cli import _download_checks as checks
from prolific_exports._cli._resource_ids import is_list, read_ids
from prolific_exports._cli._times import reusable_age, time_range
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import (
    STDOUT,
    check_is_file_system_path,
    check_suffix,
    expanded_text,
    make_folder,
)
from prolific_exports._flows._policy import check_connections, check_jobs
from prolific_exports._model._clock import Clock, SystemClock
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._only import Only
from prolific_exports._model._references import Kind, check_filter, check_id

_SEPARATORS = tuple({"/", os.sep})


@frozen(kw_only=True)
class DownloadTarget:
    """Where the data of one collection or batch go.

    Attributes:
        resource_id: The id of the collection or batch.
        path: The archive's file, or its folder.
        extract_to: The folder to extract the archive to; None without ``--extract``.
    """

    resource_id: str
    path: Path
    extract_to: Path | None


@frozen(kw_only=True)
class DownloadOptions:
    """The arguments of ``download``, named like the options.

    ``ids`` contains each id once; it is empty until those of ``workspace`` are known. ``~`` is
    expanded in paths. Numbers of seconds are None where the default applies.

    Attributes:
        from_list: Whether the ids are those of a workspace, a file or stdin, however many.
    """

    kind: Kind
    ids: tuple[str, ...]
    from_list: bool
    workspace: str | None
    output: str | None
    extract: str | None
    names: Names
    table: str | None
    timeout: float | None
    poll_interval: float | None
    export_id: str | None
    filter: ExportFilter | None
    delete_after: bool
    only: Only | None
    jobs: int
    connections: int
    stall_timeout: float | None
    overwrite: bool
    reuse: str | None
    no_verify: bool
    no_codebook: bool
    profile: str | None
    json: bool
    quiet: bool

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace, clock: Clock | None = None) -> Self:
        """Check the arguments.

        Args:
            arguments: The parsed command line.
            clock: Returns the time from which ``--since`` counts.

        Raises:
            UsageError: An id is malformed, or options contradict each other.
        """
        kind: Kind = arguments.kind
        given: list[str] = arguments.ids or []
        workspace: str | None = arguments.workspace
        if workspace is not None:
            workspace = check_id(workspace, "workspace")
        _check_source(kind, given, workspace)
        ids = read_ids(given, kind)
        from_list = workspace is not None or any(map(is_list, given))
        export_id: str | None = arguments.export_id
        if export_id is not None:
            export_id = check_id(export_id, "export")
            if from_list or len(ids) > 1:
                raise UsageError(
                    f"--export-id names the export of one {kind}: give one id as an argument, and "
                    "run the command once for each."
                )
        if arguments.delete_after and arguments.no_verify:
            raise UsageError(
                "--delete-after deletes only verified archives from Prolific: leave out "
                "--delete-after or --no-verify."
            )
        if export_id is not None and arguments.reuse is not None:
            raise UsageError(
                "--reuse looks for an export, and --export-id names one: leave out one of them."
            )
        reusable_age(arguments.reuse)
        for option, value in (("--output", arguments.output), ("--extract", arguments.extract)):
            if value == "":
                raise UsageError(f"{option} is empty: give a path.")
        check_is_file_system_path("--extract", arguments.extract)
        check_is_file_system_path("--table", arguments.table)
        if arguments.output == STDOUT:
            checks.check_archive_to_stdout(arguments, is_one=not from_list and len(ids) == 1)
        from_, to = time_range(
            from_=arguments.from_,
            to=arguments.to,
            since=arguments.since,
            zone=arguments.timezone,
            now=(clock or SystemClock()).now(),
        )
        options = cls(
            kind=kind,
            ids=ids,
            from_list=from_list,
            workspace=workspace,
            output=_expanded(arguments.output),
            extract=_expanded(arguments.extract),
            names=arguments.names,
            table=_expanded(arguments.table),
            timeout=arguments.timeout,
            poll_interval=arguments.poll_interval,
            export_id=export_id,
            filter=check_filter(arguments.study_id, from_, to),
            delete_after=arguments.delete_after,
            only=arguments.only,
            jobs=check_jobs(arguments.jobs),
            connections=check_connections(arguments.connections),
            stall_timeout=arguments.stall_timeout,
            overwrite=arguments.overwrite,
            reuse=arguments.reuse,
            no_verify=arguments.no_verify,
            no_codebook=arguments.no_codebook,
            profile=arguments.profile,
            json=arguments.json,
            quiet=arguments.quiet,
        )
        options._check_paths()
        return options

    def with_ids(self, ids: tuple[str, ...]) -> Self:
        """The same options, once the ids of the workspace are known.

        Raises:
            UsageError: The ids and the options contradict each other.
        """
        options = evolve(self, ids=ids)
        options._check_paths()
        return options

    def _check_paths(self) -> None:
        checks.check_ids_differ(self.ids)
        for target in self.targets():
            if target.extract_to is not None:
                checks.check_extract_folder(target.extract_to, target.path)
        if self.table is not None:
            checks.check_table(
                self.table,
                overwrite=self.overwrite,
                other_paths=self._other_paths(),
                created_folders=self._created_folders(),
            )
        if self.output and not self.is_folder and not Path(self.output).is_dir():
            check_suffix(self.output, (".zip",), "a ZIP archive")

    @property
    def reuse_argument(self) -> bool | timedelta:
        """The argument ``reuse`` of a download."""
        return reusable_age(self.reuse)

    @property
    def to_stdout(self) -> bool:
        """Whether the archive goes to stdout."""
        return self.output == STDOUT

    @property
    def prints_paths(self) -> bool:
        """Whether stdout has the paths of the archives."""
        return not self.json and not self.to_stdout

    @property
    def is_many(self) -> bool:
        """Whether several exports are downloaded at once."""
        return self.from_list or len(self.ids) > 1

    @property
    def is_folder(self) -> bool:
        """Whether ``--output`` has to be a folder, whether or not it exists."""
        return self.is_many or (self.output or "").endswith(_SEPARATORS)

    def targets(self, folder: Path | None = None) -> list[DownloadTarget]:
        """Where the data of each id go, in the order of the ids.

        Args:
            folder: Where the archive is kept until it goes to stdout.
        """
        return [
            DownloadTarget(
                resource_id=resource_id,
                path=folder or Path(self.output or ""),
                extract_to=self.extract_folder(resource_id),
            )
            for resource_id in self.ids
        ]

    def extract_folder(self, resource_id: str) -> Path | None:
        """The folder to extract the archive of an id to; None without ``--extract``."""
        if self.extract is None:
            return None
        return Path(self.extract, resource_id) if self.is_many else Path(self.extract)

    def make_folder(self) -> None:
        """Create the folder of ``--output``, if it is one.

        Raises:
            DownloadError, StorageError: The system refuses.
        """
        if self.output is None or not self.is_folder:
            return
        make_folder(self.output)

    def _other_paths(self) -> list[tuple[str, Path]]:
        """The options, other than ``--table``, that name a path, and each path."""
        folders = [target.extract_to for target in self.targets()]
        given = [("--output", self.output), *(("--extract", folder) for folder in folders)]
        return [(option, checks.real_path(path)) for option, path in given if path is not None]

    def _created_folders(self) -> set[Path]:
        """The folders that exist after the downloads, even if they do not exist now."""
        return {
            folder
            for option, path in self._other_paths()
            if option == "--extract" or self.is_folder
            for folder in (path, *path.parents)
        }


def _check_source(kind: Kind, given: Sequence[str], workspace: str | None) -> None:
    """Check that there are either ids or a workspace."""
    if workspace is None and not given:
        raise UsageError(
            f"No id: give the id of a {kind}, or --workspace for all of a workspace. See: "
            "prolific-exports download --help"
        )
    if workspace is not None and given:
        raise UsageError(
            "--workspace downloads everything of the workspace: leave out the ids or --workspace."
        )


def _expanded(path: str | None) -> str | None:
    return None if path is None else expanded_text(path)
