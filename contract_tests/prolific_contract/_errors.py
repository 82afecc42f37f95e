"""The errors of the contract tools.

ContractToolError            an error that the user can fix; the command exits with 2
├── DocumentError            a file can't be read or written, or has unexpected content
├── OverlayError             an overlay action is malformed or matches nothing
├── BuildError               the built contract is invalid, or the generator rejects it
└── MissingDependencyError   an optional dependency is not installed
"""

from collections.abc import Sequence


class ContractToolError(Exception):
    """A tool could not run; the message names the problem and the next step.

    Attributes:
        unknown: A word of the command line that is unknown; None if the problem is another.
        meant: Known words that resemble it, the most similar first.
    """

    def __init__(
        self, message: str, *, unknown: str | None = None, meant: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.unknown = unknown
        self.meant = tuple(meant)


class DocumentError(ContractToolError):
    """A file can't be read or written, or has unexpected content."""


class OverlayError(ContractToolError):
    """An overlay action is malformed or its target matches nothing."""


class BuildError(ContractToolError):
    """The built contract is invalid, its unions overlap, or the generator rejects it."""


class MissingDependencyError(ContractToolError):
    """An optional dependency is not installed; the message names the extra that installs it."""
