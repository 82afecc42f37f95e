"""What ``download`` was asked for, checked: which ids, and where each goes."""

import argparse
import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from attrs import frozen

from prolific_exports._archive._plan import Names
from prolific_exports._errors import ArchiveError, DownloadError, UsageError
from prolific_exports._files._destinations import check_suffix, expanded_text
from prolific_exports._files._failures import explained, failure
from prolific_exports._files._staging import vacant
from prolific_exports._flows._policy import check_connections
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._references import Kind, check_filter, check_id
from prolific_exports._model._timestamps import parse_timestamp, utc_moment


@frozen(kw_only=True)
class Task:
    """The download of one collection or batch.

    Attributes:
        resource_id: Its id.
        target: A file, or a folder to put it in.
        extract_to: A folder to extract it to.
        names: ``--names``.
    """

    resource_id: str
    target: Path
    extract_to: Path | None
    names: Names

    def extract_command(self, archive: Path) -> list[str] | None:
        """The command line that extracts the archive to where it should have gone."""
        if self.extract_to is None:
            return None
        paths = [_no_option(str(path)) for path in (archive, self.extract_to)]
        strict = ["--names", self.names] if self.names != "safe" else []
        return ["prolific-exports", "extract", *strict, *paths]


@frozen(kw_only=True)
class Order:
    """The arguments of ``download``.

    Attributes:
        kind: What is exported.
        ids: The ids, each once.
        output: ``--output`` as given.
        extract: ``--extract`` as given.
        names: ``--names``.
        table: ``--table`` as given.
        timeout: ``--timeout`` in seconds.
        poll_interval: ``--poll-interval`` in seconds.
        export_id: ``--export-id``.
        filter: ``--study-id``, ``--from`` and ``--to``.
        delete_after: ``--delete-after``.
        connections: ``--connections``.
        stall_timeout: ``--stall-timeout`` in seconds.
        overwrite: ``--overwrite``.
        no_verify: ``--no-verify``.
        json: ``--json``.
        quiet: ``--quiet``.
    """

    kind: Kind
    ids: tuple[str, ...]
    output: str | None
    extract: str | None
    names: Names
    table: str | None
    timeout: float | None
    poll_interval: float | None
    export_id: str | None
    filter: ExportFilter | None
    delete_after: bool
    connections: int
    stall_timeout: float | None
    overwrite: bool
    no_verify: bool
    json: bool
    quiet: bool

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace) -> Self:
        """Check the arguments.

        Raises:
            UsageError: They do not go together, or an id is none.
        """
        kind: Kind = arguments.kind
        ids = tuple(dict.fromkeys(check_id(given, kind) for given in arguments.ids))
        _refuse_twins(ids)
        export_id: str | None = arguments.export_id
        if export_id is not None:
            export_id = check_id(export_id, "export")
            if len(ids) > 1:
                raise UsageError(
                    f"--export-id names one export job of one {kind}, but there are {len(ids)} ids."
                )
        if arguments.delete_after and arguments.no_verify:
            raise UsageError(
                "Only an archive that was verified is deleted at Prolific: give --delete-after "
                "or --no-verify, not both."
            )
        for option, value in (("--output", arguments.output), ("--extract", arguments.extract)):
            if value == "":
                raise UsageError(f"{option} is empty: give a path.")
        order = cls(
            kind=kind,
            ids=ids,
            output=_expanded(arguments.output),
            extract=_expanded(arguments.extract),
            names=arguments.names,
            table=_expanded(arguments.table),
            timeout=arguments.timeout,
            poll_interval=arguments.poll_interval,
            export_id=export_id,
            filter=check_filter(
                arguments.study_id,
                moment_of("--from", arguments.from_),
                moment_of("--to", arguments.to),
            ),
            delete_after=arguments.delete_after,
            connections=check_connections(arguments.connections),
            stall_timeout=arguments.stall_timeout,
            overwrite=arguments.overwrite,
            no_verify=arguments.no_verify,
            json=arguments.json,
            quiet=arguments.quiet,
        )
        for task in order.tasks():
            _refuse_overlap(task)
        if order.table is not None:
            _check_table(order, order.table)
        if order.output is not None and not order.to_folder and not Path(order.output).is_dir():
            check_suffix(order.output, (".zip",), "a ZIP archive")
        return order

    @property
    def to_folder(self) -> bool:
        """Whether ``--output`` is a folder by what was asked for, there or not."""
        return len(self.ids) > 1 or (self.output or "").endswith(_SEPARATORS)

    def tasks(self) -> list[Task]:
        """What to do, in order."""
        return [
            Task(
                resource_id=resource_id,
                target=Path(self.output or ""),
                extract_to=self._extract_to(resource_id),
                names=self.names,
            )
            for resource_id in self.ids
        ]

    def places(self) -> list[tuple[str, Path]]:
        """The options that say where something goes but the table, and where that is."""
        extracted = [task.extract_to for task in self.tasks()]
        given = [("--output", self.output), *(("--extract", folder) for folder in extracted)]
        return [(option, _place(path)) for option, path in given if path is not None]

    def creates(self, folder: Path) -> bool:
        """Whether a folder is there after the downloads if it was not before."""
        return any(
            folder in (place, *place.parents)
            for option, place in self.places()
            if option == "--extract" or self.to_folder
        )

    def _extract_to(self, resource_id: str) -> Path | None:
        if self.extract is None:
            return None
        return Path(self.extract, resource_id) if len(self.ids) > 1 else Path(self.extract)

    def make_folder(self) -> None:
        """Create the folder of ``--output``, if it is one.

        Raises:
            DownloadError: The system refuses.
        """
        if self.output is None or not self.to_folder:
            return
        try:
            Path(self.output).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"The folder {self.output} cannot be created"
            raise failure(what, error, DownloadError) from error

    def command(self, ids: Sequence[str], export_id: str | None = None) -> list[str]:
        """The command line that downloads some of the ids to where this one would.

        Args:
            ids: Which of the ids.
            export_id: An export job to go on with, of the only id.
        """
        alone = len(ids) == 1 < len(self.ids)
        output, extract = self.output, self.extract
        if alone:
            output = os.path.join(output, "") if output is not None else None  # noqa: PTH118 - pathlib drops the separator at the end, which says that it is a folder
            extract = str(self._extract_to(ids[0])) if extract is not None else None
        line = ["prolific-exports", "download", self.kind, *ids]
        conditions = self.filter.conditions() if self.filter is not None else {}
        for option, value in (
            ("--export-id", export_id),
            ("--study-id", conditions.get("study_id")),
            ("--from", conditions.get("from")),
            ("--to", conditions.get("to")),
            ("--output", output),
            ("--extract", extract),
            ("--names", self.names if self.names != "safe" else None),
            # A table of some of them must not be taken for that of all.
            ("--table", self.table if tuple(ids) == self.ids else None),
            ("--timeout", _number(self.timeout)),
            ("--poll-interval", _number(self.poll_interval)),
            ("--connections", str(self.connections) if self.connections > 1 else None),
            ("--stall-timeout", _number(self.stall_timeout)),
        ):
            if value is not None:
                # A value that begins with "-" would be taken for an option.
                line += [f"{option}={value}"] if value.startswith("-") else [option, value]
        for option, given in (
            ("--overwrite", self.overwrite),
            ("--no-verify", self.no_verify),
            ("--delete-after", self.delete_after),
            ("--json", self.json),
            ("--quiet", self.quiet),
        ):
            line += [option] if given else []
        return line

    def table_command(self, archives: Sequence[str], table: str) -> list[str]:
        """The command line that makes the archives the table that this one would."""
        line = ["prolific-exports", "table", *map(_no_option, (*archives, table))]
        for option, given in (("--overwrite", self.overwrite), ("--quiet", self.quiet)):
            line += [option] if given else []
        return line


