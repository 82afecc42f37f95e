"""Limits on the texts of an archive: far above real exports, and low enough for memory."""

from typing import Final

from prolific_exports._errors import UnsafeArchiveError

MAX_TEXT_SIZE: Final = 1 << 24
"""Bytes of one JSON text: a line of a JSON Lines file, or a whole JSON file (16 MiB)."""

MAX_VALUES: Final = 1_000_000
"""Values and names in one JSON text, counted by ``[ { , :``. Each takes 50 to 300 bytes."""

MAX_INSTRUCTIONS: Final = 10_000
"""Instructions of an archive: each is a column of a wide table and a chart of ``show``."""
TOO_MANY_INSTRUCTIONS: Final = f"has more than {MAX_INSTRUCTIONS:,} instructions"


def beyond_limit(where: str, what: str) -> UnsafeArchiveError:
    """Return the error for an archive that exceeds a limit.

    Args:
        where: The part of the archive.
        what: The rest of the sentence, such as "has more than 10 instructions".
    """
    return UnsafeArchiveError(
        f"{where} {what}, which is the limit: this looks like a ZIP bomb. Request a new export, or "
        "extract the archive to look at the file."
    )
