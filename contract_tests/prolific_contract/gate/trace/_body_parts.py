"""Which part of a file a response contains."""

import re
from typing import Final

from prolific_contract.gate.trace._exchanges import HttpResponse
from prolific_contract.gate.trace._zip_directory import FilePart

_CONTENT_RANGE: Final = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")

# A body from a store is participants' data, unless it is declared as a page or an error.
_PAGE: Final = re.compile(r"text/html\b|(application|text)/(\S+\+)?xml\b", re.IGNORECASE)


def is_data(response: HttpResponse) -> bool:
    """Whether a store's response may contain participants' data."""
    return response.status < 400 and not _PAGE.match(response.header("content-type") or "")


def part_of(response: HttpResponse) -> tuple[FilePart | None, int | None]:
    """The bytes of a file in a response, and the size of the complete file if stated.

    Both are None if the status is not 200 or 206, or if the recording has no body.
    """
    length = response.header("content-length")
    size = int(length) if length is not None and _LENGTH.fullmatch(length) else None
    if response.status == 206:
        match = _CONTENT_RANGE.fullmatch(response.header("content-range") or "")
        if match is None:
            return None, None
        start, stop = int(match[1]), int(match[2]) + 1
        part = FilePart(start, response.body[: max(0, stop - start)])
        return part, None if match[3] == "*" else int(match[3])
    if response.status != 200 or (not response.body and size != 0):
        # Many recorders omit downloads silently.
        return None, None
    return FilePart(0, response.body), size if response.cut else len(response.body)
