"""The folder that an agent may write to and read from."""

import os
from pathlib import Path
from typing import Self

from attrs import frozen

from prolific_exports._archive._codebook_file import codebook_path
from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import make_folder


@frozen
class AllowedFolder:
    """The only folder whose files the tools read and write.

    Attributes:
        path: The folder, absolute and without symbolic links.
    """

    path: Path

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> Self:
        """Open a folder, and create it if it is missing.

        Raises:
            ExportsError: It cannot be created, or is a file.
        """
        return cls(make_folder(Path(path).expanduser()).resolve())

    def archives(self) -> list[str]:
        """The names of the ZIP files directly in the folder, sorted."""
        return sorted(
            one.name
            for one in self.path.iterdir()
            if one.suffix.lower() == ".zip" and not one.name.startswith(".")
        )

    def archive(self, name: str) -> Path:
        """The path of an archive in the folder.

        Args:
            name: A file name, as `archives` and a download return it.

        Raises:
            UsageError: It is not the name of a file in the folder, or its codebook leads out.
        """
        try:
            found = (self.path / name).resolve(strict=True)
        except (OSError, ValueError):
            found = None
        # A link inside the folder must not lead out of it.
        if found is None or not found.is_relative_to(self.path) or not found.is_file():
            names = ", ".join(self.archives()[:20]) or "none yet"
            raise UsageError(f"No archive {name[:100]!r} in the allowed folder. It has: {names}.")
        codebook = codebook_path(found)
        if not codebook.resolve().is_relative_to(self.path):
            raise UsageError(
                f"{codebook.name} leads out of the allowed folder. Delete it: then tables use what "
                "the answers show."
            )
        return found
