"""Which part of a file an answer carries."""

import re
from typing import Final

from prolific_contract.gate.trace._exchanges import HttpResponse
from prolific_contract.gate.trace._zip_directory import FilePart

_CONTENT_RANGE: Final = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")

# What a store sends is participants' data, unless it says that it is a page or an error.
_PAGE: Final = re.compile(r"text/html\b|(application|text)/(\S+\+)?xml\b", re.IGNORECASE)


def is_data(response: HttpResponse) -> bool:
    """Whether what an answer of a store carries may be what participants answered."""
    return response.status < 400 and not _PAGE.match(response.header("content-type") or "")


def part_of(response: HttpResponse) -> tuple[FilePart | None, int | None]:
    """The bytes that an answer carries, and the size of the whole file if it says so.

    Neither for an answer that is not 200 or 206, and for one whose recording has no body.
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
        # Many recorders leave downloads out without a word.
        return None, None
    return FilePart(0, response.body), size if response.cut else len(response.body)
