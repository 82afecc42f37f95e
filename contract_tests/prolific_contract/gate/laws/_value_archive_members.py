"""The law about the members of an archive: whether they can be extracted."""

import re
from collections.abc import Iterator
from typing import Final

from prolific_contract.gate.laws._archives import archives_of, form
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import ARCHIVE, held, violated
from prolific_contract.gate.trace._exchanges import Trace
from prolific_contract.gate.trace._zip_directory import DirectoryEntry

_DRIVE: Final = re.compile(r"[A-Za-z]:")


def _extractable(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for archive in archives_of(trace):
        reason = _flaw(archive.directory.members)
        if reason is None:
            yield held(archive.operation, *archive.exchanges)
        else:
            yield violated(archive.operation, reason, *archive.exchanges)


def _flaw(members: tuple[DirectoryEntry, ...]) -> str | None:
    """Why an archive's members can't be extracted by their names; None if they can."""
    encrypted = sum(member.encrypted for member in members)
    if encrypted:
        return f"encrypted members: {encrypted} of {len(members)}; no password is documented"
    seen: set[str] = set()
    for member in members:
        reason = _unsafe(member.name)
        if reason is not None:
            return f"the name of a member {reason}: {form(member.name)!r}"
        if member.name in seen and not member.is_folder:
            return f"two members have the same name: {form(member.name)!r}"
        seen.add(member.name)
    return None


def _unsafe(name: str) -> str | None:
    """Why a name is not a relative path inside the archive; None if it is."""
    if not name:
        return "is empty"
    if "\0" in name:
        return "contains a null character"
    if "\\" in name:
        return "contains a backslash instead of a slash"
    if name.startswith("/"):
        return "is absolute"
    if _DRIVE.match(name):
        return "begins with a drive letter"
    if ".." in name.split("/"):
        return "leads out of the archive"
    return None


LAWS: Final = (
    Law(
        id="value.archive-members",
        statement=(
            "Every member of an archive can be extracted without a password, under a relative "
            "name that no other file has."
        ),
        source=LawSource(
            "documents/003",
            "The guide extracts the archive without a password and then uses the paths in the "
            "responses. The ZIP format (APPNOTE, 4.4.17) requires relative names with slashes "
            "and without a drive letter. Not judged: what else an extraction program may refuse.",
        ),
        operations=ARCHIVE,
        needs="an archive whose directory the conversation contains",
        check=_extractable,
        mutants=(
            "archive-encrypted",
            "archive-encrypted-aes",
            "archive-absolute",
            "archive-climbing",
            "archive-backslash",
            "archive-drive",
            "archive-null",
            "archive-nameless",
            "archive-name-twice",
        ),
    ),
)
