"""What the contract tools raise.

ContractToolError            something a person can put right; the command exits with 2
├── DocumentError            a file can't be used: unreadable, or not what it should be
├── OverlayError             an overlay action is malformed or matches nothing
├── BuildError               the built contract is not valid, or no client comes of it
└── MissingDependencyError   an optional dependency is not installed
"""


class ContractToolError(Exception):
    """A tool could not do its work; the message says what, where and what to do next."""


class DocumentError(ContractToolError):
    """A file can't be read or written, or isn't the document it should be."""


class OverlayError(ContractToolError):
    """An overlay action is malformed or its target matches nothing."""


class BuildError(ContractToolError):
    """The built contract is not valid, its unions overlap, or the generator refuses it."""


class MissingDependencyError(ContractToolError):
    """An optional dependency is not installed; the message names the extra that brings it."""
