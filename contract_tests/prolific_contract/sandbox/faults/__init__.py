"""Stores that break transfers, to prove that a client neither loses nor invents a byte.

`FAULTS` has every one by its name, e.g. ``short-body``. A mutant breaks the contract of the
API; a fault is what networks, proxies and object stores do to a download. `FaultServer` writes
to the socket itself, since an HTTP server would not let such answers out.
"""

from collections.abc import Mapping
from types import MappingProxyType

from prolific_contract.sandbox._by_name import named
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
    """The fault of that name.

    Raises:
        SandboxError: There is none; the message names those that look like it.
    """
    return named("fault", name, FAULTS)
