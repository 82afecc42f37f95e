"""Stores that break transfers, to prove that a client's files are complete and correct.

`FAULTS` maps names such as ``short-body`` to faults. A mutant breaks the contract of the API;
a transfer fault is what networks, proxies and object stores do to a download. `FaultServer`
writes to the socket itself, because HTTP servers refuse to send such responses.
"""

from collections.abc import Mapping
from types import MappingProxyType

from prolific_contract.sandbox._lookup import look_up
from prolific_contract.sandbox.faults._answers import ANSWERS
from prolific_contract.sandbox.faults._bodies import BODIES
from prolific_contract.sandbox.faults._connections import CONNECTIONS
from prolific_contract.sandbox.faults._ranges import RANGES
from prolific_contract.sandbox.faults._server import FaultServer
from prolific_contract.sandbox.faults._transfer import Transfer, TransferFault

__all__ = ["FAULTS", "FaultServer", "Transfer", "TransferFault", "fault"]

FAULTS: Mapping[str, TransferFault] = MappingProxyType(
    {one.name: one for one in (*CONNECTIONS, *BODIES, *RANGES, *ANSWERS)}
)


def fault(name: str) -> TransferFault:
    """Look up a fault by name.

    Raises:
        SandboxError: No fault has this name. The message suggests similar names.
    """
    return look_up("fault", name, FAULTS)
