"""The conformance gate for Prolific's export contract, and the tools around the contract.

It holds the words that gate and sandbox share, and the errors of the tools. The packages `gate`,
`sandbox`, `spec` and `diff` hold the tools.
"""

from typing import TYPE_CHECKING

from prolific_contract._lazy import lazy

if TYPE_CHECKING:
    from prolific_contract._errors import (
        BuildError,
        ContractToolError,
        DocumentError,
        MissingDependencyError,
        OverlayError,
    )
    from prolific_contract._vocabulary import (
        ACTIONS,
        EDITIONS,
        ENDED,
        JOB_LIMIT,
        KINDS,
        MANAGEMENT_ACTIONS,
        OPERATIONS,
        PATH_SEGMENTS,
        STATES,
        UNFINISHED,
        UNKNOWN_EXPORT_ID,
        UNKNOWN_RESOURCE_ID,
        UNKNOWN_STUDY_IDS,
        Action,
        Address,
        Edition,
        Kind,
        Operation,
        State,
        address_of,
        path_of,
    )

__all__ = [
    "ACTIONS",
    "EDITIONS",
    "ENDED",
    "JOB_LIMIT",
    "KINDS",
    "MANAGEMENT_ACTIONS",
    "OPERATIONS",
    "PATH_SEGMENTS",
    "STATES",
    "UNFINISHED",
    "UNKNOWN_EXPORT_ID",
    "UNKNOWN_RESOURCE_ID",
    "UNKNOWN_STUDY_IDS",
    "Action",
    "Address",
    "BuildError",
    "ContractToolError",
    "DocumentError",
    "Edition",
    "Kind",
    "MissingDependencyError",
    "Operation",
    "OverlayError",
    "State",
    "address_of",
    "path_of",
]

# Type checkers would otherwise accept any name.
if not TYPE_CHECKING:
    __getattr__ = lazy(
        __name__,
        _errors=("BuildError ContractToolError DocumentError MissingDependencyError OverlayError"),
        _vocabulary=(
            "ACTIONS Action Address EDITIONS ENDED Edition JOB_LIMIT KINDS Kind "
            "MANAGEMENT_ACTIONS OPERATIONS Operation PATH_SEGMENTS STATES State UNFINISHED "
            "UNKNOWN_EXPORT_ID UNKNOWN_RESOURCE_ID UNKNOWN_STUDY_IDS address_of path_of"
        ),
    )
