"""Text for CI logs, some lines of which CI systems execute as commands."""

import re
from typing import Final

# "::error::" on GitHub, "##vso[task…]" on Azure Pipelines and similar.
_COMMANDS: Final = (
    (re.compile(r"##(?=[\w-]*\[)"), "# #"),
    (re.compile(r"(?<!\S)::(?=\S)"), ": :"),
)


def without_ci_commands(text: str) -> str:
    """The text with the markers of CI commands broken up, so that no CI system executes them."""
    for command, harmless in _COMMANDS:
        text = command.sub(harmless, text)
    return text
