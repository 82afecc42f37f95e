"""The sandbox's errors.

ContractToolError
└── SandboxError    invalid settings or address
"""

from prolific_contract._errors import ContractToolError


class SandboxError(ContractToolError):
    """The sandbox can't be created or started; the message says what to change."""
