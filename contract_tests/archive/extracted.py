"""What tests of extraction compare."""

from pathlib import Path

from archive.builders import ROOT, collection_members


def tree(folder: Path) -> dict[str, bytes | None]:
    """The files below a folder with their content; None for folders."""
    return {
        str(path.relative_to(folder).as_posix()): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


EXTRACTED = {
    **{name.removeprefix(ROOT): content for name, content in collection_members().items()},
    "files": None,
}
