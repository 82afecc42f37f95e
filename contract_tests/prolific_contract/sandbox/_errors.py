"""What the sandbox raises.

ContractToolError
└── SandboxError    the settings or the address can't be used
"""

from prolific_contract._errors import ContractToolError


class SandboxError(ContractToolError):
    """The sandbox can't be set up or started as asked; the message says what to change."""
