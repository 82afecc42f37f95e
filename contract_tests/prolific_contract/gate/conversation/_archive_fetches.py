"""The part of the conversation that fetches parts of the archives, without the token."""

from typing import Final

from prolific_exports._model._urls import unsafe_reason

from prolific_contract.gate.conversation._steps import ArchiveRequest, Sender, Steps
from prolific_contract.gate.conversation._targets import BODY_LIMIT
from prolific_contract.gate.trace._body_parts import part_of
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.gate.trace._zip_directory import TAIL, FilePart, MissingBytes, read_directory

# The tail, a ZIP64 record that begins before the tail, and the directory.
_ARCHIVE_REQUESTS: Final = 3
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
        # The first archive of each resource: its URL and size.
        self._first_archives: dict[Subject, tuple[str, int]] = {}

    def fetch_directory(self, subject: Subject, url: str | None) -> Steps[None]:
        """Read an archive's directory by range requests, once for each URL."""
        if url is None or url in self._fetched or unsafe_reason(url) is not None:
            return
        self._fetched.add(url)
        parts: list[FilePart] = []
        span: str | None = f"bytes=-{TAIL}"
        for _ in range(_ARCHIVE_REQUESTS):
            exchange = yield from self._sender.send(ArchiveRequest(url, span), "the archive")
            response = exchange.response if exchange else None
            if response and response.status in _NO_SUFFIX and not parts and span:
                # An empty file has no range, and some stores know no suffix ranges.
                self._without_suffix.add(url)
                span = None
                continue
            part, size = part_of(response) if response else (None, None)
            if part is None or size is None:
                return
            self._first_archives.setdefault(subject, (url, size))
            parts.append(part)
            found = read_directory(parts, size)
            if not isinstance(found, MissingBytes) or found.stop - found.start > BODY_LIMIT:
                return
            # A suffix that ends before the stated size shows whether the rest exists.
            start = part.stop if part.stop < size and len(parts) == 1 else found.start
            span = f"bytes={start}-{found.stop - 1}"

    def fetch_again(self, subject: Subject) -> Steps[bool]:
        """Fetch parts of the resource's first archive again; return whether one was refused."""
        url, size = self._first_archives.get(subject, ("", 0))
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