def _expanded(path: str | None) -> str | None:
    return None if path is None else expanded_text(path)


_SEPARATORS = tuple({"/", os.sep})
_SHORT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d))?((?:[Zz]|[+-]\d\d:\d\d)?)", re.ASCII)


def moment_of(option: str, text: str | None) -> datetime | None:
    """The moment that an option names in RFC 3339; seconds, and the time of day, may be missing.

    Raises:
        UsageError: It is no date and time, has no offset from UTC, or is finer than a microsecond.
    """
    if text is None:
        return None
    given = text.strip()
    if short := _SHORT.fullmatch(given):
        date, minute, zone = short.groups()
        given = f"{date}T{minute or '00:00'}:00{zone}"
    try:
        moment, is_exact = parse_timestamp(given)
    except ValueError:
        if utc_moment(f"{given}Z") is not None:
            raise UsageError(
                f"{option} {given} does not say in which zone: write {given}Z for UTC, "
                f"or another offset, like {given}+01:00."
            ) from None
        raise UsageError(
            f"{option} {text[:60]!r} is not a date and time: write it like "
            "2026-03-01T00:00:00Z, or with another offset like 2026-03-01T00:00:00+01:00."
        ) from None
    if not is_exact:
        raise UsageError(
            f"{option} {given[:60]} is a leap second or finer than a microsecond: write a second "
            "from 0 to 59 with at most six digits after its point."
        )
    return moment


