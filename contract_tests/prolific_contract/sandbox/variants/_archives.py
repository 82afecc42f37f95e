"""Variants of archives: their packing, names and contents."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

from prolific_contract.sandbox._archive_replies import (
    archive_reply,
    repacked,
    rewritten,
    whole_archive,
)
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._store import STORE_PREFIX
from prolific_contract.sandbox.variants._variant import (
    Variant,
    VariantBehaviour,
    VariantRequest,
    with_settings,
)


def _packed(make: Callable[[bytes], bytes]) -> Callable[[], VariantBehaviour]:
    """Replace the archives."""

    def behave(request: VariantRequest) -> Reply:
        if not request.call.path.startswith(STORE_PREFIX):
            return request.answer()
        content = whole_archive(request.call, request.answer)
        return request.answer() if content is None else archive_reply(request.call, make(content))

    return lambda: behave


def _with_comment(content: bytes) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"Exported on request. " * 500
    return buffer.getvalue()


def _with_folders(content: bytes) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        root = archive.namelist()[0].partition("/")[0]
        archive.writestr(f"{root}/", b"")
        archive.writestr(f"{root}/LICENSE.txt", b"For the researcher only.\n")
    return buffer.getvalue()


def _renamed_members(rename: Callable[[str], str]) -> Callable[[], VariantBehaviour]:
    return _packed(lambda content: repacked(content, rename))


def _in_zone(**offset: float) -> Callable[[str], str]:
    """The time in the root folder's name as the local time of a zone."""

    def local(time: re.Match[str]) -> str:
        moment = datetime.strptime(time[0], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - any zone
        return f"{moment + timedelta(**offset):%Y%m%dT%H%M%S}"

    return lambda name: re.sub("[0-9]{8}T[0-9]{6}", local, name, count=1)


def _with_upper_id(name: str) -> str:
    return re.sub("(?<=-export-)[0-9a-f-]{36}", lambda found: found[0].upper(), name)


class _Unseekable(io.BytesIO):
    """A stream to which zipfile writes sizes after the data, as to a socket."""

    def tell(self) -> int:
        raise OSError("a stream has no position")


def _streamed(content: bytes) -> bytes:
    target = _Unseekable()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            text = old.read(member)
            # A file without responses may have an empty line.
            lines = member.filename.endswith(".jsonl")
            new.writestr(member, text or (b"\n" if lines else text))
    return target.getvalue()


def _text_of(change: Callable[[str, str], str]) -> Callable[[bytes], bytes]:
    """Change the text of the files with lines, given the root folder as well."""

    def make(content: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = archive.namelist()[0].partition("/")[0]
        return rewritten(
            content,
            lambda name, data: (
                change(root, data.decode()).encode() if name.endswith(".jsonl") else data
            ),
        )

    return make


def _without_extensions(content: bytes) -> bytes:
    renamed = repacked(content, lambda name: re.sub(r"(/files/[^.]+)[.].*", r"\1", name))
    return _text_of(lambda _, text: re.sub(r'("files/[^."]+)[.][^"]*', r"\1", text))(renamed)


def _as_windows(content: bytes) -> bytes:
    changed = _text_of(lambda _, text: "\ufeff" + text.replace("\n", "\r\n") + "\r\n")
    return changed(content)


def _with_more(content: bytes) -> bytes:
    more = '"consent": true, "responses": {"c0ffee": {"type": "drawing", "description": "Draw."}'
    text = _text_of(
        lambda _, text: (
            re.sub(r'"responses": \{(?="[^}])', f"{more}, ", text)
            if '"collection_id"' in text
            else text
        )
    )
    listed = '"instructions": [{"id": "c0ffee", "type": "drawing", "description": "Draw."},'
    return rewritten(
        text(content),
        lambda name, data: (
            data.decode().replace('"instructions": [', listed).encode()
            if name.endswith(".json")
            else data
        ),
    )


def _with_complete_paths(content: bytes) -> bytes:
    return _text_of(lambda root, text: text.replace('"files/', f'"{root}/files/'))(content)


def _compressed(content: bytes) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return target.getvalue()


ARCHIVES = (
    Variant(
        "archive-stored",
        "Its archives are not compressed",
        _packed(lambda content: repacked(content, lambda name: name)),
    ),
    Variant(
        "archive-rootless",
        "Its archives of batches have no root folder",
        _renamed_members(lambda name: re.sub("^batch-export-[^/]+/", "", name)),
    ),
    Variant("archive-comment", "Its archives end with a comment", _packed(_with_comment)),
    Variant(
        "archive-folders",
        "Its archives contain folder entries and an additional file",
        _packed(_with_folders),
    ),
    Variant(
        "archive-streamed",
        "It writes archives to a stream, and an empty line into files without responses",
        _packed(_streamed),
    ),
    Variant(
        "archive-root-upper",
        "Its archives have the id of the resource in upper case",
        _renamed_members(_with_upper_id),
    ),
    Variant(
        "archive-root-east",
        "Its archives have the local time of UTC+14 in the name of the root folder",
        _renamed_members(_in_zone(hours=14)),
    ),
    Variant(
        "archive-root-west",
        "Its archives have the local time of UTC-12 in the name of the root folder",
        _renamed_members(_in_zone(hours=-12)),
    ),
    Variant(
        "archive-root-of-batch",
        "Its archives of batches have a root folder with another name",
        _renamed_members(lambda name: re.sub("^batch-export-[^/]+", "data", name)),
    ),
    Variant(
        "archive-uploads-bare",
        "Its archives have uploaded files without an extension",
        _packed(_without_extensions),
    ),
    Variant(
        "archive-lines-windows",
        "Its files with lines have a byte order mark, Windows line ends and an empty line",
        _packed(_as_windows),
    ),
    Variant(
        "archive-lines-more",
        "Its responses have additional members, and a type that no document mentions",
        _packed(_with_more),
    ),
    Variant(
        "archive-paths-complete",
        "Its responses name files by paths that begin with the root folder",
        _packed(_with_complete_paths),
    ),
    Variant(
        "archive-bzip2",
        "Its archives are compressed with bzip2",
        _packed(_compressed),
    ),
    Variant(
        "archive-many-files",
        "Its archives contain so many files that their directory is long",
        settings=with_settings(submissions=40, files=700),
    ),
    Variant(
        "archive-no-responses-yet",
        "Its archives contain no submissions",
        settings=with_settings(submissions=0, files=0),
    ),
)
