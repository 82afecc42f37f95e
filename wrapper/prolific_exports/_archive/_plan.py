"""What extracting an archive would write: decided before anything is written."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from attrs import frozen

from prolific_exports._archive._directory import Member
from prolific_exports._errors import UnsafeArchiveError, UsageError
from prolific_exports._files._names import safe_paths, threat

Names: TypeAlias = Literal["safe", "strict"]
"""What becomes of names that not every system can hold: changed, or an error."""


@frozen
class ExtractLimits:
    """How much an archive may become when it is extracted.

    The defaults are far beyond what exports hold and far below what traps unfold to.

    Attributes:
        members: Number of members; 1,000,000 unless told.
        size: Bytes of all contents together; 1 TiB unless told.
        ratio: How many times larger the contents may be than their compressed form; 200 unless told
            (JSON Lines reach 10 to 50, deflate cannot go beyond 1032).
        ratio_free: Bytes of contents up to which the ratio does not matter, because
            little is no trap; 100 MiB unless told.
    """

    members: int = 1_000_000
    size: int = 1 << 40
    ratio: float = 200
    ratio_free: int = 100 << 20


@frozen
class ExtractionPlan:
    """What to write, relative to the target folder, with ``/`` between folders.

    Attributes:
        folders: Folders that the archive names, in its order.
        files: Members with content and where each goes, in the archive's order.
    """

    folders: tuple[str, ...]
    files: tuple[tuple[Member, str], ...]


def plan_extraction(
    path: Path,
    members: Sequence[Member],
    root: str,
    limits: ExtractLimits,
    names: Names = "safe",
) -> ExtractionPlan:
    """Decide where every member goes.

    Sizes are those that the directory declares. They bound what is written, too: no
    member gives more than it declares, and none shares its bytes with another.

    Args:
        path: The archive, for messages.
        members: All members.
        root: The folder to strip, with its ``/`` at the end; ``""`` for none.
        limits: What is too much.
        names: Whether names are changed that not every system can hold, or an error.

    Raises:
        UnsafeArchiveError: A member cannot be written safely, or all together are too much.
    """
    check_names(names)
    _check_amount(path, members, limits)
    for member in members:
        if why := threat(member.name) or _odd(member):
            raise _refused(path, member, why)
    inside = [(m, m.name.removeprefix(root)) for m in members if m.name != root]
    _check_clashes(path, inside)
    places = safe_paths(name for _, name in inside)
    folders, files = [], []
    for member, name in inside:
        inner = name.removesuffix("/")
        place = places[inner]
        if names == "strict" and place != inner:
            raise _refused(
                path,
                member,
                f"has a name that not every system can hold (as {place!r} they can), and "
                "names='strict' (--names strict) changes none",
            )
        if why := threat(place):
            raise _refused(path, member, f"{why}, once it is named {place!r}")
        if member.is_folder:
            folders.append(place)
        else:
            files.append((member, place))
    return ExtractionPlan(tuple(folders), tuple(files))


def check_names(names: str) -> None:
    """Find out whether ``names`` is a policy.

    Raises:
        UsageError: It is not.
    """
    if names not in get_args(Names):
        raise UsageError(f"names={names!r}: it is 'safe' or 'strict'.")


def _refused(path: Path, member: Member, why: str) -> UnsafeArchiveError:
    return UnsafeArchiveError(f"{path}: {member.name!r} {why}. Nothing was extracted.")


def _odd(member: Member) -> str | None:
    kind = stat.S_IFMT(member.mode)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if kind and (kind == stat.S_IFDIR) != member.is_folder:
        return "is a folder by its name or its mode, but not by both"
    if member.is_folder and member.size:
        return "is a folder that has content"
    return None


def _check_amount(path: Path, members: Sequence[Member], limits: ExtractLimits) -> None:
    size = sum(member.size for member in members)
    compressed = sum(member.compressed_size for member in members)
    allowed = max(limits.ratio * compressed, limits.ratio_free)
    if len(members) > limits.members:
        what = f"has {len(members)} members, more than {limits.members}"
    elif size > limits.size:
        what = f"would become {size} bytes, more than {limits.size}"
    elif size > allowed:
        what = f"would become {size} bytes, more than {limits.ratio:g} times its compressed size"
    else:
        return
    raise UnsafeArchiveError(
        f"{path} {what}: this is how traps are made. Nothing was extracted; if you trust the "
        "archive, extract it with other ExtractLimits."
    )


def _check_clashes(path: Path, inside: Sequence[tuple[Member, str]]) -> None:
    files: set[str] = set()
    folders: set[str] = set()
    for member, name in inside:
        inner = name.removesuffix("/")
        if not member.is_folder:
            if inner in files:
                raise _refused(path, member, "is there twice: one would replace the other")
            files.add(inner)
            inner = inner.rpartition("/")[0]
        # Of thousands of files in a folder, one is enough to know the folder.
        while inner and inner not in folders:
            folders.add(inner)
            inner = inner.rpartition("/")[0]
    for member, name in inside:
        if name in files and name in folders:
            raise _refused(path, member, "is a file and a folder: one would replace the other")
