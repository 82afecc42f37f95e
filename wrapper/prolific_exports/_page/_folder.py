"""The folder beside a page, which appears together with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import define

from prolific_exports._errors import TargetExistsError
from prolific_exports._files._staging import new_path, remove

_MARKER: Final = "README.txt"
_FIRST_LINE: Final = (
    "Uploaded files of a page by prolific-exports. Keep this folder beside the page."
)


@define
class FolderBeside:
    """A folder ``data_files`` for the page ``data.html``.

    Attributes:
        path: Its final path.
    """

    path: Path
    _staged: Path | None = None
    _replaced: Path | None = None
    _is_published: bool = False

    def create(self) -> Path:
        """Create the folder under a hidden name, and return its path."""
        self._staged = new_path(self.path.parent)
        self._staged.mkdir()
        text = f"{_FIRST_LINE}\nIt is replaced when the page is.\n"
        (self._staged / _MARKER).write_text(text, encoding="utf-8", newline="\n")
        return self._staged

    def publish(self) -> None:
        """Give the folder its final name; the folder of an earlier page gets a hidden one."""
        if self.path.exists():
            replaced = new_path(self.path.parent)
            self.path.rename(replaced)
            self._replaced = replaced
        if self._staged is not None:
            self._staged.rename(self.path)
            self._is_published = True

    def undo(self) -> None:
        """Remove the folder, and restore that of an earlier page."""
        if self._staged is not None:
            remove(self.path if self._is_published else self._staged)
        if self._replaced is not None:
            self._replaced.rename(self.path)

    def finish(self) -> None:
        """Remove the folder of an earlier page."""
        if self._replaced is not None:
            remove(self._replaced)


@contextmanager
def folder_beside(page: Path, *, overwrite: bool) -> Iterator[FolderBeside]:
    """A folder beside a page. It stays if the block succeeds.

    Args:
        page: The page.
        overwrite: Whether the folder of an earlier page may be replaced.

    Raises:
        TargetExistsError: Something exists there that may not be replaced.
        OSError: The system refuses.
    """
    path = page.with_name(f"{page.stem}_files")
    if path.exists() and not (overwrite and _is_of_a_page(path)):
        raise TargetExistsError(
            f"{path} already exists and was not changed: a page stores uploaded files there. "
            "Choose another path for the page, or remove this folder.",
            path=path,
        )
    folder = FolderBeside(path)
    try:
        yield folder
    except BaseException:
        folder.undo()
        raise
    folder.finish()


def _is_of_a_page(path: Path) -> bool:
    try:
        with (path / _MARKER).open(encoding="utf-8", errors="replace") as stream:
            return stream.readline(200).rstrip("\n") == _FIRST_LINE
    except OSError:
        return False
