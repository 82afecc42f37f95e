"""Decides what extracting an archive writes, before anything is written."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from attrs import frozen

from prolific_exports._archive._directory import Member
from prolific_exports._errors import UnsafeArchiveError, UsageError
from prolific_exports._files._names import safe_paths, threat

Names: TypeAlias = Literal["safe", "strict"]
"""How to treat names that some system cannot store: change them, or refuse the archive."""


@frozen
class ExtractLimits:
    """The largest archive that is extracted.

    The defaults are far above real exports and far below ZIP bombs.

    Attributes:
        members: Number of members; 1,000,000 by default.
        size: Bytes of all contents together; 1 TiB by default.
        ratio: Size of the contents divided by their compressed size; 200 by default. JSON Lines
            reach 10 to 50, and deflate at most 1032.
        ratio_free: Bytes of contents up to which any ratio is accepted, since small archives do no
            harm; 100 MiB by default.
    """

    members: int = 1_000_000
    size: int = 1 << 40
    ratio: float = 200
    ratio_free: int = 100 << 20


@frozen
class ExtractionPlan:
    """What to write: paths relative to the target folder, with ``/`` between folders.

    Attributes:
        folders: The folders that have entries in the archive, in its order.
        files: The members with content, each with its path, in the archive's order.
    """

    folders: tuple[str, ...]
    files: tuple[tuple[Member, str], ...]


def plan_extraction(
    path: Path,
    members: Sequence[Member],
    root: str,
    limits: ExtractLimits,
    names: Names = "safe",
    *,
    otherwise: str = "Nothing was extracted.",
) -> ExtractionPlan:
    """Decide where to write each member.

    Uses the sizes that the directory declares. They limit what is written too: no member yields
    more than it declares, and members do not share bytes.

    Args:
        path: The archive, for messages.
        members: All members.
        root: The folder to remove from paths, with its ``/``; ``""`` for none.
        limits: When to refuse an archive for its size.
        names: How to treat names that some system cannot store.
        otherwise: The consequence of an error, as a sentence for its message.

    Raises:
        UnsafeArchiveError: A member cannot be written safely, or the archive exceeds ``limits``.
    """
    check_names(names)

    def refused(member: Member, why: str) -> UnsafeArchiveError:
        return UnsafeArchiveError(f"{path}: {member.name!r} {why}. {otherwise}")

    if excess := _excess(members, limits):
        raise UnsafeArchiveError(
            f"{path} {excess}: this looks like a ZIP bomb. {otherwise} If you trust the archive, "
            "extract it with higher ExtractLimits."
        )
    for member in members:
        if why := threat(member.name) or _odd(member):
            raise refused(member, why)
    inside = [(m, m.name.removeprefix(root)) for m in members if m.name != root]
    if clash := _clash(inside):
        raise refused(*clash)
    places = safe_paths(name for _, name in inside)
    folders, files = [], []
    for member, name in inside:
        inner = name.removesuffix("/")
        place = places[inner]
        if names == "strict" and place != inner:
            raise refused(
                member,
                f"has a name that some systems cannot store, and names='strict' (--names strict) "
                f"forbids renaming it to {place!r}",
            )
        if why := threat(place):
            raise refused(member, f"{why}, once it is named {place!r}")
        if member.is_folder:
            folders.append(place)
        else:
            files.append((member, place))
    return ExtractionPlan(tuple(folders), tuple(files))


def check_names(names: str) -> None:
    """Check the value of an argument ``names``.

    Raises:
        UsageError: It is neither ``"safe"`` nor ``"strict"``.
    """
    if names not in get_args(Names):
        raise UsageError(f"Unknown names={names!r}: use 'safe' or 'strict'.")


def _odd(member: Member) -> str | None:
    kind = stat.S_IFMT(member.mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if kind and (kind == stat.S_IFDIR) != member.is_folder:
        return "is a folder by its name or by its mode, but not by both"
    if member.is_folder and member.size:
        return "is a folder that has content"
    return None


def _excess(members: Sequence[Member], limits: ExtractLimits) -> str | None:
    """Return which limit an archive exceeds, as the rest of a sentence; None if it does not."""
    size = sum(member.size for member in members)
    compressed = sum(member.compressed_size for member in members)
    allowed = max(limits.ratio * compressed, limits.ratio_free)
    if len(members) > limits.members:
        return f"has {len(members)} members, more than {limits.members}"
    if size > limits.size:
        return f"expands to {size} bytes, more than {limits.size}"
    if size > allowed:
        return f"expands to {size} bytes, more than {limits.ratio:g} times its compressed size"
    return None


def _clash(inside: Sequence[tuple[Member, str]]) -> tuple[Member, str] | None:
    """Return a member that another one would overwrite, and why; None without one."""
    files: set[str] = set()
    folders: set[str] = set()
    for member, name in inside:
        inner = name.removesuffix("/")
        if not member.is_folder:
            if inner in files:
                return member, "occurs twice: one would overwrite the other"
            files.add(inner)
            inner = inner.rpartition("/")[0]
        # Stop at a known folder: thousands of files can be in the same one.
        while inner and inner not in folders:
            folders.add(inner)
            inner = inner.rpartition("/")[0]
    for member, name in inside:
        if name in files and name in folders:
            return member, "is both a file and a folder: one would overwrite the other"
    return None
