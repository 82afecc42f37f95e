"""Text for the logs of CI, which obey what stands in them."""

import re
from typing import Final

# "::error::" of GitHub, "##vso[task…]" of Azure and its like.
_COMMANDS: Final = (
    (re.compile(r"##(?=[\w-]*\[)"), "# #"),
    (re.compile(r"(?<!\S)::(?=\S)"), ": :"),
)


def obeyed_by_none(text: str) -> str:
    """The text without what a CI system obeys when a line of a log holds it."""
    for command, harmless in _COMMANDS:
        text = command.sub(harmless, text)
    return text