def check_empty(task: Task) -> None:
    """Find out before the download whether extracting can work after it.

    Raises:
        TargetExistsError: There is something in the folder.
        ArchiveError, StorageError: The system refuses.
    """
    folder = task.extract_to
    if folder is not None:
        with explained(f"Cannot extract to {folder}", ArchiveError):
            vacant(folder)


def _check_table(order: Order, path: str) -> None:
    """Find out before the download whether a table can be written after it.

    Raises:
        UsageError: Its name ends in no known format, a library is missing, something else goes
            to the same place, or there will be no such folder.
        TargetExistsError: There is such a file, and it is not to be replaced.
    """
    from prolific_exports._tables._output import check_target  # noqa: PLC0415 - only for --table
    from prolific_exports._tables._table import check_format  # noqa: PLC0415

    check_format(path)
    place = _place(path)
    # The table is written last: it would replace what was just downloaded.
    for option, other in order.places():
        if place == other or place in other.parents:
            raise UsageError(
                f"--table {path} needs a place of its own, and {option} goes there too: name "
                "another file."
            )
    folder = Path(path).parent
    if not folder.is_dir() and (place.parent.exists() or not order.creates(place.parent)):
        raise UsageError(
            f"--table {path}: there is no folder {folder}. Create it, or name another file."
        )
    check_target(Path(path), overwrite=order.overwrite)


def _place(path: str | Path) -> Path:
    return Path(os.path.normcase(os.path.realpath(path)))


def _refuse_twins(ids: Sequence[str]) -> None:
    # On file systems that ignore case they would be one file.
    seen: dict[str, str] = {}
    for resource_id in ids:
        other = seen.setdefault(resource_id.casefold(), resource_id)
        if other != resource_id:
            raise UsageError(
                f"{other} and {resource_id} differ in upper and lower case only, and so would "
                "their files. Give one of them, or download them to different folders."
            )


def _refuse_overlap(task: Task) -> None:
    if task.extract_to is None:
        return
    target, folder = Path(os.path.abspath(task.target)), Path(os.path.abspath(task.extract_to))  # noqa: PTH100 - Path.absolute keeps ".."
    if folder == target or folder in target.parents:
        raise UsageError(
            f"--extract {task.extract_to} needs a folder of its own, and the archive would be "
            "saved in it: extract to a folder inside it, or save elsewhere."
        )


def _no_option(path: str) -> str:
    # Where an argument has no name, what begins with "-" would be taken for an option.
    return f"./{path}" if path.startswith("-") else path


def _number(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if value.is_integer() else str(value)
