"""What the contract tools raise.

ContractToolError            something a person can put right; the command exits with 2
├── DocumentError            a file is not the OpenAPI document or overlay it should be
├── OverlayError             an overlay action is malformed or matches nothing
├── BuildError               the built contract is not valid
└── MissingDependencyError   an optional dependency is not installed
"""


class ContractToolError(Exception):
    """A tool could not do its work; the message says what, where and what to do next."""


class DocumentError(ContractToolError):
    """A file is not the OpenAPI document or overlay it should be."""


class OverlayError(ContractToolError):
    """An overlay action is malformed or its target matches nothing."""


class BuildError(ContractToolError):
    """The built contract is not a valid OpenAPI document."""


class MissingDependencyError(ContractToolError):
    """An optional dependency is not installed; the message names the extra that brings it."""
