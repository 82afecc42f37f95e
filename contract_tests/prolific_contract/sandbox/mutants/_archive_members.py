"""Faults of the members of archives: their names, encryption and selection."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from prolific_contract.sandbox._archive_replies import repacked, rewritten
from prolific_contract.sandbox._filter import NO_FILTER
from prolific_contract.sandbox.mutants._changed_replies import serving
from prolific_contract.sandbox.mutants._fault import ARCHIVE, Fault, MutantBehaviour, Places
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants._job_archives import spec_of, written

_FILTERED: Final[Places] = {"archive": ("2026-11",)}
_ROOT: Final = re.compile(r"(.+-export-)(.+)-([0-9]{8}T[0-9]{6})")
_OTHER_ID: Final = "0192a3b4-c5d6-4e8f-9a0b-1c2d3e4f5a6b"
_METHOD_AES: Final = 99


def _renaming(rename: Callable[[str, str], str]) -> Callable[[], MutantBehaviour]:
    """An archive with other names.

    Args:
        rename: The new name of a member, given its root folder and its name in it.
    """

    def make(_: FaultyRequest, content: bytes) -> bytes:
        return repacked(content, lambda name: rename(*_split(name)))

    return serving(make)


def _split(name: str) -> tuple[str, str]:
    root, _, member = name.partition("/")
    return root, member


def _with_member(write: Callable[[str], str]) -> Callable[[], MutantBehaviour]:
    """An archive with one more file.

    Args:
        write: Its complete name, given the name of another file.
    """

    def make(_: FaultyRequest, content: bytes) -> bytes:
        target = io.BytesIO(content)
        with zipfile.ZipFile(target, "a") as archive:
            member = zipfile.ZipInfo("LICENSE.txt")
            # Its constructor would change an unusual name.
            member.filename = write(archive.namelist()[0])
            # zipfile would warn about a second file with the same name.
            archive.NameToInfo.pop(member.filename, None)
            archive.writestr(member, "For the researcher only.\n")
        return target.getvalue()

    return serving(make)


def _emptied(*names: str) -> Callable[[], MutantBehaviour]:
    """An archive whose members with these names have no content."""

    def make(_: FaultyRequest, content: bytes) -> bytes:
        return rewritten(content, lambda name, data: b"" if name in names else data)

    return serving(make)


def _upload_as(write: Callable[[str], str]) -> Callable[[], MutantBehaviour]:
    """An archive whose uploaded files have other names below the root folder."""
    return _renaming(
        lambda root, name: f"{root}/{write(name) if name.startswith('files/') else name}"
    )


def _root_as(write: Callable[[re.Match[str]], str]) -> Callable[[], MutantBehaviour]:
    """An archive with another root folder."""
    return _renaming(lambda root, name: f"{_ROOT.sub(write, root)}/{name}")


def _later(**by: float) -> Callable[[re.Match[str]], str]:
    """The root folder with another time."""

    def write(root: re.Match[str]) -> str:
        moment = datetime.strptime(root[3], "%Y%m%dT%H%M%S") + timedelta(**by)  # noqa: DTZ007 - shifted only
        return f"{root[1]}{root[2]}-{moment:%Y%m%dT%H%M%S}"

    return write


def _marked(**header: int) -> Callable[[FaultyRequest, bytes], bytes]:
    """The archive with other values in the directory's entries.

    Args:
        header: Attributes of `zipfile.ZipInfo`.
    """

    def make(_: FaultyRequest, content: bytes) -> bytes:
        target = io.BytesIO(content)
        with zipfile.ZipFile(target, "a") as archive:
            for member in archive.infolist():
                for name, value in header.items():
                    setattr(member, name, value)
            # Otherwise zipfile does not write the directory again.
            archive.comment = b"sealed"
        return target.getvalue()

    return make


def _unfiltered(keep: Callable[[str], bool]) -> Callable[[FaultyRequest, bytes], bytes]:
    """The archive of a filtered job, with members of an archive without the filter.

    Args:
        keep: Whether a member, by its name in the root folder, is taken from that archive.
    """

    def make(request: FaultyRequest, content: bytes) -> bytes:
        job = request.jobs.find(request.export_id or "")
        if job is None or job.filter == NO_FILTER:
            return content
        whole = io.BytesIO(written(evolve(spec_of(job), filter=NO_FILTER)))
        target = io.BytesIO(content)
        with zipfile.ZipFile(whole) as every, zipfile.ZipFile(target) as filtered:
            members: Mapping[str, bytes] = {
                **{name: filtered.read(name) for name in filtered.namelist()},
                **{name: every.read(name) for name in every.namelist() if keep(_split(name)[1])},
            }
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return target.getvalue()

    return make


_EXTRACTION = (
    Fault(
        "archive-encrypted",
        "It serves an archive with encrypted members",
        ARCHIVE,
        serving(_marked(flag_bits=1)),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-encrypted-aes",
        "It serves an archive whose members have the compression method of AES encryption",
        ARCHIVE,
        serving(_marked(compress_type=_METHOD_AES)),
    ),
    Fault(
        "archive-absolute",
        "It serves an archive with an absolute name",
        ARCHIVE,
        _with_member(lambda name: f"/{name}"),
    ),
    Fault(
        "archive-climbing",
        "It serves an archive with a name that leads out of the folder",
        ARCHIVE,
        _with_member(lambda name: f"../{name}"),
    ),
    Fault(
        "archive-backslash",
        "It serves an archive with a name that contains a backslash",
        ARCHIVE,
        _with_member(lambda name: name.replace("/", "\\")),
    ),
    Fault(
        "archive-drive",
        "It serves an archive with a name that begins with a drive letter",
        ARCHIVE,
        _with_member(lambda name: f"C:{name}"),
    ),
    Fault(
        "archive-null",
        "It serves an archive with a name that contains a null character",
        ARCHIVE,
        _with_member(lambda name: f"{name}\0.txt"),
    ),
    Fault(
        "archive-nameless",
        "It serves an archive with a member without a name",
        ARCHIVE,
        _with_member(lambda _: ""),
    ),
    Fault(
        "archive-name-twice",
        "It serves an archive with two files of the same name",
        ARCHIVE,
        _with_member(lambda name: name),
    ),
)

_NAMES = (
    Fault(
        "archive-other-resource",
        "It serves an archive whose root folder names another collection or batch",
        ARCHIVE,
        _root_as(lambda root: f"{root[1]}{_OTHER_ID}-{root[3]}"),
        also={"archive": ("second",)},
    ),
    Fault(
        "archive-stale",
        "It serves an archive whose root folder has a time two days before the request",
        ARCHIVE,
        _root_as(_later(days=-2)),
    ),
    Fault(
        "archive-from-future",
        "It serves an archive whose root folder has a time two days ahead",
        ARCHIVE,
        _root_as(_later(days=2)),
    ),
    Fault(
        "archive-no-time",
        "It serves an archive whose root folder has a time that does not exist",
        ARCHIVE,
        _root_as(lambda root: f"{root[1]}{root[2]}-20260230T250000"),
    ),
    Fault(
        "archive-other-root",
        "It serves an archive whose root folder is named otherwise",
        ARCHIVE,
        _root_as(lambda _: "export"),
        kinds=("collection",),
    ),
    Fault(
        "archive-no-root",
        "It serves an archive without a root folder",
        ARCHIVE,
        _renaming(lambda _, name: name),
        kinds=("collection",),
    ),
    Fault(
        "archive-flat-files",
        "It serves an archive with uploaded files directly in the root folder",
        ARCHIVE,
        _upload_as(lambda name: name.removeprefix("files/")),
    ),
    Fault(
        "archive-files-elsewhere",
        "It serves an archive with uploaded files in the folder uploads",
        ARCHIVE,
        _upload_as(lambda name: name.replace("files/", "uploads/", 1)),
    ),
    Fault(
        "archive-own-names",
        "It serves an archive with uploaded files under the participants' own names",
        ARCHIVE,
        _upload_as(lambda name: f"files/photo.{name.rpartition('.')[2]}"),
        kinds=("collection",),
    ),
    Fault(
        "archive-nested-files",
        "It serves an archive with a folder of uploaded files for each submission",
        ARCHIVE,
        _upload_as(lambda name: name.replace("_", "/", 1)),
        kinds=("collection",),
    ),
)

_METADATA = (
    Fault(
        "archive-empty-metadata",
        "It serves an archive whose metadata has 0 bytes",
        ARCHIVE,
        _emptied("batch.json", "collection.json"),
    ),
    Fault(
        "archive-empty-readme",
        "It serves an archive whose README.md has 0 bytes",
        ARCHIVE,
        _emptied("README.md"),
        kinds=("collection",),
    ),
)

_SELECTION = (
    Fault(
        "archive-unfiltered",
        "It serves an archive of all responses for a job with a filter",
        _FILTERED,
        serving(_unfiltered(lambda name: name.endswith(".jsonl"))),
    ),
    Fault(
        "archive-unfiltered-files",
        "It serves an archive with all uploaded files for a job with a filter",
        _FILTERED,
        serving(_unfiltered(lambda name: name.startswith("files/"))),
    ),
)

ARCHIVE_MEMBERS = (*_EXTRACTION, *_NAMES, *_METADATA, *_SELECTION)
