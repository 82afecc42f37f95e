"""The part of the conversation that fetches parts of the archives, without the token."""

from typing import Final

from prolific_exports._model._urls import unsafe_reason

from prolific_contract.gate.conversation._steps import ArchiveRequest, Sender, Steps
from prolific_contract.gate.conversation._targets import BODY_LIMIT
from prolific_contract.gate.trace._archive_content import ArchiveContent
from prolific_contract.gate.trace._body_parts import part_of
from prolific_contract.gate.trace._content_reader import missing_content
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.gate.trace._zip_directory import (
    TAIL,
    Directory,
    FilePart,
    MissingBytes,
    Reading,
    read_directory,
)

# The tail, a ZIP64 record that begins before the tail, and the directory; then the content.
_DIRECTORY_REQUESTS: Final = 3
# How stores refuse a range that counts from the end of the file.
_NO_SUFFIX: Final = (400, 416, 501)
# Of the end record of a ZIP file without a comment.
_END_LENGTH: Final = 22


class ArchiveFetches:
    """Fetches parts of the archives of a conversation."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._fetched: set[str] = set()
        # URLs whose store refused a range that counts from the end.
        self._without_suffix: set[str] = set()
        # By URL.
        self._sizes: dict[str, int] = {}
        # The first archive of each resource: its URL.
        self._first_urls: dict[Subject, str] = {}

    def fetch_archive(
        self, subject: Subject, url: str | None, *, again: bool = False
    ) -> Steps[ArchiveContent | None]:
        """Read an archive's directory and content by range requests.

        Args:
            subject: The resource.
            url: The URL of the archive.
            again: Whether to read it even if it was read before.

        The content is read only if it is short. The tail often contains all of it.

        Returns:
            The content; None if it was not read.
        """
        if url is None or (url in self._fetched and not again) or unsafe_reason(url) is not None:
            return None
        self._fetched.add(url)
        parts: list[FilePart] = []
        span: str | None = f"bytes=-{TAIL}"
        content: ArchiveContent | None = None
        content_requested = False
        number = 0
        while True:
            number += 1
            exchange = yield from self._sender.send(ArchiveRequest(url, span), "the archive")
            response = exchange.response if exchange else None
            if response and response.status in _NO_SUFFIX and not parts and span:
                # An empty file has no range, and some stores know no suffix ranges.
                self._without_suffix.add(url)
                span = None
                continue
            part, size = part_of(response) if response else (None, None)
            if response is None or part is None or size is None:
                return None
            if response.content is not None:
                content = response.content
            self._first_urls.setdefault(subject, url)
            self._sizes.setdefault(url, size)
            parts.append(part)
            found: Reading | None = read_directory(parts, size)
            if isinstance(found, Directory) and not content_requested:
                content_requested = True
                found = missing_content(parts, size)
            if not isinstance(found, MissingBytes) or found.stop - found.start > BODY_LIMIT:
                break
            if number >= _DIRECTORY_REQUESTS + content_requested:
                break
            # A suffix that ends before the stated size shows whether the rest exists.
            start = part.stop if part.stop < size and len(parts) == 1 else found.start
            span = f"bytes={start}-{found.stop - 1}"
        return content

    def fetch_again(self, subject: Subject, url: str | None) -> Steps[bool]:
        """Fetch parts of an archive again; return whether one was refused.

        Args:
            subject: The resource.
            url: The URL of the archive; of the resource's first one if this was not fetched.
        """
        if url is None or url not in self._sizes:
            url = self._first_urls.get(subject, "")
        size = self._sizes.get(url, 0)
        refused = False
        end = min(size, _END_LENGTH)
        spans = [f"bytes={size - end}-{size - 1}", f"bytes=0-{end - 1}"]
        if url not in self._without_suffix:
            spans.append(f"bytes=-{end}")
        for span in spans if size else ():
            exchange = yield from self._sender.send(ArchiveRequest(url, span), "the archive")
            response = exchange.response if exchange is not None else None
            refused = refused or (response is not None and response.status >= 400)
        return refused
