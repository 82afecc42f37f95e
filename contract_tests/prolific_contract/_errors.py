"""The errors of the contract tools.

ContractToolError            an error that the user can fix; the command exits with 2
├── DocumentError            a file can't be read or written, or has unexpected content
├── OverlayError             an overlay action is malformed or matches nothing
├── BuildError               the built contract is invalid, or the generator rejects it
└── MissingDependencyError   an optional dependency is not installed
"""


class ContractToolError(Exception):
    """A tool could not run; the message names the problem and the next step."""


class DocumentError(ContractToolError):
    """A file can't be read or written, or has unexpected content."""


class OverlayError(ContractToolError):
    """An overlay action is malformed or its target matches nothing."""


class BuildError(ContractToolError):
    """The built contract is invalid, its unions overlap, or the generator rejects it."""


class MissingDependencyError(ContractToolError):
    """An optional dependency is not installed; the message names the extra that installs it."""
