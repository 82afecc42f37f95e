"""What extracting an archive would write: decided before anything is written."""

import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import frozen

from prolific_exports._archive._directory import Member
from prolific_exports._archive._names import folded, objection
from prolific_exports._errors import UnsafeArchiveError


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
class Plan:
    """What to write, relative to the target folder, with ``/`` between folders.

    Attributes:
        folders: Folders that the archive names, in its order.
        files: Members with content and where each goes, in the archive's order.
    """

    folders: tuple[str, ...]
    files: tuple[tuple[Member, str], ...]


def plan_extraction(
    path: Path, members: Sequence[Member], root: str, limits: ExtractLimits
) -> Plan:
    """Decide where every member goes.

    Sizes are those that the directory declares. They bound what is written, too: no
    member gives more than it declares, and none shares its bytes with another.

    Args:
        path: The archive, for messages.
        members: All members.
        root: The folder to strip, with its ``/`` at the end; ``""`` for none.
        limits: What is too much.

    Raises:
        UnsafeArchiveError: A member cannot be written safely, or all together are too much.
    """
    _check_amount(path, members, limits)
    for member in members:
        if why := objection(member.name) or _odd(member):
            raise UnsafeArchiveError(f"{path}: {member.name!r} {why}. Nothing was extracted.")
    inside = [(m, m.name.removeprefix(root)) for m in members if m.name != root]
    _check_clashes(path, inside)
    return Plan(
        folders=tuple(name for member, name in inside if member.is_folder),
        files=tuple((member, name) for member, name in inside if not member.is_folder),
    )


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


def _check_clashes(path: Path, inside: Iterable[tuple[Member, str]]) -> None:
    seen: dict[str, tuple[str, bool]] = {}
    # Of thousands of files in a folder, one is enough to know the folder.
    folders: set[str] = set()
    for member, inner in inside:
        full = inner.removesuffix("/")
        parent = full.rpartition("/")[0]
        parts = full.split("/")
        for depth in range(len(parts) if parent in folders else 1, len(parts) + 1):
            name = "/".join(parts[:depth])
            is_folder = depth < len(parts) or member.is_folder
            key = folded(name)
            if key not in seen:
                seen[key] = (name, is_folder)
            elif not is_folder or seen[key] != (name, True):
                raise UnsafeArchiveError(
                    f"{path}: {member.name!r} clashes with {seen[key][0]!r}: one would replace "
                    "the other, at least where case and accents do not tell names apart. "
                    "Nothing was extracted."
                )
        folders.add(parent)
